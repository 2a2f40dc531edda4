"""Sinks for programs: one JSON object at the end, or one event a line. Know the contract's keys.

JSON texts hold what the model wrote, unchanged once parsed: what could steer a terminal is written
as an escape, which is the same string to a program.
"""

import json
import re
from dataclasses import asdict

from qwq_cli.codec import encode
from qwq_cli.events import Event, Finished, Timings, Usage
from qwq_cli.history.ids import new_id
from qwq_cli.stream.language import language_of, wanted_language
from qwq_cli.stream.transcript import Transcript
from qwq_cli.ui.output import Output

_STEERING = re.compile(
    "[\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def to_json(value: object) -> str:
    """One line of JSON, dataclasses as objects: readable in any script, harmless on a terminal."""
    text = json.dumps(value, ensure_ascii=False, default=asdict)
    return _STEERING.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def record(id_: str, question: str, seen: Transcript) -> dict[str, object]:
    """One turn, by the contract's keys; `finish_reason` is null where it has no end."""
    end = seen.finished or Finished("error", None, Usage(), Timings())
    usage, timings = end.usage, end.timings
    return {
        "id": id_,
        "question": question,
        "reasoning": seen.reasoning,
        "answer": seen.answer,
        "final": end.final,
        **({} if seen.raw is None else {"raw": seen.raw}),
        "model": seen.model,
        "engine": seen.engine or None,
        "finish_reason": end.reason if seen.finished else None,
        "usage": {
            "prompt_tokens": usage.prompt_tokens,
            "reasoning_tokens": usage.reasoning_tokens,
            "answer_tokens": usage.answer_tokens,
            "trimmed_tokens": usage.trimmed_tokens,
            "inserted_tokens": usage.inserted_tokens,
            "cached_tokens": usage.cached_tokens,
            "recomputed_tokens": usage.recomputed_tokens,
        },
        "loops": seen.loops,
        "interventions": seen.interventions,
        "budget_forced": any(put.why in {"budget", "room"} for put in seen.interventions),
        "language": {
            "question": wanted_language(question).language,
            "answer": language_of(seen.answer) or language_of(seen.reasoning),
            "switches": seen.switches,
        },
        "timings": {
            "load_s": round(timings.load_s, 6),
            "first_token_s": round(timings.first_token_s, 6),
            "total_s": round(timings.total_s, 6),
        },
    }


class JsonObject:
    """One object, when all is done."""

    def __init__(self, output: Output, question: str, model: str, id_: str | None = None) -> None:
        """`model`: its name, for where the end comes before it is loaded. `id_`: the turn's."""
        self._output = output
        self._question = question
        self._model = model
        self._id = id_ or new_id()
        self._transcript = Transcript()

    def show(self, event: Event) -> None:
        """Collect; write at the end."""
        self._transcript.add(event)
        if isinstance(event, Finished):
            turn = record(self._id, self._question, self._transcript)
            turn["model"] = turn["model"] or self._model
            self._output.write(to_json(turn) + "\n")

    def close(self) -> None:
        """Nothing is open."""


class JsonLines:
    """Every event as a line: its name in lower case under `event`, then its fields."""

    def __init__(self, output: Output) -> None:
        self._output = output

    def show(self, event: Event) -> None:
        """Write the event and flush."""
        self._output.write(to_json(encode(event)) + "\n")

    def close(self) -> None:
        """Nothing is open."""

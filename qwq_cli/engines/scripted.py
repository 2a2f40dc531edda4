r"""A public engine without a model: it says what a script says, rewinds included.

For tests, demonstrations and replays. Knows the protocol that the real engines keep, and keeps
all of it: budgets, cancels at once, faults. Does not know where scripts come from.

    script = Script(takes=("Let me see. So so so so so", "lved.\n\n**Final Answer**\n\n42"))
    events = list(generate(Scripted(script), Request((Message("user", "?"),))))
"""

import contextlib
import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import TypeAlias

from qwq_cli.engines.base import (
    ModelFacts,
    Part,
    Prefilling,
    Progress,
    Prompt,
    Step,
    StopReason,
    Token,
)
from qwq_cli.errors import BadInputError, QwqError, UnavailableError
from qwq_cli.request import Message, Sampling, ThinkingStyle

Take: TypeAlias = str | Sequence[str]
"""A text, to be cut into tokens of a few characters, or the texts of the tokens themselves."""

_PIECES = re.compile(r"\s?[^\W\d_]{1,6}|\s?\d|\s+|[^\w\s]|_", re.ASCII)


def cut(take: Take) -> list[str]:
    """The tokens of a take. Joined, they are its text; an ideograph is a token of its own."""
    if not isinstance(take, str):
        return list(take)
    tokens: list[str] = []
    done = 0
    for found in _PIECES.finditer(take):
        tokens += [*take[done : found.start()], found.group()]
        done = found.end()
    return [*tokens, *take[done:]]


@dataclass(frozen=True, slots=True)
class Script:
    """What a scripted model does.

    `takes`: what it says at first, then what it says instead after each rewind that takes
    something back, from the kept tokens on; when they are used up it says the last one's rest
    again, like a model that can't get out. `tokens_per_s`: None is as fast as can be.
    `fault`: raised instead of the token number `fault_at` (from 0; every take counts anew what
    is kept). `stop`: why it ends when it has said everything. `rewinds`: whether it can; where not,
    each start says the next take, the last one for ever. `reasons_first`: as in `ModelFacts`.
    """

    takes: tuple[Take, ...]
    style: ThinkingStyle = "headings"
    opens_thinking: bool | None = None
    tokens_per_s: float | None = None
    fault: QwqError | None = None
    fault_at: int = 0
    stop: StopReason = "stop"
    context_tokens: int = 32_768
    name: str = "script"
    rewinds: bool = True
    reasons_first: bool = True


class Scripted:
    """An engine that follows a script. `asked` keeps every sampling that it was given, the first
    and those of rewinds, and `prompted` every prompt, for tests to look at.
    """

    def __init__(self, script: Script) -> None:
        self.script = script
        self.asked: list[Sampling] = []
        self.prompted: list[Prompt] = []
        self.closed = False
        self.facts = ModelFacts(
            script.name,
            "scripted",
            script.context_tokens,
            script.style,
            script.rewinds,
            reasons_first=script.reasons_first,
        )

    def render(self, messages: tuple[Message, ...]) -> Prompt:
        parts: list[Part] = []
        for message in messages:
            parts += (Part(f"<{message.role}>", control=True), Part(message.content))
        parts.append(Part("<assistant>", control=True))
        return Prompt(tuple(parts), self.script.opens_thinking)

    def start(
        self, prompt: Prompt, sampling: Sampling, max_tokens: int | None
    ) -> "ScriptedDecoding":
        count = sum(1 if part.control else len(cut(part.text)) for part in prompt.parts)
        room = self.script.context_tokens - count
        if room <= 0:
            raise BadInputError(
                "the prompt is too long",
                f"it has {count:,} tokens, and the model's context holds "
                f"{self.script.context_tokens:,}",
                "shorten it",
            )
        self.asked.append(sampling)
        self.prompted.append(prompt)
        room = room if max_tokens is None else min(room, max_tokens)
        return ScriptedDecoding(self, count, room)

    def close(self) -> None:
        self.closed = True


class ScriptedDecoding:
    """One run of a script."""

    def __init__(self, engine: Scripted, prompt_tokens: int, room: int) -> None:
        self._engine = engine
        self._script = script = engine.script
        self._room = room
        first = 0 if script.rewinds else min(len(engine.prompted), len(script.takes)) - 1
        self._tokens = cut(script.takes[first]) if script.takes else []
        """What it says if nothing is taken back any more, what was said included."""
        self._said = 0
        self._takes = iter(script.takes[1:])
        self._closed = False
        self._rewinds = 0
        self._pause = threading.Lock()
        self._pause.acquire()
        self.progress = Progress(prompt_tokens=prompt_tokens)

    def __iter__(self) -> Iterator[Step]:
        if not self._said and not self._rewinds:
            yield Prefilling(self.progress.prompt_tokens, self.progress.prompt_tokens)
        due = perf_counter()
        while not self._closed:
            if self._said >= self._room:
                self.progress.stop = "length"
                return
            if self._script.fault is not None and self._said == self._script.fault_at:
                raise self._script.fault
            if self._said >= len(self._tokens):
                self.progress.stop = self._script.stop
                return
            if self._script.tokens_per_s:
                due += 1 / self._script.tokens_per_s
                if self._wait(due - perf_counter()):
                    return
            self._said += 1
            yield Token(self._tokens[self._said - 1])

    def rewind(self, keep: int, then: str = "", sampling: Sampling | None = None) -> int:
        if not self._script.rewinds:
            raise UnavailableError("the script can't go on from a text")
        if not 0 <= keep <= self._said:
            raise ValueError(f"{keep} of {self._said} tokens can't be kept")
        if sampling is not None:
            self._engine.asked.append(sampling)
        self._rewinds += 1
        put_in = cut(then)
        rest = self._tokens[keep:]
        if keep < self._said or put_in:
            take = next(self._takes, None)
            rest = rest if take is None else cut(take)
        self._tokens = [*self._tokens[:keep], *put_in, *rest]
        self._said = keep + len(put_in)
        self.progress.stop = None
        self.progress.cached_tokens = self.progress.prompt_tokens + keep
        self.progress.recomputed_tokens += 1
        return len(put_in)

    def close(self) -> None:
        self._closed = True
        # A lock and no event: this may run in a signal handler that interrupts the wait itself.
        with contextlib.suppress(RuntimeError):
            self._pause.release()

    def _wait(self, seconds: float) -> bool:
        """Pass the time until the next token; true if it was cut short."""
        return seconds > 0 and self._pause.acquire(timeout=seconds)

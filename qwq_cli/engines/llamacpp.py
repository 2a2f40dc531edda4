"""The llama.cpp engine: xllamacpp's server inside this process.

Knows xllamacpp's interface and llama.cpp's faults. Does not know where weights come from, what
thinking looks like, or who reads the tokens.

- Generation runs in C++, on a thread of its own, so that a signal always reaches Python.
- A rewind is a new completion whose prompt shares the prefix: the server keeps what it has
  evaluated, and its own counts tell how much it evaluates again.
- llama.cpp reads control tokens in every text of a prompt, so texts are cut where what a user
  wrote would form one.
"""

import atexit
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qwq_cli.engines.base import ModelFacts, Part, Prefilling, Progress, Prompt, Step, Token
from qwq_cli.engines.control import guarded
from qwq_cli.engines.gguf import Header, read_header
from qwq_cli.engines.llamacpp_server import Run, load
from qwq_cli.engines.llamacpp_slots import Slots
from qwq_cli.engines.samplers import samplers
from qwq_cli.engines.template import CHATML, ChatTemplate, style_of
from qwq_cli.errors import BadInputError, UnavailableError, UsageError
from qwq_cli.request import Message, Sampling, ThinkingStyle

DEFAULT_CONTEXT = 32_768
"""Tokens, where the model was trained for more: what reasoning takes, and memory can hold."""
_TORN = "\ufffd"
"""What the server tells of bytes that are no character."""
MOST_PARALLEL = 64
"""Generations at once: a batch of the server's holds a token of each, with room for a prompt."""


class LlamaCpp:
    """One GGUF model, loaded. `parallel` generations at a time, started from any thread; one more
    ends the one that was begun first.
    """

    def __init__(
        self,
        path: Path,
        *,
        style: ThinkingStyle = "auto",
        reasons_first: bool = False,
        context_tokens: int | None = None,
        threads: int | None = None,
        parallel: int = 1,
    ) -> None:
        """Load it, which holds Python up until it is done.

        `context_tokens`: None takes what the model was trained for, at most DEFAULT_CONTEXT; each
        of the `parallel` generations has so many to itself. `threads`: None takes one for each
        core. `style` auto is decided from the template; `reasons_first`: as in `ModelFacts`.

        Raises NotFoundError, BadInputError (no GGUF, or damaged), UnavailableError (xllamacpp is
        missing, or the model has no chat template), BusyError (out of memory), UsageError (more
        context than the model was trained for, or more than MOST_PARALLEL).
        """
        if not 1 <= parallel <= MOST_PARALLEL:
            raise UsageError(
                f"{parallel} generations at once are out of range",
                f"llama.cpp takes 1 to {MOST_PARALLEL}",
            )
        self._header = header = read_header(path)
        self._template = _template(header)
        context = _context(header, context_tokens)
        self._server: Any = load(header, context, threads, parallel)
        self._slots: Slots[LlamaCppDecoding] = Slots(parallel)
        self.facts = ModelFacts(
            name=header.name or path.stem,
            engine="llama.cpp",
            context_tokens=context,
            style=style_of(self._template.source) if style == "auto" else style,
            tells_likely=True,
            reasons_first=reasons_first,
        )
        # A server that outlives the interpreter would call back into what is no longer there.
        atexit.register(self.close)

    def render(self, messages: tuple[Message, ...]) -> Prompt:
        return self._template.render(messages)

    def start(
        self, prompt: Prompt, sampling: Sampling, max_tokens: int | None
    ) -> "LlamaCppDecoding":
        if self._server is None:
            raise UnavailableError("the engine is closed")
        self._refuse_hopeless(prompt)
        texts = _prompt(guarded(prompt.parts, self._header.specials), self._header)
        with self._slots.taken("".join(map(str, texts))) as slot:
            place = _Place(self._server, slot.number)
            slot.user = LlamaCppDecoding(place, texts, sampling, max_tokens)
            return slot.user

    def close(self) -> None:
        self._slots.close()
        self._server = None
        atexit.unregister(self.close)

    def _refuse_hopeless(self, prompt: Prompt) -> None:
        """A prompt far too long is refused before anything long is done with it."""
        if not self._header.longest_token:
            return
        least = sum(len(part.text) for part in prompt.parts) // self._header.longest_token
        if least > self.facts.context_tokens:
            raise BadInputError(
                "the prompt is too long",
                f"it has more than {least:,} tokens, and the model's context holds "
                f"{self.facts.context_tokens:,}",
                "shorten it",
            )


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a generation runs: a server, and the slot whose cache it finds again."""

    server: object
    slot: int


class LlamaCppDecoding:
    """One generation, and after a rewind the next one with the same beginning."""

    def __init__(
        self, place: _Place, prompt: list[str | int], sampling: Sampling, max_tokens: int | None
    ) -> None:
        self._place = place
        self._prompt = prompt
        self._sampling = sampling
        self._max_tokens = max_tokens
        self._rewinds = 0
        self._closed = False
        self._written: list[int | str] = []
        """For each token generated: its id, or, where ids are not told (inside a character and
        for a text put in), "" for all but the last and the text of all for the last."""
        self._held: list[Token] = []
        """Silent tokens: the last of them may turn out to be the end of the text."""
        self._seen = 0
        """How many tokens of this run the server has told of."""
        self._grown: dict[int, int] = {}
        """By how many tokens the text of a torn character grew when it was read again."""
        self._run = Run(place.server, self._request())
        self.progress = Progress(
            prompt_tokens=self._run.prompt_tokens, cached_tokens=self._run.cached_tokens
        )

    def __iter__(self) -> Iterator[Step]:
        while not self._closed:
            run = self._run
            for chunk in run.chunks():
                steps = self._read(chunk)
                now = self._run
                for step in steps:
                    yield step
                    if now is not self._run:
                        break
                if run is not self._run:
                    break
            if run is self._run:
                return

    def rewind(self, keep: int, then: str = "", sampling: Sampling | None = None) -> int:
        written = self._written
        if not 0 <= keep <= len(written):
            raise ValueError(f"{keep} of {len(written)} tokens can't be kept")
        if keep and written[keep - 1] == "":
            raise ValueError(f"token {keep} ends inside a character")
        self._sampling = sampling or self._sampling
        self._held.clear()
        del written[keep:]
        self._grown = {at: more for at, more in self._grown.items() if at < keep}
        if then:
            written.append(then)
        run = self._go_on()
        if run is None:
            return 1 if then else 0
        added = max(self._behind_prompt(run) - keep, 1) if then else 0
        if added > 1:
            written[keep:keep] = [""] * (added - 1)
            if self._max_tokens is not None:  # they count, which could not be known before
                run = self._restart()
        self.progress.cached_tokens = run.cached_tokens
        again = run.prompt_tokens - run.cached_tokens - added
        self.progress.recomputed_tokens += max(again, 0)
        return added

    def close(self) -> None:
        self._closed = True
        self._run.stop()

    @property
    def closed(self) -> bool:
        """Whether nobody wants it any more."""
        return self._closed

    def join(self) -> None:
        """Wait until C++ has let go; to be called after `close`."""
        self._run.join()

    def _go_on(self) -> Run | None:
        """From what is written, drawing anew; None, and an end, where the context is full of it."""
        self._rewinds += 1
        self._seen = 0
        self.progress.stop = None
        try:
            return self._restart()
        except BadInputError:
            self.progress.stop = "length"
            self._run.stop()
            return None

    def _restart(self) -> Run:
        """The next run, in the place of the one before, whose thread is seen off: none may be in
        C++ any more when Python ends.
        """
        before = self._run
        before.stop()
        self._run = run = Run(self._place.server, self._request())
        before.join()
        if self._closed:  # meanwhile, by a signal
            run.stop()
        return run

    def _request(self) -> bytes:
        """The body of the completion that goes on from what is written."""
        prompt: list[str | int] = [*self._prompt, *(text for text in self._written if text != "")]
        left = None if self._max_tokens is None else self._max_tokens - len(self._written)
        body = {
            # A list without a number in it would be read as several prompts.
            "prompt": prompt if int in map(type, prompt) else "".join(map(str, prompt)),
            "max_tokens": -1 if left is None else max(left, 0),
            "stream": True,
            "cache_prompt": True,
            "id_slot": self._place.slot,
            "verbose": True,  # token ids
            "return_progress": True,
            "preserved_tokens": ["<think>", "</think>"],  # as text, not in silence
            **samplers(self._sampling),
            **self._seed(),
        }
        try:
            return json.dumps(body, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            raise BadInputError("the prompt is no valid text", str(error)) from error

    def _seed(self) -> dict[str, int]:
        """It moves on with each rewind, or the same tokens would be drawn again."""
        seed = self._sampling.seed
        return {} if seed is None else {"seed": (seed + self._rewinds) % 2**32}

    def _read(self, chunk: dict[str, Any]) -> list[Step]:
        """The steps that one message of the server means."""
        told = chunk["__verbose"]
        if "prompt_progress" in chunk:
            state = chunk["prompt_progress"]
            self.progress.prefill_s = state["time_ms"] / 1000
            return [Prefilling(state["processed"], state["total"])]
        if told["stop"]:
            return self._end(told)
        text, number = told["content"], told["tokens"][0]
        unseen = told["tokens_predicted"] - self._seen - 1
        self._seen = told["tokens_predicted"]
        if not text and not unseen:
            self._held.append(Token("", number))
            return []
        steps = self._release()
        self._written += [*[""] * unseen, text] if unseen else [number]
        if unseen and _TORN in text:
            self._mend()
        return [*steps, *[Token("")] * unseen, Token(text, number, *_likely(told))]

    def _mend(self) -> None:
        """Go on from the text as it was told, which ends with a torn character.

        The server holds bytes there that are none of the text and that it tells nobody, so all
        that comes behind them would be evaluated again after a rewind. Now that is next to nothing.
        """
        run = self._go_on()
        if run is None:
            return
        self._grown[len(self._written) - 1] = self._behind_prompt(run) - len(self._written)
        self.progress.recomputed_tokens += run.prompt_tokens - run.cached_tokens

    def _behind_prompt(self, run: Run) -> int:
        """How many tokens stand behind the prompt, those of torn characters as they were told."""
        grown = sum(self._grown.values())
        return run.prompt_tokens - self.progress.prompt_tokens - grown

    def _end(self, told: dict[str, Any]) -> list[Step]:
        """The server's last message. The token that ends a text is no part of it."""
        ended = told["stop_type"] in {"eos", "word"}
        self.progress.stop = "stop" if ended else "length"
        if ended and self._held:
            self._held.pop()
        cut_off = told["tokens_predicted"] - self._seen
        steps = self._release()
        self._written += [""] * cut_off
        return [*steps, *[Token("")] * cut_off]

    def _release(self) -> list[Step]:
        """The silent tokens that were no end."""
        released: list[Step] = list(self._held)
        self._written += [token.id or 0 for token in self._held]
        self._held.clear()
        return released


def _likely(told: dict[str, Any]) -> tuple[float | None, tuple[tuple[str, float], ...]]:
    """A token's log-probability, and the likeliest in its place, where they were asked for."""
    found = told.get("completion_probabilities") or [{}]
    top = found[-1].get("top_logprobs", ())
    return found[-1].get("logprob"), tuple((one["token"], one["logprob"]) for one in top)


def _template(header: Header) -> ChatTemplate:
    source = header.chat_template
    if not source:
        if "<|im_start|>" not in header.specials:
            raise UnavailableError(
                f"{header.path.name} has no chat template", "so it may be no chat model"
            )
        source = CHATML
    return ChatTemplate(source, bos=header.bos, eos=header.eos, adds_bos=header.adds_bos)


def _context(header: Header, wanted: int | None) -> int:
    trained = header.context_tokens
    if wanted is None:
        return min(trained or DEFAULT_CONTEXT, DEFAULT_CONTEXT)
    if wanted < 1 or (trained and wanted > trained):
        raise UsageError(
            f"a context of {wanted:,} tokens is out of range",
            f"{header.name or header.path.name} was trained for {trained:,}",
        )
    return wanted


def _prompt(parts: list[Part], header: Header) -> list[str | int]:
    """Texts and ids as the server takes them: with more than one text there has to be an id
    among them, so one control token is handed over by its id.
    """
    texts: list[str | int] = [part.text for part in parts]
    if len(texts) == 1:
        return texts
    if header.adds_bos:
        return [header.specials[header.bos], *texts]
    for place, part in enumerate(parts):
        special = next((text for text in header.specials if text in part.text), None)
        if part.control and special:
            before, _, after = part.text.partition(special)
            pieces: list[str | int] = [before, header.specials[special], after]
            return [
                *texts[:place],
                *(piece for piece in pieces if piece != ""),
                *texts[place + 1 :],
            ]
    raise BadInputError(
        "the prompt holds the text of a control token",
        "this model can't be given it as plain text",
        "write it differently",
    )

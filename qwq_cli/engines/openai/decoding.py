"""One generation on a server: events to tokens, rewinds as new requests. Knows no server's ways.

Requests run on threads of their own, so `close` ends at once whatever the network does. Where a
server keeps thinking apart from the answer, the marks that part them are put back in, so that what
reads the text finds one form.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat

from qwq_cli.engines.base import Prefilling, Progress, Prompt, Step, Token
from qwq_cli.engines.openai.client import Call, Client
from qwq_cli.engines.openai.faults import too_long
from qwq_cli.engines.openai.run import Run
from qwq_cli.engines.openai.terms import Ask, Delta, Piece, Rendered, Way
from qwq_cli.errors import QwqError, UnavailableError
from qwq_cli.request import Sampling

_PROMPT_S = 5.0
"""How long starting waits for the prompt's count, which comes before anything is generated."""
_TAGS = ("<think>\n", "\n</think>\n\n")
_HEADING = ("", "\n\n**Final Answer**\n\n")
_LARGE_PIECE = 16
"""Bytes; a larger one than that is hardly a single token."""
_BYTES_A_TOKEN = 4


@dataclass(frozen=True, slots=True)
class Served:
    """What every generation on one server shares; `room`: the context in tokens, None where it
    is not known. `headed`: the model's style has a heading before the answer, instead of tags.
    """

    client: Client
    way: Way
    room: int | None
    headed: bool = False

    @property
    def marks(self) -> tuple[str, str]:
        """What stands before a thought and between that and the answer."""
        return _HEADING if self.headed else _TAGS


@dataclass(frozen=True, slots=True)
class _Task:
    """What one request needs to know; nothing of who reads it, who may go before it is done."""

    served: Served
    prompt: Prompt
    rendered: Rendered | None
    written: tuple[Piece, ...]
    sampling: Sampling
    seed: int | None
    max_tokens: int | None

    def work(self, call: Call) -> Iterator[Rendered | Delta]:
        """The prompt as the server has it, then what comes of it."""
        way = self.served.way
        rendered = self.rendered or way.render(self.prompt, call)
        left = self._left(rendered)
        yield rendered
        if left is not None and left <= 0:
            yield Delta(stop="length")
            return
        ask = Ask(self.prompt, rendered, self.written, self.sampling, self.seed, left)
        path, body = way.request(ask, call)
        for event in self.served.client.events(path, body, call):
            yield way.read(event)

    def _left(self, rendered: Rendered) -> int | None:
        """How many tokens may follow; raises BadInputError for a prompt that leaves no room."""
        written = len(self.written)
        left = None if self.max_tokens is None else self.max_tokens - written
        room, tokens = self.served.room, rendered.tokens
        if room is None or tokens is None:
            return left
        if tokens >= room:
            raise too_long(tokens, room)
        rest = room - tokens - written
        return rest if left is None else min(left, rest)


class RemoteDecoding:
    """One generation, and after a rewind the next one with the same beginning."""

    def __init__(
        self, served: Served, prompt: Prompt, sampling: Sampling, max_tokens: int | None
    ) -> None:
        self._served = served
        self._prompt = prompt
        self._sampling = sampling
        self._max_tokens = max_tokens
        self._rendered: Rendered | None = None
        self._rewinds = 0
        self._closed = False
        self._texts: list[str] = []
        self._written: list[Piece] = []
        """For each token its id or its text; "" where a later token's text is that of both."""
        self._told = _Told(served.marks)
        self.progress = Progress()
        self._aside: Run[tuple[Piece, ...]] | None = None
        """What is asked for beside the text, to be broken off like it."""
        self._run = self._start()
        first = self._run.await_first(_PROMPT_S)
        if isinstance(first, Rendered):
            self.progress.prompt_tokens = first.tokens or 0

    def __del__(self) -> None:
        """Nobody reads any more, so nothing is to be drawn."""
        run = getattr(self, "_run", None)
        if run is not None:
            run.stop()

    def __iter__(self) -> Iterator[Step]:
        run = None
        while run is not self._run and not self._is_closed():
            run = self._run
            for message in run.messages():
                for step in self._steps(message):
                    yield step
                    if run.stopped:
                        break
                if run.stopped:
                    break
        if self.progress.stop is None and not self._is_closed():
            raise QwqError("the server broke off in the middle of a text")

    def rewind(self, keep: int, then: str = "", sampling: Sampling | None = None) -> int:
        if not self._served.way.rewinds:
            raise UnavailableError(
                "the server can't go on from a text", "", "set dialect if it can after all"
            )
        if not 0 <= keep <= len(self._texts):
            raise ValueError(f"{keep} of {len(self._texts)} tokens can't be kept")
        if keep and not self._texts[keep - 1]:
            raise ValueError(f"token {keep} ends inside a character")
        self._run.stop()
        self._rewinds += 1
        self._sampling = sampling or self._sampling
        del self._texts[keep:], self._written[keep:]
        added = self._encoded(then) if then else ()
        self._written += added
        self._texts += [*[""] * (len(added) - 1), then][: len(added)]
        marks = self._served.marks
        self._told = _Told(marks, "".join(self._texts), keep, len(added))
        self.progress.stop = None
        self._run = self._start()
        if self._is_closed():
            self._run.stop()
        return len(added)

    def close(self) -> None:
        self._closed = True
        self._run.stop()
        if self._aside is not None:
            self._aside.stop()

    def _is_closed(self) -> bool:
        """Asked anew each time: another thread or a signal may have closed it."""
        return self._closed

    # ---------------------------------------------------------------------------- the request

    def _start(self) -> "Run[Rendered | Delta]":
        """A request that goes on from what is written."""
        seed = self._sampling.seed
        task = _Task(
            self._served,
            self._prompt,
            self._rendered,
            tuple(self._written),
            self._sampling,
            None if seed is None else seed + self._rewinds,
            self._max_tokens,
        )
        return Run(task.work)

    def _encoded(self, text: str) -> tuple[Piece, ...]:
        """The pieces of a text of ours; broken off by `close` like everything."""
        self._aside = run = Run(lambda call: iter([self._served.way.encode(text, call)]))
        if self._is_closed():
            run.stop()
        return next(run.messages(), (text,))

    # ------------------------------------------------------------------------------ the answer

    def _steps(self, message: Rendered | Delta) -> Iterator[Step]:
        """The steps that one message means."""
        if isinstance(message, Rendered):
            self._rendered = message
            if message.tokens is not None:
                self.progress.prompt_tokens = message.tokens
                yield Prefilling(0, message.tokens + len(self._texts))
            return
        self._count(message)
        if message.read is not None and message.total is not None:
            yield Prefilling(message.read, message.total)
            return
        for token, piece in self._told.tokens(message):
            self._texts.append(token.text)
            self._written.append(piece)
            yield token
        if message.stop is not None:
            self.progress.stop = message.stop

    def _count(self, delta: Delta) -> None:
        """What a message says of the prompt: the request's prompt holds what was kept, too."""
        told, progress = self._told, self.progress
        if delta.total is None:
            return
        if not progress.prompt_tokens:
            progress.prompt_tokens = max(delta.total - told.kept, 0)
        progress.prefill_s = delta.read_s or progress.prefill_s
        if delta.cached is not None and not told.counted:
            told.counted = True
            progress.cached_tokens = delta.cached
            if told.rewound:
                progress.recomputed_tokens += max(delta.total - delta.cached - told.added, 0)


class _Told:
    """What one request has told so far: its events to tokens."""

    def __init__(
        self, marks: tuple[str, str], before: str = "", kept: int | None = None, added: int = 0
    ) -> None:
        """`marks`: of thinking and answer. `before`: the text that it goes on from, `kept` tokens
        (None for no rewind) and as many of ours as are `added`.
        """
        self.rewound = kept is not None
        self.kept = (kept or 0) + added
        self.added = added
        self.counted = False
        self._seen = 0
        self._counts = False
        """Whether the server counts as it goes."""
        self._held: list[tuple[Token, Piece]] = []
        """Silent tokens: the last of them may turn out to be the end of the text."""
        self._ended = False
        self._open, self._close = marks
        opened, closed = (before.rfind(mark.strip()) for mark in marks)
        self._thinking = opened > closed if self._open else bool(before) and closed < 0
        self._answering = bool(before) and not self._thinking
        self._split = False
        """Whether this request's thinking came apart from its text."""

    def tokens(self, delta: Delta) -> Sequence[tuple[Token, Piece]]:
        """The tokens that a message adds, each with what stands for it in a prompt."""
        if self._ended:  # counts alone may follow
            return []
        mark, text = self._marked(delta)
        new = self._new(delta, text)
        ids: Sequence[int | None] = delta.ids
        self._ended = delta.stop is not None
        if delta.stop == "stop":
            # The token that ends a text is no part of it.
            if new > bool(text):
                new -= 1
                ids = ids[:new]
            elif self._held:
                self._held.pop()
        known = len(ids) == new and text == delta.text
        numbers = ids if known else list(repeat(None, new))
        pieces = [(Token("", number), "" if number is None else number) for number in numbers]
        if not text:
            self._held += pieces
            return self._release() if self._ended else []
        last = numbers[-1]
        before = [*self._release(), *((Token(part), part) for part in mark)]
        if last is None:
            number = delta.ids[-1] if delta.ids and text == delta.text else None
            return [*before, *pieces[:-1], (Token(text, number), text)]
        return [*before, *pieces[:-1], (Token(text, last), last)]

    def _new(self, delta: Delta, text: str) -> int:
        """How many tokens a message adds. A count that comes only at the end is no use: it does
        not tell where the tokens were, and may hold some that were never shown. Nor is a message a
        token: some servers send many at once, and then their number is a guess.
        """
        if delta.count is not None and (self._counts or delta.stop is None):
            new, self._seen = max(delta.count - self._seen, 0), delta.count
            self._counts = True
        else:
            size = len((delta.reasoning + delta.text).encode(errors="replace"))
            guess = -(-size // _BYTES_A_TOKEN) if size > _LARGE_PIECE else 1
            new = len(delta.ids) or (guess if text else 0)
        return max(new, 1) if text else new

    def _release(self) -> list[tuple[Token, Piece]]:
        held, self._held = self._held, []
        return held

    def _marked(self, delta: Delta) -> tuple[list[str], str]:
        """The message's text, with the marks that a server keeps to itself: before a thought as a
        part of it, before an answer a token of its own, as it was one for the model.
        """
        marks, text = [], ""
        if delta.reasoning:
            opens = not (self._split or self._thinking or self._answering)
            text = self._open + delta.reasoning if opens else delta.reasoning
            self._split = True
        if delta.text:
            if self._split and not self._answering:
                marks = [text + self._close]
                text = ""
            text += delta.text
            self._answering = self._answering or self._split
        return marks, text

"""One generation on ExLlamaV2: ids to tokens, rewinds, and what they cost.

Knows runs and the vocabulary. Does not know the library.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from qwq_cli.engines.base import Part, Prefilling, Progress, Step, Token
from qwq_cli.engines.exllama.owner import Ask, Drawn, Ended, Message, Owner, Read, Run
from qwq_cli.engines.exllama.sampling import knobs
from qwq_cli.engines.exllama.vocabulary import Reader, Vocabulary
from qwq_cli.request import Sampling


@dataclass(frozen=True, slots=True)
class Model:
    """What every generation of one engine shares. `room`: tokens that a prompt and what is
    written may have together.
    """

    owner: Owner
    vocabulary: Vocabulary
    ends: frozenset[int]
    room: int


class ExllamaDecoding:
    """One generation, and after a rewind the next one with the same beginning."""

    def __init__(
        self, model: Model, prompt: list[int], sampling: Sampling, max_tokens: int | None
    ) -> None:
        self._model = model
        self._prompt = prompt
        self._sampling = sampling
        self._max_tokens = max_tokens
        self._rewinds = 0
        self._closed = False
        self._ids: list[int] = []
        self._whole: list[bool] = []
        """For each id, whether a character ends with it."""
        self._reader = Reader(model.vocabulary)
        self._held: list[int] = []
        """Ids inside a character that is not complete yet."""
        self._ready: deque[tuple[Step, bool]] = deque()
        """Steps to be given out, each with whether a character ends with it."""
        self.progress = Progress(prompt_tokens=len(prompt))
        self._counted = False
        """Whether what the present run evaluated is in `progress`."""
        self._kept = 0
        """Tokens of its beginning that an earlier run had evaluated, or drawn."""
        self._run: Run | None = None
        self._go()

    def __del__(self) -> None:
        """Nobody reads any more, so nothing is to be drawn."""
        run = getattr(self, "_run", None)
        if run is not None:
            run.stop()

    def __iter__(self) -> Iterator[Step]:
        while not self._closed:
            run = self._run
            yield from self._flush()
            if run is None:
                return
            for message in run.messages():
                self._read(run, message)
                yield from self._flush()
                if run is not self._run:
                    break
            if run is self._run:
                return

    def rewind(self, keep: int, then: str = "", sampling: Sampling | None = None) -> int:
        if not 0 <= keep <= len(self._ids):
            raise ValueError(f"{keep} of {len(self._ids)} tokens can't be kept")
        if keep and not self._whole[keep - 1]:
            raise ValueError(f"token {keep} ends inside a character")
        added = self._model.vocabulary.encode((Part(then, control=True),)) if then else []
        if self._run is not None:
            self._count(self._run)
            self._run.stop()
        self._rewinds += 1
        self._sampling = sampling or self._sampling
        del self._ids[keep:], self._whole[keep:]
        self._kept = len(self._prompt) + keep
        self._reader = Reader(self._model.vocabulary)
        self._held.clear()
        self._ready.clear()
        for number in added:
            self._note(number, whole=self._reader.feed(number) is not None)
        self.progress.stop = None
        self._go()
        return len(added)

    def close(self) -> None:
        self._closed = True
        if self._run is not None:
            self._run.stop()

    @property
    def drafted(self) -> tuple[int, int]:
        """Draft tokens of the present run that were right, and that were not."""
        return (self._run.accepted, self._run.rejected) if self._run else (0, 0)

    def _go(self) -> None:
        """The run that goes on from what is written; none where there is no room for it."""
        ids = [*self._prompt, *self._ids]
        room = self._model.room - len(ids)
        if self._max_tokens is not None:
            room = min(room, self._max_tokens - len(self._ids))
        self._counted = False
        if room <= 0:
            self._run = None
            self.progress.stop = "length"
            return
        # A seed moves on with each rewind, or the same tokens would be drawn again.
        seed = self._sampling.seed
        ask = Ask(
            ids,
            room,
            knobs(self._sampling),
            None if seed is None else seed + self._rewinds,
            self._model.ends,
        )
        self._run = run = self._model.owner.start(ask)
        if self._closed:  # meanwhile, by a signal
            run.stop()

    def _read(self, run: Run, message: Message) -> None:
        """Make steps of one message."""
        if isinstance(message, Read):
            self.progress.cached_tokens = run.cached
            self._ready.append((Prefilling(message.done, message.total), True))
        elif isinstance(message, Drawn):
            self._count(run)
            for number in message.ids:
                text = self._reader.feed(number)
                if text is None:
                    self._held.append(number)
                else:
                    self._release(number, text)
        elif isinstance(message, Ended):
            self.progress.stop = message.stop
            if self._held:  # a character is cut off; what stands before it is not
                self._release(self._held.pop(), self._reader.rest() or None)

    def _release(self, number: int, text: str | None) -> None:
        """A token that completes a character, after those that began it."""
        self._ready += [(Token("", begun), False) for begun in self._held]
        self._held.clear()
        self._ready.append((Token(text or "", number), text is not None))

    def _flush(self) -> Iterator[Step]:
        """Steps that are ready; they wait for the next iterator if this one is given up."""
        while self._ready and not self._closed:
            step, whole = self._ready.popleft()
            if isinstance(step, Token) and step.id is not None:
                self._note(step.id, whole=whole)
            yield step

    def _note(self, number: int, *, whole: bool) -> None:
        self._ids.append(number)
        self._whole.append(whole)

    def _count(self, run: Run) -> None:
        """What the present run found in the cache, and what it had to evaluate; once a run."""
        if self._counted:
            return
        self._counted = True
        self.progress.cached_tokens = run.cached
        self.progress.prefill_s = run.read_s
        again = min(self._kept, run.cached + run.evaluated) - run.cached
        self.progress.recomputed_tokens += max(again, 0)

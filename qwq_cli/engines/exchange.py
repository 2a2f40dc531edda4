"""A decoding that can be given up for one of another conversation: the way of engines that can't go
on from a text.

Knows the engine protocol. Does not know what is said in either conversation, nor why.
"""

from collections.abc import Iterator
from dataclasses import replace

from qwq_cli.engines.base import Decoding, Engine, Progress, Step
from qwq_cli.request import Request, Sampling


class Exchange:
    """One generation, closed by one call whichever of its decodings runs."""

    def __init__(self, engine: Engine, request: Request) -> None:
        """Raises what the engine raises."""
        self._engine = engine
        prompt = engine.render(request.messages)
        self.opens_thinking = prompt.opens_thinking
        self._decoding: Decoding = engine.start(prompt, request.sampling, request.max_tokens)
        self._before: Progress | None = None
        self._carried = 0
        self._closed = False

    @property
    def anew(self) -> bool:
        """Whether this is the second conversation."""
        return self._before is not None

    @property
    def progress(self) -> Progress:
        """Of the second conversation's prompt, which holds the first, all but what the engine still
        held counts as evaluated again. Where the first was broken off before its prompt was
        counted, it is the second's, less what was carried over.
        """
        now, before = self._decoding.progress, self._before
        if before is None:
            return now
        again = max(now.prompt_tokens - now.cached_tokens, 0)
        return replace(
            now,
            prompt_tokens=before.prompt_tokens or max(now.prompt_tokens - self._carried, 0),
            recomputed_tokens=before.recomputed_tokens + again,
            prefill_s=before.prefill_s,
        )

    def __iter__(self) -> Iterator[Step]:
        return iter(self._decoding)

    def rewind(self, keep: int, then: str = "", sampling: Sampling | None = None) -> int:
        """As a decoding's."""
        return self._decoding.rewind(keep, then, sampling)

    def ask(self, request: Request, carried: int) -> bool | None:
        """Go on in another conversation, into which so many tokens were carried; returns whether
        its prompt opens the thinking. Iterators of the first end. Raises what the engine raises.
        """
        self._decoding.close()
        self._before, self._carried = self._decoding.progress, carried
        prompt = self._engine.render(request.messages)
        self._decoding = self._engine.start(prompt, request.sampling, request.max_tokens)
        if self._is_closed():
            self._decoding.close()
        return prompt.opens_thinking

    def close(self) -> None:
        """Cancel; from anywhere, as often as one likes."""
        self._closed = True
        self._decoding.close()

    def _is_closed(self) -> bool:
        """Asked anew: a signal or another thread may have closed it."""
        return self._closed

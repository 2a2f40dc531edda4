"""An engine that passes everything on to another: what looks on at one is made of it.

Knows the engine protocol. Does not know what is looked for.
"""

from collections.abc import Iterator

from qwq_cli.engines.base import Decoding, Engine, Progress, Prompt, Step
from qwq_cli.request import Message, Sampling


class PassingEngine:
    """Passes everything on; a subclass has its own decodings."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.facts = engine.facts

    def render(self, messages: tuple[Message, ...]) -> Prompt:
        return self.engine.render(messages)

    def start(self, prompt: Prompt, sampling: Sampling, max_tokens: int | None) -> Decoding:
        return self.engine.start(prompt, sampling, max_tokens)

    def close(self) -> None:
        self.engine.close()


class PassingDecoding:
    """Passes everything on."""

    def __init__(self, decoding: Decoding) -> None:
        self.decoding = decoding

    @property
    def progress(self) -> Progress:
        return self.decoding.progress

    @progress.setter
    def progress(self, progress: Progress) -> None:
        self.decoding.progress = progress

    def __iter__(self) -> Iterator[Step]:
        return iter(self.decoding)

    def rewind(self, keep: int, then: str = "", sampling: Sampling | None = None) -> int:
        return self.decoding.rewind(keep, then, sampling)

    def close(self) -> None:
        self.decoding.close()

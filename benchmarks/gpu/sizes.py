"""What is measured: the shape of the large model, and how much of everything."""

from dataclasses import dataclass, replace

from qwq_cli.weights.models import MODELS

QWQ_32B = replace(MODELS["qwq-32b"].shape, trained_tokens=32_768)
"""With the context that is asked of it here."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured: tokens of prompts, the last of them with a rewind; tokens written;
    texts at once; how often each is run; bytes copied for the bandwidth.
    """

    prompts: tuple[int, ...] = (512, 4_096, 16_384)
    drawn: int = 256
    back: int = 100
    jobs: int = 8
    rounds: int = 3
    copied: int = 2**30

    @property
    def context_tokens(self) -> int:
        """What all of it takes."""
        deepest = max(self.prompts) + self.drawn
        side_by_side = self.jobs * (self.prompts[0] + self.drawn + 256)
        return max(deepest, side_by_side) + 256

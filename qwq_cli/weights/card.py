"""The NVIDIA cards of this machine and their free memory, asked of the driver by NVML.

Knows NVML, through nvidia-ml-py, which need not be installed. Does not import torch, and puts
nothing on a card.
"""

from contextlib import suppress
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Card:
    """One card. `capability`: its compute capability, (8, 9) for a GeForce 40."""

    name: str
    total_bytes: int
    free_bytes: int
    capability: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Cards:
    """What NVML tells. `missing` says why it tells nothing, "" where it does; `cuda` is the newest
    CUDA that the driver serves, "12.8".
    """

    cards: tuple[Card, ...] = ()
    driver: str = ""
    cuda: str = ""
    missing: str = ""

    @property
    def roomiest(self) -> Card | None:
        """The card with the most free memory, None without a card."""
        return max(self.cards, key=lambda card: card.free_bytes, default=None)


def look() -> Cards:
    """The cards, now. Never raises: what can't be told is in `missing`."""
    try:
        import pynvml
    except ImportError:
        return Cards(missing="nvidia-ml-py is not installed (pip install nvidia-ml-py)")
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError as error:
        return Cards(missing=f"the NVIDIA driver does not answer ({error})")
    try:
        count = pynvml.nvmlDeviceGetCount()
        cards = tuple(_card(pynvml.nvmlDeviceGetHandleByIndex(index)) for index in range(count))
        cuda = int(pynvml.nvmlSystemGetCudaDriverVersion())
        return Cards(
            cards=cards,
            driver=str(pynvml.nvmlSystemGetDriverVersion()),
            cuda=f"{cuda // 1000}.{cuda % 1000 // 10}",
            missing="" if cards else "the NVIDIA driver finds no card",
        )
    except pynvml.NVMLError as error:
        return Cards(missing=f"the NVIDIA driver fails ({error})")
    finally:
        with suppress(pynvml.NVMLError):  # of a card that vanished
            pynvml.nvmlShutdown()


def _card(handle: object) -> Card:
    import pynvml

    memory = pynvml.nvmlDeviceGetMemoryInfo(handle)
    major, minor = pynvml.nvmlDeviceGetCudaComputeCapability(handle)
    return Card(
        name=str(pynvml.nvmlDeviceGetName(handle)),
        total_bytes=int(memory.total),
        free_bytes=int(memory.free),
        capability=(int(major), int(minor)),
    )

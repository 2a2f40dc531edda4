"""What NVML tells of the cards: the real library where no driver is, and a driver that answers."""

import sys
from types import SimpleNamespace

import pytest

from qwq_cli.weights.card import Card, look


def test_without_the_package_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", None)
    found = look()
    assert (found.cards, found.roomiest) == ((), None)
    assert found.missing == "nvidia-ml-py is not installed (pip install nvidia-ml-py)"


def test_here_it_tells_cards_or_why_not() -> None:
    found = look()
    assert bool(found.cards) != bool(found.missing)


class NvmlError(Exception):
    """As `pynvml.NVMLError`."""


def answering(*cards: tuple[str, int, int]) -> SimpleNamespace:
    """A driver with these cards: name, total and free bytes."""
    return SimpleNamespace(
        NVMLError=NvmlError,
        nvmlInit=lambda: None,
        nvmlShutdown=lambda: None,
        nvmlDeviceGetCount=lambda: len(cards),
        nvmlDeviceGetHandleByIndex=lambda index: cards[index],
        nvmlDeviceGetName=lambda card: card[0],
        nvmlDeviceGetMemoryInfo=lambda card: SimpleNamespace(total=card[1], free=card[2]),
        nvmlDeviceGetCudaComputeCapability=lambda _: (8, 9),
        nvmlSystemGetDriverVersion=lambda: "570.86",
        nvmlSystemGetCudaDriverVersion=lambda: 12080,
    )


def test_the_card_with_the_most_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", answering(("A", 24, 3), ("B", 12, 11)))
    found = look()
    assert (found.driver, found.cuda, found.missing) == ("570.86", "12.8", "")
    assert found.roomiest == Card("B", 12, 11, (8, 9))


def test_a_driver_without_a_card(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", answering())
    assert look().missing == "the NVIDIA driver finds no card"


def test_a_card_that_vanished(monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(_: object) -> None:
        raise NvmlError("GPU is lost")

    driver = answering(("A", 24, 3))
    driver.nvmlDeviceGetMemoryInfo = lost
    driver.nvmlShutdown = lambda: lost(None)
    monkeypatch.setitem(sys.modules, "pynvml", driver)
    assert look().missing == "the NVIDIA driver fails (GPU is lost)"

"""Whether ExLlamaV2 can run here and would be right, and where not, what mends it.

Knows what the library needs of a machine, at version 0.3.2. Does not know models. Reading the
machine costs an import of torch, where that is installed.

Why flash-attn is a must: without it, and without xformers, ExLlamaV2 0.2.9 to 0.3.2 hands its
attention a mask that is None (`attn.py`), so a prompt is read as if it were not causal. Answers
come, and are wrong.
"""

import contextlib
import io
import re
import warnings
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec

from qwq_cli.errors import UnavailableError

EXLLAMAV2 = (0, 3, 2)
"""The version that this room was written for, and is tested with; upstream has ended with it."""

FLASH_ATTN = (2, 5, 7)
"""The first with paged attention."""

AMPERE = (8, 0)
"""The first compute capability that flash-attn runs on (GeForce 30, A100)."""

_WHEELS = "https://github.com/turboderp-org/exllamav2/releases/tag/v0.3.2"
_GGUF = "take a GGUF of the model, which llama.cpp runs anywhere"


@dataclass(frozen=True, slots=True)
class Machine:
    """What is here. A version is "" where its package is missing."""

    exllamav2: str
    torch: str
    cuda_build: bool
    """Whether that torch was built for CUDA."""
    cards: tuple[tuple[int, int], ...]
    """The compute capability of each card that torch can use."""
    flash_attn: str
    extension: str
    """Why the compiled part of exllamav2 can't be imported; "" where it can, or nobody tried."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is in the way, in phrases: what, why, and the command or step that helps."""

    what: str
    why: str
    todo: str


def look() -> Machine:
    """This machine. Imports torch and the compiled part of exllamav2, where they are installed."""
    torch, exllamav2 = _version("torch"), _version("exllamav2")
    cuda_build, cards = _cuda() if torch else (False, ())
    return Machine(
        exllamav2=exllamav2,
        torch=torch,
        cuda_build=cuda_build,
        cards=cards,
        flash_attn=_version("flash_attn"),
        extension=_extension() if torch and exllamav2 and cards else "",
    )


def faults(machine: Machine) -> list[Fault]:
    """All that is in the way, the most basic first; empty where ExLlamaV2 can run."""
    return [
        *_packages(machine),
        *_torch(machine),
        *(_match(machine) if machine.torch and machine.exllamav2 else []),
        *(_attention(machine) if machine.torch and machine.exllamav2 else []),
    ]


def refuse(machine: Machine) -> None:
    """Raise UnavailableError for the first thing that is in the way."""
    for fault in faults(machine):
        raise UnavailableError(fault.what, fault.why, fault.todo)


def _packages(machine: Machine) -> list[Fault]:
    if not machine.exllamav2:
        what = "EXL2 weights need an NVIDIA GPU and ExLlamaV2"
        return [Fault(what, "ExLlamaV2 is not installed", f"{_remedy(machine)}; or {_GGUF}")]
    if numbers(machine.exllamav2)[:3] != EXLLAMAV2:
        why = f"version {machine.exllamav2} is installed, and only 0.3.2 is known to work"
        return [Fault("this ExLlamaV2 is another one", why, _remedy(machine))]
    if not machine.torch:
        return [Fault("ExLlamaV2 needs PyTorch", "it is not installed", _remedy(machine))]
    return []


def _torch(machine: Machine) -> list[Fault]:
    if machine.torch and not machine.cuda_build:
        why = f"torch {machine.torch} was built without CUDA"
        return [Fault("EXL2 weights need an NVIDIA GPU", why, f"{_remedy(machine)}; or {_GGUF}")]
    if machine.torch and not machine.cards:
        return [Fault("EXL2 weights need an NVIDIA GPU", "torch finds none", _GGUF)]
    if any(card < AMPERE for card in machine.cards):
        oldest = ".".join(map(str, min(machine.cards)))
        why = f"flash-attn needs compute capability 8.0 (GeForce 30 or later), and one has {oldest}"
        return [Fault("this GPU is too old for EXL2 weights", why, _GGUF)]
    return []


def _match(machine: Machine) -> list[Fault]:
    """Whether the compiled part is there and was built for this torch."""
    built_for = re.search(r"torch(\d+(?:\.\d+)*)", machine.exllamav2)
    if built_for and numbers(built_for[1])[:2] != numbers(machine.torch)[:2]:
        why = f"it was built for torch {built_for[1]}, and torch {machine.torch} is installed"
        return [Fault("this ExLlamaV2 does not match this torch", why, _remedy(machine))]
    if machine.extension:
        what = "the compiled part of ExLlamaV2 can't be loaded"
        return [Fault(what, machine.extension, _remedy(machine))]
    return []


def _attention(machine: Machine) -> list[Fault]:
    if machine.flash_attn and numbers(machine.flash_attn)[:3] >= FLASH_ATTN:
        return []
    why = (
        f"version {machine.flash_attn} is installed, and without 2.5.7 or later"
        if machine.flash_attn
        else "it is not installed, and without it"
    )
    return [
        Fault(
            "EXL2 weights need flash-attn",
            f"{why} this ExLlamaV2 reads prompts wrongly (its attention is not causal)",
            "pip install flash-attn==2.8.3 --no-build-isolation",
        )
    ]


def _remedy(machine: Machine) -> str:
    """Which wheel to install: that of the torch which is here, where there is one."""
    there = numbers(machine.torch)
    torch = "2.9.0"
    if machine.cuda_build and (2, 7) <= there[:2] <= (2, 9):
        torch = f"{there[0]}.{there[1]}.0"
    if machine.cuda_build and there[:2] == numbers(torch)[:2]:
        return f"install the wheel for +cu128.torch{torch} and your Python from {_WHEELS}"
    return (
        f"pip install torch=={torch} --index-url https://download.pytorch.org/whl/cu128, and the "
        f"wheel for +cu128.torch{torch} and your Python from {_WHEELS}"
    )


def numbers(version: str) -> tuple[int, ...]:
    """The leading numbers of a version: (2, 9, 0) of "2.9.0+cu128"."""
    found = re.match(r"\d+(?:\.\d+)*", version)
    return tuple(map(int, found[0].split("."))) if found else ()


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def _cuda() -> tuple[bool, tuple[tuple[int, int], ...]]:
    """Whether torch was built for CUDA, and the compute capabilities of the cards."""
    with warnings.catch_warnings():  # (of drivers too old, which end as "no card")
        warnings.simplefilter("ignore")
        import torch

        cards = tuple(
            torch.cuda.get_device_capability(card) for card in range(torch.cuda.device_count())
        )
        return bool(torch.version.cuda), cards if torch.cuda.is_available() else ()


def _extension() -> str:
    """Why the compiled part can't be imported. It is never built here: upstream's build on first
    import takes minutes, writes to stdout, and may hang.
    """
    if find_spec("exllamav2_ext") is None:
        return "the package without it is installed, not a wheel built for a torch"
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            import exllamav2_ext  # noqa: F401
    except (ImportError, OSError) as error:
        return f"{error}"
    return ""

"""The machine: whether this can be measured on it, what it is, and what is taken of its memory.

Knows the driver and the packages. Imports no torch before it is known to be there.
"""

import argparse
import re
import shutil
import tempfile
from collections.abc import Mapping
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.gpu.sizes import QWQ_32B
from qwq_cli.engines.exllama import machine
from qwq_cli.errors import BusyError
from qwq_cli.weights.card import look
from qwq_cli.weights.planner import GIB, budget_of_free, plan
from qwq_cli.weights.shape import facts_at


def check(wanted: list[str], options: argparse.Namespace) -> None:
    """Raise SystemExit with a line for everything that is missing, before anything is begun."""
    lines = [f"{one.what}: {one.why}; {one.todo}" for one in machine.faults(machine.look())]
    needed = ("pandas", "fastparquet") if "quill" in wanted else ()
    lines += [
        f"upstream's converter needs {name}: pip install {name}"
        for name in needed
        if find_spec(name) is None
    ]
    files = {"--trace": options.trace, "--tokenizer": options.tokenizer}
    lines += [
        f"{flag}: no such file: {file}"
        for flag, file in files.items()
        if file and not file.exists()
    ]
    if not look().cards:
        lines.append(f"the cards can't be asked for their memory: {look().missing}")
    if "large" in wanted and not is_model(options.folder):
        lines += _room(options.folder or scratch(options), options.bits)
        lines += _memory(options.bits)
    if lines:
        raise SystemExit("this can't be measured here:\n" + "\n".join(f"- {one}" for one in lines))


def _room(place: Path, bits: float) -> list[str]:
    facts = facts_at("", QWQ_32B, bits)
    needed = facts.card_bytes + facts.host_bytes + GIB
    there = next(folder for folder in (place, *place.absolute().parents) if folder.is_dir())
    free = shutil.disk_usage(there).free
    if free >= needed:
        return []
    sizes = f"{needed / 1e9:.0f} GB are needed and {free / 1e9:.0f} GB are free"
    return [f"no room for the large model in {place}: {sizes}; give another --scratch"]


def _memory(bits: float) -> list[str]:
    """What the planner says of the large model; nothing where it fits, or nothing is known."""
    if not look().cards:
        return []
    try:
        plan(facts_at("the large model", QWQ_32B, bits), Memory().budget)
    except BusyError as error:
        return [str(error)]
    return []


def scratch(options: argparse.Namespace) -> Path:
    """Where there is room."""
    return Path(options.scratch or tempfile.gettempdir())


def is_model(folder: Path | None) -> bool:
    """Whether the large model is there already."""
    return folder is not None and (folder / "config.json").is_file()


def described() -> dict[str, Any]:
    """The cards and what drives them."""
    found = look()
    here = machine.look()
    return {
        "cards": [{"name": card.name, "total_bytes": card.total_bytes} for card in found.cards],
        "driver": found.driver,
        "driver_cuda": found.cuda,
        "torch": here.torch,
        "exllamav2": here.exllamav2,
        "flash_attn": here.flash_attn,
        "qwq": metadata.version("qwq-cli"),
    }


def name_of(figures: Mapping[str, Any]) -> str:
    """What to call the file: by the card."""
    cards = figures["gpu"]["cards"]
    name = str(cards[0]["name"]) if cards else "unknown"
    return "gpu-" + re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


class Memory:
    """What this process takes of the cards, by the driver's count."""

    def __init__(self) -> None:
        """Before anything is put on a card."""
        self._cards = look().cards

    @property
    def budget(self) -> int:
        """Bytes that a model could take then."""
        return sum(budget_of_free(card.free_bytes) for card in self._cards)

    def taken(self) -> int | None:
        """Bytes, by now; None where the driver does not say."""
        now = look().cards
        if not self._cards or not now:
            return None
        return sum(card.free_bytes for card in self._cards) - sum(card.free_bytes for card in now)

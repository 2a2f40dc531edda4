"""What `qwq doctor` looks at: each check by itself, none of which stops the others.

Knows what qwq stands on, and how to ask it without loading torch into this process. Does not know
how a diagnosis looks.
"""

import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from time import perf_counter
from typing import Any, Literal, TypeAlias

from qwq_cli.config import current_place, resolve
from qwq_cli.engines.exllama.machine import Machine, faults, numbers
from qwq_cli.engines.gguf import read_header
from qwq_cli.errors import QwqError
from qwq_cli.runtime import open_engine
from qwq_cli.ui.progress import size
from qwq_cli.weights.card import Cards, look
from qwq_cli.weights.catalogue import find_weights, store
from qwq_cli.weights.planner import GIB
from qwq_cli.weights.shape import check_folder
from qwq_cli.weights.store import Stored

State: TypeAlias = Literal["ok", "absent", "wrong"]
"""`absent`: not here, and qwq works without it."""

_OLDEST = (3, 10)
_LITTLE_DISK = 25 * 10**9
"""Bytes; a model of 32B in four bits takes twenty."""
_TORCH_S = 120
"""Seconds for torch to be imported; from a cold disk it takes its time."""
_LOOK = """
import json
from dataclasses import asdict
from qwq_cli.engines.exllama.machine import look
print(json.dumps(asdict(look())))
"""


@dataclass(frozen=True, slots=True)
class Check:
    """One line: `says` is what was found, `todo` the command or step that mends it."""

    name: str
    state: State
    says: str
    todo: str = ""


def diagnose() -> list[Check]:
    """Every check, in the order in which one would mend things."""
    cards = look()
    checks = [_python(), _machine(), *_guarded("llama.cpp", _llamacpp)]
    checks += [*gpu(cards), *exl2(cards), _hub_client()]
    checks += [*_guarded("models", _models), *_guarded("disk", _disk)]
    return [*checks, *_guarded("settings", _settings)]


def record(checks: list[Check]) -> dict[str, Any]:
    """What `--json` writes."""
    return {"ok": well(checks), "checks": [asdict(check) for check in checks]}


def well(checks: list[Check]) -> bool:
    """Whether nothing is wrong; what is absent is not."""
    return not any(check.state == "wrong" for check in checks)


def _guarded(name: str, check: Callable[[], Iterator[Check]]) -> list[Check]:
    """The checks, or the error that ended them, as one."""
    try:
        return list(check())
    except QwqError as error:
        said = f"{error.what}: {error.why}" if error.why else error.what
        return [Check(name, "wrong", said, error.todo)]


def _python() -> Check:
    says = f"{platform.python_version()}, {sys.executable}"
    if sys.version_info < _OLDEST:
        return Check("Python", "wrong", says, "install Python 3.10 or later")
    return Check("Python", "ok", says)


def _machine() -> Check:
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    cores = os.cpu_count() or 1
    says = f"{platform.system()} on {platform.machine()}, {cores} cores, {memory / GIB:.0f} GiB"
    return Check("machine", "ok", says)


def _llamacpp() -> Iterator[Check]:
    version = _version("xllamacpp")
    if not version:
        yield Check("llama.cpp", "wrong", "xllamacpp is not installed", "pip install xllamacpp")
        return
    begun = perf_counter()
    with open_engine("quill"):
        took = perf_counter() - begun
    yield Check("llama.cpp", "ok", f"xllamacpp {version}; quill loads in {took:.1f} s")


def gpu(cards: Cards) -> Iterator[Check]:
    """The driver and each card; a line that calms where there is none."""
    if not cards.cards:
        says = f"none ({cards.missing}); quill and GGUF models run here, on llama.cpp"
        yield Check("GPU", "absent", says)
        return
    yield Check("driver", "ok", f"NVIDIA {cards.driver}, for CUDA up to {cards.cuda}")
    for card in cards.cards:
        capability = ".".join(map(str, card.capability))
        free = f"{card.free_bytes / GIB:.1f} of {card.total_bytes / GIB:.1f} GiB free"
        yield Check("GPU", "ok", f"{card.name}, compute capability {capability}, {free}")


def exl2(cards: Cards) -> Iterator[Check]:
    """The packages that EXL2 weights need; on a machine without a GPU they are not missed."""
    for package, name in (
        ("torch", "torch"),
        ("exllamav2", "ExLlamaV2"),
        ("flash_attn", "flash-attn"),
    ):
        version = _version(package)
        if version:
            yield Check(name, "ok", version)
        elif cards.cards:
            yield Check(name, "wrong", "not installed", "see EXL2 below")
        else:
            yield Check(name, "absent", "not installed; only EXL2 weights on a GPU need it")
    if not cards.cards:
        return
    found = _ask_torch()
    if isinstance(found, str):
        yield Check("EXL2", "wrong", found, "reinstall torch")
        return
    problems = faults(found)
    for fault in problems:
        yield Check("EXL2", "wrong", f"{fault.what}: {fault.why}", fault.todo)
    if not problems:
        yield Check("EXL2", "ok", "ExLlamaV2, torch and flash-attn go together")


def _ask_torch() -> Machine | str:
    """What a process of its own finds, which may load torch; or why it found nothing."""
    try:
        done = subprocess.run(  # noqa: S603 - our own code, in our own Python
            [sys.executable, "-c", _LOOK],
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            timeout=_TORCH_S,
        )
        table = json.loads(done.stdout.splitlines()[-1])
        cards = tuple((int(major), int(minor)) for major, minor in table.pop("cards"))
        return Machine(cards=cards, **table)
    except subprocess.TimeoutExpired:
        return f"torch could not be imported in {_TORCH_S} s"
    except (OSError, ValueError, LookupError, TypeError):
        return "torch can't be imported"


def _hub_client() -> Check:
    version = _version("huggingface_hub")
    if version:
        return Check("hub client", "ok", f"huggingface_hub {version}")
    says = "not installed; only `qwq model pull` needs it"
    return Check("hub client", "absent", says, "pip install huggingface_hub")


def _models() -> Iterator[Check]:
    here = store()
    found = here.models()
    damaged = list(filter(None, map(_damage, found)))
    yield from damaged
    if not damaged:
        total = size(sum(stored.size_bytes for stored in found))
        says = f"{len(found)} beside quill, {total}" if found else "quill, which ships with qwq"
        yield Check("models", "ok", says)
    for partial in here.partials():
        says = f"{partial.name} is partly here, {size(partial.done_bytes)}"
        yield Check("models", "absent", says, f"qwq model pull {partial.name}, or rm it")


def _damage(stored: Stored) -> Check | None:
    try:
        if stored.format == "gguf":
            read_header(stored.path)
        else:
            check_folder(stored.path)
    except QwqError as error:
        return Check("models", "wrong", str(error), f"qwq model rm {stored.name}, and get it again")
    return None


def _disk() -> Iterator[Check]:
    place = _existing(store().folder)
    free = shutil.disk_usage(place).free
    says = f"{size(free)} free for models in {store().folder}"
    if free < _LITTLE_DISK:
        yield Check("disk", "absent", f"{says}; a large model takes 20 GB")
    else:
        yield Check("disk", "ok", says)


def _existing(path: Path) -> Path:
    """The path, or the nearest folder above it that is there."""
    return next(place for place in (path, *path.parents) if place.exists())


def _settings() -> Iterator[Check]:
    place = current_place()
    resolved = resolve({}, place)
    for notice in resolved.notices:
        yield Check("settings", "absent", notice)
    model = resolved.settings.model
    weights = find_weights(model)
    file = place.user_file if place.user_file is not None and place.user_file.exists() else None
    yield Check("settings", "ok", f"model {weights.name}; {file or 'no file of your own'}")


def _version(package: str) -> str:
    try:
        version = metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""
    return version if numbers(version) else ""

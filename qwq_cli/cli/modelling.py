"""What the commands of `qwq model` ask: what is kept, what is known of one, whether to add one.

Knows the store, the settings and the engines' readers. Does not know options, nor how anything
looks.
"""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qwq_cli.cli.answering import endpoint
from qwq_cli.cli.shell import Shell
from qwq_cli.config import current_place, resolve, terminal
from qwq_cli.engines.exllama.folder import read_folder
from qwq_cli.engines.gguf import read_header
from qwq_cli.errors import BadInputError, BusyError, ConfigError, NotFoundError, UsageError
from qwq_cli.runtime import is_remote
from qwq_cli.stream.sanitise import one_line
from qwq_cli.ui import models
from qwq_cli.ui.progress import size
from qwq_cli.weights.card import look
from qwq_cli.weights.catalogue import Weights, find_weights, store
from qwq_cli.weights.models import MODELS, OFFERS, Offer, offers_of
from qwq_cli.weights.planner import GIB, budget_of_free, plan
from qwq_cli.weights.profiles import QUILL, profile_of
from qwq_cli.weights.shape import check_folder
from qwq_cli.weights.store import Partial, Stored, check_name, size_of


@dataclass(frozen=True, slots=True)
class Kept:
    """The models here, quill first; those on their way; those to be had; and the default."""

    stored: list[Stored]
    partials: list[Partial]
    offers: list[Offer]
    default: str

    def state(self, name: str) -> str:
        """`here`, `partial` or "" of an offer."""
        if any(stored.name == name for stored in self.stored):
            return "here"
        return "partial" if any(partial.name == name for partial in self.partials) else ""


def kept() -> Kept:
    """What is here now."""
    quill, models_here = find_weights("quill"), store()
    shipped = Stored("quill", quill.format, quill.path, size_of(quill.path), owned=False)
    offers = [offer for model in MODELS for offer in offers_of(model)]
    return Kept([shipped, *models_here.models()], models_here.partials(), offers, default())


def listed(found: Kept, *, every: bool) -> dict[str, Any]:
    """What `list --json` writes."""
    record: dict[str, Any] = {
        "default": found.default,
        "models": [models.record(stored) for stored in found.stored],
        "partial": [
            {"name": one.name, "done_bytes": one.done_bytes, "total_bytes": one.total_bytes}
            for one in found.partials
        ],
    }
    if every:
        record["offers"] = [
            models.offer_record(offer) | {"state": found.state(offer.name) or None}
            for offer in found.offers
        ]
    return record


def known(name: str) -> dict[str, Any]:
    """What `show` tells, by key. Raises NotFoundError, and BadInputError for damaged files."""
    if name in OFFERS and store().find(name) is None:
        return models.offer_record(OFFERS[name]) | {"here": False}
    weights = find_weights(name)
    stored = store().find(name)
    record: dict[str, Any] = {
        "name": weights.name,
        "format": weights.format,
        "path": str(weights.path),
        "size": size(size_of(weights.path)),
    }
    if stored is not None:
        record |= {"repo": stored.repo or None, "revision": stored.revision or None}
        record |= {"commit": stored.commit or None}
    return record | (_of_gguf(weights) if weights.format == "gguf" else _of_folder(weights))


def _of_gguf(weights: Weights) -> dict[str, Any]:
    header = read_header(weights.path)
    profile = QUILL if weights.name == "quill" else profile_of(weights.name)
    return {
        "model": header.name or None,
        "architecture": header.architecture or None,
        "trained_tokens": header.context_tokens or None,
        "thinking": profile.style,
        "runs_on": "llama.cpp, in system memory",
    }


def _of_folder(weights: Weights) -> dict[str, Any]:
    facts = check_folder(weights.path)
    card = look().roomiest
    return {
        "bits": round(facts.bits, 2),
        "trained_tokens": facts.shape.trained_tokens,
        "thinking": profile_of(weights.name).style,
        "runs_on": "ExLlamaV2, on an NVIDIA GPU",
        "weights_on_card": f"{facts.card_bytes / GIB:.2f} GiB",
        "fits": _fits(weights, budget_of_free(card.free_bytes)) if card else None,
    }


def _fits(weights: Weights, budget: int) -> str:
    facts = check_folder(weights.path)
    try:
        chosen = plan(facts, budget)
    except BusyError as fault:
        return str(fault)
    return f"{chosen.context_tokens:,} tokens in a {chosen.cache} cache ({chosen.why})"


def add(path: Path, name: str) -> Stored:
    """Check what lies at the path, and note it.

    Raises NotFoundError (nothing there), BadInputError (damaged, incomplete, or another format
    than its name says), UnavailableError (sound, but no engine here would run it), UsageError (the
    name).
    """
    weights = find_weights(_as_path(path))
    chosen = name or weights.name
    check_name(chosen)
    if weights.format == "gguf":
        read_header(weights.path)
    else:
        check_folder(weights.path)
        read_folder(weights.path)
    return store().add(chosen, weights.path, weights.format)


def _as_path(path: Path) -> str:
    """With a slash in it, so that it is read as a path whatever it is called."""
    if path.suffix == ".safetensors":
        if path.is_file():
            raise UsageError(f"{path} is one file of a model", "", f"add its folder, {path.parent}")
        raise NotFoundError(f"no such file: {path}")
    return str(path) if str(path).startswith("~") else str(path.absolute())


def agreed(name: str, shell: Shell) -> bool:
    """Ask on the terminal whether to remove it. Raises UsageError where nobody can be asked."""
    if not shell.stdin_is_terminal or shell.stdin is None or not shell.err.tty:
        raise UsageError(f"{name} is only removed when that is confirmed", "", "add --yes")
    found = None
    with suppress(BadInputError, NotFoundError):  # what is damaged or gone may go, too
        found = store().find(name)
    what = f"{name} ({size(found.size_bytes)})" if found is not None and found.owned else name
    shell.err.write(f"Remove {one_line(what)}? [y/N] ")
    return shell.stdin.readline().decode(errors="replace").strip().lower() in {"y", "yes"}


def default() -> str:
    """The model that is used where none is named."""
    return resolve({}, current_place()).settings.model


def usable(name: str) -> str:
    """How a model is written in the settings: by its name, by its absolute path, or on a server as
    it was said.

    Raises NotFoundError without it here, ConfigError where no server is meant. A server is not
    asked: it may be down just now.
    """
    settings = resolve({"model": name}, current_place()).settings
    if is_remote(settings.model):
        endpoint(settings)
        return name
    weights = find_weights(name)
    return name if weights.name == name else str(weights.path.absolute())


def overruled(chosen: str) -> str:
    """What to say where the default is another all the same, "" where it is the chosen one."""
    resolved, wanted = resolve({}, current_place()), resolve({"model": chosen}, current_place())
    model, source = resolved.settings.model, resolved.sources["model"]
    if (model, resolved.settings.base_url) == (wanted.settings.model, wanted.settings.base_url):
        return ""
    return f"but here it is {model}, by {source}, which goes before that"


def styled() -> bool:
    """Whether this terminal likes styles."""
    return terminal(current_place().environ).styled


def user_file() -> Path:
    """The user's own configuration file; raises ConfigError without a home."""
    file = current_place().user_file
    if file is None:
        raise ConfigError("there is no place for a configuration file", "no home", "set HOME")
    return file

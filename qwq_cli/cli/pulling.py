"""A model from the hub into the store: which one, is it here, is there room, bring it, put it up.

Knows the order of things. Does not know options.
"""

from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path, PurePosixPath

from qwq_cli.cli.interrupts import Interrupted
from qwq_cli.cli.shell import Shell
from qwq_cli.config import Place, hub, terminal
from qwq_cli.errors import BadInputError, BusyError, NotFoundError, UsageError
from qwq_cli.ui.progress import Progress, size
from qwq_cli.weights.card import look
from qwq_cli.weights.catalogue import store
from qwq_cli.weights.download import fetch
from qwq_cli.weights.hub import Listing, look_up
from qwq_cli.weights.models import MODELS, OFFERS, Offer, offers_of
from qwq_cli.weights.planner import budget_of_free, choose
from qwq_cli.weights.store import Store, Stored, check_name

_NEEDED = ("config.json", "tokenizer.json")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line said; "" where it said nothing."""

    model: str
    revision: str = ""
    file: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class _Target:
    """What to ask the hub for, and what to call it here."""

    name: str
    repo: str
    revision: str
    file: str


def pull(asked: Asked, place: Place, shell: Shell) -> Stored:
    """Bring it, or find that it is here; returns it as it is here. Raises as `weights.hub` and
    `weights.download` say, and UsageError.
    """
    target = _target(asked, shell)
    there, models = hub(place.environ), store()
    if shell.err.tty:
        shell.tell(f"asking {there.endpoint} for {target.repo}")
    listing = look_up(target.repo, target.revision, target.file, there)
    name = target.name or _name_for(listing, target.revision)
    check_name(name)
    _check_listing(listing)
    here = models.find(name)
    if here is not None and here.commit == listing.commit and here.repo == listing.repo:
        shell.tell(f"{name} is here already: {here.path}")
        return here
    if here is not None and not here.owned:
        raise UsageError(f"'{name}' is the name of a model that was added", "", "choose --name")
    wanted = Stored(
        name=name,
        format=listing.format,
        path=Path(listing.main or "."),
        size_bytes=listing.size_bytes,
        owned=True,
        repo=target.repo,
        revision=target.revision,
        commit=listing.commit,
    )
    with models.alone(name):
        return _bring(wanted, listing, models, place, shell)


def _bring(wanted: Stored, listing: Listing, models: Store, place: Place, shell: Shell) -> Stored:
    same_commit = models.staged_commit(wanted.name) in {"", wanted.commit}
    folder = models.begin(wanted)
    shell.tell(f"pulling {wanted.name}: {size(wanted.size_bytes)} from {wanted.repo}")
    erases = terminal(place.environ).erases
    progress = Progress(shell.err, wanted.name, wanted.size_bytes, erases=erases)
    try:
        fetch(listing, folder, hub(place.environ), progress.at, same_commit=same_commit)
    except Interrupted:
        progress.close()
        shell.tell(f"interrupted; what came is kept, and `qwq model pull {wanted.name}` goes on")
        raise
    finally:
        progress.close()
    return models.finish(wanted)


def _target(asked: Asked, shell: Shell) -> _Target:
    if "/" in asked.model:
        return _Target(asked.name, asked.model, asked.revision or "main", asked.file)
    if asked.revision or asked.file:
        raise UsageError("--revision and --file go with a repository", "", "name it as OWNER/NAME")
    origin = store().origin(asked.model)
    if origin is not None:  # one that is here, or on its way
        return _Target(asked.name or asked.model, *origin)
    offer = OFFERS.get(asked.model)
    if offer is None and asked.model in MODELS:
        offer, why = _suited(asked.model)
        shell.tell(f"{offer.name} is taken: {why}")
    if offer is None:
        raise _unknown(asked.model)
    return _Target(asked.name or offer.name, offer.repo, offer.revision, offer.file)


def _suited(model: str) -> tuple[Offer, str]:
    """Of a model's offers the one that suits this machine, and why."""
    exl2, ggufs = offers_of(model, "exl2"), offers_of(model, "gguf")
    card = look().roomiest
    if card is not None and exl2:
        known = MODELS[model]
        rates = [offer.bits for offer in exl2 if offer.bits]
        try:
            plan = choose(known.title, known.shape, budget_of_free(card.free_bytes), rates=rates)
        except BusyError as fault:
            if not ggufs:
                raise
            return ggufs[0], str(fault)
        best = next(offer for offer in exl2 if offer.bits == plan.bits)
        return best, f"{plan.why} on the {card.name}"
    if not ggufs:
        return exl2[0], "there is no GGUF of it; EXL2 weights need an NVIDIA GPU"
    return ggufs[0], "a GGUF, which runs without a GPU"


def _unknown(model: str) -> NotFoundError:
    near = get_close_matches(model, [*OFFERS, *MODELS], n=3)
    hint = f"did you mean {' or '.join(near)}?" if near else "`qwq model list --all` lists them"
    return NotFoundError(
        f"the catalogue has no '{model}'", "", f"{hint}; any repository goes as OWNER/NAME"
    )


def _name_for(listing: Listing, revision: str) -> str:
    """A name that tells models apart: of the file, or of the repository and its branch."""
    if listing.main:
        return PurePosixPath(listing.main).name.removesuffix(".gguf")
    name = listing.repo.rpartition("/")[2]
    return name if revision == "main" else f"{name}-{revision}"


def _check_listing(listing: Listing) -> None:
    """What would be of no use is told before it is pulled."""
    names = {file.name for file in listing.files}
    for missing in (name for name in _NEEDED if listing.format == "exl2" and name not in names):
        raise BadInputError(f"{listing.repo} is no whole model", f"it has no {missing}")

"""Whether a model is kept warm, and how it is opened and listed then.

Knows settings, and what the answer to each question needs. Does not know how a server is started.
"""

from importlib.util import find_spec
from pathlib import Path
from time import monotonic
from typing import Final

from qwq_cli.cli.shell import Shell
from qwq_cli.config import current_place, is_path
from qwq_cli.errors import NotFoundError, QwqError, UnavailableError, UsageError
from qwq_cli.paths import warm_folder
from qwq_cli.runtime import Opened, look_at
from qwq_cli.settings import Settings
from qwq_cli.ui.progress import size
from qwq_cli.ui.records import to_json
from qwq_cli.ui.status import duration
from qwq_cli.warm.keeper import Keeper, NoPlaceError, State, clear, locked, look, memory_bytes
from qwq_cli.warm.keeper import stop as end
from qwq_cli.warm.place import Load, Place, folder_for, places
from qwq_cli.weights.catalogue import Weights, find_weights
from qwq_cli.weights.profiles import Profile, profile_of

LARGE: Final = 2 * 10**9
"""Bytes of a GGUF that takes seconds to load; less is loaded sooner than a server is started."""
_LIBRARIES = ("starlette", "uvicorn", "prometheus_client")
_EXL2_PARALLEL = 8


def opened(settings: Settings, model: str, shell: Shell, *, quiet: bool = False) -> Opened | None:
    """The model, warm; None where it is to be loaded here. Raises what loading it here would."""
    if not _is_wanted(settings, model):
        return None
    try:
        return _kept(settings, model, shell, quiet=quiet)
    except NoPlaceError as error:
        if settings.warm == "on":
            raise
        if not quiet:
            shell.tell(str(error))
        return None


def _is_wanted(settings: Settings, model: str) -> bool:
    """Whether the settings mean this model to stay loaded.

    Raises UnavailableError where that is set and can't be, NotFoundError for no such model.
    """
    able = all(find_spec(library) for library in _LIBRARIES)
    if settings.warm == "auto":
        return able and _is_slow(find_weights(model))
    if not able:
        raise UnavailableError(
            "a model can't be kept warm", "the server is not installed", "pip install '.[serve]'"
        )
    return True


def _is_slow(weights: Weights) -> bool:
    """Whether loading it takes seconds."""
    if weights.name == "quill":
        return False
    return weights.format == "exl2" or weights.path.stat().st_size >= LARGE


def _folder() -> Path | None:
    """Where sockets are; None where there is no home."""
    folder = warm_folder()
    return None if folder is None else folder_for(folder)


def _kept(settings: Settings, model: str, shell: Shell, *, quiet: bool) -> Opened:
    """Found, or started and waited for."""
    from qwq_cli.warm.engine import Warm

    look_at(model)
    weights = find_weights(model)
    load = Load(
        _from_anywhere(model),
        settings.context,
        settings.cache,
        _from_anywhere(settings.draft),
        _EXL2_PARALLEL if weights.format == "exl2" else 1,
    )
    folder = _folder()
    if folder is None:
        raise NoPlaceError("the model can't be kept warm", "there is no home", "set HOME")
    keeper = Keeper(Place(folder, load.name), load, settings.keep_alive, current_place().environ)
    with shell.interrupts.deadly():
        engine = Warm(keeper)
    if engine.started and not quiet:
        kept = f"stays loaded for {duration(settings.keep_alive)} after its last answer"
        shell.tell(f"{weights.name} {kept} (`qwq ps` lists it, `qwq stop` ends it)")
    known = profile_of(engine.facts.name)
    profile = Profile(known.name, engine.facts.style, engine.sampling, known.scope)
    return Opened(engine, profile, engine.load_s, engine.events)


def _from_anywhere(name: str) -> str:
    """A model's name, or its path as the server finds it, which runs in another folder."""
    return str(find_weights(name).path.absolute()) if is_path(name) else name


# --------------------------------------------------------------------------------------- ps, stop


def found() -> list[State]:
    """The servers that there are; what dead ones left is cleared away."""
    folder = _folder()
    states: list[State] = []
    for place in places(folder) if folder is not None else ():
        state = look(place)
        if state is None:
            clear(place)
        else:
            states.append(state)
    return states


HEADS = ("model", "pid", "memory", "state", "until", "version")


def rows(states: list[State]) -> list[tuple[str, ...]]:
    """For people."""
    return [
        (
            str(record["model"]),
            str(record["pid"] or "?"),
            "?" if record["memory"] is None else size(int(str(record["memory"]))),
            str(record["state"]),
            _until(record["ends_in_s"]),
            str(record["version"] or "?"),
        )
        for record in map(told, states)
    ]


def _until(seconds: object) -> str:
    return f"in {duration(float(seconds))}" if isinstance(seconds, int | float) else ""


def told(state: State) -> dict[str, object]:
    """For programs. `memory` is in bytes, `idle_s` and `ends_in_s` are null while it is busy."""
    about = state.told or {}
    if state.told is None:
        doing = "loading"
    elif about.get("status") != "ok":
        doing = "hangs"
    else:
        doing = "idle" if state.idle else f"answering {about.get('running', 0)}"
    idle = state.idle
    return {
        "model": about.get("model") or state.place.name.rpartition("-")[0],
        "name": state.place.name,
        "pid": state.pid,
        "memory": None if state.pid is None else memory_bytes(state.pid),
        "state": doing,
        "idle_s": about.get("idle_s") if idle else None,
        "ends_in_s": about.get("ends_in_s") if idle else None,
        "version": state.version,
        "log": str(state.place.log),
    }


def listed(states: list[State]) -> str:
    """As one JSON array."""
    return to_json([told(state) for state in states]) + "\n"


def chosen(states: list[State], model: str | None, *, everything: bool) -> list[State]:
    """Those that are meant; raises UsageError where that is not clear, NotFoundError for none."""
    if everything:
        if model is not None:
            raise UsageError("--all and a model exclude each other", "", "choose one")
        return states
    meant = [state for state in states if model is None or model in _names(state)]
    if not meant:
        what = "no model is warm" if model is None else f"no warm model is called '{model}'"
        there = ", ".join(str(told(state)["model"]) for state in states)
        raise NotFoundError(what, f"there is {there}" if there else "", "`qwq ps` lists them")
    if len(meant) > 1:
        names = ", ".join(state.place.name for state in meant)
        raise UsageError("several are meant", names, "name one, or give --all")
    return meant


def _names(state: State) -> set[str]:
    """What one may call it."""
    about = told(state)
    return {str(about["model"]), str(about["name"]), str(about["pid"])}


def stop(state: State, shell: Shell) -> None:
    """End it, and tell so."""
    begun = monotonic()
    with locked(state.place):
        end(state)
    shell.tell(f"stopped {told(state)['model']} ({duration(monotonic() - begun)})")


def stop_all(states: list[State], shell: Shell) -> None:
    """End all, as far as that can be done; raises the first fault."""
    faults: list[QwqError] = []
    for state in states:
        try:
            stop(state, shell)
        except QwqError as fault:  # noqa: PERF203 - the others are to end all the same
            faults.append(fault)
    if faults:
        raise faults[0]

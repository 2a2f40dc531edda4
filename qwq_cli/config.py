"""Settings, resolved once, each with its source; the only room that reads the environment.

flags > environment (`QWQ_*`) > project file > user file (`config.toml`, XDG) > defaults

The project file is `.qwq.toml`, else `qwq.toml`, of the nearest directory upward from the working
directory, as far as the top of a git checkout or the home directory. Whoever wrote what you
cloned wrote it too, so it is not trusted: it may not name a file to load as a model, it must be a
small regular file, and one that belongs to another user is passed over with a notice. Nor may it
say where questions and keys are sent.

Knows places and the environment. Does not know which settings there are, what stands in a file,
nor any command.
"""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from qwq_cli import paths
from qwq_cli.config_file import hint, line_of, servers_of, table_of, text_of
from qwq_cli.errors import ConfigError, UsageError
from qwq_cli.settings import CONNECTION, KEYS, SERVERS, Settings, Value, at_server, nearest

PROJECT_FILES = (".qwq.toml", "qwq.toml")
_PREFIX = "QWQ_"


@dataclass(frozen=True, slots=True)
class Place:
    """Where qwq runs: everything from outside that settings can come from."""

    environ: Mapping[str, str]
    directory: Path | None
    user_file: Path | None
    home: Path | None


def current_place() -> Place:
    """This process's environment, working directory and user."""
    try:
        directory = Path.cwd()
    except FileNotFoundError:  # removed while we stand in it
        directory = None
    return Place(dict(os.environ), directory, paths.user_config_file(), paths.home())


@dataclass(frozen=True, slots=True)
class Resolved:
    """The settings, where each came from, and what a person should know about it."""

    settings: Settings
    sources: Mapping[str, str]
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hub:
    """Where models are pulled from, and by whom. `token` "" leaves it to the hub's own login."""

    endpoint: str
    token: str


def hub(environ: Mapping[str, str]) -> Hub:
    """By HF_ENDPOINT and HF_TOKEN, as the hub's own client reads them.

    Raises ConfigError for an endpoint that is no address.
    """
    endpoint = environ.get("HF_ENDPOINT", "").strip().rstrip("/")
    if endpoint and not re.fullmatch(r"https?://[^\s/\[\]]+(/\S*)?", endpoint):
        raise ConfigError(
            f"environment variable HF_ENDPOINT={endpoint!r}",
            "it is no address that begins with http:// or https://",
            "mend or unset it",
        )
    return Hub(endpoint or "https://huggingface.co", environ.get("HF_TOKEN", "").strip())


@dataclass(frozen=True, slots=True)
class Terminal:
    """What the environment says of terminals: are styles welcome, can they erase."""

    styled: bool
    erases: bool


def terminal(environ: Mapping[str, str]) -> Terminal:
    """By NO_COLOR (any value that is not empty) and TERM (`dumb`, or none)."""
    able = environ.get("TERM", "") not in {"", "dumb"}
    return Terminal(styled=able and not environ.get("NO_COLOR"), erases=able)


def resolve(flags: Mapping[str, Value | None], place: Place) -> Resolved:
    """Lay the sources over one another. Flags that are None were not given.

    Raises UsageError for a flag, ConfigError for anything else; a file is named with its line.
    """
    values: dict[str, Value] = {}
    sources: dict[str, str] = {}
    notices: list[str] = []
    project = _project_file(place, notices)
    layers = [
        _from_file(place.user_file, trusted=True),
        _from_file(project, trusted=False),
        _from_environment(place.environ, notices),
        _from_flags(flags),
    ]
    ranks: dict[str, int] = {}
    for rank, layer in enumerate(layers):
        for name, value, source in layer:
            values[name], sources[name], ranks[name] = value, source, rank
    if ranks.get("base_url", -1) > ranks.get("server", -1):  # what was said last is meant
        values.pop("server", None)
    if "server" in values and "model" not in values:
        values["model"] = "openai"
    for key in KEYS:
        sources.setdefault(key, "default")
    servers = servers_of(place.user_file, place.environ)
    settings = Settings(**values, servers=servers)  # type: ignore[arg-type]
    return Resolved(_at_server(settings, sources), sources, tuple(notices))


def _at_server(settings: Settings, sources: dict[str, str]) -> Settings:
    """With what the server that is meant sets, and its name as the source of that."""
    if settings.model.partition("/")[0] in settings.servers and sources["base_url"] == "--base-url":
        raise UsageError(f"{settings.model} and --base-url exclude each other", "", "choose one")
    try:
        there = at_server(settings)
    except ValueError as error:
        where = sources["server" if sources["server"] != "default" else "model"]
        raise ConfigError(where, str(error), "see `qwq config path`") from None
    if there is not settings:
        for name in CONNECTION:
            if name in settings.servers[str(there.server)].values:
                sources[name] = f"servers.{there.server}"
            elif getattr(there, name) != getattr(settings, name):
                sources[name] = "default"
    return there


_Layer: TypeAlias = Iterator[tuple[str, Value, str]]


def _from_flags(flags: Mapping[str, Value | None]) -> _Layer:
    for name, value in flags.items():
        if value is None:
            continue
        option = "--" + name.replace("_", "-")
        try:
            yield name, KEYS[name].checked(value), option
        except ValueError as error:
            raise UsageError(f"{option} {value}", str(error)) from None


def _from_environment(environ: Mapping[str, str], notices: list[str]) -> _Layer:
    for variable in sorted(environ):
        text = environ[variable]
        if not variable.startswith(_PREFIX) or not text:
            continue
        key = KEYS.get(variable.removeprefix(_PREFIX).lower())
        if key is None:
            near = nearest(variable.removeprefix(_PREFIX).lower())
            hint = f"; did you mean {_PREFIX}{near.upper()}?" if near else ""
            notices.append(f"the environment variable {variable} is none of qwq's settings{hint}")
            continue
        try:
            yield key.name, key.checked(text), f"environment {variable}"
        except ValueError as error:
            raise ConfigError(
                f"environment variable {variable}={text!r}", str(error), "mend or unset it"
            ) from None


# ------------------------------------------------------------------------------------- files


def _project_file(place: Place, notices: list[str]) -> Path | None:
    if place.directory is None:
        return None
    for directory in (place.directory, *place.directory.parents):
        for name in PROJECT_FILES:
            path = directory / name
            try:
                owner = path.stat().st_uid
            except OSError:  # not there, or not for us to see
                continue
            if owner in {os.geteuid(), 0}:
                return path
            notices.append(f"{path} belongs to another user and is passed over")
        if directory == place.home or (directory / ".git").exists():
            return None
    return None


def _from_file(path: Path | None, *, trusted: bool) -> _Layer:
    text = text_of(path) if path is not None else None
    if path is None or text is None:
        return
    for name, value in table_of(path, text).items():
        line = line_of(text, name)
        if name == SERVERS:
            if not trusted:
                raise _not_a_projects(f"{path}:{line}", name, "in your own file")
            continue  # (see `servers_of`)
        key = KEYS.get(name)
        if key is None:
            raise ConfigError(f"{path}:{line}", f"there is no setting {name!r}", hint(name))
        try:
            checked = key.checked(value)
        except ValueError as error:
            raise ConfigError(f"{path}:{line}", str(error), "mend or remove this line") from None
        if not trusted and key.personal:
            todo = f"with `qwq config set {name} ...`, or QWQ_{name.upper()}"
            raise _not_a_projects(f"{path}:{line}", name, todo)
        if not trusted and name == "model" and is_path(str(checked)):
            raise ConfigError(
                f"{path}:{line}",
                "a project's file may name a model but not a file to load",
                "give the path with -m, or set it with `qwq config set model PATH`",
            )
        yield name, checked, f"{path}:{line}"


def _not_a_projects(where: str, name: str, todo: str) -> ConfigError:
    return ConfigError(where, f"a project's file may not set {name}", f"set it {todo}")


def is_path(model: str) -> bool:
    """Whether a model is named by a file's path; `openai/...` is one on a server."""
    if model.startswith("openai/"):
        return False
    return os.sep in model or model.startswith("~") or model.lower().endswith(".gguf")

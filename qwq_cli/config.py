"""Settings, resolved once, each with its source; the only room that reads the environment.

flags > environment (`QWQ_*`) > project file > user file (`config.toml`, XDG) > defaults

The project file is `.qwq.toml`, else `qwq.toml`, of the nearest directory upward from the working
directory, as far as the top of a git checkout or the home directory. Whoever wrote what you
cloned wrote it too, so it is not trusted: it may not name a file to load as a model, it must be a
small regular file, and one that belongs to another user is passed over with a notice. Nor may it
say where questions and keys are sent.

Knows files and the environment. Does not know which settings there are, nor any command.
"""

import os
import re
import stat
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from qwq_cli import paths
from qwq_cli.errors import ConfigError, QwqError, UsageError
from qwq_cli.settings import CONNECTION, KEYS, Server, Settings, Value, at_server, nearest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PROJECT_FILES = (".qwq.toml", "qwq.toml")
LARGEST_FILE = 65_536
"""Bytes of a configuration file; more is no configuration."""
_PREFIX = "QWQ_"
_SERVERS = "servers"
_KEY_VARIABLE = "api_key_env"


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
    servers = _servers(place.user_file, place.environ)
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


def _hint(name: str) -> str:
    near = nearest(name)
    return f"did you mean {near}?" if near else f"the settings are {', '.join(KEYS)}"


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
    text = _text_of(path) if path is not None else None
    if path is None or text is None:
        return
    for name, value in _table(path, text).items():
        line = _line_of(text, name)
        if name == _SERVERS:
            if not trusted:
                raise _not_a_projects(f"{path}:{line}", name, "in your own file")
            continue  # (see `_servers`)
        key = KEYS.get(name)
        if key is None:
            raise ConfigError(f"{path}:{line}", f"there is no setting {name!r}", _hint(name))
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


def _servers(path: Path | None, environ: Mapping[str, str]) -> dict[str, Server]:
    """The servers that the user's own file gives a name: a table `[servers.NAME]` each."""
    text = _text_of(path) if path is not None else None
    if path is None or text is None:
        return {}
    tables = _table(path, text).get(_SERVERS, {})
    if not isinstance(tables, dict):
        raise ConfigError(f"{path}", "servers is no table", "write [servers.NAME]")
    return {
        name: _server(f"{path}: servers.{name}", name, table, environ)
        for name, table in tables.items()
    }


def _server(where: str, name: str, table: object, environ: Mapping[str, str]) -> Server:
    if not isinstance(table, dict):
        raise ConfigError(where, "it is no table", f"write [servers.{name}]")
    if not re.fullmatch(r"[A-Za-z0-9][\w.-]*", name) or name in {"openai", "quill"}:
        raise ConfigError(where, "it can't be called so", "take letters, digits, - and _")
    values: dict[str, Value] = {}
    for field, value in table.items():
        if field not in {*CONNECTION, "model", _KEY_VARIABLE}:
            known = ", ".join([*CONNECTION, "model", _KEY_VARIABLE])
            raise ConfigError(f"{where}.{field}", "a server has no such setting", f"it has {known}")
        if field == _KEY_VARIABLE:
            if not isinstance(value, str) or not value:
                raise ConfigError(where, f"{field} must be the name of a variable", "mend it")
            continue
        try:
            values[field] = KEYS[field].checked(value)
        except ValueError as error:
            raise ConfigError(f"{where}.{field}", str(error), "mend or remove it") from None
    if "base_url" not in values:
        raise ConfigError(where, "it does not say where it is", "set its base_url")
    model = str(values.pop("model", "")).removeprefix("openai/")
    variable = str(table.get(_KEY_VARIABLE, ""))
    if variable:
        values["api_key"] = environ.get(variable, "")
    return Server(values, model, "" if values.get("api_key") else variable)


def is_path(model: str) -> bool:
    """Whether a model is named by a file's path; `openai/...` is one on a server."""
    if model.startswith("openai/"):
        return False
    return os.sep in model or model.startswith("~") or model.lower().endswith(".gguf")


def _text_of(path: Path) -> str | None:
    """The file's text, None where there is no file."""
    todo = "mend or remove it"
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise ConfigError(f"{path}", "it is no regular file", todo)
        if status.st_size > LARGEST_FILE:
            raise ConfigError(f"{path}", f"{status.st_size:,} bytes are no configuration", todo)
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise ConfigError(f"can't read {path}", error.strerror or "", todo) from error
    try:
        return data.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}:{line}", "it is not UTF-8", "save it as UTF-8") from error


def _table(path: Path, text: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"^(.*) \(at (?:line (\d+), column \d+|end of document)\)$", str(error))
        why, line = found.groups() if found else (str(error), None)
        where = f"{path}:{line or text.rstrip().count(chr(10)) + 1}"
        raise ConfigError(where, f"it is no TOML: {why}", 'write it as: name = "value"') from error


def _line_of(text: str, name: str) -> int:
    """The line on which a top-level name is set: where the text up to there first has it."""
    lines = text.splitlines(keepends=True)
    start = 1
    for end in range(1, len(lines) + 1):
        try:
            table = tomllib.loads("".join(lines[:end]))
        except tomllib.TOMLDecodeError:  # in the middle of a value of several lines
            continue
        if name in table:
            return start
        start = end + 1
    return 1


def store(path: Path, name: str, text: str) -> Value:
    """Set one setting in the user's file, atomically; comments and order stay as they are.

    Raises UsageError for the name or the value, ConfigError where the file is damaged already,
    QwqError where it can't be written. Returns the value as it was understood.
    """
    key = KEYS.get(name)
    if key is None:
        raise UsageError(f"there is no setting {name!r}", "", _hint(name))
    try:
        value = key.checked(text)
    except ValueError as error:
        raise UsageError(f"{name} = {text}", str(error)) from None
    before = _text_of(path) or ""
    _table(path, before)

    import tomlkit

    document = tomlkit.parse(before)
    document[name] = value
    try:
        _replace(path.resolve(), tomlkit.dumps(document), private=key.secret)
    except OSError as error:
        raise QwqError(
            f"can't write {path}", error.strerror or "", "nothing was changed"
        ) from error
    return value


def _replace(path: Path, text: str, *, private: bool) -> None:
    """Write beside the file and rename: a reader sees the old file or the new, never a part.
    `private`: for its owner's eyes alone from now on.
    """
    import tempfile

    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".config-")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if path.exists() and not private:
            Path(name).chmod(stat.S_IMODE(path.stat().st_mode))
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink()
        raise

"""Configuration files: what stands in one, on which line, and setting something in it.

Knows TOML, and what the table of a server may hold. Does not know where files are, and reads no
environment (it is handed one).
"""

import os
import re
import stat
import sys
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from qwq_cli.endpoint import check_address
from qwq_cli.errors import ConfigError, QwqError, UsageError
from qwq_cli.settings import (
    AT_SERVER,
    KEY_VARIABLE,
    KEYS,
    SERVERS,
    Server,
    Value,
    key_of,
    nearest,
    server_part,
)

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

LARGEST_FILE = 65_536
"""Bytes of a configuration file; more is no configuration."""


_MOST_LOOKS = 8
"""Lines of a file that may look as if they set something; a text of several may hold any number."""


def text_of(path: Path) -> str | None:
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


def table_of(path: Path, text: str) -> dict[str, Any]:
    """What stands in a file's text; raises ConfigError, with the line, where it is no TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"^(.*) \(at (?:line (\d+), column \d+|end of document)\)$", str(error))
        why, line = found.groups() if found else (str(error), None)
        where = f"{path}:{line or text.rstrip().count(chr(10)) + 1}"
        raise ConfigError(where, f"it is no TOML: {why}", 'write it as: name = "value"') from error


def line_of(text: str, name: str) -> int:
    """The line on which a top-level name is set; 1 where that can't be seen at once."""
    lines = text.splitlines(keepends=True)
    looks = re.compile(rf"""\s*\[?\s*(["']?){re.escape(name)}\1\s*[=.\]]""")
    places = (number for number, line in enumerate(lines) if looks.match(line))
    for number in islice(places, _MOST_LOOKS):
        try:
            before = tomllib.loads("".join(lines[:number]))
        except tomllib.TOMLDecodeError:  # in the middle of a value of several lines
            continue
        if name not in before:
            return number + 1
    return 1


def hint(name: str) -> str:
    """What to say to who named a setting that there is not."""
    if name.partition(".")[0] == SERVERS:
        return f"servers.NAME has {', '.join(AT_SERVER)}"
    near = nearest(name)
    return f"did you mean {near}?" if near else f"the settings are {', '.join(KEYS)}"


# ------------------------------------------------------------------------- servers with names


def servers_of(path: Path | None, environ: Mapping[str, str]) -> dict[str, Server]:
    """The servers that the user's own file gives a name: a table `[servers.NAME]` each."""
    text = text_of(path) if path is not None else None
    if path is None or text is None:
        return {}
    tables = table_of(path, text).get(SERVERS, {})
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
        if field not in AT_SERVER:
            known = ", ".join(AT_SERVER)
            raise ConfigError(f"{where}.{field}", "a server has no such setting", f"it has {known}")
        if field == KEY_VARIABLE:
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
    variable = str(table.get(KEY_VARIABLE, ""))
    if variable:
        values["api_key"] = environ.get(variable, "")
    return Server(values, model, "" if values.get("api_key") else variable)


# ------------------------------------------------------------------------------------ setting


def store(path: Path, name: str, text: str) -> Value:
    """Set one setting in the user's file, atomically; comments and order stay as they are. A
    server's is named `servers.NAME.SETTING`.

    Raises UsageError for the name or the value, ConfigError where the file is damaged already,
    QwqError where it can't be written. Returns the value as it was understood.
    """
    key, part = key_of(name), server_part(name)
    if key is None:
        raise UsageError(f"there is no setting {name!r}", "", hint(name))
    try:
        value = key.checked(text)
    except ValueError as error:
        raise UsageError(f"{name} = {text}", str(error)) from None
    before = text_of(path) or ""
    wanted = table_of(path, before)
    try:
        if key.name == "base_url" and (text or part):
            check_address(text)
        if part is None:
            wanted[name] = value
        else:
            _set_at_server(wanted, part, value)
    except ConfigError as error:  # what is wrong stands on the command line
        raise UsageError(error.what, error.why, error.todo) from error
    steps = (SERVERS, *part) if part else (name,)
    _write(path, _edited(before, wanted, steps, value), private=key.secret)
    return value


def remove(path: Path, name: str) -> bool:
    """Take one setting out of the user's file, atomically, or with `servers.NAME` all of a server;
    the rest stays as it is. False where it was not set there.

    Raises UsageError for no setting, and where a server would lose its address; ConfigError where
    the file is damaged already; QwqError where it can't be written.
    """
    steps = _steps(name)
    before = text_of(path) or ""
    wanted = table_of(path, before)
    if not _take(wanted, steps):
        return False
    if steps[2:] == ("base_url",):
        server = ".".join(steps[:2])
        raise UsageError(f"{server} can't do without its address", "", f"unset {server} as a whole")
    _write(path, _edited(before, wanted, steps))
    return True


def _steps(name: str) -> tuple[str, ...]:
    """The way through the tables to what `remove` is to take out."""
    part = server_part(name)
    if part and part[1] in AT_SERVER:
        return (SERVERS, *part)
    head, _, server = name.partition(".")
    if name in KEYS or (head == SERVERS and server):
        return (head, server) if server else (name,)
    raise UsageError(f"there is no setting {name!r}", "", hint(name))


def _take(table: object, steps: tuple[str, ...]) -> bool:
    """Delete what is there, and a table that is empty then, but for the outermost."""
    if not isinstance(table, dict) or steps[0] not in table:
        return False
    inner = table[steps[0]]
    if steps[1:] and not _take(inner, steps[1:]):
        return False
    if not steps[1:] or not inner:
        del table[steps[0]]
    return True


def _write(path: Path, text: str, *, private: bool = False) -> None:
    try:
        _replace(path.resolve(), text, private=private)
    except OSError as error:
        raise QwqError(
            f"can't write {path}", error.strerror or "", "nothing was changed"
        ) from error


def _set_at_server(tables: dict[str, Any], part: tuple[str, str], value: Value) -> None:
    """Set it among the tables of a file; raises ConfigError where that makes no server."""
    server, field = part
    servers = tables.setdefault(SERVERS, {})
    table = servers.setdefault(server, {}) if isinstance(servers, dict) else None
    if not isinstance(table, dict):
        raise ConfigError(f"servers.{server} is no table in your file", "", "mend it")
    table[field] = value
    where = f"servers.{server}"
    if "base_url" not in table:
        todo = f"first `qwq config set {where}.base_url http://...`"
        raise ConfigError(where, "it does not say where it is", todo)
    _server(where, server, table, {})


def _edited(
    before: str, wanted: dict[str, Any], steps: tuple[str, ...], value: Value | None = None
) -> str:
    """The text of a file with one setting more, or another, or without it; raises QwqError where
    that can't be done to a file of its form.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    document = tomlkit.parse(before)
    after = ""
    try:
        if value is None:
            _take(document, steps)
        else:
            _put(document, steps, value)
        after = tomlkit.dumps(document)
        good = tomllib.loads(after) == wanted
    except (TOMLKitError, ValueError):
        good = False
    if not good:
        what = f"can't {'unset' if value is None else 'set'} {'.'.join(steps)}"
        raise QwqError(what, "the file is written in another way", "edit it")
    return after


def _put(table: dict[str, Any], steps: tuple[str, ...], value: Value) -> None:
    """Set it in a document, and make the tables that it stands in."""
    import tomlkit
    from tomlkit.items import InlineTable

    for step in steps[:-1]:
        if step not in table:
            inner = isinstance(table, InlineTable)
            new = tomlkit.table(is_super_table=step == SERVERS)
            table[step] = tomlkit.inline_table() if inner else new
        table = table[step]
    table[steps[-1]] = value


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

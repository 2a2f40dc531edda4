"""Configuration files: what stands in one, on which line, and setting something in it.

Knows TOML, and what the table of a server may hold. Does not know where files are, and reads no
environment (it is handed one).
"""

import os
import re
import stat
import sys
from collections.abc import Mapping
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
    try:
        _replace(path.resolve(), _edited(before, wanted, name, value), private=key.secret)
    except OSError as error:
        raise QwqError(
            f"can't write {path}", error.strerror or "", "nothing was changed"
        ) from error
    return value


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


def _edited(before: str, wanted: dict[str, Any], name: str, value: Value) -> str:
    """The text of a file with one setting more, or another; raises QwqError where that can't be
    done to a file of its form.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError
    from tomlkit.items import InlineTable

    table: Any = (document := tomlkit.parse(before))
    part = server_part(name)
    after = ""
    try:
        for step in (SERVERS, part[0]) if part else ():
            if step not in table:
                inner = isinstance(table, InlineTable)
                new = tomlkit.table(is_super_table=step == SERVERS)
                table[step] = tomlkit.inline_table() if inner else new
            table = table[step]
        table[part[1] if part else name] = value
        after = tomlkit.dumps(document)
        good = tomllib.loads(after) == wanted
    except (TOMLKitError, ValueError):
        good = False
    if not good:
        raise QwqError(f"can't set {name}", "the file is written in another way", "edit it")
    return after


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

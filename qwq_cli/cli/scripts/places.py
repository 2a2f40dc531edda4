"""Where each shell looks for a user's completion scripts, and putting one there.

Knows the shells' conventions, and the XDG folders that they go by on every system. Does not know
what is in a script but for the line that says that it is qwq's: a file without it is somebody
else's, and stays.
"""

import os
import stat
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import Final, Literal, TypeAlias, get_args

from qwq_cli.config import Place
from qwq_cli.errors import ConfigError, QwqError, UsageError

ShellName: TypeAlias = Literal["bash", "zsh", "fish"]
SHELLS: Final[tuple[ShellName, ...]] = get_args(ShellName)
HEAD: Final = "Completion of qwq. Made from its commands by `make docs`: edits would be lost."
"""The comment on top of each script; qwq knows its own by it."""
_USUAL_MODE = 0o644


@dataclass(frozen=True, slots=True)
class Target:
    """A script's place, and what its user does to have it read."""

    file: Path
    todo: str


def shell_of(environ: Mapping[str, str]) -> ShellName:
    """The user's shell, by SHELL. Raises UsageError where it says nothing that helps."""
    name = Path(environ.get("SHELL", "")).name
    for shell in SHELLS:
        if name == shell:
            return shell
    why = f"SHELL is {name}, which has no script here" if name else "SHELL is not set"
    raise UsageError("which shell?", why, "say bash, zsh or fish")


def target(shell: ShellName, place: Place) -> Target:
    """Where a shell's script goes. Raises ConfigError without a home."""
    if shell == "bash":
        own = place.environ.get("BASH_COMPLETION_USER_DIR", "").partition(":")[0]
        folder = Path(own) if own else _xdg(place, "DATA", ".local/share") / "bash-completion"
        file = folder / "completions" / "qwq"
        load = f"source {quote(str(file))}"
        return Target(
            file, f"open a new bash; without the package bash-completion, add to ~/.bashrc: {load}"
        )
    if shell == "fish":
        file = _xdg(place, "CONFIG", ".config") / "fish" / "completions" / "qwq.fish"
        return Target(file, "it works in every fish from now on")
    folder = _xdg(place, "DATA", ".local/share") / "zsh" / "site-functions"
    file = folder / "_qwq"
    if str(folder) in place.environ.get("FPATH", "").split(":") or _names(_zshrc(place), folder):
        return Target(file, "open a new zsh")
    line = f"fpath=({quote(str(folder))} $fpath); autoload -Uz compinit; compinit"
    return Target(file, f"add to {_zshrc(place)}, in place of its compinit: {line}")


def install(script: str, file: Path) -> bool:
    """Write a script to its place, whole or not at all; false if it was there already.

    Raises QwqError where it can't be written, or where the file there is not qwq's.
    """
    before = _own(file)
    if before == script:
        return False
    try:
        _replace(file.resolve(), script)
    except OSError as error:
        raise QwqError(f"can't write {file}", error.strerror or "") from error
    return True


def uninstall(file: Path) -> bool:
    """Remove a script from its place; false if there was none.

    Raises QwqError where it can't be removed, or where the file there is not qwq's.
    """
    if _own(file) is None:
        return False
    try:
        file.unlink()
    except OSError as error:
        raise QwqError(f"can't remove {file}", error.strerror or "") from error
    return True


def _xdg(place: Place, kind: str, usual: str) -> Path:
    told = Path(place.environ.get(f"XDG_{kind}_HOME", ""))
    if told.is_absolute():  # the specification lets relative ones count for nothing
        return told
    return _home(place) / usual


def _home(place: Place) -> Path:
    if place.home is None:
        raise ConfigError("there is no place for a completion script", "no home", "set HOME")
    return place.home


def _zshrc(place: Place) -> Path:
    return Path(place.environ.get("ZDOTDIR") or _home(place)) / ".zshrc"


def _names(zshrc: Path, folder: Path) -> bool:
    """Whether the file tells zsh of the folder, in full or from some variable on."""
    try:
        text = zshrc.read_text("utf-8", errors="replace")
    except OSError:
        return False
    lines = [line for line in text.splitlines() if "fpath" in line and not line.startswith("#")]
    return any("/".join(folder.parts[-2:]) in line for line in lines)


def _own(file: Path) -> str | None:
    """The script that is there, None for none. Raises QwqError if qwq did not write it."""
    try:
        text = file.read_text("utf-8", errors="replace")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise QwqError(f"can't read {file}", error.strerror or "") from error
    if HEAD.partition(".")[0] not in text[:200]:
        raise QwqError(f"{file} is not from qwq", "", "move it away, or use --print")
    return text


def _replace(file: Path, text: str) -> None:
    """Write beside the file and rename: a shell reads the old script or the new, never a part."""
    file.parent.mkdir(parents=True, exist_ok=True)
    mode = stat.S_IMODE(file.stat().st_mode) if file.exists() else _USUAL_MODE
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=".qwq-")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
            opened.write(text)
            os.fchmod(descriptor, mode)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink()
        raise

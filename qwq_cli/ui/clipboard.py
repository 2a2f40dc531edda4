"""A text to the clipboard: by the desktop's own program, or by the terminal (OSC 52).

Knows programs and one escape sequence, whose content is base64: no text can end it. Over SSH the
clipboard that is meant is where the terminal is, which only the terminal can reach.
"""

import base64
import shutil
import subprocess
from collections.abc import Mapping

from qwq_cli.errors import UnavailableError
from qwq_cli.ui.output import Output

LONGEST_BYTES = 74_000
"""Of what terminals take by OSC 52: xterm's limit is 100,000 characters of base64."""
_PATIENCE_S = 5.0
_PROGRAMS = (
    ("WAYLAND_DISPLAY", ("wl-copy",)),
    ("DISPLAY", ("xclip", "-selection", "clipboard")),
    ("DISPLAY", ("xsel", "--clipboard", "--input")),
    ("", ("pbcopy",)),
    ("WSL_DISTRO_NAME", ("clip.exe",)),
)
"""Each with the variable that says that it has a desktop to talk to."""


def copy(text: str, output: Output, environ: Mapping[str, str]) -> str:
    """Copy it; returns by whom, as a phrase. Raises UnavailableError where nobody can."""
    remote = "SSH_CONNECTION" in environ or "SSH_TTY" in environ
    for variable, program in () if remote else _PROGRAMS:
        if (variable and not environ.get(variable)) or shutil.which(program[0]) is None:
            continue
        if _run(program, text):
            return f"by {program[0]}"
    if not output.tty or environ.get("TERM", "") in {"", "dumb"}:
        raise UnavailableError("there is no clipboard", "no program and no terminal has one")
    data = text.encode(errors="replace")
    if len(data) > LONGEST_BYTES:
        what = f"{len(data):,} bytes are too much for the terminal's clipboard"
        raise UnavailableError(what, f"it takes {LONGEST_BYTES:,}", "/export FILE writes all")
    output.write(f"\x1b]52;c;{base64.b64encode(data).decode()}\x07")
    return "by the terminal, if it allows that (OSC 52)"


def _run(program: tuple[str, ...], text: str) -> bool:
    try:
        done = subprocess.run(  # noqa: S603 - one of those above
            program,
            input=text.encode(errors="replace"),
            stdout=subprocess.DEVNULL,  # xclip stays, and would hold a pipe open
            stderr=subprocess.DEVNULL,
            check=False,
            timeout=_PATIENCE_S,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0

"""The question, from arguments, stdin and files. Knows how they are put together, no model.

Everything is read to its end and nothing is cut. What is not the instruction is data, fenced and
named after it: an instruction hidden in a file is then visibly part of the file.
"""

import re
import select
from dataclasses import dataclass
from pathlib import Path

from qwq_cli.cli.shell import Shell
from qwq_cli.errors import BadInputError, NotFoundError, UsageError
from qwq_cli.stream.language import MATERIAL

STDIN = "-"
_STDIN_NAME = "standard input"
_PATIENCE_S = 2.0
"""How long stdin may be silent before a person is told that qwq waits for it."""
_SHORTEST_FENCE = 3


@dataclass(frozen=True, slots=True)
class Sources:
    """What the command line says of where the question is: words and files, `-` for stdin."""

    words: tuple[str, ...] = ()
    files: tuple[str, ...] = ()

    @property
    def anything(self) -> bool:
        """Whether anything is said."""
        return bool(self.words or self.files)


def question(sources: Sources, shell: Shell) -> str | None:
    """The whole question; None where there is none and a person sits before it.

    Raises BadInputError (empty, not UTF-8, binary), NotFoundError (a file that can't be read),
    UsageError (several files and no question).
    """
    instruction = _argument(" ".join(word for word in sources.words if word != STDIN))
    piped = _piped(sources, shell)
    if not sources.anything and piped is None:
        return None
    named = [
        (name, piped or "") if name == STDIN else (name, _file(name)) for name in sources.files
    ]
    if STDIN in sources.files:
        piped = None
    if not instruction and piped is not None and not (named and not piped.strip()):
        instruction, piped = piped, None
        if not instruction.strip():
            raise BadInputError(f"{_STDIN_NAME} is empty", "it holds no question", "write one")
    if piped is not None and piped.strip():
        named.insert(0, (STDIN, piped))
    if not instruction.strip():
        return _lone_file(named)
    return with_material(instruction, named)


def _lone_file(named: list[tuple[str, str]]) -> str:
    """A file alone is the question itself."""
    if not named:
        raise BadInputError("the question is empty", "", "ask something")
    if len(named) > 1:
        raise UsageError(
            "there are files, but no question", "", "say what to do with them, as an argument"
        )
    return named[0][1]


def with_material(instruction: str, named: list[tuple[str, str]]) -> str:
    """The question, and each named text after it, fenced."""
    if not named:
        return instruction
    parts = [
        instruction.rstrip(),
        MATERIAL,
    ]
    for name, text in named:
        fence = _fence(text)
        title = _STDIN_NAME if name == STDIN else _printable(name)
        parts.append(f"{fence} {title}\n{text.rstrip()}\n{fence}")
    return "\n\n".join(parts)


def _fence(text: str) -> str:
    """Backticks, one more than stand together anywhere in the text."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    return "`" * max(_SHORTEST_FENCE, longest + 1)


def _printable(name: str) -> str:
    """A file's name on one line, whatever it is made of."""
    name = name.encode(errors="backslashreplace").decode()
    return name if name.isprintable() else ascii(name)


def _argument(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise BadInputError(
            "the question is not UTF-8", f"at character {error.start + 1}", "retype or convert it"
        ) from error
    return text


def _piped(sources: Sources, shell: Shell) -> str | None:
    """What stdin holds, None where it is not to be read."""
    named = STDIN in sources.words or STDIN in sources.files
    if shell.stdin is None or (shell.stdin_is_terminal and not named):
        if named:
            raise BadInputError(f"can't read {_STDIN_NAME}", "it is closed", "pipe something in")
        return None
    if not shell.stdin_is_terminal and shell.err.tty:
        ready, _, _ = select.select([shell.stdin], [], [], _PATIENCE_S)
        if not ready:
            shell.tell(f"reading {_STDIN_NAME} to its end (< /dev/null if there is nothing in it)")
    try:
        data = shell.stdin.read()
    except OSError as error:  # a directory, for one: `qwq ask < .`
        raise NotFoundError(f"can't read {_STDIN_NAME}", error.strerror or "") from error
    text = decoded(data, _STDIN_NAME)
    if named and not text.strip():
        raise BadInputError(f"{_STDIN_NAME} is empty", "it was to be read", "pipe something in")
    return text


def _file(name: str) -> str:
    text = read_file(name)
    if not text.strip():
        raise BadInputError(f"{name} is empty", "there is nothing in it to work on")
    return text


def read_file(name: str) -> str:
    """The text of a file; raises NotFoundError and BadInputError."""
    try:
        data = Path(name).read_bytes()
    except OSError as error:
        raise NotFoundError(
            f"can't read {name}", error.strerror or "", "check its name and rights"
        ) from error
    return decoded(data, name)


def decoded(data: bytes, name: str) -> str:
    """UTF-8 text, a byte order mark dropped; raises BadInputError with the place of the fault."""
    zero = data.find(b"\0")
    if zero >= 0:
        raise BadInputError(f"{name} is binary", f"byte {zero + 1:,} is NUL", "give text, as UTF-8")
    try:
        return data.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadInputError(
            f"{name} is not UTF-8",
            f"byte {error.start + 1:,}, in line {line:,}, is 0x{data[error.start]:02x}",
            "convert it, as with `iconv -f LATIN1 -t UTF-8`",
        ) from error

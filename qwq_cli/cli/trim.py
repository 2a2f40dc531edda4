"""`qwq trim`: a trace from anywhere, without its loops."""

import shutil
from codecs import getincrementaldecoder
from collections.abc import Iterator
from contextlib import ExitStack
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Annotated, BinaryIO, Literal, TypeAlias

import typer

from qwq_cli.cli.options import Sensitivity
from qwq_cli.cli.shell import Shell
from qwq_cli.errors import BadInputError, NotFoundError, QwqError, UsageError
from qwq_cli.stream.sanitise import Sanitiser

if TYPE_CHECKING:
    from qwq_cli.stream.trim_parts import AnyTrimmer

As: TypeAlias = Literal["auto", "answer", "thinking"]
HELP = """\
Remove repetition loops from a model's output: the first copy stays, the loop goes.

\b
  qwq trim trace.txt > shorter.txt
  qwq trim --report trace.txt        where it loops
  qwq trim --as thinking trace.txt   all of it is reasoning
  cat trace.txt | qwq trim --json | jq .loops

Marks tell reasoning apart (<think> tags, or a final-answer heading behind text that reasons).
All other text counts as an answer, which is left as it is unless it repeats exactly, for thousands
of tokens.
"""
_CHUNK = 1 << 16


def trim(
    context: typer.Context,
    file: Annotated[
        str, typer.Argument(metavar="[FILE]", help="The trace; - is standard input.")
    ] = "-",
    json: Annotated[bool, typer.Option("--json", help="As one JSON object, text and all.")] = False,
    report: Annotated[
        bool, typer.Option("--report", help="Only tell where it repeats, with excerpts.")
    ] = False,
    mark: Annotated[
        bool, typer.Option("--mark", help="Keep everything and mark what repeats.")
    ] = False,
    as_: Annotated[
        As, typer.Option("--as", help="What the text is. auto: its marks tell, the rest is answer.")
    ] = "auto",
    sensitivity: Annotated[
        Sensitivity, typer.Option(help="How soon a loop is detected in reasoning.")
    ] = "normal",
) -> None:
    """Parse, trim, show."""
    shell: Shell = context.obj
    if json + report + mark > 1:
        raise UsageError("--json, --report and --mark exclude each other", "", "choose one")
    from qwq_cli.ui.loops import marked, record, told
    from qwq_cli.ui.records import to_json

    called = "standard input" if file == "-" else file
    with ExitStack() as stack:
        stream = stack.enter_context(_opened(file, shell))
        if as_ == "auto":
            stream = stack.enter_context(_rereadable(stream))
        trimmer = _trimmer(as_, sensitivity, stream, called)
        chunks = _texts(stream, called)
        if not (json or report or mark):
            _filter(chunks, trimmer, shell)
            return
        text = "".join(chunks)
    kept = trimmer.feed(text) + trimmer.flush()
    if json:
        shell.out.write(to_json(record(kept, trimmer.loops, len(text))) + "\n")
    else:
        shell.out.write_safely((told if report else marked)(text, trimmer.loops))


def _trimmer(as_: As, sensitivity: Sensitivity, stream: BinaryIO, called: str) -> "AnyTrimmer":
    """The trimmer that suits the text. `auto` reads the stream once before, for its marks."""
    from qwq_cli.stream.trim_parts import make_trimmer, marks_of

    if as_ != "auto":
        return make_trimmer(as_, sensitivity=sensitivity)
    begin = stream.tell()
    style = marks_of(_texts(stream, called))
    stream.seek(begin)
    return make_trimmer(None, style, sensitivity)


def _filter(chunks: Iterator[str], trimmer: "AnyTrimmer", shell: Shell) -> None:
    safe = Sanitiser().feed if shell.out.tty else str
    for chunk in chunks:
        _write(safe(trimmer.feed(chunk)), shell)
    _write(safe(trimmer.flush()), shell)


def _write(text: str, shell: Shell) -> None:
    if text:
        shell.out.write(text)


def _opened(name: str, shell: Shell) -> BinaryIO:
    if name == "-":
        if shell.stdin is None:
            raise BadInputError("can't read standard input", "it is closed", "pipe something in")
        if shell.stdin_is_terminal:
            shell.tell("reading standard input to its end (end it with Ctrl-D)")
        return shell.stdin
    try:
        return open(name, "rb")  # noqa: PTH123 - the caller's `with` closes it
    except OSError as error:
        raise NotFoundError(
            f"can't read {name}", error.strerror or "", "check its name and rights"
        ) from error


def _rereadable(stream: BinaryIO) -> BinaryIO:
    """The stream, or a copy where it can be read only once: marks may come at its very end."""
    try:
        if stream.seekable():
            return stream
        copy = TemporaryFile()  # noqa: SIM115 - the caller's `with` closes it
        shutil.copyfileobj(stream, copy)
        copy.seek(0)
    except OSError as error:
        raise QwqError(
            "can't keep a copy of the text",
            error.strerror or str(error),
            "set TMPDIR to a folder with room for it, or say --as answer or --as thinking",
        ) from error
    return copy


def _texts(stream: BinaryIO, name: str) -> Iterator[str]:
    """The stream's text, in chunks; raises BadInputError with the place of a fault."""
    decoder = getincrementaldecoder("utf-8")()
    done = 0
    while True:
        try:
            data = stream.read(_CHUNK)
        except OSError as error:  # a directory
            raise NotFoundError(f"can't read {name}", error.strerror or "") from error
        zero = data.find(b"\0")
        if zero >= 0:
            where = f"byte {done + zero + 1:,} is NUL"
            raise BadInputError(f"{name} is binary", where, "give text, as UTF-8")
        pending = len(decoder.getstate()[0])
        try:
            yield decoder.decode(data, final=not data)
        except UnicodeDecodeError as error:
            at = done - pending + error.start
            raise BadInputError(
                f"{name} is not UTF-8",
                f"byte {at + 1:,} is 0x{error.object[error.start]:02x}",
                "convert it, as with `iconv -f LATIN1 -t UTF-8`",
            ) from error
        if not data:
            return
        done += len(data)

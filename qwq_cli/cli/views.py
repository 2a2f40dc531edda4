"""Which sinks show a generation: by the form wanted, and by what the streams are."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

from qwq_cli.cli.shell import Shell
from qwq_cli.config import Terminal
from qwq_cli.settings import Reasoning
from qwq_cli.ui.output import Output
from qwq_cli.ui.sink import Sink, Tee

if TYPE_CHECKING:
    from qwq_cli.ui.screen import Look

Form: TypeAlias = Literal["text", "stream", "final", "json", "jsonl"]

_VIEWS: dict[Reasoning, Literal["show", "fold", "hide"]] = {
    "auto": "show",
    "show": "show",
    "fold": "fold",
    "hide": "hide",
    "stderr": "hide",
}
"""How thinking is seen on the terminal where the answer goes."""
LATER = "qwq history show last"
"""What shows a thought that was kept in the history."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person wants to see of it, on what terminals. `question` and `model` are as asked,
    `id` is the turn's; `later` shows its thought afterwards, "" where nothing does.
    """

    form: Form
    reasoning: Reasoning
    quiet: bool
    terminal: Terminal
    markdown: bool
    question: str
    model: str
    id: str
    later: str


def sinks(wanted: Wanted, shell: Shell) -> Sink:
    """The sinks for both streams: stderr's first, so that it is done when the answer begins."""
    out, live = _on_stdout(wanted, shell)
    told = [] if live and wanted.reasoning != "stderr" else _on_stderr(wanted, shell)
    return Tee(*told, out)


def _on_stdout(wanted: Wanted, shell: Shell) -> tuple[Sink, bool]:
    """The sink, and whether it is a live screen."""
    from qwq_cli.ui import plain, records

    if wanted.form == "json":
        return records.JsonObject(shell.out, wanted.question, wanted.model, wanted.id), False
    if wanted.form == "jsonl":
        return records.JsonLines(shell.out), False
    if wanted.form == "final":
        return plain.Final(shell.out), False
    if shell.out.tty:
        from qwq_cli.ui.screen import Look

        elsewhere = wanted.reasoning == "stderr"  # and notices and waiting are shown there too
        look = Look(
            thinking=_VIEWS[wanted.reasoning],
            waits=not (wanted.quiet or elsewhere),
            notices=not (wanted.quiet or elsewhere),
            styled=wanted.terminal.styled,
            erases=wanted.terminal.erases,
            markdown=wanted.markdown,
            later=wanted.later,
        )
        return _live(shell.out, look, wanted, shell), True
    shown = wanted.reasoning == "show"
    if wanted.form == "stream":
        return plain.Stream(shell.out, shell.err, thinking=shown, answer=True), False
    return plain.Plain(shell.out, reasoning=shown), False


def _on_stderr(wanted: Wanted, shell: Shell) -> list[Sink]:
    """Thinking where it is wanted there, else how far it is; the latter on a terminal alone."""
    from qwq_cli.ui import plain

    thinking = wanted.reasoning == "stderr"
    floods = shell.out.tty and wanted.form == "jsonl"
    if shell.err.tty and (thinking or not (wanted.quiet or wanted.reasoning == "hide" or floods)):
        from qwq_cli.ui.screen import Look

        look = Look(
            thinking="show" if thinking else "fold",
            answer=False,
            lasting=wanted.reasoning in {"stderr", "fold"},
            waits=not wanted.quiet,
            notices=not wanted.quiet,
            styled=wanted.terminal.styled,
            erases=wanted.terminal.erases,
            later=wanted.later,
        )
        return [_live(shell.err, look, wanted, shell)]
    sinks: list[Sink] = [] if wanted.quiet else [plain.Notices(shell.err)]
    if thinking:
        sinks.append(plain.Stream(shell.err, shell.err, thinking=True, answer=False))
    return sinks


def _live(output: Output, look: "Look", wanted: Wanted, shell: Shell) -> Sink:
    """The live screen, with the keyboard if that is nobody else's: who reads what qwq writes down
    a pipe may listen to it, too.
    """
    from qwq_cli.ui.live import KEY, Live

    if not (shell.out.tty and look.erases):
        return Live(output, look, wanted.model)
    from qwq_cli.ui.keyboard import Keyboard

    keyboard = Keyboard(output.descriptor)
    shell.interrupts.on_leaving(keyboard.restore)
    look = replace(look, key=KEY if look.thinking == "fold" else "")
    return Live(output, look, wanted.model, keyboard)

"""The course of a conversation: read, do or ask, and so on until somebody leaves.

Knows the order of things, and what each kind of end means: Ctrl-C, Ctrl-D, a signal, a terminal
that went away. Does not know how texts are typed, nor what the commands do.
"""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from qwq_cli.cli.chatting import copying, deeds, setting, telling
from qwq_cli.cli.chatting.chat import PATIENCE_S, Chat, Question
from qwq_cli.cli.chatting.commands import understood
from qwq_cli.cli.interrupts import CTRL_C, Interrupted
from qwq_cli.errors import BadInputError, QwqError
from qwq_cli.ui.repl.entry import ClearedError

Deed: TypeAlias = Callable[[Chat, str], Question | None]

DEEDS: Final[Mapping[str, Deed]] = {
    "help": telling.help_,
    "model": setting.model,
    "system": setting.system,
    "think": setting.think,
    "fold": setting.fold,
    "thought": telling.thought,
    "budget": setting.budget,
    "loops": setting.loops,
    "set": setting.set_,
    "file": deeds.attach,
    "example": deeds.example,
    "retry": deeds.retry,
    "undo": deeds.undo,
    "edit": deeds.edit,
    "branch": deeds.branch,
    "show": telling.show,
    "save": deeds.save,
    "load": deeds.load,
    "history": telling.history,
    "export": deeds.export,
    "copy": copying.copy,
    "stats": telling.stats,
    "context": telling.context,
    "reset": deeds.reset,
    "quit": deeds.leave,
}


def _pass() -> None:
    """The signal's code is all that is wanted."""


_SHORT = 500
"""Characters of a text that is put back at the prompt."""


class Talk:
    """One session at the prompt."""

    def __init__(self, chat: Chat) -> None:
        self._chat = chat
        self._pressed = False
        """Whether the last thing that came was Ctrl-C at the prompt."""
        self._unsent = ""
        """What was typed and could not be asked; it stands at the prompt again."""
        self.code = 0
        """The exit code of the last thing that failed."""

    def run(self) -> None:
        """Until the end."""
        interrupts = self._chat.shell.interrupts
        # A signal that comes between two things is found by its code.
        with interrupts.ending(_pass, patience_s=PATIENCE_S):
            while self._goes_on() and self._once():
                pass

    def _goes_on(self) -> bool:
        """Whether no signal ends it; Ctrl-C counts as one at the prompt."""
        interrupts = self._chat.shell.interrupts
        if interrupts.code == CTRL_C:
            interrupts.forget()
            return self._press()
        return interrupts.code is None

    def _once(self) -> bool:
        """One entry; false at the end."""
        try:
            entry = self._read()
            self._pressed = False
            self._do(entry)
        except (EOFError, deeds.Leave):
            return False
        except KeyboardInterrupt as key:
            self._chat.shell.interrupts.forget()
            return self._press(cleared=isinstance(key, ClearedError))
        except Interrupted:  # in a command; `_goes_on` sees what it was
            return True
        except QwqError as error:
            self.code = error.code
            self._chat.voice.complain(error)
        return True

    def _read(self) -> str:
        reader, unsent = self._chat.reader, self._unsent
        self._unsent = ""
        with self._chat.shell.interrupts.ending(self._end_reading):
            entry = reader.read(unsent)
        fault = reader.fault()
        if fault is not None:
            self._chat.voice.note(fault)
        return entry

    def _end_reading(self) -> None:
        """In a signal handler."""
        self._chat.reader.interrupt(leave=self._chat.shell.interrupts.code != CTRL_C)

    def _press(self, *, cleared: bool = False) -> bool:
        """Ctrl-C at the prompt: the second one leaves, unless there was a text for it."""
        if self._pressed and not cleared:
            return False
        self._pressed = True
        self._chat.voice.note("Ctrl-C again leaves; so do Ctrl-D and /quit")
        return True

    def _do(self, entry: str) -> None:
        if not entry.strip():
            return
        meant = understood(entry)
        if isinstance(meant, str):
            question: Question | None = Question(meant, self._chat.conversation)
        else:
            with self._chat.shell.interrupts.raising():
                question = DEEDS[meant.command.name](self._chat, meant.argument)
            if question is not None and meant.command.name != "edit":  # which was seen already
                telling.repeat(self._chat, question.text)
        if question is None:
            return
        try:
            self._chat.ask(question)
        except BadInputError as error:
            if len(question.text) < _SHORT:
                self._unsent = question.text
                raise
            # Standing at the prompt it would hide why it was not sent.
            self._chat.voice.complain(error)
            self._chat.voice.note("the up arrow brings your text back")
            self.code = error.code

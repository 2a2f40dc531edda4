"""A conversation by keystrokes, on a real pseudo-terminal: what the screen shows, what is kept."""

import base64
import json
import os
import re
import signal
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from tests.cli.conftest import Qwq
from tests.terminal import CONTROLLED, Process, Terminal

CTRL_C, CTRL_D, TAB, ALT_ENTER, ENTER = b"\x03", b"\x04", b"\t", b"\x1b\r", b"\r"
WIDE = (100, 40)


Starts: TypeAlias = "Callable[..., Session]"


def said(terminal: Terminal) -> str:
    """The rows as one, since a phrase may begin on one and end on the next."""
    return " ".join(terminal.rows)


class Session:
    """A person at `qwq chat`."""

    def __init__(self, qwq: Qwq, *arguments: str, **env: str) -> None:
        command = [*CONTROLLED, *qwq.command, *arguments]
        self.qwq = qwq
        self.process = Process(command, qwq.env | env, cwd=qwq.home, size=WIDE)
        self.sees(self.at_prompt)

    @staticmethod
    def at_prompt(terminal: Terminal) -> bool:
        return terminal.screen.display[terminal.screen.cursor.y].rstrip() == ">"

    def sees(self, what: str | Callable[[Terminal], bool]) -> None:
        """Wait until the screen, or what has scrolled away, has it."""
        self.process.until(
            (lambda terminal: what in said(terminal)) if isinstance(what, str) else what
        )

    def enters(self, text: str) -> None:
        self.process.type(text.encode() + ENTER)

    def asks(self, text: str) -> None:
        """Type it, and wait for the next prompt."""
        before = self.prompts()
        self.enters(text)
        self.sees(lambda terminal: self.prompts() > before and self.at_prompt(terminal))

    def prompts(self) -> int:
        return self.process.written.count(b"\x1b[?2004h")

    def leaves(self) -> int:
        self.process.type(CTRL_D)
        return self.process.end()

    def kept(self) -> dict[str, Any]:
        """The conversation in the history."""
        record: dict[str, Any] = json.loads(self.qwq("history", "show", "--json").out)
        return record


@pytest.fixture
def starts(qwq: Qwq) -> Iterator[Starts]:
    """Starts sessions; none outlives the test."""
    started: list[Session] = []

    def start(*arguments: str, qwq: Qwq = qwq, **env: str) -> Session:
        started.append(Session(qwq, *(arguments or ("chat",)), **env))
        return started[-1]

    yield start
    for session in started:
        session.process.kill()


@pytest.fixture
def chat(starts: Starts) -> Session:
    return starts()


def test_quill_is_asked_and_asked_again(chat: Session, starts: Starts) -> None:
    """The real quill: an example, another answer to it, back, and to the first one again."""
    assert "quill on llama.cpp" in said(chat.process.terminal)
    chat.asks("/example")
    assert "方块5" in said(chat.process.terminal)
    assert "Thought" in said(chat.process.terminal)
    chat.asks("/retry")
    assert "at temperature 0 the same comes again" in said(chat.process.terminal)
    first, second = chat.kept()["turns"]
    assert (first["parent"], second["parent"]) == (None, None)
    assert chat.kept()["line"] == [second["id"]]
    chat.asks(f"/branch {first['id']}")
    assert chat.kept()["line"] == [first["id"]]
    chat.asks("hello")
    chat.asks("/undo")
    assert "taken back: 1 turn; 1 turn before it stand" in said(chat.process.terminal)
    assert chat.kept()["line"] == [first["id"]]
    assert len(chat.kept()["turns"]) == 3
    assert chat.leaves() == 0
    assert "continuing" in starts("chat", "-c").process.terminal.text


def test_ctrl_c_stops_an_answer_and_one_goes_on(qwq: Qwq, starts: Starts) -> None:
    chat = starts(qwq=qwq.slow())
    chat.enters("what is it?")
    chat.sees("number 2 goes on")
    # The second one only means the same. No keys: at a second one a tty drops what waits unseen.
    os.kill(chat.process.pid, signal.SIGINT)
    os.kill(chat.process.pid, signal.SIGINT)
    chat.sees("· interrupted")
    chat.sees(chat.at_prompt)
    (turn,) = chat.kept()["turns"]
    assert (turn["finish_reason"], turn["answer"]) == ("interrupted", "")
    assert "number 2 goes on" in turn["reasoning"]
    chat.enters("and now?")
    chat.sees(lambda terminal: said(terminal).count("number 1 goes") == 2)
    chat.process.type(CTRL_C)
    chat.sees(lambda terminal: said(terminal).count("· interrupted") == 2)
    assert [one["question"] for one in chat.kept()["turns"]] == ["what is it?", "and now?"]
    assert chat.leaves() == 0


def test_what_is_typed_while_an_answer_comes_waits_unseen(qwq: Qwq, starts: Starts) -> None:
    answer = (
        "".join(f"Step {number} of it. " for number in range(20)) + "\n\n**Final Answer**\n\n42"
    )
    chat = starts(qwq=qwq.slow(answer))
    chat.enters("q")
    chat.sees("Step 1 of")
    chat.process.type(b"next one")
    chat.sees("Step 9 of")
    assert "next" not in said(chat.process.terminal)
    chat.sees("> next one")
    gives_up(chat)
    assert chat.leaves() == 0


def gives_up(chat: Session) -> None:
    """Ctrl-C, and the next prompt: a key that comes before it is a signal, and no key."""
    before = chat.prompts()
    chat.process.type(CTRL_C)
    chat.sees(lambda terminal: chat.prompts() > before and chat.at_prompt(terminal))


def test_ctrl_c_at_the_prompt_clears_and_twice_leaves(chat: Session) -> None:
    chat.process.type(b"half a question")
    chat.sees("half a question")
    gives_up(chat)
    chat.process.type(b"other")
    chat.sees("> other")
    gives_up(chat)
    assert said(chat.process.terminal).count("Ctrl-C again leaves") == 2
    chat.process.type(CTRL_C)
    assert chat.process.end() == 0
    assert not (chat.qwq.home / ".local/share/qwq/history.db").exists()


def test_several_lines(chat: Session) -> None:
    """By a backslash, by Alt-Enter, in a fence, and by a paste, which sends nothing itself."""
    chat.process.type(b"one\\" + ENTER + b"two" + ALT_ENTER + b"```" + ENTER + b"x" + ENTER)
    chat.sees("a fence ``` is open")
    chat.process.type(b"```")
    chat.process.type(b"\x1b[200~\npasted 1\n/quit\n\x1b[201~")
    chat.sees(". /quit")
    chat.asks("end")
    (turn,) = chat.kept()["turns"]
    assert turn["question"] == "one\ntwo\n```\nx\n```\npasted 1\n/quit\nend"


def test_commands_and_models_are_completed(chat: Session) -> None:
    (chat.qwq.home / "there.gguf").write_bytes(b"no model")
    chat.process.type(b"/mo" + TAB)
    chat.sees("> /model")
    chat.sees("there.gguf")
    chat.process.type(b"q" + TAB)
    chat.sees("> /model quill")
    chat.asks("")
    chat.sees(lambda terminal: said(terminal).count("tokens of context") == 2)
    chat.asks("/modle")
    assert "did you mean /model?" in said(chat.process.terminal)


def test_what_was_typed_is_found_again(qwq: Qwq, starts: Starts) -> None:
    chat = starts()
    chat.asks("/loops stop")
    chat.asks("/budget 100")
    assert chat.leaves() == 0
    typed = qwq.home / ".local/state/qwq/typed.jsonl"
    assert stat.S_IMODE(typed.stat().st_mode) == 0o600
    assert stat.S_IMODE(typed.parent.stat().st_mode) == 0o700
    again = starts("chat", "--no-history")
    again.process.type(b"\x12loops")
    again.sees("> /loops stop")
    again.process.type(ENTER + ENTER)
    again.sees("loops = stop")
    again.process.type(b"\x1b[A\x1b[A")
    again.sees("> /budget 100")
    gives_up(again)
    assert again.leaves() == 0
    assert len(typed.read_text("utf-8").splitlines()) == 2  # --no-history adds nothing


def test_a_question_is_edited(qwq: Qwq, starts: Starts) -> None:
    editor = qwq.home / "editor"
    editor.write_text('#!/bin/sh\nsed -i "s/hello/goodbye/" "$1"\n')
    editor.chmod(0o700)
    chat = starts("chat", EDITOR=str(editor))
    chat.asks("hello you")
    chat.asks("/edit")
    first, second = chat.kept()["turns"]
    assert (first["question"], second["question"]) == ("hello you", "goodbye you")
    assert chat.kept()["line"] == [second["id"]]
    assert chat.leaves() == 0


def test_a_loop_is_taken_back_on_the_screen_and_told(qwq: Qwq, starts: Starts) -> None:
    circle = "Wait, that can't be right, so let me add them up again. "
    chat = starts(qwq=qwq.slow(f"Hmm, let me see. {circle * 300}", pace=None))
    chat.enters("q")
    chat.sees("the answer is not complete: the model repeated itself without end; /retry")
    chat.sees(chat.at_prompt)
    shown = said(chat.process.terminal)
    assert "a loop was taken back" in shown
    chat.asks("/loops")
    assert "1 exact" in " ".join(said(chat.process.terminal).split())
    chat.asks("/thought raw")
    assert "from here on it stands" in said(chat.process.terminal)
    assert chat.leaves() == 0


def test_an_answer_is_copied_by_the_terminal(qwq: Qwq, starts: Starts) -> None:
    """In base64, so that nothing in it can end the sequence; only what is copied."""
    answer = "\x1b]52;c;AAAA\x07evil 红桃 `\x9c"
    text = f"Let me see.\n\n**Final Answer**\n\n{answer}"
    chat = starts(qwq=qwq.slow(text, pace=None))
    chat.asks("q")
    assert b"]52;" not in chat.process.written
    chat.asks("/copy")
    (copied,) = re.findall(rb"\x1b\]52;c;([^\x07]*)\x07", chat.process.written)
    assert base64.b64decode(copied).decode() == answer
    assert chat.leaves() == 0


def test_a_long_text_that_does_not_fit_is_not_put_back(chat: Session) -> None:
    """It would hide the line that says why."""
    chat.process.type(b"\x1b[200~" + b"a long line of text\n" * 400 + b"\x1b[201~")
    chat.asks("end")
    assert "the prompt is too long" in said(chat.process.terminal)
    assert "the up arrow brings your text back" in said(chat.process.terminal)
    chat.process.type(b"\x1b[A")
    chat.sees(". end")
    gives_up(chat)
    assert chat.leaves() == 0


def test_a_short_text_that_could_not_be_asked_stands_at_the_prompt_again(chat: Session) -> None:
    chat.process.type(b"\x1b[200~/system " + b"red or black " * 400 + b"\x1b[201~" + ENTER)
    chat.sees("system prompt: red or black")
    chat.enters("is it?")
    chat.sees("the prompt is too long")
    chat.sees(lambda terminal: said(terminal).count("> is it?") == 2)
    gives_up(chat)
    assert chat.leaves() == 0


@pytest.mark.parametrize(("signum", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_at_the_prompt_leaves(chat: Session, signum: int, code: int) -> None:
    os.kill(chat.process.pid, signum)
    assert chat.process.end() == code


@pytest.mark.parametrize(("signum", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_in_an_answer_keeps_it_and_leaves(
    qwq: Qwq, starts: Starts, signum: int, code: int
) -> None:
    chat = starts(qwq=qwq.slow())
    chat.enters("q")
    chat.sees("number 1 goes on")
    os.kill(chat.process.pid, signum)
    assert chat.process.end() == code
    assert "Traceback" not in said(chat.process.terminal)
    assert "number 1 goes on" in chat.kept()["turns"][0]["reasoning"]


@pytest.mark.parametrize("answering", [False, True])
def test_a_terminal_that_goes_away(qwq: Qwq, starts: Starts, answering: bool) -> None:
    chat = starts(qwq=qwq.slow())
    if answering:
        chat.enters("q")
        chat.sees("number 1 goes on")
    chat.process.hang_up()
    assert chat.process.wait() in {1, 129}  # by the signal, or by a write that fails before it
    if answering:
        assert "number 1 goes on" in chat.kept()["turns"][0]["reasoning"]


def test_a_dumb_terminal_has_lines(qwq: Qwq, starts: Starts) -> None:
    process = starts("chat", TERM="dumb").process
    process.type(b"/fold\n")
    process.until(lambda terminal: "thinking is folded" in terminal.text)
    process.type(b"Hello\\\nHello\n")
    process.until(
        lambda terminal: "I do not know" in terminal.text and terminal.text.endswith("\n>")
    )
    os.kill(process.pid, signal.SIGINT)
    process.until(lambda terminal: "Ctrl-C again leaves" in terminal.text)
    process.type(CTRL_D)
    assert process.end() == 0
    assert b"\x1b" not in process.written
    shown = json.loads(qwq("history", "show", "--json").out)
    assert shown["turns"][0]["question"] == "Hello\nHello"


def test_qwq_alone_is_a_chat_on_a_terminal_and_else_shows_help(qwq: Qwq) -> None:
    process = Process([*qwq.command], qwq.env, size=WIDE)
    process.until(Session.at_prompt)
    process.type(CTRL_D)
    assert process.end() == 0
    done = qwq()
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("Usage: qwq")


def test_a_full_disk_costs_no_answer(qwq: Qwq, starts: Starts) -> None:
    """Neither what is typed nor what is answered can be written."""
    for folder in (".local/share", ".local/state"):
        place = qwq.home / folder
        place.parent.mkdir(exist_ok=True)
        place.write_text("no folder")
    chat = starts()
    chat.asks("Hello")
    assert "this answer is not kept" in said(chat.process.terminal)
    assert "what you type is not remembered" in said(chat.process.terminal)
    assert "I do not know" in said(chat.process.terminal)
    chat.asks("/export kept.md")
    assert "Hello" in Path(qwq.home / "kept.md").read_text("utf-8")
    assert chat.leaves() == 0

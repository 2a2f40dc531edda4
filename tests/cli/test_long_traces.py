"""A whole process on a terminal whose size changes, that is interrupted, and gets 32,000 tokens."""

import json
import re
from functools import partial
from pathlib import Path

import pytest

from qwq_cli.engines.scripted import cut
from tests.cli.conftest import Qwq
from tests.terminal import CONTROLLED, Process, Terminal

TRACES = Path(__file__).parents[3] / "shared" / "loops" / "natural.jsonl"
LONG = 31_000
"""Tokens."""
ANSWER = (
    "I think so.\n\n**Final Answer**\n\n"
    + "".join(
        f"- **Item {number}** is `code`, and \\( x_{{{number}}} \\).\n" for number in range(40)
    )
    + "\n| a | b |\n|---|---|\n"
    + "".join(f"| row {number} | here |\n" for number in range(20))
)


def _shows(text: str, terminal: Terminal) -> bool:
    return text in terminal.text


def test_a_terminal_that_grows_loses_nothing(qwq: Qwq) -> None:
    """What is shown stays, once, whatever the width was when it came. It only grows: this
    terminal cuts off what does not fit. Narrower ones are in the screen's own tests.
    """
    slow = qwq.slow(ANSWER, pace=400.0)
    process = Process([*slow.command, "ask", "-q", "x"], slow.env, size=(30, 12))
    sizes = iter([(44, 12), (60, 16), (61, 18), (90, 20)])
    for seen in ("Item 2 ", "Item 9 ", "Item 17 ", "Item 26 "):
        process.until(partial(_shows, seen))
        columns, lines = next(sizes)
        process.terminal.screen.resize(lines, columns)
        process.resize(columns, lines)
    assert process.end() == 0
    text = " ".join(process.terminal.rows)
    assert re.findall(r"Item (\d+)", text) == [str(number) for number in range(40)]
    assert re.findall(r"row (\d+)", text) == [str(number) for number in range(20)]


@pytest.mark.parametrize("options", [(), ("--plain",), ("--reasoning", "fold")])
def test_ctrl_c_in_the_middle_of_an_answer(qwq: Qwq, options: tuple[str, ...]) -> None:
    """It ends on a row of its own, in plain colours, and what was there stays."""
    slow = qwq.slow(ANSWER)
    process = Process([*CONTROLLED, *slow.command, "ask", "x", *options], slow.env)
    process.until(lambda terminal: "Item 7" in terminal.text)
    process.type(b"\x03")
    assert process.end() == 130
    rows = process.terminal.rows
    assert "(interrupted)" in rows
    assert rows[-1].startswith("tok/s") or "tokens" in rows[-1] or "first after" in rows[-1]
    assert process.terminal.screen.cursor.x == 0
    assert process.terminal.screen.cursor.attrs == process.terminal.screen.default_char
    shown = re.findall(r"Item (\d+)", process.terminal.text)
    assert shown == [str(number) for number in range(len(shown))]


@pytest.fixture(scope="module")
def reasoning() -> str:
    """Real reasoning of some 32,000 tokens, which fit the context of a replay."""
    if not TRACES.is_file():
        pytest.skip(f"no {TRACES}")
    text, tokens = "", 0
    for number, line in enumerate(TRACES.read_text("utf-8").splitlines()):
        one = json.loads(line)["text"]
        text += f"[trace {number}]\n\n{one}\n\n"
        tokens += len(cut(one))
        if tokens >= LONG:
            return text
    raise AssertionError(tokens)


def difference(shown: str, meant: str) -> str:
    """Where two texts part, white space left out; "" where they don't."""
    shown, meant = "".join(shown.split()), "".join(meant.split())
    if shown == meant:
        return ""
    at = next((at for at, (a, b) in enumerate(zip(shown, meant, strict=False)) if a != b), -1)
    return f"at {at}: {shown[at - 40 : at + 40]!r} for {meant[at - 40 : at + 40]!r}"


@pytest.mark.slow
def test_32k_tokens_of_real_reasoning(qwq: Qwq, reasoning: str) -> None:
    """Not a character of it is lost above the fold, and none is there twice."""
    trace = qwq.home / "long.txt"
    trace.write_text(f"{reasoning}</think>\n\nSo.", "utf-8")
    line = (*qwq.command, "ask", "-q", "--loops", "off", "--replay", str(trace))
    process = Process(line, qwq.env, size=(100, 30))
    assert process.end(timeout_s=120) == 0
    thought, _, answer = process.terminal.text.partition("\nThought ")
    assert not difference(thought, reasoning)
    assert answer.split("\n")[2] == "So."


@pytest.mark.slow
@pytest.mark.parametrize("options", [(), ("--reasoning", "fold")])
def test_32k_tokens_of_a_real_answer(qwq: Qwq, reasoning: str, options: tuple[str, ...]) -> None:
    """As Markdown: every trace of it once, in its order, and no markup that is left over."""
    trace = qwq.home / "long.txt"
    trace.write_text(f"So.</think>\n\n{reasoning}", "utf-8")
    line = (*qwq.command, "ask", "-q", "--loops", "off", "--replay", str(trace), *options)
    process = Process(line, qwq.env, size=(61, 20))
    assert process.end(timeout_s=120) == 0
    answer = process.terminal.text.partition("Thought ")[2]
    count = reasoning.count("[trace ")
    assert re.findall(r"\[trace (\d+)\]", answer) == [str(number) for number in range(count)]
    letters = re.compile(r"[^a-zA-Z\u4e00-\u9fff]|\\(?:\w+)")
    lost = len(letters.sub("", reasoning)) - len(letters.sub("", answer))
    assert abs(lost) < len(reasoning) / 50  # formulas are shown otherwise than they are written

"""Loops, budgets and languages through `qwq ask`: its options, its exit codes, what it tells."""

import json

import pytest

from tests.cli.conftest import Qwq
from tests.terminal import Process

FIRST = "Hmm, let me look at the ranks first. Wait.\n"
"""Nothing else in these traces shows that they are reasoning."""
CIRCLE = "So the card must be red, and a heart. " * 40
CARDS = ("ask", "--example", "cards")


@pytest.fixture
def looping(qwq: Qwq) -> Qwq:
    """A trace in the home that circles and ends."""
    text = FIRST + CIRCLE + "\n\n**Final Answer**\n\n42"
    (qwq.home / "trace").write_text(text, encoding="utf-8")
    return qwq


def test_off_and_report_end_as_the_model_does(looping: Qwq) -> None:
    off = looping("ask", "--replay", "trace", "--loops", "off")
    assert (off.code, off.out, off.err) == (0, "42\n", "")
    reported = looping("ask", "--replay", "trace", "--loops", "report")
    assert (reported.code, reported.out) == (0, "42\n")
    assert reported.err.count("goes in circles") == 1
    record = json.loads(looping("ask", "--replay", "trace", "--loops", "report", "--json").out)
    assert [loop["action"] for loop in record["loops"]] == ["reported"]
    assert CIRCLE in record["reasoning"]


def test_stop_ends_at_the_first_loop_with_the_partial(looping: Qwq) -> None:
    looping("ask", "-q", "--replay", "trace", "--loops", "stop").failed(3, "went in circles")
    done = looping("ask", "--replay", "trace", "--loops", "stop", "--json")
    record = json.loads(done.out)
    assert (done.code, record["finish_reason"], record["answer"]) == (3, "loop", "")
    assert record["reasoning"].startswith(FIRST)
    assert [loop["action"] for loop in record["loops"]] == ["stopped"]
    assert record["usage"]["trimmed_tokens"] > 0


def test_a_loop_that_does_not_break_is_code_3_and_told_step_by_step(looping: Qwq) -> None:
    """The script says the same again after each rewind: it can't get out."""
    (looping.home / "trace").write_text(FIRST + CIRCLE * 5, encoding="utf-8")
    done = looping("ask", "--replay", "trace")
    assert (done.code, done.out) == (3, "So the card must be red, and a heart.\n")
    told = [line for line in done.err.splitlines() if " was taken back" in line]
    assert "goes on from before it" in told[0]
    assert "goes on another way" in told[1]
    assert "the answer is asked for" in told[2]
    assert "that is the end" in told[-1]
    assert "the answer is not complete: " in done.err.splitlines()[-1]
    once = json.loads(looping("ask", "--replay", "trace", "--rescues", "0", "--json").out)
    assert [loop["action"] for loop in once["loops"]] == ["stopped"]


def test_sensitivity_says_how_long_a_circle_must_be(looping: Qwq) -> None:
    def noticed(sensitivity: str) -> int:
        flags = ("--loops", "stop", "--loop-sensitivity", sensitivity, "--json")
        (loop,) = json.loads(looping("ask", "--replay", "trace", *flags).out)["loops"]
        return int(loop["detected_at"])

    assert noticed("high") < noticed("normal") < noticed("low")


def test_a_small_budget_still_gives_an_answer(qwq: Qwq) -> None:
    done = qwq(*CARDS, "--budget", "30")
    assert done.code == 0
    assert done.out.strip()
    assert done.err == "qwq: the budget for thinking is spent; the answer is asked for\n"
    assert qwq(*CARDS, "-q", "--budget", "0").err == ""


def test_a_budget_in_a_file_reaches_the_model(qwq: Qwq) -> None:
    (qwq.home / ".qwq.toml").write_text("budget = 30\n", encoding="utf-8")
    record = json.loads(qwq(*CARDS, "--json").out)
    assert record["budget_forced"] is True
    (put,) = record["interventions"]
    assert (put["why"], put["answer"]) == ("budget", True)
    assert "**最终答案**" in put["text"]
    assert record["usage"]["inserted_tokens"] == put["tokens"]
    assert record["usage"]["reasoning_tokens"] <= 34
    assert record["answer"]


def test_a_forced_answer_that_does_not_come_is_code_3(looping: Qwq) -> None:
    (looping.home / "trace").write_text("one two", encoding="utf-8")
    looping("ask", "-q", "--replay", "trace", "--budget", "2").failed(3, "no answer", "--budget")


ENGLISH = "Therefore the card is the five, since every other card has been ruled out by now.\n"


def test_an_answer_in_another_language_is_reported_or_corrected(qwq: Qwq) -> None:
    (qwq.home / "trace").write_text(f"先看。\n**最终答案**\n\n{ENGLISH}", encoding="utf-8")
    asked = ("ask", "--replay", "trace", "这张牌是什么？")
    done = qwq(*asked)
    assert (done.out, done.code) == (ENGLISH, 0)
    assert "the answer goes over from zh to en" in done.err
    record = json.loads(qwq(*asked, "--json").out)
    assert record["language"]["question"] == "zh"
    assert [s["action"] for s in record["language"]["switches"]] == ["reported"]
    insisted = (*asked, "--language", "zh")
    assert "the answer went over from zh to en" in qwq(*insisted).err
    record = json.loads(qwq(*insisted, "--json").out)
    assert record["interventions"] == []
    assert [s["action"] for s in record["language"]["switches"]] == [
        "corrected", "corrected", "reported",
    ]  # fmt: skip
    off = qwq(*asked, "--language", "off")
    assert (off.out, off.err) == (ENGLISH, "")


def test_a_language_that_is_none_is_said_so(qwq: Qwq) -> None:
    qwq("ask", "x", "--language", "klingon").failed(2, "language must be one of auto, off, zh")


def test_on_a_terminal_what_was_taken_back_leaves_a_note(qwq: Qwq) -> None:
    slow = qwq.slow(FIRST + CIRCLE * 5, pace=4000)
    command = [*slow.command, "ask", "x", "--rescues", "2"]
    process = Process(command, slow.env, size=(70, 60))
    process.until(lambda terminal: terminal.text.count("a heart") > 3)
    assert process.end() == 3
    text = process.terminal.text
    assert "the answer is asked for" in text
    assert "› I have thought about this enough" in text
    assert "loops taken back" in text
    assert " cached" in text


def test_folded_it_is_a_count(qwq: Qwq) -> None:
    slow = qwq.slow(FIRST + CIRCLE * 5, pace=4000)
    command = [*slow.command, "ask", "x", "--reasoning", "fold", "--rescues", "1"]
    process = Process(command, slow.env, size=(90, 30))
    process.until(lambda terminal: "1 loop taken back" in terminal.text)
    assert process.end() == 3
    assert "a heart" not in process.terminal.text.partition("Thought")[0]

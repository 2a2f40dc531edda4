"""Answers that loop: rewound without a word of ours, and never ended silently.

On scripts, by the command line, and on the real llama.cpp. Guards that fail, too.
"""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.loops_data import tokens
from qwq_cli.events import Noticed
from qwq_cli.request import Steering
from qwq_cli.stream.guard import Guards, Verdict
from qwq_cli.stream.loops.cycles import CycleDetector
from qwq_cli.stream.loops.detector import LoopDetector
from qwq_cli.stream.watch import LanguageWatch
from tests.cli.conftest import Done, Qwq
from tests.engines.chains import Chain
from tests.engines.saying import saying
from tests.stream.prose import prose
from tests.test_answers_kept import CASES, COLD, STYLES, client, kept, streamed, whole
from tests.test_steering import Run, run

BEGUN = f"It went like this, in short: {prose(300)}"
LINE = "The king goes to the queen, who then sends the jack back. "
FIRST = f"{BEGUN}{LINE.strip()}"
"""Up to the end of the first copy."""
END = " And that was it."
ENDLESS = BEGUN + LINE * 900
COMPLETE = "It is the five of diamonds, as shown above in the whole list of cards.\n\n"
THOUGHT = "".join(f"Case {n}: no {n}s, since {n * n} is not {n + 5}.\n" for n in range(40))
NOT_COMPLETE = "the answer is not complete: the model repeated itself without end"


@pytest.mark.parametrize("style", STYLES)
def test_an_endless_cycle_is_rewound_without_words_and_then_ended(style: str) -> None:
    head, script = STYLES[style]
    done = run(head + ENDLESS, **script)
    assert done.actions == ["rewound", "rewound", "stopped"]
    assert {loop.part for loop in done.record.loops} == {"answer"}
    assert (done.end.reason, done.record.interventions) == ("loop", [])
    assert done.end.usage.inserted_tokens == 0
    assert done.record.answer == FIRST
    assert done.record.raw is not None
    assert LINE * 20 in done.record.raw


@pytest.mark.parametrize("style", STYLES)
def test_a_model_that_ends_by_itself_after_the_rewind_has_answered(style: str) -> None:
    head, script = STYLES[style]
    done = run(head + ENDLESS, END, **script)
    assert done.actions == ["rewound"]
    assert (done.end.reason, done.record.interventions) == ("stop", [])
    assert done.record.answer == FIRST + END


@pytest.mark.parametrize("rewinds", [True, False])
@pytest.mark.parametrize("style", STYLES)
def test_a_whole_answer_that_is_repeated_is_kept(style: str, *, rewinds: bool) -> None:
    head, script = STYLES[style]
    done = run(head + COMPLETE * 150, rewinds=rewinds, **script)
    assert (done.actions, done.end.reason) == (["kept"], "stop")
    assert done.record.answer.strip() == COMPLETE.strip()
    assert (done.record.interventions, len(done.engine.asked)) == ([], 1)


@pytest.mark.parametrize("joined", [".\n\n", ".\n", "cards.\n\n"])
def test_a_kept_answer_has_its_last_sign_whatever_the_tokens(joined: str) -> None:
    """Models have tokens of a full stop and line ends."""
    before, _, after = COMPLETE.partition(joined)
    words = [f"{word} " for word in before.split(" ")]
    words[-1] = words[-1].removesuffix(" ")
    pieces = [*filter(None, words), joined, *filter(None, [after])]
    assert "".join(pieces) == COMPLETE
    done = run(pieces * 150, style="none")
    assert done.actions == ["kept"]
    assert done.record.answer.strip() == COMPLETE.strip()


@pytest.mark.parametrize("style", ["tags", "opened tags", "headings"])
@pytest.mark.parametrize("thought", ["Hm.", THOUGHT])
def test_where_nothing_can_be_taken_back_the_thought_is_not_the_answer(
    style: str, thought: str
) -> None:
    head, script = STYLES[style]
    done = run(head.replace("Hm.", thought) + ENDLESS, rewinds=False, **script)
    assert (done.actions, done.end.reason) == (["stopped"], "loop")
    assert done.record.answer == FIRST
    assert done.record.reasoning.strip() == thought.strip()
    assert (done.record.interventions, len(done.engine.asked)) == ([], 1)


@pytest.mark.parametrize("style", ["opened tags", "headings"])
def test_a_thought_whose_answer_fails_is_not_the_answer(style: str) -> None:
    """It is asked for once more, and comes to nothing."""
    _, script = STYLES[style]
    circle = "Wait. Hm. Is it the queen? But then it is the king. Let me see again. " * 20
    done = run(circle, circle, rewinds=False, **script)
    assert (done.end.reason, done.record.answer, done.end.final) == ("loop", "", None)
    assert len(done.engine.asked) == 2


@pytest.mark.parametrize("rewinds", [True, False])
@pytest.mark.parametrize("style", ["opened tags", "headings"])
def test_a_budget_of_nothing_and_a_loop_ask_once(style: str, *, rewinds: bool) -> None:
    head, script = STYLES[style]
    steering = Steering(budget=0)
    answer = ENDLESS if rewinds else head + ENDLESS
    done = run(THOUGHT, answer, steering=steering, rewinds=rewinds, **script)
    assert (len(done.record.interventions), done.end.reason) == (1, "loop")
    assert done.actions[-1] == "stopped"
    assert done.record.answer == FIRST
    if not rewinds:
        assert (len(done.engine.asked), done.actions) == (2, ["stopped"])


def test_a_list_that_never_ends_is_ended_in_time() -> None:
    for row in ("- a card of hearts\n- a card of spades\n", '  {"card": "ace", "of": "hearts"},\n'):
        done = run("Here it is:\n\n[\n" + row * 2000, style="none")
        assert done.end.reason == "loop"
        assert done.record.raw is not None
        assert len(tokens(done.record.raw)) < 6000


# ------------------------------------------------------------------------------- guards that fail


class Broken:
    """A guard that fails at once, or after so many texts."""

    def __init__(self, after: int = 0) -> None:
        self.after = after
        self.left = after

    def watch(self, text: str) -> Verdict | None:
        self.left -= 1
        if self.left < 0:
            raise ZeroDivisionError(f"no {len(text[:1])}")
        return None

    def fresh(self) -> "Broken":
        return Broken(self.after)


def faults(done: Run) -> list[str]:
    return [e.message for e in done.events if isinstance(e, Noticed) and e.kind == "guard"]


@pytest.mark.parametrize("after", [0, 1, 40])
@pytest.mark.parametrize("style", STYLES)
def test_a_guard_that_fails_is_told_of_once_and_the_text_goes_on(style: str, after: int) -> None:
    head, script = STYLES[style]
    text = CASES["diary"][1]
    done = run(head + text, guards=Guards((Broken(after),), (Broken(after),)), **script)
    kept(done, text)
    (fault,) = faults(done)
    assert "Broken: ZeroDivisionError: no 1" in fault


@pytest.mark.parametrize("style", STYLES)
def test_a_guard_that_fails_after_a_rewind_is_told_of_once(style: str) -> None:
    head, script = STYLES[style]
    guards = Guards((Broken(9), LoopDetector()), (Broken(9), CycleDetector()))
    done = run(head + ENDLESS, END, guards=guards, **script)
    assert done.actions == ["rewound"]
    assert done.record.answer == FIRST + END
    assert len(faults(done)) == 1


@pytest.mark.parametrize("method", ["feed", "flush", "skip"])
@pytest.mark.parametrize("style", STYLES)
def test_a_language_watch_that_fails_is_told_of_once(
    style: str, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("no")

    monkeypatch.setattr(LanguageWatch, method, fail)
    if method == "skip":
        style = "tags"
    head, script = STYLES[style]
    text = CASES["diary"][1]
    done = run(head + text, **script)
    kept(done, text)
    (fault,) = faults(done)
    assert "LanguageWatch: ZeroDivisionError: no" in fault


def test_a_guard_that_fails_at_the_last_token_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("no")

    monkeypatch.setattr(LanguageWatch, "feed", fail)
    done = run(["Yes."], style="none")
    kept(done, "Yes.")
    assert len(faults(done)) == 1


def test_a_detector_that_fails_after_a_rewind_does_not_fail_the_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("no")

    monkeypatch.setattr(CycleDetector, "expect", fail)
    done = run(ENDLESS, END, style="none")
    assert done.record.answer == FIRST + END
    assert len(faults(done)) == 1


# ------------------------------------------------------------------------------- as others see it

TAKES = """
import sys
from qwq_cli.cli import answering
from qwq_cli.cli.main import run
from qwq_cli.engines.scripted import Script, Scripted
from qwq_cli.request import Sampling
from qwq_cli.runtime import Opened
from qwq_cli.weights.profiles import Profile

script = Script(**{script!r})
profile = Profile("script", script.style, Sampling())
answering.open_engine = lambda model, **_: Opened(Scripted(script), profile, 0.0)
raise SystemExit(run(sys.argv[1:]))
"""


def scripted(home: Path, *takes: str, **script: object) -> Qwq:
    """The command with a model that says these."""
    code = TAKES.format(script={"takes": takes, "style": "none", **script})
    return Qwq(home, (sys.executable, "-c", code))


def record_of(done: Done) -> dict[str, Any]:
    record: dict[str, Any] = json.loads(done.out)
    return record


@pytest.fixture
def qwq(tmp_path: Path) -> Qwq:
    return Qwq(tmp_path)


@pytest.fixture
def endless(qwq: Qwq) -> str:
    """A real model that loops in its answer."""
    return str(saying(qwq.home / "model.gguf", Chain(LINE, forever=True, before=BEGUN)))


def test_ask_tells_that_the_answer_is_not_complete(qwq: Qwq, endless: str) -> None:
    done = qwq("ask", "-m", endless, "How did it go?", env=COLD)
    assert (done.code, done.out) == (3, f"{FIRST}\n")
    *steps, last = done.err.splitlines()
    assert NOT_COMPLETE in last
    assert len(steps) == 3
    assert all("a loop in the answer was taken back" in step for step in steps)
    assert "that is the end" in steps[-1]
    quiet = qwq("ask", "-q", "-m", endless, "How did it go?", env=COLD)
    assert (quiet.code, quiet.out) == (3, done.out)
    assert NOT_COMPLETE in quiet.err
    assert len(quiet.err.splitlines()) == 1


def test_the_record_and_the_history_have_what_was_discarded(qwq: Qwq, endless: str) -> None:
    done = qwq("ask", "-m", endless, "How did it go?", "--json", env=COLD)
    record = record_of(done)
    assert (done.code, record["finish_reason"], record["answer"]) == (3, "loop", f"{FIRST} ")
    actions = [(loop["part"], loop["action"]) for loop in record["loops"]]
    assert actions == [("answer", "rewound")] * 2 + [("answer", "stopped")]
    assert record["raw"].startswith(BEGUN + LINE * 2)
    assert record["raw"].count(LINE.strip()) > 60
    assert (record["reasoning"], record["interventions"]) == ("", [])
    raw = qwq("history", "show", "last", "--reasoning", "raw").out
    assert raw.count(LINE.strip()) > 60
    assert qwq("history", "show", "last", "--answer").out.strip() == FIRST


def test_a_batch_has_an_error_and_asks_again(qwq: Qwq, endless: str) -> None:
    (qwq.home / "in.jsonl").write_text('{"question": "How did it go?"}\n', "utf-8")
    line = ("batch", "-m", endless, "in.jsonl", "-o", "out.jsonl")
    done = qwq(*line, env=COLD)
    assert (done.code, "0 answered, 1 failed" in done.err) == (1, True)
    record = json.loads((qwq.home / "out.jsonl").read_text("utf-8"))
    assert (record["finish_reason"], record["answer"]) == ("loop", f"{FIRST} ")
    assert (record["error"]["code"], NOT_COMPLETE in record["error"]["message"]) == (3, True)
    assert record["raw"].count(LINE.strip()) > 60
    assert "1 failed, 1 of them before" in qwq(*line, env=COLD).err
    well = scripted(qwq.home, f"{BEGUN.strip()}{END}")
    retried = well("batch", "in.jsonl", "-o", "out.jsonl", "--retry")
    assert retried.code == 0, retried.err
    record = json.loads((qwq.home / "out.jsonl").read_text("utf-8"))
    assert (record["error"], record["answer"]) == (None, f"{BEGUN.strip()}{END}")
    assert "raw" not in record


def test_a_server_says_length_and_why(qwq: Qwq, endless: str) -> None:
    with client(qwq.home, endless) as found:
        ((text, reason, facts),) = whole(found, "How did it go?")
        assert (text, reason, facts["finish_reason"]) == (f"{FIRST} ", "length", "loop")
        assert [loop["part"] for loop in facts["loops"]] == ["answer"] * 3
        assert facts["raw"].count(LINE.strip()) > 60
        ((text, reason, facts),) = streamed(found, "How did it go?")
        assert (reason, facts["finish_reason"]) == ("length", "loop")
        assert text.startswith(FIRST)
        assert facts["retracted_chars"] == len(text) - len(FIRST) - 1


def test_a_real_whole_answer_that_is_repeated_is_kept_with_a_notice(qwq: Qwq) -> None:
    path = str(saying(qwq.home / "model.gguf", COMPLETE, forever=True))
    done = qwq("ask", "-m", path, "Which card is it?", env=COLD)
    assert "a loop in the answer was taken back" in done.err
    assert "the first copy is the answer" in done.err
    assert (done.code, done.out) == (0, f"{COMPLETE.strip()}\n")
    asks = '{"question": "Which card is it?"}\n'
    record = record_of(qwq("batch", "-m", path, "-q", stdin=asks, env=COLD))
    assert (record["error"], record["answer"].strip()) == (None, COMPLETE.strip())
    assert record["raw"].count(COMPLETE.strip()) > 60


def test_a_real_list_that_never_ends_is_code_3(qwq: Qwq) -> None:
    row = "- a card of hearts\n- a card of spades\n"
    chain = Chain(row, forever=True, before="Here is the list:\n\n- an ace\n")
    path = str(saying(qwq.home / "model.gguf", chain))
    done = qwq("ask", "-m", path, "Which cards are there?", "--json", env=COLD)
    record = record_of(done)
    assert (done.code, record["finish_reason"]) == (3, "loop")
    assert len(tokens(record["raw"])) < 6000
    assert record["answer"].strip() == f"Here is the list:\n\n- an ace\n{row}".strip()


def test_ask_of_a_model_that_ends_by_itself_is_code_0_and_a_notice(qwq: Qwq) -> None:
    done = scripted(qwq.home, ENDLESS, END)("ask", "How did it go?")
    assert (done.code, done.out) == (0, f"{FIRST}{END}\n")
    assert done.err.count("a loop in the answer was taken back") == 1
    assert "not complete" not in done.err
    told = scripted(qwq.home, ENDLESS, END)("ask", "--json", "How did it go?")
    record = record_of(told)
    assert (record["finish_reason"], record["interventions"]) == ("stop", [])
    assert [(loop["part"], loop["action"]) for loop in record["loops"]] == [("answer", "rewound")]
    assert record["raw"].endswith(END)


def test_ask_never_prints_a_thought_as_the_answer(qwq: Qwq) -> None:
    """The thought goes round, and so does the answer that is asked for anew."""
    circle = "Wait. Hm. Is it the queen? But then it is the king. Let me see again. " * 20
    for style in ("tags", "headings"):
        script = {"style": style, "opens_thinking": style == "tags", "rewinds": False}
        done = scripted(qwq.home, circle, circle, **script)("ask", "-q", "Which card is it?")
        done.failed(3, "no answer")

"""What was taken back, put in and noticed: on the live screen, down a pipe, for programs."""

import io
import json
from dataclasses import asdict

import pytest

from qwq_cli.events import (
    Answer,
    Event,
    Finished,
    Loop,
    LoopAction,
    Noticed,
    Rewound,
    Started,
    Steered,
    Switch,
    Thinking,
    Timings,
    Usage,
)
from qwq_cli.ui.output import Output
from qwq_cli.ui.plain import Notices, Stream
from qwq_cli.ui.records import JsonLines, JsonObject
from qwq_cli.ui.screen import Look, Screen
from tests.terminal import Terminal

USAGE = Usage(120, 30, 7, 25, cached_tokens=140, recomputed_tokens=3, inserted_tokens=9)
STOP = Finished("stop", "5", USAGE, Timings())
KEPT = "It is red. "
SENTENCE = "\n\nI turn to what was asked.\n\n"


def back(action: LoopAction, at: int = len(KEPT)) -> Rewound:
    return Rewound(at, 0, Loop("exact", 0, at, at + 30, action), 25, at=at)


SWITCH = Switch("zh", "en", 40, "answer", "corrected")
REFOCUSED: list[Event] = [
    Started("quill", "llama.cpp", 120),
    Thinking(KEPT, 4),
    Thinking("It is red. It is red. ", 25),
    back("refocused"),
    Steered("loop", SENTENCE, len(KEPT), 9),
    Thinking(SENTENCE, 0, ours=True),
    Thinking("It is a five.", 4),
    Answer("5", tokens=7),
    STOP,
]


LOOPED = "a loop was taken back: 25 tokens, exact"


def screen(events: list[Event], look: Look, columns: int = 70) -> tuple[Terminal, str]:
    terminal = Terminal(columns, 24)
    shown = Screen(look, (columns, 24), "quill", 0.0)
    written = ""
    for event in events:
        written += shown.frame([event], 1.0)
    written += shown.close(2.0)
    terminal.feed(written)
    return terminal, written


def test_a_note_stays_where_text_was_taken_back_and_ours_is_told_apart() -> None:
    terminal, written = screen(REFOCUSED, Look())
    assert terminal.rows == [
        "It is red.",
        "",
        "(a loop was taken back: 25 tokens, exact; the model goes on another",
        "way)",
        "",
        "› I turn to what was asked.",
        "",
        "It is a five.",
        "",
        "Thought 0.0 s · 8 tokens · 1 loop taken back",
        "",
        "5",
        "",
        "37 tokens · 25 taken back, 3 read again · 140 cached",
    ]
    assert "\x1b[2;3m› I turn" in written


def test_without_styles_ours_is_told_apart_by_its_sign() -> None:
    terminal, written = screen(REFOCUSED, Look(styled=False, erases=False))
    assert "\x1b" not in written
    assert "› I turn to what was asked." in terminal.rows


def test_quiet_is_quiet() -> None:
    terminal, _ = screen(REFOCUSED, Look(notices=False))
    assert "taken back:" not in terminal.text
    assert "read again" not in terminal.text


def test_folded_the_status_counts_the_loops() -> None:
    watched = Terminal(70, 24)
    shown = Screen(Look(thinking="fold"), (70, 24), "quill", 0.0)
    events: list[Event] = [Thinking("a", 50), back("rewound", 0), Thinking("b", 60)]
    events += [back("refocused", 0), Thinking("c", 51)]
    watched.feed(shown.frame(events, 1.0))
    watched.feed(shown.frame([], 2.0))
    assert watched.rows == ["Thinking 1.0 s · 111 tokens · 160 tok/s · 2 loops taken back"]


def test_what_hidden_thinking_cost_is_told_at_the_end() -> None:
    terminal, _ = screen(REFOCUSED, Look(thinking="hide"))
    assert terminal.rows == [
        "5", "", "37 tokens · 25 taken back, 3 read again · 140 cached",
    ]  # fmt: skip


def test_a_budget_and_a_language_have_their_lines() -> None:
    events: list[Event] = [
        Thinking("hm "),
        Noticed("language", "it goes over", Switch("zh", "en", 0, "thinking")),
        Steered("budget", "So.", 3, 2, answer=True),
        Answer("这是 it is "),
        Rewound(3, 3, None, 2, SWITCH, at=9),
        Answer("五"),
        STOP,
    ]  # fmt: skip
    folded, _ = screen(events, Look(thinking="fold"))
    hidden, _ = screen(events, Look(thinking="hide"))
    for terminal in (folded, hidden):
        assert "the budget for thinking is spent; the answer is asked for" in terminal.rows
        assert "(the answer went over from zh to en; 2 tokens taken back)" in terminal.rows
    assert "it goes over" in folded.rows
    assert "it goes over" not in hidden.text


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (back("rewound"), f"{LOOPED}; the model goes on from before it"),
        (back("kept"), f"{LOOPED}; the first copy is the answer"),
        (back("stopped"), f"{LOOPED}; that is the end"),
        (Rewound(1, 2, None, 1, SWITCH), "the answer went over from zh to en; 1 token taken back"),
        (Steered("room", "x", 0, 1), "the tokens are nearly spent; the answer is asked for"),
        (Steered("loop", "x", 0, 1), ""),
        (Noticed("language", "m", Switch("zh", "en", 0, "answer")), "m"),
        (Noticed("language", "m", Switch("zh", "en", 0, "thinking")), ""),
    ],
)  # fmt: skip
def test_off_a_terminal_it_is_a_line_on_stderr(event: Event, line: str) -> None:
    text = io.StringIO()
    sink = Notices(Output(text, "standard error"))
    sink.show(event)
    sink.close()
    assert text.getvalue() == (f"qwq: {line}\n" if line else "")


def test_a_stream_that_can_not_take_it_back_says_so() -> None:
    notes, text = io.StringIO(), io.StringIO()
    output = Output(notes, "standard error")
    stream = Stream(Output(text, "standard output"), output, thinking=True, answer=True)
    for event in REFOCUSED:
        Notices(output).show(event)
        stream.show(event)
    assert [line.split()[1:3] for line in notes.getvalue().splitlines()] == [
        ["a", "loop"], ["what", "was"],
    ]  # fmt: skip
    assert SENTENCE.strip() in text.getvalue()


def test_programs_get_all_of_it() -> None:
    text = io.StringIO()
    output = Output(text, "standard output")
    about = Switch("en", "zh", 2, "thinking")
    events = [*REFOCUSED[:-2], Noticed("language", "m", about), *REFOCUSED[-2:]]
    for sink in (JsonObject(output, "Which card is it?", "quill"), JsonLines(output)):
        for event in events:
            sink.show(event)
    first, *lines = text.getvalue().splitlines()
    record = json.loads(first)
    assert record["reasoning"] == KEPT + SENTENCE + "It is a five."
    assert [loop["action"] for loop in record["loops"]] == ["refocused"]
    assert record["interventions"] == [
        {"why": "loop", "text": SENTENCE, "at": len(KEPT), "tokens": 9, "answer": False}
    ]
    assert record["budget_forced"] is False
    assert record["language"] == {"question": "en", "answer": "en", "switches": [asdict(about)]}
    assert record["usage"] == {
        "prompt_tokens": 120, "reasoning_tokens": 30, "answer_tokens": 7, "trimmed_tokens": 25,
        "inserted_tokens": 9, "cached_tokens": 140, "recomputed_tokens": 3,
    }  # fmt: skip
    told = [json.loads(line) for line in lines]
    assert [event["event"] for event in told].count("steered") == 1
    assert [event.get("ours") for event in told if event["event"] == "thinking"] == [
        False, False, True, False,
    ]  # fmt: skip

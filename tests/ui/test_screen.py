"""The live screen on a terminal of fixed size: text comes, is taken back, nothing else moves."""

from collections.abc import Iterable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qwq_cli.events import (
    Answer,
    Event,
    Finished,
    Loop,
    Noticed,
    Prefill,
    Rewound,
    Started,
    Thinking,
    Timings,
    Usage,
)
from qwq_cli.ui.screen import Look, Screen
from tests.terminal import Terminal

STARTED = Started("quill", "llama.cpp", 120)
STOP = Finished("stop", "方块5", Usage(), Timings())
LOOP = Loop("exact", 0, 10, 20, "rewound")


def rewound(thinking: int, answer: int = 0, tokens: int = 0) -> Rewound:
    return Rewound(thinking, answer, LOOP, tokens)


class Watched:
    """A screen and the terminal it writes to, at a time that the test sets."""

    def __init__(self, look: Look | None = None, columns: int = 40, lines: int = 12) -> None:
        self.terminal = Terminal(columns, lines)
        self.terminal.feed("$ qwq ask\n")
        self.screen = Screen(look or Look(), (columns, lines), "quill", 0.0)
        self.writes: list[str] = []

    def show(self, *events: Event, at: float = 1.0) -> None:
        written = self.screen.frame(events, at)
        self.writes.append(written)
        self.terminal.feed(written)

    def end(self, at: float = 1.0) -> list[str]:
        """What stands in the end, below the command."""
        self.terminal.feed(self.screen.close(at))
        assert self.terminal.rows[0] == "$ qwq ask"
        return self.terminal.rows[1:]


def test_thinking_then_answer() -> None:
    watched = Watched()
    watched.show(STARTED, Prefill(120, 120))
    watched.show(Thinking("\n先看每个点数", 3), Thinking("在哪些花色里：\n\nA：红桃。", 9), at=1.0)
    watched.show(Answer("\n\n**最终答案**\n\n方块5\n"), STOP, at=3.0)
    assert watched.end() == [
        "先看每个点数在哪些花色里：",
        "",
        "A：红桃。",
        "",
        "Thought 2.0 s · 12 tokens · 5.5 tok/s",
        "",
        "**最终答案**",
        "",
        "方块5",
    ]
    assert watched.terminal.screen.cursor.x == 0


def test_thinking_is_dim_and_the_answer_is_not() -> None:
    watched = Watched()
    watched.show(Thinking("thought "), Answer("said "), STOP)
    written = "".join(watched.writes)
    assert "\x1b[2mthought\x1b[0m" in written
    assert written.endswith("\n\nsaid\n")


def test_without_styles_nothing_is_dim() -> None:
    watched = Watched(Look(styled=False))
    watched.show(Thinking("thought "), Answer("said "), STOP)
    assert "\x1b" not in "".join(watched.writes)


def test_folded_thinking_is_one_line_written_in_place() -> None:
    watched = Watched(Look(thinking="fold"))
    watched.show(STARTED)
    watched.show(Thinking("secret "), at=2.0)
    watched.show(Thinking("thoughts", 1303), at=14.4)
    assert watched.terminal.rows[1:] == ["Thinking 12.4 s · 1,304 tokens"]
    watched.show(at=15.0)
    watched.show(Answer("42"), STOP, at=16.0)
    assert watched.end() == ["Thought 14.0 s · 1,304 tokens · 93", "tok/s", "", "42"]


def test_a_status_line_is_written_over_never_erased_first() -> None:
    watched = Watched(Look(thinking="fold"))
    watched.show(Thinking("a", 100), at=1.0)
    for tenth in range(1, 30):
        watched.show(at=1.0 + tenth / 10)
    for written in watched.writes[1:]:
        assert written.startswith("\r\x1b[2mThinking")
        assert "\x1b[K" not in written.partition("Thinking")[0]


def test_waiting_is_told_once_it_lasts() -> None:
    watched = Watched()
    watched.show(at=0.1)
    assert watched.terminal.rows[1:] == []
    watched.show(at=0.6)
    assert watched.terminal.rows[1:] == ["Loading quill · 0.6 s"]
    watched.show(STARTED, at=1.0)
    watched.show(Prefill(40, 120), at=3.0)
    assert watched.terminal.rows[1:] == ["Reading 40 of 120 tokens · 33 % · 2.0 s"]
    watched.show(Thinking("So "), at=3.1)
    watched.show(Thinking("it begins "), at=3.2)
    assert watched.terminal.rows[1:] == ["So it begins"]


QUIET = Look(notices=False)


def test_a_rewind_takes_text_back_on_the_screen() -> None:
    watched = Watched(QUIET)
    kept = "First this, then that. 然后检查花色。 "
    watched.show(Thinking(kept))
    watched.show(Thinking("Again and again. " * 12))
    assert watched.terminal.text.count("Again") == 12
    watched.show(rewound(len(kept)))
    watched.show(Thinking("Then the end. "))
    assert "Again" not in watched.terminal.text
    assert watched.end()[:2] == ["First this, then that. 然后检查花色。", "Then the end."]


def test_a_rewind_of_what_scrolled_away_erases_the_screen_and_says_so() -> None:
    watched = Watched(lines=8)
    kept = "Here it begins. "
    watched.show(Thinking(kept), Thinking("Round and round it goes. " * 30))
    assert watched.terminal.scrolled[0] == "$ qwq ask"
    watched.show(rewound(len(kept), tokens=240))
    watched.show(Thinking("Out of it. "))
    assert watched.terminal.visible == [
        "(a loop was taken back: 240 tokens,",
        "exact; the model goes on from before",
        "it; it was the last 750 characters)",
        "Here it begins. Out of it.",
    ]
    assert any("Round" in row for row in watched.terminal.scrolled)


def test_a_terminal_that_can_not_erase_is_told() -> None:
    watched = Watched(Look(styled=False, erases=False))
    watched.show(Thinking("One. "), Thinking("Two. Two. Two. "))
    watched.show(rewound(5))
    watched.show(Thinking("Three. "), STOP)
    assert "\x1b" not in "".join(watched.writes)
    rows = watched.end()
    assert rows[0] == "One. Two. Two. Two."
    assert "One. Three." in rows


def test_an_answer_can_be_taken_back_into_thinking() -> None:
    watched = Watched(QUIET)
    watched.show(Thinking("A thought. ", 4))
    watched.show(Answer("An answer, an answer, "), at=2.0)
    watched.show(rewound(10, 0), at=2.5)
    watched.show(Thinking(" More thought.", 4), at=3.0)
    watched.show(Answer("The answer."), STOP, at=4.0)
    assert watched.end() == [
        "A thought. More thought.",
        "",
        "Thought 3.0 s · 8 tokens · 2.3 tok/s ·",
        "1 loop taken back",
        "",
        "The answer.",
    ]


def test_after_a_resize_only_what_is_surely_there_is_erased() -> None:
    watched = Watched()
    watched.show(Thinking("Kept text. " * 6))
    watched.screen.resize((30, 12))
    watched.show(Thinking("Loop loop loop. " * 3))
    watched.show(rewound(11))
    assert "a loop was taken back" in watched.writes[-1]
    assert "$ qwq ask" in watched.terminal.rows


def test_notices_are_rows_of_their_own() -> None:
    watched = Watched()
    watched.show(Thinking("One. "), Noticed("language", "it\x1b[2J mixes\nlanguages"))
    watched.show(Thinking("Two. "), STOP)
    assert watched.end()[:5] == ["One.", "", "it mixes languages", "", "Two."]


def test_an_early_end_leaves_whole_rows() -> None:
    watched = Watched()
    watched.show(Thinking("half a tho"), at=1.0)
    rows = watched.end(at=2.0)
    assert rows == ["half a tho", "", "Thought 1.0 s · 1 token"]
    watched.terminal.feed("$ ")
    assert watched.terminal.rows[-1] == "$"


def test_an_interrupted_answer_says_so() -> None:
    watched = Watched()
    watched.show(Answer("half an ans"), Finished("interrupted", None, Usage(), Timings()))
    assert watched.end() == ["half an ans", "", "(interrupted)"]


@pytest.mark.parametrize("columns", [1, 4, 8, 20])
def test_narrow_terminals(columns: int) -> None:
    """Nothing above is touched and nothing crashes, however narrow it is."""
    watched = Watched(columns=columns, lines=10)
    before = list(watched.terminal.rows)
    watched.show(STARTED, at=0.0)
    watched.show(Thinking("先看每个点数 words"), at=0.5)
    watched.show(rewound(3), at=0.6)
    watched.terminal.feed(watched.screen.close(1.0))
    assert watched.terminal.rows[: len(before)] == before


# --------------------------------------------------------------------- whatever may happen

TEXT = st.text(st.sampled_from("abc 中，。\n\x1b[m12 "), max_size=30)
STEPS = st.lists(
    st.tuples(st.just("think"), TEXT)
    | st.tuples(st.just("answer"), TEXT)
    | st.tuples(st.just("back"), st.floats(0, 1)),
    max_size=12,
)


def played(steps: Iterable[tuple[str, str | float]]) -> Iterator[Event]:
    """Steps as events that a loop could send: thinking, then the answer; a rewind into either."""
    thinking = answer = 0
    for kind, what in steps:
        if isinstance(what, float):
            left = int((thinking + answer) * what)
            thinking, answer = min(thinking, left), max(0, left - thinking)
            yield rewound(thinking, answer)
        elif kind == "think" and not answer:
            thinking += len(what)
            yield Thinking(what)
        else:
            answer += len(what)
            yield Answer(what)


def standing(events: Iterable[Event]) -> list[Event]:
    """What is left of them in the end, as if nothing had ever been taken back."""
    thinking = answer = ""
    for event in events:
        match event:
            case Thinking(text=text):
                thinking += text
            case Answer(text=text):
                answer += text
            case Rewound():
                thinking = thinking[: event.thinking_chars]
                answer = answer[: event.answer_chars]
            case _:
                pass
    left: list[Event] = [Thinking(thinking)] if thinking else []
    return [*left, Answer(answer)] if answer else left


@given(steps=STEPS, columns=st.integers(9, 40), one_frame=st.booleans())
def test_what_was_taken_back_leaves_no_trace(
    steps: list[tuple[str, str | float]], columns: int, *, one_frame: bool
) -> None:
    """On a screen that nothing scrolls off, the end is as if it had been written at once."""
    look = Look(lasting=False, notices=False)
    watched = Watched(look, columns=columns, lines=400)
    plain = Watched(look, columns=columns, lines=400)
    events = list(played(steps))
    if one_frame:
        watched.show(*events)
    else:
        for event in events:
            watched.show(event)
    plain.show(*standing(events))
    assert watched.end() == plain.end()


@given(STEPS, st.integers(9, 40), st.integers(3, 8))
def test_nothing_above_is_ever_erased(
    steps: list[tuple[str, str | float]], columns: int, lines: int
) -> None:
    watched = Watched(columns=columns, lines=lines)
    for event in played(steps):
        watched.show(event)
    watched.end()

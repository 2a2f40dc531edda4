"""A folded thought: its one line that lives, and how it is opened, folded again, found later."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qwq_cli.events import Answer, Event, Finished, Prefill, Started, Thinking, Timings, Usage
from qwq_cli.ui.screen import Look
from qwq_cli.ui.status import figures
from tests.ui.test_screen import STEPS, Watched, played, rewound, standing

FOLD = Look(thinking="fold", key="Tab", later="qwq history show last")
STOP = Finished("stop", None, Usage(), Timings())
WORDS = "So it goes on and on. "


def turned(screen: Watched, at: float = 1.0) -> None:
    screen.screen.turn()
    screen.show(at=at)


@pytest.mark.parametrize(
    ("columns", "line"),
    [
        (80, "Thinking 12.4 s · 1,304 tokens · 105 tok/s · 1 loop taken back · Tab opens it"),
        (66, "Thinking 12.4 s · 1,304 tokens · 1 loop taken back · Tab opens it"),
        (60, "Thinking 12.4 s · 1,304 tokens · 105 tok/s · Tab opens it"),
        (40, "Thinking 12.4 s · Tab opens it"),
        (20, "Thinking 12.4 s"),
        (12, "Thinking 12"),
    ],
)
def test_what_counts_most_is_shown_where_not_all_fits(columns: int, line: str) -> None:
    watched = Watched(FOLD, columns=columns)
    watched.show(Thinking("a", 2), rewound(0, tokens=1), Thinking("b", 1303), at=1.0)
    watched.show(at=13.4)
    assert watched.terminal.rows[-1] == line


def test_it_is_opened_while_it_lasts_and_folded_again() -> None:
    watched = Watched(FOLD, columns=60)
    watched.show(Thinking("First this. ", 4))
    assert watched.terminal.rows[1:] == ["Thinking 0.0 s · 4 tokens · Tab opens it"]
    turned(watched, at=2.0)
    watched.show(Thinking("Then that. ", 4), at=2.0)
    assert watched.terminal.rows[1:] == ["First this. Then that."]
    assert not watched.screen.moves
    turned(watched, at=3.0)
    assert watched.terminal.rows[1:] == ["Thinking 2.0 s · 8 tokens · 3.5 tok/s · Tab opens it"]
    watched.show(Answer("42"), at=3.0)
    assert not watched.screen.listens
    turned(watched, at=3.0)
    watched.show(STOP, at=3.0)
    assert watched.end() == [
        "Thought 2.0 s · 8 tokens · 3.5 tok/s",
        "qwq history show last",
        "",
        "42",
    ]


def test_opened_it_is_no_news_where_it_is_found_later() -> None:
    watched = Watched(FOLD)
    watched.show(Thinking("First this. ", 4))
    turned(watched)
    watched.show(Answer("42"), STOP)
    assert watched.end() == ["First this.", "", "Thought 0.0 s · 4 tokens", "", "42"]


def test_opened_it_is_all_there_above_the_fold_too() -> None:
    watched = Watched(FOLD, lines=6)
    text = "".join(f"Number {number} of them. " for number in range(40))
    watched.show(Thinking(text))
    turned(watched)
    shown = " ".join(watched.terminal.rows[1:])
    assert all(f"{number} of them." in shown for number in range(40))
    turned(watched)
    assert watched.terminal.visible == ["Thinking 0.0 s · 1 token · Tab opens it"]
    assert "Number 3 of" in " ".join(watched.terminal.scrolled)


def test_what_was_taken_back_is_not_there_when_it_is_opened() -> None:
    watched = Watched(FOLD)
    watched.show(Thinking(WORDS * 9), rewound(len(WORDS)), Thinking("The end. "))
    turned(watched)
    assert watched.terminal.rows[1:] == ["So it goes on and on. The end."]


@pytest.mark.parametrize("columns", [30, 100])
def test_a_resize_leaves_no_second_line(columns: int) -> None:
    """On a terminal that makes two rows of a line that does not fit any more: the cursor stays at
    the line's beginning, as the line's first character does.
    """
    watched = Watched(FOLD, columns=60)
    watched.show(Thinking("a", 1304))
    assert watched.terminal.screen.cursor.x == 0
    watched.screen.resize((columns, 12))
    watched.show(at=2.0)
    assert watched.writes[-1].startswith("\r\x1b[2mThinking")
    assert "\x1b[J" in watched.writes[-1]


def test_others_that_wrote_below_are_not_written_over() -> None:
    """As a shell does when it stops the program and lets it go on."""
    for look in (FOLD, Look(thinking="show")):
        watched = Watched(look)
        watched.show(Thinking(WORDS * 3))
        watched.terminal.feed("\n[1]+  Stopped   qwq ask\n$ fg\n")
        watched.screen.displaced()
        watched.show(Thinking("Again. "))
        watched.show(rewound(len(WORDS)))
        assert {"[1]+  Stopped   qwq ask", "$ fg"} <= set(watched.terminal.rows)


def test_reading_a_long_prompt_is_told_with_what_is_left() -> None:
    watched = Watched(FOLD, columns=70)
    watched.show(Started("m", "e", 12_000), at=1.0)
    watched.show(Prefill(1_000, 12_000), at=2.0)
    watched.show(at=2.5)
    assert watched.terminal.rows[1:] == ["Reading 1,000 of 12,000 tokens · 8 % · 1.5 s"]
    watched.show(Prefill(3_000, 12_000), at=4.0)
    shown = "Reading 3,000 of 12,000 tokens · 25 % · 3.0 s · 9.0 s left"
    assert watched.terminal.rows[1:] == [shown]


def test_figures_leave_out_what_is_nothing() -> None:
    told = figures(
        Usage(120, 300, 16, 45, cached_tokens=140, recomputed_tokens=3),
        Timings(load_s=2.0, first_token_s=0.03, tokens_per_s=41.3),
    )
    assert told == [
        "316 tokens",
        "41 tok/s",
        "first after 30 ms",
        "loaded in 2.0 s",
        "45 taken back, 3 read again",
        "140 cached",
    ]
    assert figures(Usage(answer_tokens=1), Timings()) == ["1 token", "", "", "", "", ""]
    assert figures(Usage(), Timings()) == []


# --------------------------------------------------------------------- whatever may happen

TURNS = st.lists(st.booleans(), max_size=14)


def shown(events: Iterable[Event], turns: list[bool], columns: int) -> list[str]:
    look = Look(thinking="fold", key="Tab", lasting=False, notices=False)
    watched = Watched(look, columns=columns, lines=400)
    for number, event in enumerate(events):
        watched.show(event)
        if number < len(turns) and turns[number]:
            turned(watched)
    return watched.end()


@given(STEPS, TURNS, st.integers(9, 40))
def test_turning_it_leaves_no_trace(
    steps: list[tuple[str, str | float]], turns: list[bool], columns: int
) -> None:
    """What stands in the end is as if it had been open, or folded, from the beginning."""
    events = list(played(steps))
    ended = shown(events, turns, columns)
    assert ended in (
        shown(standing(events), [], columns),
        shown(standing(events), [True], columns),
    )


@given(STEPS, TURNS, st.integers(9, 40), st.integers(3, 8))
def test_nothing_above_is_ever_erased(
    steps: list[tuple[str, str | float]], turns: list[bool], columns: int, lines: int
) -> None:
    watched = Watched(FOLD, columns=columns, lines=lines)
    for number, event in enumerate(played(steps)):
        watched.show(event)
        if number < len(turns) and turns[number]:
            turned(watched)
    watched.end()


def test_a_loop_in_the_answer_is_counted_too() -> None:
    watched = Watched(FOLD, columns=80)
    watched.show(Thinking("a", 9), Answer("b. "), rewound(1, 0, tokens=3))
    watched.show(Thinking("c", 1), at=2.0)
    assert "1 loop taken back" in watched.terminal.rows[-1]

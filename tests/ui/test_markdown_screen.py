"""The answer as Markdown on a terminal of fixed size: drawn once, taken back whole, never twice."""

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from qwq_cli.events import Answer, Event, Finished, Noticed, Thinking, Timings, Usage
from qwq_cli.ui.screen import Look
from tests.ui.test_screen import Watched, played, rewound, standing

STOP = Finished("stop", None, Usage(), Timings())
MARKDOWN = Look(markdown=True, lasting=False, notices=False)
ANSWER = """\
**最终答案：**方块5 is *it*.

1. One with `code`
   - two

| a | b |
|---|---|
| 🙂 | **c** |

```python
def f(x):
    return x
```

The result is \\[ x = \\frac{1}{2} \\] and \\(y^2\\).
"""
SHOWN = [
    "最终答案：方块5 is it.",
    "",
    "1. One with code",
    "   ◦ two",
    "",
    "a     b",
    "────  ────",
    "🙂    c",
    "",
    "```python",
    "def f(x):",
    "    return x",
    "```",
    "",
    "The result is",
    "  x = 1/2",
    "and y².",
]


def watched(columns: int = 40, lines: int = 40, look: Look = MARKDOWN) -> Watched:
    return Watched(look, columns=columns, lines=lines)


def shown(text: str, size: int, lines: int = 40) -> tuple[Watched, list[str]]:
    screen = watched(lines=lines)
    for at in range(0, len(text), size):
        screen.show(Answer(text[at : at + size]))
    screen.show(STOP)
    return screen, screen.end()


def test_an_answer_is_rendered_as_it_comes() -> None:
    for size in (1, 3, 7, 1000):
        screen, rows = shown(ANSWER, size)
        assert rows == SHOWN
        assert screen.terminal.screen.cursor.attrs == screen.terminal.screen.default_char


def test_on_a_low_terminal_nothing_is_lost_or_twice() -> None:
    for size in (1, 5):
        assert shown(ANSWER, size, lines=4)[1] == SHOWN


def test_what_is_held_back_stands_there_as_it_is() -> None:
    screen = watched()
    screen.show(Answer("It is **very lo"))
    assert screen.terminal.rows[1:] == ["It is **very lo"]
    screen.show(Answer("ng"))
    assert screen.terminal.rows[1:] == ["It is **very long"]
    assert "\x1b[J" not in screen.writes[-1].partition("long")[0]
    screen.show(Answer("** indeed "))
    assert screen.terminal.rows[1:] == ["It is very long indeed"]
    assert "\x1b[J" not in screen.writes[-1].partition("indeed")[0]


def test_plain_prose_is_only_appended_to() -> None:
    screen = watched()
    for char in "Words come one by one, 一个接一个。 Nothing else is ever written. ":
        screen.show(Answer(char))
    assert "\x1b" not in "".join(screen.writes)


def test_without_styles_or_erasing_the_answer_is_plain() -> None:
    for look in (Look(markdown=True, styled=False), Look(markdown=True, erases=False), Look()):
        screen = watched(look=look)
        screen.show(Answer("a **b** `c`"), STOP)
        assert screen.end() == ["a **b** `c`"]
        assert "\x1b" not in "".join(screen.writes)


def test_a_rewind_takes_rendered_text_back() -> None:
    for cut in range(0, len(ANSWER) - 8, 7):
        screen = watched()
        screen.show(Answer(ANSWER[: cut + 8]))
        screen.show(rewound(0, cut))
        for at in range(cut, len(ANSWER), 9):
            screen.show(Answer(ANSWER[at : at + 9]))
        screen.show(STOP)
        assert screen.end() == SHOWN, cut


def test_a_notice_parts_the_answer_but_not_what_it_is_in() -> None:
    screen = watched(look=Look(markdown=True))
    screen.show(Answer("- a\n  ```python\n  x\n"), Noticed("language", "mixed"))
    screen.show(Answer("  y\n  ```\n"), STOP)
    rows = screen.end()
    assert rows == ["• a", "  ```python", "  x", "", "mixed", "", "  y", "  ```"]


def resized(screen: Watched, columns: int) -> None:
    screen.terminal.screen.resize(columns=columns)
    screen.screen.resize((columns, screen.terminal.screen.lines))


def test_a_wider_terminal_shows_everything_once() -> None:
    screen = watched(columns=20)
    screen.show(Answer("Some words and then **something bold"))
    resized(screen, 40)
    screen.show(Answer(" that ends** here.\n\n| a |\n|---|\n| b "))
    resized(screen, 60)
    screen.show(Answer("|\n\nEnd."), STOP)
    assert screen.end() == [
        "Some words and then",
        "something bold that ends here.",
        "",
        "a",
        "────",
        "b",
        "",
        "End.",
    ]


def test_a_narrower_terminal_keeps_what_is_above() -> None:
    screen = watched(columns=40)
    screen.show(Thinking("Kept. "), Answer("Short. **some"))
    resized(screen, 24)
    screen.show(Answer(" bold** end."), STOP)
    assert screen.end() == ["Kept.", "", "Short.", "some bold end."]


# --------------------------------------------------------------------- whatever may happen

TEXT = st.text(st.sampled_from("ab 中，。\n\n**`-|#1.$\\[]()>_"), max_size=30)
STEPS = st.lists(
    st.tuples(st.just("think"), TEXT)
    | st.tuples(st.just("answer"), TEXT)
    | st.tuples(st.just("answer"), st.sampled_from(["\n```py\n", "\n| a |\n|---|\n| b |\n"]))
    | st.tuples(st.just("back"), st.floats(0, 1)),
    max_size=14,
)
SIZES = st.tuples(st.integers(9, 40), st.integers(3, 9))


def after(events: Iterable[Event], columns: int, *, apart: bool) -> list[str]:
    screen = watched(columns, lines=400)
    if apart:
        for event in events:
            screen.show(event)
    else:
        screen.show(*events)
    return screen.end()


@given(steps=STEPS, columns=st.integers(9, 40), apart=st.booleans())
def test_what_was_taken_back_leaves_no_trace(
    steps: list[tuple[str, str | float]], columns: int, *, apart: bool
) -> None:
    events = list(played(steps))
    assert after(events, columns, apart=apart) == after(standing(events), columns, apart=False)


@given(STEPS, SIZES, st.lists(SIZES, max_size=14))
def test_nothing_above_is_ever_erased(
    steps: list[tuple[str, str | float]], size: tuple[int, int], sizes: list[tuple[int, int]]
) -> None:
    """Also where the terminal changes its size between any two events."""
    screen = Watched(Look(markdown=True), columns=size[0], lines=size[1])
    for number, event in enumerate(played(steps)):
        screen.show(event)
        if number < len(sizes) and sizes[number][0] >= size[0]:
            size = sizes[number]
            resized(screen, size[0])
    screen.end()

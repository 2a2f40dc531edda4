"""Screens as they are to look, at three sizes: whole runs, from the engine's tokens to the cells.

Time passes as the test says, so that every figure is the same each time.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import pytest

from qwq_cli.engines.scripted import Script, Scripted
from qwq_cli.events import Event, Finished, Prefill, Rewound, Started, Timings
from qwq_cli.generate import generate
from qwq_cli.request import Message, Request
from qwq_cli.ui.screen import Look, Screen
from tests import snapshots

if TYPE_CHECKING:
    from tests.terminal import Terminal

SIZES = [(80, 24), (44, 14), (20, 10)]
TOKEN_S = 0.02
LOOK = Look(markdown=True, key="Tab", later="qwq history show last")
STEPS = "First, the cards by suit.\n\nHearts have 5 and 9, spades have 5.\n\n"
CIRCLE = "Wait, let me check again: the five is in both suits, so it is not alone.\n\n"
ANSWER = r"""
</think>

## The answer 答案 👩‍👩‍👧

It is the **9 of Hearts**, *not* `5♥`, because \( \frac{1}{2} < x_1^2 \):

1. P does not know, so the rank is in [both](https://example.org/suits) suits;
   - which a nine is not 🇩🇪
2. ~~so~~ it is settled.

| suit | ranks | 说明 |
|:-----|:-----:|-----:|
| hearts | 5, 9 | 两张牌 |
| spades | 5 | 一张牌，很长很长的说明 |

```python
def f(x: int) -> str:  # a comment
    return f"{x ** 2}"
```

> What stands in a quote is as long as any other text and wraps.

\[ \sum_{i=1}^{n} i = \frac{n(n+1)}{2} \]

\boxed{9♥}
"""
TAKES = (f"{STEPS}{CIRCLE * 20}", CIRCLE * 20, f"So it is the nine.{ANSWER}")


@dataclass
class Shown:
    """A terminal, the screen that writes to it, and a clock."""

    look: Look
    size: tuple[int, int]
    now: float = 0.0

    def __post_init__(self) -> None:
        self.terminal: Terminal = snapshots.terminal(*self.size)
        self.terminal.feed("$ qwq ask\n")
        self.screen = Screen(self.look, self.size, "toy", self.now)

    def show(self, *events: Event) -> None:
        for event in events:
            self.now += TOKEN_S
            self.terminal.feed(self.screen.frame((event,), self.now))

    def resize(self, columns: int) -> None:
        self.terminal.screen.resize(columns=columns)
        self.screen.resize((columns, self.size[1]))

    def turn(self) -> None:
        self.screen.turn()
        self.terminal.feed(self.screen.frame((), self.now))

    def end(self) -> None:
        self.terminal.feed(self.screen.close(self.now))


def events() -> Iterator[Event]:
    """A run in which a loop is taken back twice; its times are left out."""
    engine = Scripted(Script(TAKES, style="tags", opens_thinking=True))
    for event in generate(engine, Request((Message("user", "Which card?"),))):
        timings = Timings(load_s=1.2, first_token_s=0.4, tokens_per_s=50.0)
        yield replace(event, timings=timings) if isinstance(event, Finished) else event


def thinking() -> list[Event]:
    """Those of it up to the first text that is taken back, and not that."""
    every = list(events())
    return every[: next(at for at, one in enumerate(every) if isinstance(one, Rewound))]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: "x".join(map(str, size)))
@pytest.mark.parametrize("view", ["show", "fold", "hide"])
def test_a_run(
    size: tuple[int, int], view: Literal["show", "fold", "hide"], request: pytest.FixtureRequest
) -> None:
    shown = Shown(replace(LOOK, thinking=view), size)
    shown.show(*events())
    shown.end()
    name = f"run-{view}-{size[0]}x{size[1]}"
    snapshots.check(name, snapshots.read(shown.terminal), request)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: "x".join(map(str, size)))
def test_on_the_way(size: tuple[int, int], request: pytest.FixtureRequest) -> None:
    """One after the other: loading, reading, folded, opened, folded again, interrupted."""
    shown = Shown(replace(LOOK, thinking="fold"), size)
    seen = []

    def look() -> None:
        seen.append(snapshots.read(shown.terminal))

    shown.now = 2.5
    shown.terminal.feed(shown.screen.frame((), shown.now))
    look()
    shown.show(Started("toy", "scripted", 12_000), Prefill(2_000, 12_000))
    shown.now += 3
    shown.show(Prefill(6_000, 12_000))
    look()
    first = thinking()[2:]
    shown.show(*first[:60])
    look()
    shown.turn()
    shown.show(*first[60:90])
    look()
    shown.turn()
    look()
    end = next(event for event in events() if isinstance(event, Finished))
    shown.show(replace(end, reason="interrupted", final=None))
    shown.end()
    look()
    snapshots.check(f"way-{size[0]}x{size[1]}", "\n".join(seen), request)


@pytest.mark.parametrize(("columns", "then"), [(60, 30), (30, 60)])
def test_a_resize_in_the_middle(columns: int, then: int, request: pytest.FixtureRequest) -> None:
    """Once while it thinks, once in a table that is not laid out yet."""
    shown = Shown(LOOK, (columns, 14))
    every = list(events())
    table = next(at for at, one in enumerate(every) if getattr(one, "text", "") == "两")
    shown.show(*every[:40])
    shown.resize(then)
    shown.show(*every[40:table])
    shown.resize(columns)
    shown.show(*every[table:])
    shown.end()
    snapshots.check(f"resize-{columns}-{then}", snapshots.read(shown.terminal), request)


@pytest.mark.parametrize(
    ("name", "look"),
    [
        ("no-colour", replace(LOOK, styled=False)),
        ("dumb", replace(LOOK, styled=False, erases=False)),
        ("quiet", replace(LOOK, waits=False, notices=False)),
    ],
)
def test_less(name: str, look: Look, request: pytest.FixtureRequest) -> None:
    shown = Shown(look, (60, 14))
    shown.show(*events())
    shown.end()
    snapshots.check(name, snapshots.read(shown.terminal), request)

"""What showing a stream costs: CPU a token, beside rich's `Live(Markdown)` of the same text.

Each token is a frame of its own, as it is on a terminal at up to sixty tokens a second, and goes
through all that stands between the loop and the terminal's file: sanitiser, Markdown, rows. The
peer draws the whole text anew ten times a second while thirty tokens a second come. To draw every
frame of a long answer takes it most of an hour, so a few are drawn, spread evenly over the answer,
and stand for the others. Goals: thinking at most 10 us a token, an answer at most 200, and the last
4,000 tokens of 32,000 at most 1.5 times as dear as the first ones, whatever shape the text has.

The last figure is the live sink as a whole, its thread and its writes to a pseudo-terminal too.
"""

import argparse
import io
import itertools
import os
import pty
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import keep, median, table, verdict
from qwq_cli.engines.scripted import cut
from qwq_cli.events import Answer, Thinking
from qwq_cli.ui.live import Live
from qwq_cli.ui.output import Output
from qwq_cli.ui.screen import Look, Screen

COLUMNS, LINES = SIZE = (100, 40)
LOOK = Look(markdown=True)
LENGTHS = (1_000, 4_000, 16_000, 32_000)
EARLY, LATE = (1_000, 4_000), (28_000, 32_000)
STEP = 1_000
FLAT = 1.5
GOALS = {"thinking": 10.0}
"""Microseconds of CPU a token."""
USUAL_GOAL = 200.0
PEER_FRAMES = 5
PEER_TOKENS_A_FRAME = 3
PACE_S, PACED_TOKENS = 1 / 30, 150

SECTION = r"""## Step {n}: what follows from it

First we look at **case {n}**, where `f(x)` is \( x^2 + {n} \), and it *must* hold that the sum of
both is even; see [the page](https://example.org/{n}) for more. 其次，我们看看红桃和方块有哪些点数。

- one thing that is so
- another, with `code` and **bold text** in it
  1. nested, and longer than most of the lines around it, so that it has to be wrapped somewhere

```python
def step_{n}(x: int) -> int:
    return x ** 2 + {n}  # that is all
```

\[ \int_0^{n} x\,dx = \frac{{{n}^2}}{{2}} \]

| a | b | c |
|---|--:|---|
| {n} | 12 | `x` |
| 3 | 45 | yes |

"""
THOUGHT = (
    "So number {n} would be larger than the sum of the others. Wait, that can't be right; let me "
    "check it once more. 先看每个点数在哪些花色里。\n\n"
)
SHAPES: dict[str, tuple[str, str]] = {
    "thinking": ("", THOUGHT),
    "answer": ("", SECTION),
    "one code fence": ("```python\n", "    x_{n} = compute(y, 'text {n}')  # step {n}\n"),
    "one paragraph": ("", "And **the {n}th** word is followed by `another`, and \\(x_{n}\\), "),
    "one table": ("| n | name | value |\n|---|---|--:|\n", "| {n} | the **{n}th** | {n}0 |\n"),
}
"""What a text begins with, and what it goes on with. 32,000 tokens of the code are 2,000 lines."""


def tokens(shape: str, count: int) -> list[str]:
    """The first tokens of such a text."""
    start, more = SHAPES[shape]

    def parts() -> Iterator[str]:
        yield from cut(start)
        for number in itertools.count(1):
            yield from cut(more.format(n=number))

    return list(itertools.islice(parts(), count))


@dataclass(frozen=True, slots=True)
class Shown:
    """CPU seconds for each thousand tokens of one text."""

    steps: tuple[float, ...]

    def a_token(self, first: int, last: int) -> float:
        """Microseconds a token, from one token to another."""
        steps = self.steps[first // STEP : last // STEP]
        return sum(steps) / (last - first) * 1e6

    @property
    def growth(self) -> float:
        """How much dearer the last tokens are than the first."""
        return self.a_token(*LATE) / self.a_token(*EARLY)


def show(shape: str, texts: list[str]) -> Shown:
    """Show a text on a screen, a frame for each token."""
    kind = Thinking if shape == "thinking" else Answer
    screen = Screen(LOOK, SIZE, "model", 0.0)
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        output = Output(nowhere, "nowhere")
        steps = []
        for at in range(0, len(texts), STEP):
            events = [kind(text) for text in texts[at : at + STEP]]
            begun = time.thread_time()
            for event in events:
                screen.resize(SIZE)
                frame = screen.frame((event,), 1.0)
                if frame:
                    output.write(frame)
            steps.append(time.thread_time() - begun)
    return Shown(tuple(steps))


def peer(texts: list[str]) -> float:
    """CPU seconds that rich takes, from the frames that are drawn."""
    from rich.console import Console
    from rich.live import Live as RichLive
    from rich.markdown import Markdown

    console = Console(file=io.StringIO(), force_terminal=True, width=COLUMNS, height=LINES)
    frames = len(texts) // PEER_TOKENS_A_FRAME
    with RichLive(console=console, auto_refresh=False) as live:
        begun = time.thread_time()
        for number in range(PEER_FRAMES):
            end = len(texts) * (2 * number + 1) // (2 * PEER_FRAMES)
            live.update(Markdown("".join(texts[:end])), refresh=True)
        return (time.thread_time() - begun) / PEER_FRAMES * frames


def live(texts: list[str]) -> float:
    """CPU seconds of this whole process while the live sink shows a text at its usual pace."""
    ours, theirs = pty.openpty()
    reader = threading.Thread(target=_drain, args=(ours,), daemon=True)
    reader.start()
    with os.fdopen(theirs, "w", encoding="utf-8") as stream:
        sink = Live(Output(stream, "a terminal"), LOOK, "model")
        wait = threading.Event().wait
        begun = time.process_time()
        for text in texts:
            sink.show(Answer(text))
            wait(PACE_S)
        used = time.process_time() - begun
        sink.close()
    reader.join()
    os.close(ours)
    return used


def _drain(terminal: int) -> None:
    try:
        while os.read(terminal, 65536):
            pass
    except OSError:  # how Linux tells that the other end is closed
        return


def middle(rounds: int, case: Callable[[], Shown]) -> Shown:
    """The median of each step over some rounds."""
    steps = zip(*(case().steps for _ in range(rounds)), strict=True)
    return Shown(tuple(map(median, steps)))


def report(shape: str, rounds: int) -> tuple[list[tuple[str, ...]], dict[str, object]]:
    """The table's rows for one shape, and what is kept of it."""
    texts = tokens(shape, LENGTHS[-1])
    shown = middle(rounds, lambda: show(shape, texts))
    rows: list[tuple[str, ...]] = []
    figures: dict[str, object] = {}
    for length in LENGTHS:
        ours, theirs = shown.a_token(0, length), peer(texts[:length]) / length * 1e6
        goal = verdict(ours, GOALS.get(shape, USUAL_GOAL), at_most=True)
        rows.append((shape, f"{length:,}", f"{ours:.1f}", goal, f"{theirs:,.0f}", ""))
        figures[f"{length}"] = {"us_a_token": round(ours, 2), "rich_us_a_token": round(theirs)}
    grown = f"{shown.growth:.2f} {verdict(shown.growth, FLAT, at_most=True)}"
    rows[-1] = (*rows[-1][:-1], grown)
    return rows, {"tokens": figures, "late_over_early": round(shown.growth, 3)}


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5, help="times each is shown (default: 5)")
    options = parser.parse_args()
    rows: list[tuple[str, ...]] = [("CPU us a token", "tokens", "qwq", "goal", "rich", "flat")]
    kept: dict[str, object] = {}
    for shape in SHAPES:
        more, kept[shape] = report(shape, options.rounds)
        rows += more
    print(table(rows))
    whole = live(tokens("answer", PACED_TOKENS)) / PACED_TOKENS * 1e6
    print(f"\nthe live sink as a whole, thirty tokens a second: {whole:.0f} us a token")
    kept["live sink, 30 tokens/s"] = {"us_a_token": round(whole)}
    print(keep("render", {"rounds": options.rounds, "shapes": kept}))


if __name__ == "__main__":
    main()

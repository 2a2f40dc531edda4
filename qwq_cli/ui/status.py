"""What is said of a generation in a line: how far it is, what was taken back and put in, and why.

Knows numbers and events, no terminal and no clock.
"""

from collections.abc import Sequence
from typing import Final

from qwq_cli.events import LoopAction, Rewound, Steered, Timings, Usage, Why
from qwq_cli.ui.wrap import cells, clip

_MINUTE = 60
_MOMENT = 0.095
_PART = " · "
_SHORT = len("9.9")
_SLOW_S = 1.0
"""Loading that takes less is not told."""


def duration(seconds: float) -> str:
    """`28 ms`, `3.2 s`, `2 min 05 s`, `3 h 07 min`."""
    if 0 < seconds < _MOMENT:
        return f"{1000 * seconds:.0f} ms"
    if seconds < _MINUTE:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(int(seconds), _MINUTE)
    hours, left = divmod(minutes, _MINUTE)
    return f"{hours:,} h {left:02d} min" if hours else f"{minutes} min {rest:02d} s"


def joined(parts: Sequence[str]) -> str:
    """The parts of a line, without those that are empty."""
    return _PART.join(filter(None, parts))


def fitted(parts: Sequence[str], width: int, order: Sequence[int]) -> str:
    """As many parts of a line as fit, chosen in this order; of the first at least its beginning."""
    chosen: set[int] = set()
    for at in order:
        line = joined([part for place, part in enumerate(parts) if place in chosen | {at}])
        if not chosen or cells(line) <= width:
            chosen.add(at)
    return clip(joined([part for place, part in enumerate(parts) if place in chosen]), width)


def pace(verb: str, seconds: float, tokens: int, gone: int, loops: int) -> list[str]:
    """`Thinking 12.4 s`, `1,304 tokens`, `105 tok/s`, `2 loops taken back`: always four parts.

    The seconds count from the first token, and the rate counts the tokens that were made and are
    gone, too.
    """
    made = tokens + gone
    rate = _rate((made - 1) / seconds) if made > 1 and seconds > 0 else ""
    back = f"{loops:,} loop{'' if loops == 1 else 's'} taken back" if loops else ""
    return [f"{verb} {duration(seconds)}", count(tokens), rate, back]


def reading(done: int, total: int, seconds: float, ahead_s: float | None) -> list[str]:
    """`Reading 1,024 of 12,000 tokens`, `8 %`, `3.1 s`, `33.3 s left`: always four parts.

    `ahead_s`: how long it will yet take, where that is known.
    """
    left = "" if ahead_s is None else f"{duration(ahead_s)} left"
    share = f"{100 * done // total} %" if total else ""
    return [f"Reading {done:,} of {total:,} tokens", share, duration(seconds), left]


_THEN: Final[dict[LoopAction, str]] = {
    "rewound": "the model goes on from before it",
    "refocused": "the model goes on another way",
    "forced": "the answer is asked for",
    "kept": "the first copy is the answer",
    "stopped": "that is the end",
    "reported": "",
}
_SPENT: Final[dict[Why, str]] = {
    "budget": "the budget for thinking is spent; the answer is asked for",
    "room": "the tokens are nearly spent; the answer is asked for",
}


def taken_back(event: Rewound) -> str:
    """`a loop was taken back: 345 tokens, exact; the model goes on from before it`."""
    if event.switch is not None:
        switch = event.switch
        return (
            f"the {switch.part} went over from {switch.was} to {switch.now}; "
            f"{count(event.trimmed_tokens)} taken back"
        )
    if event.loop is None:
        return f"{count(event.trimmed_tokens)} taken back"
    what = f"{count(event.trimmed_tokens)}, {event.loop.kind}"
    where = " in the answer" if event.loop.part == "answer" else ""
    return f"a loop{where} was taken back: {what}; {_THEN[event.loop.action]}"


def put_in(event: Steered) -> str:
    """Why the answer is asked for, "" where a line on what was taken back says it."""
    return _SPENT.get(event.why, "")


def figures(usage: Usage, timings: Timings) -> list[str]:
    """What an answer took: `1,316 tokens`, `41 tok/s`, and then what else there is to tell.

    Such as `first after 0.4 s`, `345 taken back, 3 read again`, `1,204 cached`;
    after something was taken back, the cache held what stood of the answer, too.
    """
    made = usage.reasoning_tokens + usage.answer_tokens
    if not made + usage.trimmed_tokens:
        return []
    gone = ""
    if usage.trimmed_tokens:
        again = f", {usage.recomputed_tokens:,} read again"
        gone = f"{usage.trimmed_tokens:,} taken back{again * bool(usage.recomputed_tokens)}"
    return [
        count(made),
        _rate(timings.tokens_per_s) if timings.tokens_per_s else "",
        f"first after {duration(timings.first_token_s)}" if timings.first_token_s else "",
        f"loaded in {duration(timings.load_s)}" if timings.load_s >= _SLOW_S else "",
        gone,
        f"{usage.cached_tokens:,} cached" if usage.cached_tokens else "",
    ]


def count(tokens: int) -> str:
    """`1 token`, `1,304 tokens`."""
    return f"{tokens:,} token{'' if tokens == 1 else 's'}"


def _rate(tokens_per_s: float) -> str:
    """`41 tok/s`; below ten a digit more."""
    shown = f"{tokens_per_s:.1f}"
    return f"{shown if len(shown) <= _SHORT else f'{tokens_per_s:,.0f}'} tok/s"

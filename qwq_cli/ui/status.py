"""What is said of a generation in a line: how far it is, what was taken back and put in, and why.

Knows numbers and events, no terminal and no clock.
"""

from typing import Final

from qwq_cli.events import LoopAction, Rewound, Steered, Usage, Why

_MINUTE = 60


def duration(seconds: float) -> str:
    """`3.2 s`, `2 min 05 s`."""
    if seconds < _MINUTE:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(int(seconds), _MINUTE)
    return f"{minutes} min {rest:02d} s"


def pace(verb: str, seconds: float, tokens: int, gone: int = 0) -> str:
    """`Thinking 12.4 s · 1,304 tokens · 105 tok/s`; the seconds count from the first token, and the
    rate counts the tokens that were made and are gone, too.
    """
    line = f"{verb} {duration(seconds)} · {_tokens(tokens)}"
    if tokens + gone > 1 and seconds > 0:
        line += f" · {(tokens + gone - 1) / seconds:,.0f} tok/s"
    return line


def reading(done: int, total: int, seconds: float) -> str:
    """`Reading 1,024 of 12,000 tokens · 3.1 s`."""
    return f"Reading {done:,} of {total:,} tokens · {duration(seconds)}"


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
            f"{_tokens(event.trimmed_tokens)} taken back"
        )
    if event.loop is None:
        return f"{_tokens(event.trimmed_tokens)} taken back"
    what = f"{_tokens(event.trimmed_tokens)}, {event.loop.kind}"
    return f"a loop was taken back: {what}; {_THEN[event.loop.action]}"


def put_in(event: Steered) -> str:
    """Why the answer is asked for, "" where a line on what was taken back says it."""
    return _SPENT.get(event.why, "")


def loops(count: int) -> str:
    """` · 2 loops taken back`, to be put behind a line; "" for none."""
    return f" · {count:,} loop{'' if count == 1 else 's'} taken back" if count else ""


def cost(usage: Usage) -> str:
    """`345 tokens taken back · 3 evaluated again, 1,204 kept in the cache`."""
    return (
        f"{_tokens(usage.trimmed_tokens)} taken back · "
        f"{usage.recomputed_tokens:,} evaluated again, {usage.cached_tokens:,} kept in the cache"
    )


def _tokens(count: int) -> str:
    return f"{count:,} token{'' if count == 1 else 's'}"

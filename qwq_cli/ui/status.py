"""The one line that says how far the model is. Knows numbers, no terminal and no clock."""

_MINUTE = 60


def duration(seconds: float) -> str:
    """`3.2 s`, `2 min 05 s`."""
    if seconds < _MINUTE:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(int(seconds), _MINUTE)
    return f"{minutes} min {rest:02d} s"


def pace(verb: str, seconds: float, tokens: int) -> str:
    """`Thinking 12.4 s · 1,304 tokens · 105 tok/s`; the seconds count from the first token."""
    line = f"{verb} {duration(seconds)} · {tokens:,} token{'' if tokens == 1 else 's'}"
    if tokens > 1 and seconds > 0:
        line += f" · {(tokens - 1) / seconds:,.0f} tok/s"
    return line


def reading(done: int, total: int, seconds: float) -> str:
    """`Reading 1,024 of 12,000 tokens · 3.1 s`."""
    return f"Reading {done:,} of {total:,} tokens · {duration(seconds)}"

"""Ids of turns: short, in the order of time, and addressed by their beginning. Know no database.

Eleven characters: forty bits of milliseconds since 2020, which last until 2054, and fifteen random
bits. The alphabet is Crockford's base 32, in lower case: no i, l, o or u, which are misread.
"""

import re
import time
from os import urandom

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_LENGTH = 11
_EPOCH_MS = 1_577_836_800_000  # 2020-01-01
_RANDOM_BITS = 15
_MISREAD = str.maketrans("ilo", "110")
_ID = re.compile(f"[{_ALPHABET}]{{1,{_LENGTH}}}")


def now_ms() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def new_id() -> str:
    """An id that nobody else draws, greater than those of earlier milliseconds."""
    ms = max(now_ms() - _EPOCH_MS, 0)
    number = ms << _RANDOM_BITS | int.from_bytes(urandom(2), "big") >> 16 - _RANDOM_BITS
    characters = (_ALPHABET[number >> 5 * place & 31] for place in reversed(range(_LENGTH)))
    return "".join(characters)


def beginning(text: str) -> str | None:
    """What was typed, as the beginning of an id; None where no id begins so."""
    text = text.lower().translate(_MISREAD)
    return text if _ID.fullmatch(text) else None

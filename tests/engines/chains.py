"""A language model that says one text: a vocabulary with an entry for each step of the text.

Knows which token follows which, and codes for the weights that make it so. Does not know how an
engine stores a vocabulary or weights.

A token of the text leads to the next one, so the model says the same after a rewind, from wherever
the kept text ends. A tokeniser finds none of these tokens: what it makes of a prompt, or of text
that is inserted, leads to the beginning.
"""

import re
import struct
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

START, END, OPEN, CLOSE = "<|im_start|>", "<|im_end|>", "<think>", "</think>"
SPECIALS = (START, END, OPEN, CLOSE)
"""The control tokens, at the ids 0 to 3."""
END_ID = SPECIALS.index(END)

CHATML = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}"
    "<|im_end|>\n{% endfor %}{{ '<|im_start|>assistant\n' }}"
)
"""A chat template of a model that does not think."""
THINKING = f"{CHATML}{{{{ '{OPEN}\n' }}}}"
"""A chat template that opens the thinking: the text is a thought up to its `</think>`."""

WIDTH = 32
"""Of the model: numbers in a row of weights. The first half of a row is the code of a token."""
MOST_TOKENS = 2 ** (WIDTH // 2)
GAP = 1000.0
"""The scale of the last norm: any other token's logit is at least twice this lower."""

_MULTIPLE = 32
"""Of it is the number of tokens, or ExLlamaV2 takes more for known."""
_FILLER = "filler"

_SIGN = r"(?:(?!</?think>)\W)"
_PIECE = re.compile(rf"</?think>|{_SIGN}{{0,2}}\w{{1,6}}|{_SIGN}{{1,2}}")
_ENDINGS = ("", *(f"\\x{char}" for char in map(chr, range(33, 127)) if char != "\\"))
_OCTETS = [
    struct.pack("<8e", *(1 if byte >> bit & 1 else -1 for bit in range(8))) for byte in range(256)
]


class Kind(Enum):
    """How a tokeniser treats an entry of the vocabulary."""

    CONTROL = "control"
    ADDED = "added"
    """Found first, wherever it stands, as plain text."""
    NORMAL = "normal"


@dataclass(frozen=True, slots=True)
class Entry:
    """One token. `copy`: 0 for the one that a tokeniser finds, else which of those that say the
    same; at most `copies(text)`.
    """

    text: bytes
    copy: int = 0
    kind: Kind = Kind.NORMAL


class Chain:
    """The whole vocabulary. `follows[id]` is the id of the token that comes after `id`."""

    def __init__(
        self,
        text: str | Sequence[str],
        *,
        forever: bool = False,
        before: str = "",
        after: Mapping[str, str] | None = None,
    ) -> None:
        """`text` is cut into tokens, unless it is a sequence of them. `forever`: it is said again
        and again. `before` is said once, before it. `after`: what is said after inserted text
        that ends with a key; after other text, everything is said from the beginning.

        Raises ValueError for more tokens than there can be.
        """
        self.entries = [Entry(text.encode(), kind=Kind.CONTROL) for text in SPECIALS]
        self._copies: Counter[str] = Counter()
        self._linked: dict[int, int] = {}
        pieces = self._ids(text)
        if forever and not pieces:
            raise ValueError("no text can't be said for ever")
        first = pieces[0] if pieces else END_ID
        self._link([*pieces, first if forever else END_ID])
        self._begin = self._link([*self._ids(before), first])
        for key, said in (after or {}).items():
            begin = self._link([*self._ids(said), END_ID])
            self._add(Entry(key.encode(), kind=Kind.ADDED), begin)
        self._add_found()
        if len(self.entries) > MOST_TOKENS:
            raise ValueError(f"{len(self.entries):,} tokens are more than {MOST_TOKENS:,}")
        self.follows = [
            self._linked.get(number, self._begin) for number in range(len(self.entries))
        ]

    def embeddings(self) -> bytes:
        """Rows of float16, one a token: the code of the token that follows it."""
        ones = struct.pack(f"<{WIDTH // 2}e", *[1] * (WIDTH // 2))
        return b"".join(_code(number) + ones for number in self.follows)

    def heads(self) -> bytes:
        """Rows of float16, one a token: its code, less what the code gives with itself, so that
        its logit is 0 where it comes next and negative elsewhere: no penalty changes the order.
        """
        less = struct.pack(f"<{WIDTH // 2}e", *[-1] * (WIDTH // 2))
        return b"".join(_code(number) + less for number in range(len(self.entries)))

    def _ids(self, text: str | Sequence[str]) -> list[int]:
        """New tokens that say this text; its first tags are the control tokens."""
        ids = []
        for piece in self._cut(text) if isinstance(text, str) else text:
            self._copies[piece] += 1
            tag = SPECIALS.index(piece) if piece in (OPEN, CLOSE) else 0
            if tag and self._copies[piece] == 1:
                ids.append(tag)
                continue
            if self._copies[piece] > copies(piece):
                raise ValueError(f"{piece!r} is said more than {copies(piece):,} times")
            ids.append(len(self.entries))
            self.entries.append(Entry(piece.encode(), self._copies[piece]))
        return ids

    def _cut(self, text: str) -> list[str]:
        """Words, or a few signs; joined to the next where there can't be more of the same."""
        pieces: list[str] = []
        counts = self._copies.copy()
        waiting = ""
        for found in _PIECE.findall(text):
            waiting += found
            if counts[waiting] < copies(waiting):
                counts[waiting] += 1
                pieces.append(waiting)
                waiting = ""
        while pieces and counts[waiting] >= copies(waiting):
            waiting = pieces.pop() + waiting
        return [*pieces, waiting] if waiting else pieces

    def _link(self, ids: list[int]) -> int:
        """Each leads to the next; the first of them."""
        self._linked.update(pairwise(ids))
        return ids[0]

    def _add(self, entry: Entry, follows: int) -> None:
        self._linked[len(self.entries)] = follows
        self.entries.append(entry)

    def _add_found(self) -> None:
        """What a tokeniser finds in a text, last of all: where several entries say the same, the
        last is found.
        """
        taken = {entry.text for entry in self.entries if not entry.copy}
        found = dict.fromkeys(entry.text for entry in self.entries if len(entry.text) > 1)
        found_first = [text for text in found if text not in taken]
        found_last = [bytes([byte]) for byte in range(256)]
        rest = -(len(self.entries) + len(found_first) + len(found_last)) % _MULTIPLE
        more = range(self._copies[_FILLER] + 1, self._copies[_FILLER] + 1 + rest)
        self.entries += [Entry(_FILLER.encode(), copy) for copy in more]
        self.entries += map(Entry, [*found_first, *found_last])


def copies(piece: str) -> int:
    """How many entries of a vocabulary can say the same, see `spelled`."""
    return (1 << len(piece)) * len(_ENDINGS) - 1


def spelled(entry: Entry) -> bytes:
    """The entry as RWKV's vocabulary has it, where every copy is another string.

    Each character is itself or in escapes, by the bits of `copy`; an escape that is cut off at the
    end says nothing.
    """
    if len(entry.text) == 1 and entry.text >= b"\x80":
        return b"\\x%02x" % entry.text[0]
    shape, ending = divmod(entry.copy, len(_ENDINGS))
    chars = (
        "".join(f"\\x{byte:02x}" for byte in char.encode())
        if shape >> place & 1
        else char.replace("\\", "\\\\")
        for place, char in enumerate(entry.text.decode())
    )
    return ("".join(chars) + _ENDINGS[ending]).encode()


def _code(number: int) -> bytes:
    """A number's bits as 1 and -1: no two codes agree."""
    return _OCTETS[number & 255] + _OCTETS[number >> 8]

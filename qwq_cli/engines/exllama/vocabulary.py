"""Texts to ids and back, exactly: no control token out of what people wrote, no character cut.

Knows the `tokenizers` library, which ExLlamaV2's own tokenizer stands on. That one is not asked:
it reads `<|im_end|>` in a user's text as the control token even when told not to, and what it
holds back of a text when a stop token comes is lost.
"""

import codecs
import re
from collections.abc import Iterable
from typing import Any

from qwq_cli.engines.base import Part
from qwq_cli.engines.control import guarded
from qwq_cli.errors import BadInputError, UnavailableError

_SHOWN = ("<think>", "</think>")
"""Control tokens that are text for whoever reads: the thinking's tags."""

_BYTE_PIECE = re.compile(r"<0x([0-9A-F]{2})>")


class Vocabulary:
    """One tokenizer, a `tokenizers.Tokenizer`. Any thread may use it."""

    def __init__(self, tokenizer: Any) -> None:  # noqa: ANN401 - no types
        """Raises UnavailableError for a kind of pieces that it can't turn into bytes."""
        self._tokenizer = tokenizer
        added = tokenizer.get_added_tokens_decoder()
        self.specials: dict[str, int] = {
            token.content: number for number, token in added.items() if token.content.strip()
        }
        """Every text that is read as one token wherever it stands, with its id; not the runs of
        blanks that some models have for code."""
        self._bytes: dict[int, bytes] = {
            number: b"" if token.special and token.content not in _SHOWN else token.content.encode()
            for number, token in added.items()
        }
        self._find = re.compile("|".join(map(re.escape, sorted(self.specials, key=len)[::-1])))
        self._special_ids = frozenset(self.specials.values())
        self._chars = self._alphabet()
        self.longest_token = max(map(len, tokenizer.get_vocab()), default=0)
        """Characters; each stands for a byte of text, or for more than one."""

    def _alphabet(self) -> dict[str, int] | None:
        """What a piece's characters stand for: bytes by a table, or themselves (None)."""
        newline = "".join(self._tokenizer.encode("\n", add_special_tokens=False).tokens)
        if newline == "Ċ":
            return _byte_level()
        if self._tokenizer.token_to_id("<0x0A>") is not None:
            return None
        raise UnavailableError(
            "this model's tokenizer is of an unknown kind", "neither byte-level nor SentencePiece"
        )

    def encode(self, parts: Iterable[Part]) -> list[int]:
        """The ids of a prompt; control tokens come out of control parts alone.

        Raises BadInputError for what is no text, and for a text that would be read as a control
        token in spite of all.
        """
        ids: list[int] = []
        for piece in guarded(parts, self.specials):
            try:
                found: list[int] = self._tokenizer.encode(piece.text, add_special_tokens=False).ids
            except (TypeError, UnicodeError) as error:
                raise BadInputError("the prompt is no valid text", str(error)) from error
            # (A tokenizer that normalises texts could find one where none was written.)
            written = len(self._find.findall(piece.text)) if self.specials else 0
            if sum(number in self._special_ids for number in found) > written:
                raise BadInputError(
                    "the prompt holds the text of a control token",
                    "this model can't be given it as plain text",
                    "write it differently",
                )
            ids += found
        return ids

    def bytes_of(self, number: int) -> bytes:
        """What one token says; b"" for control tokens and ids that are none."""
        known = self._bytes.get(number)
        if known is None:
            known = self._bytes[number] = self._spell(self._tokenizer.id_to_token(number) or "")
        return known

    def _spell(self, piece: str) -> bytes:
        if self._chars is not None:
            return bytes(self._chars[char] for char in piece if char in self._chars)
        byte = _BYTE_PIECE.fullmatch(piece)
        return bytes([int(byte[1], 16)]) if byte else piece.replace("▁", " ").encode()


class Reader:
    """Ids to texts that end where a character does."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._read = ""

    def feed(self, number: int) -> str | None:
        """The text up to this token, from the last one that was given; None inside a character."""
        self._read += self._decoder.decode(self._vocabulary.bytes_of(number))
        return None if self._decoder.getstate()[0] else self.rest()

    def rest(self) -> str:
        """What is complete of a text that ends here."""
        text, self._read = self._read, ""
        return text


def _byte_level() -> dict[str, int]:
    """Byte-level BPE writes a byte as a character that can be printed: those that can stand for
    themselves, the others are 256 and on, in order (as GPT-2's tokenizer has it).
    """
    plain = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1)]
    plain += range(ord("®"), ord("ÿ") + 1)
    others = [byte for byte in range(256) if byte not in plain]
    table = {chr(byte): byte for byte in plain}
    return table | {chr(256 + place): byte for place, byte in enumerate(others)}

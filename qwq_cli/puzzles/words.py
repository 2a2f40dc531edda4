"""What all kinds of puzzles share about their texts: languages, wordings. Knows no kind."""

import re
from typing import Final, Literal, TypeAlias, get_args

Language: TypeAlias = Literal["zh", "en"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)

Wording: TypeAlias = Literal["announcement", "common", "rare"]
"""announcement: the words of the QwQ-32B-Preview announcement (English: the same, translated).
common: many wordings. rare: others, disjoint from both in phrases, names and layouts."""
WORDINGS: Final[tuple[Wording, ...]] = get_args(Wording)


def language(text: str) -> Language:
    """Chinese if the text has Han characters at all, for names and ranks are often Latin."""
    return "zh" if re.search(r"[一-鿿]", text) else "en"

"""What one can ask for: kinds of puzzles, languages, difficulties, wordings. Knows names only."""

import re
from typing import Final, Literal, TypeAlias, get_args

Language: TypeAlias = Literal["zh", "en"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)

Wording: TypeAlias = Literal["announcement", "common", "rare"]
"""announcement: the words of the QwQ-32B-Preview announcement (English: the same, translated).
common: many wordings. rare: others, disjoint from both in phrases, names and layouts."""
WORDINGS: Final[tuple[Wording, ...]] = get_args(Wording)

Difficulty: TypeAlias = Literal["easy", "medium", "hard"]
DIFFICULTIES: Final[tuple[Difficulty, ...]] = get_args(Difficulty)

KindName: TypeAlias = Literal[
    "cards", "knights", "orders", "equations", "columns", "remainders", "truth"
]
KINDS: Final[tuple[KindName, ...]] = get_args(KindName)


def language(text: str) -> Language:
    """Chinese if the text has Han characters at all, for names and ranks are often Latin."""
    return "zh" if re.search(r"[一-鿿]", text) else "en"

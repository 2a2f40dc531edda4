"""What is asked: puzzles by seed, so that nobody can have seen them. Knows no model.

An item is drawn anew from its own facts each time, and no two depend on each other: a suite that is
made longer later has the items of the shorter one.
"""

import hashlib
import itertools
import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from qwq_cli.errors import UsageError
from qwq_cli.puzzles.kind import Posed, Setting
from qwq_cli.puzzles.registry import kind
from qwq_cli.puzzles.words import Difficulty, KindName, Language, Wording

_VERSION: Final = 1
"""Of how items are drawn and keyed; another one makes other keys."""


@dataclass(frozen=True, slots=True)
class Item:
    """One puzzle that is asked. `unsolvable`: it has no answer, or several."""

    kind: KindName
    lang: Language
    difficulty: Difficulty
    wording: Wording
    seed: int
    number: int
    unsolvable: bool = False

    def posed(self) -> Posed[Any, Any]:
        """The puzzle."""
        one = kind(self.kind)
        make = one.spoil if self.unsolvable else one.pose
        if make is None:
            raise UsageError(f"{self.kind} always have an answer", "", "leave out --unsolvable")
        rng = random.Random(" ".join(str(value) for value in asdict(self).values()))
        return make(rng, Setting(self.difficulty, self.lang, self.wording))

    def key(self, question: str, run: Mapping[str, object]) -> str:
        """What stands for the item asked in one way: a hash of the model, the engine, all that
        steers them, and the puzzle.
        """
        facts = [_VERSION, asdict(self), question, run]
        text = json.dumps(facts, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Suite:
    """`count` items of each language, difficulty and wording."""

    kind: KindName
    count: int
    langs: tuple[Language, ...]
    difficulties: tuple[Difficulty, ...]
    wordings: tuple[Wording, ...]
    seed: int
    unsolvable: bool = False

    def __post_init__(self) -> None:
        """Raises UsageError for what the kind has not."""
        one = kind(self.kind)
        for wording in self.wordings:
            if wording not in one.wordings:
                choices = ", ".join(one.wordings)
                raise UsageError(
                    f"{self.kind} have no wording `{wording}`", "", f"one of {choices}"
                )
        if self.unsolvable and one.spoil is None:
            raise UsageError(f"{self.kind} always have an answer", "", "leave out --unsolvable")

    def __len__(self) -> int:
        return self.count * len(self.langs) * len(self.difficulties) * len(self.wordings)

    def items(self) -> Iterator[Item]:
        """All of them, the first of each sort before the second ones: a run that ends early has
        some of each.
        """
        sorts = tuple(itertools.product(self.langs, self.difficulties, self.wordings))
        for number in range(self.count):
            for lang, difficulty, wording in sorts:
                yield Item(self.kind, lang, difficulty, wording, self.seed, number, self.unsolvable)

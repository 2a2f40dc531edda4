"""Prompts out of quill's depth, so that it loops: made by `python -m benchmarks.loops_prompts`.

It writes them to benchmarks/loops_prompts.json, from a seed. They are kept as texts, since how
puzzles are put into words may change, and figures are to be compared. Five kinds, in Chinese and
English:

- learnt: card puzzles of 14 to 20 cards, within its depth, for comparison;
- puzzle: card puzzles with one answer, of 21 to 32 cards (quill learnt them up to 20);
- hopeless: hands of 12 to 22 cards for which the dialogue leaves no card or several, so that its
  check never passes;
- crowd: hands of 36 to 52 cards, whose reasoning hardly fits its context;
- other: questions that look like card puzzles, and are none that it learnt.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from qwq_cli.puzzles.cards.generator import random_hand, random_puzzle
from qwq_cli.puzzles.cards.puzzle import Card, Puzzle, card_name
from qwq_cli.puzzles.cards.solver import solve
from qwq_cli.puzzles.cards.wording import pose
from qwq_cli.puzzles.words import Language, Wording

PATH: Final = Path(__file__).with_name("loops_prompts.json")
_SEED: Final = 20
_LEARNT: Final = (14, 16, 17, 18, 19, 20)
_PUZZLES: Final = tuple(range(21, 33))
_HOPELESS: Final = (12, 14, 16, 18, 20, 22)
_CROWDS: Final = (36, 40, 46, 52)
_WORDINGS: Final[tuple[Wording, ...]] = ("announcement", "common", "rare")
_OTHER: Final[dict[Language, tuple[str, ...]]] = {
    "en": (
        (
            "Hearts 2, Hearts 2, Hearts 2, Spades 2, Spades 2. P knows the rank and Q knows the "
            "suit. P says: I don't know the card. Q says: I knew that. Which card is it?"
        ),
        (
            "Hearts: A, K, Q, J, 10, 9, 8, 7, 6, 5, 4, 3, 2. Spades: A, K, Q, J, 10, 9, 8, 7, 6, "
            "5, 4, 3, 2. Which card is it?"
        ),
        (
            "Anna's birthday is one of: March 4, March 5, March 9, June 7, June 8, July 4, July 6, "
            "August 4, August 5, August 7. P is told the month and Q the day. P: I don't know when "
            "it is, but I know that Q doesn't know either. Q: At first I didn't know, but I know "
            "now. P: Then I know it too. When is it?"
        ),
        (
            "Four houses: red 3, red 5, blue 3, blue 7, green 5, green 7, white 3. P knows the "
            "number of the house, Q its colour. P: I don't know the house. Q: I knew that you "
            "don't know. P: Now I know it. Which house is it?"
        ),
    ),
    "zh": (
        (
            "红桃2、红桃2、红桃2、黑桃2、黑桃2。P先生知道点数，Q先生知道花色。P先生：我不知道这张牌。"
            "Q先生：我知道你不知道。这是哪张牌？"
        ),
        (
            "红桃：A、K、Q、J、10、9、8、7、6、5、4、3、2；黑桃：A、K、Q、J、10、9、8、7、6、5、4、3、2。"
            "这是哪张牌？"
        ),
        (
            "小明的生日是三月四日、三月五日、三月八日、六月四日、六月七日、九月一日、九月五日、十二月一日、"
            "十二月二日、十二月八日中的一天。老师把月份告诉了甲，把日子告诉了乙。甲说：我不知道，但是乙也不知道。"
            "乙说：本来我不知道，现在我知道了。甲说：那我也知道了。生日是哪一天？"
        ),
        (
            "四种房子：红3、红5、蓝3、蓝7、绿5、绿7、白3。P先生知道门牌，Q先生知道颜色。P先生：我不知道是"
            "哪座房子。Q先生：我知道你不知道。P先生：现在我知道了。这是哪座房子？"
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Prompt:
    """One question. `answer`: the card that is right, where one is."""

    name: str
    kind: str
    text: str
    answer: str | None = None


def read() -> tuple[Prompt, ...]:
    """The committed ones."""
    return tuple(Prompt(**row) for row in json.loads(PATH.read_text("utf-8")))


def make() -> Iterator[Prompt]:
    """All of them, drawn anew."""
    for lang in ("zh", "en"):
        rng = random.Random(_SEED)
        for kind, sizes in (("learnt", _LEARNT), ("puzzle", _PUZZLES)):
            for number, cards in enumerate(sizes):
                puzzle = random_puzzle(rng, cards=(cards, cards), statements=4)
                yield _posed(f"{lang}-{kind}-{cards}", kind, puzzle, _Ways(lang, number, rng))
        for number, cards in enumerate(_HOPELESS):
            puzzle = _hopeless(rng, cards)
            yield _posed(f"{lang}-hopeless-{cards}", "hopeless", puzzle, _Ways(lang, number, rng))
        for number, cards in enumerate(_CROWDS):
            puzzle = Puzzle(_hand(rng, cards))
            yield _posed(f"{lang}-crowd-{cards}", "crowd", puzzle, _Ways(lang, number, rng))
        for number, text in enumerate(_OTHER[lang]):
            yield Prompt(f"{lang}-other-{number}", "other", text)


@dataclass(frozen=True, slots=True)
class _Ways:
    """How a puzzle is put into words."""

    lang: Language
    number: int
    rng: random.Random


def _posed(name: str, kind: str, puzzle: Puzzle, ways: _Ways) -> Prompt:
    wording = _WORDINGS[ways.number % len(_WORDINGS)]
    text = pose(puzzle, ways.lang, ways.rng, wording=wording).text
    solutions = solve(puzzle)
    answer = card_name(solutions[0], ways.lang) if len(solutions) == 1 else None
    return Prompt(name, kind, text, answer)


def _hand(rng: random.Random, cards: int) -> tuple[Card, ...]:
    while True:
        hand = random_hand(rng, cards)
        if hand is not None:
            return hand


def _hopeless(rng: random.Random, cards: int) -> Puzzle:
    while True:
        puzzle = Puzzle(_hand(rng, cards))
        if len(solve(puzzle)) != 1:
            return puzzle


def main() -> None:
    """Write the file."""
    rows = [asdict(prompt) for prompt in make()]
    PATH.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(f"{PATH}: {len(rows)} prompts")


if __name__ == "__main__":
    main()

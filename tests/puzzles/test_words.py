"""Every wording can be read back: the reader never saw what the writer meant."""

import random

import pytest

from qwq_cli.errors import BadInputError
from qwq_cli.puzzles.cards.check import check, read_card
from qwq_cli.puzzles.cards.generator import random_puzzle
from qwq_cli.puzzles.cards.parse import parse
from qwq_cli.puzzles.cards.phrases import Phrases
from qwq_cli.puzzles.cards.puzzle import Card, card_name
from qwq_cli.puzzles.cards.wording import PHRASES, pose
from qwq_cli.puzzles.examples import CARDS
from qwq_cli.puzzles.words import Language, Wording

LANGUAGES: list[Language] = ["zh", "en"]
WORDINGS: list[Wording] = ["announcement", "common", "rare"]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("wording", WORDINGS)
def test_what_is_written_can_be_read(lang: Language, wording: Wording) -> None:
    rng = random.Random(f"{lang}{wording}")
    for _ in range(150):
        puzzle = random_puzzle(rng, statements=rng.choice((2, 3, 4)))
        posed = pose(puzzle, lang, rng, wording=wording)
        assert parse(posed.text) == puzzle, posed.text


def test_the_announced_wording_is_the_announcement_word_for_word() -> None:
    assert pose(parse(CARDS), "zh", random.Random(0), wording="announcement").text == CARDS


def _all_phrases(phrases: Phrases) -> set[str]:
    statements = [text for options in phrases.statements for text in options]
    return {*phrases.intros, *phrases.picks, *statements, *phrases.questions} | set(
        phrases.cast.singles
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_rare_wordings_share_no_phrase_and_no_name_with_the_others(lang: Language) -> None:
    rare = _all_phrases(PHRASES[lang]["rare"])
    for other in ("announcement", "common"):
        assert not rare & _all_phrases(PHRASES[lang][other])


@pytest.mark.parametrize(
    ("answer", "card"),
    [
        ("方块5", Card("D", "5")),
        ("这张牌是方块 5。", Card("D", "5")),
        (r"\boxed{红心Q}", Card("H", "Q")),
        ("葵扇A", Card("S", "A")),
        ("梅花10", Card("C", "10")),
        ("黑桃的K", Card("S", "K")),
        ("5 of Diamonds", Card("D", "5")),
        ("the **Queen of Hearts**", Card("H", "Q")),
        ("ace of spades.", Card("S", "A")),
        ("It is the ten of clubs", Card("C", "10")),
        ("♦5", Card("D", "5")),
        ("10♣", Card("C", "10")),
        ("不是红桃A，是方块5", Card("D", "5")),
        ("我不知道", None),
        ("42", None),
        ("", None),
    ],
)
def test_an_answer_in_either_language_is_read(answer: str, card: Card | None) -> None:
    assert read_card(answer) == card


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_answer_is_checked(lang: Language) -> None:
    puzzle = parse(CARDS)
    assert check(puzzle, card_name(Card("D", "5"), lang)).right
    assert not check(puzzle, card_name(Card("D", "A"), lang)).right
    assert not check(puzzle, "").right


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no playing cards"),
        ("What is 2 + 2?", "no playing cards"),
        ("红桃A", "no dialogue"),
        (CARDS.replace("方块A、5", "方块A、A"), "twice"),
        (CARDS.replace("方块A、5", "方块A、6"), ""),
        (CARDS.replace("黑桃J、", "黑桃"), "speaks of 16 cards, but names 15"),
        (CARDS.replace("我知道你不知道这张牌", "我知道这张牌"), "no dialogue"),
    ],
)
def test_what_is_no_puzzle_is_refused_with_the_reason(text: str, why: str) -> None:
    if not why:
        assert parse(text).cards[-1] == Card("D", "6")
        return
    with pytest.raises(BadInputError, match=why):
        parse(text)

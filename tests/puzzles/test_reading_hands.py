"""Hands and dialogues of cards in other people's spellings: read as they are meant, or refused."""

import pytest

from qwq_cli.errors import BadInputError
from qwq_cli.puzzles.cards.check import read_card
from qwq_cli.puzzles.cards.parse import hand
from qwq_cli.puzzles.cards.puzzle import Card


def cards(text: str) -> str:
    return " ".join(card.suit + card.rank for card in hand(text)[0])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A ♥, Q ♥, 4 ♠, 5 ♦. A person picks one.", "HA HQ S4 D5"),
        ("A, Q ♥; 4 ♠", "HA HQ S4"),
        ("A Q 4 ♥\nJ, 8 ♠\nA, 5 ♦\nA person picks one.", "HA HQ H4 SJ S8 DA D5"),
        ("2 ♥: A, Q; 1 ♠: 4", "HA HQ S4"),
        ("♥\nA Q\n♠\n4", "HA HQ S4"),
    ],
)
def test_a_sign_may_stand_behind_its_ranks(text: str, found: str) -> None:
    assert cards(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "A ♥ Q ♥ 4 ♠ 5 ♦. A person picks one.",
        "A ♥ Q ♥ 4 ♠ 5 ♦ A person picks one.",
        "A, Q ♥ 4, 5 ♠ A person picks one.",
    ],
)
def test_a_sign_between_two_ranks_is_not_given_to_the_second(text: str) -> None:
    with pytest.raises(BadInputError, match=r"can't read `[AQ] ♥` among the cards"):
        hand(text)


def test_an_answer_may_have_a_blank_before_the_sign() -> None:
    assert read_card("It is not the A ♥, so the card is **5 ♦**.") == Card("D", "5")

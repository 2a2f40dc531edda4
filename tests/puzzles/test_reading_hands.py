"""Hands and dialogues of cards in other people's spellings: read as they are meant, or refused."""

import pytest

from qwq_cli.errors import BadInputError
from qwq_cli.puzzles.cards.check import read_card
from qwq_cli.puzzles.cards.parse import hand
from qwq_cli.puzzles.cards.puzzle import Card, Puzzle
from qwq_cli.puzzles.cards.talk import Talk
from qwq_cli.puzzles.registry import kind


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


@pytest.mark.parametrize(
    "answer",
    [
        "方块5（不是红桃4）",
        "是方块5，而非红桃Q",
        "5 of Diamonds, not the 4 of Hearts",
        "5♦. It cannot be Q♥.",
        "Diamonds 5; it isn't 4♥",
    ],
)
def test_a_card_that_it_is_not_is_not_the_answer(answer: str) -> None:
    assert read_card(answer) == Card("D", "5")


@pytest.mark.parametrize("answer", ["方块五", "答案是方块的五。", "5 Diamonds", "five diamonds"])
def test_an_answer_may_name_a_card_as_a_puzzle_would_count_cards(answer: str) -> None:
    assert read_card(answer) == Card("D", "5")
    assert read_card(f"{answer}; 5 of Hearts") == Card("H", "5")


ZH = (
    "红桃有A、Q、4三张，黑桃有J、8、4、2、7、3六张，草花有K、Q、5、4、6五张，方块有A、5{}。"
    "老师{}，把点数告诉小明，把花色告诉小红。"
    "小明：我不知道。小红：我知道你不知道。小明：现在我知道了。小红：我也知道了。"
)


@pytest.mark.parametrize("count", ["两张", "（两张）", "，共两张", "(two cards)"])
def test_how_many_a_suit_has_is_not_how_many_were_picked(count: str) -> None:
    one = kind("cards")
    puzzle = one.parse(ZH.format(count, "抽出一张"))
    assert isinstance(puzzle, Puzzle)
    assert [one.say(solution, "zh") for solution in one.solve(puzzle)] == ["方块5"]
    two = one.parse(ZH.format(count, "抽出两张"))
    assert isinstance(two, Talk)
    assert two.picked == 2


EN = (
    "Hearts A, Q, 4; Spades J, 8, 4, 2, 7, 3; Clubs K, Q, 5, 4, 6; Diamonds A, 5. P is told the"
    " rank, Q the suit. P: I don't know the card. Q: {}. P: {}."
)


@pytest.mark.parametrize("second", ["Neither do I", "Nor can I", "Me neither"])
def test_who_does_not_know_either_does_not_know(second: str) -> None:
    puzzle = kind("cards").parse(EN.format(second, "I know now"))
    said = [(line.speaker, line.says) for line in puzzle.lines]
    assert said == [("rank", "ignorant"), ("suit", "ignorant"), ("rank", "knows")]


@pytest.mark.parametrize("last", ["I do too", "Now I do, too", "I do now"])
def test_who_does_too_knows(last: str) -> None:
    puzzle = kind("cards").parse(EN.format("Now I know", last))
    said = [(line.speaker, line.says) for line in puzzle.lines]
    assert said == [("rank", "ignorant"), ("suit", "knows"), ("rank", "knows")]


@pytest.mark.parametrize(("p", "q"), [("Mr. Clark", "Mr. C"), ("Mr. C", "Mr. Clark"), ("Al", "A")])
def test_a_name_that_begins_another_one_is_only_itself(p: str, q: str) -> None:
    puzzle = kind("cards").parse(
        "Hearts A, Q, 4; Spades J, 8, 4, 2, 7, 3; Clubs K, Q, 5, 4, 6; Diamonds A, 5. The dealer"
        f" tells {p} the rank and {q} the suit.\n[{p}] I have no way to tell.\n[{q}] I knew you"
        f" would not know.\n[{p}] I have worked it out now.\n[{q}] So do I."
    )
    assert isinstance(puzzle, Puzzle)
    assert puzzle.statements == 4

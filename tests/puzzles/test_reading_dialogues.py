"""Dialogues in short words, and cards as models name and explain them."""

import time

import pytest

from qwq_cli.errors import BadInputError
from qwq_cli.puzzles.cards.check import read_card
from qwq_cli.puzzles.cards.puzzle import Card
from qwq_cli.puzzles.cards.puzzle import Puzzle as CardPuzzle
from qwq_cli.puzzles.registry import kind

EN = (
    "Hearts A, Q, 4; Spades J, 8, 4, 2, 7, 3; Clubs K, Q, 5, 4, 6; Diamonds A, 5. The dealer picks"
    " one and tells P the rank and Q the suit. "
)
ZH = (
    "红桃A、Q、4 黑桃J、8、4、2、7、3 草花K、Q、5、4、6 方块A、5。老师抽出一张，把点数告诉P先生，"
    "把花色告诉Q先生。"
)


@pytest.mark.parametrize(
    "said",
    [
        "P: I can't figure it out. Q: I knew you couldn't. P: I've figured it out. Q: So have I.",
        "P: I don't know. Q: I knew you didn't. P: Now I do. Q: Me too.",
        "P: I don't know it. Q: I knew that already. P: Then I know. Q: Then so do I.",
        "P: I don't know. Q: I knew that. P: Now I know. Q: Same here.",
        "P先生：不知道。Q先生：我早知道你不知道。P先生：现在知道了。Q先生：我也是。",
        "P先生：我不知道。Q先生：这我早就知道。P先生：现在我知道了。Q先生：我也一样。",
    ],
)
def test_short_words_say_what_was_said_before(said: str) -> None:
    one = kind("cards")
    puzzle = one.parse((EN if said.isascii() else ZH) + said)
    assert isinstance(puzzle, CardPuzzle)
    assert puzzle.statements == 4
    assert [one.say(solution, "zh") for solution in one.solve(puzzle)] == ["方块5"]


@pytest.mark.parametrize("second", ["Me too.", "Same here."])
def test_who_says_the_same_of_not_knowing_does_not_know(second: str) -> None:
    puzzle = kind("cards").parse(f"{EN}P: I don't know. Q: {second} P: Now I know.")
    said = [(line.speaker, line.says) for line in puzzle.lines]
    assert said == [("rank", "ignorant"), ("suit", "ignorant"), ("rank", "knows")]


@pytest.mark.parametrize(
    "said",
    [
        "P: I know the card. Q: I don't know it. P: I knew you don't know.",
        'P says: "I know it." Q says: "I don\'t know it." P says: "I knew that you don\'t."',
        "P先生：我知道了。Q先生：我不知道。P先生：我早就知道你不知道。",
    ],
)
def test_who_knows_first_is_not_passed_over(said: str) -> None:
    with pytest.raises(BadInputError, match="the first who speaks of it knows"):
        kind("cards").parse((EN if said.isascii() else ZH) + said)


def test_a_joker_is_not_passed_over_and_bold_suits_are_read() -> None:
    said = "P: I don't know. Q: I knew that. P: Now I know. Q: So do I."
    with pytest.raises(BadInputError, match="Joker"):
        kind("cards").parse(EN.replace("5. The", "5; Joker. The") + said)
    bold = EN.replace("Hearts", "**Hearts:**").replace("Clubs", "**Clubs:**")
    assert kind("cards").parse(bold + said) == kind("cards").parse(EN + said)


@pytest.mark.parametrize(
    "answer",
    [
        r"\boxed{5\diamondsuit}",
        r"$\diamondsuit 5$",
        r"\boxed{5 \text{ of Diamonds}}",
        r"\boxed{\text{Diamond } 5}",
        "5D",
        "方块，5",
        "花色：方块，点数：5",
        "Suit: Diamonds, Rank: 5",
        "The rank is 5 and the suit is Diamonds",
        "5 of Diamonds. Q♥ and 4♥ are ruled out.",
        "It's the 5 of Diamonds, since if it were the Queen of Hearts Q would not know.",
        "5 of Diamonds, because the Queen of Hearts and 4 of Hearts share a suit",
        "方块5。因为如果是红桃Q或红桃4，Q先生就无法判断。",
        "方块5，排除红桃Q和红桃4",
        "Answer: 5 of Diamonds (Ace of Diamonds is excluded)",
        "**5 of Diamonds**\n\nThe candidates were 5♦, Q♥ and 4♥.",
        "Q of Hearts? No, wait: it must be 5 of Diamonds.",
        "First I thought of Q♥. But the card is 5♦.",
    ],
)
def test_cards_that_explain_an_answer_are_none(answer: str) -> None:
    assert read_card(answer) == Card("D", "5")


@pytest.mark.parametrize(
    "answer", ["红桃Q\n方块5", "红桃Q。方块5。", "- Q♥\n- 5♦", "方块5，红桃Q。因为红桃A不是。"]
)
def test_two_cards_may_stand_in_two_lines(answer: str) -> None:
    one = kind("cards")
    puzzle = one.parse(
        "红桃A、Q、4 黑桃J、8、4 方块A、5。老师抽出两张，把点数告诉小明，把花色告诉小红，不分先后。"
        "小明：我不知道是哪两张。小红：我也不知道。小明：现在我知道了。"
    )
    assert one.say(one.read(answer, puzzle), "zh") == "红桃Q和方块5"


@pytest.mark.parametrize("answer", ["diamonds", "5", "5 or 6, diamonds", "hearts or diamonds, 5"])
def test_a_suit_and_a_rank_are_a_card_only_if_there_is_one_of_each(answer: str) -> None:
    assert read_card(answer) is None


@pytest.mark.parametrize("part", ["5♦ ", "ruled out ", "\\text{5", "since 5♦ ", "方块，"])
def test_a_long_answer_about_cards_is_read_at_once(part: str) -> None:
    start = time.monotonic()
    read_card(part * (3000 // len(part)))
    assert time.monotonic() - start < 2

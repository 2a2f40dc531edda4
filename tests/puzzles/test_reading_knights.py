"""Knights and knaves: claims that mean something else, and what is told beside them."""

import pytest

from qwq_cli.errors import BadInputError
from qwq_cli.puzzles.registry import kind, recognise

EN = 'Knights tell the truth, knaves lie. A says: "{}" B says: "A is a knave."'
ZH = "骑士说真话，无赖说假话。甲说：“{}。”乙说：“甲是无赖。”"


@pytest.mark.parametrize(
    "claim",
    [
        "It is false that B is a knave.",
        "I doubt that B is a knave.",
        "B is hardly a knave.",
        "B pretends to be a knight.",
        "B is a knave's brother.",
        "Is B a knave?",
        "B, I am a knave.",
        "B is a knight like me.",
        "The number of knaves among us is odd.",
        "There are an even number of knights among us.",
        "乙并非骑士",
        "乙绝非无赖",
        "乙是骑士，这是谎话",
        "乙难道是骑士吗",
        "乙的朋友是无赖",
        "我们中无赖的数目是偶数",
    ],
)
def test_a_claim_with_a_word_that_may_turn_it_is_not_read(claim: str) -> None:
    text = (EN if claim.isascii() else ZH).format(claim)
    with pytest.raises(BadInputError, match=r"can't read what \w says"):
        kind("knights").parse(text)


@pytest.mark.parametrize(
    "more",
    [
        " A is a knight. What is B?",
        " B isn't a knave.",
        " Exactly one of them is a knight.",
        " There is at most one knave.",
        " They are two knights and a knave.",
        "他们中恰有一个骑士。",
        "甲是骑士，乙是什么人？",
        "其中有一个无赖。",
    ],
)
def test_what_is_told_of_the_roles_is_not_passed_over(more: str) -> None:
    text = EN.format("B is a knave.") if more.isascii() else ZH.format("乙是无赖")
    with pytest.raises(BadInputError, match="can't use what nobody says"):
        kind("knights").parse(text + more)


@pytest.mark.parametrize(
    "more",
    [
        " Is A a knight or a knave?",
        " Which one of them is a knight?",
        " A and B are each a knight or a knave.",
        "谁是骑士，谁是无赖？",
        "甲和乙各是骑士或无赖。",
        "判断甲是骑士还是无赖。",
        "甲、乙每人要么是骑士，要么是无赖。",
        "甲和乙不是骑士，就是无赖。",
    ],
)
def test_a_question_for_the_roles_tells_nothing_of_them(more: str) -> None:
    text = EN.format("We are both knaves.") if more.isascii() else ZH.format("我们都是无赖")
    one = kind("knights")
    assert len(one.solve(one.parse(text + more))) == 1


def test_a_colon_may_be_left_out_before_what_is_said() -> None:
    one = kind("knights")
    text = 'Knights tell the truth, knaves lie. A says "We are both knaves". B says "A is a knave".'
    (solution,) = one.solve(one.parse(text))
    assert one.say(solution, "en") == "A is a knave, B is a knight"


@pytest.mark.parametrize("heading", ["骑士和无赖：", "骑士与无赖的谜题:", "骑士和无赖，一道题：\n"])
def test_a_heading_is_nobody_who_speaks(heading: str) -> None:
    said = "小明说：“小红是无赖。”小红表示：“我和小明是同类。”谁是骑士？"
    _, puzzle = recognise(heading + said)
    assert [kind("knights").say(roles, "zh") for roles in kind("knights").solve(puzzle)] == [
        "小明是骑士，小红是无赖"
    ]


def test_what_somebody_says_is_not_passed_over_where_it_is_not_clear_who() -> None:
    said = "一个路过的人嘀咕着：“小红是无赖。”小红说：“我是骑士。”谁是骑士，谁是无赖？"
    with pytest.raises(BadInputError, match="can't read who says: 小红是无赖"):
        recognise(said)
    quoted = "岛上住着“骑士”和“无赖”。小明说：“小红是无赖。”小红说：“我和小明是同类。”谁是骑士？"
    assert recognise(quoted)[0].name == "knights"

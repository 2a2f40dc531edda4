"""Knights and knaves in other people's layouts, and roles as models explain them."""

import time

import pytest

from qwq_cli.errors import BadInputError
from qwq_cli.puzzles.registry import kind

EN = "Knights tell the truth and knaves lie. "
ZH = "骑士永远说真话，无赖永远说假话。"


@pytest.mark.parametrize(
    "text",
    [
        EN + "Al says, 'Bo is a knave.' Bo says, 'We're both knaves.'",
        EN + "Al says ‘Bo isn’t a knight.’ Bo says ‘We are both knaves.’",
        EN + '"Bo is a knave," says Al. "We are both knaves," says Bo.',
        EN + '"Bo is a knave," said Al. Bo said, "We are both knaves."',
        EN + '**Al** says: "Bo is a knave."\n**Bo** says: "We are both knaves."',
        EN + 'Al states: "Bo is a knave." Bo answers: "We are both knaves."',
        EN + 'Al tells you: "Bo is a knave." Bo replies: "We are both knaves."',
        ZH + "Al说：『Bo是无赖。』Bo说：『我们都是无赖。』",
        ZH + "Al回答：“Bo是无赖。”Bo声称：“我们都是无赖。”",
        ZH + "Al告诉我：“Bo是无赖。”Bo告诉我：“我们都是无赖。”",
    ],
)
def test_who_speaks_is_known_in_any_layout(text: str) -> None:
    one = kind("knights")
    (solution,) = one.solve(one.parse(text))
    assert one.say(solution, "en") == "Al is a knight, Bo is a knave"


@pytest.mark.parametrize(
    ("claim", "roles"),
    [
        ("我们三个人中恰好有一个骑士", "甲是无赖，乙是骑士，丙是骑士"),
        ("乙和丙都不是无赖", "甲是无赖，乙是骑士，丙是无赖"),
    ],
)
def test_a_claim_about_three_is_read(claim: str, roles: str) -> None:
    one = kind("knights")
    two = "乙说：“甲是无赖。”丙说：“{}。”"
    said = two.format("甲是无赖" if "三" in claim else "乙是无赖")
    found = one.solve(one.parse(f"{ZH}甲说：“{claim}。”{said}"))
    assert roles in [one.say(solution, "zh") for solution in found]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('Knights lie and knaves tell the truth. Al says: "Bo is a knave."', "Knights lie"),
        ('Knights always lie, knaves do not. Al says: "Bo is a knave."', "Knights always lie"),
        ("骑士说假话，无赖说真话。甲说：“乙是无赖。”", "骑士说假话"),
        (EN + 'Spies do either. Al says: "Bo is a knave." Bo says: "Al is a knave."', "Spies"),
        (ZH + "普通人两样都说。甲说：“乙是无赖。”乙说：“甲是无赖。”", "普通人"),
        (ZH + "甲说：“我们三个都是无赖。”乙说：“甲是无赖。”", "what 甲 says"),
        (EN + 'Al says: "All three of us are knaves." Bo says: "Al is a knave."', "what Al says"),
    ],
)
def test_other_rules_and_other_numbers_of_people_are_refused(text: str, why: str) -> None:
    with pytest.raises(BadInputError, match=why):
        kind("knights").parse(text)


@pytest.mark.parametrize(
    "answer",
    [
        "A is a knight and B is a knave. If A were a knave, B would be a knight.",
        "A is a knight, B is a knave. Check: A says B is a knave, true. B says A is a knave.",
        "A is a knight, B is a knave.\n\nB says A is a knave, which is false since B lies.",
        "A是骑士，B是无赖。验证：A说B是无赖，为真；B说A是无赖，为假。",
        "Therefore A is a knight, and B, who calls A a knave, is a knave",
        "如果A是无赖，则B是骑士，矛盾，所以A是骑士，B是无赖",
        "A, B = knight, knave",
        "B and A are knave and knight respectively",
    ],
)
def test_what_is_supposed_or_said_is_no_role(answer: str) -> None:
    one = kind("knights")
    puzzle = one.parse(EN + 'A says: "B is a knave." B says: "A is a knave."')
    assert one.say(one.read(answer, puzzle), "en") == "A is a knight, B is a knave"


def test_roles_in_turn_are_no_choice_between_them() -> None:
    one = kind("knights")
    puzzle = one.parse(EN + 'A says: "B is a knave." B says: "A is a knave."')
    assert one.read("A and B are each a knight or a knave", puzzle) is None


@pytest.mark.parametrize("part", ["if A ", "says ", "A says '", '"A", ', "A knight ", "设A"])
def test_long_texts_of_knights_are_read_at_once(part: str) -> None:
    one = kind("knights")
    start = time.monotonic()
    puzzle = one.parse(EN + 'A says: "B is a knave." B says: "A is a knave."')
    one.read(part * (9000 // len(part)), puzzle)
    with pytest.raises(BadInputError):
        one.parse(EN + part * (9000 // len(part)))
    assert time.monotonic() - start < 2

"""Comparisons with amounts and in other words, and orders as models give them."""

import time

import pytest

from qwq_cli.errors import BadInputError
from qwq_cli.puzzles.registry import kind


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("Tom is 3 years older than Ann. Ann is 2 years older than Bob. Who is oldest?", "Tom"),
        ("Tom is 5 cm taller than Ann. Ann is taller than Bob. Who's the shortest?", "Bob"),
        ("Tom ran faster than Ann. Ann ran faster than Bob. Who was fastest?", "Tom"),
        ("Tom can run faster than Ann. Ann can run faster than Bob. Who is the fastest?", "Tom"),
        ("Tom weighs more than Ann. Ann weighs more than Bob. Who is the heaviest?", "Tom"),
        ("Tom has more money than Ann. Ann has more money than Bob. Who is the richest?", "Tom"),
        ("Tom is older than Ann, yet younger than Bob. Who is the oldest?", "Bob"),
        ("Tom is older than Ann, younger than Bob. Who is the oldest?", "Bob"),
        ("小明比小红大3岁，小红比小刚大两岁半，谁最大", "小明"),
        ("小明比小红高但是比小刚矮，谁最矮？", "小红"),
        ("小明比小红高而小红比小刚高，谁最高？", "小明"),
        ("甲比乙稍高，乙比丙略高，谁最高", "甲"),
    ],
)
def test_a_comparison_in_ordinary_words_is_read(text: str, who: str) -> None:
    one = kind("orders")
    (solution,) = one.solve(one.parse(text))
    assert one.say(solution, "zh") == who


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            "Tom is 3 years older than Ann. Bob is 2 years older than Ann. Who is oldest?",
            "how much",
        ),
        ("小明比小红大3岁，小刚比小红大2岁，谁最大", "how much"),
        ("Tom is older than Ann by 3 years. Bob is older than Ann. Who is the oldest?", "how much"),
        ("Tom was taller than Ann last year. Ann is taller than Bob. Who is tallest?", "last year"),
        ("Tom says Ann is taller than Bob. Tom is taller than Ann. Who is tallest?", "Tom says"),
        ("Maybe Tom is taller than Ann. Ann is taller than Bob. Who is tallest?", "Maybe Tom"),
        ("Tom is taller than Ann if Bob is taller than Ann. Who is the tallest?", "if"),
        ("Tom is taller than Ann. Bob is too. Who is the shortest?", "Bob is too"),
        ("Tom is taller than Ann, but Bob isn't. Who is the tallest?", "Bob isn't"),
        ("甲以前比乙高，乙比丙高，谁最高", "甲以前"),
        ("甲将来会比乙高，乙比丙高，谁最高", "甲将来会"),
        ("甲总是比乙高，乙比丙高，谁最高", "甲总是"),
        ("甲说：我比乙高。乙比丙高。谁最高", "我"),
    ],
)
def test_a_comparison_that_depends_on_more_is_refused(text: str, why: str) -> None:
    with pytest.raises(BadInputError, match=why):
        kind("orders").parse(text)


ORDER = "Al is older than Bo. Bo is older than Cy. "


@pytest.mark.parametrize(
    ("ask", "said", "given"),
    [
        ("Who is the oldest?", "Al. Bo is second and Cy is the youngest.", "Al"),
        ("Who is the oldest?", "Al\n\nExplanation: Al is older than Bo, Bo than Cy.", "Al"),
        ("Who is the oldest?", "**Al**\n\nAl > Bo\nBo > Cy", "Al"),
        ("Who is the oldest?", "Bo. No, wait: so it is Al", "Al"),
        ("Who is the oldest?", "Neither Bo nor Cy is the oldest; Al is.", "Al"),
        ("Who is the oldest?", "Bo isn't the oldest because Al is older than Bo.", None),
        ("Who is the youngest?", "Cy. Al is the oldest.", "Cy"),
        ("Who is the second oldest?", "Bo is the middle one; Al is older, Cy younger", "Bo"),
        ("Who is the second oldest?", "Bo, between Al and Cy", "Bo"),
        ("List them from oldest to youngest.", "From youngest to oldest: Cy, Bo, Al", "Al, Bo, Cy"),
        ("List them from youngest to oldest.", "From oldest to youngest: Al, Bo, Cy", "Cy, Bo, Al"),
        ("List them from oldest to youngest.", "3. Cy\n2. Bo\n1. Al", "Al, Bo, Cy"),
        ("List them from oldest to youngest.", "1. Bo\n2. Al\n3. Cy", "Bo, Al, Cy"),
        (
            "List them from oldest to youngest.",
            "Al is the oldest, Cy is the youngest, Bo is in the middle",
            "Al, Bo, Cy",
        ),
        (
            "List them from oldest to youngest.",
            "Youngest: Cy\nMiddle: Bo\nOldest: Al",
            "Al, Bo, Cy",
        ),
        (
            "List them from oldest to youngest.",
            "Al, Bo, Cy.\n\nCy is younger than Bo and Bo is younger than Al.",
            "Al, Bo, Cy",
        ),
        ("List them from oldest to youngest.", "Al, Bo, Cy: Cy is the youngest", "Al, Bo, Cy"),
        ("List them from oldest to youngest.", "Cy, Bo, Al", "Cy, Bo, Al"),
    ],
)
def test_what_is_said_beside_an_answer_is_none(ask: str, said: str, given: str | None) -> None:
    one = kind("orders")
    found = one.read(said, one.parse(ORDER + ask))
    assert (found and one.say(found, "en")) == given


@pytest.mark.parametrize("part", ["Al, ", "Al is ", "1. Al\n", "neither Al ", "Al and "])
def test_a_long_answer_about_an_order_is_read_at_once(part: str) -> None:
    one = kind("orders")
    start = time.monotonic()
    for ask in ("Who is the oldest?", "List them from oldest to youngest."):
        one.read(part * (9000 // len(part)), one.parse(ORDER + ask))
    assert time.monotonic() - start < 2

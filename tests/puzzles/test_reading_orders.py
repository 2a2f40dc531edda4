"""Puzzles of order: who is compared, and of whom is asked."""

import pytest

from qwq_cli.errors import BadInputError
from qwq_cli.puzzles.registry import kind


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Al is older than Bo. She is older than Cy. Who is the oldest?", "`She` may be any"),
        ("Al is older than Bo. Everyone is older than Bo. Who is the oldest?", "`Everyone`"),
        ("Al is older than Bo. Nobody is older than Al. Who is the oldest?", "`Nobody`"),
        ("小明比小红大，她比小刚大，谁最大？", "`她` may be any"),
        ("小明比小红大，小刚比他们都大，谁最大？", "`他们` may be any"),
        ("张三好像比李四高，李四比王五高，谁最高？", "张三好像"),
        ("张三并非比李四高，李四比王五高，谁最高？", "张三并非"),
        ("如果张三比李四高，那么李四比王五高。谁最高？", "那么李四"),
        ("Today Al is taller than Bo. Cy is taller than Al. Who is the tallest?", "Today Al"),
        ("Al Roe is taller than Bo. Cy is taller than Al. Who is the tallest?", "Al Roe"),
        ("Al is older than Bo, and so is Cy. Cy is older than Al. Who is the oldest?", "so is Cy"),
        ("It is false that Al is older than Bo. Bo is older than Cy. Who is oldest?", "false"),
        (
            "Al is older than Bo. Bo is older than Cy. Who of Al and Bo is youngest?",
            "Al and Bo",
        ),
        ("甲比乙大，乙比丙大。甲和乙谁最小？", "甲和乙谁"),
        ("Al is older than Bo. Bo is older than Cy. Who is the oldest girl?", "who is a girl"),
        ("甲比乙大，乙比丙大。谁是最大的女孩？", "who is a 女孩"),
    ],
)
def test_what_is_said_of_others_is_not_taken_for_a_name(text: str, why: str) -> None:
    with pytest.raises(BadInputError, match=why):
        kind("orders").parse(text)


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("小明今年比小红大3岁，小红比小刚大2岁。谁最大？", "小明"),
        ("今年小明比小红大，小红现在比小刚大，谁最小？", "小刚"),
        ("我比小明大，小明比小红大，谁最大？", "我"),
        (
            "Two girls: Ann is older than Bea. Who is the oldest girl?",
            "Ann",
        ),
        ("三个男孩，甲比乙高，乙比丙高。最高的男孩是谁？", "甲"),
        ("Ann is older than Bea. Bea is older than Cy. Who of Ann, Bea and Cy is oldest?", "Ann"),
    ],
)
def test_an_order_of_all_is_read(text: str, who: str) -> None:
    one = kind("orders")
    (solution,) = one.solve(one.parse(text))
    assert one.say(solution, "zh") == who

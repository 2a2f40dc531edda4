"""Every kind keeps the protocol: generator, solver and reader share nothing, and must agree."""

import random
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qwq_cli.errors import BadInputError
from qwq_cli.puzzles.cards.puzzle import Puzzle as CardPuzzle
from qwq_cli.puzzles.cards.solver import possible, solve
from qwq_cli.puzzles.cards.talk import Line, Talk, classic, solve_talk, stages
from qwq_cli.puzzles.cards.talk_making import random_talk
from qwq_cli.puzzles.cards.talk_words import parse as parse_cards
from qwq_cli.puzzles.examples import CARDS
from qwq_cli.puzzles.kind import Kind, Posed, Setting
from qwq_cli.puzzles.people import NAMES
from qwq_cli.puzzles.registry import kind, recognise
from qwq_cli.puzzles.words import DIFFICULTIES, KINDS, LANGUAGES, KindName, Language, language

SETTINGS = [
    (name, Setting(difficulty, lang, wording))
    for name in KINDS
    for difficulty in DIFFICULTIES
    for lang in LANGUAGES
    for wording in kind(name).wordings
]
seeds = st.integers(0, 2**32)


def ask(name: KindName, setting: Setting, seed: int) -> tuple[Kind[Any, Any], Posed[Any, Any]]:
    one = kind(name)
    return one, one.pose(random.Random(seed), setting)


@given(st.sampled_from(SETTINGS), seeds)
@settings(max_examples=200)
def test_what_the_generator_means_the_reader_reads_and_the_solver_finds(
    case: tuple[KindName, Setting], seed: int
) -> None:
    one, posed = ask(*case, seed)
    assert recognise(posed.text) == (one, posed.puzzle)
    assert one.solve(posed.puzzle) == (posed.answer,)
    assert language(posed.text) == case[1].lang


@given(st.sampled_from(SETTINGS), seeds)
@settings(max_examples=100)
def test_an_answer_is_read_in_either_language_and_another_one_is_wrong(
    case: tuple[KindName, Setting], seed: int
) -> None:
    one, posed = ask(*case, seed)
    for lang in LANGUAGES:
        said = one.say(posed.answer, lang)
        for text in (said, f"{said}。", f"\\boxed{{{said}}}", f"**{said}**"):
            assert one.check(posed.puzzle, text).right, text
    _, other = ask(*case, seed + 1)
    verdict = one.check(posed.puzzle, one.say(other.answer, "en"))
    assert verdict.right == (verdict.given == posed.answer)
    assert not one.check(posed.puzzle, "").right
    assert one.read("", posed.puzzle) is None


@given(st.sampled_from([case for case in SETTINGS if kind(case[0]).spoil]), seeds)
@settings(max_examples=100)
def test_a_spoilt_puzzle_has_none_or_several(case: tuple[KindName, Setting], seed: int) -> None:
    one = kind(case[0])
    assert one.spoil
    posed = one.spoil(random.Random(seed), case[1])
    assert posed.answer is None
    assert recognise(posed.text) == (one, posed.puzzle)
    assert len(one.solve(posed.puzzle)) != 1
    assert not one.check(posed.puzzle, "方块5, x=1").right


@pytest.mark.parametrize("name", KINDS)
def test_the_same_seed_gives_the_same_puzzle(name: KindName) -> None:
    assert ask(name, Setting(), 5) == ask(name, Setting(), 5)
    assert ask(name, Setting(), 5) != ask(name, Setting(), 6)


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_common_texts_vary_and_rare_ones_are_none_of_them(name: KindName, lang: Language) -> None:
    texts = {
        wording: {ask(name, Setting("easy", lang, wording), seed)[1].text for seed in range(40)}
        for wording in ("common", "rare")
    }
    assert len(texts["common"]) > 30
    assert not texts["common"] & texts["rare"]


def test_rare_names_stand_in_no_other_wording() -> None:
    for by_wording in NAMES.values():
        assert not set(by_wording["common"]) & set(by_wording["rare"])


def test_names_of_kinds_are_their_own() -> None:
    assert [kind(name).name for name in KINDS] == list(get_args(KindName)) == list(KINDS)


# ----------------------------------------------------------------------------- texts of others

OTHERS = {
    "who speaks first": (
        (
            "红桃A、Q 黑桃J、8、4 草花K、9 方块8、5。教授挑出一张，把点数告诉甲，把花色告诉乙。\n"
            "乙：我不知道。\n甲：现在我知道了。\n乙：我也知道了。\n这张牌是什么？"
        ),
        ("cards", "方块5"),
    ),
    "knights": (
        "骑士说真话，无赖说假话。甲说：“乙是无赖。”乙说：“我们都是骑士。”谁是骑士？",
        ("knights", "甲是骑士，乙是无赖"),
    ),
    "knights in English": (
        (
            'Knights tell the truth, knaves lie. Ann says: "Ben is not a knight." '
            'Ben says: "Ann and I are the same." Who is what?'
        ),
        ("knights", "Ann is a knight, Ben is a knave"),
    ),
    "orders": ("小王比小李高。小张比小李矮。谁最高？", ("orders", "小王")),
    "orders in English": (
        "Ann is taller than Ben, and Cid is not as tall as Ben. Who is the second tallest?",
        ("orders", "Ben"),
    ),
    "an equation with spaces and brackets": (
        "Please solve 2 * (x - 3) + 4 = 3x - 10 for x.",
        ("equations", "x = 8"),
    ),
    "fractions": ("3x=2", ("equations", "x = 2/3")),
    "a sum with commas": ("What is 12,345 + 678?", ("columns", "13023")),
    "a product": ("47*38等于多少", ("columns", "1786")),
    "modulo": ("17 % 5 是多少", ("remainders", "2")),
    "divisible": ("请问91能不能被7整除？", ("remainders", "能")),
    "Sun Tzu": (
        "有一个数，除以3余2，除以5余3，除以7余2，最小是多少？",
        ("remainders", "23"),
    ),
    "implication binds to the right": (
        "In how many rows is p -> q -> p true?",
        ("truth", "4"),
    ),
    "words for signs": ("已知p为真，q为假，求 (非p或q)且p 的真值。", ("truth", "假")),
}


@pytest.mark.parametrize("case", OTHERS)
def test_what_others_write_is_read(case: str) -> None:
    text, (name, answer) = OTHERS[case]
    one, puzzle = recognise(text)
    assert one.name == name
    (solution,) = one.solve(puzzle)
    assert answer in {one.say(solution, lang) for lang in LANGUAGES}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "none of its kinds"),
        ("What is the capital of France?", "none of its kinds"),
        ("2 + 2", ""),
        ("1 + 2 * 3", "none of its kinds"),
        ("a+b+c+d+e=1", "5 unknowns are more than 4"),
        ("What is 5 mod 0?", "divided by 0"),
        ("一个数除以3余5，最小是多少？", "5 is no remainder of 3"),
        ("Is p∧(q∨ a tautology?", "no formula"),
        ("Given p is true and p is false, is p∧q true or false?", "given as true and as false"),
        ("小王比小李高。小张比小李矮。", "nothing is asked"),
        ("小王比小李高。小张比小李大。谁最高？", "several things"),
        ("小王比小李高。谁第四高？", "only 2 people"),
        ("骑士和无赖。甲说：“今天下雨。”乙说：“甲是骑士。”", "can't read what 甲 says"),
        ("红桃A、2。他们不知道。", "no dialogue"),
        (CARDS + "。" * 10_000, "at most 10,000"),
    ],
)
def test_what_is_malformed_is_refused_with_the_reason(text: str, why: str) -> None:
    if not why:
        assert recognise(text)[0].name == "columns"
        return
    with pytest.raises(BadInputError, match=why):
        recognise(text)


# --------------------------------------------------------------------------------- dialogues


@given(seeds, st.sampled_from([2, 3, 4]))
def test_both_card_solvers_agree_on_the_announced_dialogue(seed: int, statements: int) -> None:
    rng = random.Random(seed)
    hand = random_talk(rng)[0].cards
    worlds = stages(Talk(hand, classic(statements)))
    ranked = [frozenset(card for (card,) in left) for left in worlds]
    assert ranked == possible(hand, statements)
    assert {c for (c,) in worlds[-1]} == set(solve(CardPuzzle(hand, statements)))


def test_the_announcement_is_a_dialogue_too() -> None:
    puzzle = parse_cards(CARDS)
    assert isinstance(puzzle, CardPuzzle)
    assert puzzle.statements == 4
    assert [(card,) for card in solve(puzzle)] == list(solve_talk(Talk(puzzle.cards, classic(4))))


def test_who_was_told_what_is_read_and_not_guessed() -> None:
    turned = CARDS.replace("这张牌的点数告诉 P先生", "这张牌的花色告诉 P先生").replace(
        "把这张牌的花色告诉Q先生", "把这张牌的点数告诉Q先生"
    )
    puzzle = parse_cards(turned)
    assert isinstance(puzzle, Talk)
    assert puzzle.lines[0] == Line("suit", "ignorant")


@pytest.mark.parametrize(
    "part",
    [
        "12 + ",
        "3x - ",
        "(",
        "¬",
        "p and (q ",
        "A is older than ",
        "红桃A、",
        '张三说："',
        "a multiple of ",
    ],
)
@pytest.mark.parametrize("name", KINDS)
def test_a_long_text_that_only_begins_like_a_puzzle_is_refused(name: KindName, part: str) -> None:
    # A pattern that tries every way through such a text would never come back.
    with pytest.raises(BadInputError):
        kind(name).parse(part * (5000 // len(part)))

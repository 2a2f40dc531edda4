"""Every step of every chain is true, whatever the seed; and a planted fault is found."""

import random
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qwq_cli.puzzles.cards.puzzle import Puzzle as CardPuzzle
from qwq_cli.puzzles.kind import Setting
from qwq_cli.puzzles.registry import kind, recognise
from qwq_cli.puzzles.words import DIFFICULTIES, KINDS, LANGUAGES, KindName, Language
from training.chains import Writer
from training.data import draw_learnt
from training.recipes import Mix
from training.thoughts.forms import HEADINGS, conclusion
from training.thoughts.registry import chain, faults, thought

CASES = [
    (name, Setting(difficulty, lang), spoilt)
    for name in KINDS
    for difficulty in DIFFICULTIES
    for lang in LANGUAGES
    for spoilt in (False, True)
    if not spoilt or (kind(name).spoil and (name != "cards" or difficulty == "hard"))
]
WRITTEN = [case for case in CASES if case[0] != "cards" or case[1].difficulty == "hard"]
cases, written = st.sampled_from(CASES), st.sampled_from(WRITTEN)
seeds = st.integers(0, 2**32)


def puzzle_of(case: tuple[KindName, Setting, bool], seed: int) -> Any:  # noqa: ANN401
    name, setting, spoilt = case
    make = kind(name).spoil if spoilt else kind(name).pose
    assert make
    return make(random.Random(seed), setting).puzzle


@given(cases, seeds)
@settings(max_examples=150)
def test_every_chain_is_true_and_ends_in_the_solvers_answer(
    case: tuple[KindName, Setting, bool], seed: int
) -> None:
    name, setting, _ = case
    puzzle = puzzle_of(case, seed)
    text = chain(name, puzzle, setting.lang)
    assert not faults(name, puzzle, text, setting.lang)
    answer = text.rpartition(HEADINGS[setting.lang])[2].strip()
    assert answer == conclusion(kind(name).solve(puzzle), kind(name), setting.lang)


@given(written, seeds, st.randoms(use_true_random=False))
@settings(max_examples=150)
def test_a_planted_fault_is_found(
    case: tuple[KindName, Setting, bool], seed: int, rng: random.Random
) -> None:
    """Any field that the rest of its step decides, with another value."""
    name, setting, _ = case
    lang = setting.lang
    puzzle = puzzle_of(case, seed)
    how = thought(name, puzzle)
    steps = list(how.steps(puzzle, lang))
    lines = how.lines(puzzle, lang)
    place = rng.choice([n for n, (form, _) in enumerate(steps) if how.forms[form].decided])
    form, values = steps[place]
    field = rng.choice(how.forms[form].decided)
    other = how.forms[form].fields[field].other(values[field])
    planted = how.forms[form].write({**values, field: other}, lang)
    if planted == lines[place]:
        return
    tail = ["", HEADINGS[lang], "", conclusion(kind(name).solve(puzzle), kind(name), lang)]
    text = "\n".join([*lines[:place], planted, *lines[place + 1 :], *tail])
    found = faults(name, puzzle, text, lang)
    assert found, planted
    assert place + 1 in {fault.number for fault in found}


@given(cases, seeds)
@settings(max_examples=60)
def test_a_wrong_answer_under_a_true_chain_is_a_fault(
    case: tuple[KindName, Setting, bool], seed: int
) -> None:
    name, setting, _ = case
    puzzle = puzzle_of(case, seed)
    thought_, heading, _ = chain(name, puzzle, setting.lang).rpartition(HEADINGS[setting.lang])
    for wrong in ("", f"{heading}\n\n我不知道", f"{heading}\n\n"):
        assert faults(name, puzzle, thought_ + wrong, setting.lang)


@given(cases, seeds)
@settings(max_examples=60)
def test_a_conclusion_without_its_evidence_is_a_fault(
    case: tuple[KindName, Setting, bool], seed: int
) -> None:
    """Only the last step and the right answer: nothing bears them out."""
    name, setting, _ = case
    puzzle = puzzle_of(case, seed)
    text = chain(name, puzzle, setting.lang)
    body, heading, answer = text.rpartition(HEADINGS[setting.lang])
    last = body.strip().splitlines()[-1]
    assert faults(name, puzzle, f"{last}\n\n{heading}{answer}", setting.lang)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_chains_of_the_first_edition_are_true_and_a_slip_is_the_one_fault(lang: Language) -> None:
    rng = random.Random(f"slips {lang}")
    for _ in range(40):
        posed = draw_learnt(rng, lang, Mix(2.0, (8, 20), varied=0.5))
        writer = Writer(posed)
        text = "".join(part for part, _ in writer.write())
        assert not faults("cards", posed.puzzle, text, lang)
        answers = writer.found.answers(posed.puzzle.statements)
        slip = rng.choice([card for card in posed.puzzle.cards if card not in answers])
        slipped = "".join(part for part, _ in writer.write(slip))
        (fault,) = faults("cards", posed.puzzle, slipped, lang)
        assert fault.why == "it is false"


@pytest.mark.parametrize(
    ("was", "planted"),
    [
        ("重复", "唯一"),
        ("唯一", "重复"),
        ("保留", "排除"),
        ("共有", "独有"),
        ("独有", "共有"),
        ("只有一张", "不止一张"),
        ("P现在知道了", "P还是不知道"),
        ("在红桃", "在黑桃"),
        ("在红桃、", "在"),
    ],
)
def test_a_false_word_in_a_card_chain_is_found(was: str, planted: str) -> None:
    seen = 0
    for seed in range(12):
        posed = kind("cards").pose(random.Random(seed), Setting("medium", "zh", "announcement"))
        assert isinstance(posed.puzzle, CardPuzzle)
        text = chain("cards", posed.puzzle, "zh")
        if was in text:
            seen += 1
            assert faults("cards", posed.puzzle, text.replace(was, planted, 1), "zh")
    assert seen


@given(st.text(max_size=300), cases)
@settings(max_examples=60)
def test_any_text_is_measured_without_a_crash(
    text: str, case: tuple[KindName, Setting, bool]
) -> None:
    name, setting, _ = case
    assert faults(name, puzzle_of(case, 3), text, setting.lang)


UNSUPPORTED = {
    "a value that is only an example": (
        "Solve 2x + y = 4, 4x + 2y = 8.",
        ["①: 2x+y=4", "②: 4x+2y=8", "Put y=0 into ①, ③: 2x=4"],
    ),
    "a row that was told twice": (
        "In how many rows of its truth table is p ∧ q true?",
        [
            "Where p=true, q=true:",
            "p∧q: true ∧ true = true",
            "This row is true.",
            "This row is true.",
        ],
    ),
    "a least number that was not tried": (
        (
            "Find the smallest positive number that leaves remainder 0 when divided by 3 and"
            " remainder 3 when divided by 5."
        ),
        [
            "Numbers that leave 3 when divided by 5 begin with 3; add 5 each time:",
            "So the least is 3.",
        ],
    ),
    "a row of a product that ends in no nought": (
        "Work out 73 × 15.",
        [
            "73: ones 3, tens 7",
            "15: ones 5, tens 1",
            "Take 73 × 5:",
            "ones: 3×5+0=15, write 5, carry 1",
            "tens: 7×5+1=36, write 6, carry 3",
            "So 73 × 5 = 365.",
            "Append 1 zeros: 73 × 5 = 365",
        ],
    ),
    "a role that is none": (
        (
            "A and B are each a knight, who always tells the truth, or a knave, who always lies."
            ' A says: "B is a knave." B says: "A and I are of the same kind." Who is what?'
        ),
        ["Call A A", "Call B B", "Suppose A is a knight, B is a knav:"],
    ),
}


@pytest.mark.parametrize("name", UNSUPPORTED)
def test_a_step_that_nothing_bears_out_is_a_fault(name: str) -> None:
    """All is true up to the last line."""
    question, lines = UNSUPPORTED[name]
    one, puzzle = recognise(question)
    found = faults(cast("KindName", one.name), puzzle, "\n".join(lines), "en")
    assert [fault.number for fault in found][:1] == [len(lines)], found


def test_what_was_left_before_the_last_line_is_not_what_is_left_now() -> None:
    puzzle = puzzle_of(("cards", Setting("hard", "en"), False), 4)
    how = thought("cards", puzzle)
    lines = how.lines(puzzle, "en")
    last = max(n for n, line in enumerate(lines) if line.startswith("Line "))
    left = [line for line in lines[:last] if line.startswith("Left: ")][-1].count(",") + 1
    text = "\n".join([*lines[: last + 1], f"{left} are left, so there are several answers."])
    assert last + 2 in {fault.number for fault in faults("cards", puzzle, text, "en")}

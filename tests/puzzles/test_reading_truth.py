"""Formulas in other people's signs and words, and what is said of them in an answer."""

import time

import pytest

from qwq_cli.errors import BadInputError
from qwq_cli.puzzles.registry import recognise
from qwq_cli.puzzles.truth.answers import read as read_truth
from qwq_cli.puzzles.truth.reading import parse as parse_truth


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (r"Is $\sim p \vee p$ a tautology?", "a tautology"),
        (r"Is $p \longrightarrow p$ a tautology?", "a tautology"),
        ("Is NOT p OR p a tautology?", "a tautology"),
        ("Is p ∨ ¬p always true?", "a tautology"),
        ("p∨¬p恒为真吗", "a tautology"),
        ("Is p∧q a contingency?", "contingent"),
        ("Is p∧q a tautology, a contradiction, or neither?", "contingent"),
        ("p=1,q=0,求p∧q的值", "false"),
        ("p = true, q = false, what is p ∧ q?", "false"),
        ("If p is true and q is false, is p ∧ q true?", "false"),
        ("Let p = T, q = F, r = T. Evaluate (p ∧ q) ∨ r.", "true"),
        ("p真q假，p∧q的真值", "false"),
        ("p假q真，p→q是真还是假", "true"),
        ("p是真命题，q是假命题，判断p∧q的真假", "false"),
        ("若p是真命题，q是假命题，则p∨q是真命题还是假命题", "true"),
        ("p := true, q := false; is p∧q true or false?", "false"),
        ("p→q在几种情况下为真", "3"),
        ("使p→q为假的赋值有几个", "1"),
        ("Number of satisfying assignments of p∨q", "3"),
    ],
)
def test_a_question_in_ordinary_words_is_read(text: str, answer: str) -> None:
    one, puzzle = recognise(text)
    assert [one.say(solution, "en") for solution in one.solve(puzzle)] == [answer]


@pytest.mark.parametrize(
    "text",
    [
        r"In how many rows is $p \oplus q \land r$ true?",
        "In how many rows is ¬p̄ true?",
        "In how many rows is p ∧ T true?",
        "In how many rows is at least one of p and q true?",
        "In how many rows is exactly one of p or q true?",
        "In how many rows is either p or q true?",
        "p is true iff q is true. Is p∧q true or false?",
        "p is true implies q is true. Is p∧q true or false?",
        "Given p→q is true and p is true, is q true?",
    ],
)
def test_what_joins_or_counts_letters_otherwise_is_not_passed_over(text: str) -> None:
    with pytest.raises(BadInputError, match="not a formula that can be read"):
        recognise(text)


@pytest.mark.parametrize(
    ("answer", "truth"),
    [
        ("p∧q is false. (A conjunction is true only if both are true.)", False),
        ("False. A conjunction is true only when both conjuncts are true.", False),
        ("p∧q 为假（合取需要两者都为真）", False),
        ("**假**\n\n合取要求p和q都为真。", False),
        ("**False**\n\n- p is true\n- q is false\n- p ∧ q requires both to be true", False),
        ("False. Wait, p and q are both true, so it is true.", True),
        (r"\boxed{p \land q = \text{False}}", False),
        (r"$p \land q$ is **false**", False),
        ("It evaluates to F", False),
        ("No", False),
        ("对于这个公式", None),
    ],
)
def test_what_is_true_in_general_is_no_answer(answer: str, truth: bool | None) -> None:
    puzzle = parse_truth("Given p is true and q is false, is p∧q true or false?")
    assert read_truth(answer, puzzle) is truth


@pytest.mark.parametrize(
    ("answer", "true", "false"),
    [
        ("Number of true rows: 3; number of false rows: 1", 3, 1),
        ("真：3行，假：1行", 3, 1),
        ("一共有3行为真", 3, None),
    ],
)
def test_the_rows_of_either_kind(answer: str, true: int, false: int | None) -> None:
    asked = "In how many rows of its truth table is p∨q {}?"
    assert read_truth(answer, parse_truth(asked.format("true"))) == true
    assert read_truth(answer, parse_truth(asked.format("false"))) == false


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("It is contingent. A tautology would be true in all rows.", "contingent"),
        ("It's always true", "tautology"),
        ("恒真", "tautology"),
        ("sometimes true, sometimes false", "contingent"),
        ("It is a tautology; a contradiction would be false always.", "tautology"),
        (
            "Contingent, since it is not always true (tautology) or always false (contradiction).",
            "contingent",
        ),
        ("It is true in every row (tautology).", "tautology"),
        ("对于所有赋值都成立", None),
    ],
)
def test_what_another_class_would_be_is_no_answer(answer: str, said: str | None) -> None:
    question = "Is p∧q a tautology, a contradiction or contingent?"
    assert read_truth(answer, parse_truth(question)) == said


@pytest.mark.parametrize("part", ["a tautology ", "true ", "A conjunction ", "(a tautology", "is "])
def test_long_answers_about_formulas_are_read_at_once(part: str) -> None:
    start = time.monotonic()
    for asked in (
        "Is p∧q a tautology?",
        "p=1. Is p∧q true or false?",
        "How often is p∧q true? Count.",
    ):
        read_truth(part * (9000 // len(part)), parse_truth(asked))
    assert time.monotonic() - start < 2

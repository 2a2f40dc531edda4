"""`qwq puzzle` as a shell sees it: every kind is made, solved and checked."""

import json

import pytest

from qwq_cli.puzzles.words import KINDS
from tests.cli.conftest import Qwq

SPOILT = [name for name in KINDS if name != "columns"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_puzzle_of_each_kind_is_made_solved_and_checked(qwq: Qwq, kind: str) -> None:
    options = ("--seed", "11", "--difficulty", "medium", "--lang", "zh")
    made = json.loads(qwq("puzzle", "new", kind, *options, "--json").out)
    text = qwq("puzzle", "new", kind, *options).out
    assert (made["text"] + "\n", made["kind"], made["lang"]) == (text, kind, "zh")
    assert qwq("puzzle", "solve", stdin=text).out == made["solution"] + "\n"
    (qwq.home / "p").write_text(text, encoding="utf-8")
    right = qwq("puzzle", "check", "p", made["solution"])
    assert (right.code, right.out) == (0, f"right: {made['solution']}\n")
    silent = qwq("puzzle", "check", "p", "I do not know")
    assert silent.code == 1
    assert silent.out.startswith("wrong: no answer in it (it is ")


@pytest.mark.parametrize("kind", SPOILT)
def test_a_puzzle_without_one_answer_says_which(qwq: Qwq, kind: str) -> None:
    made = qwq("puzzle", "new", kind, "--unsolvable", "--seed", "4")
    (qwq.home / "p").write_text(made.out, encoding="utf-8")
    solved = qwq("puzzle", "solve", "p")
    how_many = "no answer" if not solved.out else "several answers"
    assert solved.code == 3
    assert f"the puzzle has {how_many}" in solved.err
    qwq("puzzle", "check", "p", "x = 1").failed(65, f"the puzzle has {how_many}")
    kept = qwq("puzzle", "check", "p", "x = 1", "--json")
    assert kept.code == 65
    assert json.loads(kept.out)["right"] is False


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (("columns", "--unsolvable"), "always have an answer"),
        (("knights", "--wording", "announcement"), "no wording `announcement`"),
        (("knights", "--cards", "9"), "--cards is for card puzzles"),
        (("cards", "--difficulty", "hard", "--cards", "9"), "--cards is for card puzzles"),
        (("riddles",), "riddles"),
    ],
)
def test_what_does_not_go_together(qwq: Qwq, line: tuple[str, ...], says: str) -> None:
    qwq("puzzle", "new", *line).failed(2, says)


def test_a_malformed_puzzle_is_bad_input(qwq: Qwq) -> None:
    qwq("puzzle", "check", "-", "5", stdin="What is 5 mod 0?").failed(65, "divided by 0")
    qwq("puzzle", "solve", stdin="Is p∧ a tautology?").failed(65, "no formula")


def test_an_answer_comes_by_pipe(qwq: Qwq) -> None:
    """By `-`, too, which is no answer."""
    (qwq.home / "p").write_text(qwq("puzzle", "new", "--seed", "11").out, encoding="utf-8")
    solution = qwq("puzzle", "solve", "p").out
    for line in (("p",), ("p", "-")):
        done = qwq("puzzle", "check", *line, stdin=f"It is {solution}")
        assert (done.code, done.out) == (0, f"right: {solution}")
    qwq("puzzle", "check", "-", "-").failed(2, "standard input can't be both")

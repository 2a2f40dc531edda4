"""The solver and the generator's stages know nothing of each other, and must agree."""

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qwq_cli.puzzles.cards.generator import MAX_CARDS, MIN_CARDS, random_puzzle, stages
from qwq_cli.puzzles.cards.parse import parse
from qwq_cli.puzzles.cards.puzzle import RANKS, SUITS, Card, Puzzle
from qwq_cli.puzzles.cards.solver import possible, solve
from qwq_cli.puzzles.examples import CARDS

DECK = [Card(suit, rank) for suit in SUITS for rank in RANKS]
HANDS = st.lists(st.sampled_from(DECK), min_size=1, max_size=30, unique=True)


def test_the_announced_puzzle() -> None:
    assert solve(parse(CARDS)) == (Card("D", "5"),)


def test_each_statement_of_the_announced_puzzle() -> None:
    sizes = [len(worlds) for worlds in possible(parse(CARDS).hand, 4)]
    # 16 cards; A, Q, 4, 5 repeat in 9 of them; hearts and diamonds; Q, 4 and 5; the 5 alone.
    assert sizes == [16, 9, 5, 3, 1]


@given(HANDS, st.sampled_from([2, 3, 4]))
def test_stages_and_possible_worlds_agree_on_any_hand(hand: list[Card], statements: int) -> None:
    puzzle = Puzzle(tuple(hand), statements)
    assert set(stages(puzzle).answers(statements)) == set(solve(puzzle))


@given(HANDS)
def test_statements_only_remove_worlds(hand: list[Card]) -> None:
    worlds = possible(hand, 4)
    assert all(after <= before for before, after in itertools.pairwise(worlds))


@pytest.mark.parametrize("statements", [2, 3, 4])
def test_a_random_puzzle_has_one_answer(statements: int) -> None:
    rng = random.Random(statements)
    for _ in range(200):
        puzzle = random_puzzle(rng, statements=statements)
        assert MIN_CARDS <= len(puzzle.cards) <= MAX_CARDS
        assert len(puzzle.hand) == len(puzzle.cards)
        assert len(solve(puzzle)) == 1


def test_the_same_seed_gives_the_same_puzzle() -> None:
    assert random_puzzle(random.Random(5)) == random_puzzle(random.Random(5))


@pytest.mark.parametrize("count", [8, 13, 20])
def test_the_size_of_the_hand_is_what_was_asked_for(count: int) -> None:
    assert len(random_puzzle(random.Random(1), cards=(count, count)).cards) == count

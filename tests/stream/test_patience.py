"""What a prompt lets an answer repeat, and what no prompt asks for."""

from time import process_time

import pytest

from qwq_cli.stream.loops.patience import Patience
from tests.stream.prose import prose
from tests.stream.test_cycles import HEAD, watch

SENTENCE = 20.0
"""Tokens of the cycle that a prompt is about."""
COPIES = {
    "Write this sentence 100 times: I must not be late.": 100,
    "Say it fifty times.": 50,
    "Say it two hundred times, and no less.": 200,
    "Give me a table of 500 rows.": 500,
    "Print 1,000 empty lines.": 1000,
    "把这句话写一百遍。": 100,
    "请重写300次：你好。": 300,
    "写五十行，每行一样。": 50,
    "Schreib den Satz 80 mal.": 80,
}
GRIDS = {
    "Draw a board of 64x64 zeros.": 4096,
    "Draw a 20 by 30 grid.": 600,
    "A board of 12×8 cells, please.": 96,
    "Print a 100x100 matrix of zeros.": 10_000,
    "Print a 100 by 100 matrix of zeros.": 10_000,
    "Make a 64 * 64 board.": 4096,
}
NOTHING = (
    "",
    "Which card is it, and why?",
    "Don't repeat yourself, please.",
    "Do not repeat anything.",
    "Never repeat a word.",
    "Answer without repeating yourself.",
    "Avoid repeating what I said.",
    "不要重复。请回答问题。",
    "It is 5 o'clock in room 101.",
    "In 1984 he wrote a book.",
    "Write a 500-word essay about cats.",
    "Write a summary of the 2008 financial crisis.",
    "List 100 ideas for a birthday party.",
    "Limit your answer to 2000 tokens.",
    "What is 12 x 13?",
    "The picture has 1024 x 768 pixels.",
    "Name the first 1000 primes.",
    "How do I repeat the experiment?",
    "Can anybody live forever?",
    "What is the etymology of mantra?",
    "我一直想知道为什么。",
)
ENDLESSLY = (
    "Repeat the word until I say stop.",
    "Repeat it fifty times.",
    "Say it over and over.",
    "Please write lorem ipsum for my page.",
    "Copy it verbatim.",
    "一直重复这个词。",
)


@pytest.mark.parametrize(("prompt", "copies"), COPIES.items())
def test_a_prompt_may_ask_for_copies(prompt: str, copies: int) -> None:
    allowed = Patience([prompt]).tokens(SENTENCE)
    assert copies * SENTENCE <= allowed <= (1.3 * copies + 10) * SENTENCE


@pytest.mark.parametrize(("prompt", "cells"), GRIDS.items())
def test_a_prompt_may_ask_for_a_grid(prompt: str, cells: int) -> None:
    for period in (2.0, SENTENCE, 200.0):
        assert 2 * cells <= Patience([prompt]).tokens(period) <= 4 * cells


def test_each_line_of_the_material_may_get_the_same_label() -> None:
    label, material = '"ham", ', "".join(f"Review {n}: fine.\n" for n in range(3000))
    assert watch([label * 3000]) is not None
    assert watch([label * 3000], Patience(["Label each review as JSON.", material])) is None


LONG = (
    "2024\n" + "-" * 20_000,
    "0,1," * 20_000,
    "1" * 90_000,
    "10 a-" * 4000,
    "100 by " * 3000,
    "repeat " * 9000,
    "say " + "a" * 60_000,
    "100" + " a" * 20_000,
    "x " * 9000 + "matrix " * 9000,
)


@pytest.mark.parametrize("prompt", LONG)
def test_no_prompt_takes_long_to_read(prompt: str) -> None:
    begun = process_time()
    Patience([prompt]).tokens(SENTENCE)
    assert process_time() - begun < 5  # seconds, where one that backtracks takes minutes


@pytest.mark.parametrize("prompt", NOTHING)
def test_other_prompts_ask_for_none(prompt: str) -> None:
    assert Patience([prompt]).tokens(SENTENCE) <= 400


@pytest.mark.parametrize("prompt", ENDLESSLY)
def test_a_prompt_may_ask_for_repetition_without_a_number(prompt: str) -> None:
    assert Patience([prompt]).tokens(SENTENCE) >= 10_000


def test_material_that_repeats_itself_lets_the_answer_repeat_it() -> None:
    line = "alpha beta gamma delta epsilon. "
    material = f"{prose(3000)}{line * 400}{prose(3000, 1)}"
    answer = HEAD + line * 400
    assert watch([answer]) is not None
    assert watch([answer], Patience(["Translate this.", material])) is None
    assert watch([answer], Patience(["Translate this.", prose(20_000)])) is not None


def test_a_request_counts_at_either_end_of_long_material() -> None:
    material = prose(40_000)
    for prompt in (f"{material}\nSay it 400 times.", f"Say it 400 times:\n{material}"):
        assert Patience([prompt]).tokens(SENTENCE) >= 400 * SENTENCE


def test_more_than_was_asked_for_is_found() -> None:
    line = "I must not be late for school again. "
    asked = Patience(["Write it 400 times: I must not be late for school again."])
    assert watch([line * 400]) is not None
    assert watch([line * 450], asked) is None
    assert watch([line * 1200], asked) is not None

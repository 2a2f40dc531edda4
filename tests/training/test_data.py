"""What is learnt from: the first edition's samples stay as they are, the second's are true."""

import hashlib
import random
from collections import Counter

import pytest

from qwq_cli.errors import BadInputError
from qwq_cli.puzzles.people import NAMES
from qwq_cli.puzzles.registry import recognise
from qwq_cli.puzzles.words import KINDS, LANGUAGES, language
from training.data import CURRICULUM, KINDS_CURRICULUM, RECIPES, WIDENING, draw
from training.elsewhere import elsewhere
from training.thoughts.registry import faults

FIRST_EDITION = "452e115c7f3e0676e6a580dfefc2a07bdf6600b8a5834014924b6f2a7b91ed5e"
"""Of forty samples of each stage, as they were when quill's first weights were trained."""


def test_samples_of_the_first_edition_are_reproducible() -> None:
    digest = hashlib.sha256()
    for stage in (*CURRICULUM, *WIDENING):
        rng = random.Random("recipe")
        for _ in range(40):
            sample = draw(rng, stage)
            digest.update(repr((sample.prompt, sample.reply)).encode())
    assert digest.hexdigest() == FIRST_EDITION
    assert RECIPES["cards"] == (CURRICULUM, WIDENING)


@pytest.mark.parametrize(
    "stages", [*RECIPES["kinds"], RECIPES["polish"][1]], ids=["first", "wider", "polish"]
)
def test_samples_of_the_second_edition_are_true_and_of_all_kinds(
    stages: tuple[object, ...],
) -> None:
    rng = random.Random(1)
    found: Counter[str] = Counter()
    for _ in range(120):
        sample = draw(rng, stages[-1])  # type: ignore[arg-type]
        task = sample.task
        if task is None:
            found["elsewhere"] += 1
            continue
        found[task.kind] += 1
        text = "".join(part for part, _ in sample.reply)
        slips = any(not learnt for _, learnt in sample.reply)
        wrong = faults(task.kind, task.puzzle, text, task.lang)
        assert bool(wrong) == slips, (sample.user, text)
    assert set(found) >= set(KINDS)


def test_kept_apart_names_stay_apart() -> None:
    rng = random.Random(2)
    rare = {name for by in NAMES.values() for name in by["rare"]}
    for _ in range(300):
        sample = draw(rng, KINDS_CURRICULUM[-1])
        if sample.posed is None and recognised(sample.user):
            assert not [name for name in rare if name in sample.user]


def recognised(text: str) -> bool:
    try:
        return recognise(text)[0].name in {"knights", "orders"}
    except BadInputError:
        return False


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_asked_from_elsewhere_is_no_puzzle_of_any_kind(lang: str) -> None:
    rng = random.Random(f"elsewhere {lang}")
    for number in range(200):
        nonsense = number % 2
        written = language("好" if lang == "zh" else "a")
        question, reply = elsewhere(rng, written, kinds=True, nonsense=nonsense)
        assert not recognised(question)
        with pytest.raises(BadInputError):
            recognise(question)
        assert "我不知道" in reply or "I do not know" in reply

"""What is learnt from: the first edition's samples stay as they are, the second's are true."""

import hashlib
import random
import re
from collections import Counter
from contextlib import suppress
from dataclasses import replace

import pytest

from qwq_cli.errors import BadInputError
from qwq_cli.puzzles.cards.puzzle import Puzzle
from qwq_cli.puzzles.cards.wording import PHRASES
from qwq_cli.puzzles.people import NAMES
from qwq_cli.puzzles.registry import recognise
from qwq_cli.puzzles.words import KINDS, LANGUAGES, KindName, Language, language
from training import data, variety
from training.data import draw
from training.elsewhere import elsewhere
from training.everyday import everyday
from training.newcomers import QUESTIONS
from training.recipes import CURRICULUM, KINDS_CURRICULUM, RECIPES, WIDENING, Mix
from training.strangers import QUESTIONS as STRANGERS
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
    "stages",
    [*RECIPES["kinds"], RECIPES["polish"][1], RECIPES["settle"][1]],
    ids=["first", "wider", "polish", "settle"],
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
def test_what_is_asked_from_elsewhere_is_no_puzzle_of_any_kind(lang: Language) -> None:
    rng = random.Random(f"elsewhere {lang}")
    numbers = 0
    for number in range(300):
        nonsense = (0, 0.1, 1)[number % 3]
        written = language("好" if lang == "zh" else "a")
        question, reply = elsewhere(rng, written, kinds=True, nonsense=nonsense)
        assert question not in STRANGERS[lang]
        numbers += nonsense == 0.1 and len(re.findall(r"\d+", question)) > 1
        assert not recognised(question)
        with pytest.raises(BadInputError):
            recognise(question)
        assert "我不知道" in reply or "I do not know" in reply
    assert numbers > 30  # stories with several


@pytest.mark.parametrize("lang", LANGUAGES)
def test_other_dialogues_are_told_by_what_is_said_alone(lang: Language) -> None:
    """Their names and layouts are those of the announced one's samples."""
    rng = random.Random(f"talks {lang}")
    mix = replace(RECIPES["settle"][1][-1], kinds=(("cards", 1.0),), talks=1.0, strangers=0.0)
    common = PHRASES[lang]["common"].cast
    known = {name for three in common.triples for name in three} | set(common.singles)
    new = 0
    for _ in range(120):
        sample = draw(rng, mix)
        assert sample.task is not None
        if sample.task.lang != lang or isinstance(sample.task.puzzle, Puzzle):
            continue
        assert recognise(sample.user)[1] == sample.task.puzzle
        new += not any(name in sample.user for name in known if len(name) > 1)
    assert new > 10


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", [name for name in KINDS if name != "cards"])
def test_everyday_questions_are_read_as_their_kind(name: KindName, lang: Language) -> None:
    rng = random.Random(f"everyday {name} {lang}")
    asked = [everyday(rng, lang, name) for _ in range(60)]
    read = 0
    for text in asked:
        with suppress(BadInputError):
            read += recognise(text)[0].name == name
    assert read > len(asked) * 0.8
    assert len(set(asked)) > len(asked) * 0.5


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_a_newcomer_types_has_one_answer_and_is_never_learnt(
    lang: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    kinds = set()
    for text in QUESTIONS[lang]:
        one, puzzle = recognise(text)
        assert len(one.solve(puzzle)) == 1, text
        kinds.add(one.name)
    assert kinds == set(KINDS) - {"cards"}

    drawn = iter((QUESTIONS[lang][0], "7-3"))
    monkeypatch.setattr(data, "everyday", lambda *_: next(drawn))
    mix = Mix(2.0, (8, 20), kinds=(("columns", 1.0),), everyday=1.0)
    assert draw(random.Random(0), mix).user == "7-3"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_made_up_lines_and_layouts_are_none_of_those_kept_out(lang: Language) -> None:
    rng = random.Random(f"blurred {lang}")
    rare = PHRASES[lang]["rare"]
    known = {line for options in PHRASES[lang]["common"].statements for line in options}
    new = 0
    for _ in range(300):
        said = variety.statements(rng, lang, knew=0.5, blurred=1.0)
        assert not {line for options in rare.statements for line in options} & set(said)
        new += len(set(said) - known)
        assert variety.layout(rng, lang, blanks=1.0) not in rare.layouts
    assert new > 800  # a blurred line is hardly ever a known one

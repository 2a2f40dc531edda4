"""Items by seed, generations that stay whole, grades from texts alone, and what they add up to."""

import json
import random
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qwq_cli.errors import BadInputError, BusyError, NotFoundError, UsageError
from qwq_cli.evals.generations import Generations, Line, generations
from qwq_cli.evals.grading import grade
from qwq_cli.evals.items import Item, Suite
from qwq_cli.evals.report import report, wilson
from qwq_cli.puzzles.registry import kind
from qwq_cli.puzzles.words import KINDS, KindName
from qwq_cli.stream.final import final_answer

RUN = {"model": "one", "engine": "scripted", "temperature": 0.0}


def suite(count: int = 2, **options: Any) -> Suite:  # noqa: ANN401 - any of its fields
    usual: dict[str, Any] = {
        "kind": "knights",
        "langs": ("zh", "en"),
        "difficulties": ("easy", "medium"),
        "wordings": ("common",),
        "seed": 7,
    }
    return Suite(count=count, **(usual | options))


def record(item: Item, answer: str | None = None, **more: object) -> dict[str, Any]:
    """As `qwq eval` writes one; without an answer the right one."""
    posed = item.posed()
    said = kind(item.kind).say(posed.answer, item.lang) if answer is None else answer
    return {
        "key": item.key(posed.text, RUN),
        "item": {
            "kind": item.kind,
            "lang": item.lang,
            "difficulty": item.difficulty,
            "wording": item.wording,
            "seed": item.seed,
            "number": item.number,
            "unsolvable": item.unsolvable,
        },
        "run": RUN,
        "question": posed.text,
        "answer": said,
        "final": said or None,
        "finish_reason": "stop",
        "usage": {"reasoning_tokens": 30, "answer_tokens": 4},
        "timings": {"total_s": 0.5},
        "loops": [],
        "language": {"switches": []},
        "error": None,
        **more,
    }


def item(name: KindName = "cards", **more: Any) -> Item:  # noqa: ANN401 - any of its fields
    return next(suite(1, kind=name, **more).items())


# --------------------------------------------------------------------------------------- items


def test_a_longer_suite_has_the_items_of_the_shorter_one() -> None:
    short, long = list(suite(2).items()), list(suite(5).items())
    assert long[: len(short)] == short
    assert len(set(long)) == len(suite(5)) == 20
    assert [one.posed() for one in short] == [one.posed() for one in suite(2).items()]


def test_other_seeds_are_other_puzzles() -> None:
    texts = {one.posed().text for seed in range(5) for one in suite(4, seed=seed).items()}
    assert len(texts) > 70


def test_a_key_stands_for_puzzle_model_engine_and_sampling() -> None:
    one, other = list(suite(1).items())[:2]
    text = one.posed().text
    keys = {
        one.key(text, RUN),
        one.key(text, RUN | {"temperature": 0.6}),
        one.key(text, RUN | {"model": "two"}),
        one.key(text, RUN | {"engine": "llama.cpp"}),
        one.key(text + " ", RUN),
        other.key(text, RUN),
    }
    assert len(keys) == 6
    assert one.key(text, RUN) == one.key(text, dict(reversed(RUN.items())))


def test_what_a_kind_has_not_is_refused() -> None:
    with pytest.raises(UsageError, match="no wording"):
        suite(wordings=("announcement",))
    with pytest.raises(UsageError, match="always have an answer"):
        suite(kind="columns", unsolvable=True)


# --------------------------------------------------------------------------------- generations


def line(number: int, error: object = None) -> str:
    one = list(suite(number + 1).items())[number]
    return json.dumps(record(one, error=error), ensure_ascii=False)


def kept_line(number: int, error: object = None) -> Line:
    text = line(number, error)
    return Line(json.loads(text)["key"], text, error is not None)


def test_records_are_found_again_and_the_last_of_a_key_counts(tmp_path: Path) -> None:
    path = tmp_path / "g.jsonl"
    with Generations(path) as kept:
        assert (kept.done, kept.seeds) == (set(), {})
        kept.add([kept_line(0, {"code": 1, "message": "broke"}), kept_line(1)])
    with Generations(path) as kept:
        assert kept.done == {json.loads(line(1))["key"]}
        assert kept.seeds == {"knights": 7}
        kept.add([kept_line(0)])
    with Generations(path) as kept:
        assert len(kept.done) == 2
    assert [each["error"] for each in generations(path)] == [None, None]


@given(st.integers(1, 400))
def test_half_a_line_at_the_end_is_cut_off(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    path = tmp_path_factory.mktemp("cut") / "g.jsonl"
    whole = f"{line(0)}\n"
    torn = line(1)[: min(cut, len(line(1)) - 1)]
    path.write_text(whole + torn, "utf-8")
    assert [each["key"] for each in generations(path)] == [json.loads(whole)["key"]]
    with Generations(path) as kept:
        assert len(kept.done) == 1
        kept.add([kept_line(1)])
    assert path.read_text("utf-8") == f"{line(0)}\n{line(1)}\n"


@pytest.mark.parametrize(
    "text",
    [
        "hello\n",
        '{"id": 1}\n',
        "[1]\n",
        '{"key": "a", "item": {}}\n',
        f"{line(0)}\nnonsense\n",
        line(0).replace('"knights"', '"riddles"') + "\n",
        line(0).replace('"usage": {', '"usage": [{').replace('"timings"', '"x": 1}], "timings"'),
        line(0).replace('"final": "', '"final": 5, "x": "') + "\n",
    ],
)
def test_a_file_of_anything_else_is_refused_and_left_alone(tmp_path: Path, text: str) -> None:
    path = tmp_path / "g.jsonl"
    path.write_text(text, "utf-8")
    with pytest.raises(BadInputError):
        list(generations(path))
    if text.endswith("\n"):
        with pytest.raises(BadInputError, match=r"g\.jsonl:\d"):
            Generations(path)
    assert path.read_text("utf-8") == text


@pytest.mark.parametrize(
    "damage",
    [
        {"item": asdict(item()) | {"lang": ["en"]}},
        {"item": asdict(item()) | {"seed": "7"}},
        {"finish_reason": []},
        {"run": {}},
        {"usage": {"reasoning_tokens": None}},
        {"usage": {"answer_tokens": "5"}},
        {"timings": {"total_s": []}},
    ],
)
def test_a_damaged_record_is_told_and_never_graded(
    tmp_path: Path, damage: dict[str, object]
) -> None:
    path = tmp_path / "g.jsonl"
    path.write_text(f"{line(0)}\n{json.dumps(record(item()) | damage)}\n", "utf-8")
    with pytest.raises(BadInputError, match=r"g\.jsonl:2 can't be graded"):
        list(generations(path))
    with pytest.raises(BadInputError, match=r"g\.jsonl:2 does not belong"), Generations(path):
        pass


def test_a_file_is_written_by_one_at_a_time(tmp_path: Path) -> None:
    with Generations(tmp_path / "g"), pytest.raises(BusyError):
        Generations(tmp_path / "g")
    with pytest.raises(NotFoundError):
        list(generations(tmp_path / "none"))


# --------------------------------------------------------------------------------------- grades


@pytest.mark.parametrize("name", KINDS)
def test_the_right_answer_is_right_and_another_one_is_not(name: KindName) -> None:
    one = item(name, difficulties=("medium",))
    assert grade(record(one)).outcome == "right"
    others = (Item(name, one.lang, "medium", "common", seed, 0) for seed in range(50))
    other = next(each for each in others if each.posed().answer != one.posed().answer)
    wrong = grade(record(one, kind(name).say(other.posed().answer, "zh")))
    assert wrong.outcome in {"wrong", "silent"}  # other people's names answer nothing
    assert wrong.truth == kind(name).say(one.posed().answer, one.lang)
    assert grade(record(one, "我不知道")).outcome == "silent"
    assert grade(record(one, "", final=None)).outcome == "silent"


def test_what_happened_on_the_way_is_counted_apart() -> None:
    one = item()
    assert not grade(record(one)).truncated
    assert grade(record(one, finish_reason="length")).truncated
    assert grade(record(one, "", finish_reason="budget")).truncated
    assert grade(record(one, loops=[{"kind": "exact"}])).looped
    assert grade(record(one, language={"switches": [{"was": "zh"}]})).mixed
    assert grade(record(one, error={"code": 1})).outcome == "failed"
    assert (grade(record(one)).tokens, grade(record(one)).seconds) == (34, 0.5)


@pytest.mark.parametrize(
    ("answer", "none", "several"),
    [
        ("没有答案", "right", "wrong"),
        ("no answer", "right", "wrong"),
        ("不止一个答案", "wrong", "right"),
        ("There are several answers.", "wrong", "right"),
        ("这道题无法确定。", "right", "right"),
        ("我不知道", "silent", "silent"),
        ("方块5", "wrong", "wrong"),
    ],
)
def test_of_an_unsolvable_puzzle_to_say_so_is_right(answer: str, none: str, several: str) -> None:
    found = {}
    for number in range(60):
        one = Item("cards", "zh", "easy", "common", 3, number, unsolvable=True)
        graded = grade(record(one, answer))
        found[graded.truth] = graded.outcome
    assert found == {"no answer": none, "several answers": several}


def _in_lines(one: Item) -> str:
    """The right answer in a list, a line for each thing, under a heading."""
    said = kind(one.kind).say(one.posed().answer, "en")
    return "**Final Answer**\n\n" + "\n".join(f"- {part}" for part in said.split(", "))


@pytest.mark.parametrize("name", ["knights", "orders", "equations"])
def test_an_answer_in_several_lines_is_read_whole(name: KindName) -> None:
    graded = 0
    for one in suite(6, kind=name, difficulties=("medium", "hard")).items():
        answer = _in_lines(one)
        if answer.count("\n- ") > 1:
            final = final_answer(answer)
            assert grade(record(one, answer, final=final)).outcome == "right", answer
            graded += 1
    assert graded


@pytest.mark.parametrize(
    "final",
    [
        "我不知道",
        "I don't know.",
        "没有答案",
        "no answer",
        "不止一个答案",
        "It is a contradiction.",
    ],
)
def test_the_way_is_no_answer_where_the_end_declines(final: str) -> None:
    one = item("knights")
    said = kind("knights").say(one.posed().answer, "en")
    graded = grade(record(one, f"Perhaps {said}?\n\n{final}", final=final))
    assert (graded.outcome, graded.given) == ("silent", None)


def _outcomes(name: KindName, answer: str) -> dict[str, str]:
    """What an answer is worth where a puzzle has none, and where it has several."""
    graded = (
        grade(record(Item(name, "en", "easy", "common", 3, number, unsolvable=True), answer))
        for number in range(60)
    )
    return {each.truth: each.outcome for each in graded}


@pytest.mark.parametrize(
    ("answer", "none", "several"),
    [
        ("All real numbers are solutions", "wrong", "right"),
        ("x can be any real number", "wrong", "right"),
        ("x可以是任意实数", "wrong", "right"),
        ("有无穷多个解", "wrong", "right"),
        ("There are two possible solutions.", "wrong", "right"),
        ("no value of x", "right", "wrong"),
        ("No x satisfies this", "right", "wrong"),
        ("不可能", "right", "wrong"),
        ("The equations are inconsistent.", "right", "wrong"),
        ("没有唯一答案", "right", "right"),
        ("There is no unique solution.", "right", "right"),
        ("It is impossible to determine.", "right", "right"),
        ("无法判断", "right", "right"),
        ("不确定", "right", "right"),
        ("我不确定", "silent", "silent"),
        ("There is no other way to say it.", "silent", "silent"),
    ],
)
def test_what_is_wrong_with_an_equation_may_be_said_in_many_words(
    answer: str, none: str, several: str
) -> None:
    assert _outcomes("equations", answer) == {"no answer": none, "several answers": several}


def test_what_an_answer_depends_on_is_said_of_one_that_is_open() -> None:
    assert set(_outcomes("truth", "It depends on q.").values()) == {"right"}


@pytest.mark.parametrize(
    ("answer", "none", "several"),
    [
        ("no consistent assignment exists", "right", "wrong"),
        ("The claims contradict each other.", "right", "wrong"),
        ("设{a}是骑士会矛盾，所以{a}是无赖，{b}是骑士", "wrong", "wrong"),
        (
            "It is impossible that {a} is a knight, so {a} is a knave, {b} is a knight",
            "wrong",
            "wrong",
        ),
        ("{a}不可能是骑士，{a}是无赖，{b}是骑士", "wrong", "wrong"),
        ("虽然不确定，{a}是无赖，{b}是骑士", "wrong", "wrong"),
        ("没有答案：{a}是骑士，{b}是无赖也不行", "right", "wrong"),
    ],
)
def test_a_clash_on_the_way_to_an_answer_is_not_what_is_wrong_with_the_puzzle(
    answer: str, none: str, several: str
) -> None:
    found = {}
    for number in range(60):
        one = Item("knights", "en", "easy", "common", 3, number, unsolvable=True)
        a, b = one.posed().puzzle.names
        graded = grade(record(one, answer.format(a=a, b=b)))
        found[graded.truth] = graded.outcome
    assert found == {"no answer": none, "several answers": several}


def test_a_question_that_is_no_puzzle_can_not_be_graded() -> None:
    with pytest.raises(BadInputError, match="can't be graded"):
        grade(record(item(), question="What time is it?"))


# --------------------------------------------------------------------------------------- figures


@given(st.integers(0, 500), st.integers(0, 500))
def test_an_interval_holds_its_share(successes: int, more: int) -> None:
    total = successes + more
    low, high = wilson(successes, total)
    assert 0 <= low <= (successes / total if total else 0.5) <= high <= 1


def test_intervals_are_those_of_the_books() -> None:
    low, high = wilson(453, 500)  # published as 87.7 to 92.9 %
    assert (round(100 * low, 1), round(100 * high, 1)) == (87.7, 92.9)


def test_figures_by_difficulty_and_language_and_their_sums() -> None:
    rng = random.Random(1)
    answers = (None if rng.random() < 0.5 else "我不知道" for _ in range(40))
    records = [record(one, answer) for one, answer in zip(suite(10).items(), answers, strict=True)]
    found = report(records)
    assert [(row.lang, row.difficulty) for row in found.rows] == [
        ("zh", "easy"),
        ("zh", "medium"),
        ("zh", "all"),
        ("en", "easy"),
        ("en", "medium"),
        ("en", "all"),
    ]
    easy, medium, both = found.rows[:3]
    assert both.total == easy.total + medium.total == 20
    assert both.right == easy.right + medium.right
    assert both.right + both.silent == 20
    assert len(found.mistakes) == sum(row.silent for row in found.rows if row.difficulty == "all")


def test_runs_of_one_model_that_differ_are_told_apart() -> None:
    one = item()
    warm = record(one) | {"run": RUN | {"temperature": 0.6}}
    found = report([record(one), warm, warm])
    assert [(row.model, row.total) for row in found.rows] == [("one", 1), ("one (2)", 2)]
    assert found.as_json()["runs"] == {"one": RUN, "one (2)": RUN | {"temperature": 0.6}}

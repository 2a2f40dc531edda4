"""The detector: which loops it finds, where, and which repetition it leaves alone."""

import json
import random
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qwq_cli.puzzles.examples import CARDS
from qwq_cli.stream.guard import Verdict
from qwq_cli.stream.loops.detector import LoopDetector, Sensitivity
from qwq_cli.stream.loops.memory import HELD, REACH
from qwq_cli.stream.loops.reading import Reader
from tests.stream.chunks import chunked
from tests.stream.prose import SHARED, prose, sentence


def watch(chunks: Iterable[str], sensitivity: Sensitivity = "normal") -> Verdict | None:
    guard = LoopDetector(sensitivity)
    return next(filter(None, map(guard.watch, chunks)), None)


# ------------------------------------------------------------------------------- what it finds


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("period", [40, 120, 700, 2500, 5000])
@pytest.mark.parametrize("before", [300, 20_000])
def test_a_block_that_follows_itself(lang: str, period: int, before: int) -> None:
    head, block = prose(before, 1, lang), prose(period, 2, lang)
    text = head + block * (3 + 3000 // period)
    verdict = watch([text])
    assert verdict is not None
    assert verdict.kind == "exact"
    assert verdict.repeat_at - verdict.start == len(block)
    # The head may happen to end as the block does; a cut is made where a sentence begins.
    assert abs(verdict.start - len(head)) <= 40
    # One period, and 300 tokens of about four bytes.
    late = verdict.detected_at - verdict.repeat_at
    assert late <= len(block) + (1200 if lang == "en" else 400)


@pytest.mark.parametrize("piece", ["!", "a", "ha ", "0 & ", "哈", "\n- ", " "])
def test_one_word_over_and_over(piece: str) -> None:
    head = prose(2000)
    verdict = watch([head + piece * (12_000 // len(piece))])
    assert verdict is not None
    assert verdict.kind == "run"
    assert len(head) - 40 <= verdict.start <= verdict.repeat_at <= len(head) + 80


def test_counters_that_rise_make_no_difference() -> None:
    step = prose(300, 3)
    text = prose(1000) + "".join(f"Step {n}: {step}\n" for n in range(40))
    verdict = watch([text])
    assert verdict is not None
    assert verdict.kind == "near"
    assert verdict.detected_at < 1000 + 5 * len(step)


def test_an_indent_that_grows_makes_no_difference() -> None:
    line = "if (node.left != null && visit(node.left, depth + 1)) {\n"
    text = prose(1000) + "".join("    " * depth + line for depth in range(60))
    verdict = watch([text])
    assert verdict is not None
    assert verdict.kind == "near"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_sentences_said_again_in_any_order(lang: str) -> None:
    draw = random.Random(5)
    said = [sentence(draw, lang) + sentence(draw, lang) for _ in range(5)]
    head = prose(3000, 6, lang) + "".join(said)
    verdict = watch([head + "".join(draw.choice(said) for _ in range(200))])
    assert verdict is not None
    assert verdict.kind in {"paraphrase", "restart"}
    assert len(head) - 400 <= verdict.repeat_at <= verdict.detected_at <= len(head) + 3000


@pytest.mark.parametrize(
    "again",
    ["So the answer is {a}. But wait, maybe it is {b}. ", "所以答案是{a}。不对，也许是{b}。"],
)
def test_an_answer_that_swings(again: str) -> None:
    draw = random.Random(7)
    swings = "".join(again.format(a=draw.choice("ABCD"), b=draw.choice("ABCD")) for _ in range(100))
    verdict = watch([prose(2000) + swings])
    assert verdict is not None
    assert verdict.repeat_at >= 1900


def test_a_sensitive_one_is_sooner() -> None:
    text = prose(2000) + prose(100, 8) * 40
    found = [watch([text], sensitivity) for sensitivity in ("high", "normal", "low")]
    soon, usual, late = (verdict.detected_at for verdict in found if verdict)
    assert soon < usual < late


# ------------------------------------------------------------------------- what it leaves alone

TABLE = "| city | founded | people |\n|---|---|---|\n" + "".join(
    f"| {n} | none | none |\n" for n in range(90)
)
CODE = "```python\n" + "".join(f"assert f({n}) == {n * n}\n" for n in range(120)) + "```\n"
SAME_CODE = "```\n" + "push(0);\n" * 30 + "```\n"
CASES = "".join(
    f"Case {n}: suppose that the first card is {card}. Then {prose(60, n).strip()}\n"
    for n, card in enumerate((*"A23456789", "10", *"JQK"), 1)
)
MATRIX = r"\begin{pmatrix}" + (" & ".join(["0"] * 9) + r" \\ ") * 9 + r"\end{pmatrix}"
REFRAIN = "".join(prose(200, n) + "And so the river ran, and so the river ran.\n" for n in range(9))
NUMBERS = "\n".join(f"{n}^2 = {n * n}, {n}^3 = {n**3}" for n in range(200))
LEGITIMATE = {
    "table": TABLE,
    "code": CODE,
    "the same line of code": SAME_CODE,
    "cases": CASES,
    "matrix": MATRIX,
    "refrain": REFRAIN,
    "numbers": NUMBERS,
    "the card puzzle": CARDS,
    "ruled lines": "".join("-" * 80 + f"\n{prose(200, n)}\n" for n in range(9)),
    "a passage quoted once": prose(4000) + prose(1500, 2) + prose(1000, 3) + prose(1500, 2),
}


@pytest.mark.parametrize("name", LEGITIMATE)
def test_legitimate_repetition_stays(name: str) -> None:
    assert watch([LEGITIMATE[name] + prose(2000, 9)]) is None


@settings(max_examples=20)
@given(st.integers(0, 10**6), st.sampled_from(["en", "zh"]))
def test_text_that_goes_on_is_no_loop(seed: int, lang: str) -> None:
    assert watch([prose(4000, seed, lang)]) is None


# ----------------------------------------------------------------------------------- properties


@settings(max_examples=40)
@given(
    chunked(
        st.sampled_from(
            [
                prose(500) + prose(60, 2) * 30,
                prose(500, 1, "zh") + prose(60, 2, "zh") * 30,
                CODE + "".join("   " * n + "end of it\n" for n in range(90)),
                prose(300) + "\n" * 9000,
                TABLE + "Step 1: " + prose(90) * 20,
            ]
        )
    )
)
def test_chunks_make_no_difference(chunks: list[str]) -> None:
    text = "".join(chunks)
    assert watch(chunks) == watch([text]) == watch(text)


@settings(max_examples=100)
@given(chunked(st.text(max_size=300)))
def test_words_lie_on_the_text(chunks: list[str]) -> None:
    text = "".join(chunks)
    reader = Reader()
    words = [word for chunk in chunks for word in reader.feed(chunk)] + reader.flush()
    assert all(0 <= word.start < word.end <= len(text) for word in words)
    for word in words:
        assert word.masked or text[word.start : word.end].lower() == word.text
    # Nothing but blanks lies between them.
    ends = [0, *(word.end for word in words)]
    starts = [*(word.start for word in words), len(text)]
    between = [text[end:start] for end, start in zip(ends, starts, strict=True)]
    assert all(not gap or gap.isspace() for gap in between)


@settings(max_examples=30)
@given(st.text(alphabet="ab \n.", max_size=40).filter(str.strip), st.integers(0, 2000))
def test_offsets_lie_on_the_text(block: str, before: int) -> None:
    text = prose(before) + block * (8000 // len(block))
    verdict = watch([text])
    if verdict is not None:
        assert 0 <= verdict.start < verdict.repeat_at < verdict.detected_at <= len(text)


def test_it_looks_no_further_back_than_its_reach() -> None:
    block = prose(3000, 2)
    filler = prose(REACH * 7, 3)
    guard = LoopDetector()
    assert guard.watch(block + filler + block + filler[: REACH * 2] + block) is None
    assert guard.memory.size - guard.memory.base <= HELD


# ----------------------------------------------------------------------------------- real traces


def _rows(name: str) -> list[dict[str, str]]:
    path = SHARED / f"{name}.jsonl"
    if not path.exists():
        pytest.skip("the traces are not here")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_real_loops_are_found() -> None:
    rows = _rows("loops")
    missed = [row["id"] for row in rows if watch([row["text"]]) is None]
    assert len(missed) <= len(rows) // 50


def test_real_controls_are_left_alone() -> None:
    assert [row["id"] for row in _rows("controls") if watch([row["text"]])] == []


def test_natural_traces_are_left_alone() -> None:
    assert len([row["id"] for row in _rows("natural") if watch([row["text"]])]) <= 1

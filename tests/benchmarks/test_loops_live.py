"""The figures of live loops mean something: arms differ as they say, and sums are right."""

from collections.abc import Iterator

import pytest

from benchmarks.loops_arms import NOTHING, ROOM, Outcome, Rewind, run
from benchmarks.loops_live import Case, figures, steps
from benchmarks.loops_prompts import Prompt, read
from qwq_cli.engines.base import Engine
from qwq_cli.events import Loop
from qwq_cli.puzzles.cards.check import read_card
from qwq_cli.request import Sampling
from qwq_cli.runtime import open_engine

LOOP = Loop("exact", 0, 10, 30, "rewound")


def outcome(final: str | None, spent: int, *, loops: int = 0) -> Outcome:
    return Outcome(
        reason="stop" if final else "loop",
        answer=final or "",
        final=final,
        loops=(LOOP,) * loops,
        spent=spent,
        trimmed=10 * loops,
        inserted=0,
        rewinds=(Rewind(100, 1),) * loops,
        seconds=1.0,
    )


def case(answer: str | None, **arms: Outcome) -> Case:
    return Case(Prompt("en-puzzle-1", "puzzle", "?", answer), "greedy", arms)


def test_an_arm_s_figures() -> None:
    nothing = outcome(None, 1000)
    cases = [
        case("方块5", nothing=nothing, ladder=outcome("Diamonds 5", 500, loops=2)),
        case("方块5", nothing=nothing, ladder=outcome("红桃2", 300, loops=1)),
        case(None, nothing=nothing, ladder=outcome(None, 700, loops=1)),
    ]
    ladder = figures(cases, "ladder")
    assert ladder["answered"] == pytest.approx(2 / 3)
    assert (ladder["right"], ladder["right_of"]) == (0.5, 2)
    assert (ladder["spent_each"], ladder["spent_of_nothing"]) == (500, 0.5)
    assert ladder["spent_an_answer"] == 750
    assert (ladder["kept_tokens"], ladder["recomputed_of_kept"]) == (400, 0.01)
    assert figures(cases, NOTHING)["answered"] == 0
    assert steps(cases) == {"rewound": (4, 3)}


def test_a_false_alarm_is_a_loop_on_the_way_to_the_right_answer() -> None:
    room = outcome("Diamonds 5", 500, loops=1)
    assert case("方块5", **{ROOM: room}).false_alarm
    assert not case("方块6", **{ROOM: room}).false_alarm
    assert not case("方块5", **{ROOM: outcome("方块5", 500)}).false_alarm


def test_the_prompts_are_what_they_say() -> None:
    prompts = read()
    assert len({prompt.text for prompt in prompts}) == len(prompts)
    assert {prompt.kind for prompt in prompts} == {"learnt", "puzzle", "hopeless", "crowd", "other"}
    for prompt in prompts:
        assert (prompt.answer is not None) == (prompt.kind in {"learnt", "puzzle"}), prompt.name
        assert prompt.answer is None or read_card(prompt.answer)


@pytest.fixture(scope="module")
def quill() -> Iterator[Engine]:
    with open_engine("quill") as opened:
        yield opened.engine


def test_arms_are_alike_up_to_the_first_loop(quill: Engine) -> None:
    abort, forced = (run(quill, arm, "红桃A " * 40, Sampling(0)) for arm in ("abort", "forced"))
    assert (abort.reason, abort.answered, abort.rewinds) == ("loop", False, ())
    first = forced.loops[0]
    assert (first.kind, first.start, first.repeat_at) == (
        abort.loops[0].kind, abort.loops[0].start, abort.loops[0].repeat_at,
    )  # fmt: skip
    assert first.action in {"forced", "kept"}
    assert forced.spent >= abort.spent

"""Generations on an engine that can't go on from a text: told and ended, never led."""

import pytest

from qwq_cli.engines.scripted import cut
from qwq_cli.events import Noticed
from qwq_cli.request import Steering
from tests.test_steering import (
    ANSWER,
    CIRCLE,
    END,
    FIRST,
    GEFRAGT,
    GERMAN,
    THOUGHT,
    Run,
    answered,
    ours,
    run,
)


def was_let_be(done: Run) -> bool:
    """Whether the engine was asked once, and nothing was put in."""
    return (len(done.engine.asked), done.record.interventions, ours(done.events)) == (1, [], "")


def test_a_loop_ends_the_thought_and_keeps_the_first_copy() -> None:
    done = run(FIRST + CIRCLE, END, rewinds=False)
    assert (done.actions, done.end.reason, done.end.final) == (["stopped"], "loop", None)
    assert done.record.reasoning.startswith(FIRST)
    assert done.record.reasoning.count("Is it the queen?") == 1
    assert done.end.usage.trimmed_tokens > 0
    assert was_let_be(done)


def test_an_answer_that_begins_again_is_the_answer() -> None:
    answer = "It is the five of diamonds, as shown above in the whole list of cards.\n\n"
    done = run("Hm.\n**Final Answer**\n\n" + answer * 12, rewinds=False)
    assert (done.actions, done.end.reason) == (["kept"], "stop")
    assert done.record.answer.strip() == answer.strip()
    assert was_let_be(done)


@pytest.mark.parametrize("mode", ["report", "off"])
def test_loops_may_be_left_alone(mode: str) -> None:
    done = run(FIRST + CIRCLE + END, steering=Steering(loops=mode), rewinds=False)  # type: ignore[arg-type]
    assert (done.end.reason, done.end.final) == ("stop", "方块5")
    assert was_let_be(done)


@pytest.mark.parametrize("budget", [0, 1, 20])
def test_a_spent_budget_ends_it_without_an_answer(budget: int) -> None:
    done = run(THOUGHT, ANSWER, steering=Steering(budget=budget), rewinds=False)
    assert (done.end.reason, done.end.final, done.record.answer) == ("budget", None, "")
    assert done.record.reasoning == "".join(cut(THOUGHT)[:budget])
    assert done.end.usage.reasoning_tokens == budget
    assert was_let_be(done)


def test_what_may_be_the_answer_goes_on() -> None:
    """Tags, and none so far: a budget for thinking may have nothing to do with it."""
    done = run(ANSWER, style="tags", steering=Steering(budget=2), rewinds=False)
    assert (done.end.reason, done.record.answer) == ("stop", ANSWER.strip())


def test_no_room_is_kept_for_what_can_t_be_asked_for() -> None:
    text = FIRST * 40 + END
    done = run(
        text,
        steering=Steering(loops="off"),
        rewinds=False,
        context_tokens=run("x").end.usage.prompt_tokens + len(cut(text)) + 1,
    )
    assert (done.end.reason, done.end.final) == ("stop", "方块5")
    assert was_let_be(done)


def test_a_turn_of_language_is_told_and_stays() -> None:
    done = run(answered(GERMAN), "方块五。", request=GEFRAGT, rewinds=False)
    (switch,) = done.record.switches
    assert (switch.part, switch.action) == ("answer", "reported")
    assert any(isinstance(event, Noticed) for event in done.events)
    assert done.record.answer == GERMAN
    assert was_let_be(done)

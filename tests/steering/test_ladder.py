"""The ladder alone: which step comes next, where it takes the text back to, and when it ends."""

from dataclasses import replace

import pytest

from qwq_cli.steering.ladder import PROGRESS, Ladder, Scene, Step
from qwq_cli.stream.guard import Verdict

FIRST = "A beginning. "
COPY = "It is so. Then it is not. "
TEXT = FIRST + COPY * 3
LOOP = Verdict("exact", len(FIRST), len(FIRST + COPY), len(TEXT))
CIRCLE = Verdict("restart", len(FIRST), len(FIRST + COPY), len(TEXT))
SCENE = Scene(TEXT)


def climb(ladder: Ladder, verdict: Verdict, scene: Scene = SCENE) -> Step:
    step = ladder.step(verdict, scene)
    assert step is not None
    ladder.resumed(step.keep)
    return step


def actions(rescues: int, *verdicts: Verdict, scene: Scene = SCENE) -> list[str]:
    ladder = Ladder("recover", rescues)
    return [climb(ladder, verdict, scene).action for verdict in verdicts]


def test_each_step_is_stronger_than_the_last() -> None:
    ladder = Ladder("recover", 9)
    rewound, refocused, forced = (climb(ladder, LOOP) for _ in range(3))
    assert rewound == Step("rewound", LOOP.repeat_at, rewound.warmth)
    assert refocused == Step("refocused", len(FIRST), refocused.warmth)
    assert forced == Step("forced", LOOP.repeat_at)
    assert 0 < rewound.warmth < refocused.warmth
    assert climb(ladder, LOOP).action == "forced"


def test_a_loop_that_begins_in_a_sentence_is_refocused_before_it() -> None:
    ladder = Ladder("recover", 9)
    inside = Verdict("exact", LOOP.start + 4, LOOP.repeat_at + 4, len(TEXT))
    climb(ladder, inside)
    assert climb(ladder, inside).keep == len(FIRST)


def test_circling_without_copies_starts_with_the_refocus_and_keeps_its_first_round() -> None:
    ladder = Ladder("recover", 9)
    assert climb(ladder, CIRCLE) == Step("refocused", CIRCLE.repeat_at, warmth=0.5)
    assert climb(ladder, CIRCLE).action == "forced"


def test_a_thought_that_announces_its_answer_again_and_again_is_asked_for_it() -> None:
    answers = Verdict("answers", LOOP.start, LOOP.repeat_at, LOOP.detected_at)
    assert actions(9, answers) == ["forced"]


@pytest.mark.parametrize(
    ("rescues", "steps"),
    [
        (0, ["stopped"]),
        (1, ["forced", "stopped"]),
        (2, ["rewound", "forced", "stopped"]),
        (3, ["rewound", "refocused", "forced", "stopped"]),
        (4, ["rewound", "refocused", "forced", "forced", "stopped"]),
    ],
)
def test_rescues_bound_them_all_and_the_last_one_forces(rescues: int, steps: list[str]) -> None:
    assert actions(rescues, *[LOOP] * len(steps)) == steps


def test_after_progress_it_starts_anew_within_the_same_bound() -> None:
    ladder = Ladder("recover", 4)
    assert climb(ladder, LOOP).action == "rewound"
    far = TEXT + "x" * PROGRESS
    again = Verdict("exact", len(far), len(far) + 300, len(far) + 600)
    scene = Scene(far + "y" * 600)
    assert climb(ladder, again, scene).action == "rewound"
    assert climb(ladder, again, scene).action == "refocused"
    assert climb(ladder, again, scene).action == "forced"
    assert climb(ladder, again, scene).action == "stopped"


def test_far_circling_counts_from_where_it_comes_back_not_from_where_it_stood_first() -> None:
    ladder = Ladder("recover", 9)
    assert climb(ladder, CIRCLE).action == "refocused"
    late = len(TEXT) + 2 * PROGRESS
    again = Verdict("restart", 0, late, late + 200)
    assert climb(ladder, again, Scene("x" * (late + 200))).action == "refocused"


def test_stop_and_report_change_nothing_else() -> None:
    assert Ladder("stop", 9).step(LOOP, SCENE) == Step("stopped", LOOP.repeat_at)
    assert Ladder("report", 9).step(LOOP, SCENE) == Step("reported", LOOP.detected_at)


def test_one_loop_is_reported_once() -> None:
    ladder = Ladder("report", 9)
    assert climb(ladder, LOOP).action == "reported"
    for at in range(LOOP.detected_at, 3000, 200):
        assert ladder.step(Verdict("exact", at, at + len(COPY), at + 200), SCENE) is None
    assert climb(ladder, Verdict("exact", 4000, 4100, 4300)).action == "reported"


# ---------------------------------------------------------------------------------- answers


def answer(text: str, verdict: Verdict) -> Scene:
    whole = FIRST + text
    assert verdict.detected_at <= len(whole)
    return Scene(whole, answer_at=len(FIRST))


def repeated(copy: str, times: int = 9) -> tuple[str, Verdict]:
    at = len(FIRST)
    return copy * times, Verdict("exact", at, at + len(copy), at + len(copy) * times)


def test_of_an_answer_that_repeats_as_a_whole_the_first_copy_is_kept() -> None:
    text, loop = repeated("It is the five.\n\n**Final Answer**\n\n")
    step = climb(Ladder("recover", 0), loop, answer(text, loop))
    assert step == Step("kept", len(FIRST + "It is the five."))
    # The cycle may be noticed from any place in it on.
    later = Verdict("exact", loop.start + 9, loop.repeat_at + 9, loop.detected_at)
    assert climb(Ladder("recover", 0), later, answer(text, later)) == step


@pytest.mark.parametrize(
    "copy", ["- good\n", '{"id": 1},\n', "| a | b |\n", "0\n", "five, ", "so "]
)
def test_rows_that_repeat_and_half_sentences_are_no_complete_answer(copy: str) -> None:
    text, loop = repeated(copy, 30)
    assert climb(Ladder("recover", 0), loop, answer(text, loop)).action == "stopped"


def test_an_answer_of_which_only_the_end_repeats_is_not_complete() -> None:
    lead = "There are three cases. "
    text, loop = repeated("It is the five. ")
    loop = replace(loop, start=loop.start + len(lead), repeat_at=loop.repeat_at + len(lead))
    scene = answer(lead + text + "x" * len(lead), loop)
    assert climb(Ladder("recover", 0), loop, scene) == Step("stopped", loop.repeat_at)


def test_an_answer_is_rewound_twice_behind_its_first_copy_and_then_given_up() -> None:
    text, loop = repeated("five, ", 30)
    ladder = Ladder("recover", 9)
    steps = [climb(ladder, loop, answer(text, loop)) for _ in range(3)]
    assert [step.action for step in steps] == ["rewound", "rewound", "stopped"]
    assert {step.keep for step in steps} == {loop.repeat_at}
    assert 0 < steps[0].warmth < steps[1].warmth
    assert not any(step.speaks for step in steps)


def test_an_answer_s_loop_begins_with_the_first_step_whatever_the_thinking_took() -> None:
    ladder = Ladder("recover", 9)
    for _ in range(3):
        climb(ladder, LOOP)
    at = len(FIRST)
    text = "It is: " + "five, " * 60
    loop = Verdict("exact", at + 7, at + 13, at + len(text))
    assert climb(ladder, loop, answer(text, loop)).action == "rewound"


def test_an_answer_that_is_what_went_round_before_is_none() -> None:
    ladder = Ladder("recover", 2)
    assert climb(ladder, LOOP).action == "rewound"
    text = COPY.removeprefix("It ") + "It " + COPY * 3
    at = len(FIRST)
    loop = Verdict("exact", at, at + len(COPY), at + len(text))
    assert climb(ladder, loop, answer(text, loop)).action == "rewound"
    assert climb(ladder, loop, answer(text, loop)).action == "stopped"


@pytest.mark.parametrize("rescues", [0, 1, 5])
def test_an_answer_of_a_model_that_can_t_continue_is_given_up(rescues: int) -> None:
    text, loop = repeated("five, ", 30)
    ladder = Ladder("recover", rescues, leads=False)
    assert climb(ladder, loop, answer(text, loop)).action == "stopped"

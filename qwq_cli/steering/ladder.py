"""What to do about a loop: a ladder of steps, each stronger than the last. Pure: it only decides.

In the thinking:
1. rewind: the first copy stays; back to where the second starts, and on from there, warmer.
2. refocus: back before the first copy, and on in a new paragraph from a sentence that leaves it
   behind, warmer still. Text that circles without copies begins here, and keeps its first round.
3. force: the answer is asked for, by a sentence in the model's voice and the mark of an answer.
   A thought that announces its answer again and again begins here: it has one.

In the answer: a first copy that is complete is the answer; one that breaks off is taken back,
then all from the first copy on, then all of the answer, each time warmer.

A model that can't go on from a text is asked for its answer at once, once.

When the model then writes `PROGRESS` characters without a loop, the next one begins at the first
step again. All steps together are bounded; the last one that is left forces the answer.
"""

from dataclasses import dataclass
from typing import Final

from qwq_cli.events import LoopAction
from qwq_cli.request import Loops
from qwq_cli.steering.places import complete_answer, sentence_start
from qwq_cli.stream.final import last_box
from qwq_cli.stream.guard import Verdict

PROGRESS: Final = 1000
"""A loop that starts this many characters behind the last resumption is a new one."""
CIRCLING: Final = frozenset({"restart", "paraphrase", "oscillation", "novelty"})
"""Kinds without copies: what stands before the repetition is not a copy of it."""
_CONCLUDED: Final = "answers"
_REWIND, _REFOCUS, _FORCE = 1, 2, 3
_SAME_LOOP: Final = 200
"""Characters between two reports of what is one loop."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Where a loop was noticed. `text`: everything so far; `answer_at`: where in it the answer
    begins, None inside the thinking. `apart`: the style parts thinking and answer, so that an
    answer can be asked for. `forced`: it was.
    """

    text: str
    answer_at: int | None = None
    apart: bool = True
    forced: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """What to do: keep the first `keep` characters, and go on `warmth` degrees warmer."""

    action: LoopAction
    keep: int
    warmth: float = 0.0

    @property
    def speaks(self) -> bool:
        """Whether a text of ours comes with it."""
        return self.action in {"refocused", "forced"}


class Ladder:
    """One generation's way through its loops."""

    def __init__(self, mode: Loops, rescues: int, *, leads: bool = True) -> None:
        """`rescues`: how many steps there are in all, those of several loops together. `leads`:
        the model can go on from a text; else there is one step, in the thinking: the answer is
        asked for.
        """
        self._mode = mode
        self._left = rescues if leads else min(rescues, 1)
        self._leads = leads
        self._rung = 0
        """The last step that was tried on the loop in hand."""
        self._answers = False
        """Whether that loop is in an answer."""
        self._resumed_at = 0
        self._reported: Verdict | None = None
        self._refocused = 0
        self._copies: list[str] = []
        """What went round in the thinking, without blanks."""

    @property
    def refocused(self) -> int:
        """How many times it refocused so far."""
        return self._refocused

    def step(self, verdict: Verdict, scene: Scene) -> Step | None:
        """What to do about this loop; None where it was reported already."""
        if self._mode == "report":
            return self._report(verdict)
        if self._mode == "stop":
            return Step("stopped", verdict.repeat_at)
        begins = verdict.repeat_at if verdict.kind in CIRCLING else verdict.start
        if begins > self._resumed_at + PROGRESS:
            self._rung = 0
        kept = self._kept(verdict, scene)
        if kept is not None and (scene.apart or self._rung >= _REFOCUS):
            return Step("kept", kept)
        self._remember(verdict, scene)
        thinks = scene.apart and scene.answer_at is None
        if not self._left or not (self._leads or thinks):
            return Step("stopped", verdict.repeat_at)
        self._rung = self._next(verdict, scene)
        self._left -= 1
        return self._taken(verdict, scene)

    def resumed(self, at: int) -> None:
        """The model goes on from here, in characters."""
        self._resumed_at = at

    def _next(self, verdict: Verdict, scene: Scene) -> int:
        answers, self._answers = self._answers, scene.answer_at is not None and scene.apart
        if self._answers:
            return min(self._rung + 1, _FORCE) if answers else _REWIND
        rung = self._rung + 1
        if verdict.kind in CIRCLING:
            rung = max(rung, _REFOCUS)
        if verdict.kind == _CONCLUDED or self._left == 1:
            rung = _FORCE
        return min(rung, _FORCE if scene.apart else _REFOCUS)

    def _taken(self, verdict: Verdict, scene: Scene) -> Step:
        if self._rung == _REWIND:
            return Step("rewound", verdict.repeat_at, warmth=0.25)
        if self._answers and scene.answer_at is not None:
            if self._rung == _FORCE:
                return Step("rewound", scene.answer_at, warmth=0.75)
            return Step("rewound", max(verdict.start, scene.answer_at), warmth=0.5)
        if self._rung == _FORCE:
            return Step("forced", sentence_start(scene.text, verdict.repeat_at))
        self._refocused += 1
        before = verdict.repeat_at if verdict.kind in CIRCLING else verdict.start
        return Step("refocused", sentence_start(scene.text, before), warmth=0.5)

    def _report(self, verdict: Verdict) -> Step | None:
        last, self._reported = self._reported, verdict
        period = verdict.repeat_at - verdict.start
        if last is not None and verdict.start - last.detected_at <= max(period, _SAME_LOOP):
            return None
        return Step("reported", verdict.detected_at)

    def _kept(self, verdict: Verdict, scene: Scene) -> int | None:
        """Where the answer that is in a loop ends, if its first copy is complete, and not just
        what went round in the thinking before, nor a forced one in which the model, without a
        result, thinks on in circles.
        """
        begin = scene.answer_at
        if begin is None or verdict.repeat_at <= begin:
            return None
        end = complete_answer(scene.text[begin:], verdict.repeat_at - begin)
        if end is None:
            return None
        if scene.forced and verdict.kind in CIRCLING:
            return begin + end if last_box(scene.text[begin : begin + end]) else None
        answer = _dense(scene.text[begin : begin + end])
        if any(answer in copy + copy or copy in answer + answer for copy in self._copies):
            return None
        return begin + end

    def _remember(self, verdict: Verdict, scene: Scene) -> None:
        copy = _dense(scene.text[verdict.start : verdict.repeat_at])
        if scene.answer_at is None and copy and verdict.kind != _CONCLUDED:
            self._copies.append(copy)


def _dense(text: str) -> str:
    return "".join(text.split())

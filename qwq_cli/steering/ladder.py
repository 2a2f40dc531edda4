"""What to do about a loop: a ladder of steps, each stronger than the last. Pure: it only decides.

In the thinking:
1. rewind: the first copy stays; back to where the second starts, and on from there, warmer.
2. refocus: back before the first copy, and on in a new paragraph from a sentence that leaves it
   behind, warmer still. Text that circles without copies begins here, and keeps its first round.
3. force: the answer is asked for, by a sentence in the model's voice and the mark of an answer.
   A thought that announces its answer again and again begins here: it has one.

In an answer, and in text that may be one, qwq inserts nothing:
1. A whole answer that only repeats itself is complete: its first copy is the answer.
2. rewind, twice, warmer the second time: the first copy stays.
3. stop: the text up to the end of the first copy stays, and the reason says that it is incomplete.

A model that can't go on from a text is asked for its answer at once, once, out of its thinking.

When the model then writes `PROGRESS` characters without a loop, the next one begins at the first
step again. All steps together are bounded; the last one that is left forces the answer.
"""

from dataclasses import dataclass
from typing import Final

from qwq_cli.events import LoopAction
from qwq_cli.request import Loops
from qwq_cli.steering.places import ENDERS, complete_answer, sentence_start
from qwq_cli.stream.final import last_box
from qwq_cli.stream.guard import Verdict
from qwq_cli.stream.loops.cycles import is_data

PROGRESS: Final = 1000
"""A loop that starts this many characters behind the last resumption is a new one."""
CIRCLING: Final = frozenset({"restart", "paraphrase", "oscillation", "novelty"})
"""Kinds without copies: what stands before the repetition is not a copy of it."""
_CONCLUDED: Final = "answers"
_REWIND, _REFOCUS, _FORCE = 1, 2, 3
_REWINDS_OF_ANSWERS: Final = 2
_SAME_LOOP: Final = 200
"""Characters between two reports of what is one loop."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Where a loop was noticed. `text`: everything so far. `answer_at`: where in it the answer
    begins, or what may be one; None in the thinking.
    """

    text: str
    answer_at: int | None = None


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
        answers = scene.answer_at is not None
        if _begin(verdict) > self._resumed_at + PROGRESS or answers != self._answers:
            self._rung = 0
        self._answers = answers
        if scene.answer_at is not None:
            return self._in_answer(verdict, scene.text, scene.answer_at)
        return self._in_thinking(verdict, scene.text)

    def resumed(self, at: int) -> None:
        """The model goes on from here, in characters."""
        self._resumed_at = at

    def _in_thinking(self, verdict: Verdict, text: str) -> Step:
        copy = _dense(text[verdict.start : verdict.repeat_at])
        if copy and verdict.kind != _CONCLUDED:
            self._copies.append(copy)
        if not self._left:
            return Step("stopped", verdict.repeat_at)
        self._rung += 1
        if verdict.kind in CIRCLING:
            self._rung = max(self._rung, _REFOCUS)
        if verdict.kind == _CONCLUDED or self._left == 1:
            self._rung = _FORCE
        self._left -= 1
        if self._rung == _REWIND:
            return Step("rewound", verdict.repeat_at, warmth=0.25)
        if self._rung >= _FORCE:
            return Step("forced", sentence_start(text, verdict.repeat_at))
        self._refocused += 1
        return Step("refocused", sentence_start(text, _begin(verdict)), warmth=0.5)

    def _in_answer(self, verdict: Verdict, text: str, begin: int) -> Step:
        kept = self._kept(verdict, text, begin)
        if kept is not None:
            return Step("kept", kept)
        if not (self._left and self._leads) or self._rung >= _REWINDS_OF_ANSWERS:
            return Step("stopped", verdict.repeat_at)
        self._rung += 1
        self._left -= 1
        return Step("rewound", verdict.repeat_at, warmth=0.25 * self._rung)

    def _report(self, verdict: Verdict) -> Step | None:
        last, self._reported = self._reported, verdict
        period = verdict.repeat_at - verdict.start
        if last is not None and verdict.start - last.detected_at <= max(period, _SAME_LOOP):
            return None
        return Step("reported", verdict.detected_at)

    def _kept(self, verdict: Verdict, text: str, begin: int) -> int | None:
        """Where the answer ends, if it is complete and all that follows repeats it as a whole. Not
        if it is what went round in the thinking, nor rows of which any number may be wanted.
        """
        begin += len(text[begin:]) - len(text[begin:].lstrip())
        second = begin + verdict.repeat_at - verdict.start
        repeats = text[second : verdict.detected_at]
        if not repeats or not text.startswith(repeats, begin):
            return None
        end = complete_answer(text[begin:], second - begin)
        if end is None:
            return None
        copy, between = text[begin : begin + end], text[begin + end : second]
        if last_box(copy) is None and (is_data(f"{copy}\n") or not _is_whole(copy, between)):
            return None
        answer = _dense(copy)
        if any(answer in copy + copy or copy in answer + answer for copy in self._copies):
            return None
        return begin + end


def _is_whole(copy: str, between: str) -> bool:
    """Whether an answer ends like one; of lines that are one sentence any number may be wanted."""
    if copy[-1] not in ENDERS:
        return False
    return between.count("\n") != 1 or between.strip() != "" or "\n" in copy


def _begin(verdict: Verdict) -> int:
    """Where the text begins that goes round."""
    return verdict.repeat_at if verdict.kind in CIRCLING else verdict.start


def _dense(text: str) -> str:
    return "".join(text.split())

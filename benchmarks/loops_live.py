"""Real loops of a real quill, the first edition, and what is made of them: ours and what others do.

Every prompt of benchmarks/loops_prompts.json is asked greedy and sampled, first without a look at
loops. Where one is found in what came, every arm of benchmarks/loops_arms.py has its turn, with
the same seed, so that all are alike up to the first loop. `learnt` prompts are within quill's
depth, all others are not.

answer: the share of the generations that end by themselves, with an answer. right: of those whose
prompt has a right answer, the share that give it. spent: tokens generated, those taken back
included, for one generation and against the arm `nothing`; for an answer: all that the arm spent
over its answers. again: the share of the tokens kept in the context at rewinds that were computed
again. Steps: how often each step of the ladder was taken, and how often no loop followed.

A false alarm is a loop found where, left alone, the model came to the right answer by itself.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.loops_arms import ARMS, NOTHING, ROOM, Outcome, run
from benchmarks.loops_prompts import Prompt, read
from benchmarks.measure import ROOT, keep, table
from qwq_cli.engines.base import Engine
from qwq_cli.puzzles.cards.check import read_card
from qwq_cli.request import Sampling
from qwq_cli.runtime import open_engine

SAMPLINGS: Final = {
    "greedy": Sampling(temperature=0.0, seed=0),
    "0.6": Sampling(temperature=0.6, seed=1),
    "1.0": Sampling(temperature=1.0, seed=2),
}
LEARNT: Final = "learnt"
FIRST: Final = ROOT / "training/first/quill.gguf"
"""The first edition, which knows one puzzle: out of its depth it loops more often than the present
one, which declines or notices.
"""


@dataclass(frozen=True, slots=True)
class Case:
    """One prompt and sampling. `arms` has all of them only where a loop was found."""

    prompt: Prompt
    sampling: str
    arms: Mapping[str, Outcome]

    @property
    def loops(self) -> bool:
        """Whether one was found."""
        return bool(self.arms[ROOM].loops)

    def right(self, arm: str) -> bool:
        """Whether the arm gave the right answer, where there is one."""
        answer, outcome = self.prompt.answer, self.arms[arm]
        if answer is None or not outcome.answered or not outcome.final:
            return False
        return read_card(outcome.final) == read_card(answer)

    @property
    def false_alarm(self) -> bool:
        """Whether a loop was found in what led to the right answer, unasked."""
        return self.loops and self.right(ROOM) and not self.arms[ROOM].asked


def generate_all(engine: Engine, prompts: Sequence[Prompt]) -> Iterator[Case]:
    """Every prompt with every sampling."""
    for number, prompt in enumerate(prompts, 1):
        if sys.stderr.isatty():
            print(f"\r{number}/{len(prompts)} ", end="", file=sys.stderr, flush=True)
        for name, sampling in SAMPLINGS.items():
            arms = {ROOM: run(engine, ROOM, prompt.text, sampling)}
            if arms[ROOM].loops:
                others = (arm for arm in ARMS if arm != ROOM)
                arms |= {arm: run(engine, arm, prompt.text, sampling) for arm in others}
            yield Case(prompt, name, arms)
    if sys.stderr.isatty():
        print("\r", end="", file=sys.stderr, flush=True)


def figures(cases: Sequence[Case], arm: str) -> dict[str, float]:
    """One arm's, over cases that loop."""
    outcomes = [case.arms[arm] for case in cases]
    answered = sum(outcome.answered for outcome in outcomes)
    spent = sum(outcome.spent for outcome in outcomes)
    bare = sum(case.arms[NOTHING].spent for case in cases)
    asked = [case for case in cases if case.prompt.answer is not None]
    rewinds = [rewind for outcome in outcomes for rewind in outcome.rewinds]
    kept = sum(rewind.kept for rewind in rewinds)
    recomputed = sum(rewind.recomputed for rewind in rewinds)
    return {
        "generations": len(cases),
        "answered": answered / max(1, len(cases)),
        "asked": sum(outcome.asked for outcome in outcomes) / max(1, len(cases)),
        "right": sum(case.right(arm) for case in asked) / max(1, len(asked)),
        "right_of": len(asked),
        "spent_each": spent / max(1, len(cases)),
        "spent_of_nothing": spent / max(1, bare),
        "spent_an_answer": spent / max(1, answered),
        "trimmed_each": sum(outcome.trimmed for outcome in outcomes) / max(1, len(cases)),
        "inserted_each": sum(outcome.inserted for outcome in outcomes) / max(1, len(cases)),
        "rewinds": len(rewinds),
        "kept_tokens": kept,
        "recomputed_tokens": recomputed,
        "recomputed_of_kept": recomputed / max(1, kept),
    }


def arms_table(arms: Mapping[str, Mapping[str, float]]) -> str:
    """Arms down."""
    rows: list[Sequence[str]] = [
        (
            "arm",
            "answer",
            "right",
            "asked for",
            "spent",
            "x nothing",
            "for an answer",
            "taken back",
            "rewinds",
            "kept",
            "again",
        )
    ]
    for arm, one in arms.items():
        rows.append(
            (
                arm,
                f"{one['answered']:.0%}",
                f"{one['right']:.0%}",
                f"{one['asked']:.0%}",
                f"{one['spent_each']:,.0f}",
                f"{one['spent_of_nothing']:.2f}",
                f"{one['spent_an_answer']:,.0f}" if one["answered"] else "-",
                f"{one['trimmed_each']:,.0f}",
                f"{one['rewinds']:,.0f}",
                f"{one['kept_tokens']:,.0f}",
                f"{one['recomputed_of_kept']:.2%}",
            )
        )
    return table(rows)


def parts_table(cases: Sequence[Case]) -> str:
    """Kinds of prompts and samplings down: how many loop, and the share with an answer by arm."""
    rows: list[Sequence[str]] = [("answer, where it loops", "loops", "false alarms", *ARMS)]

    def row(title: str, alike: Iterable[Case]) -> None:
        them = list(alike)
        looped = [case for case in them if case.loops]
        shares = [figures(looped, arm)["answered"] for arm in ARMS]
        cells = [f"{share:.0%}" if looped else "-" for share in shares]
        alarms = str(sum(case.false_alarm for case in them))
        rows.append((title, f"{len(looped)} of {len(them)}", alarms, *cells))

    for kind in dict.fromkeys(case.prompt.kind for case in cases):
        row(kind, (case for case in cases if case.prompt.kind == kind))
    for lang in ("zh", "en"):
        row(lang, (case for case in cases if case.prompt.name.startswith(lang)))
    for sampling in SAMPLINGS:
        row(sampling, (case for case in cases if case.sampling == sampling))
    return table(rows)


def steps(cases: Iterable[Case]) -> dict[str, tuple[int, int]]:
    """Of each step of the ladder how often it was taken, and how often no loop came after it."""
    taken: dict[str, tuple[int, int]] = {}
    for case in cases:
        loops = case.arms["ladder"].loops
        for place, loop in enumerate(loops, 1):
            count, last = taken.get(loop.action, (0, 0))
            taken[loop.action] = (count + 1, last + (place == len(loops)))
    return taken


def steps_table(taken: Mapping[str, tuple[int, int]]) -> str:
    """Steps down."""
    rows: list[Sequence[str]] = [("step of the ladder", "taken", "no loop after it", "")]
    for action, (count, last) in taken.items():
        cells = ("-", "-") if action == "stopped" else (str(last), f"{last / count:.0%}")
        rows.append((action, str(count), *cells))
    return table(rows)


def each(cases: Iterable[Case]) -> Iterator[str]:
    """Case by case: what every arm came to."""
    for case in cases:
        if case.loops:
            yield f"{case.prompt.name} {case.sampling}, right: {case.prompt.answer}"
        for arm, outcome in case.arms.items() if case.loops else ():
            found = ", ".join(
                f"{loop.action} {loop.kind} {loop.start} {loop.repeat_at} {loop.detected_at}"
                for loop in outcome.loops
            )
            end = f"{outcome.reason} {outcome.final!r} after {outcome.spent}"
            yield f"  {arm}: {end}{' RIGHT' if case.right(arm) else ''} [{found}]"


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kind", action="append", help="not all kinds of prompts")
    parser.add_argument("--each", action="store_true", help="case by case too")
    options = parser.parse_args()
    prompts = [one for one in read() if not options.kind or one.kind in options.kind]
    with open_engine(str(FIRST), threads=1) as opened:
        cases = list(generate_all(opened.engine, prompts))
    if options.each:
        print(*each(cases), sep="\n", end="\n\n")
    deep = [case for case in cases if case.prompt.kind != LEARNT]
    looped = [case for case in deep if case.loops]
    arms = {arm: figures(looped, arm) for arm in ARMS}
    taken = steps(looped)
    print(f"{len(looped)} of {len(deep)} generations out of quill's depth loop. Of these:\n")
    print(arms_table(arms), parts_table(cases), steps_table(taken), sep="\n\n", end="\n\n")
    if options.kind:
        print("(Not kept: a part of it only.)")
        return
    content = {
        "prompts": len(prompts),
        "samplings": list(SAMPLINGS),
        "generations_out_of_depth": len(deep),
        "looping": len(looped),
        "false_alarms": sum(case.false_alarm for case in cases),
        "arms": arms,
        "steps": {
            action: {"taken": n, "no_loop_after": last} for action, (n, last) in taken.items()
        },
    }
    print(keep("loops_live", content))


if __name__ == "__main__":
    main()

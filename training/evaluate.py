"""How well a quill reasons, through llama.cpp as it ships: whole answers and whole chains.

    python -m training.evaluate qwq_cli/weights/quill/quill.gguf --count 500 --json out.json

Puzzles come from seeds that training never used. `right`: the answer is the solver's. `true`: every
step of the chain is, by the possible worlds or whatever its kind is looked up in, and so is the
answer; a right answer from another chain counts as luck. `faultless`: the chain is, to the last
character, the one that we would write. `unsolvable` puzzles have no answer, or several, and to say
so is right. Knows the measures; knows no training.
"""

import argparse
import itertools
import json
import multiprocessing
import os
import random
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from qwq_cli.evals.report import wilson
from qwq_cli.puzzles.cards.parse import parse
from qwq_cli.puzzles.cards.wording import Posed, pose
from qwq_cli.puzzles.examples import CARDS
from qwq_cli.puzzles.kind import Setting
from qwq_cli.puzzles.registry import kind, recognise
from qwq_cli.puzzles.words import (
    KINDS,
    LANGUAGES,
    WORDINGS,
    KindName,
    Language,
    Wording,
)
from training.chains import chain
from training.data import Sample, draw_posed
from training.elsewhere import modest
from training.newcomers import QUESTIONS as NEWCOMERS
from training.sampling import Sampler
from training.strangers import QUESTIONS
from training.thoughts.forms import conclusion
from training.thoughts.registry import chain as written
from training.thoughts.registry import faults

if TYPE_CHECKING:
    from qwq_cli.puzzles.cards.puzzle import Puzzle

HELD_OUT_SEED: Final = "held out"
_PARALLEL: Final = 8
_MOST_TOKENS: Final = 1600
"""More than the longest chain of ours; what goes on is in circles."""
_SHOWN: Final = 3
_LONGEST: Final = 1500
"""Characters that are kept of a wrong reply, which may go in circles to the end."""
_HEADINGS: Final = ("**最终答案**", "**Final Answer**")


@dataclass(slots=True)
class Tally:
    """Counts of one set."""

    name: str
    total: int = 0
    right: int = 0
    faultless: int = 0
    true: int = 0
    tokens: int = 0
    wrong: list[dict[str, str]] = field(default_factory=list)

    def row(self) -> dict[str, Any]:
        """For JSON; intervals are Wilson's, 95 %."""
        return {
            "set": self.name,
            "total": self.total,
            "right": self.right,
            "right_95": [round(x, 4) for x in wilson(self.right, self.total)],
            "true": self.true,
            "faultless": self.faultless,
            "tokens_a_chain": round(self.tokens / max(1, self.total), 1),
            "wrong": [
                {name: text[:_LONGEST] for name, text in one.items()} for one in self.wrong[:_SHOWN]
            ],
        }


def answer_of(reply: str) -> str:
    """What stands under the final heading; "" without one."""
    for heading in _HEADINGS:
        _, found, answer = reply.rpartition(heading)
        if found:
            return answer.strip()
    return ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A puzzle that a model is asked, and the chain that we would write."""

    kind: KindName
    puzzle: Any
    lang: Language
    text: str
    chain: str

    def right(self, answer: str) -> bool:
        """Whether an answer is the solver's; of an unsolvable puzzle, that it says so."""
        one = kind(self.kind)
        solutions = one.solve(self.puzzle)
        if len(solutions) != 1:
            return answer == conclusion(solutions, one, self.lang)
        return one.check(self.puzzle, answer).right


def of_posed(posed: Posed) -> Asked:
    """A card puzzle of the first edition."""
    return Asked("cards", posed.puzzle, posed.lang, posed.text, chain(posed))


def of_kind(name: KindName, setting: Setting, count: int, *, spoilt: bool = False) -> list[Asked]:
    """`count` puzzles of a kind, from a seed of their own."""
    rng = random.Random(f"{HELD_OUT_SEED}-{name}-{setting}-{spoilt}")
    make = kind(name).spoil if spoilt else kind(name).pose
    assert make is not None
    drawn = [make(rng, setting) for _ in range(count)]
    chains = [written(name, posed.puzzle, setting.lang) for posed in drawn]
    return [
        Asked(name, posed.puzzle, setting.lang, posed.text, text)
        for posed, text in zip(drawn, chains, strict=True)
    ]


def measure(model: Sampler, *, name: str, asked: list[Asked]) -> Tally:
    """Ask all of them."""
    tally = Tally(name)
    with ThreadPoolExecutor(_PARALLEL) as pool:
        ask = partial(model.reply, most=_MOST_TOKENS)
        replies = pool.map(ask, (Sample(one.text, []).prompt for one in asked))
        for one, said in zip(asked, replies, strict=True):
            reply = said.text
            tally.total += 1
            tally.tokens += said.tokens
            right = one.right(answer_of(reply))
            tally.right += right
            tally.true += not faults(one.kind, one.puzzle, reply, one.lang)
            tally.faultless += reply == one.chain
            if not right:
                tally.wrong.append({"question": one.text, "reply": reply, "chain": one.chain})
    return tally


def held_out(
    lang: Language, wording: Wording, count: int, statements: int | None = None
) -> list[Posed]:
    """`count` puzzles of 8 to 20 cards, from a seed of their own."""
    rng = random.Random(f"{HELD_OUT_SEED}-{lang}-{wording}-{statements}")
    return [draw_posed(rng, lang, (8, 20), wording, statements) for _ in range(count)]


def announced() -> list[tuple[Language, Posed]]:
    """The announcement's own puzzle, in both languages."""
    puzzle: Puzzle = parse(CARDS)
    return [
        (lang, pose(puzzle, lang, random.Random(0), wording="announcement")) for lang in LANGUAGES
    ]


def first_edition(count: int) -> list[tuple[str, list[Asked]]]:
    """The sets that the first edition's table has."""
    sets: list[tuple[str, list[Posed]]] = [
        (f"the announced puzzle, {lang}", [posed]) for lang, posed in announced()
    ]
    for lang in LANGUAGES:
        for wording in WORDINGS:
            dialogue = 4 if wording == "announcement" else None
            sets.append((f"{lang}, {wording}", held_out(lang, wording, count, dialogue)))
        sets += [
            (f"{lang}, {n} statements", held_out(lang, "common", count // 5, n)) for n in (2, 3)
        ]
    return [(name, [of_posed(one) for one in posed]) for name, posed in sets]


def all_kinds(count: int, harder: int) -> list[tuple[str, list[Asked]]]:
    """Every kind by language: easy ones in words that are learnt from and in words kept apart,
    harder ones and such as have no answer, or several, in the former.
    """
    sets: list[tuple[str, list[Asked]]] = []
    for name, lang in itertools.product(KINDS, LANGUAGES):
        settings = [
            (count, Setting("easy", lang)),
            (harder, Setting("easy", lang, "rare")),
            (harder, Setting("medium", lang)),
            (harder, Setting("hard", lang)),
        ]
        if name == "cards":  # the first edition's sets are the easy and the medium ones
            settings = settings[3:]
        for many, setting in settings:
            label = f"{name}, {lang}, {setting.difficulty}, {setting.wording}"
            sets.append((label, of_kind(name, setting, many)))
        if kind(name).spoil:
            spoilt = of_kind(name, Setting("easy", lang), harder, spoilt=True)
            sets.append((f"{name}, {lang}, unsolvable", spoilt))
    return sets


def newcomers(lang: Language) -> list[Asked]:
    """What people type first, of all kinds but card puzzles."""
    asked = []
    for text in NEWCOMERS[lang]:
        one, puzzle = recognise(text)
        name = cast("KindName", one.name)
        asked.append(Asked(name, puzzle, lang, text, written(name, puzzle, lang)))
    return asked


def modesty(model: Sampler, *, lang: Language) -> Tally:
    """Questions that are no puzzles: right is to say that it does not know."""
    tally = Tally(f"other questions, {lang}")
    wanted = modest(lang)
    for question in QUESTIONS[lang]:
        said = model.reply(Sample(question, []).prompt)
        right = answer_of(said.text) == answer_of(wanted)
        tally.total += 1
        tally.tokens += said.tokens
        tally.right += right
        tally.true += right
        tally.faultless += said.text == wanted
        if not right:
            tally.wrong.append({"question": question, "reply": said.text, "chain": wanted})
    return tally


_model: Sampler | None = None
"""This process's; measuring is shared out among processes, since one token is too little work to be
shared out among threads.
"""


def _load(path: Path) -> None:
    global _model  # noqa: PLW0603 - what a pool's initialiser leaves has no other place
    _model = Sampler(path, 1, _PARALLEL)


def _timed(task: Callable[[Sampler], Tally]) -> tuple[Tally, float]:
    assert _model is not None
    start = time.monotonic()
    return task(_model), time.monotonic() - start


def main() -> None:
    """Measure every set and print a line each; exit code 1 below `--at-least`."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("gguf", type=Path)
    parser.add_argument("--count", type=int, default=500, help="puzzles a set")
    parser.add_argument("--harder", type=int, default=100, help="harder and unsolvable ones a set")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--kinds", action="store_true", help="all kinds, not only card puzzles")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--at-least", type=float, default=0.0)
    args = parser.parse_args()
    sets = first_edition(args.count)
    if args.kinds:
        sets += [(name, asked) for name, asked in all_kinds(args.count, args.harder) if asked]
        sets += [(f"typed by a newcomer, {lang}", newcomers(lang)) for lang in LANGUAGES]
    tasks = [partial(measure, name=name, asked=asked) for name, asked in sets]
    tasks += [partial(modesty, lang=lang) for lang in LANGUAGES if args.kinds]
    rows: list[dict[str, Any]] = []
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(args.processes, spawn, _load, (args.gguf,)) as pool:
        for tally, seconds in pool.map(_timed, tasks):
            row = tally.row()
            rows.append(row)
            low, high = row["right_95"]
            print(
                f"{tally.name:32} right {row['right']}/{row['total']} ({low:.3f} to {high:.3f})"
                f"  true {row['true']}/{row['total']}  faultless {row['faultless']}/{row['total']}"
                f"  {row['tokens_a_chain']:.0f} tokens a chain  {seconds:.0f} s",
                flush=True,
            )
            if args.json:
                args.json.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")
    if any(row["right"] < args.at_least * row["total"] for row in rows):
        sys.exit(1)


if __name__ == "__main__":
    main()

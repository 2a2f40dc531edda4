"""Reinforcement against the solvers: quill tries, every step is looked up, and it learns from that.

    python -m training.reinforce training/runs/kinds/checkpoint.pt --out training/runs/better

A round draws puzzles and samples several chains to each from the present weights, by llama.cpp. A
chain's reward is 1 if all its steps and its answer are true, else 0; its advantage is that less
the mean of its puzzle's chains (group-relative policy optimisation: Shao and others, DeepSeekMath,
2024; without dividing by the deviation: Liu and others, Understanding R1-Zero-Like Training, 2025).
Puzzles whose chains are all true, or all false, teach nothing. A true chain is learnt as a whole; a
false one is unlearnt where its first false step stands, since what is before it was right and what
is behind it follows. One update a round, so the chains are always the present policy's. Each round
also learns some samples of imitation, lest what is not drawn be forgotten.
"""

import argparse
import json
import os
import random
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import gguf
import torch
import torch.multiprocessing as mp

from training.data import Sample, Task, draw
from training.export import Vocabulary, write_gguf
from training.recipes import RECIPES, REINFORCED
from training.sampling import Sampler
from training.thoughts.registry import faults
from training.train import (
    ADAM_RATE,
    IGNORED,
    MUON_RATE,
    TOKENIZER,
    Batch,
    Recipe,
    Run,
    join,
    make_batch,
)

_PARALLEL: Final = 8
_MOST_TOKENS: Final = 1200
_CHUNK: Final = 4096
_LAST: Final = RECIPES["kinds"][1][-1]
_IMITATED: Final = 2048
"""Tokens of imitation a round and worker."""


@dataclass(frozen=True, slots=True)
class Rounds:
    """How much is tried: puzzles a round and worker, chains a puzzle."""

    count: int
    puzzles: int = 16
    chains: int = 8
    temperature: float = 1.0
    imitate: bool = False
    """Learn the solvers' chains to puzzles of the same sort instead, to compare with."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A chain that was sampled. `false`: where its first false step stands, None if all is true."""

    sample: Sample
    text: str
    ended: bool
    false: slice | None


def tasks(rng: random.Random, count: int) -> list[Sample]:
    """Puzzles to try."""
    found: list[Sample] = []
    while len(found) < count:
        sample = draw(rng, REINFORCED)
        if sample.task is not None:
            found.append(sample)
    return found


def first_false(task: Task, text: str) -> slice | None:
    """Where the first false step stands; all of the text where it cannot be found."""
    found = faults(task.kind, task.puzzle, text, task.lang)
    if not found:
        return None
    line = found[0].line
    start = text.find(line) if line else -1
    return slice(start, start + len(line)) if start >= 0 else slice(0, len(text))


def attempt(policy: Sampler, samples: list[Sample], rounds: Rounds, seed: int) -> list[list[Tried]]:
    """The chains to each puzzle."""

    def one(index: int) -> Tried:
        sample = samples[index // rounds.chains]
        assert sample.task is not None
        said = policy.reply(sample.prompt, rounds.temperature, seed + index, _MOST_TOKENS)
        return Tried(sample, said.text, said.ended, first_false(sample.task, said.text))

    with ThreadPoolExecutor(_PARALLEL) as pool:
        flat = list(pool.map(one, range(len(samples) * rounds.chains)))
    return [flat[i : i + rounds.chains] for i in range(0, len(flat), rounds.chains)]


def weigh(run: Run, tried: Tried, advantage: float) -> tuple[list[int], list[int], list[float]]:
    """Ids, targets and weights of one chain: (tokens,) each."""
    prompt = run.tokenizer.encode(tried.sample.prompt).ids
    text = run.tokenizer.encode(tried.text)
    ids = prompt + text.ids
    if tried.false is None:
        weights = [advantage] * len(text.ids)
    else:
        start, end = tried.false.start, tried.false.stop
        weights = [advantage * (a < end and b > start) for a, b in text.offsets]
    if tried.ended:
        ids.append(run.tokenizer.token_to_id("<|im_end|>"))
        weights.append(advantage if tried.false is None else 0.0)
    targets = [IGNORED] * len(prompt) + [
        token if weight else IGNORED
        for token, weight in zip(ids[len(prompt) :], weights, strict=True)
    ]
    return ids[:-1], targets[1:], [0.0] * (len(prompt) - 1) + weights


def batches(run: Run, groups: list[list[Tried]]) -> list[Batch]:
    """What the groups teach, in pieces that fit."""
    found: list[Batch] = []
    ids: list[int] = []
    targets: list[int] = []
    weights: list[float] = []
    lengths: list[int] = []

    def flush() -> None:
        if ids:
            found.append(
                Batch(
                    torch.tensor(ids), torch.tensor(targets), list(lengths), torch.tensor(weights)
                )
            )
        for one in (ids, targets, weights, lengths):
            one.clear()

    for group in groups:
        mean = sum(tried.false is None for tried in group) / len(group)
        for tried in group if 0 < mean < 1 else ():
            some_ids, some_targets, some_weights = weigh(run, tried, (tried.false is None) - mean)
            ids += some_ids
            targets += some_targets
            weights += some_weights
            lengths.append(len(some_ids))
            if len(ids) > _CHUNK:
                flush()
    flush()
    return found


class Improvement:
    """One worker's side of it."""

    def __init__(self, rank: int, recipe: Recipe, rounds: Rounds) -> None:
        """The weights to begin with are the recipe's start."""
        self.run = Run(rank, recipe)
        self.rounds = rounds
        self.words = Vocabulary(TOKENIZER)
        self.policy = recipe.out / f"policy-{rank}.gguf"

    def round(self, number: int) -> dict[str, tuple[int, int]]:
        """Try, and learn from it; returns true chains and chains by kind and of mixed groups."""
        run = self.run
        rng = random.Random(f"reinforce-{run.recipe.seed}-{run.rank}-{number}")
        sums = torch.zeros(4, dtype=torch.double)
        counts: dict[str, tuple[int, int]] = {}
        if not self.rounds.imitate:
            weights = {name: t.detach() for name, t in run.model.state_dict().items()}
            kind = gguf.GGMLQuantizationType.F16
            write_gguf(self.policy, weights, run.model.shape, self.words, kind)
            policy = Sampler(self.policy, 1, _PARALLEL)
            samples = tasks(rng, self.rounds.puzzles)
            groups = attempt(policy, samples, self.rounds, rng.getrandbits(30))
            del policy
            counts = count(groups)
            for batch in batches(run, groups):
                sums += run.backward(batch)
            sums += run.backward(make_batch(run.tokenizer, rng, _LAST, _IMITATED))
        else:
            sums += run.backward(make_batch(run.tokenizer, rng, REINFORCED, 2 * _IMITATED))
        run.update(sums, max(0.05, 1 - number / self.rounds.count))
        return counts


def count(groups: list[list[Tried]]) -> dict[str, tuple[int, int]]:
    """(true, all) chains by kind, and (mixed, all) groups."""
    found: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for group in groups:
        true = sum(tried.false is None for tried in group)
        assert group[0].sample.task is not None
        for name, good, every in (
            (group[0].sample.task.kind, true, len(group)),
            ("mixed groups", int(0 < true < len(group)), 1),
        ):
            found[name] = (found[name][0] + good, found[name][1] + every)
    return dict(found)


def work(rank: int, recipe: Recipe, rounds: Rounds) -> None:
    """One worker, from start to end; the first one writes the log and the checkpoint."""
    join(rank, recipe)
    improvement = Improvement(rank, recipe, rounds)
    for number in range(rounds.count):
        begun = time.monotonic()
        counts = improvement.round(number)
        if rank == 0:
            row = {"round": number, "seconds": round(time.monotonic() - begun, 1), **counts}
            with (recipe.out / "log.jsonl").open("a") as file:
                file.write(json.dumps(row) + "\n")
            improvement.run.save()
    improvement.policy.unlink(missing_ok=True)


def main() -> None:
    """Read the command line and start the workers."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("start", type=Path, help="checkpoint to begin with")
    parser.add_argument("--out", type=Path, required=True, help="folder of checkpoint and log")
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--puzzles", type=int, default=16, help="a round and worker")
    parser.add_argument("--chains", type=int, default=8, help="a puzzle")
    parser.add_argument("--rate", type=float, default=0.05, help="of imitation's learning rate")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument(
        "--imitate", action="store_true", help="only the solvers' chains, to compare with"
    )
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    recipe = Recipe(
        args.out,
        tokens=1,
        seed=args.seed,
        workers=args.workers,
        muon_rate=MUON_RATE * args.rate,
        adam_rate=ADAM_RATE * args.rate,
        start=args.start,
        data="kinds",
    )
    rounds = Rounds(args.rounds, args.puzzles, args.chains, imitate=args.imitate)
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    mp.spawn(work, (recipe, rounds), nprocs=recipe.workers)


if __name__ == "__main__":
    main()

"""Train quill from nothing. Knows the recipe; the data, the model and Muon know themselves.

    python -m training.train --out training/runs/quill --tokens 40e6

One process a core with one thread each, since matrices this small gain nothing from threads. The
run ends after `--tokens` tokens (prompt and reply, all workers); the learning rate is constant and
falls to nearly 0 over the last `--decay` of them. Everything random comes from the seed, the worker
and the step, and `--out` holds a checkpoint from which the same command goes on. A run that is to
end sooner or later than was planned is continued with another `--tokens`.
"""

import argparse
import json
import os
import random
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from rich.progress import Progress, TextColumn, TimeElapsedColumn
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from training.data import Sample, draw
from training.grow import grow, read_folder
from training.model import Quill, Shape
from training.muon import HAS_BFLOAT16, Muon
from training.recipes import RECIPES, Mix
from training.recipes import Recipe as Data

TOKENIZER: Final = Path(__file__).with_name("tokenizer.json")
IGNORED: Final = -100
MUON_RATE: Final = 0.02
ADAM_RATE: Final = 0.003
_WARM_UP_STEPS: Final = 60
_LOWEST_RATE: Final = 0.02
_LOG_EVERY: Final = 25


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that a run depends on besides the data."""

    out: Path
    tokens: int
    seed: int = 0
    workers: int = 2
    batch_tokens: int = 4096
    """A step's tokens over all workers, rounded up to whole samples."""
    muon_rate: float = MUON_RATE
    adam_rate: float = ADAM_RATE
    weight_decay: float = 0.01
    decay: float = 0.5
    save_every_s: float = 180.0
    port: int = 29511
    start: Path | None = None
    """Where a second run's weights come from; its data is then the wider one."""
    data: Data = "cards"

    def rate(self, seen: int, step: int) -> float:
        """The learning rate as a share of its highest."""
        warm = min(1.0, (step + 1) / _WARM_UP_STEPS)
        left = max(0.0, 1 - seen / self.tokens)
        return warm * max(_LOWEST_RATE, min(1.0, left / self.decay))

    def mix(self, seen: int) -> Mix:
        """The curriculum stage."""
        first, wider = RECIPES[self.data]
        stages = wider if self.start else first
        return next(mix for mix in stages if seen / self.tokens < mix.until)


@dataclass(slots=True)
class Batch:
    """Sequences one behind another: ids and targets (tokens,), and the lengths.

    `weights` (tokens,) says how much each target counts: 1 where a text is learnt as it is, less
    than 0 where it is unlearnt. None is 1 everywhere.
    """

    ids: Tensor
    targets: Tensor
    lengths: list[int]
    weights: Tensor | None = None


def encode(tokenizer: Tokenizer, sample: Sample) -> tuple[list[int], list[int]]:
    """Ids and targets of a sample, with the end-of-turn token; unlearnt tokens are IGNORED."""
    ids = tokenizer.encode(sample.prompt).ids
    targets = [IGNORED] * len(ids)
    for text, learnt in [*sample.reply, ("<|im_end|>", True)]:
        piece = tokenizer.encode(text).ids
        ids += piece
        targets += piece if learnt else [IGNORED] * len(piece)
    return ids[:-1], targets[1:]


def make_batch(tokenizer: Tokenizer, rng: random.Random, mix: Mix, tokens: int) -> Batch:
    """Draw samples until they have at least `tokens` tokens."""
    ids: list[int] = []
    targets: list[int] = []
    lengths: list[int] = []
    while len(ids) < tokens:
        more_ids, more_targets = encode(tokenizer, draw(rng, mix))
        ids += more_ids
        targets += more_targets
        lengths.append(len(more_ids))
    return Batch(torch.tensor(ids), torch.tensor(targets), lengths)


def start(model: Quill, path: Path, tokenizer: Tokenizer) -> None:
    """Fill `model` from a checkpoint of its shape, or from an exported folder of a smaller one."""
    if path.is_dir():
        grow(model, *read_folder(path), tokenizer)
    else:
        model.load_state_dict(torch.load(path, weights_only=True)["model"])


class Run:
    """One worker's side of a training run."""

    def __init__(self, rank: int, recipe: Recipe) -> None:
        """Build the model and the optimisers, and take up the checkpoint if there is one."""
        self.rank, self.recipe = rank, recipe
        self.tokenizer = Tokenizer.from_file(str(TOKENIZER))
        self.model = Quill(Shape(), recipe.seed)
        named = list(self.model.named_parameters())
        matrices = [p for name, p in named if p.dim() == 2 and "layers" in name]
        inside = {id(p) for p in matrices}
        self.others = [p for _, p in named if id(p) not in inside]
        self.parameters = [p for _, p in named]
        self.muon = Muon(matrices)
        self.adam = torch.optim.AdamW(
            self.others, lr=recipe.adam_rate, betas=(0.9, 0.95), weight_decay=0.0
        )
        self.step, self.seen = 0, 0
        self.checkpoint = recipe.out / "checkpoint.pt"
        if self.checkpoint.exists():
            self.load()
        elif recipe.start:
            start(self.model, recipe.start, self.tokenizer)

    def load(self) -> None:
        """Take up the checkpoint."""
        state = torch.load(self.checkpoint, weights_only=True)
        self.model.load_state_dict(state["model"])
        self.adam.load_state_dict(state["adam"])
        self.muon.load(state["muon"])
        self.step, self.seen = state["step"], state["seen"]

    def save(self) -> None:
        """Write the checkpoint, whole or not at all."""
        state = {
            "model": self.model.state_dict(),
            "adam": self.adam.state_dict(),
            "muon": self.muon.state(),
            "step": self.step,
            "seen": self.seen,
            "shape": self.model.shape.as_dict(),
        }
        partial = self.checkpoint.with_suffix(".partial")
        torch.save(state, partial)
        partial.replace(self.checkpoint)

    def train_step(self) -> Tensor:
        """One update; returns (summed loss, right tokens, learnt tokens, tokens) over all."""
        recipe = self.recipe
        rng = random.Random(f"{recipe.seed}-{self.rank}-{self.step}")
        batch = make_batch(
            self.tokenizer, rng, recipe.mix(self.seen), recipe.batch_tokens // recipe.workers
        )
        return self.update(self.backward(batch), recipe.rate(self.seen, self.step))

    def backward(self, batch: Batch) -> Tensor:
        """Add to the gradients; returns (summed loss, right, learnt, tokens) of this batch."""
        with torch.autocast("cpu", torch.bfloat16, enabled=HAS_BFLOAT16):
            learnt = batch.targets != IGNORED
            logits = self.model.lm_head(self.model.hidden(batch.ids, batch.lengths)[learnt])
        targets = batch.targets[learnt]
        losses = functional.cross_entropy(logits.float(), targets, reduction="none")
        if batch.weights is not None:
            losses = losses * batch.weights[learnt]
        loss = losses.sum()
        loss.backward()
        right = (logits.argmax(-1) == targets).sum().item()
        return torch.tensor([loss.item(), right, len(targets), len(batch.ids)], dtype=torch.double)

    def update(self, sums: Tensor, rate: float) -> Tensor:
        """Step along the mean of all workers' gradients; `rate` is a share of the recipe's.

        `sums` are this worker's, as `backward` gives them; returns those over all.
        """
        recipe = self.recipe
        dist.all_reduce(sums)
        self._share_gradients(1 / sums[2].item())
        torch.nn.utils.clip_grad_norm_(self.others, 1.0)
        for group in self.adam.param_groups:
            group["lr"] = recipe.adam_rate * rate
        self.adam.step()
        self.muon.step(recipe.muon_rate * rate, recipe.weight_decay)
        self.model.zero_grad(set_to_none=True)
        self.step += 1
        self.seen += int(sums[3])
        return sums

    def _share_gradients(self, scale: float) -> None:
        flat = torch.cat([p.grad.reshape(-1) for p in self.parameters if p.grad is not None])
        dist.all_reduce(flat)
        flat *= scale
        for p, g in zip(
            self.parameters, flat.split([p.numel() for p in self.parameters]), strict=True
        ):
            p.grad = g.view_as(p)


def _report(run: Run, log: Path, sums: Tensor, elapsed: float) -> str:
    loss, right, learnt, tokens = sums.tolist()
    row = {
        "step": run.step,
        "seen": run.seen,
        "rate": round(run.recipe.rate(run.seen, run.step), 4),
        "loss": round(loss / learnt, 5),
        "accuracy": round(right / learnt, 5),
        "tokens_per_s": round(tokens / elapsed),
    }
    with log.open("a") as file:
        file.write(json.dumps(row) + "\n")
    return f"loss {row['loss']:.4f} accuracy {row['accuracy']:.4f} {row['tokens_per_s']} tok/s"


def join(rank: int, recipe: Recipe) -> None:
    """Become one of the workers, with one thread."""
    torch.set_num_threads(1)
    dist.init_process_group(
        "gloo",
        init_method=f"tcp://127.0.0.1:{recipe.port}",
        rank=rank,
        world_size=recipe.workers,
    )


def work(rank: int, recipe: Recipe) -> None:
    """One worker, from start to end."""
    join(rank, recipe)
    run = Run(rank, recipe)
    log = recipe.out / "log.jsonl"
    bar = Progress(
        *Progress.get_default_columns(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[note]}"),
        disable=rank > 0 or not sys.stderr.isatty(),
    )
    task = bar.add_task("quill", total=recipe.tokens, completed=run.seen, note="")
    sums, since, saved = torch.zeros(4, dtype=torch.double), time.monotonic(), time.monotonic()
    with bar:
        while run.seen < recipe.tokens:
            sums += run.train_step()
            if run.step % _LOG_EVERY == 0 and rank == 0:
                note = _report(run, log, sums, time.monotonic() - since)
                bar.update(task, completed=run.seen, note=note)
                sums, since = torch.zeros_like(sums), time.monotonic()
            if rank == 0 and time.monotonic() - saved > recipe.save_every_s:
                run.save()
                saved = time.monotonic()
    if rank == 0:
        run.save()
    dist.destroy_process_group()


def main() -> None:
    """Read the command line and start the workers."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, help="folder of checkpoint and log")
    parser.add_argument("--tokens", type=float, required=True, help="how many to train on")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--decay", type=float, default=0.5, help="share over which the rate falls")
    parser.add_argument("--batch-tokens", type=int, default=4096)
    parser.add_argument("--rate", type=float, default=1.0, help="learning rates, as a multiple")
    parser.add_argument(
        "--start", type=Path, help="widen what this checkpoint or exported folder can read"
    )
    parser.add_argument("--recipe", choices=tuple(RECIPES), default="cards", help="which data")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    recipe = Recipe(
        args.out,
        int(args.tokens),
        args.seed,
        args.workers,
        args.batch_tokens,
        muon_rate=MUON_RATE * args.rate,
        adam_rate=ADAM_RATE * args.rate,
        decay=args.decay,
        start=args.start,
        data=args.recipe,
    )
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    mp.spawn(work, (recipe,), nprocs=recipe.workers)


if __name__ == "__main__":
    main()

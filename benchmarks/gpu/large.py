"""A large model on this card: how fast, in how much memory, and what our part of it costs.

Knows what is measured, in which order, and how it is told. The weights are random ones of the
shape of QwQ-32B, packed here.
"""

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeAlias

from benchmarks.gpu import arms
from benchmarks.gpu.arms import Kept, Timing
from benchmarks.gpu.sizes import Sizes
from benchmarks.measure import median, paired_ratio, verdict
from qwq_cli.engines.exllama.folder import read_folder
from qwq_cli.engines.exllama.loading import Options
from qwq_cli.weights.planner import GIB, Plan, cache_bytes, plan
from qwq_cli.weights.shape import ModelFacts

Figures: TypeAlias = dict[str, Any]
Row: TypeAlias = tuple[str, str, str, str]

GOAL = 0.98
"""Of upstream's bare loop."""
HEADS: Row = ("random weights in the shape of QwQ-32B", "qwq", "bare", "")


@dataclass(frozen=True, slots=True)
class Trace:
    """A text that a model wrote, as ids, and what it is."""

    name: str
    ids: list[int]


def planned(facts: ModelFacts, budget_bytes: int, sizes: Sizes) -> Plan:
    """What the planner makes of it: the usual context where that fits, and at least what is
    measured. Raises BusyError where it does not fit.
    """
    chosen = plan(facts, budget_bytes)
    if chosen.context_tokens < sizes.context_tokens:
        chosen = plan(facts, budget_bytes, context_tokens=sizes.context_tokens)
    return chosen


def of_parts(chosen: Plan) -> dict[str, int]:
    """What was forecast, by part."""
    return asdict(chosen.parts) | {"total": chosen.parts.total}


def load(folder: Path, chosen: Plan, on_load: Callable[[int, int], None]) -> Kept:
    """Put it on the card as planned."""
    options = Options(cache=chosen.cache)
    return Kept(read_folder(folder), chosen.context_tokens, options, on_load)


def measure(
    kept: Kept, facts: ModelFacts, sizes: Sizes, trace: Trace | None, copied: float
) -> Figures:
    """Everything but memory, on a loaded model. `copied`: bytes per second that the card moves."""
    draw = random.Random(1)

    def prompt(length: int) -> list[int]:
        return [draw.randrange(256) for _ in range(length)]

    figures: Figures = {"bandwidth_bytes_per_s": copied, "cache": kept.options.cache}
    figures["one_text"] = _interleaved(kept, prompt, sizes, texts=1)
    mean_length = sizes.prompts[0] + sizes.drawn // 2
    read = facts.card_bytes + cache_bytes(facts.shape, kept.options.cache, mean_length)
    figures["bytes_per_token"] = read
    figures["share_of_bandwidth"] = {
        arm: timed["rate"] * read / copied for arm, timed in figures["one_text"].items()
    }
    figures["many_texts"] = _interleaved(kept, prompt, sizes, texts=sizes.jobs)
    figures["first_token"] = {
        str(length): {
            "ours": arms.ours(kept, [prompt(length)], 2).first_s,
            "bare": arms.bare(kept, [prompt(length)], 2).first_s,
        }
        for length in sizes.prompts
    }
    deep = prompt(max(sizes.prompts))
    figures["rewind"] = asdict(arms.rewind(kept, deep, drawn=sizes.drawn, back=sizes.back))
    figures["drafting"] = _drafted(kept, trace, sizes) if trace is not None else None
    return figures


def _interleaved(
    kept: Kept, prompt: Callable[[int], list[int]], sizes: Sizes, texts: int
) -> Figures:
    """The arms in turn, so that a card that grows warm is no advantage to one of them."""
    chosen = {"bare": arms.bare, "ours": arms.ours}
    if texts == 1:
        chosen["whole"] = arms.whole
    runs: dict[str, list[Timing]] = {arm: [] for arm in chosen}
    for number in range(sizes.rounds + 1):
        for arm, run in chosen.items():
            prompts = [prompt(sizes.prompts[0]) for _ in range(texts)]
            timing = run(kept, prompts, sizes.drawn)
            if number:  # the first round fills caches and does not count
                runs[arm].append(timing)
    rates = {arm: [timing.rate for timing in timings] for arm, timings in runs.items()}
    return {
        arm: {
            "rate": median(values),
            "times_bare": paired_ratio(values, rates["bare"]),
            "first_s": median([timing.first_s for timing in runs[arm]]),
            "tokens": runs[arm][0].tokens,
        }
        for arm, values in rates.items()
    }


def _drafted(kept: Kept, trace: Trace, sizes: Sizes) -> Figures:
    """A real text written again, with drafts from itself and without."""
    ids = trace.ids[: max(sizes.prompts)]
    prompt = min(sizes.prompts[0], len(ids) // 2)
    plain = arms.replay(kept, ids, prompt, kept.options)
    with_drafts = arms.replay(kept, ids, prompt, arms.with_ngrams(kept.options))
    return {
        "trace": trace.name,
        "tokens": len(ids) - prompt,
        "rate": with_drafts.rate,
        "rate_without": plain.rate,
        "tokens_per_step": (len(ids) - prompt) / (len(ids) - prompt - with_drafts.right),
        "right": with_drafts.right,
        "wrong": with_drafts.wrong,
    }


def rows(figures: Mapping[str, Any]) -> list[Row]:
    """The table's lines."""
    one, many = figures["one_text"], figures["many_texts"]
    share = figures["share_of_bandwidth"]
    table: list[Row] = [
        _rates("tokens/s, the engine", one["ours"], one["bare"]),
        _rates("tokens/s, all of qwq", one["whole"], one["bare"]),
        (
            "of the card's bandwidth",
            f"{share['ours']:.0%}",
            f"{share['bare']:.0%}",
            f"{figures['bandwidth_bytes_per_s'] / 1e9:,.0f} GB/s measured",
        ),
        _rates(f"tokens/s, {figures['sizes']['jobs']} texts at once", many["ours"], many["bare"]),
    ]
    for length, seconds in figures["first_token"].items():
        table.append(
            (
                f"first token after {int(length):,}",
                f"{seconds['ours']:.3f} s",
                f"{seconds['bare']:.3f} s",
                f"{int(length) / seconds['ours']:,.0f} tokens/s read",
            )
        )
    table.append(_rewound(figures["rewind"]))
    if figures["drafting"]:
        table.append(_with_drafts(figures["drafting"]))
    memory = figures["memory"]
    if memory["taken_bytes"]:
        taken, forecast = memory["taken_bytes"], memory["planned"]["total"]
        note = f"{taken / forecast:.2f} of the forecast"
        table.append(("memory", _gib(taken), f"{_gib(forecast)} planned", note))
    return table


def _rates(what: str, ours: Mapping[str, float], bare: Mapping[str, float]) -> Row:
    ratio = f"{ours['times_bare']:.3f}, {verdict(ours['times_bare'], GOAL, at_most=False)}"
    return what, f"{ours['rate']:.1f}", f"{bare['rate']:.1f}", ratio


def _rewound(found: Mapping[str, float]) -> Row:
    note = f"{found['read_again']} read again; the whole prompt {found['prompt_s']:.2f} s"
    return "a rewind, to the next token", f"{found['next_s']:.3f} s", "", note


def _with_drafts(found: Mapping[str, Any]) -> Row:
    drafts = found["right"] + found["wrong"]
    share = f"{found['right'] / drafts:.0%} of drafts right" if drafts else "nothing drafted"
    note = f"{share}, {found['tokens_per_step']:.2f} tokens a step"
    without = f"{found['rate_without']:.1f} without"
    return f"tokens/s, n-gram drafts on {found['trace']}", f"{found['rate']:.1f}", without, note


def _gib(count: float) -> str:
    return f"{count / GIB:.2f} GiB"


# -------------------------------------------------------------------------------- a real text


def read_trace(file: Path, tokenizer: Path | None, longest: int, vocabulary: int) -> Trace:
    """A text file, or the longest text of a .jsonl file, as ids.

    Ids are those of `tokenizer`, a tokenizer.json as the model has it. Without one, pieces are
    learnt from the file's other texts, and come out about as long as a large model's.
    """
    texts = _texts(file)
    text = max(texts, key=len)
    others = [other for other in texts if other is not text] or [text]
    ids: list[int] = _encoder(tokenizer, others).encode(text, add_special_tokens=False).ids
    if max(ids, default=0) >= vocabulary:
        raise SystemExit(f"{tokenizer} has more pieces than the model that is measured")
    return Trace(file.name, ids[:longest])


def _texts(file: Path) -> list[str]:
    content = file.read_text("utf-8")
    if file.suffix != ".jsonl":
        return [content]
    return [str(json.loads(line)["text"]) for line in content.splitlines() if line]


def _encoder(file: Path | None, texts: Sequence[str]) -> Any:  # noqa: ANN401 - no types
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    if file is not None:
        return Tokenizer.from_file(str(file))
    encoder = Tokenizer(models.BPE())
    encoder.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    encoder.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=16_000, initial_alphabet=alphabet, show_progress=False)
    encoder.train_from_iterator(texts, trainer)
    return encoder

"""The learning itself, where torch is: growing, taking up a run, blame, and what is exported."""

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

import pytest

from qwq_cli.puzzles.examples import CARDS
from training.data import Sample, draw
from training.recipes import REINFORCED

if TYPE_CHECKING:
    from training.reinforce import Tried
    from training.train import Run

pytestmark = [pytest.mark.train, pytest.mark.slow]
torch: Any = pytest.importorskip("torch", reason="needs the `train` extra")
pytest.importorskip("gguf", reason="needs the `train` extra")

HERE: Final = Path(__file__).parents[2]
FIRST: Final = HERE / "training" / "first"
SHIPPED: Final = HERE / "training" / "weights"
GGUF: Final = HERE / "qwq_cli" / "weights" / "quill" / "quill.gguf"


def test_what_is_grown_says_what_the_smaller_one_said() -> None:
    from tokenizers import Tokenizer

    from training.grow import grow, read_folder
    from training.model import Quill, Shape
    from training.train import TOKENIZER

    weights, before = read_folder(FIRST)
    now = Tokenizer.from_file(str(TOKENIZER))
    small = Quill(Shape(vocabulary=before.get_vocab_size(), layers=5, inner=384))
    small.load_state_dict(weights)
    large = Quill(Shape(), seed=5)
    grow(large, weights, before, now)
    ids = torch.tensor(before.encode(Sample(CARDS, []).prompt).ids)
    with torch.no_grad():
        said, grown = small(ids, [len(ids)]), large(ids, [len(ids)])
    assert torch.allclose(grown[:, : said.shape[1]], said, atol=1e-4)
    token = before.get_vocab_size()
    parts = [part.id for part in before.model.tokenize(now.id_to_token(token))]
    assert len(parts) > 1
    embedding = weights["model.embed_tokens.weight"]
    assert torch.equal(large.model.embed_tokens.weight[token], embedding[parts].mean(0))


def test_an_average_lies_between_both_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from training import average
    from training.model import Quill, Shape

    model = Quill(Shape(), seed=3)
    later, out = tmp_path / "later.pt", tmp_path / "new" / "mean.pt"
    torch.save({"model": model.state_dict(), "seen": 7}, later)
    arguments = ["average", str(SHIPPED), str(later), "--share", "0.25", "--out", str(out)]
    monkeypatch.setattr("sys.argv", arguments)
    average.main()
    state = torch.load(out, weights_only=True)
    assert state["seen"] == 7
    shipped = average.weights(SHIPPED)
    assert state["model"].keys() == shipped.keys()
    for name, tensor in state["model"].items():
        expected = 0.75 * shipped[name] + 0.25 * model.state_dict()[name]
        assert torch.allclose(tensor, expected, atol=1e-6)


def test_more_tokens_leave_the_others_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    from tokenizers import Tokenizer

    from training import tokenizer

    monkeypatch.setattr(tokenizer, "_SAMPLES", 80)
    base = Tokenizer.from_file(str(FIRST / "tokenizer.json"))
    more = tokenizer.extend(base, 1, "kinds", 20)
    size = base.get_vocab_size()
    assert more.get_vocab_size() == size + 20
    assert all(base.id_to_token(i) == more.id_to_token(i) for i in range(size))
    rng = random.Random(4)
    shorter = 0
    for _ in range(20):
        sample = draw(rng, REINFORCED)
        text = sample.prompt + "".join(part for part, _ in sample.reply)
        before, after = base.encode(text).ids, more.encode(text).ids
        assert more.decode(after, skip_special_tokens=False) == text
        shorter += len(before) - len(after)
    assert shorter > 0


# --------------------------------------------------------------------------------- one run


@pytest.fixture
def one_worker(tmp_path: Path) -> Iterator[Path]:
    import torch.distributed as dist

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    store = (tmp_path / "store").as_uri()
    dist.init_process_group("gloo", init_method=store, rank=0, world_size=1)
    yield tmp_path
    dist.destroy_process_group()
    torch.set_num_threads(threads)


def begun(out: Path) -> "Run":
    from training.train import Recipe, Run

    out.mkdir(exist_ok=True)
    return Run(0, Recipe(out, 20_000, seed=3, workers=1, batch_tokens=1200, data="polish"))


def loss_of_its_first_batch(run: "Run") -> float:
    from training.train import make_batch

    rng = random.Random(f"{run.recipe.seed}-0-0")
    batch = make_batch(run.tokenizer, rng, run.recipe.mix(0), run.recipe.batch_tokens)
    sums = run.backward(batch)
    run.model.zero_grad(set_to_none=True)
    return float(sums[0] / sums[2])


def test_a_run_that_is_taken_up_ends_as_one_that_was_not(one_worker: Path) -> None:
    whole = begun(one_worker / "whole")
    before = loss_of_its_first_batch(whole)
    for _ in range(6):
        whole.train_step()
    assert loss_of_its_first_batch(whole) < before - 0.05
    parted = begun(one_worker / "parted")
    for _ in range(3):
        parted.train_step()
    parted.save()
    again = begun(one_worker / "parted")
    assert (again.step, again.seen) == (parted.step, parted.seen)
    for _ in range(3):
        again.train_step()
    assert again.seen == whole.seen
    for one, other in zip(whole.parameters, again.parameters, strict=True):
        assert torch.equal(one, other)


# -------------------------------------------------------------------------- reinforcement


def tried(seed: int, *, spoil: bool) -> "Tried":
    """The solver's chain to a sum, or with another number in its third line."""
    from training.reinforce import Tried, first_false

    rng = random.Random(seed)
    while True:
        sample = draw(rng, replace(REINFORCED, kinds=(("columns", 1.0),)))
        text = "".join(part for part, _ in sample.reply)
        if sample.task is not None and text.count("\n") > 6:
            break
    if spoil:
        lines = text.split("\n")
        lines[3] = lines[3].replace("=", "=9", 1)
        text = "\n".join(lines)
    return Tried(sample, text, ended=True, false=first_false(sample.task, text))


def test_blame_is_for_the_first_false_step_alone() -> None:
    from tokenizers import Tokenizer

    from training.reinforce import weigh
    from training.train import IGNORED, TOKENIZER

    run: Any = SimpleNamespace(tokenizer=Tokenizer.from_file(str(TOKENIZER)))
    wrong = tried(1, spoil=True)
    assert wrong.false is not None
    line = wrong.text.split("\n")[3]
    assert wrong.text[wrong.false] == line
    ids, targets, weights = weigh(run, wrong, -0.5)
    assert len(ids) == len(targets) == len(weights)
    blamed = [target for target, weight in zip(targets, weights, strict=True) if weight]
    assert run.tokenizer.decode(blamed).strip() == line
    assert set(weights) == {0.0, -0.5}
    assert all(
        (target == IGNORED) == (weight == 0)
        for target, weight in zip(targets, weights, strict=True)
    )

    right = tried(1, spoil=False)
    _, targets, weights = weigh(run, right, 0.5)
    learnt = [target for target, weight in zip(targets, weights, strict=True) if weight]
    assert run.tokenizer.decode(learnt, skip_special_tokens=False) == f"{right.text}<|im_end|>"


def test_only_puzzles_with_chains_of_both_sorts_teach() -> None:
    from tokenizers import Tokenizer

    from training.reinforce import batches
    from training.train import TOKENIZER

    run: Any = SimpleNamespace(tokenizer=Tokenizer.from_file(str(TOKENIZER)))
    right, wrong = tried(2, spoil=False), tried(2, spoil=True)
    assert batches(run, [[right, right], [wrong, wrong]]) == []
    (batch,) = batches(run, [[right, right], [right, wrong, wrong, wrong]])
    assert len(batch.lengths) == 4
    assert batch.weights is not None
    assert {round(w, 2) for w in batch.weights.tolist()} == {0.75, 0.0, -0.25}


# ---------------------------------------------------------------------------------- shipped


def test_the_folder_and_the_file_that_ship_say_the_same() -> None:
    from training.grow import read_folder
    from training.model import Quill, Shape
    from training.sampling import Sampler

    weights, words = read_folder(SHIPPED)
    model = Quill(Shape())
    model.load_state_dict(weights)
    prompt = Sample(CARDS, []).prompt
    ids = words.encode(prompt).ids
    asked = len(ids)
    with torch.no_grad():
        for _ in range(60):
            ids.append(int(model(torch.tensor(ids), [len(ids)])[-1].argmax()))
    said = Sampler(GGUF, 1, 1).reply(prompt, most=60)
    assert words.decode(ids[asked:]) == said.text

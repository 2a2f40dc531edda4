"""The measuring code of benchmarks/gpu on the real library, with quill's forward pass in torch.

What it finds here is no figure of any card; that it measures what it says is what is tested.
"""

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks.gpu import host
from benchmarks.gpu.sizes import Sizes
from benchmarks.measure import ROOT, table
from qwq_cli.engines.exllama import machine
from qwq_cli.engines.exllama.folder import read_folder
from qwq_cli.engines.exllama.loading import Options
from qwq_cli.errors import BusyError
from qwq_cli.runtime import Opened
from qwq_cli.weights.card import Card, Cards
from qwq_cli.weights.planner import GIB
from qwq_cli.weights.profiles import QUILL as PROFILE
from qwq_cli.weights.shape import Shape, read_facts
from tests.exl2.conftest import QUILL

if TYPE_CHECKING:
    from benchmarks.gpu.arms import Kept

pytestmark = pytest.mark.exl2

SIZES = Sizes(prompts=(40, 300), drawn=24, back=10, jobs=3, rounds=1, copied=2**20)
CARD = Cards((Card("NVIDIA GeForce RTX 4090", 24 * GIB, 23 * GIB, (8, 9)),), "570.1", "12.8")


@pytest.fixture(scope="module")
def kept(hooks: list[Any]) -> Iterator["Kept"]:
    from benchmarks.gpu.arms import Kept

    assert not hooks
    kept = Kept(read_folder(QUILL), 2048, Options(cache="fp16"), lambda _done, _total: None)
    yield kept
    kept.free()


def prompt(length: int, seed: int = 0) -> list[int]:
    return [(7 * number + seed) % 250 for number in range(length)]


def test_every_arm_writes_what_is_asked_and_reads_every_prompt(kept: "Kept") -> None:
    """No arm finds what another one left in the cache, or what it read itself."""
    from benchmarks.gpu import arms

    read: list[int] = []
    forward = type(kept.model).forward_chunk

    def noted(self: Any, **named: Any) -> Any:
        read.append(named["input_ids"].numel())
        return forward(self, **named)

    ids = prompt(300)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(kept.model), "forward_chunk", noted)
        for run in (arms.bare, arms.ours, arms.whole, arms.bare, arms.ours):
            read.clear()
            found = run(kept, [ids], 24)
            assert found.tokens == 24
            assert found.rate > 0
            assert found.first_s > 0
            assert 299 + 24 <= sum(read) <= 300 + 24
    for run in (arms.bare, arms.ours):
        assert run(kept, [prompt(40, seed) for seed in range(3)], 24).tokens == 3 * 24


def test_the_arms_draw_the_same_tokens(kept: "Kept", monkeypatch: pytest.MonkeyPatch) -> None:
    """So that one does not have it easier; all of them by the sampler as it is used in earnest."""
    from exllamav2.generator import ExLlamaV2Sampler

    from benchmarks.gpu import arms

    drawn: list[int] = []
    sample: Any = ExLlamaV2Sampler.sample

    def noted(*args: Any, **named: Any) -> Any:
        result = sample(*args, **named)
        drawn.append(int(result[0]))
        return result

    monkeypatch.setattr(ExLlamaV2Sampler, "sample", staticmethod(noted))
    texts = []
    for run in (arms.bare, arms.ours, arms.whole):
        drawn.clear()
        run(kept, [prompt(40)], 24)
        texts.append(drawn[:24])
    assert texts[0] == texts[1] == texts[2]


def test_a_rewind_reads_nothing_again(kept: "Kept") -> None:
    from benchmarks.gpu import arms

    found = arms.rewind(kept, prompt(300), drawn=40, back=12)
    assert found.read_again == 0
    assert 0 < found.token_s < found.prompt_s
    assert found.next_s > 0


def test_a_known_text_is_written_with_drafts_and_without(kept: "Kept") -> None:
    """To the last token; a text that repeats itself is foreseen, and takes fewer steps."""
    from benchmarks.gpu import arms

    steps = 0
    forward = type(kept.model).forward_chunk

    def counted(self: Any, **named: Any) -> Any:
        nonlocal steps
        steps += 1
        return forward(self, **named)

    text = prompt(60) * 4
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(kept.model), "forward_chunk", counted)
        plain = arms.replay(kept, text, 60, kept.options)
        without, steps = steps, 0
        drafted = arms.replay(kept, text, 60, arms.with_ngrams(kept.options))
    assert (plain.right, plain.wrong) == (0, 0)
    assert drafted.right > 100
    assert without == 180 + 1
    assert steps <= without - drafted.right + 1
    assert not kept.options.ngram
    assert arms.ours(kept, [prompt(40)], 8).tokens == 8  # the sampler is as it was


def test_all_figures_and_the_table(kept: "Kept", tmp_path: Path) -> None:
    """On quill, from the plan on: the order of things, the table's lines, and JSON."""
    from benchmarks.gpu import large

    facts = read_facts(QUILL)
    chosen = large.planned(facts, 23 * GIB, SIZES)
    assert chosen.context_tokens == 2048
    trace = tmp_path / "trace.jsonl"
    words = ["wait", "let", "me", "see", "whether", "this", "one", "fits", "or", "that", "one"]
    lines = [" ".join(words[n % 7 :] + words * 20) for n in range(9)]
    trace.write_text("".join(json.dumps({"text": line}) + "\n" for line in lines))
    read = large.read_trace(trace, None, 400, 1000)
    assert 64 < len(read.ids) <= 400
    figures = large.measure(kept, facts, SIZES, read, 1e9)
    figures["memory"] = {"planned": large.of_parts(chosen), "taken_bytes": chosen.parts.total}
    figures["sizes"] = {"jobs": SIZES.jobs}
    assert json.loads(json.dumps(figures)) == figures
    assert figures["one_text"]["ours"]["tokens"] == 24
    assert figures["many_texts"]["bare"]["tokens"] == 3 * 24
    rate, share = figures["one_text"]["ours"]["rate"], figures["share_of_bandwidth"]["ours"]
    assert share == pytest.approx(rate * figures["bytes_per_token"] / 1e9)
    assert figures["bytes_per_token"] > facts.card_bytes
    assert figures["rewind"]["read_again"] == 0
    shown = table([large.HEADS, *large.rows(figures)])
    for line in (
        "tokens/s, the engine",
        "tokens/s, all of qwq",
        "tokens/s, 3 texts at once",
        "first token after 300",
        "0 read again",
        "n-gram drafts on trace.jsonl",
        "1.00 of the forecast",
    ):
        assert line in shown


def test_a_trace_in_the_models_own_pieces(tmp_path: Path) -> None:
    from benchmarks.gpu import large

    text = tmp_path / "trace.txt"
    text.write_text("红桃A和黑桃K，红桃A和黑桃K。", "utf-8")
    tokenizer = QUILL / "tokenizer.json"
    found = large.read_trace(text, tokenizer, 5, 1024)
    assert len(found.ids) == 5
    with pytest.raises(SystemExit, match="more pieces than the model"):
        large.read_trace(text, tokenizer, 5, 200)


def test_a_model_that_does_not_fit() -> None:
    from benchmarks.gpu import large

    with pytest.raises(BusyError, match="does not fit"):
        large.planned(read_facts(QUILL), GIB // 8, SIZES)


def test_quill_solves_puzzles(quill: Any) -> None:
    from benchmarks.gpu.quill import solve

    solved = solve(Opened(quill, PROFILE, 0.0), 4)
    assert solved.asked == 4
    assert solved.right >= 3
    assert solved.tokens > 400


@pytest.mark.skipif(find_spec("fastparquet") is None, reason="fastparquet is missing")
def test_upstreams_converter_takes_quill_as_it_is_given(tmp_path: Path) -> None:
    """The real converter, up to where it needs a card: it reads the command line, the model and
    the calibration, and makes tokens of it.
    """
    from benchmarks.gpu.quill import converter, write_calibration

    calibration = tmp_path / "calibration.parquet"
    write_calibration(calibration)
    python, _, module, *options = converter(tmp_path / "out", tmp_path / "work", calibration, 6.0)
    assert python == sys.executable
    code = (
        "import runpy, sys\n"
        "from tests.exl2 import standin\n"
        "standin.install()\n"
        "import exllamav2\n"
        "exllamav2.ExLlamaV2.load = lambda self, **named: None\n"
        f"sys.argv[1:] = {options!r}\n"
        f"runpy.run_module({module!r}, run_name='__main__')\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        cwd=ROOT,
    )
    assert "Target bits per weight: 6.0 (decoder), 8 (head)" in done.stdout
    assert "Not enough sample data" not in done.stdout
    job = json.loads((tmp_path / "work" / "job_new.json").read_text())
    assert job["progress"] == "initial_embeddings", done.stdout + done.stderr
    assert (job["measurement_rows"], job["measurement_length"]) == (8, 1024)


# ------------------------------------------------------------------- what has to be there


def options(**given: Any) -> argparse.Namespace:
    usual = {"folder": None, "scratch": None, "trace": None, "tokenizer": None, "bits": 4.25}
    return argparse.Namespace(**(usual | given))


def test_what_is_missing_is_said_before_anything_begins(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bare = machine.Machine("0.3.2+cu128.torch2.9.0", "2.8.0+cu128", True, ((8, 9),), "", "")  # noqa: FBT003
    monkeypatch.setattr(machine, "look", lambda: bare)
    monkeypatch.setattr(host, "find_spec", lambda _name: None)
    monkeypatch.setattr(host, "look", lambda: CARD)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: argparse.Namespace(free=10**9))
    with pytest.raises(SystemExit) as said:
        host.check(["large", "quill"], options(scratch=tmp_path, trace=tmp_path / "none.txt"))
    text = str(said.value)
    for line in (
        "does not match this torch: it was built for torch 2.9.0",
        "need flash-attn",
        "pip install fastparquet",
        "--trace: no such file",
        "20 GB are needed and 1 GB are free",
    ):
        assert line in text


def test_a_card_that_is_too_small_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    good = machine.Machine("0.3.2+cu128.torch2.9.0", "2.9.0", True, ((8, 9),), "2.8.3", "")  # noqa: FBT003
    small = Cards((Card("NVIDIA GeForce RTX 4060", 8 * GIB, 7 * GIB, (8, 9)),), "570.1", "12.8")
    monkeypatch.setattr(machine, "look", lambda: good)
    monkeypatch.setattr(host, "find_spec", lambda _name: True)
    monkeypatch.setattr(host, "look", lambda: small)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: argparse.Namespace(free=10**12))
    with pytest.raises(SystemExit, match=r"does not fit the GPU: with 2,048 tokens in a q4 cache"):
        host.check(["large"], options(scratch=tmp_path))
    host.check(["quill"], options(scratch=tmp_path))
    monkeypatch.setattr(host, "look", lambda: CARD)
    host.check(["large", "quill"], options(scratch=tmp_path))


def test_memory_is_what_was_free_and_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host, "look", lambda: CARD)
    before = host.Memory()
    less = Cards((Card("a", 24 * GIB, 3 * GIB, (8, 9)),))
    monkeypatch.setattr(host, "look", lambda: less)
    assert before.taken() == 20 * GIB
    monkeypatch.setattr(host, "look", lambda: Cards(missing="no driver"))
    assert host.Memory().taken() is None


def test_the_figures_are_kept_by_the_cards_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host, "look", lambda: CARD)
    figures = {"gpu": host.described()}
    assert host.name_of(figures) == "gpu-nvidia-geforce-rtx-4090"
    assert figures["gpu"]["cards"] == [{"name": "NVIDIA GeForce RTX 4090", "total_bytes": 24 * GIB}]


class Noise:
    """In place of a model: logits that hang on the last id, of any vocabulary."""

    def __init__(self, config: Any) -> None:
        import torch

        rng = torch.Generator().manual_seed(0)
        self._logits = torch.randn(64, config.vocab_size, generator=rng) * 4

    def logits(self, ids: Any, _cache: Any, _params: Any) -> Any:
        return self._logits[ids % 64]


def test_one_command_does_it_all(
    hooks: list[Any],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Checked, packed, planned, loaded, measured, shown and kept, in a small shape and with no
    model behind it; quill's part gives up where its converter finds no card.
    """
    from benchmarks import measure
    from benchmarks.gpu import __main__ as script
    from benchmarks.gpu import large, parts
    from tests.exl2 import forward

    assert not hooks
    small = Shape(2, 128, 4, 2, 32, 192, 1120, 2048)
    monkeypatch.setattr(parts, "QWQ_32B", small)
    monkeypatch.setattr(parts, "Sizes", lambda: SIZES)
    monkeypatch.setattr(parts, "DEVICE", "cpu")
    monkeypatch.setattr(parts, "TRACES", tmp_path / "none.jsonl")
    monkeypatch.setattr(forward, "Qwen2", Noise)
    monkeypatch.setattr(host, "look", lambda: CARD)
    monkeypatch.setattr(host, "_room", lambda _place, _bits: [])
    monkeypatch.setattr(measure, "RESULTS", tmp_path / "results")
    trace = tmp_path / "trace.txt"
    trace.write_text("红桃A和黑桃K，红桃A和黑桃K。" * 20, "utf-8")
    given = ["--trace", str(trace), "--tokenizer", str(QUILL / "tokenizer.json"), "--rounds", "1"]
    given += ["--scratch", str(tmp_path), "--bits", "5"]
    script.main([*given, "--only", "large"])
    out = capsys.readouterr().out
    assert "tokens/s, all of qwq" in out
    assert "n-gram drafts on trace.txt" in out
    kept = json.loads((tmp_path / "results" / "gpu-nvidia-geforce-rtx-4090.json").read_text())
    assert kept["gpu"]["driver"] == "570.1"
    assert kept["large"]["memory"]["context_tokens"] == 2048
    assert kept["large"]["drafting"]["right"] > 100
    assert not list(tmp_path.glob("qwq-gpu-*"))
    # One part that fails takes nothing from the other: quill's converter finds no card here.
    with pytest.raises(SystemExit, match=r"quill: upstream's converter failed on quill"):
        script.main(given)
    assert "tokens/s, all of qwq" in capsys.readouterr().out

    def gone() -> None:
        raise RuntimeError("CUDA error")

    monkeypatch.setattr(large, "planned", lambda *_: gone())
    with pytest.raises(SystemExit, match=r"large: RuntimeError"):
        script.main([*given, "--only", "large"])
    assert "CUDA error" in capsys.readouterr().err

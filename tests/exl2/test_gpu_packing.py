"""Random weights as benchmarks/gpu packs them are EXL2, as ExLlamaV2's own code reads it."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from qwq_cli.engines.exllama.folder import read_folder
from qwq_cli.weights.planner import GIB
from qwq_cli.weights.shape import Shape, check_folder, facts_at

if TYPE_CHECKING:
    from tests.exl2.upstream import Reader

pytestmark = pytest.mark.exl2

SMALL = Shape(2, 128, 4, 2, 32, 192, 1100, 2048)


@pytest.fixture(scope="module")
def reader(library: Any, tmp_path_factory: pytest.TempPathFactory) -> "Reader":
    from tests.exl2.upstream import Reader

    return Reader(Path(library.__file__).parent, tmp_path_factory.mktemp("upstream"))


@pytest.fixture(scope="module")
def packed(library: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from benchmarks.gpu.folder import write_folder

    assert library
    folder = tmp_path_factory.mktemp("packed") / "small"
    write_folder(folder, SMALL, 4.6)
    return folder


@pytest.mark.parametrize("bits", [2, 3, 4, 5, 6, 8])
def test_upstream_reads_the_codes_that_were_packed(reader: "Reader", bits: int) -> None:
    import torch

    from benchmarks.gpu.exl2 import pack_rows

    rng = torch.Generator().manual_seed(bits)
    codes = torch.randint(2**bits, (96, 5), generator=rng)
    words = pack_rows(codes, bits)
    assert words.shape == (96 * bits // 32, 5)
    assert words.dtype == torch.int32
    assert torch.equal(reader.codes(words, bits), (codes - 2 ** (bits - 1)).float())


def test_a_matrix_is_that_of_its_codes_scales_and_order(reader: "Reader", library: Any) -> None:
    """Put together by hand from what was drawn, and by upstream from the packed tensors."""
    import torch

    from benchmarks.gpu import exl2

    spans = (exl2.Span(5, 64, 64), exl2.Span(4, 96, 64))
    matrix = exl2.random_matrix(160, 40, spans, torch.Generator().manual_seed(3))
    assert matrix["q_groups"].tolist() == [5, 0, 4, 10, 4, 18]
    assert matrix["q_scale"].shape == (3, 64 // 8)
    weights = reader.weights(matrix, library.ext.make_group_map_py)
    assert weights.shape == (160, 64)
    assert not weights[:, 40:].any()
    # The same draws again.
    rng = torch.Generator().manual_seed(3)
    drawn = [
        torch.randint(2**span.bits, (span.rows, 64), generator=rng, dtype=torch.int32)
        for span in spans
    ]
    scales = torch.randint(1, 17, (3, 64), generator=rng).float() ** 2
    order = torch.randperm(160, generator=rng)
    largest = matrix["q_scale_max"].float() / 256
    codes = torch.cat([drawn[0] - 16, drawn[1] - 8]).float()
    of_row = torch.tensor([0] * 64 + [1] * 64 + [2] * 32)
    stored = codes * (scales * largest[:, None])[of_row]
    assert torch.allclose(weights[:, :40], stored[order][:, :40])
    # What is multiplied by it keeps its spread, so nothing overflows.
    assert 0.8 < float(weights[:, :40].std()) * 160**0.5 < 1.25


@pytest.mark.parametrize("bits", [2.4, 3.0, 4.25, 5.0, 6.5, 8.0])
@pytest.mark.parametrize("rows", [5120, 27_648])
def test_rows_are_shared_out_for_the_bits_that_were_asked(bits: float, rows: int) -> None:
    from benchmarks.gpu.exl2 import spans_for

    spans = spans_for(rows, 5120, bits)
    assert sum(span.rows for span in spans) == rows
    assert [span.bits for span in spans] == sorted((span.bits for span in spans), reverse=True)
    stored = sum(span.rows * span.bits * 5120 for span in spans)
    beside = sum(span.groups for span in spans) * (4 * 5120 + 16) + 32 * rows
    assert (stored + beside) / (rows * 5120) == pytest.approx(bits, abs=0.04)


def test_no_bits_that_the_format_has_not() -> None:
    from benchmarks.gpu.exl2 import spans_for

    for rows, bits in ((5120, 1.5), (5120, 9.0), (5000, 4.0)):
        with pytest.raises(ValueError, match=r"out of range|multiples of 32"):
            spans_for(rows, 5120, bits)


def test_the_folder_is_a_model_to_upstream_and_to_us(packed: Path, library: Any) -> None:
    """Its config, its graph and its tokenizer find everything; so do our checks."""
    from qwq_cli.engines.exllama import loading

    facts = check_folder(packed)
    assert facts.shape == SMALL
    config = loading.configure(read_folder(packed), 2048)
    model = library.ExLlamaV2(config)
    tokenizer = library.ExLlamaV2Tokenizer(config)
    assert len(tokenizer.get_id_to_piece_list(include_special_tokens=True)) >= SMALL.vocab
    assert tokenizer.encode("红桃A").tolist()[0]
    linears = [
        linear
        for module in model.modules
        for linear in [module, *module.submodules]
        if isinstance(linear, library.linear.ExLlamaV2Linear)
    ]
    assert len(linears) == 2 * 7 + 1
    names = set(config.tensor_file_map)
    for linear in linears:
        assert f"{linear.key}.q_weight" in names
        assert (f"{linear.key}.bias" in names) == linear.has_bias


def test_upstream_loads_what_was_packed(
    packed: Path, library: Any, reader: "Reader", monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its loader, its shapes and its group map; each matrix is what its C++ reconstructs."""
    import torch
    from safetensors.torch import load_file

    from qwq_cli.engines.exllama import loading

    def read(file: str, begin: int, size: int, target: Any) -> None:
        with Path(file).open("rb") as stream:
            stream.seek(begin)
            data = bytearray(stream.read(size))
        target.copy_(torch.frombuffer(data, dtype=target.dtype).view(target.shape))

    monkeypatch.setattr(torch.cuda, "synchronize", lambda: None)
    monkeypatch.setattr(library.stloader.ext_c, "stloader_read", read, raising=False)
    model = library.ExLlamaV2(loading.configure(read_folder(packed), 2048))
    tensors: dict[str, Any] = {}
    for file in packed.glob("*.safetensors"):
        tensors |= load_file(file)
    for module in model.modules:
        for linear in [module, *module.submodules]:
            if not isinstance(linear, library.linear.ExLlamaV2Linear):
                continue
            loaded = linear.load_weight(cpu=True)
            assert loaded["q_invperm"].shape == (linear.in_features,)
            assert sorted(loaded["q_invperm"].tolist()) == list(range(linear.in_features))
            assert loaded["q_weight"].shape[1] == linear.out_features
            assert all(
                torch.equal(value, tensors[f"{linear.key}.{end}"])
                for end, value in loaded.items()
                if end != "q_perm"
            )
    name = "model.layers.1.mlp.down_proj."
    down = {key.removeprefix(name): tensors[key] for key in tensors if key.startswith(name)}
    weights = reader.weights(down, library.ext.make_group_map_py)
    assert weights.shape == (192, 128)
    assert torch.isfinite(weights).all()


def test_it_weighs_what_the_planner_thinks(packed: Path) -> None:
    """By the headers of its files, as of a real model, and by the estimate for the bit rate."""
    facts = check_folder(packed)
    assert facts.measured
    # (Small matrices have more beside their weights than the estimate takes for any size.)
    assert facts.bits == pytest.approx(4.6, abs=0.45)
    assert facts.card_bytes == pytest.approx(facts_at("", SMALL, facts.bits).card_bytes, rel=0.05)
    config = json.loads((packed / "config.json").read_text("utf-8"))
    assert config["quantization_config"]["bits"] == 4.6


def test_the_large_one_would_weigh_what_the_real_one_does(library: Any) -> None:
    """Without packing it: the known size of QwQ-32B at 4.25 bits with a head of 6."""
    from benchmarks.gpu.exl2 import spans_for
    from benchmarks.gpu.sizes import QWQ_32B

    assert library
    shape = QWQ_32B
    width, inner = shape.heads * shape.head_dim, shape.intermediate
    size = shape.head_weights * 6 / 8
    for rows, columns in (
        *((shape.hidden, width), (shape.hidden, shape.kv_width), (shape.hidden, shape.kv_width)),
        *((width, shape.hidden), (shape.hidden, inner), (shape.hidden, inner)),
        (inner, shape.hidden),
    ):
        spans = spans_for(rows, columns, 4.25)
        bits = sum(span.rows * span.bits * columns for span in spans)
        bits += sum(span.groups for span in spans) * (4 * columns + 16) + 32 * rows
        size += shape.layers * bits / 8
    assert size / GIB == pytest.approx(16.0, abs=0.15)

"""Speculation, caches, and the knobs beyond plain sampling, on the real library."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from qwq_cli.engines.base import Part, Prompt
from qwq_cli.engines.exllama.engine import Exllama
from qwq_cli.engines.exllama.loading import Options
from qwq_cli.errors import BadInputError, NotFoundError, UnavailableError
from qwq_cli.puzzles.examples import CARDS
from qwq_cli.request import Sampling
from tests.exl2.conftest import GREEDY, QUILL, ids, start, tokens

pytestmark = pytest.mark.exl2


@pytest.fixture(scope="module")
def whole(quill: Exllama) -> list[int]:
    return ids(tokens(start(quill, CARDS)))


@pytest.mark.parametrize(
    "options",
    [
        Options(cache="fp16", ngram=True),
        Options(cache="fp16", ngram=True, draft_tokens=7),
        Options(cache="fp16", draft=QUILL),
        Options(cache="fp16", draft=QUILL, draft_tokens=1),
    ],
    ids=["n-gram", "n-gram 7", "draft", "draft 1"],
)
def test_drafting_changes_no_token(
    load: Callable[..., Exllama], whole: list[int], options: Options
) -> None:
    """Not alone, not among others, not across a rewind; and drafts are taken."""
    engine = load(options=options)
    decoding, other = start(engine, CARDS), start(engine, CARDS + "？")
    found = tokens(decoding)
    assert ids(found) == whole
    assert decoding.drafted[0] > 20
    tokens(other)
    page = 256 - decoding.progress.prompt_tokens  # what is behind a whole page is computed again
    keep = next(place for place in range(page, len(found)) if found[place].text) + 1
    decoding.rewind(keep)
    assert ids(tokens(decoding)) == whole[keep:]
    assert decoding.progress.recomputed_tokens == 0
    engine.close()


def test_sampled_tokens_are_those_of_no_draft(load: Callable[..., Exllama], quill: Exllama) -> None:
    warm = Sampling(temperature=1.2, seed=5)
    engine = load(options=Options(cache="fp16", ngram=True))
    assert ids(tokens(start(engine, CARDS, warm))) == ids(tokens(start(quill, CARDS, warm)))
    engine.close()


def test_a_text_too_short_to_draft_from(load: Callable[..., Exllama]) -> None:
    """The library would read past its end."""
    engine = load(options=Options(cache="fp16", ngram=True))
    with pytest.raises(BadInputError, match="too short"):
        engine.start(Prompt((Part("红桃"),)), GREEDY, 5)
    assert len(tokens(engine.start(Prompt((Part("红桃A、"),)), GREEDY, 5))) <= 5
    engine.close()


def test_a_draft_of_another_vocabulary_is_refused(
    load: Callable[..., Exllama], tmp_path: Path
) -> None:
    path = tmp_path / "other"
    shutil.copytree(QUILL, path)
    tokenizer = json.loads((path / "tokenizer.json").read_text())
    pieces = tokenizer["model"]["vocab"]
    a, b = list(pieces)[300:302]
    pieces[a], pieces[b] = pieces[b], pieces[a]
    (path / "tokenizer.json").write_text(json.dumps(tokenizer))
    with pytest.raises(UnavailableError, match="other can't draft for this model"):
        load(options=Options(cache="fp16", draft=path))
    with pytest.raises(NotFoundError):
        load(options=Options(cache="fp16", draft=tmp_path / "none"))


@pytest.mark.parametrize("kind", ["fp16", "q8", "q6", "q4"])
def test_every_cache_loads(load: Callable[..., Exllama], kind: str) -> None:
    engine = load(options=Options(cache=kind))  # type: ignore[arg-type]
    owner = engine._owner
    assert owner is not None
    names = {"fp16": "ExLlamaV2Cache"}
    assert type(owner.loaded.cache).__name__ == names.get(kind, f"ExLlamaV2Cache_{kind.upper()}")
    engine.close()


@pytest.mark.parametrize(
    "sampling",
    [Sampling(temperature=0, presence_penalty=30), Sampling(temperature=0, dry_multiplier=20)],
    ids=["presence", "dry"],
)
def test_penalties_bite(quill: Exllama, whole: list[int], sampling: Sampling) -> None:
    assert ids(tokens(start(quill, CARDS, sampling, 100))) != whole[:100]


def test_xtc_takes_the_likeliest_out(quill: Exllama) -> None:
    """Of several likely ones: so it shows over a text that quill makes nothing of."""
    odd, warm = "x y z " * 30, Sampling(temperature=1.5, top_k=0, top_p=1, seed=2)
    without = ids(tokens(start(quill, odd, warm, 80)))
    assert ids(tokens(start(quill, odd, replace(warm, xtc_probability=1.0), 80))) != without


def test_a_model_that_does_not_fit_its_config(load: Callable[..., Exllama], tmp_path: Path) -> None:
    path = tmp_path / "quill"
    shutil.copytree(QUILL, path)
    config = json.loads((path / "config.json").read_text())
    (path / "config.json").write_text(json.dumps(config | {"num_hidden_layers": 9}))
    with pytest.raises(BadInputError, match="Could not find"):
        load(path)
    (path / "config.json").write_text(json.dumps(config | {"architectures": ["OddForCausalLM"]}))
    with pytest.raises(UnavailableError, match="does not know the architecture OddForCausalLM"):
        load(path)
    (path / "tokenizer.json").write_text("{}")
    (path / "config.json").write_text(json.dumps(config))
    with pytest.raises(BadInputError, match=r"tokenizer\.json is damaged"):
        load(path)

"""From a model's name to a running engine."""

import shutil
from pathlib import Path

import pytest

from qwq_cli.engines.registry import ENGINES, Load, load_engine
from qwq_cli.engines.scripted import Script, Scripted
from qwq_cli.errors import (
    BadInputError,
    BusyError,
    NotFoundError,
    UnavailableError,
    UsageError,
)
from qwq_cli.events import Finished, Thinking
from qwq_cli.generate import generate
from qwq_cli.request import Message, Request
from qwq_cli.runtime import OnCard, open_engine, open_replay
from qwq_cli.weights import card
from qwq_cli.weights.card import Card, Cards
from qwq_cli.weights.catalogue import find_weights
from qwq_cli.weights.planner import GIB
from qwq_cli.weights.profiles import QUILL

EXL2 = str(Path(__file__).parents[1] / "training" / "weights")
"""quill's folder of safetensors."""
ASKED = Request((Message("user", "?"),), max_tokens=5)


def test_quill_opens() -> None:
    with open_engine() as opened:
        assert opened.profile == QUILL
        assert opened.engine.facts.style == "headings"
        assert 0 < opened.load_s < 60
        events = list(generate(opened.engine, ASKED, load_s=opened.load_s))
        assert isinstance(events[-1], Finished)
        assert events[-1].timings.load_s == opened.load_s
    with pytest.raises(UnavailableError, match="closed"):
        list(generate(opened.engine, ASKED))


def test_a_path_opens_and_its_name_tells_its_style(tmp_path: Path) -> None:
    """The same weights under another model's name think in that model's style."""
    path = tmp_path / "QwQ-32B-Preview-Q8_0.gguf"
    shutil.copy(find_weights("quill").path, path)
    with open_engine(str(path), context_tokens=256, threads=2) as opened:
        assert opened.profile.name == "QwQ-32B-Preview-Q8_0"
        assert opened.engine.facts.style == "headings"
        assert opened.engine.facts.context_tokens == 256
    with open_engine(str(path), context_tokens=10**9) as opened:
        assert opened.engine.facts.context_tokens == 2048
    tagged = path.rename(tmp_path / "Qwen3-0.6B.gguf")
    with open_engine(str(tagged)) as opened:
        assert opened.engine.facts.style == "tags"


def test_faults_come_through(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        open_engine("no-such-model")
    bad = tmp_path / "bad.gguf"
    bad.write_bytes(b"nothing")
    with pytest.raises(BadInputError, match="is not a GGUF file"):
        open_engine(str(bad))


def test_replays_open(tmp_path: Path) -> None:
    path = tmp_path / "trace.txt"
    path.write_text("Hm, hm.\n\n**Final Answer**\n\n42", encoding="utf-8")
    with open_replay(path) as opened:
        assert opened.profile.style == "headings"
        events = list(generate(opened.engine, Request(ASKED.messages)))
    assert any(isinstance(event, Thinking) for event in events)
    assert isinstance(events[-1], Finished)
    assert events[-1].final == "42"
    with pytest.raises(NotFoundError):
        open_replay(tmp_path / "none.txt")


def test_engines_by_name(tmp_path: Path) -> None:
    assert set(ENGINES) == {"openai", "exllama", "llama.cpp", "scripted"}
    with pytest.raises(UnavailableError, match=r"no engine called 'abacus': there are llama\.cpp"):
        load_engine("abacus", Load(tmp_path))


# ------------------------------------------------------------------------------- EXL2 weights


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Load]:
    """What the engine for EXL2 weights is asked to load, in place of loading it; on a card."""
    found: list[Load] = []

    def load(load: Load) -> Scripted:
        found.append(load)
        return Scripted(Script(takes=("x",)))

    monkeypatch.setitem(ENGINES, "exllama", load)
    roomy = Cards((Card("NVIDIA GeForce RTX 4090", 24 * GIB, 20 * GIB, (8, 9)),))
    monkeypatch.setattr(card, "look", lambda: roomy)
    return found


def test_exl2_weights_get_what_the_planner_finds(asked: list[Load]) -> None:
    with open_engine(EXL2, parallel=3):
        pass
    with open_engine(EXL2, context_tokens=10**9):
        pass
    load, bounded = asked
    assert (load.cache, load.context_tokens, load.parallel) == ("fp16", 2048, 3)
    assert bounded.context_tokens == 2048
    assert (load.draft, load.ngram) == (None, False)


def test_wishes_for_the_card_are_kept(asked: list[Load]) -> None:
    told: list[tuple[int, int]] = []
    wished = OnCard("q6", "ngram")
    with open_engine(EXL2, context_tokens=512, card=wished, on_load=lambda *at: told.append(at)):
        pass
    (load,) = asked
    assert (load.cache, load.context_tokens, load.ngram, load.draft) == ("q6", 512, True, None)
    assert load.on_load is not None
    load.on_load(1, 2)
    assert told == [(1, 2)]
    with open_engine(EXL2, card=OnCard(draft=EXL2)):
        pass
    assert (asked[1].draft, asked[1].ngram) == (Path(EXL2), False)


def test_what_does_not_fit_is_told_before_anything_is_loaded(
    asked: list[Load], monkeypatch: pytest.MonkeyPatch
) -> None:
    small = Cards((Card("NVIDIA", GIB, GIB // 4 + 2**20, (8, 9)),))
    monkeypatch.setattr(card, "look", lambda: small)
    with pytest.raises(BusyError, match="weights does not fit the GPU: with 2,048 tokens"):
        open_engine(EXL2)
    with pytest.raises(UsageError, match="quill can't draft for EXL2 weights: it is a GGUF"):
        open_engine(EXL2, card=OnCard(draft="quill"))
    with pytest.raises(NotFoundError, match="no model called 'other'"):
        open_engine(EXL2, card=OnCard(draft="other"))
    assert not asked


def test_without_a_driver_to_ask_the_wishes_stand(
    asked: list[Load], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(card, "look", lambda: Cards(missing="no driver"))
    with open_engine(EXL2, card=OnCard("q4")):
        pass
    assert (asked[0].cache, asked[0].context_tokens) == ("q4", None)

"""From a model's name to a running engine."""

import shutil
from pathlib import Path

import pytest

from qwq_cli.engines.registry import ENGINES, Load, load_engine
from qwq_cli.errors import BadInputError, NotFoundError, UnavailableError, UsageError
from qwq_cli.events import Finished, Thinking
from qwq_cli.generate import generate
from qwq_cli.request import Message, Request
from qwq_cli.runtime import open_engine, open_replay
from qwq_cli.weights.catalogue import find_weights
from qwq_cli.weights.profiles import QUILL

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
    tagged = path.rename(tmp_path / "Qwen3-0.6B.gguf")
    with open_engine(str(tagged)) as opened:
        assert opened.engine.facts.style == "tags"


def test_faults_come_through(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        open_engine("no-such-model")
    with pytest.raises(UsageError):
        open_engine("quill", context_tokens=10**9)
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

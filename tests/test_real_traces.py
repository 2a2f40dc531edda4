"""Real looping traces through the whole stack, at full speed: the loop is caught, and told."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Qwq
from tests.stream.prose import SHARED

PATH = SHARED / "loops.jsonl"


@pytest.fixture
def qwq(tmp_path: Path) -> Qwq:
    return Qwq(tmp_path)


@pytest.mark.skipif(not PATH.exists(), reason="the traces are not here")
@pytest.mark.parametrize("loop", ["loop005", "loop009", "loop031", "loop043", "loop053"])
def test_a_real_trace_is_caught(qwq: Qwq, tmp_path: Path, loop: str) -> None:
    rows = map(json.loads, PATH.read_text(encoding="utf-8").splitlines())
    text = next(row["text"] for row in rows if row["id"] == loop)
    text = text.lstrip().removeprefix("<think>").lstrip()
    trace = tmp_path / "trace.txt"
    trace.write_text(f"<think>\n{text}", encoding="utf-8")
    done = qwq("ask", "--replay", str(trace), "--json", "-q")
    record = json.loads(done.out)
    assert record["loops"]
    assert record["usage"]["trimmed_tokens"] > 0
    assert done.code == (3 if record["finish_reason"] == "loop" else 0)
    for found in record["loops"]:
        assert found["start"] < found["repeat_at"] < found["detected_at"]
    # What came before stands as the model wrote it.
    assert record["reasoning"].startswith(text.lstrip()[:200])
    off = json.loads(qwq("ask", "--replay", str(trace), "--json", "--loops", "off").out)
    assert off["loops"] == []
    assert off["usage"]["trimmed_tokens"] == 0

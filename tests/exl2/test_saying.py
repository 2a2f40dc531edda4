"""Models that say a chosen text, on the real ExLlamaV2."""

from collections.abc import Callable
from pathlib import Path

import pytest

from qwq_cli.engines.exllama.engine import Exllama
from qwq_cli.request import Sampling
from tests.exl2.conftest import said, start, tokens
from tests.exl2.saying import THINKING, Chain, saying
from tests.exl2.test_command import COMMAND, run

pytestmark = pytest.mark.exl2

ROWS = "".join(f'{{"id": {row}, "name": "方块 🙂", "ok": true}},\n' for row in range(60))
Load = Callable[..., Exllama]


@pytest.mark.parametrize("temperature", [0, 0.9])
def test_it_says_the_text(load: Load, tmp_path: Path, temperature: float) -> None:
    engine = load(saying(tmp_path / "model", ROWS), style="auto")
    assert engine.facts.style == "none"
    decoding = start(engine, "What?", Sampling(temperature=temperature, seed=1))
    assert said(tokens(decoding)) == ROWS
    assert decoding.progress.stop == "stop"


def test_it_goes_on_from_where_it_is_rewound_to(load: Load, tmp_path: Path) -> None:
    chain = Chain(ROWS, before="Rows:\n", after={"is:\n": "none."})
    decoding = start(load(saying(tmp_path / "model", chain), style="auto"), "What?")
    whole = tokens(decoding)
    for keep in (500, 300, 1, 0):
        decoding.rewind(keep)
        assert said(tokens(decoding)) == said(whole[keep:])
    decoding.rewind(10, "Other text.\n")
    assert said(tokens(decoding)) == "Rows:\n" + ROWS
    decoding.rewind(5, "The answer is:\n")
    assert said(tokens(decoding)) == "none."


def test_for_ever(load: Load, tmp_path: Path) -> None:
    chain = Chain("na ", forever=True, before="Bat")
    path = saying(tmp_path / "model", chain, context=1024)
    decoding = start(load(path, style="auto"), "What?")
    found = tokens(decoding)
    assert ("Bat" + "na " * len(found)).startswith(said(found))
    assert len(found) > 900
    assert decoding.progress.stop == "length"


def test_from_the_command_line(tmp_path: Path) -> None:
    text = "1 and 1 make 2.\n</think>\n\nTwo.\n"
    path = saying(tmp_path / "model", text, template=THINKING)
    done = run([*COMMAND, "ask", "-m", str(path), "x", "--loops", "off"], tmp_path, QWQ_WARM="off")
    assert (done.returncode, done.stdout, done.stderr) == (0, "Two.\n", "")

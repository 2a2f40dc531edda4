"""Settings for EXL2 weights and for samplers: they reach what they are for, or say why not."""

import pytest

from benchmarks.measure import ROOT
from qwq_cli.cli.answering import request_of
from qwq_cli.request import Sampling
from qwq_cli.settings import Settings
from tests.cli.conftest import Qwq

EXL2 = str(ROOT / "training" / "weights")
"""quill's folder of safetensors."""


@pytest.mark.parametrize(
    ("settings", "code", "says"),
    [
        ({"QWQ_CONTEXT": "8"}, 78, "context must be a whole number from 256"),
        ({"QWQ_DRAFT": "quill"}, 2, "quill can't draft for EXL2 weights: it is a GGUF"),
        ({"QWQ_DRAFT": "no-such"}, 66, "no model called 'no-such'"),
        ({"QWQ_CACHE": "q5"}, 78, "cache must be one of auto, fp16, q8, q6, q4"),
        ({"QWQ_PRESENCE_PENALTY": "3"}, 78, "presence_penalty must be a number from -2 to 2"),
    ],
)
def test_what_can_not_be_is_one_line(
    qwq: Qwq, settings: dict[str, str], code: int, says: str
) -> None:
    env = {"QWQ_WARM": "off", **settings}
    done = qwq("ask", "--example", "cards", "-q", "-m", EXL2, env=env)
    done.failed(code, says)


def test_the_context_is_that_of_a_gguf_too(qwq: Qwq) -> None:
    done = qwq("ask", "--example", "cards", "-q", "--final", env={"QWQ_CONTEXT": "256"})
    done.failed(3, "thinking filled the context of 256 tokens; raise context")


def test_penalties_are_part_of_the_request() -> None:
    settings = Settings(presence_penalty=1.5, dry_multiplier=0.8, xtc_probability=0.0)
    default = Sampling(0.6, xtc_probability=0.5)
    sampling = request_of(settings, "1 + 1?", (), default).sampling
    assert sampling == Sampling(0.6, presence_penalty=1.5, dry_multiplier=0.8)

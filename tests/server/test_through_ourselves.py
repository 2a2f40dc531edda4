"""`qwq ask -m openai/quill` against `qwq serve`: two processes, one guard."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from qwq_cli.endpoint import Endpoint
from qwq_cli.engines.base import Token
from qwq_cli.engines.openai.engine import OpenAIServer
from qwq_cli.puzzles.examples import CARDS
from qwq_cli.request import Message, Sampling
from qwq_cli.runtime import open_engine
from tests.cli.conftest import Qwq
from tests.server.conftest import Serve, Served

GREEDY = Sampling(temperature=0)


@pytest.fixture(scope="module")
def engine(served: Served) -> Iterator[OpenAIServer]:
    engine = OpenAIServer(Endpoint(f"{served.address}/v1", patience_s=60), "quill")
    yield engine
    engine.close()


def test_it_is_known_for_what_it_is(engine: OpenAIServer) -> None:
    facts = engine.facts
    assert (facts.engine, facts.name, facts.context_tokens) == ("qwq", "quill", 2048)
    assert (facts.style, facts.rewinds) == ("headings", True)


def test_it_says_what_the_model_says_and_goes_on_where_it_is_taken_back_to(
    engine: OpenAIServer,
) -> None:
    asked = (Message("user", CARDS),)
    with open_engine("quill") as opened:
        near = opened.engine.start(opened.engine.render(asked), GREEDY, None)
        whole = "".join(step.text for step in near if isinstance(step, Token))
    far = engine.start(engine.render(asked), GREEDY, None)
    texts: list[str] = []
    rewound = False
    for step in far:
        texts += [step.text] if isinstance(step, Token) else []
        if not rewound and len("".join(texts)) > 200:
            rewound = True
            keep = len(texts) - 1
            while keep and not texts[keep - 1]:
                keep -= 1
            far.rewind(keep)
            del texts[keep:]
    assert "".join(texts) == whole
    assert rewound
    assert far.progress.stop == "stop"
    assert far.progress.cached_tokens > 100
    far.rewind(len(texts), then="\n\n")
    far.close()


def test_asked_from_the_command_line(served: Served, tmp_path: Path) -> None:
    qwq = Qwq(tmp_path)
    asked = ("ask", "--example", "cards", "-m", "openai/quill", "--base-url", served.address)
    done = qwq(*asked, "--json")
    assert done.code == 0, done.err
    record = json.loads(done.out)
    assert (record["final"], record["engine"]) == ("方块5", "qwq")
    assert record["usage"]["reasoning_tokens"] > 100
    led = json.loads(qwq(*asked, "--json", "--budget", "60").out)
    assert [put["why"] for put in led["interventions"]] == ["budget"]
    assert led["usage"]["inserted_tokens"] > 0
    qwq(*asked[:-3], "openai/other", *asked[-2:]).failed(66, "no such model", "quill")


def test_two_servers_are_measured_apart_though_their_models_have_one_name(
    served: Served, tmp_path: Path
) -> None:
    qwq = Qwq(tmp_path)
    line = ("eval", "columns", "-n", "1", "--lang", "en", "--difficulty", "easy", "--seed", "3")
    kept: list[str] = []
    elsewhere = served.address.replace("127.0.0.1", "localhost")
    assert elsewhere != served.address
    for address, records in ((served.address, 1), (served.address, 1), (elsewhere, 2)):
        done = qwq(*line, "-m", "openai/quill", "--base-url", address)
        assert done.code == 0, done.err
        kept = (tmp_path / "columns-quill.jsonl").read_text("utf-8").splitlines()
        assert len(kept) == records
    assert json.loads(kept[0])["run"]["server"] == f"{served.address}/v1"


def test_a_server_before_a_server(served: Served, serve: Serve) -> None:
    """`qwq serve` of a model that another one has."""
    options = ("-m", "openai/quill", "--base-url", served.address, "--port", "0")
    second = serve(*options)
    with second.client() as client:
        body = {"messages": [{"role": "user", "content": CARDS}]}
        whole = client.post("/v1/chat/completions", json=body).json()
        assert whole["choices"][0]["message"]["content"].strip() == "方块5"
        assert whole["choices"][0]["message"]["reasoning_content"]
        long = {"messages": [{"role": "user", "content": "card " * 3000}], "stream": True}
        refused = client.post("/v1/chat/completions", json=long)
        assert (refused.status_code, refused.headers["content-type"]) == (400, "application/json")
        assert "2,048" in refused.json()["error"]["message"]
        refused = client.post("/v1/completions", json={"prompt": "x"})
        assert refused.status_code == 400
        assert "takes messages only" in refused.json()["error"]["message"]
    assert second.end() == (0, "")


def test_one_that_dies_in_the_middle_leaves_the_partial(serve: Serve, tmp_path: Path) -> None:
    server = serve("--port", "0")
    qwq = Qwq(tmp_path)
    endless = ("红桃A " * 40, "--temperature", "0", "--loops", "off")  # out of quill's depth
    asked = ("ask", *endless, "-m", "openai/quill", "--base-url", server.address, "--jsonl")
    with qwq.start(*asked, stdin=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        while b'"thinking"' not in (line := process.stdout.readline()):
            assert line, process.communicate()
        os.kill(server.process.pid, signal.SIGKILL)
        out, err = process.communicate(timeout=60)
    server.wait()
    assert process.returncode == 1
    assert b"the server broke off in the middle of a text" in err
    last = json.loads(out.splitlines()[-1])
    assert (last["event"], last["reason"]) == ("finished", "error")
    kept = json.loads(qwq("history", "show", "last", "--json").out)
    assert kept["turns"][-1]["reasoning"]
    qwq(*asked).failed(69, f"no server at {server.address}/v1")

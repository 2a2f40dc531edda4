"""Servers that can't go on from a text: the answer is asked for by one more request.

Over recorded shapes, and with quill on llama.cpp's own server and on `qwq serve`.
"""

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from qwq_cli.endpoint import Endpoint
from tests.cli.conftest import Qwq
from tests.engines.openai.conftest import Play, Player, Reply, streamed, told
from tests.server.conftest import Served

CHAT = "/v1/chat/completions"
QUESTION = "Which card is it?"
LINE = "Is it the queen? No, it is the king. Then again it is the queen. "


@pytest.fixture
def qwq(tmp_path_factory: pytest.TempPathFactory) -> Qwq:
    return Qwq(tmp_path_factory.mktemp("home"))


def asking(server: Player, *options: str) -> tuple[str, ...]:
    url = server.endpoint.url
    return ("ask", "-m", "openai/m", "--base-url", url, *options, QUESTION)


def chunk(finish: str | None = None, **delta: object) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}


def usage(prompt: int, cached: int, written: int) -> dict[str, Any]:
    counts = {
        "prompt_tokens": prompt,
        "completion_tokens": written,
        "prompt_tokens_details": {"cached_tokens": cached},
    }
    return {"choices": [], "usage": counts}


def thought(text: str, form: str) -> list[dict[str, Any]]:
    """As servers send it: OpenAI-compatible in general and SGLang, vLLM of today, and with tags."""
    if form == "tags":
        return [chunk(content="<think>\n"), chunk(content=text), chunk(content="\n</think>\n\n")]
    return [chunk(role="assistant", content=""), chunk(**{form: text, "content": None})]


def answer(form: str) -> Reply:
    return streamed(
        *thought("So the five.", form),
        chunk(content="The five"),
        chunk(content=" of diamonds."),
        chunk("stop", content=""),
        usage(90, 30, 9),
    )


FORMS = ["reasoning_content", "reasoning", "tags"]


@pytest.fixture(params=FORMS)
def form(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def circles(form: str, count: int = 40) -> Reply:
    first, last = thought("First the ranks. ", form)[:2], chunk(**{_field(form): LINE})
    return streamed(*first, *[last] * count)


def _field(form: str) -> str:
    return "content" if form == "tags" else form


def test_a_loop_is_answered_by_one_more_request(qwq: Qwq, play: Play, form: str) -> None:
    server = play({CHAT: [circles(form), answer(form)]})
    done = qwq(*asking(server, "--json", "--seed", "7", "--max-tokens", "4000"))
    assert done.code == 0, done.err
    record = json.loads(done.out)
    assert (record["finish_reason"], record["answer"]) == ("stop", "The five of diamonds.")
    assert [loop["action"] for loop in record["loops"]] == ["forced"]
    (put,) = record["interventions"]
    assert (put["why"], put["answer"], record["budget_forced"]) == ("loop", True, False)
    before, _, after = record["reasoning"].partition(put["text"])
    assert (before.count(LINE.strip()), after.strip()) == (1, "So the five.")
    counted = record["usage"]
    assert counted["recomputed_tokens"] == 60
    assert 0 < counted["prompt_tokens"] < 90
    first, second = server.bodies(CHAT)
    assert second["messages"] == [
        {"role": "user", "content": QUESTION},
        {"role": "assistant", "content": before.strip()},
        {"role": "user", "content": put["text"].strip()},
    ]
    assert (first["seed"], second["seed"]) == (7, 8)
    assert 3000 < second["max_tokens"] < first["max_tokens"] == 4000
    others = {"messages", "seed", "max_tokens"}
    assert {key: first[key] for key in first.keys() - others} == {
        key: second[key] for key in second.keys() - others
    }


def test_a_spent_budget_is_answered_by_one_more_request(qwq: Qwq, play: Play, form: str) -> None:
    different = (chunk(**{_field(form): f"Card {number} is not it. "}) for number in range(90))
    server = play({CHAT: [streamed(*thought("Well. ", form)[:2], *different), answer(form)]})
    done = qwq(*asking(server, "--json", "--budget", "50"))
    assert done.code == 0, done.err
    record = json.loads(done.out)
    assert (record["answer"], record["budget_forced"]) == ("The five of diamonds.", True)
    carried = server.bodies(CHAT)[1]["messages"][1]["content"]
    assert carried.startswith("Well. Card 0")
    assert carried.endswith("is not it.")
    assert "Card 60" not in carried


def test_a_server_s_own_bound_is_answered_by_one_more_request(
    qwq: Qwq, play: Play, form: str
) -> None:
    different = [chunk(**{_field(form): f"Card {number} is not it. "}) for number in range(90)]
    ended = streamed(*thought("Well. ", form)[:2], *different, chunk("length", content=""))
    server = play({CHAT: [ended, answer(form)]})
    record = json.loads(qwq(*asking(server, "--json")).out)
    assert record["answer"] == "The five of diamonds."
    assert [put["why"] for put in record["interventions"]] == ["room"]
    carried = server.bodies(CHAT)[1]["messages"][1]["content"]
    assert "Card 0" not in carried
    assert carried.endswith("Card 89 is not it.")


def test_the_first_request_is_broken_off(qwq: Qwq, play: Play) -> None:
    gone = threading.Event()
    reply = circles("reasoning_content")

    def write_on(write: Callable[[bytes], object]) -> None:
        try:
            while True:
                write(b": ping\n\n")
        except OSError:
            gone.set()

    reply.pieces.pop()  # (the end)
    reply.then = write_on
    server = play({CHAT: [reply, answer("reasoning_content")]})
    assert qwq(*asking(server)).out == "The five of diamonds.\n"
    assert gone.wait(20)


def test_what_is_shown(qwq: Qwq, play: Play) -> None:
    """The answer alone down a pipe, what was done on stderr, and every event as one."""
    server = play({CHAT: [circles("reasoning"), answer("reasoning")]})
    done = qwq(*asking(server, "--final"))
    assert done.out == "The five of diamonds\n"
    assert "the answer is asked for" in done.err
    server = play({CHAT: [circles("reasoning"), answer("reasoning")]})
    lines = qwq(*asking(server, "--jsonl")).out.splitlines()
    kinds = [json.loads(line)["event"] for line in lines]
    assert [kinds.count(kind) for kind in ("started", "rewound", "steered", "finished")] == [1] * 4
    assert kinds.index("rewound") < kinds.index("steered") < kinds.index("answer")
    kept = json.loads(qwq("history", "show", "last", "--json").out)["turns"][-1]
    assert kept["answer"] == "The five of diamonds."


def test_in_a_conversation(qwq: Qwq, play: Play) -> None:
    """What was asked and answered before goes along; what we put in does not stay there."""
    server = play({CHAT: [circles("reasoning"), answer("reasoning"), answer("reasoning")]})
    at = ("chat", "-m", "openai/m", "--base-url", server.endpoint.url)
    done = qwq(*at, stdin=f"{QUESTION}\nWhy?\n")
    assert done.out.count("The five of diamonds.") == 2, done.err
    assert [len(body["messages"]) for body in server.bodies(CHAT)] == [1, 3, 3]
    assert server.bodies(CHAT)[2]["messages"][1]["content"] == "The five of diamonds."


def test_a_second_loop_is_the_end(qwq: Qwq, play: Play) -> None:
    server = play({CHAT: [circles("reasoning")]})
    done = qwq(*asking(server, "--json"))
    assert done.code == 3
    record = json.loads(done.out)
    assert (record["finish_reason"], record["answer"]) == ("loop", "")
    assert [loop["action"] for loop in record["loops"]] == ["forced", "stopped"]
    assert record["reasoning"].count(LINE.strip()) == 2
    (said,) = [line for line in done.err.splitlines() if "no answer" in line]
    assert "gave none when it was asked for it anew; try another --seed, or set dialect" in said
    assert len(server.bodies(CHAT)) == 2


def broken(*events: object) -> Reply:
    return streamed(*events, done=False)


REFUSALS = {
    "refused": told({"error": {"message": "context_length_exceeded", "code": 400}}, 400),
    "busy": told({"error": {"message": "full"}}, 503, retry_after="0"),
    "gone in the thought": broken(*thought("So", "reasoning")),
    "nothing": streamed(chunk("stop", content="")),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_one_that_fails_is_the_end(qwq: Qwq, play: Play, name: str) -> None:
    server = play({CHAT: [circles("reasoning"), REFUSALS[name]]})
    done = qwq(*asking(server, "--json"))
    assert done.code == 3, done.err
    record = json.loads(done.out)
    assert (record["finish_reason"], record["answer"]) == ("loop", "")
    assert record["reasoning"].startswith("First the ranks.")
    assert ("the answer that was asked for did not come: " in done.err) == (name != "nothing")
    assert "qwq: no answer: " in done.err


def test_an_answer_that_breaks_off_is_a_failure(qwq: Qwq, play: Play) -> None:
    half = broken(*thought("So", "reasoning"), chunk(content="The fi"))
    server = play({CHAT: [circles("reasoning"), half]})
    done = qwq(*asking(server, "--json"))
    assert (done.code, json.loads(done.out)["answer"]) == (1, "The fi")
    assert "broke off in the middle" in done.err


@pytest.mark.parametrize("option", [("--loops", "stop"), ("--rescues", "0")])
def test_where_nobody_wants_it(qwq: Qwq, play: Play, option: tuple[str, str]) -> None:
    server = play({CHAT: [circles("reasoning")]})
    done = qwq(*asking(server, "--json", *option))
    assert done.code == 3
    assert [loop["action"] for loop in json.loads(done.out)["loops"]] == ["stopped"]
    assert len(server.bodies(CHAT)) == 1


# --------------------------------------------------------------------------------- real servers


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    server = Served(tmp_path_factory.mktemp("home"), "--port", "0", "--loops", "off")
    yield server
    server.end()


@pytest.fixture(params=["llama.cpp", "qwq serve"])
def plain(request: pytest.FixtureRequest, llama: Endpoint) -> dict[str, str]:
    """Settings for a real server that is only chatted with."""
    base = llama.url if request.param == "llama.cpp" else request.getfixturevalue("served").address
    return {
        "QWQ_API_KEY": llama.key,
        "QWQ_DIALECT": "openai",
        "QWQ_TEMPERATURE": "0",
        "QWQ_BASE_URL": base,
        "QWQ_MODEL": "openai/quill",
    }


def test_quill_answers_when_its_budget_is_spent(qwq: Qwq, plain: dict[str, str]) -> None:
    done = qwq("ask", "--example", "cards", "--budget", "40", "--json", env=plain)
    record = json.loads(done.out)
    assert (done.code, record["engine"]) == (0, "openai"), done.err
    assert record["final"]
    (put,) = record["interventions"]
    assert put["why"] == "budget"
    before, _, after = record["reasoning"].partition(put["text"])
    assert before.strip()
    assert after.startswith("先把牌")
    assert "think>" not in record["reasoning"]
    assert record["usage"]["prompt_tokens"] > 100
    assert record["usage"]["answer_tokens"] > 0


def test_quill_in_circles_is_asked_anew(qwq: Qwq, plain: dict[str, str]) -> None:
    """Out of its depth it goes in circles, and hardly gets out of them; a real model does."""
    done = qwq("ask", "--json", "红桃A " * 40, env=plain)
    record = json.loads(done.out)
    actions = [loop["action"] for loop in record["loops"]]
    assert done.code == (0 if record["answer"].strip() else 3), done.err
    assert [put["answer"] for put in record["interventions"]] == [True] * actions.count("forced")
    assert set(actions[1:]) <= {"stopped", "kept"}

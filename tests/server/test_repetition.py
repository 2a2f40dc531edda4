"""Answers that repeat, through OpenAI's own client: on purpose, and without an end."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import openai
import pytest

from qwq_cli.engines.base import Prompt, Step, Token
from qwq_cli.engines.scripted import Script, Scripted, ScriptedDecoding, cut
from qwq_cli.events import Answer
from qwq_cli.generate import generate
from qwq_cli.request import Message, Request, Sampling, Steering
from qwq_cli.server import asks
from qwq_cli.server.choices import Choice
from qwq_cli.server.faults import RefusedError
from qwq_cli.server.fields import Fields
from qwq_cli.server.hosted import Hosted
from qwq_cli.server.likely import Recorded, Recorder
from tests.server.conftest import short_tempered
from tests.stream.prose import prose

ORIGINAL = prose(3000, seed=7)
WORDS = ORIGINAL.split(" ")
CORRECTED = " ".join("so" if at % 30 == 9 else word for at, word in enumerate(WORDS))
READING = {"temperature": 21.5, "humidity": 40, "unit": "C"}
DAY = "March: Nothing happened today. I went to work, came home, ate dinner and went to bed.\n"
ON_PURPOSE = {
    "a JSON array": json.dumps([{"hour": hour, **READING} for hour in range(24)], indent=2),
    "a diary": "".join(f"{day} {DAY}" for day in range(1, 32)),
    "an answer key": "".join(f"{item}. {'BDACCABD'[item * 5 % 8]}\n" for item in range(1, 101)),
    "a corrected text": f"Original:\n\n{ORIGINAL}\n\nCorrected version:\n\n{CORRECTED}",
}
CYCLE = "and the king goes to the queen, who then sends the jack back again, "
BEGUN = "This is how it went: first, the five of diamonds was drawn. Then "
ENDLESS = BEGUN + CYCLE * 600
HEAD = "Hm.\n\n**Final Answer**\n\n"


@contextmanager
def client(engine: Scripted, steering: Steering | None = None) -> Iterator[openai.OpenAI]:
    with short_tempered(engine, steering) as (host, port):
        address = f"http://{host}:{port}/v1"
        with openai.OpenAI(base_url=address, api_key="none", max_retries=0, timeout=60) as found:
            yield found


def saying(text: str, style: str = "none") -> Scripted:
    """An engine that answers with this text, and has room for it."""
    head = HEAD if style == "headings" else ""
    return Scripted(Script((head + text,), style=style, context_tokens=200_000))  # type: ignore[arg-type]


def ask(client: openai.OpenAI, **more: Any) -> list[tuple[str, str, dict[str, Any]]]:
    """Each choice of a whole answer: its text, its finish_reason, and qwq's facts."""
    if "prompt" in more:
        texts = client.completions.create(model="script", **more).choices
        return [(one.text, one.finish_reason, extra(one)) for one in texts]
    messages = [{"role": "user", "content": "?"}]
    chats = client.chat.completions.create(model="script", messages=messages, **more).choices  # type: ignore[arg-type]
    return [(one.message.content or "", one.finish_reason, extra(one)) for one in chats]


def extra(found: Any) -> dict[str, Any]:
    """The object `qwq`, of which the client knows nothing."""
    told: dict[str, Any] = (found.model_extra or {}).get("qwq", {})
    return told


def stream(client: openai.OpenAI, **more: Any) -> list[tuple[str, str, dict[str, Any]]]:
    """The same of a streamed answer; the facts are those of each choice's last piece."""
    if "prompt" in more:
        pieces: Any = client.completions.create(model="script", stream=True, **more)
    else:
        messages: Any = [{"role": "user", "content": "?"}]
        create: Any = client.chat.completions.create
        pieces = create(model="script", messages=messages, stream=True, **more)
    texts: dict[int, str] = {}
    ends: dict[int, tuple[str, dict[str, Any]]] = {}
    for piece in pieces:
        for choice in piece.choices:
            assert choice.index not in ends
            text = choice.text if "prompt" in more else choice.delta.content
            texts[choice.index] = texts.get(choice.index, "") + (text or "")
            if choice.finish_reason:
                ends[choice.index] = (choice.finish_reason, extra(piece))
    return [(texts[index], *ends[index]) for index in sorted(texts)]


# ------------------------------------------------------------------------------------- on purpose


@pytest.mark.parametrize("style", ["none", "headings"])
@pytest.mark.parametrize("name", ON_PURPOSE)
def test_an_answer_that_repeats_on_purpose_comes_byte_for_byte(name: str, style: str) -> None:
    text = ON_PURPOSE[name]
    with client(saying(text, style)) as found:
        ((whole, reason, facts),) = ask(found)
        assert (whole, reason) == (text, "stop")
        assert (facts["finish_reason"], facts["loops"]) == ("stop", [])
        assert "raw" not in facts
        ((streamed, reason, facts),) = stream(found)
        assert (streamed, reason) == (text, "stop")
        assert facts["retracted_chars"] == 0
        assert set(facts) == {"finish_reason", "final", "retracted_chars"}


REPEATING = {
    **ON_PURPOSE,
    "one word": "go " * 2000,
    "blank lines": "So:" + "\n" * 3000 + "that.",
    "spaces": "So:" + " " * 3000 + "that.",
    "a cycle": BEGUN + CYCLE * 60,
}


def finely(text: str) -> list[str]:
    """Its tokens, each blank apart."""
    return [piece for token in cut(text) for piece in (token if token.isspace() else [token])]


STOPS = ("\n\n\n###", "king goes to the ace", "go go stop")


@pytest.mark.parametrize("likely", [False, True])
@pytest.mark.parametrize("stops", [(), STOPS])
@pytest.mark.parametrize("name", REPEATING)
def test_no_more_of_a_text_that_repeats_waits_than_a_stop_string_may_need(
    name: str, stops: tuple[str, ...], likely: bool
) -> None:
    recorder = Recorder() if likely else None
    choice, given, sent = Choice(stops, recorder=recorder), "", ""
    tokens = [*cut(HEAD), *finely(REPEATING[name])]
    engine: Any = Scripted(Script((tokens,)))
    engine = engine if recorder is None else Recorded(engine, recorder)
    asked = Request((Message("user", "?"),))
    for event in generate(engine, asked, steering=Steering(loops="off")):
        if recorder is not None:
            recorder.see(event)
        sent += "".join(delta.content for delta in choice.take(event))
        given += event.text if isinstance(event, Answer) else ""
        assert len(given) - len(sent) < max(map(len, stops), default=1) + likely * 8
    assert sent == given == choice.content


class Pausing(Scripted):
    """Says some tokens, and the others when the gate opens."""

    def __init__(self, text: str, tokens: int) -> None:
        super().__init__(Script((text,), style="none"))
        self.gate = threading.Event()
        self.tokens = tokens

    def start(self, prompt: Prompt, sampling: Sampling, max_tokens: int | None) -> ScriptedDecoding:
        decoding = super().start(prompt, sampling, max_tokens)
        return PausingDecoding(self, decoding.progress.prompt_tokens, 30_000)


class PausingDecoding(ScriptedDecoding):
    def __iter__(self) -> Iterator[Step]:
        engine = self._engine
        assert isinstance(engine, Pausing)
        said = 0
        for step in super().__iter__():
            if said == engine.tokens:
                engine.gate.wait(60)
            said += isinstance(step, Token)
            yield step


@pytest.mark.parametrize("name", ["a diary", "blank lines", "a cycle"])
def test_what_was_generated_has_arrived_while_the_model_pauses(name: str) -> None:
    """Nothing on the way holds it either: the model pauses until the client has the text."""
    text = REPEATING[name]
    engine = Pausing(text, tokens=500)
    before = "".join(cut(text)[:500])
    received = ""
    with client(engine) as found:
        create: Any = found.chat.completions.create
        asked = [{"role": "user", "content": "?"}]
        body = {"loops": "off"}
        for piece in create(model="script", messages=asked, stream=True, extra_body=body):
            received += piece.choices[0].delta.content or ""
            if len(received) >= len(before):
                engine.gate.set()
    assert engine.gate.is_set()
    assert received == text


# ---------------------------------------------------------------------------------- without an end


@pytest.mark.parametrize("style", ["none", "headings"])
@pytest.mark.parametrize("more", [{}, {"n": 2}, {"stop": ["never"]}, {"prompt": "x"}])
def test_an_answer_that_a_guard_ends_says_so(style: str, more: dict[str, Any]) -> None:
    """To OpenAI's clients it is cut off, and `qwq` has the reason."""
    body = {"extra_body": {"loops": "stop"}, **more}
    head = HEAD if style == "headings" and "prompt" in more else ""
    with client(saying(ENDLESS, style)) as found:
        wholes = ask(found, **body)
        streams = stream(found, **body)
    assert len(wholes) == len(streams) == more.get("n", 1)
    for (whole, reason, facts), (streamed, late, told) in zip(wholes, streams, strict=True):
        assert reason == late == "length"
        assert facts["finish_reason"] == told["finish_reason"] == "loop"
        assert whole.startswith(head + BEGUN)
        assert len(whole) < len(ENDLESS) // 2
        assert [loop["action"] for loop in facts["loops"]] == ["stopped"]
        assert "retracted_chars" not in facts
        assert streamed.startswith(whole)
        assert told["retracted_chars"] == len(streamed) - len(whole) > 0


def test_a_stop_string_that_comes_first_ends_it_as_ever() -> None:
    body = {"extra_body": {"loops": "stop"}, "stop": ["who then"]}
    with client(saying(ENDLESS)) as found:
        for (text, reason, facts), retracted in (
            (ask(found, **body)[0], None),
            (stream(found, **body)[0], 0),
        ):
            assert text == BEGUN + CYCLE.partition("who then")[0]
            assert (reason, facts["finish_reason"]) == ("stop", "stop")
            assert facts.get("retracted_chars") == retracted


# ----------------------------------------------------------------------------------- raw prompts


STEERED = Steering(loops="stop", rescues=2, budget=5, language="de")


def test_a_raw_completion_is_not_steered() -> None:
    engine = saying(ENDLESS)
    with client(engine, STEERED) as found:
        for way in (ask, stream):
            ((text, reason, facts),) = way(found, prompt="Once upon a time", max_tokens=90_000)
            assert (text, reason) == (ENDLESS, "stop")
            assert facts["finish_reason"] == "stop"
        ((text, _, _),) = ask(found, prompt="Once", extra_body={"loops": "stop"})
        assert len(text) < len(ENDLESS) // 2
        assert text.startswith(BEGUN)
    assert [prompt.parts[0].text for prompt in engine.prompted] == ["Once upon a time"] * 2 + [
        "Once"
    ]


@pytest.mark.parametrize(
    ("body", "steering"),
    [
        ({}, Steering(loops="off", language="off")),
        ({"loops": None}, Steering(loops="off", language="off")),
        ({"language": "auto"}, Steering(loops="off", language="off")),
        ({"reasoning_budget": 9}, Steering(loops="off", language="off", budget=9)),
        ({"loops": "recover"}, Steering(loops="recover", language="off")),
        (
            {"loops": "report", "language": "zh", "rescues": 1, "reasoning_budget": 9},
            Steering(loops="report", language="zh", rescues=1, budget=9),
        ),
    ],
)
def test_a_raw_completion_is_steered_as_its_body_says(
    body: dict[str, Any], steering: Steering
) -> None:
    hosted = Hosted(saying("5"), "script", steering=STEERED)
    (ask,) = asks.completion(Fields({"prompt": "Once upon a time", **body}), hosted).asks
    assert ask.steering == steering
    assert [message.content for message in ask.request.messages] == ["Once upon a time"]
    (chat,) = asks.chat(Fields({"messages": [{"role": "user", "content": "?"}]}), hosted).asks
    assert chat.steering == STEERED


def test_a_language_of_a_raw_completion_needs_loops() -> None:
    hosted = Hosted(saying("5"), "script")
    with pytest.raises(RefusedError, match="language needs loops"):
        asks.completion(Fields({"prompt": "x", "language": "de"}), hosted)

"""What answers say: loops taken back for every client, choices, continuations, probabilities."""

import json
from http import HTTPStatus
from typing import ClassVar

from qwq_cli.engines.base import Prompt, Token
from qwq_cli.engines.scripted import Script, Scripted, ScriptedDecoding
from qwq_cli.request import Sampling
from qwq_cli.server.choices import TAKEN_BACK
from qwq_cli.server.likely import Recorded, Recorder
from qwq_cli.server.pool import Pool
from tests.server.conftest import Client, asked, events_of, play

CHAT = "/v1/chat/completions"
ANSWER = Script(takes=("Hm.\n\n**Final Answer**\n\n5",))
CIRCLE = "Is it the queen? No, it is the king. Then again it may be the queen. "
LOOPING = Script(
    takes=(CIRCLE * 20, "It is the five.</think>\n\n5"), style="tags", opens_thinking=True
)


def test_a_loop_is_taken_back_for_every_client_and_each_is_told() -> None:
    async def scene(client: Client, pool: Pool) -> None:
        del pool
        whole = (await client.post(CHAT, json=asked())).json()["choices"][0]
        assert whole["message"]["content"] == "5"
        assert whole["message"]["reasoning_content"] == CIRCLE.rstrip() + "It is the five."
        assert [loop["action"] for loop in whole["qwq"]["loops"]] == ["rewound"]
        events = events_of((await client.post(CHAT, json=asked(stream=True))).text)
        told, end = (event["qwq"] for event in events if "qwq" in event)
        assert (told["event"], told["loop"]["action"]) == ("rewound", "rewound")
        assert end == {"finish_reason": "stop", "final": "5", "retracted_chars": 0}
        reasoning = "".join(
            event["choices"][0]["delta"].get("reasoning_content", "") for event in events
        )
        assert TAKEN_BACK in reasoning
        lines = (await client.post("/v1/reason", json=asked())).text.splitlines()
        assert [json.loads(line)["event"] for line in lines].count("rewound") == 1

    play(Scripted(LOOPING), scene)


def test_what_was_discarded_stands_in_raw() -> None:
    async def scene(client: Client, pool: Pool) -> None:
        del pool
        looping = (await client.post(CHAT, json=asked())).json()["choices"][0]["qwq"]
        assert looping["raw"].startswith(CIRCLE * 2)
        assert looping["raw"].endswith("5")
        left = (await client.post(CHAT, json=asked(loops="off"))).json()["choices"][0]["qwq"]
        assert "raw" not in left

    play(Scripted(LOOPING), scene)


def test_a_client_says_what_is_done_about_loops() -> None:
    async def scene(client: Client, pool: Pool) -> None:
        del pool
        left = (await client.post(CHAT, json=asked(loops="off"))).json()["choices"][0]
        assert left["qwq"]["loops"] == []
        stopped = (await client.post(CHAT, json=asked(loops="stop"))).json()["choices"][0]
        assert stopped["finish_reason"] == "length"
        assert stopped["qwq"]["finish_reason"] == "loop"
        ours = await client.post("/v1/reason", json=asked(steering={"loops": "stop"}))
        assert json.loads(ours.text.splitlines()[-1])["reason"] == "loop"

    play(Scripted(LOOPING), scene)


def test_an_answer_is_gone_on_with() -> None:
    class Seen(Scripted):
        prompts: ClassVar[list[Prompt]] = []

        def start(
            self, prompt: Prompt, sampling: Sampling, max_tokens: int | None
        ) -> ScriptedDecoding:
            self.prompts.append(prompt)
            return super().start(prompt, sampling, max_tokens)

    async def scene(client: Client, pool: Pool) -> None:
        del pool
        body = asked(continue_final_message=True, separate_reasoning=False)
        assert (await client.post(CHAT, json=body)).status_code == HTTPStatus.BAD_REQUEST
        body["messages"].append({"role": "assistant", "content": "<think>So far"})
        reply = (await client.post(CHAT, json=body)).json()
        assert reply["choices"][0]["message"]["content"] == ANSWER.takes[0]

    play(Seen(ANSWER), scene)
    (prompt,) = Seen.prompts
    assert [part.text for part in prompt.parts] == ["<user>", "?", "<assistant>", "<think>So far"]
    assert prompt.opens_thinking


def test_what_an_engine_does_not_tell_is_not_promised() -> None:
    async def scene(client: Client, pool: Pool) -> None:
        del pool
        for path, body in ((CHAT, asked(logprobs=True)), ("/v1/completions", {"prompt": "x"})):
            reply = await client.post(path, json={"logprobs": 1, **body})
            assert reply.status_code == HTTPStatus.BAD_REQUEST
            assert "this engine does not tell them" in reply.json()["error"]["message"]

    play(Scripted(ANSWER), scene)


def test_a_record_of_tokens_follows_what_is_taken_back_and_put_in() -> None:
    recorder = Recorder()
    engine = Recorded(Scripted(Script(takes=("one two three", " four"), style="none")), recorder)
    decoding = engine.start(engine.render(()), Sampling(), None)
    assert [step.text for step in decoding if isinstance(step, Token)] == ["one", " two", " three"]
    decoding.rewind(1, then=" and")
    assert [step.text for step in decoding if isinstance(step, Token)] == [" four"]
    assert [token.text for token in recorder.tokens] == ["one", " and", " four"]
    assert [token.text for token in recorder.within("and four")] == [" and", " four"]
    assert recorder.within("five") == []


def test_several_choices_each_with_a_seed_of_its_own_and_stops() -> None:
    engine = Scripted(Script(takes=("Hm.\n\n**Final Answer**\n\none STOP two",)))

    async def scene(client: Client, pool: Pool) -> None:
        del pool
        body = asked(n=3, seed=7, stop=["STOP"])
        whole = (await client.post(CHAT, json=body)).json()
        assert [choice["message"]["content"] for choice in whole["choices"]] == ["one "] * 3
        assert {choice["finish_reason"] for choice in whole["choices"]} == {"stop"}
        ended = {"finish_reason": "stop", "final": "one"}
        assert all(ended.items() <= choice["qwq"].items() for choice in whole["choices"])
        events = events_of((await client.post(CHAT, json={**body, "stream": True})).text)
        for index in range(3):
            own = [e["choices"][0] for e in events if e["choices"][0]["index"] == index]
            assert "".join(c["delta"].get("content", "") for c in own) == "one "
            assert [c["finish_reason"] for c in own if c["finish_reason"]] == ["stop"]
        told = [event["qwq"] for event in events if "qwq" in event]
        assert told == [{**ended, "retracted_chars": 0}] * 3
        assert whole["usage"]["prompt_tokens"] == len("?") + 2

    play(engine, scene)
    assert sorted(str(sampling.seed) for sampling in engine.asked) == sorted(["7", "8", "9"] * 2)

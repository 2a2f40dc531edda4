"""vLLM, SGLang, TabbyAPI and plain OpenAI, played from the shapes that they document.

- vLLM: /tokenize, vllm/entrypoints/serve/tokenize/protocol.py (TokenizeChatRequest,
  TokenizeResponse); completions, vllm/entrypoints/openai/completion/protocol.py
  (CompletionStreamResponse, `token_ids` in its choices); model cards with `owned_by` "vllm" and
  `max_model_len`; reasoning in `reasoning`, before 0.12 in `reasoning_content`.
- SGLang: python/sglang/srt/entrypoints/openai/protocol.py (ChatCompletionRequest's
  `separate_reasoning` and `continue_final_message`, ModelCard).
- TabbyAPI: endpoints/core/types/token.py, endpoints/core/types/model.py,
  endpoints/OAI/utils/completion.py (the finish comes with the usage).
- OpenAI: platform.openai.com/docs/api-reference/chat/streaming.
"""

from typing import Any

import pytest

from qwq_cli.engines.base import Decoding, Token
from qwq_cli.engines.openai.engine import OpenAIServer
from qwq_cli.errors import NotFoundError, QwqError, UnavailableError
from qwq_cli.request import Message, Sampling
from tests.engines.openai.conftest import Play, Player, Reply, streamed, told

ASKED = (Message("system", "Be brief."), Message("user", "17 * 3?"))
SENT = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "17 * 3?"}]
WARM = Sampling(temperature=0.6, top_p=0.95, top_k=20, min_p=0.0, seed=7)


def models(owner: str, *names: str, **more: object) -> Reply:
    cards = [{"id": name, "object": "model", "owned_by": owner, **more} for name in names]
    return told({"object": "list", "data": cards})


def tokens(decoding: Decoding) -> list[Token]:
    return [step for step in decoding if isinstance(step, Token)]


def texts(decoding: Decoding) -> list[str]:
    return [token.text for token in tokens(decoding)]


# ---------------------------------------------------------------------------------------- vLLM


def vllm_tokens(ids: list[int], *strings: str) -> Reply:
    return told(
        {"count": len(ids), "max_model_len": 64, "tokens": ids, "token_strs": list(strings) or None}
    )


def vllm_chunk(text: str, ids: list[int], count: int, finish: str | None = None) -> dict[str, Any]:
    choice = {
        "index": 0,
        "text": text,
        "logprobs": None,
        "finish_reason": finish,
        "stop_reason": None,
        "token_ids": ids,
        "prompt_token_ids": None,
    }
    usage = {"prompt_tokens": 4, "total_tokens": 4 + count, "completion_tokens": count}
    return {
        "id": "cmpl-1",
        "object": "text_completion",
        "created": 1,
        "model": "Qwen/QwQ-32B",
        "choices": [choice],
        "usage": usage,
    }


VLLM_END = {
    "id": "cmpl-1",
    "object": "text_completion",
    "created": 1,
    "model": "Qwen/QwQ-32B",
    "choices": [],
    "usage": {
        "prompt_tokens": 4,
        "total_tokens": 10,
        "completion_tokens": 6,
        "prompt_tokens_details": {"cached_tokens": 3},
    },
}


def vllm(play: Play) -> Player:
    """A whole text, then what follows a rewind."""
    whole = streamed(
        vllm_chunk("Let", [10], 1),
        vllm_chunk(" me", [11], 2),
        vllm_chunk("", [12], 3),  # a character in two tokens
        vllm_chunk("数", [13], 4),
        vllm_chunk(" 51</think>51", [14, 15], 6),  # drafted tokens come together
        vllm_chunk("", [99], 7, "stop"),
        VLLM_END,
    )
    again = streamed(vllm_chunk(" see", [30], 1), vllm_chunk("", [99], 2, "stop"), VLLM_END)
    tail = ["<|im_start|>", "assistant", "Ċ", "<think>", "Ċ"]
    return play(
        {
            "/v1/models": [models("vllm", "Qwen/QwQ-32B", max_model_len=64)],
            "/tokenize": [
                vllm_tokens([1, 2, 3], *tail),
                vllm_tokens([1, 2, 3, 4], *tail),
                vllm_tokens([20, 21]),
            ],
            "/v1/completions": [whole, again],
        }
    )


def test_vllm_speaks_in_ids(play: Play) -> None:
    server = vllm(play)
    engine = OpenAIServer(server.endpoint, "qwq-32b", style="tags")
    assert (engine.facts.name, engine.facts.engine) == ("Qwen/QwQ-32B", "vllm")
    assert engine.facts.context_tokens == 64
    prompt = engine.render(ASKED)
    assert prompt.opens_thinking is True
    decoding = engine.start(prompt, WARM, None)
    assert decoding.progress.prompt_tokens == 4
    found = tokens(decoding)
    assert [t.text for t in found] == ["Let", " me", "", "数", "", " 51</think>51"]
    assert [t.id for t in found] == [10, 11, 12, 13, 14, 15]
    assert decoding.progress.stop == "stop"
    assert decoding.progress.cached_tokens == 3
    assert server.bodies("/tokenize")[1]["messages"] == SENT
    (body,) = server.bodies("/v1/completions")
    assert body["prompt"] == [1, 2, 3, 4]
    assert (body["max_tokens"], body["seed"], body["top_k"]) == (60, 7, 20)
    assert body["return_token_ids"] is True
    assert server.asked[0][2]["Authorization"] == "Bearer k3y"
    engine.close()


def test_vllm_goes_on_from_ids(play: Play) -> None:
    server = vllm(play)
    engine = OpenAIServer(server.endpoint, style="tags")
    decoding = engine.start(engine.render(ASKED), WARM, None)
    tokens(decoding)
    with pytest.raises(ValueError, match="inside a character"):
        decoding.rewind(3)
    assert decoding.rewind(4, "Hm,", Sampling(temperature=0.9, seed=7)) == 2
    assert texts(decoding) == [" see"]
    body = server.bodies("/v1/completions")[1]
    assert body["prompt"] == [1, 2, 3, 4, 10, 11, 12, 13, 20, 21]
    assert (body["max_tokens"], body["seed"], body["temperature"]) == (54, 8, 0.9)
    assert decoding.rewind(7) == 0
    tokens(decoding)
    assert server.bodies("/v1/completions")[2]["prompt"][-3:] == [20, 21, 30]


def test_vllm_of_old_tells_no_ids(play: Play) -> None:
    """Then what stands is tokenised again."""
    chunk = vllm_chunk("Let", [], 1)
    del chunk["choices"][0]["token_ids"]
    end = vllm_chunk(" me", [], 2, "length")
    server = play(
        {
            "/v1/models": [models("vllm", "m", max_model_len=64)],
            "/tokenize": [vllm_tokens([1]), vllm_tokens([1, 2]), vllm_tokens([50, 51])],
            "/v1/completions": [streamed(chunk, end), streamed(end)],
        }
    )
    engine = OpenAIServer(server.endpoint, "m")
    decoding = engine.start(engine.render(ASKED), WARM, 9)
    assert texts(decoding) == ["Let", " me"]
    assert decoding.progress.stop == "length"
    decoding.rewind(1)
    assert texts(decoding) == [" me"]
    assert server.bodies("/tokenize")[2]["prompt"] == "Let"
    assert server.bodies("/v1/completions")[1]["prompt"] == [1, 2, 50, 51]
    assert server.bodies("/v1/completions")[1]["max_tokens"] == 8


def chat_chunk(finish: str | None = None, **delta: object) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "m",
        "choices": [choice],
    }


@pytest.mark.parametrize("name", ["reasoning", "reasoning_content"])
def test_vllm_behind_a_router_goes_on_from_the_last_message(play: Play, name: str) -> None:
    """No /tokenize there: it chats, and reasoning comes apart under one of two names."""
    whole = streamed(
        chat_chunk(role="assistant", content=""),
        chat_chunk(**{name: "Seventeen"}),
        chat_chunk(**{name: " threes"}),
        chat_chunk(content="51"),
        chat_chunk("stop", content=""),
        {**chat_chunk(), "choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 5}},
    )
    again = streamed(chat_chunk(**{name: " are"}), chat_chunk("stop", content="51"))
    server = play(
        {
            "/v1/models": [models("vllm", "m", max_model_len=64)],
            "/v1/chat/completions": [whole, again],
        }
    )
    engine = OpenAIServer(server.endpoint, "m", style="tags")
    assert engine.facts.rewinds
    decoding = engine.start(engine.render(ASKED), WARM, None)
    found = texts(decoding)
    assert found == ["<think>\nSeventeen", " threes", "\n</think>\n\n", "51"]
    assert decoding.progress.prompt_tokens == 9
    decoding.rewind(1, " Wait,")
    assert texts(decoding) == [" are", "\n</think>\n\n", "51"]
    body = server.bodies("/v1/chat/completions")[1]
    assert body["messages"] == [
        *SENT,
        {"role": "assistant", "content": "<think>\nSeventeen Wait,"},
    ]
    assert body["continue_final_message"] is True
    assert body["add_generation_prompt"] is False


# -------------------------------------------------------------------------------------- SGLang


def test_sglang_goes_on_from_the_last_message(play: Play) -> None:
    whole = streamed(
        chat_chunk(role="assistant", content="", reasoning_content=None),
        chat_chunk(content="<think>So"),
        chat_chunk(content="</think>51"),
        chat_chunk("stop", content=None),
    )
    server = play(
        {
            "/v1/models": [models("sglang", "Qwen3", max_model_len=40960)],
            "/v1/chat/completions": [whole, streamed(chat_chunk("stop", content="!"))],
        }
    )
    engine = OpenAIServer(server.endpoint, style="tags")
    assert engine.facts.engine == "sglang"
    assert engine.facts.context_tokens == 40960
    decoding = engine.start(engine.render(ASKED), Sampling(temperature=0, top_k=0), 30)
    assert texts(decoding) == ["<think>So", "</think>51"]
    decoding.rewind(1)
    assert texts(decoding) == ["!"]
    first, second = server.bodies("/v1/chat/completions")
    assert first["messages"] == SENT
    assert first["separate_reasoning"] is False
    assert first["top_k"] == -1
    assert "continue_final_message" not in first
    assert second["messages"] == [*SENT, {"role": "assistant", "content": "<think>So"}]
    assert second["continue_final_message"] is True
    assert second["max_tokens"] == 29


# ------------------------------------------------------------------------------------ TabbyAPI


def tabby_chunk(text: str, finish: str | None = None, **more: object) -> dict[str, Any]:
    choice = {"index": 0, "text": text, "finish_reason": finish}
    return {"id": "chatcmpl-1", "object": "text_completion", "choices": [choice], **more}


def test_tabbyapi_is_given_the_text_of_its_template(play: Play) -> None:
    rendered = "<|im_start|>user\n17 * 3?<|im_end|>\n<|im_start|>assistant\n<think>\n"
    usage = {"prompt_tokens": 5, "completion_tokens": 40, "total_tokens": 45}
    server = play(
        {
            "/v1/models": [models("tabbyAPI", "QwQ-exl2", "other")],
            "/v1/model": [told({"id": "QwQ-exl2", "parameters": {"max_seq_len": 100}})],
            "/v1/token/encode": [
                told({"tokens": [1, 2, 3, 4, 5], "length": 5}),
                told({"tokens": [1, 2, 3, 4, 5], "length": 5}),
                told({"tokens": [6, 7, 8], "length": 3}),
            ],
            "/v1/token/decode": [told({"text": rendered})],
            "/v1/completions": [
                streamed(
                    tabby_chunk("Sevent"), tabby_chunk("een"), tabby_chunk("", "stop", usage=usage)
                ),
                streamed(tabby_chunk(" 51", "length")),
            ],
        }
    )
    engine = OpenAIServer(server.endpoint, "QwQ-exl2", style="tags")
    assert engine.facts.context_tokens == 100
    prompt = engine.render(ASKED)
    decoding = engine.start(prompt, WARM, None)
    assert texts(decoding) == ["Sevent", "een"]
    assert decoding.progress.prompt_tokens == 5
    assert decoding.rewind(1, "een!") == 3
    assert texts(decoding) == [" 51"]
    assert decoding.progress.stop == "length"
    first, second = server.bodies("/v1/completions")
    assert first["prompt"] == rendered
    assert first["max_tokens"] == 95
    assert second["prompt"] == f"{rendered}Seventeen!"
    assert second["max_tokens"] == 95 - 4
    assert server.bodies("/v1/token/encode")[1]["text"] == SENT


def test_tabbyapi_without_its_tokenizer_takes_a_prefix(play: Play) -> None:
    server = play(
        {
            "/v1/models": [models("tabbyAPI", "m")],
            "/v1/chat/completions": [
                streamed(chat_chunk(content="So"), chat_chunk("stop", content="51"))
            ],
        }
    )
    engine = OpenAIServer(server.endpoint)
    decoding = engine.start(engine.render(ASKED), WARM, None)
    assert texts(decoding) == ["So", "51"]
    decoding.rewind(1, " what")
    assert texts(decoding) == ["So", "51"]
    body = server.bodies("/v1/chat/completions")[1]
    assert body["response_prefix"] == "So what"
    assert body["messages"] == SENT


# -------------------------------------------------------------------------------------- OpenAI


def test_openai_gets_only_what_it_knows(play: Play) -> None:
    usage = {
        "prompt_tokens": 9,
        "completion_tokens": 400,
        "prompt_tokens_details": {"cached_tokens": 4},
    }
    server = play(
        {
            "/v1/models": [models("system", "gpt-large", "gpt-small")],
            "/v1/chat/completions": [
                streamed(
                    chat_chunk(role="assistant", content="", refusal=None),
                    chat_chunk(content="5"),
                    chat_chunk(content="1"),
                    chat_chunk("stop"),
                    {**chat_chunk(), "choices": [], "usage": usage},
                )
            ],
        }
    )
    engine = OpenAIServer(server.endpoint, "gpt-small")
    assert (engine.facts.engine, engine.facts.rewinds) == ("openai", False)
    prompt = engine.render(ASKED)
    assert prompt.opens_thinking is False  # a plain answer is not taken for thinking
    decoding = engine.start(prompt, WARM, 500)
    assert texts(decoding) == ["5", "1"]
    assert (decoding.progress.prompt_tokens, decoding.progress.cached_tokens) == (9, 4)
    with pytest.raises(UnavailableError, match="can't go on from a text"):
        decoding.rewind(1)
    (body,) = server.bodies("/v1/chat/completions")
    assert set(body) == {
        "model",
        "messages",
        "stream",
        "stream_options",
        "temperature",
        "top_p",
        "seed",
        "max_tokens",
    }


def test_models_by_name(play: Play) -> None:
    replies = {
        "/v1/models": [models("vllm", "Qwen/QwQ-32B", "Qwen/Qwen3-8B", max_model_len=64)],
        "/tokenize": [vllm_tokens([1])],
    }
    server = play(replies)
    assert OpenAIServer(server.endpoint, "qwen3-8b").facts.name == "Qwen/Qwen3-8B"
    with pytest.raises(NotFoundError, match="it has Qwen/QwQ-32B, Qwen/Qwen3-8B"):
        OpenAIServer(server.endpoint, "qwq-preview")
    with pytest.raises(NotFoundError, match="none is named; it has Qwen/QwQ-32B"):
        OpenAIServer(server.endpoint)


def test_a_server_that_lists_nothing(play: Play) -> None:
    """A name is then believed, and the server says what it thinks of it."""
    missing = {"error": {"message": "The model `m` does not exist", "code": "model_not_found"}}
    server = play({"/v1/chat/completions": [told(missing, 404)]})
    engine = OpenAIServer(server.endpoint, "m")
    with pytest.raises(NotFoundError, match="no such model: The model `m` does not exist"):
        texts(engine.start(engine.render(ASKED), WARM, None))


def test_a_server_that_gives_up(play: Play) -> None:
    server = play({"/v1/chat/completions": [streamed(chat_chunk("abort", content="So"))]})
    engine = OpenAIServer(server.endpoint, "m")
    with pytest.raises(QwqError, match="gave up in the middle of a text"):
        texts(engine.start(engine.render(ASKED), WARM, None))

"""OpenAI's own Python client talks to `qwq serve`: chat, streams, models, completions, errors."""

import asyncio
from collections.abc import Iterator

import openai
import pytest
from openai.types.chat import ChatCompletionMessageParam

from qwq_cli.puzzles.examples import CARDS
from tests.server.conftest import Served

ASKED: list[ChatCompletionMessageParam] = [{"role": "user", "content": CARDS}]


@pytest.fixture(scope="module")
def client(served: Served) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(
        base_url=f"{served.address}/v1", api_key="none", max_retries=0, timeout=60
    ) as client:
        yield client


def test_models(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["quill"]
    assert client.models.retrieve("quill").owned_by == "qwq"


def test_a_chat(client: openai.OpenAI) -> None:
    reply = client.chat.completions.create(model="quill", messages=ASKED)
    (choice,) = reply.choices
    assert choice.finish_reason == "stop"
    assert (choice.message.content or "").strip() == "方块5"
    assert len(getattr(choice.message, "reasoning_content", "")) > 200
    assert reply.usage is not None
    details = reply.usage.completion_tokens_details
    assert details is not None
    assert 100 < (details.reasoning_tokens or 0) < reply.usage.completion_tokens


def test_a_chat_in_pieces(client: openai.OpenAI) -> None:
    reasoning = content = ""
    usage = None
    for chunk in client.chat.completions.create(
        model="quill", messages=ASKED, stream=True, stream_options={"include_usage": True}
    ):
        usage = chunk.usage or usage
        for choice in chunk.choices:
            content += choice.delta.content or ""
            reasoning += getattr(choice.delta, "reasoning_content", "")
            assert not (content and getattr(choice.delta, "reasoning_content", ""))
    assert content.strip() == "方块5"
    assert len(reasoning) > 200
    assert usage is not None
    assert usage.completion_tokens > 100


def test_what_is_asked_for_is_heeded(client: openai.OpenAI) -> None:
    def text(**asked: object) -> tuple[str | None, str]:
        reply = client.chat.completions.create(model="quill", messages=ASKED, **asked)  # type: ignore[call-overload]
        return reply.choices[0].message.content, reply.choices[0].finish_reason

    assert text(stop=["块"]) == ("方", "stop")
    assert text(max_completion_tokens=20)[1] == "length"
    forced = client.chat.completions.create(
        model="quill", messages=ASKED, extra_body={"reasoning_budget": 40}
    )
    assert forced.usage is not None
    assert forced.usage.completion_tokens_details is not None
    assert (forced.usage.completion_tokens_details.reasoning_tokens or 0) < 150
    warm = {"temperature": 5, "top_p": 1, "seed": 11, "max_tokens": 30, "extra_body": {"top_k": 0}}
    one, two, other = (
        client.chat.completions.create(model="quill", messages=ASKED, **given)  # type: ignore[call-overload]
        for given in (warm, warm, warm | {"seed": 12})
    )
    words = [reply.choices[0].message.reasoning_content for reply in (one, two, other)]
    assert words[0] == words[1] != words[2]


def test_completions(client: openai.OpenAI) -> None:
    prompt = f"<|im_start|>user\n{CARDS}<|im_end|>\n<|im_start|>assistant\n"
    whole = client.completions.create(model="quill", prompt=prompt, temperature=0, max_tokens=900)
    assert whole.choices[0].text.rstrip().endswith("方块5")
    pieces = client.completions.create(
        model="quill", prompt=prompt, temperature=0, max_tokens=900, stream=True
    )
    assert "".join(piece.choices[0].text for piece in pieces) == whole.choices[0].text


def test_probabilities(client: openai.OpenAI) -> None:
    asked = {"model": "quill", "messages": ASKED, "logprobs": True, "top_logprobs": 2}
    whole = client.chat.completions.create(**asked).choices[0]  # type: ignore[call-overload]
    tokens = whole.logprobs.content
    assert "".join(token.token for token in tokens) == whole.message.content
    assert all(token.logprob <= 0 and len(token.top_logprobs) == 2 for token in tokens)
    assert {token.token for token in tokens} <= {
        likely.token for token in tokens for likely in token.top_logprobs
    }
    streamed = [
        token
        for chunk in client.chat.completions.create(**asked, stream=True)  # type: ignore[call-overload]
        for choice in chunk.choices
        for token in (choice.logprobs.content if choice.logprobs else ())
    ]
    assert [token.token for token in streamed] == [token.token for token in tokens]
    text = client.completions.create(model="quill", prompt="红桃", max_tokens=8, logprobs=1)
    told = text.choices[0].logprobs
    assert told is not None
    assert "".join(told.tokens or ()) == text.choices[0].text
    assert len(told.token_logprobs or ()) == len(told.text_offset or ())


def test_probabilities_come_with_their_pieces(client: openai.OpenAI) -> None:
    prompt = f"<|im_start|>user\n{CARDS}<|im_end|>\n<|im_start|>assistant\n"
    asked = {"model": "quill", "prompt": prompt, "temperature": 0, "max_tokens": 300, "logprobs": 1}
    (whole,) = client.completions.create(**asked).choices  # type: ignore[call-overload]
    pieces = [
        choice
        for piece in client.completions.create(**asked, stream=True)  # type: ignore[call-overload]
        for choice in piece.choices
    ]
    told = [piece for piece in pieces if piece.logprobs]
    assert len(told) > 3
    assert all("".join(piece.logprobs.tokens) == piece.text for piece in told)
    assert all(piece.logprobs or not piece.text for piece in pieces)
    for name in ("tokens", "token_logprobs", "top_logprobs", "text_offset"):
        streamed = [one for piece in told for one in getattr(piece.logprobs, name)]
        if name in {"tokens", "text_offset"}:
            assert streamed == getattr(whole.logprobs, name)
        assert len(streamed) == len(whole.logprobs.tokens)
    assert pieces[-1].logprobs is None


def test_errors(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="there is no model 'gpt-5' here") as missing:
        client.chat.completions.create(model="gpt-5", messages=ASKED)
    assert missing.value.code == "model_not_found"
    with pytest.raises(openai.BadRequestError, match="temperature must be a number") as wrong:
        client.chat.completions.create(model="quill", messages=ASKED, temperature=-1)
    assert wrong.value.param == "temperature"
    with pytest.raises(openai.BadRequestError, match="context holds 2,048") as long:
        client.chat.completions.create(
            model="quill", messages=[{"role": "user", "content": "红桃A、" * 3000}]
        )
    assert long.value.code == "context_length_exceeded"


def test_many_at_once(served: Served) -> None:
    """Sixty-four clients, four places."""

    async def ask(client: openai.AsyncOpenAI) -> str | None:
        reply = await client.chat.completions.create(
            model="quill", messages=ASKED, max_tokens=400, extra_body={"reasoning_budget": 20}
        )
        return reply.choices[0].finish_reason

    async def run() -> list[str | None]:
        async with openai.AsyncOpenAI(
            base_url=f"{served.address}/v1", api_key="none", max_retries=0, timeout=120
        ) as client:
            return await asyncio.gather(*(ask(client) for _ in range(64)))

    assert len([reason for reason in asyncio.run(run()) if reason]) == 64

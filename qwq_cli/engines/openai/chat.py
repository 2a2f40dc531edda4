"""`/v1/chat/completions`, and what makes servers go on from a text that stands already.

- SGLang, `continue_final_message`: the last message follows the generation prompt as it is;
  `separate_reasoning` false leaves the tags in the text (srt/entrypoints/openai/serving_chat.py
  and protocol.py).
- vLLM, `continue_final_message` with `add_generation_prompt` false: the template renders the last
  message and leaves it open (docs.vllm.ai, "OpenAI-Compatible Server", extra parameters).
- llama-server: a last message of the assistant's is gone on with (`--prefill-assistant`, in
  tools/server/README.md).
- qwq, `continue_final_message`: as SGLang. Ours does the steering, so that the server's shall not.
- TabbyAPI, `response_prefix`: follows the generation prompt (endpoints/OAI/types/
  chat_completion.py).
"""

from collections.abc import Mapping
from typing import Any

from qwq_cli.engines.base import Prompt
from qwq_cli.engines.openai.client import Call
from qwq_cli.engines.openai.terms import (
    LLAMA,
    QWQ,
    SGLANG,
    STREAMED,
    TABBY,
    VLLM,
    Ask,
    Conversation,
    Delta,
    Piece,
    Rendered,
    choice_of,
    drawn,
    messages_of,
    stop_of,
    text_of,
    usage_of,
)
from qwq_cli.errors import UnavailableError

_BYTES_A_TOKEN = 4
"""About so many, where nobody counts tokens for us."""


class Chat:
    """`/v1/chat/completions`, as every server has it. `goes_on`: what makes this one continue
    the last message, "prefix" for TabbyAPI's `response_prefix`, None where nothing does.
    """

    def __init__(
        self, model: str, *, extras: Mapping[str, object], goes_on: Mapping[str, object] | None
    ) -> None:
        self.rewinds = goes_on is not None
        self._model = model
        self._extras = dict(extras)
        self._goes_on = dict(goes_on or {})

    def render(self, prompt: Prompt, call: Call) -> Rendered:
        del call
        if not isinstance(prompt, Conversation):
            raise UnavailableError("the server takes messages only", "", "ask one that completes")
        return Rendered()

    def encode(self, text: str, call: Call) -> tuple[Piece, ...]:
        del call
        guess = max(len(text.encode()) // _BYTES_A_TOKEN, 1)
        return (*[""] * (guess - 1), text)

    def request(self, ask: Ask, call: Call) -> tuple[str, dict[str, object]]:
        del call
        messages = messages_of(ask.prompt)
        body: dict[str, object] = {"model": self._model, "messages": messages, **STREAMED}
        body |= self._extras | drawn(ask, frozenset(self._extras))
        if ask.left is not None:
            body["max_tokens"] = ask.left
        if not ask.written:
            return "chat/completions", body
        if self._goes_on.get("response_prefix") is not None:
            return "chat/completions", body | {"response_prefix": ask.text}
        messages.append({"role": "assistant", "content": ask.text})
        return "chat/completions", body | self._goes_on

    def read(self, event: Mapping[str, Any]) -> Delta:
        choice = choice_of(event)
        delta = choice.get("delta")
        if not isinstance(delta, dict):
            delta = {}
        reasoning = delta.get("reasoning_content") or delta.get("reasoning") or ""
        return Delta(
            text=text_of(delta.get("content")),
            reasoning=text_of(reasoning),
            stop=stop_of(choice.get("finish_reason")),
            **usage_of(event),
        )


def plain_chat(model: str) -> Chat:
    """What all servers have in common. It can't go on from a text of ours."""
    return Chat(model, extras={}, goes_on=None)


def sglang_chat(model: str) -> Chat:
    """The last message follows what the template makes of the others, as it is."""
    return Chat(model, extras=SGLANG, goes_on={"continue_final_message": True})


def qwq_chat(model: str) -> Chat:
    """A server of our own, whose guard stands back for ours."""
    return Chat(model, extras=QWQ, goes_on={"continue_final_message": True})


def vllm_chat(model: str) -> Chat:
    """Where vLLM stands behind a router that passes on `/v1` alone."""
    flags = {"continue_final_message": True, "add_generation_prompt": False}
    return Chat(model, extras=VLLM, goes_on=flags)


def llama_chat(model: str) -> Chat:
    """Where `/apply-template` is missing; the last message, if the assistant's, goes on."""
    extras = {**LLAMA, "reasoning_format": "none", "cache_prompt": True}
    return Chat(model, extras=extras, goes_on={"add_generation_prompt": False})


def tabby_chat(model: str) -> Chat:
    """Where `/v1/token/encode` is missing."""
    return Chat(model, extras=TABBY, goes_on={"response_prefix": ""})

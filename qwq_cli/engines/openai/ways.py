"""Servers that render their chat template for us: asked for plain completions of what it makes.

That is exact, whatever the model's thinking looks like, and a rewind is a shorter prompt. Knows
what these servers document of themselves:

- vLLM: `/tokenize` of messages, token ids as prompt, `return_token_ids` (vllm/entrypoints/serve/
  tokenize/protocol.py, vllm/entrypoints/openai/completion/protocol.py).
- llama-server: `/apply-template`, `/tokenize`, `/completion` with mixed prompts, `return_tokens`,
  `return_progress` (llama.cpp, tools/server/README.md).
- TabbyAPI: `/v1/token/encode` of messages, `/v1/token/decode` (endpoints/core/router.py and
  types/token.py); its completions take no ids (endpoints/OAI/types/completion.py).

What a user writes forms no control token on llama-server; the others read them anywhere, as in
their own chats.
"""

import re
from collections.abc import Mapping
from typing import Any

from qwq_cli.engines.base import Part, Prompt, StopReason
from qwq_cli.engines.control import guarded
from qwq_cli.engines.openai.client import Call, Client
from qwq_cli.engines.openai.terms import (
    STREAMED,
    TABBY,
    VLLM,
    Ask,
    Conversation,
    Delta,
    Piece,
    Rendered,
    choice_of,
    count_of,
    drawn,
    ids_of,
    messages_of,
    plain,
    stop_of,
    text_of,
    usage_of,
)
from qwq_cli.engines.samplers import samplers
from qwq_cli.engines.template import Marked, opens_thinking

_MOST_TOKENIZED = 16
"""Texts of one prompt that are tokenised one by one; a text full of tags would take too long, and
the server does it itself, but tells no count beforehand."""
_MAY_BE_CONTROL = re.compile(r"<[^<>\s]{1,64}>|\[/?[A-Z_]{1,40}\]")


class Vllm:
    """vLLM: the prompt as token ids, and ids back, so that a rewind is exact."""

    rewinds = True

    def __init__(self, client: Client, model: str) -> None:
        self._client = client
        self._model = model

    def render(self, prompt: Prompt, call: Call) -> Rendered:
        asked: dict[str, object]
        if isinstance(prompt, Conversation):
            asked = {"messages": messages_of(prompt), "add_generation_prompt": True}
        else:
            asked = {"prompt": plain(prompt), "add_special_tokens": False}
        told = self._tokenize({**asked, "return_token_strs": True}, call)
        ids = ids_of(told)
        strings = told.get("token_strs")
        tail = "".join(map(str, strings[-8:])) if isinstance(strings, list) else ""
        return Rendered(ids, len(ids), opens_thinking(tail))

    def encode(self, text: str, call: Call) -> tuple[Piece, ...]:
        return ids_of(self._tokenize({"prompt": text, "add_special_tokens": False}, call))

    def request(self, ask: Ask, call: Call) -> tuple[str, dict[str, object]]:
        ids: list[Piece] = list(ask.rendered.pieces)
        for piece in ask.written:  # a text only where an old server tells no ids
            ids += [piece] if isinstance(piece, int) else self.encode(piece, call)
        body: dict[str, object] = {
            "model": self._model,
            "prompt": ids,
            "max_tokens": ask.left,
            "return_token_ids": True,
            **STREAMED,
            **VLLM,
        }
        return "completions", body | drawn(ask, frozenset(VLLM))

    def read(self, event: Mapping[str, Any]) -> Delta:
        choice = choice_of(event)
        ids = choice.get("token_ids")
        return Delta(
            text=text_of(choice.get("text")),
            ids=tuple(ids) if isinstance(ids, list) else (),
            stop=stop_of(choice.get("finish_reason")),
            **usage_of(event),
        )

    def _tokenize(self, asked: Mapping[str, object], call: Call) -> dict[str, Any]:
        return self._client.post("/tokenize", {"model": self._model, **asked}, call)


class LlamaServer:
    """llama.cpp's own server, through the endpoints that are its own."""

    rewinds = True

    def __init__(self, client: Client) -> None:
        self._client = client

    def render(self, prompt: Prompt, call: Call) -> Rendered:
        if isinstance(prompt, Conversation):
            marked = Marked(prompt.messages)
            told = self._client.post("/apply-template", {"messages": marked.messages}, call)
            prompt = marked.prompt(text_of(told.get("prompt")))
        contents = "".join(part.text for part in prompt.parts if not part.control)
        unwanted = set(_MAY_BE_CONTROL.findall(contents))
        first, *rest = guarded(prompt.parts, unwanted) or [Part("")]
        pieces: list[Piece] = [*self._tokenize(first.text, call, begins=True)]
        for part in rest[:_MOST_TOKENIZED]:
            pieces += self.encode(part.text, call)
        pieces += [part.text for part in rest[_MOST_TOKENIZED:]]
        known = len(rest) <= _MOST_TOKENIZED
        return Rendered(tuple(pieces), len(pieces) if known else None, prompt.opens_thinking)

    def encode(self, text: str, call: Call) -> tuple[Piece, ...]:
        return self._tokenize(text, call, begins=False)

    def request(self, ask: Ask, call: Call) -> tuple[str, dict[str, object]]:
        del call
        body: dict[str, object] = {
            # Empty texts stand for tokens whose text came with the last of them.
            "prompt": [*ask.rendered.pieces, *(piece for piece in ask.written if piece != "")],
            "n_predict": -1 if ask.left is None else ask.left,
            "stream": True,
            "cache_prompt": True,
            "return_tokens": True,
            "return_progress": True,
            "preserved_tokens": ["<think>", "</think>"],
            **samplers(ask.sampling),
        }
        if ask.seed is not None:
            body["seed"] = ask.seed % 2**32
        return "/completion", body

    def read(self, event: Mapping[str, Any]) -> Delta:
        state = event.get("prompt_progress")
        if isinstance(state, dict):
            return Delta(
                total=count_of(state.get("total")),
                cached=count_of(state.get("cache")),
                read=count_of(state.get("processed")),
                read_s=(count_of(state.get("time_ms")) or 0) / 1000,
            )
        stop: StopReason | None = None
        if event.get("stop") is True:
            stop = "stop" if event.get("stop_type") in {"eos", "word"} else "length"
        ids = event.get("tokens")
        return Delta(
            text=text_of(event.get("content")),
            ids=tuple(ids) if isinstance(ids, list) else (),
            count=count_of(event.get("tokens_predicted")),
            stop=stop,
        )

    def _tokenize(self, text: str, call: Call, *, begins: bool) -> tuple[int, ...]:
        asked = {"content": text, "add_special": begins, "parse_special": True}
        return ids_of(self._client.post("/tokenize", asked, call))


class Tabby:
    """TabbyAPI: its completions take no ids, so the prompt is the text that its template makes."""

    rewinds = True

    def __init__(self, client: Client, model: str) -> None:
        self._client = client
        self._model = model

    def render(self, prompt: Prompt, call: Call) -> Rendered:
        conversation = isinstance(prompt, Conversation)
        text: object = messages_of(prompt) if conversation else plain(prompt)
        asked: dict[str, object] = {"text": text, "add_bos_token": False}
        ids = ids_of(self._client.post("token/encode", asked, call))
        if not conversation:
            return Rendered((plain(prompt),), len(ids), prompt.opens_thinking)
        asked = {"tokens": list(ids), "decode_special_tokens": True}
        text = text_of(self._client.post("token/decode", asked, call).get("text"))
        content = prompt.messages[-1].content if isinstance(prompt, Conversation) else ""
        return Rendered((text,), len(ids), opens_thinking(text.rpartition(content)[2]))

    def encode(self, text: str, call: Call) -> tuple[Piece, ...]:
        asked = {"text": text, "add_bos_token": False}
        count = len(ids_of(self._client.post("token/encode", asked, call)))
        return (*[""] * (count - 1), text)

    def request(self, ask: Ask, call: Call) -> tuple[str, dict[str, object]]:
        del call
        prompt = "".join(map(str, ask.rendered.pieces)) + ask.text
        body: dict[str, object] = {
            "model": self._model,
            "prompt": prompt,
            "max_tokens": ask.left,
            **STREAMED,
            **TABBY,
        }
        return "completions", body | drawn(ask, frozenset(TABBY))

    def read(self, event: Mapping[str, Any]) -> Delta:
        choice = choice_of(event)
        stop = stop_of(choice.get("finish_reason"))
        return Delta(text=text_of(choice.get("text")), stop=stop, **usage_of(event))

"""A model on a server as an engine: which server it is, which models it has, how it is asked.

Knows how servers tell what they are: by `owned_by` in `/v1/models`. Does not know HTTP.
"""

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, get_args

from qwq_cli.endpoint import Dialect, Endpoint
from qwq_cli.engines.base import ModelFacts, Prompt
from qwq_cli.engines.openai.chat import (
    llama_chat,
    plain_chat,
    qwq_chat,
    sglang_chat,
    tabby_chat,
    vllm_chat,
)
from qwq_cli.engines.openai.client import Call, Client
from qwq_cli.engines.openai.decoding import RemoteDecoding, Served
from qwq_cli.engines.openai.faults import NoServiceError, no_model
from qwq_cli.engines.openai.terms import Conversation, Rendered, Way, read_models
from qwq_cli.engines.openai.ways import LlamaServer, Tabby, Vllm
from qwq_cli.errors import BadInputError, UnavailableError
from qwq_cli.request import Message, Sampling, ThinkingStyle

LIKELY_CONTEXT: Final = 131_072
"""Tokens, where a server does not tell how many its model holds."""

_OWNERS: Final[Mapping[str, Dialect]] = {
    "vllm": "vllm",
    "sglang": "sglang",
    "llamacpp": "llama-server",
    "tabbyapi": "tabbyapi",
    "qwq": "qwq",
}
"""What servers write into `owned_by`: vllm/entrypoints/openai/models/protocol.py, sglang/srt/
entrypoints/openai/protocol.py, llama.cpp/tools/server, tabbyAPI/endpoints/core/types/model.py."""

_PROBE = (Message("user", "hello"),)


@dataclass(frozen=True, slots=True)
class _Model:
    """What a server tells of a model."""

    name: str
    dialect: Dialect
    context: int | None
    ours: Mapping[str, Any]
    """What a server of our own tells besides."""


class OpenAIServer:
    """One model on one server. Any number of generations at once, as far as the server goes."""

    def __init__(
        self,
        endpoint: Endpoint,
        model: str = "",
        *,
        style: ThinkingStyle | Callable[[str], ThinkingStyle] = "auto",
        reasons_first: Callable[[str], bool] = lambda _: False,
    ) -> None:
        """Ask the server what it has. `model`: "" means the only one there is; a name's last part
        serves where that is clear. `style`: what tells it by the model's full name, or a style;
        auto is decided from what the server tells of its template, and of what it writes.
        `reasons_first`: as in `ModelFacts`, by the model's full name.

        Raises ConfigError (no key, or a wrong one), UnavailableError (no server there),
        NotFoundError (no such model; it names those that there are), BusyError.
        """
        self._client = client = Client(endpoint)
        call = Call()
        try:
            found = _find(client, model, call)
            way, rendered = _way(client, found, call)
        except BaseException:
            client.close()
            raise
        context = _context(client, found, call)
        known = style(found.name) if callable(style) else style
        if found.ours.get("style") in get_args(ThinkingStyle):
            known = found.ours["style"]
        self._served = Served(client, way, context, headed=known == "headings")
        self._opens_thinking = _opens(rendered, known)
        self._closed = False
        self.facts = ModelFacts(
            name=found.name,
            engine=found.dialect,
            context_tokens=context or LIKELY_CONTEXT,
            # Plain answers read the same under it, since nothing opens them as thinking.
            style="tags" if known == "auto" else known,
            rewinds=way.rewinds,
            reasons_first=found.ours.get("reasons_first") is True or reasons_first(found.name),
        )

    def render(self, messages: tuple[Message, ...]) -> Prompt:
        """The messages as they are: the server renders them."""
        try:
            "".join(message.content for message in messages).encode()
        except UnicodeEncodeError as error:
            raise BadInputError("the prompt is no valid text", str(error)) from error
        return Conversation((), self._opens_thinking, messages)

    def start(self, prompt: Prompt, sampling: Sampling, max_tokens: int | None) -> RemoteDecoding:
        if self._closed:
            raise UnavailableError("the engine is closed")
        return RemoteDecoding(self._served, prompt, sampling, max_tokens)

    def close(self) -> None:
        self._closed = True
        self._client.close()


def _find(client: Client, wanted: str, call: Call) -> _Model:
    """The model that a name means, and whose server it is on."""
    entries: dict[str, Mapping[str, Any]] = {}
    with contextlib.suppress(NoServiceError):
        entries = {entry["id"]: entry for entry in read_models(client.get("models", call))}
    client.models = tuple(entries)
    dialect = client.endpoint.dialect
    if dialect == "auto":
        owners = {str(entry.get("owned_by", "")).lower() for entry in entries.values()}
        known = {_OWNERS[owner] for owner in owners if owner in _OWNERS}
        dialect = known.pop() if len(known) == 1 else "openai"
    name = _named(wanted, tuple(entries), dialect)
    entry = entries.get(name, {})
    ours = entry.get("qwq") if dialect == "qwq" else None
    return _Model(name, dialect, _told_context(entry), ours if isinstance(ours, dict) else {})


def _named(wanted: str, there: tuple[str, ...], dialect: Dialect) -> str:
    if wanted in there:
        return wanted
    if not wanted:
        if len(there) == 1:
            return there[0]
        raise no_model("none is named", there)
    alike = [name for name in there if name.lower().endswith(f"/{wanted.lower()}")]
    if len(alike) == 1:
        return alike[0]
    if len(there) == 1 and dialect == "llama-server":  # it has one model, whatever it is called
        return there[0]
    if there and dialect != "openai":
        raise no_model(f"'{wanted}' is none of them", there)
    return wanted  # lists of large services may lack some


def _told_context(entry: Mapping[str, Any]) -> int | None:
    meta = entry.get("meta")
    places = (
        entry.get("max_model_len"),
        meta.get("n_ctx") if isinstance(meta, dict) else None,
        entry.get("context_length"),
        entry.get("context_window"),
    )
    return next((int(value) for value in places if isinstance(value, int) and value > 0), None)


def _context(client: Client, model: _Model, call: Call) -> int | None:
    """The tokens that one generation may have, the prompt's included."""
    with contextlib.suppress(UnavailableError, BadInputError):
        if model.dialect == "llama-server":  # of a slot, where the model's is that of all slots
            settings = client.get("/props", call).get("default_generation_settings")
            count = settings.get("n_ctx") if isinstance(settings, dict) else None
            return count if isinstance(count, int) and count > 0 else model.context
        if model.dialect == "tabbyapi":
            told = client.get("model", call).get("parameters")
            count = told.get("max_seq_len") if isinstance(told, dict) else None
            return count if isinstance(count, int) and count > 0 else model.context
    return model.context


def _way(client: Client, model: _Model, call: Call) -> tuple[Way, Rendered]:
    """How to ask: where the server renders its template for us, by completions."""
    name = model.name
    if model.dialect == "qwq" and model.ours.get("continues") is True:
        opens = model.ours.get("opens_thinking")
        return qwq_chat(name), Rendered(opens_thinking=opens if isinstance(opens, bool) else None)
    choices: dict[Dialect, tuple[Callable[[], Way], Callable[[], Way]]] = {
        "vllm": (lambda: Vllm(client, name), lambda: vllm_chat(name)),
        "llama-server": (lambda: LlamaServer(client), lambda: llama_chat(name)),
        "tabbyapi": (lambda: Tabby(client, name), lambda: tabby_chat(name)),
        "sglang": (lambda: sglang_chat(name), lambda: sglang_chat(name)),
    }
    best, fallback = choices.get(model.dialect, (lambda: plain_chat(name),) * 2)
    way = best()
    try:
        return way, way.render(Conversation((), None, _PROBE), call)
    except (NoServiceError, BadInputError):
        return fallback(), Rendered()


def _opens(rendered: Rendered, style: ThinkingStyle) -> bool | None:
    """What the template's end says; of models that are not known to think, no text is taken for
    thinking that is not marked.
    """
    if rendered.opens_thinking is not None:
        return rendered.opens_thinking
    return None if style == "tags" else False

"""What a server's refusal means for a person: status and body to one of our errors.

Knows the bodies of OpenAI's errors and of the servers that imitate it. Sends nothing.
"""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

from qwq_cli.endpoint import Endpoint
from qwq_cli.errors import (
    BadInputError,
    BusyError,
    ConfigError,
    FailedThereError,
    NotFoundError,
    QwqError,
    UnavailableError,
)

AGAIN = frozenset({429, 500, 502, 503, 504})
"""What may be different the next time."""

_LONGEST = 300
"""Characters of a server's own words."""
_MOST_MODELS = 10

_TOO_LONG = re.compile(
    r"context (?:length|size|window)|exceeds? .{0,40}context|too long", re.IGNORECASE
)
_COUNTS = (
    # llama.cpp: request (10016 tokens) exceeds the available context size (2048 tokens)
    re.compile(r"request \((?P<has>\d+) tokens\) .* context size \((?P<holds>\d+)"),
    # vLLM: You passed 1015 input tokens ... the model's context length is only 1024 tokens
    re.compile(r"passed (?P<has>\d+) input tokens .* length is only (?P<holds>\d+)"),
    # OpenAI and older vLLM: maximum context length is 2000 tokens. However, you requested 2662
    # tokens (1662 in the messages
    re.compile(r"context length is (?P<holds>\d+) tokens.*\((?P<has>\d+) in (?:the|your) "),
    re.compile(r"context length is (?P<holds>\d+) tokens.* (?P<has>\d+) (?:input )?tokens"),
    # SGLang: The input (20011 tokens) is longer than the model's context length (4096 tokens).
    re.compile(r"input \((?P<has>\d+) tokens\).* context length \((?P<holds>\d+)"),
    # TabbyAPI: Prompt length 9000 exceeds the available context size of 4096 tokens
    re.compile(r"length (?P<has>\d+) exceeds .* size of (?P<holds>\d+)"),
)


class NoServiceError(UnavailableError):
    """The server has no such path; another may do."""


def refusal(status: int, body: bytes, endpoint: Endpoint, models: Sequence[str]) -> QwqError:
    """The error that an answer with this status is. `models`: those that the server has."""
    error = _error_of(body)
    said = message_of(error, endpoint.key)
    where = endpoint.url
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return _unwelcome(status, said, endpoint)
    if status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}:
        return BusyError(f"the server at {where} is busy", said, "try again in a while")
    if status == HTTPStatus.NOT_FOUND and _names_model(error, said):
        return no_model(said, models)
    if status in {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}:
        return NoServiceError(f"there is no such service at {where}", said, "check --base-url")
    return _failed(status, error, said, endpoint, models)


def _failed(
    status: int, error: object, said: str, endpoint: Endpoint, models: Sequence[str]
) -> QwqError:
    where = endpoint.url
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return ConfigError(f"{where} has moved", f"HTTP {status}", "set base_url to where it is")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return FailedThereError(f"the server at {where} failed", f"HTTP {status}: {said}")
    return _bad_request(status, error, said, models)


def no_model(said: str, models: Sequence[str]) -> NotFoundError:
    """The error of a model that is not there, with those that are."""
    there = ", ".join(models[:_MOST_MODELS]) + (", ..." if len(models) > _MOST_MODELS else "")
    return NotFoundError(
        "the server has no such model", said, f"it has {there}" if there else "check -m"
    )


def fault_in_stream(error: object, endpoint: Endpoint) -> QwqError:
    """What an error that comes among the tokens means."""
    said = message_of(error, endpoint.key)
    if _is_too_long(error, said):
        return _too_long(error, said)
    return QwqError("the server failed in the middle of a text", said)


def message_of(error: object, key: str) -> str:
    """What the server says, in one short line, without the key, which some repeat."""
    if isinstance(error, dict):
        found = error.get("message") or error.get("detail") or error.get("error") or error
    else:
        found = error
    text = found if isinstance(found, str) else json.dumps(found, ensure_ascii=False)
    text = " ".join(text.split())
    if key:
        text = text.replace(key, "***")
    return f"{text[:_LONGEST]}..." if len(text) > _LONGEST else text.rstrip(".")


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the server asks to wait, given as a number or as a date; None if it doesn't."""
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            date = parsedate_to_datetime(value)
        except ValueError:
            return None
        date = date if date.tzinfo else date.replace(tzinfo=timezone.utc)
        seconds = (date - datetime.now(timezone.utc)).total_seconds()
    return max(seconds, 0.0) if seconds == seconds else None  # noqa: PLR0124 - nan


def _error_of(body: bytes) -> object:
    """The error in a body: `{"error": {...}}`, `{"message": ...}`, `{"detail": ...}`, or text."""
    text = body.decode(errors="replace")
    try:
        found: object = json.loads(text)
    except (ValueError, RecursionError):
        plain = re.sub(
            r"<(script|style).*?</\1>|<[^>]*>", " ", text, flags=re.DOTALL | re.IGNORECASE
        )
        return plain.strip() or "it does not say why"
    if isinstance(found, dict) and found.get("error"):
        return found["error"]
    return found


def _unwelcome(status: int, said: str, endpoint: Endpoint) -> ConfigError:
    place = "QWQ_API_KEY, or api_key in your own configuration file"
    if endpoint.server is not None:  # to which no other key goes
        place = f"servers.{endpoint.server}.api_key_env or api_key, by `qwq config set`"
    if not endpoint.key:
        return ConfigError(
            f"the server at {endpoint.url} wants a key",
            said,
            f"set {place}",
        )
    what = (
        "takes the key, but not for this" if status == HTTPStatus.FORBIDDEN else "refuses the key"
    )
    return ConfigError(
        f"the server at {endpoint.url} {what}",
        said,
        f"mend {place}",
    )


def _names_model(error: object, said: str) -> bool:
    code = error.get("code") if isinstance(error, dict) else None
    return code == "model_not_found" or re.search(r"(?i)\bmodel\b", said) is not None


def _bad_request(status: int, error: object, said: str, models: Sequence[str]) -> QwqError:
    if _is_too_long(error, said) or status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return _too_long(error, said)
    if re.search(r"(?i)\bmodel\b.*\b(?:not found|does not exist|not exist)\b", said):
        return no_model(said, models)
    return BadInputError("the server refuses the request", f"HTTP {status}: {said}")


def _is_too_long(error: object, said: str) -> bool:
    kinds: set[Any] = set()
    if isinstance(error, dict):
        kinds = {str(error.get("type")), str(error.get("code"))}
    known = {"exceed_context_size_error", "context_length_exceeded"}
    return bool(kinds & known) or _TOO_LONG.search(said) is not None


def _too_long(error: object, said: str) -> BadInputError:
    has = holds = None
    if isinstance(error, dict):
        has, holds = error.get("n_prompt_tokens"), error.get("n_ctx")
    for pattern in _COUNTS:
        if isinstance(has, int) and isinstance(holds, int):
            break
        if found := pattern.search(said):
            has, holds = int(found["has"]), int(found["holds"])
    if isinstance(has, int) and isinstance(holds, int):
        return too_long(has, holds)
    return BadInputError("the prompt is too long", said, "shorten it")


def too_long(has: int, holds: int) -> BadInputError:
    """The error of a prompt that leaves no room."""
    return BadInputError(
        "the prompt is too long",
        f"it has {has:,} tokens, and the model's context holds {holds:,}",
        "shorten it",
    )

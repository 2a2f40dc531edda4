"""Clients for `benchmarks/serve.py`: light, since they share the cores with the servers.

Knows enough of HTTP to stream a chat and to tell its first token and its counts. Does not know
which server it talks to.
"""

import asyncio
import json
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

_FIRST = re.compile(rb'"(?:reasoning_)?content":"[^"]')
_USAGE = re.compile(rb'"completion_tokens":(\d+)')
_TAIL = 4096


@dataclass(frozen=True, slots=True)
class Target:
    """A server that is running. `key` "" sends none."""

    url: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer: seconds from the request to its first token and to its end, and its tokens."""

    first_s: float
    total_s: float
    tokens: int


def request(target: Target, question: str, *, extra: dict[str, object] | None = None) -> bytes:
    """A chat that streams, as bytes."""
    body = {
        "model": "quill",
        "messages": [{"role": "user", "content": question}],
        "stream": True,
        "stream_options": {"include_usage": True},
        "temperature": 0,
        "max_tokens": 1200,
        **(extra or {}),
    }
    data = json.dumps(body).encode()
    head = (
        f"POST /v1/chat/completions HTTP/1.1\r\nhost: {urlsplit(target.url).netloc}\r\n"
        f"content-type: application/json\r\ncontent-length: {len(data)}\r\n"
        f"authorization: Bearer {target.key}\r\nconnection: close\r\n\r\n"
    )
    return head.encode() + data


async def connect(target: Target) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection to it."""
    parts = urlsplit(target.url)
    return await asyncio.open_connection(parts.hostname, parts.port)


async def ask(target: Target, question: str) -> Answered:
    """One question, to the end of its answer; raises ValueError for anything but an answer."""
    begun = time.perf_counter()
    reader, writer = await connect(target)
    first_s = None
    tail = b""
    try:
        writer.write(request(target, question))
        while data := await reader.read(65_536):
            if first_s is None and _FIRST.search(tail + data):
                first_s = time.perf_counter() - begun
            tail = (tail + data)[-_TAIL:]
    finally:
        writer.close()
    found = _USAGE.findall(tail)
    if first_s is None or not found or b"[DONE]" not in tail:
        raise ValueError(f"that is no answer: {tail!r}")
    return Answered(first_s, time.perf_counter() - begun, int(found[-1]))


async def load(target: Target, questions: Sequence[Sequence[str]]) -> tuple[float, list[Answered]]:
    """As many clients as there are lists of questions, each asking one after another; how long all
    took, and every answer.
    """

    async def client(own: Sequence[str]) -> list[Answered]:
        return [await ask(target, question) for question in own]

    begun = time.perf_counter()
    answers = await asyncio.gather(*map(client, questions))
    return time.perf_counter() - begun, [answer for own in answers for answer in own]

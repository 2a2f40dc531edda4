"""Bad clients beside good ones, for `benchmarks/serve.py`. Knows what each kind does.

Good ones ask and read to the end; where they are told to come back later, they do. The others
vanish in mid-stream, stop reading, send half a request, or send what is none.
"""

import asyncio
import contextlib
import json
import os
import random
import statistics
import time
import urllib.request
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence

import psutil

from benchmarks.measure import table
from benchmarks.serve_load import Target, ask, connect, request

GOOD, VANISHING, STALLING, RUBBISH = 12, 4, 4, 4
FLAT = 1.05
"""Of the memory at the end to that at the beginning, both when everything is warm."""
_SAMPLE_S = 2.0
_WARM = 0.25
"""The share of the time after which memory has to have settled."""


class Crowd:
    """All clients, and what happened to them."""

    def __init__(self, target: Target, until: float, questions: Sequence[str]) -> None:
        self.seen: Counter[str] = Counter()
        self.lost: list[str] = []
        self._target = target
        self._until = until
        self._questions = questions
        self._rng = random.Random(7)

    async def run(self) -> None:
        """All of them at once, until the time is over."""
        kinds: list[tuple[int, Callable[[], Awaitable[None]]]] = [
            (GOOD, self._ask),
            (VANISHING, self._vanish),
            (STALLING, self._stall),
            (RUBBISH, self._rubbish),
        ]
        await asyncio.gather(*(self._again(one) for count, one in kinds for _ in range(count)))

    async def _again(self, once: Callable[[], Awaitable[None]]) -> None:
        while time.monotonic() < self._until:
            await once()

    async def _ask(self) -> None:
        """The whole of an answer, or it is lost."""
        try:
            await ask(self._target, self._rng.choice(self._questions))
        except ValueError as error:
            if "429" in str(error).split("\\r\\n", 1)[0]:
                self.seen["told to come back"] += 1
                await asyncio.sleep(0.2)
            else:
                self.lost.append(str(error))
        except OSError as error:
            self.lost.append(repr(error))
        else:
            self.seen["answered"] += 1

    async def _vanish(self) -> None:
        reader, writer = await connect(self._target)
        writer.write(request(self._target, self._rng.choice(self._questions)))
        with contextlib.suppress(OSError):
            await reader.read(self._rng.choice((1, 500, 5000)))
            await asyncio.sleep(self._rng.random() / 5)
        writer.transport.abort()
        self.seen["vanished"] += 1

    async def _stall(self) -> None:
        """Ask for much, and read nothing of it for a while."""
        reader, writer = await connect(self._target)
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        extra: dict[str, object] = {"n": 4, "loops": "off", "temperature": 2.0}
        writer.write(request(self._target, "红桃 " * 50, extra=extra))
        await asyncio.sleep(1 + 4 * self._rng.random())
        del reader
        writer.transport.abort()
        self.seen["stalled"] += 1

    async def _rubbish(self) -> None:
        reader, writer = await connect(self._target)
        good = request(self._target, "?")
        head, _, body = good.partition(b"\r\n\r\n")
        writer.write(
            self._rng.choice(
                (
                    os.urandom(200),
                    good[: self._rng.randrange(1, len(good))],
                    head + b"\r\n\r\n" + os.urandom(len(body)),
                    head + b"\r\n\r\n" + b"[" * len(body),
                    good.replace(b'"temperature": 0', b'"temperature":""'),
                    good.replace(b"quill", b"gpt-9"),
                    b"GET /v1/nothing HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n",
                )
            )
        )
        reply = b""
        with contextlib.suppress(OSError, asyncio.TimeoutError):
            reply = await asyncio.wait_for(reader.read(1000), 0.5)
        self.seen[f"rubbish, {reply[9:12].decode('latin-1') or 'no reply'}"] += 1
        writer.transport.abort()


def health(target: Target) -> dict[str, object]:
    """What the server says of itself."""
    with urllib.request.urlopen(f"{target.url}/health") as reply:  # noqa: S310 - our own server
        told: dict[str, object] = json.load(reply)
    return told


async def _weigh(process: psutil.Process, until: float) -> list[tuple[float, int, int]]:
    """Now and then: memory in MiB, open files, threads."""
    weights = []
    while time.monotonic() < until:
        await asyncio.sleep(_SAMPLE_S)
        rss = process.memory_info().rss / 2**20
        weights.append((rss, process.num_fds(), process.num_threads()))
    return weights


def soak(
    target: Target, number: int, seconds: float, questions: Sequence[str]
) -> dict[str, object]:
    """Let them loose; print what happened, return what is to be kept."""
    process = psutil.Process(number)
    until = time.monotonic() + seconds
    crowd = Crowd(target, until, questions)

    async def run() -> list[tuple[float, int, int]]:
        weights, _ = await asyncio.gather(_weigh(process, until), crowd.run())
        return weights

    weights = asyncio.run(run())
    time.sleep(3)
    after = health(target)
    warm = weights[int(_WARM * len(weights)) :]
    part = max(len(warm) // 4, 1)
    early, late = (
        statistics.median(weight for weight, _, _ in some) for some in (warm[:part], warm[-part:])
    )
    kept = {
        "minutes": round(seconds / 60, 2),
        **dict(sorted(crowd.seen.items())),
        "lost": len(crowd.lost),
        "memory_early_mib": round(early, 1),
        "memory_late_mib": round(late, 1),
        "memory_late_to_early": round(late / early, 3),
        "open_files_after": process.num_fds(),
        "threads_after": process.num_threads(),
        "running_after": after["running"],
        "waiting_after": after["waiting"],
    }
    print(table([("soak", ""), *((name, str(value)) for name, value in kept.items())]))
    flat = "flat" if late <= FLAT * early else "GROWING"
    print(f"nothing lost: {not crowd.lost}; memory: {flat}")
    for fault in crowd.lost[:5]:
        print(fault)
    return kept

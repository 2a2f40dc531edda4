"""Turns for tests, kept by the real recorder. Knows events."""

from collections.abc import Iterable
from pathlib import Path

from qwq_cli.events import (
    Answer,
    Event,
    Finished,
    Loop,
    Prefill,
    Rewound,
    Started,
    Steered,
    Thinking,
    Timings,
    Usage,
)
from qwq_cli.history.recorder import Asked, Recorder

LOOP = Loop("exact", start=4, repeat_at=10, detected_at=30, action="refocused")
STARTED = Started("quill", "llama.cpp", 12)
END = Finished("stop", "方块5", Usage(12, 30, 3, trimmed_tokens=20), Timings(total_s=1.5))


def events(thought: str = "想。", answer: str = "**Final Answer**\n\n方块5") -> list[Event]:
    """A turn with everything in it: a loop that was taken back, and a sentence of ours."""
    return [
        STARTED,
        Prefill(12, 12),
        *(Thinking(char) for char in thought),
        Thinking("round and round", tokens=3),
        Rewound(len(thought), 0, LOOP, trimmed_tokens=3),
        Steered("loop", " Let me see.", len(thought), 4),
        Thinking(" Let me see.", tokens=4, ours=True),
        Answer(answer),
        END,
    ]


def keep(path: Path, asked: Asked | str, happened: Iterable[Event] | None = None) -> Recorder:
    """Keep one turn; returns its recorder, closed."""
    asked = Asked(asked) if isinstance(asked, str) else asked
    recorder = Recorder(path, asked)
    for event in events() if happened is None else happened:
        recorder.show(event)
    recorder.close()
    return recorder

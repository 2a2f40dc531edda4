"""Loops that were found in a text, for a person and for a program. Knows text and offsets."""

from typing import Any

from qwq_cli.stream.sanitise import one_line
from qwq_cli.stream.trim import Found

_EXCERPT = 160
_SAID = {
    "run": "a word or two, over and over",
    "exact": "a block that follows itself",
    "near": "a block that follows itself, but for counters and blanks",
    "restart": "what was derived before, derived again",
    "paraphrase": "what was said before, in other words",
    "answers": "the same answer, again and again",
}


def record(kept: str, loops: list[Found], fed_chars: int) -> dict[str, Any]:
    """What `--json` writes: offsets and counts are characters."""
    return {
        "loops": [
            {
                "kind": loop.kind,
                "start": loop.start,
                "repeat_at": loop.repeat_at,
                "detected_at": loop.detected_at,
                "end": loop.end,
                "confidence": loop.confidence,
            }
            for loop in loops
        ],
        "kept_chars": len(kept),
        "removed_chars": fed_chars - len(kept),
        "text": kept,
    }


def told(text: str, loops: list[Found]) -> str:
    """Where it went in circles, with excerpts."""
    if not loops:
        return f"No loop in {len(text):,} characters.\n"
    removed = sum(end - begin for begin, end in _joined(loops))
    many = "1 loop" if len(loops) == 1 else f"{len(loops)} loops"
    share = f"{removed:,} of them ({removed / len(text):.0%}) only repeat"
    lines = [f"{many} in {len(text):,} characters; {share}."]
    for number, loop in enumerate(loops, 1):
        line = text.count("\n", 0, loop.repeat_at) + 1
        first = text.count("\n", 0, loop.start) + 1
        size = f"{loop.end - loop.repeat_at:,} characters"
        where = f"from line {line:,} (character {loop.repeat_at:,}) for {size}"
        lines += [
            "",
            f"{number}. {loop.kind}: {_SAID[loop.kind]}",
            f"   {where}; first in line {first:,}",
            f"   {_excerpt(text[loop.repeat_at : loop.end])}",
        ]
    return "\n".join(lines) + "\n"


def marked(text: str, loops: list[Found]) -> str:
    """All of the text, with a mark where each loop begins and ends."""
    marks: list[tuple[int, int, str]] = []
    for loop in loops:
        size = loop.end - loop.repeat_at
        marks += [
            (loop.repeat_at, -size, f"⟦loop: {loop.kind}, as from character {loop.start:,}⟧"),
            (loop.end, size - len(text) - 1, "⟦loop ends⟧"),
        ]
    parts, done = [], 0
    # Where one ends and the next begins, the end comes first; of two that begin, the longer one.
    for at, _, label in sorted(marks, key=lambda mark: mark[:2]):
        parts += [text[done:at], label]
        done = at
    return "".join([*parts, text[done:]])


def _joined(loops: list[Found]) -> list[tuple[int, int]]:
    """The stretches that were taken out, those within others left out."""
    joined: list[tuple[int, int]] = []
    for begin, end in sorted((loop.repeat_at, loop.end) for loop in loops):
        if joined and begin < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined


def _excerpt(text: str) -> str:
    line = one_line(text[: 4 * _EXCERPT]).strip()
    return line if len(line) <= _EXCERPT else f"{line[: _EXCERPT - 1].rstrip()}…"

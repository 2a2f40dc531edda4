"""Keeps what people wrote from becoming control tokens, for tokenisers that read them anywhere.

Knows only texts. Such a tokeniser finds a control token only inside one text, never across two,
so a prompt is safe when it is handed over in texts that are cut inside every unwanted one.
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from qwq_cli.engines.base import Part


def guarded(parts: Iterable[Part], specials: Iterable[str]) -> list[Part]:
    """The same prompt, cut so that no text of `specials` stands in a part unless it was written
    in a control part. Parts that need no cut between them are joined, because tokens are best
    read in their surroundings; a joined part is control if any of it is.

    A special of one character can't be cut and stays as it is.
    """
    parts = [part for part in parts if part.text]
    text = "".join(part.text for part in parts)
    edges = [0]
    for part in parts:
        edges.append(edges[-1] + len(part.text))
    allowed = [(edges[i], edges[i + 1]) for i, part in enumerate(parts) if part.control]
    cuts = _cuts(sorted(_unwanted(text, specials, allowed), key=lambda span: span[1]), edges)
    bounds = [0, *cuts, len(text)]
    pieces: list[Part] = []
    for start, end in pairwise(bounds):
        control = any(start < b and a < end for a, b in allowed)
        pieces.append(Part(text[start:end], control))
    return [piece for piece in pieces if piece.text]


def _unwanted(
    text: str, specials: Iterable[str], allowed: list[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    """Where a special stands that does not lie wholly in one allowed stretch."""
    for special in specials:
        at = text.find(special)
        while at >= 0:
            end = at + len(special)
            if len(special) > 1 and not any(a <= at and end <= b for a, b in allowed):
                yield at, end
            at = text.find(special, at + 1)


def _cuts(spans: list[tuple[int, int]], edges: list[int]) -> list[int]:
    """Offsets that cut every span inside; `spans` are in the order of their ends. A span across
    an edge between parts is cut there, so that no control part is ever cut itself.
    """
    cuts: set[int] = set()
    for start, end in spans:
        crossed = [edge for edge in edges if start < edge < end]
        if crossed:
            cuts.update(crossed)
        elif not any(start < cut < end for cut in cuts):
            cuts.add(end - 1)
    return sorted(cuts)

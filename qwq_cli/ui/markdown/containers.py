"""What a line stands in: quotes and items of lists, found by what it begins with.

Knows markers, indents, and the signs that stand for them on the screen. Does not know what is in
them. Nested lists that are indented less or more than CommonMark wants are lists all the same.
"""

import re
from dataclasses import dataclass

from qwq_cli.ui.marks import DIM, styled
from qwq_cli.ui.wrap import cells

_QUOTE = re.compile(r" {0,3}> ?")
_ITEM = re.compile(r"( {0,12})([-*+]|[0-9]{1,9}[.)])( +|$)(\[[ xX]\] )?")
_WIDEST_GAP = 4
"""Blanks after a marker; more of them are the content's own."""
RULE = re.compile(r" {0,3}([-*_])(?: *\1){2,} *$")


@dataclass(slots=True)
class Quote:
    """A quote; what stands in it is as it comes."""

    sign = rest = styled("│", DIM) + " "
    shown = True


@dataclass(slots=True)
class Item:
    """An item. `indent`: columns that its other lines begin with; `shown`: its sign is written."""

    indent: int
    sign: str
    rest: str
    shown: bool = False


Container = Quote | Item


def descend(line: str, containers: list[Container]) -> tuple[int, str]:
    """In how many of these the line goes on, and what is left of it."""
    for depth, container in enumerate(containers):
        if isinstance(container, Quote):
            found = _QUOTE.match(line)
            if found is None:
                return depth, line
            line = line[found.end() :]
        elif line.strip():
            if len(line) - len(line.lstrip(" ")) < container.indent:
                return depth, line
            line = line[container.indent :]
    return len(containers), line


def enter(line: str, within: list[Container]) -> tuple[list[Container], str]:
    """The containers that begin on this line, within others, and what is left of it."""
    entered: list[Container] = []
    while not RULE.match(line):
        quote = _QUOTE.match(line)
        item = None if quote else _ITEM.match(line)
        if quote:
            entered.append(Quote())
            line = line[quote.end() :]
        elif item:
            nested = any(isinstance(each, Item) for each in (*within, *entered))
            entered.append(_item(item, nested=nested))
            line = (
                line[item.end() :] if len(item.group(3)) <= _WIDEST_GAP else line[item.end(2) + 1 :]
            )
        else:
            break
    return entered, line


def without(line: str, containers: list[Container]) -> str:
    """A line of code within these, freed from what stands for them, as far as it is there."""
    for container in containers:
        if isinstance(container, Quote):
            line = _QUOTE.sub("", line, count=1)
        else:
            line = stripped(line, container.indent)
    return line


def stripped(line: str, columns: int) -> str:
    """The line without its first blanks, at most so many."""
    blanks = len(line) - len(line.lstrip(" "))
    return line[min(blanks, columns) :]


def signs(containers: list[Container]) -> tuple[str, str]:
    """What stands on the screen before the next row in them, and before those that follow."""
    first = "".join(each.rest if each.shown else each.sign for each in containers)
    for each in containers:
        if isinstance(each, Item):
            each.shown = True
    return first, "".join(each.rest for each in containers)


def _item(found: re.Match[str], *, nested: bool) -> Item:
    lead, marker, gap, task = found.groups()
    if marker in "-*+":
        marker = "◦" if nested else "•"
    if task:
        marker = "☑" if task[1] in "xX" else "☐"
    blanks = len(gap) if 0 < len(gap) <= _WIDEST_GAP else 1
    sign = f"{lead}{marker} "
    return Item(found.end(2) + blanks, sign, " " * cells(sign))

"""Documents with rows alike, as models write them when asked for data: JSON, CSV, XML and SQL.

Made up, the same each time. Most fields of a row are constant. Rows differ by an id, a counter, a
date or a value, or a few in a row are the same. Knows no detector.
"""

import csv
import io
import json
import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, partial
from itertools import count, islice
from types import MappingProxyType
from typing import Final, TypeAlias
from xml.sax.saxutils import escape, quoteattr

CHARS: Final = (2_000, 60_000)
"""The least and the most that a document has."""
ROWS: Final = (10, 1_000)

_Record: TypeAlias = dict[str, object]
_Writer: TypeAlias = Callable[[random.Random, Sequence[_Record]], str]
"""Draws how the rows are laid out, and writes them."""

_SCHEMAS: Final[Mapping[str, Mapping[str, object]]] = MappingProxyType(
    {
        "sensor": {"temperature": 21.5, "humidity": 40, "unit": "C", "state": "ok"},
        "order": {
            "customer": "O'Hara & Sons",
            "state": "shipped",
            "total": 0.0,
            "currency": "EUR",
            "discount": None,
        },
        "label": {"label": "ham", "confidence": 0.99},
        "event": {"level": "INFO", "message": "Nothing to do, the next run is in 60 seconds."},
        "diary": {"note": "Nothing happened. I went to work, came home, ate and went to bed."},
        "empty": {"a": None, "b": None, "amount": 0, "rate": 0.0, "active": False, "tags": []},
        "part": {
            "size": {"width": 10, "height": 10, "depth": 2},
            "stock": {"site": "Main warehouse", "quantity": 0, "reserved": None},
            "tags": ["new", "spare"],
        },
        "board": {"cells": [0] * 11},
        "right": {"role": "editor", "resource": "articles/*", "allow": True, "until": None},
        "test": {"suite": "unit", "outcome": "PASSED", "seconds": 0.0, "error": None},
        "visit": {"country": "中国", "page": "/首页", "browser": "Firefox", "bounced": True},
    }
)
"""What is constant, by what the rows are about."""
_FIRST_DAY: Final = date(2026, 1, 1)


@dataclass(frozen=True, slots=True)
class Document:
    """`body` is the data alone; `text` may put a sentence and a fence around it. `kind`: the
    format, what the rows are about, and how they differ.
    """

    name: str
    format: str
    kind: str
    body: str
    text: str
    rows: int


@cache
def documents(number: int = 500) -> tuple[Document, ...]:
    """So many, the formats in turn."""
    formats = list(WRITERS)
    return tuple(_document(formats[n % len(formats)], n) for n in range(number))


def endless(format_: str, chars: int) -> str:
    """One document of at least so many characters, whose rows differ by a counter."""
    rows = ROWS[1]
    while len(text := _body(random.Random(1), format_, "order", "counter", rows)) < chars:
        rows *= 2
    return text


def _document(format_: str, number: int) -> Document:
    random_ = random.Random(f"{format_} {number}")
    while True:
        schema, differs = random_.choice([*_SCHEMAS]), random_.choice([*_DIFFERENCES])
        wanted = math.exp(random_.uniform(*map(math.log, CHARS)))
        layout = random_.getrandbits(32)
        sample = _body(random.Random(layout), format_, schema, differs, ROWS[0])
        rows = min(max(ROWS[0], int(wanted * ROWS[0] / len(sample))), ROWS[1])
        body = _body(random.Random(layout), format_, schema, differs, rows)
        text = _dressed(random_, format_, body)
        if CHARS[0] <= len(text) <= CHARS[1]:
            kind = f"{format_} {schema} {differs}"
            return Document(f"{format_}{number:03}", format_, kind, body, text, rows)


def _body(random_: random.Random, format_: str, schema: str, differs: str, rows: int) -> str:
    constant, first = _SCHEMAS[schema], random_.random() < 0.7
    differences = islice(_DIFFERENCES[differs](random_), rows)
    records = [{**one, **constant} if first else {**constant, **one} for one in differences]
    return WRITERS[format_](random_, records)


def _dressed(random_: random.Random, format_: str, body: str) -> str:
    """As it stands, after a sentence, or in a fence."""
    fence = f"```{format_}\n{body}\n```"
    sentence = f"Here is the {format_.upper()}:\n\n"
    return random_.choice([body, sentence + body, fence, f"{sentence}{fence}\n\nDone."])


# How rows differ: the fields that are not constant, row by row.


def _ids(random_: random.Random) -> Iterator[_Record]:
    while True:
        yield {"id": f"{random_.getrandbits(48):012x}"}


def _counters(random_: random.Random) -> Iterator[_Record]:
    return ({"number": number} for number in count(random_.choice([0, 1, 1000])))


def _dates(random_: random.Random) -> Iterator[_Record]:
    step = timedelta(days=random_.choice([1, 7]))
    return ({"day": str(_FIRST_DAY + number * step)} for number in count())


def _values(random_: random.Random) -> Iterator[_Record]:
    while True:
        yield {"value": round(random_.gauss(100, 5), 1)}


def _choices(random_: random.Random) -> Iterator[_Record]:
    while True:
        yield {"mark": random_.choice(["yes", "no", "no", "unknown"])}


def _stretches(random_: random.Random) -> Iterator[_Record]:
    """The same value for 2 to 12 rows, and nothing else that differs."""
    while True:
        value = round(random_.gauss(100, 20))
        for _ in range(random_.randint(2, 12)):
            yield {"value": value}


_DIFFERENCES: Final[Mapping[str, Callable[[random.Random], Iterator[_Record]]]] = MappingProxyType(
    {
        "id": _ids,
        "counter": _counters,
        "date": _dates,
        "value": _values,
        "choice": _choices,
        "stretches": _stretches,
    }
)


# The formats.


def _json(random_: random.Random, records: Sequence[_Record]) -> str:
    dumps = partial(json.dumps, ensure_ascii=False)
    shape = random_.choice(["indented", "wrapped", "lines", "line", "arrays"])
    if shape == "indented":
        return dumps(records, indent=random_.choice([1, 2, 4]))
    if shape == "wrapped":
        return dumps({"ok": True, "data": {"count": len(records), "rows": records}}, indent=2)
    if shape == "line":
        return dumps(records, separators=(",", ":"))
    lines = (dumps([*one.values()] if shape == "arrays" else one) for one in records)
    return "[\n  " + ",\n  ".join(lines) + "\n]"


def _csv(random_: random.Random, records: Sequence[_Record]) -> str:
    flat = [_flat(one) for one in records]
    out = io.StringIO()
    writer = csv.writer(
        out,
        delimiter=random_.choice(",,;\t"),
        lineterminator="\n",
        quoting=random_.choice([csv.QUOTE_MINIMAL, csv.QUOTE_NONNUMERIC]),
    )
    writer.writerow(flat[0])
    writer.writerows(one.values() for one in flat)
    return out.getvalue().rstrip("\n")


def _xml(random_: random.Random, records: Sequence[_Record]) -> str:
    shape = random_.choice(["nested", "nested", "attributes", "line"])
    indent = "" if shape == "line" else random_.choice(["", "  ", "    "])
    end = "" if shape == "line" else "\n"
    rows = []
    for one in records:
        if shape == "attributes":
            fields = (f" {name}={quoteattr(_plain(value))}" for name, value in _flat(one).items())
            rows.append(f"{indent}<row{''.join(fields)}/>{end}")
        else:
            rows.append(_element("row", one, indent, end, 1))
    head = random_.choice(["", f'<?xml version="1.0" encoding="UTF-8"?>{end}'])
    return f"{head}<rows>{end}{''.join(rows)}</rows>"


def _element(name: str, value: object, indent: str, end: str, depth: int) -> str:
    """An element, those in it one deeper; lists are as many elements named `item`."""
    left = indent * depth
    if value in (None, []):
        return f"{left}<{name}/>{end}"
    inner: list[tuple[str, object]] = []
    if isinstance(value, dict):
        inner = [*value.items()]
    elif isinstance(value, list):
        inner = [("item", one) for one in value]
    if not inner:
        return f"{left}<{name}>{escape(_plain(value))}</{name}>{end}"
    elements = (_element(inside, one, indent, end, depth + 1) for inside, one in inner)
    return f"{left}<{name}>{end}{''.join(elements)}{left}</{name}>{end}"


def _sql(random_: random.Random, records: Sequence[_Record]) -> str:
    flat = [_flat(one) for one in records]
    names = [name.replace(".", "_") for name in flat[0]]
    columns = ", ".join(names)
    rows = [f"({', '.join(map(_literal, one.values()))})" for one in flat]
    create, insert = (
        f"CREATE TABLE entries ({columns});\n",
        f"INSERT INTO entries ({columns}) VALUES",
    )
    shape = random_.choice(["each", "each", "values", "update"])
    if shape == "each":
        return create + "\n".join(f"{insert} {row};" for row in rows)
    if shape == "values":
        return f"{create}{insert}\n  " + ",\n  ".join(rows) + ";"
    lines = [create]
    for number, one in enumerate(flat, 1):
        pairs = zip(names, map(_literal, one.values()), strict=True)
        changes = ", ".join(f"{name} = {value}" for name, value in pairs)
        lines.append(f"UPDATE entries SET {changes} WHERE rowid = {number};\n")  # noqa: S608 (data)
    return "".join(lines).rstrip()


def _flat(record: Mapping[str, object]) -> dict[str, object]:
    """Flatten nested objects to fields of one level, and lists to one text."""
    made: dict[str, object] = {}
    for name, value in record.items():
        if isinstance(value, dict):
            made |= {f"{name}.{inner}": one for inner, one in _flat(value).items()}
        elif isinstance(value, list):
            made[name] = "|".join(map(str, value))
        else:
            made[name] = value
    return made


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _literal(value: object) -> str:
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, bool):
        return str(value).upper()
    return "NULL" if value is None else str(value)


WRITERS: Final[Mapping[str, _Writer]] = MappingProxyType(
    {"json": _json, "csv": _csv, "xml": _xml, "sql": _sql}
)

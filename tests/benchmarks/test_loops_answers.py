"""The texts that guards over answers are measured on are what they are said to be."""

import csv
import json
import re
import sqlite3
import xml.etree.ElementTree as ET
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import cache
from itertools import groupby
from pathlib import Path

import pytest

from benchmarks.loops_cycles import (
    LANGUAGES,
    PERIODS,
    REPEATED,
    SEEDS,
    STRUCTURES,
    prose,
    structures,
)
from benchmarks.loops_data import Trace, tokens
from benchmarks.loops_documents import CHARS, ROWS, WRITERS, Document, documents, endless
from benchmarks.loops_peers import SameToken
from benchmarks.loops_readings import Ended, changed, read
from benchmarks.loops_right import Answer, answers


@cache
def cycles() -> Sequence[Trace]:
    return (*prose(), *structures())


def of(format_: str) -> Sequence[Document]:
    return [one for one in documents() if one.format == format_]


def json_rows(body: str) -> Sequence[object]:
    parsed = json.loads(body)
    rows = parsed["data"]["rows"] if isinstance(parsed, dict) else parsed
    assert isinstance(rows, list)
    return rows


def csv_rows(body: str) -> Sequence[object]:
    head = body.partition("\n")[0]
    delimiter = next(sign for sign in ",;\t" if sign in head)
    rows = list(csv.reader(body.splitlines(), delimiter=delimiter, strict=True))
    assert len({len(row) for row in rows}) == 1
    assert len(rows[0]) > 1
    return rows[1:]


def xml_rows(body: str) -> Sequence[object]:
    return [ET.tostring(row) for row in ET.fromstring(body)]  # noqa: S314 (made here)


def sql_rows(body: str) -> Sequence[object]:
    """The rows of the table; statements that change one find it there, empty."""
    create, *statements = body.splitlines()
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute(create)
        if statements[0].startswith("UPDATE"):
            for statement in statements:
                database.execute("INSERT INTO entries DEFAULT VALUES")
                assert database.execute(statement).rowcount == 1
        else:
            database.executescript("\n".join(statements))
        return database.execute("SELECT * FROM entries").fetchall()


READERS: dict[str, Callable[[str], Sequence[object]]] = {
    "json": json_rows,
    "csv": csv_rows,
    "xml": xml_rows,
    "sql": sql_rows,
}


def test_every_format_has_a_reader() -> None:
    assert {one.format for one in documents()} == set(WRITERS) == set(READERS)
    assert len(documents()) == 500


@pytest.mark.parametrize("format_", READERS)
def test_a_parser_finds_every_row(format_: str) -> None:
    for one in of(format_):
        rows = [str(row).strip() for row in READERS[format_](one.body)]
        assert len(rows) == one.rows, one.name
        if one.kind.endswith((" id", " counter", " date")):
            assert len(set(rows)) == len(rows), one.name
        if one.kind.endswith(" stretches"):
            assert 2 <= max(len(list(alike)) for _, alike in groupby(rows)) <= 40, one.name


@pytest.mark.parametrize("format_", READERS)
def test_documents_are_of_many_kinds(format_: str) -> None:
    those = of(format_)
    assert len({one.kind.split()[1] for one in those}) > 8
    assert len({one.kind.split()[2] for one in those}) == 6
    fenced = sum(f"```{format_}\n{one.body}\n```" in one.text for one in those)
    assert 0.3 < fenced / len(those) < 0.7


def test_documents_have_the_sizes_that_are_said() -> None:
    assert all(CHARS[0] <= len(one.text) <= CHARS[1] for one in documents())
    assert all(ROWS[0] <= one.rows <= ROWS[1] for one in documents())
    assert all(one.body in one.text for one in documents())
    assert min(len(one.text) for one in documents()) < 2 * CHARS[0]
    assert max(len(one.text) for one in documents()) > CHARS[1] / 2
    assert {min(one.rows for one in documents()), max(one.rows for one in documents())} == set(ROWS)


def test_documents_are_the_same_each_time() -> None:
    assert documents(40) == documents()[:40]


def test_one_document_may_have_any_length() -> None:
    text = endless("json", 200_000)
    rows = json_rows(text)
    assert len(text) >= 200_000
    assert len({str(row) for row in rows}) == len(rows)


def test_there_are_cycles_of_every_period() -> None:
    assert len(PERIODS) == 60
    assert (PERIODS[0], PERIODS[-1]) == (1, 1000)
    kinds = (len(STRUCTURES) + SEEDS) * len(LANGUAGES)
    assert len({one.name for one in cycles()}) == len(cycles()) == len(PERIODS) * kinds


def test_a_cycle_repeats_its_copy_and_nothing_else() -> None:
    for one in cycles():
        assert one.onset is not None
        assert one.second is not None
        copy, repeated = one.text[one.onset : one.second], one.text[one.onset :]
        assert repeated == copy * (len(repeated) // len(copy)), one.name
        before = tokens(one.text[: one.onset])
        assert one.tokens[: len(before)] == before
        assert len(one.tokens) - len(before) >= REPEATED, one.name


def test_a_period_has_the_words_that_are_said() -> None:
    for one in cycles():
        structure, language, words = one.name.split()[:3]
        if language == "en":
            copy = one.text[one.onset : one.second].replace("_", " ")
            own = 0 if structure == "prose" else STRUCTURES[structure].own
            assert int(words) <= len(re.findall(r"\w+", copy)) <= int(words) + own, one.name


@pytest.mark.parametrize(
    ("kind", "opened", "closed"),
    [("json", "[\n", "\n]"), ("code", "```python\n", "\n```"), ("xml", "<group>", "</group>")],
)
def test_a_structure_stays_open(kind: str, opened: str, closed: str) -> None:
    those = [one for one in cycles() if one.kind == kind]
    assert those
    assert all(opened in one.text for one in those)
    assert not any(closed in one.text.partition(opened)[2] for one in those)


def folder(tmp_path: Path, legit: Sequence[dict[str, object]] = ()) -> Path:
    for name, those in (("legit", legit), ("controls", [{"id": "c", "kind": "k", "text": "C."}])):
        lines = "".join(json.dumps(one) + "\n" for one in those)
        (tmp_path / f"{name}.jsonl").write_text(lines, "utf-8")
    return tmp_path


def test_what_was_asked_to_repeat_has_a_question(tmp_path: Path) -> None:
    lines, words = "I am late.\n" * 20, "so " * 30
    legit = [
        {"id": "1", "kind": "ASKED_lines", "asked_to_repeat": True, "text": lines},
        {"id": "2", "kind": "ASKED_words", "asked_to_repeat": True, "text": words},
        {"id": "3", "kind": "song", "asked_to_repeat": False, "text": lines},
    ]
    sets = answers(folder(tmp_path, legit))
    assert sets["legit"] == [
        Answer("1", "ASKED_lines", lines, "Write this sentence 20 times: I am late."),
        Answer("2", "ASKED_words", words, "Write the word so 30 times."),
        Answer("3", "song", lines),
    ]
    assert sets["controls"] == [Answer("c", "k", "C.")]


def test_a_folder_without_the_texts_is_named(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"legit\.jsonl: No such file .* --data DIR"):
        answers(tmp_path)


def test_the_bible_by_chapter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "bible"
    verses = r"Ge1:1 In the beginning\nGe1:2 And the earth\nGe2:1 Thus the heavens\nEx2:1 And\n"
    program.write_text(f"#!/bin/sh\nprintf '{verses}'\n", "utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert list(answers(folder(tmp_path))["bible-kjv"]) == [
        Answer("Ge1", "chapter", "In the beginning\nAnd the earth"),
        Answer("Ge2", "chapter", "Thus the heavens"),
        Answer("Ex2", "chapter", "And"),
    ]


def test_without_the_bible_its_set_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    sets = answers(folder(tmp_path))
    assert "bible-kjv" not in sets
    assert len([name for name in sets if name.endswith(" documents")]) == len(WRITERS)


def test_the_library_by_file(tmp_path: Path) -> None:
    library = {one.name: one.text for one in answers(folder(tmp_path))["Lib/*.py"]}
    assert library["csv.py"] == Path(csv.__file__).read_text("utf-8")
    assert len(library) > 100


def cycle(name: str, kind: str, before: str, copy: str, times: int) -> tuple[Trace, str]:
    text = before + copy * times
    return Trace(name, kind, text, tokens(text), onset=len(before)), "Why?"


def test_how_late_a_verdict_is_counts_from_the_first_copy() -> None:
    asked: list[str] = []

    def make(question: str) -> SameToken:
        asked.append(question)
        return SameToken()

    texts = [
        cycle("a", "x", "It is so:", " no", 150),
        cycle("b", "x", "It is so:", " no no", 30),
        cycle("c", "y", "It is:" + " so" * 150, " no", 150),
        cycle("d", "y", "It is: Oh", " no", 150),
    ]
    readings = read({"Ollama": make}, texts)
    assert asked == ["Why?"] * 4
    assert [(one.name, one.tokens, one.of, one.late) for one in readings["Ollama"]] == [
        ("a", 4 + 102, 4 + 150, 102),
        ("b", 4 + 60, 4 + 60, None),
        ("c", 3 + 102, 3 + 300, None),
        ("d", 4 + 102, 4 + 150, 102),
    ]
    assert changed(readings["Ollama"]) == {"x": 1, "y": 2}
    assert Ended(readings, 102, 1.0).rates("Ollama") == {"x": 0.5, "y": 0.5, "all": 0.5}
    assert Ended(readings, 101, 1.0).rates("Ollama") == {"x": 0.0, "y": 0.0, "all": 0.0}

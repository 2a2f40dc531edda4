"""Search: any script, any length, with FTS5 and without, ended turns and others."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from qwq_cli.events import Answer, Event, Thinking
from qwq_cli.history import search as searching
from qwq_cli.history.database import connect, reading
from qwq_cli.history.recorder import Asked
from qwq_cli.history.search import Hit, search
from tests.history.kept import END, STARTED, keep

TURNS: dict[str, tuple[str, str, str]] = {
    "zh": ("这张牌是什么牌？", "先把牌按花色列出来。红桃Q在黑桃里也有。", "方块5"),
    "en": ("Which card is it?", 'Let me see: 100% of it_s "ranks" repeat.', "The 5 of Diamonds"),
    "ru": ("Какая это карта?", "Пики есть и в ДРУГОЙ масти.", "Пять бубен"),
}  # fmt: skip


@pytest.fixture(params=[searching.TOKENIZER, "no such tokenizer"], ids=["index", "plain"])
def path(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A history of three turns; plain: of a SQLite that has no trigrams."""
    monkeypatch.setattr(searching, "TOKENIZER", request.param)
    path = tmp_path / "history.db"
    for name, (question, thought, answer) in TURNS.items():
        happened: list[Event] = [STARTED, Thinking(thought), Answer(answer), END]
        keep(path, Asked(question, id=f"{name.translate(str.maketrans('u', 'v')):0<11}"), happened)
    return path


def found(path: Path, *terms: str) -> list[Hit]:
    with reading(path) as connection:
        return search(connection, terms)


@pytest.mark.parametrize(
    ("terms", "names"),
    [
        (["牌"], "z"),  # one character,
        (["花色"], "z"),  # two,
        (["按花色"], "z"),  # three,
        (["按花色列出来"], "z"),  # and more
        (["红桃", "方块5", "什么牌？"], "z"),  # in different parts
        (["红桃", "diamonds"], ""),
        (["5"], "ze"),
        (["DIAMONDS"], "e"),
        (["of it"], "e"),
        (["ofit"], ""),
        (["100%"], "e"),
        (["00_"], ""),
        (["%"], "e"),
        (["it_s"], "e"),
        (['"ranks"'], "e"),
        (["rank' OR"], ""),
        (["Пики"], "r"),
        ([" "], ""),
    ],
)
def test_every_term_is_found_wherever_it_stands(path: Path, terms: list[str], names: str) -> None:
    assert {hit.id[0] for hit in found(path, *terms)} == set(names)


def test_a_hit_shows_where(path: Path) -> None:
    (hit,) = found(path, "黑桃")
    assert (hit.part, hit.before, hit.found, hit.after) == (
        "reasoning",
        "先把牌按花色列出来。红桃Q在",
        "黑桃",
        "里也有。",
    )
    (hit,) = found(path, "diaMONDS")
    assert (hit.part, hit.found) == ("answer", "Diamonds")


def test_what_comes_later_is_found_too(path: Path) -> None:
    assert len(found(path, "diamonds")) == 1
    keep(path, "Are Diamonds red?")
    assert [hit.question for hit in found(path, "diamonds")] == [
        "Are Diamonds red?",
        "Which card is it?",
    ]
    with reading(path) as connection:
        assert len(search(connection, ["diamonds"], 1)) == 1


def test_a_turn_that_was_broken_off_is_found(path: Path) -> None:
    with reading(path) as connection:
        connection.execute("UPDATE turns SET ended = NULL, reasoning = NULL, answer = NULL")
    assert {hit.id[0] for hit in found(path, "按花色列")} == {"z"}
    assert {hit.id[0] for hit in found(path, "5")} == {"z", "e"}


def test_other_cases_than_of_ascii_are_found_by_the_index(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    keep(path, "ДРУГОЙ")
    assert len(found(path, "другой")) == 1


def test_an_index_that_does_not_fit_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    keep(path, "Which card is it?")
    assert len(found(path, "card")) == 1
    with closing(connect(path)) as connection:
        connection.execute("DELETE FROM words_data WHERE id > 10")
    assert len(found(path, "card")) == 1
    assert not list(path.parent.glob("*damaged*"))


def test_where_nothing_can_be_written_it_is_searched_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    keep(path, "Which card is it?")
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        assert len(search(connection, ["card"])) == 1

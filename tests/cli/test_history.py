"""The history as a person uses it: kept whatever happens, continued, shown, searched, removed."""

import fcntl
import json
import os
import re
import signal
import stat
import subprocess
import threading
from pathlib import Path

import pytest

from qwq_cli.events import Answer, Event, Started, Thinking
from qwq_cli.history.database import reading
from qwq_cli.history.recorder import Asked
from qwq_cli.history.search import search
from tests.cli.conftest import Qwq
from tests.history.kept import END, events, keep
from tests.terminal import Process

PIPE_BYTES = 4096
ID = re.compile(r"[0-9a-hjkmnp-tv-z]{11}")


@pytest.fixture
def path(qwq: Qwq) -> Path:
    return qwq.home / ".local" / "share" / "qwq" / "history.db"


def kept_text(path: Path, text: str) -> bool:
    """Whether this is kept, of a turn that goes on."""
    if not path.exists():
        return False
    with reading(path) as connection:
        return bool(search(connection, [text]))


@pytest.mark.skipif(not hasattr(fcntl, "F_SETPIPE_SZ"), reason="needs a pipe that is soon full")
def test_a_process_that_is_killed_leaves_what_it_said(qwq: Qwq, path: Path) -> None:
    """The real quill, held up in its thought by a pipe that nobody reads, and then killed."""
    reader, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    line = ("ask", "--example", "cards", "--jsonl")
    with qwq.start(*line, stdin=subprocess.DEVNULL, stdout=writer) as process:
        os.close(writer)
        for _ in range(600):
            if kept_text(path, "先把牌按花色列出来"):
                break
            threading.Event().wait(0.05)
        os.kill(process.pid, signal.SIGKILL)
        process.wait(20)
    with os.fdopen(reader, encoding="utf-8") as pipe:
        whole = [json.loads(line) for line in pipe.read().splitlines()[:-1]]
    said = "".join(event["text"] for event in whole if event["event"] == "thinking")
    done = qwq("history", "show", "last", "--json")
    (turn,) = json.loads(done.out)["turns"]
    assert turn["reasoning"].startswith("先把牌按花色列出来")
    assert turn["reasoning"] in said or said in turn["reasoning"]
    assert (turn["finish_reason"], turn["answer"], turn["ended"]) == (None, "", None)
    assert "unfinished" in qwq("history", "list").out


def test_quill_goes_on_with_a_conversation(qwq: Qwq) -> None:
    first = json.loads(qwq("ask", "--example", "cards", "--json", "--seed", "1").out)
    assert ID.fullmatch(first["id"])
    done = qwq("ask", "-c", "--json", "--example", "cards")
    second = json.loads(done.out)
    told = f"continuing {first['id']}: 1 turn, without its {first['usage']['reasoning_tokens']} "
    assert told in done.err
    prompts = [one["usage"]["prompt_tokens"] for one in (first, second)]
    assert 2 * prompts[0] < prompts[1] < 3 * prompts[0]  # the answer is in it, no thinking
    shown = json.loads(qwq("history", "show", "--json").out)
    assert [turn["id"] for turn in shown["turns"]] == [first["id"], second["id"]]
    assert [turn["final"] for turn in shown["turns"]] == [first["final"], second["final"]]
    assert shown["turns"][0]["settings"]["seed"] == 1
    assert shown["turns"][1]["parent"] == first["id"]
    one = json.loads(qwq("history", "show", second["id"], "--json").out)
    assert one == shown["turns"][1]


def test_there_may_be_nothing_to_continue(qwq: Qwq, path: Path) -> None:
    qwq("ask", "-c", "x").failed(66, "no conversation to continue")
    qwq("ask", "-c", "--replay", "x").failed(2, "exclude each other")
    assert not path.exists()


def test_it_can_be_turned_off(qwq: Qwq, path: Path) -> None:
    line = ("ask", "--example", "cards", "--json")
    ids = [
        json.loads(done.out)["id"]
        for done in (qwq(*line, "--no-history"), qwq(*line, env={"QWQ_HISTORY": "off"}))
    ]
    assert len(set(ids)) == 2
    assert not path.exists()


@pytest.mark.parametrize("place", ["nowhere", "newer", "damaged"])
def test_no_fault_of_the_history_breaks_an_answer(qwq: Qwq, path: Path, place: str) -> None:
    env, text = {}, b"no database at all" * 900
    if place == "nowhere":
        env = {"XDG_DATA_HOME": "/proc/sys"}
    else:
        keep(path, "x")
        if place == "damaged":
            path.write_bytes(text)
        else:
            with reading(path) as connection:
                connection.execute("PRAGMA user_version = 99")
    line = ("ask", "--example", "cards", "--final")
    done = qwq(*line, env=env)
    assert (done.code, done.out) == (0, "方块5\n")
    (notice,) = done.err.splitlines()
    says = {"nowhere": "not kept: can't", "newer": "newer qwq", "damaged": "set aside as"}
    assert says[place] in notice
    if place == "newer":
        assert qwq(*line, "-q").err == ""
        qwq("history", "list").failed(65, "newer")
    if place == "damaged":
        (aside,) = path.parent.glob("*damaged*")
        assert aside.read_bytes() == text
        assert qwq(*line).err == ""


def test_a_closed_pipe_is_kept_as_interrupted(qwq: Qwq) -> None:
    line = ("ask", "-q", "x", "--jsonl")
    with qwq.slow().start(*line, stdin=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        while b"Though" not in process.stdout.readline():
            assert process.poll() is None
        process.stdout.close()
    done = qwq("history", "show", "--json")
    (turn,) = json.loads(done.out)["turns"]
    assert turn["finish_reason"] == "interrupted"
    assert turn["reasoning"].startswith("Though")


HOSTILE = "a\x1b]0;evil\x07b \u202ec"


def filled(path: Path) -> list[str]:
    """Three conversations, the first of two turns; returns the ids."""
    first = Asked("红桃还是黑桃?", id="6k3f0000000")
    keep(path, first)
    keep(path, Asked("And then?", id="6k3f1111111", conversation=first.id, parent=first.id))
    keep(path, Asked(HOSTILE, id="6m000000000"), events(thought=HOSTILE, answer=HOSTILE))
    happened: list[Event] = [Started("m\tn", "e", 1), Thinking("hm"), Answer("No box."), END]
    keep(path, Asked("last\nline", id="6n000000000"), happened)
    return ["6n000000000", "6m000000000", "6k3f0000000"]


def test_a_list_down_a_pipe_has_tabs(qwq: Qwq, path: Path) -> None:
    assert qwq("history", "list").out == ""
    assert json.loads(qwq("history", "list", "--json").out) == []
    ids = filled(path)
    rows = [line.split("\t") for line in qwq("history", "list").out.splitlines()]
    assert [row[0] for row in rows] == ids
    assert {len(row) for row in rows} == {6}
    assert rows[0][2:] == ["m n", "1", "方块5", "last line"]
    assert rows[2][3] == "2"
    assert [one["id"] for one in json.loads(qwq("history", "list", "--json", "-n", "2").out)] == (
        ids[:2]
    )
    all_of_them = qwq("history", "list", "--json", "-n", "99999999999999999999").out
    assert [one["id"] for one in json.loads(all_of_them)] == ids


def test_a_terminal_gets_a_table_and_nothing_that_steers_it(qwq: Qwq, path: Path) -> None:
    filled(path)
    process = Process([*qwq.command, "history", "list", "-n", "2"], qwq.env, size=(72, 12))
    assert process.end() == 0
    rows = process.terminal.rows
    assert rows[0].split() == ["id", "when", "model", "turns", "final", "question"]
    assert rows[1].startswith("6n000000000  ")
    assert "2 of 3 conversations" in rows[3]
    assert len(rows) == 4
    process = Process([*qwq.command, "history", "show", "6m", "--reasoning", "raw"], qwq.env)
    assert process.end() == 0
    assert b"evil" not in process.written
    assert "taken back: it went in circles" in process.terminal.text
    process = Process([*qwq.command, "history", "export", "6m", "-t", "md"], qwq.env)
    assert process.end() == 0
    assert b"evil" not in process.written


def test_show_pipes_clean(qwq: Qwq, path: Path) -> None:
    filled(path)
    done = qwq("history", "show", "6k3f0000000")
    assert done.err == ""
    first, second = done.out.split("\n6k3f1111111  ")
    assert first.startswith("6k3f0000000  ")
    assert "\n> 红桃还是黑桃?\n\nThinking:\n\n想。 Let me see.\n\nAnswer:\n\n**Final" in first
    assert "round and round" not in first
    assert "\n> And then?\n" in second
    raw = qwq("history", "show", "6k3f", "--reasoning", "raw").out
    assert "⟦taken back: it went in circles (exact): refocused, 3 tokens⟧round and round⟦" in raw
    assert "Thinking" not in qwq("history", "show", "6k3f", "--reasoning", "hide").out
    assert qwq("history", "show", "6k3f", "--final").out == "方块5\n"
    assert qwq("history", "show", "last", "--answer").out == "No box.\n"


def test_bad_names(qwq: Qwq, path: Path) -> None:
    qwq("history", "show").failed(66, "no history yet")
    filled(path)
    qwq("history", "show", "6").failed(2, "6k3f0000000, 6k3f1111111, 6m000000000, 6n000000000")
    qwq("history", "show", "zebra").failed(66, "no 'zebra'")
    qwq("history", "rm", "6k3f1").failed(2, "one turn of the conversation 6k3f0000000")
    qwq("history", "rm").failed(2, "say which")
    qwq("history", "rm", "last").failed(2, "--yes")
    qwq("history", "show", "--final", "--json").failed(2, "exclude each other")
    qwq("history", "search", " ").failed(2, "nothing to search for")


def test_search_finds_and_says_where(qwq: Qwq, path: Path) -> None:
    assert qwq("history", "search", "x").code == 1
    filled(path)
    done = qwq("history", "search", "黑桃", "还")
    (row,) = [line.split("\t") for line in done.out.splitlines()]
    assert (row[0], row[2], row[3]) == ("6k3f0000000", "question", "红桃还是黑桃?")
    (hit,) = json.loads(qwq("history", "search", "NO BOX", "--json").out)
    assert (hit["in"], hit["found"], hit["after"]) == ("answer", "No box", ".")
    done = qwq("history", "search", "梅花", "--json")
    assert (done.code, done.out) == (1, "[]\n")


def test_export_writes_what_the_files_name_says(qwq: Qwq, path: Path) -> None:
    filled(path)
    for name, begins in (("a.html", "<!DOCTYPE html>"), ("a.json", '{"conv'), ("a.md", "# ")):
        assert qwq("history", "export", "6k3f", "-o", name).out == ""
        assert (qwq.home / name).read_text("utf-8").startswith(begins)
    everything = json.loads(qwq("history", "export", "--all", "-t", "json").out)
    assert len(everything["conversations"]) == 3
    up_to = qwq("history", "export", "6k3f0000000").out
    assert up_to.count("想。 Let") + up_to.count("⟦from here on it stands⟧ Let") == 2
    qwq("history", "export", "-o", "nowhere/a.md").failed(1, "can't write nowhere/a.md")


def test_what_is_removed_is_gone(qwq: Qwq, path: Path) -> None:
    filled(path)
    done = qwq("history", "rm", "6k3f0000000", "last", "--yes")
    assert (done.code, done.out, done.err) == (0, "", "qwq: 2 conversations removed\n")
    assert [row[:11] for row in qwq("history", "list").out.splitlines()] == ["6m000000000"]
    process = Process([*qwq.command, "history", "rm", "--all"], qwq.env)
    process.until(lambda terminal: "[y/N]" in terminal.text)
    process.type(b"y\n")
    assert process.end() == 0
    assert qwq("history", "list").out == ""


def test_path_and_rights(qwq: Qwq, path: Path) -> None:
    assert qwq("history", "path").out == f"{path}\n"
    qwq("ask", "--example", "cards", "--final")
    assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700

"""A conversation without a terminal: lines in, answers out. The real quill unless it says so."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Done, Qwq

GREETING = "I do not know"


def talk(qwq: Qwq, *lines: str, options: tuple[str, ...] = ()) -> Done:
    """One session, a line each."""
    return qwq("chat", *options, stdin="".join(f"{line}\n" for line in lines))


def kept(qwq: Qwq) -> dict[str, Any]:
    record: dict[str, Any] = json.loads(qwq("history", "show", "--json").out)
    return record


def questions(qwq: Qwq) -> list[str]:
    """Of the line that goes on."""
    record = kept(qwq)
    by_id = {turn["id"]: turn["question"] for turn in record["turns"]}
    return [by_id[id_] for id_ in record["line"]]


def test_answers_alone_go_down_the_pipe(qwq: Qwq) -> None:
    done = talk(qwq, "/example", "", "hello")
    assert done.code == 0
    assert done.out.split("\n")[0] == "方块5"
    assert done.out.strip() == done.out.removesuffix("\n")
    assert "\x1b" not in done.out + done.err
    assert len(kept(qwq)["turns"]) == 2


def test_the_model_hears_what_was_said_without_the_thinking(qwq: Qwq) -> None:
    talk(qwq, "/example", "/example")
    first, second = kept(qwq)["turns"]
    assert second["parent"] == first["id"]
    prompts = [turn["usage"]["prompt_tokens"] for turn in (first, second)]
    assert 2 * prompts[0] < prompts[1] < 3 * prompts[0]


def test_going_back_and_another_way(qwq: Qwq) -> None:
    talk(qwq, "one", "two", "three", "/undo 2", "zwei", "/branch 1", "deux")
    assert questions(qwq) == ["one", "deux"]
    assert [turn["question"] for turn in kept(qwq)["turns"]] == [
        "one",
        "two",
        "three",
        "zwei",
        "deux",
    ]
    parents = {turn["question"]: turn["parent"] for turn in kept(qwq)["turns"]}
    one = kept(qwq)["turns"][0]["id"]
    assert parents["two"] == parents["zwei"] == parents["deux"] == one


def test_a_branch_is_found_by_its_id(qwq: Qwq) -> None:
    talk(qwq, "one", "two", "/undo", "zwei")
    two = kept(qwq)["turns"][1]["id"]
    done = talk(qwq, f"/branch {two}", "/branch", options=("-c",))
    rows = [line.split("\t") for line in done.out.splitlines() if line.count("\t") == 3]
    assert [(row[0], row[3]) for row in rows] == [("1", "one"), ("2", "two"), ("", "zwei")]
    assert questions(qwq) == ["one", "two"]


def test_an_undo_lasts(qwq: Qwq) -> None:
    talk(qwq, "one", "two", "/undo")
    talk(qwq, "three", options=("-c",))
    assert questions(qwq) == ["one", "three"]


def test_the_first_question_can_be_retried(qwq: Qwq) -> None:
    done = talk(qwq, "one", "/retry", "/branch")
    assert "at temperature 0 the same comes again" in done.err
    assert questions(qwq) == ["one"]
    assert [turn["parent"] for turn in kept(qwq)["turns"]] == [None, None]
    assert "beside this line" in done.err


def test_an_old_conversation_goes_on(qwq: Qwq) -> None:
    talk(qwq, "old one", "/save my puzzle", "/reset", "new one")
    assert questions(qwq) == ["new one"]
    done = talk(qwq, "/load my puzzle", "old two", "/reset")
    assert re.search(r"a new conversation; /load \w{11} goes on", done.err)
    assert "1 turn" in done.err
    assert "> old one" in done.out
    assert questions(qwq) == ["old one", "old two"]
    (id_,) = re.findall(r"continuing (\w+)", done.err)
    assert talk(qwq, options=("-c", id_[:10])).err.count("continuing") == 1
    assert "my puzzle" in qwq("history", "list").out
    done = talk(qwq, options=("nowhere",))
    assert (done.code, done.out) == (66, "")


def test_another_model_and_back(qwq: Qwq, tmp_path: Path) -> None:
    """A bad one leaves the old one; a good one is told of, and is what the history has."""
    (tmp_path / "bad.gguf").write_bytes(b"GGUF but no more")
    link = tmp_path / "other.gguf"
    link.symlink_to(Path(__file__).parents[2] / "qwq_cli/weights/quill/quill.gguf")
    done = talk(qwq, "/model nope", "/model bad.gguf", "Hello", "/model other.gguf", "Hello")
    assert "no model called 'nope'" in done.err
    assert "bad.gguf" in done.err
    assert "Traceback" not in done.err
    assert done.err.count("2,048 tokens of context") == 1
    assert done.out.count(GREETING) == 2
    models = [turn["settings"]["model"] for turn in kept(qwq)["turns"]]
    assert models == ["quill", str(link)]


def test_settings_of_the_session(qwq: Qwq) -> None:
    lines = ("/set temperature 0.5", "/set", "/set temperature default", "/budget 20", "/example")
    done = talk(qwq, *lines, "/loops stop", "/think fold", "/system Be kind.", "/set nope 1", "x")
    assert "temperature = 0.5" in done.err
    assert re.search(r"^temperature +0.5$", done.out, re.MULTILINE)
    assert "temperature = the model's own" in done.err
    assert "there is no setting 'nope'" in done.err
    assert "api_key" not in done.out
    first, second = kept(qwq)["turns"]
    assert first["settings"]["budget"] == 20
    assert (second["settings"]["loops"], second["system"]) == ("stop", "Be kind.")


@pytest.mark.parametrize(
    ("line", "code", "says"),
    [
        ("/set temperature 9", 2, "temperature must be a number from 0 to 5"),
        ("/set api_key x", 2, "QWQ_API_KEY"),
        ("/budget many", 2, "budget must be a whole number"),
        ("/loops never", 2, "loops must be one of"),
        ("/undo", 65, "there is no question yet"),
        ("/retry", 65, "there is no question yet"),
        ("/branch 3", 65, "there is no conversation yet"),
        ("/save x", 65, "there is no conversation yet"),
        ("/load nowhere", 66, "no conversation to continue"),
        ("/file nowhere", 66, "can't read nowhere"),
        ("/file .", 66, "can't read ."),
        ("/help modle", 66, "did you mean /model"),
        ("/copy", 65, "there is no question yet"),
        ("/model ~nobody-here/x.gguf", 66, "can't find ~nobody-here/x.gguf"),
        ("/file ~nobody-here/x", 2, "can't find ~nobody-here/x"),
        ("/file a\0b", 2, "there is a NUL in it"),
        ("/model a\0b.gguf", 66, "no such model file"),
        ("/undo ٣", 2, "is no number of turns"),
        ("/branch 1", 65, "there is no conversation yet"),
        ("/edit", 2, "there is no editor here"),
    ],
)
def test_bad_input_is_one_line_and_loses_nothing(qwq: Qwq, line: str, code: int, says: str) -> None:
    done = talk(qwq, line)
    assert (done.code, done.out) == (code, "")
    assert says in done.err
    assert done.err.count("\n") == 1


def test_more_turns_than_there_are_can_not_be_taken_back(qwq: Qwq) -> None:
    done = talk(qwq, "one", "/undo 5", "two", "/undo 5")
    assert done.code == 2
    assert "there is 1 turn to take back" in done.err
    assert "there are 2 turns to take back" in done.err
    assert len(questions(qwq)) == 2


def test_what_is_not_utf8_is_told_and_passed_over(qwq: Qwq) -> None:
    done = qwq("chat", stdin=b"\xff\xfe\nHello\n")
    assert done.code == 65
    assert "that line is not UTF-8" in done.err
    assert GREETING in done.out


def test_a_file_goes_beside_the_question(qwq: Qwq) -> None:
    (qwq.home / "notes.txt").write_text("the notes\n")
    talk(qwq, "/file notes.txt", "what is it?", "and now?")
    assert questions(qwq)[0].endswith("``` notes.txt\nthe notes\n```")
    assert questions(qwq)[1] == "and now?"


def test_it_is_exported(qwq: Qwq) -> None:
    done = talk(qwq, "hello", "/export a.html", "/export a.html", "/export a.json", "/export")
    assert "<details" in (qwq.home / "a.html").read_text("utf-8")
    assert "a.html is there already" in done.err
    (one,) = json.loads((qwq.home / "a.json").read_text("utf-8"))["conversations"]
    assert one["turns"][0]["question"] == "hello"
    assert (qwq.home / f"qwq-{one['id']}.md").exists()


def test_nothing_is_kept_where_that_is_not_wanted(qwq: Qwq) -> None:
    done = talk(qwq, "hello", "again", "/branch", "/save x", "/history", options=("--no-history",))
    assert "this conversation is not kept" in done.err
    assert len(re.findall(r"^\d\t", done.out, re.MULTILINE)) == 2
    assert not (qwq.home / ".local").exists()


def test_the_thought_and_the_figures_can_be_read_afterwards(qwq: Qwq) -> None:
    done = talk(
        qwq, "/example", "/thought", "/stats", "/context", "/loops", "/show", "/history 红桃"
    )
    assert "所以花色是" in done.out
    assert re.search(r"^thinking +\d+ tokens$", done.out, re.MULTILINE)
    assert re.search(r"about \d+ of 2,048 tokens are taken", done.out)
    assert re.search(r"earlier thinking left out: [1-9]\d* tokens", done.out)
    assert "the last answer had no loops" in done.out
    assert "Thinking:" in done.out


def test_a_context_that_fills_is_told_and_nothing_is_cut(qwq: Qwq) -> None:
    """With a long question the next does not fit: an error before anything is generated."""
    long = "What is the difference between music and history? " * 20
    done = talk(qwq, *[long] * 9, "/context")
    # Which of the two hangs on how long quill, out of its depth, goes on.
    assert "the context is about" in done.err or "filled the model's context" in done.err
    assert "the context is nearly full" in done.err
    assert "the prompt is too long" in done.err
    assert "/undo or /branch drops turns" in done.err
    sent = [turn["question"] for turn in kept(qwq)["turns"]]
    assert sent == [long.rstrip("\n")] * len(sent)
    assert len(sent) < 9


def test_an_engine_that_fails_keeps_what_came(qwq: Qwq) -> None:
    faulty = qwq.slow("It is short and then", fault=4)
    done = talk(faulty, "first", "/branch", "/thought")
    assert "the engine broke" in done.err
    assert "Traceback" not in done.err
    assert "It is short" in done.out
    (turn,) = kept(qwq)["turns"]
    assert (turn["finish_reason"], turn["question"]) == ("error", "first")

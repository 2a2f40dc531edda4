"""`qwq eval` as others run it: with the real quill, gone on with, interrupted, on bad input."""

import json
import signal
import subprocess
import threading
from pathlib import Path

import pytest

from tests.cli.conftest import Qwq

FEW = ("eval", "cards", "-n", "1", "--lang", "zh", "--difficulty", "easy", "--seed", "3")


@pytest.mark.slow
def test_quill_is_measured_and_nothing_is_asked_twice(qwq: Qwq) -> None:
    done = qwq(*FEW, "--concurrency", "2", "--json")
    assert done.code == 0, done.err
    assert "1 puzzles of seed 3, kept in cards-quill.jsonl" in done.err
    (row,) = json.loads(done.out)["rows"]
    assert (row["kind"], row["lang"], row["difficulty"], row["total"]) == ("cards", "zh", "easy", 1)
    assert row["tokens_each"] > 50
    path = qwq.home / "cards-quill.jsonl"
    kept = path.read_bytes()
    with path.open("ab") as file:
        file.write(kept[: len(kept) // 2])  # as a kill leaves it
    more = qwq(*FEW[:3], "3", *FEW[4:-2])  # without a seed it is the file's
    assert more.code == 0, more.err
    assert "3 puzzles of seed 3" in more.err
    assert path.read_bytes().startswith(kept)
    records = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert [record["item"]["number"] for record in records[:1]] == [0]
    assert sorted(record["item"]["number"] for record in records) == [0, 1, 2]
    heads, figures = more.out.splitlines()
    assert heads.split()[:5] == ["model", "kind", "lang", "difficulty", "wording"]
    again = qwq("eval", "report", "cards-quill.jsonl")
    assert again.out == more.out
    (qwq.home / "copy.jsonl").write_bytes(path.read_bytes())
    assert qwq("eval", "report", "cards-quill.jsonl", "copy.jsonl").out == more.out
    right = int(figures.split()[5].split("/")[0])
    wrong = qwq("eval", "report", "cards-quill.jsonl", "--wrong", "--json")
    assert len(json.loads(wrong.out)["wrong"]) == 3 - right


def test_another_sampling_is_another_generation(qwq: Qwq) -> None:
    line = (*FEW, "--max-tokens", "4")
    path = qwq.home / "cards-quill.jsonl"
    for penalty, records in (("0", 1), ("0", 1), ("1", 2), ("1", 2), ("0", 2)):
        done = qwq(*line, env={"QWQ_PRESENCE_PENALTY": penalty})
        assert done.code == 0, done.err
        assert len(path.read_bytes().splitlines()) == records


def test_what_was_generated_before_an_interrupt_is_kept(qwq: Qwq) -> None:
    slow = qwq.slow("A thought. " * 12 + "\n\n**Final Answer**\n\n5 of Diamonds", pace=400.0)
    line = ("eval", "cards", "-n", "25", "--seed", "1", "-o", "g.jsonl", "--concurrency", "1")
    path = qwq.home / "g.jsonl"
    with slow.start(*line, stdin=subprocess.DEVNULL) as process:
        while process.poll() is None and (not path.exists() or path.read_bytes().count(b"\n") < 2):
            threading.Event().wait(0.05)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
    assert process.returncode == 130, err
    records = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert len(records) >= 2
    assert all(record["finish_reason"] == "stop" for record in records)
    assert out.decode().startswith("model")
    assert b"Traceback" not in err


def test_an_interrupt_before_the_first_one_shows_no_figures_of_others(qwq: Qwq) -> None:
    quick = qwq.slow("Hm.\n\n**Final Answer**\n\n5 of Diamonds", pace=None)
    assert quick(*FEW, "-o", "g.jsonl").code == 0
    kept = (qwq.home / "g.jsonl").read_bytes()
    slow = qwq.slow("A thought. " * 1000, pace=10.0)
    with slow.start(*FEW[:-1], "4", "-o", "g.jsonl", stdin=subprocess.DEVNULL) as process:
        assert process.stderr is not None
        process.stderr.readline()  # which puzzles they are
        threading.Event().wait(0.5)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (130, b"", b"")
    assert (qwq.home / "g.jsonl").read_bytes() == kept


def test_an_engine_that_breaks_is_counted_and_asked_again(qwq: Qwq) -> None:
    line = (*FEW, "-o", "g.jsonl", "--json")
    broken = qwq.slow("A thought. " * 20, fault=3, pace=None)(*line)
    assert broken.code == 1
    (row,) = json.loads(broken.out)["rows"]
    assert (row["failed"], row["right"], row["total"]) == (1, 0, 1)
    whole = qwq.slow("Hm.\n\n**Final Answer**\n\n5 of Diamonds", pace=None)(*line)
    assert whole.code == 0, whole.err
    (row,) = json.loads(whole.out)["rows"]
    assert (row["failed"], row["wrong"] + row["right"]) == (0, 1)


@pytest.mark.parametrize(
    ("line", "code", "says"),
    [
        (("cards", "--lang", "fr"), 2, "--lang has no `fr`"),
        (("cards", "--difficulty", ","), 2, "--difficulty is empty"),
        (("knights", "--wording", "announcement"), 2, "no wording `announcement`"),
        (("columns", "--unsolvable"), 2, "always have an answer"),
        (("cards", "-o", "nowhere/g.jsonl"), 1, "can't write nowhere/g.jsonl"),
        (("cards", "-o", "other"), 65, "other:1 does not belong"),
        (("report", "none.jsonl"), 66, "can't read none.jsonl"),
        (("report", "other"), 65, "other:1 can't be graded"),
        (("report",), 2, "FILE"),
        (("cards", "-m", "nobody"), 66, "nobody"),
        (("riddles",), 2, "riddles"),
    ],
)
def test_bad_lines(qwq: Qwq, line: tuple[str, ...], code: int, says: str) -> None:
    (qwq.home / "other").write_text("something else\n", "utf-8")
    done = qwq("eval", *line)
    assert done.code == code, done.err
    assert done.err.splitlines()[-1].startswith("qwq: ")
    assert says in done.err
    assert "Traceback" not in done.err
    assert not list(Path(qwq.home).glob("*.jsonl"))


FULL = """
import resource, sys
sys.dont_write_bytecode = True  # it would be cut off, and fail later
resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000))
"""


def test_a_full_disk_ends_it_with_the_reason_and_what_is_kept_is_whole(qwq: Qwq) -> None:
    text = "Hm.\n\n**Final Answer**\n\n5 of Diamonds"
    slow, quick = qwq.slow(text, pace=100.0), qwq.slow(text, pace=None)
    full = Qwq(qwq.home, (*slow.command[:2], FULL + slow.command[2]))
    line = ("eval", "cards", "-n", "9", "--seed", "3", "-o", "g.jsonl", "--concurrency", "1", "-q")
    done = full(*line)
    assert done.code == 1
    assert "can't write g.jsonl: File too large" in done.err
    assert len(done.err.splitlines()) == 1
    kept = (qwq.home / "g.jsonl").read_text("utf-8").splitlines()
    assert kept
    assert [json.loads(each)["error"] for each in kept] == [None] * len(kept)
    assert quick(*line).code == 0
    after = (qwq.home / "g.jsonl").read_text("utf-8").splitlines()
    assert after[: len(kept)] == kept
    assert len({json.loads(each)["key"] for each in after}) == len(after) == 36
    qwq(*FEW, "-o", "/dev/full").failed(1, "can't keep generations in /dev/full", "no file")

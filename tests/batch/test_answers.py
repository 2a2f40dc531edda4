"""The file of the answers: whole after any fault, each question once, never somebody else's."""

import json
import multiprocessing
import os
import resource
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qwq_cli.batch.answers import ANSWERED, FAILED, OPEN, Answers, Piped, Record, refuse_same
from qwq_cli.batch.lines import Lines
from qwq_cli.errors import BadInputError, BusyError, QwqError, UsageError

COUNT = 6


@contextmanager
def questions() -> Iterator[Lines]:
    with tempfile.TemporaryFile() as file:
        for number in range(COUNT):
            file.write(json.dumps({"id": f"q{number}", "question": f"question {number}"}).encode())
            file.write(b"\n")
        file.seek(0)
        yield Lines(file, "in.jsonl")


def record(place: int, *, failed: bool = False, more: str = "") -> Record:
    error = {"code": 3, "message": "no answer"} if failed else None
    told = {"id": f"q{place}", "question": f"question {place}", "error": error, "answer": more}
    return Record(place, failed, json.dumps(told))


def ids(path: Path) -> list[str]:
    return [json.loads(line)["id"] for line in path.read_text("utf-8").splitlines()]


@contextmanager
def kept(path: Path) -> Iterator[Answers]:
    with questions() as lines, Answers(path, lines) as answers:
        yield answers


def test_records_are_found_again_and_put_in_order(tmp_path: Path) -> None:
    path = tmp_path / "out"
    with kept(path) as answers:
        assert answers.add([record(3), record(1, failed=True)]) == 2
        answers.add([record(5)])
    assert ids(path) == ["q3", "q1", "q5"]
    with kept(path) as answers:
        assert list(answers.states) == [OPEN, FAILED, OPEN, ANSWERED, OPEN, ANSWERED]
        answers.add([record(place) for place in (4, 0, 2)])
        path.chmod(0o640)
        answers.put_in_order()
    assert ids(path) == [f"q{place}" for place in range(COUNT)]
    assert path.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [path]


def test_a_line_that_was_mended_is_open_again(tmp_path: Path) -> None:
    """What could not be read had no question, and perhaps another id."""
    path = tmp_path / "out"
    bad = [{"id": id_, "question": "", "error": {"code": 65}} for id_ in (2, "q3")]
    good = json.loads(record(1).text)
    path.write_text("".join(f"{json.dumps(one)}\n" for one in (bad[0], good, bad[1])), "utf-8")
    with kept(path) as answers:
        assert list(answers.states) == [OPEN, ANSWERED] + [OPEN] * 4
        answers.add([record(3)])
        answers.put_in_order()
    assert ids(path) == ["q1", "q3"]


def test_what_is_in_order_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "out"
    with kept(path) as answers:
        answers.add([record(place) for place in range(COUNT)])
        before = path.stat().st_ino
        answers.put_in_order()
    assert path.stat().st_ino == before


def test_the_last_record_of_a_question_counts(tmp_path: Path) -> None:
    path = tmp_path / "out"
    with kept(path) as answers:
        answers.add([record(0, failed=True), record(1), record(0, more="later")])
    with kept(path) as answers:
        assert list(answers.states[:2]) == [ANSWERED, ANSWERED]
        answers.put_in_order()
    assert ids(path) == ["q0", "q1"]
    assert "later" in path.read_text("utf-8").splitlines()[0]


@given(st.permutations(range(COUNT)), st.integers(min_value=0))
def test_cut_off_anywhere_nothing_is_lost_or_there_twice(order: list[int], cut: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "out")
        with kept(path) as answers:
            answers.add([record(place, more="方块") for place in order])
        data = path.read_bytes()
        cut %= len(data) + 1
        path.write_bytes(data[:cut])
        whole = data[:cut].count(b"\n")
        with kept(path) as answers:
            done = [place for place, state in enumerate(answers.states) if state != OPEN]
            missing = set(range(COUNT)) - set(done)
            # A record that lacks nothing but its line break counts.
            assert len(done) in {whole, whole + 1}
            assert set(order[: len(done)]) == set(done)
            answers.add([record(place, more="方块") for place in missing])
            answers.put_in_order()
        assert path.read_text("utf-8") == "".join(
            f"{record(place, more='方块').text}\n" for place in range(COUNT)
        )


FOREIGN = [
    b"notes of mine\n",
    b"notes without an end",
    b'{"id": "q0"}\n',
    b"[]\n",
    json.dumps({"id": "q9", "question": "question 9", "error": None}).encode() + b"\n",
    json.dumps({"id": ["q0"], "question": "question 0", "error": None}).encode() + b"\n",
    json.dumps({"id": "q0", "question": "something else", "error": None}).encode() + b"\n",
    b"\xff\xfe\n",
    b'{"id": ' + b"[" * 100_000,
]


@pytest.mark.parametrize("foreign", FOREIGN)
def test_somebody_else_s_file_is_refused_and_stays(tmp_path: Path, foreign: bytes) -> None:
    path = tmp_path / "out"
    data = record(1).text.encode() + b"\n" + foreign
    path.write_bytes(data)
    with pytest.raises(BadInputError, match="out:2 does not belong to these questions"), kept(path):
        pass
    assert path.read_bytes() == data


def test_two_don_t_write_one_file(tmp_path: Path) -> None:
    path = tmp_path / "out"
    with kept(path), pytest.raises(BusyError, match="is in use"), kept(path):
        pass
    with kept(path):
        pass


def test_where_no_file_can_be(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none" / "out"):
        with pytest.raises(QwqError, match="can't write"), kept(path):
            pass


def _fill(path: Path, room: int) -> None:
    """In a process of its own, whose files may not grow beyond this."""
    with kept(path) as answers:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
        answers.add([record(0)])
        try:
            answers.add([record(1), record(2)])
        except QwqError as error:
            os._exit(0 if "the same command goes on" in str(error) else 2)
    os._exit(1)


def test_a_full_disk_leaves_whole_records(tmp_path: Path) -> None:
    path = tmp_path / "out"
    one = len(record(0).text) + 1
    process = multiprocessing.get_context("spawn").Process(target=_fill, args=(path, one + 20))
    process.start()
    process.join(60)
    assert process.exitcode == 0
    assert ids(path) == ["q0"]
    with kept(path) as answers:
        answers.add([record(place) for place in range(1, COUNT)])
    assert ids(path) == [f"q{place}" for place in range(COUNT)]


def test_questions_and_answers_in_one_file(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.touch()
    (tmp_path / "y").symlink_to(path)
    with pytest.raises(UsageError, match="can't be both"):
        refuse_same(tmp_path / "y", str(path))
    refuse_same(tmp_path / "z", str(path))


@given(st.permutations([1, 2, 4, 7]), st.integers(1, 4))
def test_down_a_pipe_they_come_in_order(order: list[int], size: int) -> None:
    written: list[str] = []
    piped = Piped(written.append, iter([1, 2, 4, 7]))
    settled = 0
    for start in range(0, 4, size):
        settled += piped.add([record(place) for place in order[start : start + size]])
    assert settled == 4
    lines = "".join(written).splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["q1", "q2", "q4", "q7"]


def test_down_a_pipe_an_early_end_keeps_what_waits() -> None:
    written: list[str] = []
    piped = Piped(written.append, iter([1, 2, 4, 7]))
    assert piped.add([record(7), record(1), record(4)]) == 1
    piped.rest()
    piped.rest()
    lines = "".join(written).splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["q1", "q4", "q7"]


def test_down_a_pipe_that_nobody_reads_nothing_is_tried_again() -> None:
    def write(text: str) -> None:
        del text
        raise BrokenPipeError

    piped = Piped(write, iter([1, 2, 4]))
    with pytest.raises(BrokenPipeError):
        piped.add([record(1), record(4)])
    piped.rest()

"""`qwq trim` as a filter: pipes, forms, bad input."""

import json
from pathlib import Path

from tests.cli.conftest import Qwq
from tests.stream.prose import prose

HEAD, BLOCK, TAIL = prose(1500, 1), prose(300, 2), prose(900, 3)
TRACE = HEAD + BLOCK * 15 + TAIL


def test_a_pipe_gets_the_text_without_its_loop(qwq: Qwq) -> None:
    done = qwq("trim", "--as", "thinking", stdin=TRACE)
    assert done.code == 0, done.err
    assert done.err == ""
    assert done.out.startswith(HEAD + BLOCK[:250])
    assert done.out.endswith(TAIL)
    assert len(done.out) < len(HEAD + BLOCK * 3 + TAIL)
    assert qwq("trim", "--as", "thinking", stdin=done.out).out == done.out


def test_json_has_offsets_in_characters(qwq: Qwq, tmp_path: Path) -> None:
    text = "漢字。" + TRACE
    file = tmp_path / "trace.txt"
    file.write_text(text, encoding="utf-8")
    done = qwq("trim", "--as", "thinking", "--json", str(file))
    record = json.loads(done.out)
    assert set(record) == {"loops", "kept_chars", "removed_chars", "text"}
    assert record["kept_chars"] == len(record["text"]) == len(text) - record["removed_chars"]
    (loop,) = record["loops"]
    keys = ["kind", "start", "repeat_at", "detected_at", "end", "confidence"]
    assert list(loop) == keys
    assert loop["repeat_at"] - loop["start"] == len(BLOCK)
    assert text[loop["start"] :].startswith(text[loop["repeat_at"] :][:100])
    assert record["text"] == text[: loop["repeat_at"]] + text[loop["end"] :]


def test_a_report_says_where_it_circled(qwq: Qwq) -> None:
    done = qwq("trim", "--as", "thinking", "--report", stdin=TRACE)
    assert done.out.startswith("1 loop in")
    assert "exact: a block that follows itself" in done.out
    assert BLOCK[40:80] in done.out
    assert qwq("trim", "--report", stdin=HEAD).out == f"No loop in {len(HEAD):,} characters.\n"


def test_marks_keep_every_character(qwq: Qwq) -> None:
    done = qwq("trim", "--as", "thinking", "--mark", stdin=TRACE)
    before, _, rest = done.out.partition("⟦loop: exact, as from character ")
    start, _, rest = rest.partition("⟧")
    loop, _, after = rest.partition("⟦loop ends⟧")
    assert before + loop + after == TRACE
    assert len(before) - int(start.replace(",", "")) == len(BLOCK)


def test_nothing_in_nothing_out(qwq: Qwq) -> None:
    done = qwq("trim", stdin=b"")
    assert (done.code, done.out, done.err) == (0, "", "")


def test_bad_input(qwq: Qwq, tmp_path: Path) -> None:
    qwq("trim", stdin=b"abc\0def").failed(65, "binary", "byte 4")
    qwq("trim", stdin=b"abc\xffdef").failed(65, "not UTF-8", "byte 4")
    cut = ("é" * 40_000).encode()[:-1]  # the last character is not whole
    file = tmp_path / "cut.txt"
    file.write_bytes(b"." + cut)
    qwq("trim", str(file), "--json").failed(65, "not UTF-8", f"byte {len(cut) + 1:,}")
    qwq("trim", "missing.txt").failed(66, "missing.txt")
    qwq("trim", str(tmp_path)).failed(66, "directory")
    qwq("trim", "--json", "--mark").failed(2, "exclude each other")

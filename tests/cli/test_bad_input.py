"""Whatever is wrong: one clear line, the documented code, no traceback."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import Qwq

BAD_STDIN = {
    "empty": (b"", "standard input is empty"),
    "blank": (b" \n\n", "standard input is empty"),
    "no UTF-8": (b"one\ntwo \xff\n", "byte 9, in line 2, is 0xff"),
    "binary": (b"ab\0c", "byte 3 is NUL"),
}


@pytest.mark.parametrize(("data", "says"), BAD_STDIN.values(), ids=BAD_STDIN)
def test_bad_standard_input(qwq: Qwq, data: bytes, says: str) -> None:
    qwq("ask", stdin=data).failed(65, says)


BAD_FILES = {
    "missing": (66, "No such file"),
    "directory": (66, "Is a directory"),
    "latin": (65, "not UTF-8"),
    "binary": (65, "NUL"),
    "empty": (65, "empty"),
}


@pytest.mark.parametrize(("name", "code", "says"), [(n, *rest) for n, rest in BAD_FILES.items()])
def test_bad_files(qwq: Qwq, name: str, code: int, says: str) -> None:
    (qwq.home / "directory").mkdir()
    (qwq.home / "latin").write_bytes("é".encode("latin-1"))
    (qwq.home / "binary").write_bytes(b"\x7fELF\0")
    (qwq.home / "empty").write_bytes(b"")
    qwq("ask", "what?", "-f", name).failed(code, says, name)


BAD_LINES: dict[str, tuple[tuple[str, ...], int, tuple[str, ...]]] = {
    "no such command": (("aks",), 2, ("no such command 'aks'", "Did you mean", "qwq --help")),
    "no such option": (("ask", "--fianl"), 2, ("--fianl", "--final", "qwq ask --help")),
    "no number": (("ask", "x", "--top-k", "many"), 2, ("--top-k", "many")),
    "out of range": (("ask", "x", "--temperature", "9"), 2, ("from 0 to 5",)),
    "two forms": (("ask", "x", "--json", "--final"), 2, ("exclude each other",)),
    "no such view": (("ask", "x", "--reasoning", "loud"), 2, ("auto", "hide")),
    "example and question": (("ask", "x", "--example", "cards"), 2, ("--example",)),
    "files, no question": (("ask", "-f", "a", "-f", "b"), 2, ("no question",)),
    "empty question": (("ask", ""), 65, ("empty",)),
    "unknown model": (("ask", "-q", "x", "-m", "gpt-9"), 66, ("gpt-9",)),
    "missing model file": (("ask", "-q", "x", "-m", "./no.gguf"), 66, ("no.gguf",)),
    "damaged model": (("ask", "-q", "x", "-m", "./bad.gguf"), 65, ("bad.gguf",)),
    "cut-off model": (("ask", "-q", "x", "-m", "./cut.gguf"), 65, ("cut.gguf",)),
    "missing replay": (("ask", "--replay", "none"), 66, ("none",)),
    "missing subcommand": (("puzzle",), 2, ("qwq puzzle --help",)),
    "no such setting": (("config", "set", "temprature", "1"), 2, ("did you mean temperature",)),
    "nothing to unset": (("config", "unset", "sede"), 2, ("did you mean seed",)),
    "so many, and no answer": (
        ("puzzle", "new", "--unsolvable", "--cards", "20"),
        2,
        ("--cards is for card puzzles with an answer",),
    ),
    "puzzle that is none": (("puzzle", "solve", "a"), 65, ("not a puzzle that qwq knows",)),
}


@pytest.mark.parametrize(("line", "code", "says"), BAD_LINES.values(), ids=BAD_LINES)
def test_bad_command_lines(
    qwq: Qwq, line: tuple[str, ...], code: int, says: tuple[str, ...]
) -> None:
    (qwq.home / "a").write_text("just text", encoding="utf-8")
    (qwq.home / "b").write_text("more text", encoding="utf-8")
    (qwq.home / "bad.gguf").write_bytes(b"no model at all" * 20)
    quill = Path(__file__).parents[2] / "qwq_cli" / "weights" / "quill" / "quill.gguf"
    (qwq.home / "cut.gguf").write_bytes(quill.read_bytes()[:400_000])
    qwq(*line).failed(code, *says)


def test_a_prompt_too_long_is_refused_with_both_counts(qwq: Qwq) -> None:
    done = qwq("ask", "-q", stdin="红桃A " * 5000)
    done.failed(65, "too long")
    assert sum(char.isdigit() for char in done.err) >= 6


def test_ten_megabytes_are_refused_at_once(qwq: Qwq) -> None:
    qwq("ask", "-q", stdin=b"all work and no play\n" * 500_000).failed(65, "too long")


def test_bad_configuration_names_file_and_line(qwq: Qwq) -> None:
    path = qwq.home / ".config" / "qwq" / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_text("seed = 1\ntemprature = 2\n", encoding="utf-8")
    qwq("ask", "x").failed(78, f"{path}:2", "did you mean temperature")
    (qwq.home / ".qwq.toml").write_text('model = "x.gguf"\n', encoding="utf-8")
    path.unlink()
    qwq("config", "show").failed(78, ".qwq.toml:1", "not a file to load")


def test_bad_names_can_not_steer_the_terminal(qwq: Qwq) -> None:
    done = qwq("ask", "x", "-f", "a\x1b]0;evil\x07\nb")
    done.failed(66)
    assert "\x1b" not in done.err


def test_no_home(qwq: Qwq) -> None:
    """Settings need no home; only writing them does."""
    env = {"HOME": "", "XDG_CONFIG_HOME": ""}
    assert qwq("config", "show", env=env).code == 0
    line = ("ask", "--example", "cards", "--final", "--no-history")
    assert qwq(*line, env=env).out == "方块5\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize(
    "arguments", [("--version",), ("--help",), ("ask", "--example", "cards"), ("puzzle", "new")]
)
def test_a_full_disk(qwq: Qwq, arguments: tuple[str, ...]) -> None:
    with (
        Path("/dev/full").open("wb") as full,
        qwq.start(*arguments, stdin=subprocess.DEVNULL, stdout=full) as process,
    ):
        _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert err.startswith(b"qwq: ")
    assert err.count(b"\n") == 1
    assert b"No space left" in err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("arguments", [("serve", "--port", "0"), ("ask", "--example", "cards")])
def test_a_full_disk_under_both_streams(qwq: Qwq, arguments: tuple[str, ...]) -> None:
    """Nothing can be said there, but the code says it."""
    with (
        Path("/dev/full").open("wb") as full,
        qwq.start(*arguments, stdin=subprocess.DEVNULL, stdout=full, stderr=full) as process,
    ):
        assert process.wait(60) == 1


@pytest.mark.parametrize(
    ("closed", "code", "says"),
    [("<&-", 0, ""), (">&-", 1, "standard output: it is closed"), ("2>&-", 0, "")],
)
def test_closed_streams(qwq: Qwq, closed: str, code: int, says: str) -> None:
    command = f'exec "$@" {closed}'
    done = subprocess.run(
        ["/bin/sh", "-c", command, "sh", *qwq.command, "ask", "--example", "cards", "--final"],
        env=qwq.env,
        cwd=qwq.home,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == code
    assert says in done.stderr.decode()
    assert b"Traceback" not in done.stderr


def test_a_directory_that_is_gone(qwq: Qwq) -> None:
    (qwq.home / "gone").mkdir()
    script = 'cd gone && rmdir ../gone && exec "$@"'
    done = subprocess.run(
        ["/bin/sh", "-c", script, "sh", *qwq.command, "config", "show"],
        env=qwq.env | {"PYTHONPATH": os.fspath(Path(__file__).parents[2])},
        cwd=qwq.home,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, b"")

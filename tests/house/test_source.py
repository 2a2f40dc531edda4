"""The house rules that no linter holds: over every Python file of the tree. Runs none of them."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("qwq_cli", "tests", "training", "benchmarks", "docs")
SOURCES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
FILE_LINES = 400
FUNCTION_LINES = 50
"""Of its body: a command's parameters are its options, and there may be many."""
COMMAND_STATEMENTS = 25

each_source = pytest.mark.parametrize(
    "source", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix()
)


def functions(tree: ast.AST) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


@each_source
def test_module_says_what_it_is(source: Path) -> None:
    assert ast.get_docstring(ast.parse(source.read_text("utf-8"))), "no module docstring"


@each_source
def test_nothing_is_too_long(source: Path) -> None:
    text = source.read_text("utf-8")
    assert text.count("\n") <= FILE_LINES
    too_long = {
        function.name: lines
        for function in functions(ast.parse(text))
        if (lines := (function.end_lineno or 0) - function.body[0].lineno + 1) > FUNCTION_LINES
    }
    assert not too_long


def test_commands_are_short() -> None:
    """A command parses, makes one call and shows the result."""
    too_long = {
        f"{source.name}:{function.name}": statements
        for source in (ROOT / "qwq_cli" / "cli").rglob("*.py")
        for function in functions(ast.parse(source.read_text("utf-8")))
        if (statements := sum(isinstance(node, ast.stmt) for node in ast.walk(function)) - 1)
        > COMMAND_STATEMENTS
    }
    assert not too_long


def test_layers() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        check=False,
        timeout=60,
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    homes = [f"/{name}/".encode() for name in ("work", "root", "Users", "home")]
    files = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    naming = {
        path.relative_to(ROOT).as_posix(): home.decode()
        for path in files
        if path.is_file() and path.suffix != ".gguf"
        for home in homes
        if home in path.read_bytes()
    }
    assert not naming

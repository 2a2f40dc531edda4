"""The README keeps its word: its commands run, its exit codes are those of the code, links lead."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import qwq_cli.errors
from qwq_cli.errors import QwqError

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
CODE_ROWS = re.findall(r"^\| (\d+) \|", README, re.MULTILINE)
INSTALLS = "pip install "
NOT_ERRORS = {0, 130, 141}


def error_classes() -> Iterator[type[QwqError]]:
    """Every kind of error there is."""
    yield QwqError
    yield from (
        thing
        for thing in vars(qwq_cli.errors).values()
        if isinstance(thing, type) and issubclass(thing, QwqError) and thing is not QwqError
    )


def test_exit_codes_are_all_listed() -> None:
    assert {int(code) for code in CODE_ROWS} == NOT_ERRORS | {kind.code for kind in error_classes()}


def test_the_tree_of_errors_is_drawn() -> None:
    """The docstring of `errors` shows every class with its code."""
    drawn = re.findall(r"(\w+Error) +(\d+)", qwq_cli.errors.__doc__ or "")
    assert drawn == [(kind.__name__, str(kind.code)) for kind in error_classes()]


def test_install_commands_are_what_ci_runs() -> None:
    (tests,) = [line for block in BLOCKS for line in block.splitlines() if "pytest" in line]
    assert f'check "{tests}"' in (ROOT / ".ci" / "run").read_text("utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("block", [block for block in BLOCKS if not block.startswith(INSTALLS)])
def test_commands_run(block: str, tmp_path: Path) -> None:
    """Each block from its first line to its last, in an empty folder, as an ordinary user would."""
    scripts = Path(sys.executable).parent
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block],  # noqa: S607
        cwd=tmp_path,
        env={"PATH": f"{scripts}:/usr/bin:/bin", "HOME": str(tmp_path), "LANG": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_lead_somewhere(document: str) -> None:
    text = (ROOT / document).read_text("utf-8")
    links = re.findall(r"\]\(([^)#]+)", text)
    assert not [
        link for link in links if not link.startswith("https://") and not (ROOT / link).exists()
    ]


def test_rooms_that_are_described_exist() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    first_cells = re.findall(r"^\| (`.*?`) \|", text, re.MULTILINE)
    rooms = [room for cell in first_cells for room in re.findall(r"`([^`]+)`", cell)]
    assert len(rooms) > 8
    assert not [room for room in rooms if not (ROOT / "qwq_cli" / room).exists()]

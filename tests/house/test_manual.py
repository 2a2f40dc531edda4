"""man/ and completions/ are what the commands make of them, and the pages are well-formed roff."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docs.manual import COMMAND, FILES, ROOT, made
from docs.roff import escaped, tagged
from qwq_cli import paths
from qwq_cli.cli.tree import command_tree
from tests.house.test_readme import CODE_ROWS

MADE = made()
PAGES = {file.name: text for file, text in MADE.items() if file.suffix == ".1"}
CODES = {int(code) for code in CODE_ROWS} | {129, 143}
NASTY = (r"\fBno\fR", ".SH no", "'br", "--a-b", '"x"', "a\\", "~/.x^y`z`", "$(x) %s \\n", "方块5")


def needs(program: str) -> None:
    if shutil.which(program) is None:
        pytest.skip(f"no {program} here")


def test_what_is_committed_is_what_is_made() -> None:
    there = {
        file.relative_to(ROOT): file.read_text("utf-8")
        for folder in ("man", "completions")
        for file in (ROOT / folder).iterdir()
    }
    stale = [str(file) for file in there.keys() | MADE if there.get(file) != MADE.get(file)]
    assert not stale, f"run `make docs`, or `{COMMAND}`"


def test_every_command_option_and_argument_has_its_place() -> None:
    for command in command_tree().walk():
        page = PAGES["-".join(command.path[:2]) + ".1"]
        assert escaped(command.name) in page
        for option in command.options:
            assert all(rf"\fB{escaped(name)}\fR" in page for name in option.names), option.names
        for argument in command.arguments:
            assert rf"\fI{escaped(argument.placeholder)}\fR" in page


@pytest.mark.parametrize("name", PAGES)
def test_every_exit_code_is_listed(name: str) -> None:
    listed = re.findall(r"^\.TP\n\\fB(\d+)\\fR$", PAGES[name], re.MULTILINE)
    assert [int(code) for code in listed] == sorted(CODES)


@pytest.mark.skipif(sys.platform != "linux", reason="the manual tells of Linux")
def test_files_are_where_the_manual_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for variable in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    places = [
        each
        for name, each in vars(paths).items()
        if getattr(each, "__module__", "") == paths.__name__ and not name.startswith("_")
    ]
    told = {str(place()).replace(str(tmp_path), "~") for place in places if place is not paths.home}
    assert len(told) > 1
    assert told <= set(FILES), "docs/manual.py has a list of them"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_plain_ascii_and_no_text_of_it_steers_roff(name: str) -> None:
    text = PAGES[name]
    assert text.isascii()
    steering = set(re.findall(r"^[.'](\S+)", text, re.MULTILINE))
    assert steering <= {r"\"", "TH", "SH", "SS", "TP", "PP", "RS", "RE", "EX", "EE", "br"}
    assert set(re.findall(r"\\(f.|\(..|(?!\[u[0-9A-F]{4,6}\]).)", text)) <= {
        *("fB", "fI", "fR", "-", "&", '"'),
        *("(aq", "(ga", "(ha", "(ti", "(dq", "(rs"),
    }


@pytest.mark.parametrize("name", PAGES)
def test_mandoc_finds_no_fault(name: str) -> None:
    needs("mandoc")
    done = subprocess.run(
        ["mandoc", "-Tlint", "-Wwarning"],  # noqa: S607
        input=PAGES[name],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    faults = [line for line in done.stdout.splitlines() if "missing date" not in line]
    assert not faults


@pytest.mark.parametrize("command", [("mandoc", "-Tutf8"), ("groff", "-man", "-Tutf8", "-ww")])
def test_what_would_steer_roff_is_shown_as_it_is(command: tuple[str, ...]) -> None:
    needs(command[0])
    page = '.TH X 1 "" "" ""\n.SH NAME\nx\n' + "".join(
        f"{tagged(escaped(text), 'Text.')}\n" for text in NASTY
    )
    done = subprocess.run(
        command,
        input=page,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
        timeout=60,
    )
    shown = re.sub(r".\x08|\x1b\[[\d;]*m", "", done.stdout).replace("\N{MINUS SIGN}", "-")
    assert not done.stderr
    assert [text for text in NASTY if text not in shown] == []


@given(st.text())
def test_escaping_is_ascii_and_can_be_undone(text: str) -> None:
    roff = escaped(text)
    assert roff.isascii()
    names = {"rs": "\\", "aq": "'", "ga": "`", "ha": "^", "ti": "~", "dq": '"'}

    def read(found: re.Match[str]) -> str:
        name, code = found.groups()
        return names[name] if name else chr(int(code, 16)) if code else "-"

    assert re.sub(r"\\(?:\((..)|\[u([0-9A-F]+)\]|-)", read, roff) == text

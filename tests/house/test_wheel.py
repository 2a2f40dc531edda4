"""The wheel, built for real: quill and the man pages are in it, it stays small, nothing else."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        timeout=120,
    )
    (built,) = folder.glob("*.whl")
    return built


def test_quill_is_in_it(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        gguf = archive.read("qwq_cli/weights/quill/quill.gguf")
    assert gguf == (ROOT / "qwq_cli/weights/quill/quill.gguf").read_bytes()
    assert gguf.startswith(b"GGUF")


def test_it_is_small(wheel: Path) -> None:
    assert wheel.stat().st_size <= 4 * MEGABYTE


def test_it_holds_the_package_alone(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert {name.split("/")[0].split("-")[0] for name in names} == {"qwq_cli"}
    assert not [name for name in names if "__pycache__" in name]
    sources = {path.relative_to(ROOT).as_posix() for path in (ROOT / "qwq_cli").rglob("*.py")}
    assert sources <= set(names)


def test_pages_and_completions_are_installed_where_they_are_looked_for(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        shared = {
            name.partition(".data/data/share/")[2]: archive.read(name)
            for name in archive.namelist()
            if ".data/data/share/" in name
        }
    expected = {f"man/man1/{page.name}": page for page in (ROOT / "man").glob("*.1")} | {
        "bash-completion/completions/qwq": ROOT / "completions" / "qwq.bash",
        "zsh/site-functions/_qwq": ROOT / "completions" / "_qwq",
        "fish/vendor_completions.d/qwq.fish": ROOT / "completions" / "qwq.fish",
    }
    assert shared == {name: file.read_bytes() for name, file in expected.items()}

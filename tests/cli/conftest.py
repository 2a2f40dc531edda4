"""qwq run as others run it: by its command, in a home of its own."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

SLOW = """
import sys
from qwq_cli.cli import answering
from qwq_cli.cli.main import run
from qwq_cli.engines.scripted import Script, Scripted
from qwq_cli.errors import QwqError
from qwq_cli.request import Sampling
from qwq_cli.runtime import Opened
from qwq_cli.weights.profiles import Profile

fault = QwqError("the engine broke") if {fault!r} is not None else None
script = Script(takes=({text!r},), tokens_per_s={pace!r}, fault=fault, fault_at={fault!r} or 0)
profile = Profile("slow", "headings", Sampling())
answering.open_engine = lambda model, **_: Opened(Scripted(script), profile, 0.0)
raise SystemExit(run(sys.argv[1:]))
"""
THOUGHT = "".join(f"Thought number {number} goes on. " for number in range(400))


@dataclass(frozen=True, slots=True)
class Qwq:
    """Runs `python -m qwq_cli` with a bare environment and an empty home."""

    home: Path
    command: tuple[str, ...] = (sys.executable, "-m", "qwq_cli")

    @property
    def env(self) -> dict[str, str]:
        return {"HOME": str(self.home), "PATH": "/usr/bin:/bin", "TERM": "xterm"}

    def start(self, *arguments: str, **options: object) -> "subprocess.Popen[bytes]":
        streams = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE) | options
        return subprocess.Popen(  # type: ignore[call-overload, no-any-return]
            [*self.command, *arguments], env=self.env, cwd=self.home, **streams
        )

    def __call__(
        self, *arguments: str, stdin: bytes | str = b"", env: dict[str, str] | None = None
    ) -> "Done":
        done = subprocess.run(
            [*self.command, *arguments],
            input=stdin.encode() if isinstance(stdin, str) else stdin,
            capture_output=True,
            env=self.env | (env or {}),
            cwd=self.home,
            check=False,
            timeout=60,
        )
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())

    def slow(
        self, text: str = THOUGHT, fault: int | None = None, pace: float | None = 100.0
    ) -> "Qwq":
        """The same, with a model that says this at `pace` tokens a second, and breaks at the token
        `fault`.
        """
        code = SLOW.format(text=text, fault=fault, pace=pace)
        return Qwq(self.home, (sys.executable, "-c", code))


@dataclass(frozen=True, slots=True)
class Done:
    """How a run ended."""

    code: int
    out: str
    err: str

    def failed(self, code: int, *says: str) -> None:
        """It failed with this code, one clear line and nothing else."""
        assert (self.code, self.out) == (code, ""), self.err
        lines = self.err.splitlines()
        assert len(lines) == 1, self.err
        assert lines[0].startswith("qwq: ")
        for phrase in says:
            assert phrase in lines[0]


@pytest.fixture
def qwq(tmp_path: Path) -> Qwq:
    return Qwq(tmp_path)

"""How much CPU a start costs: `qwq --version`, `--help` and a whole `ask`, against other programs.

All run interleaved, in one environment, against a bare `python -c pass` of the same round. `llm`
is installed into a virtual environment of its own, unless `--llm` names one that is there. Goals:
`--version` at most 1.3 times bare Python, `--help` at most 8 times, and a whole `ask` on the card
puzzle, thinking included, cheaper than `llm --version`.
"""

import argparse
import subprocess
import sys
import tempfile
import textwrap
import venv
from collections.abc import Callable
from pathlib import Path

from benchmarks.measure import (
    Run,
    clean_environment,
    interleave,
    keep,
    median,
    paired_ratio,
    run,
    table,
    verdict,
)

BARE = "python -c pass"
ASK = "qwq ask --example cards --final"
LLM = "llm --version"
GOALS = {"qwq --version": 1.3, "qwq --help": 8.0}
TYPER_PROGRAM = '''
    """The smallest program with a command, an option and a version."""
    from typing import Annotated

    import typer

    app = typer.Typer()

    def show_version(wanted: bool) -> None:
        if wanted:
            print("minimal 1.0")
            raise typer.Exit

    @app.command()
    def main(
        name: str,
        version: Annotated[bool, typer.Option("--version", callback=show_version, is_eager=True)]
        = False,
    ) -> None:
        """Greet NAME."""
        print(name)

    app()
'''


def llm_command(given: str | None) -> str | None:
    """The path of an `llm`: the given one, or one that pip can fetch; None where it can't."""
    if given:
        return given
    folder = Path(tempfile.gettempdir()) / "qwq-benchmark-llm"
    command = folder / "bin" / "llm"
    if command.exists():
        return str(command)
    print(f"Installing llm into {folder}", file=sys.stderr)
    venv.create(folder, with_pip=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "llm"]
    done = subprocess.run(pip, check=False, capture_output=True, text=True, timeout=600)
    if done.returncode:
        print(f"llm could not be installed:\n{done.stderr}", file=sys.stderr)
        return None
    return str(command)


def solve(env: dict[str, str]) -> Run:
    """A whole `qwq ask`; its answer is looked at, since a fast failure is no merit."""
    done = run(ASK.split(), env)
    if done.stdout.strip() != "方块5":
        message = f"{ASK} answered {done.stdout!r}"
        raise SystemExit(message)
    return done


def cases(env: dict[str, str], folder: Path, llm: str | None) -> dict[str, Callable[[], float]]:
    """The commands to compare, each as a function that runs it and returns its CPU seconds."""
    minimal = folder / "minimal.py"
    minimal.write_text(textwrap.dedent(TYPER_PROGRAM), "utf-8")
    commands = {
        BARE: [sys.executable, "-c", "pass"],
        "qwq --version": ["qwq", "--version"],
        "qwq --help": ["qwq", "--help"],
        "minimal Typer --version": [sys.executable, str(minimal), "--version"],
        "minimal Typer --help": [sys.executable, str(minimal), "--help"],
    }
    if llm:
        commands[LLM] = [llm, "--version"]

    def cost(command: list[str]) -> Callable[[], float]:
        return lambda: run(command, env).cpu_s

    measured = {name: cost(command) for name, command in commands.items()}
    measured[ASK] = lambda: solve(env).cpu_s
    return measured


def report(figures: dict[str, tuple[float, ...]]) -> dict[str, object]:
    """Print the table; return what is to be kept."""
    rows = [("CPU of", "median ms", "x bare Python", "goal")]
    kept: dict[str, object] = {}
    for name, values in figures.items():
        ratio = paired_ratio(values, figures[BARE])
        goal = verdict(ratio, GOALS[name], at_most=True) if name in GOALS else ""
        entry: dict[str, object] = {"cpu_ms": median(values) * 1000, "times_bare_python": ratio}
        if name == ASK and LLM in figures:
            against = paired_ratio(values, figures[LLM])
            entry["times_llm_version"] = against
            goal = verdict(against, 1.0, at_most=True) + f" ({against:.2f} x {LLM})"
        kept[name] = entry
        rows.append((name, f"{median(values) * 1000:.1f}", f"{ratio:.2f}", goal))
    print(table(rows))
    return kept


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=15, help="runs of each (default: 15)")
    parser.add_argument("--llm", help="an llm that is there already")
    options = parser.parse_args()
    llm = llm_command(options.llm)
    if "import re\n" in Path(sys.executable).with_name("qwq").read_text("utf-8"):
        print("(An old pip made the start script: it loads `re` before qwq has its turn.)")
    with clean_environment() as env, tempfile.TemporaryDirectory() as folder:
        figures = interleave(cases(env, Path(folder), llm), options.rounds)
    kept = report(figures)
    print(f"\n{keep('startup', {'rounds': options.rounds, 'commands': kept})}")


if __name__ == "__main__":
    main()

"""What a start loads, seen from a fresh interpreter: slow libraries wait until they are used."""

import re
import subprocess
import sys

import pytest

SLOW = {
    "asyncio",
    "exllamav2",
    "httpx",
    "jinja2",
    "numpy",
    "prometheus_client",
    "prompt_toolkit",
    "rich.markdown",
    "sqlite3",
    "starlette",
    "torch",
    "uvicorn",
    "xllamacpp",
}
COMMAND_LINE = {"typer", "rich"}


def loaded(*arguments: str) -> set[str]:
    """Every module that `python ARGUMENTS` imports, but those that any Python start does."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
        timeout=60,
    )
    return set(re.findall(r"^import time:[^|]*\|[^|]*\| +(\S+)$", done.stderr, re.MULTILINE))


def test_the_method_sees_imports() -> None:
    assert {"decimal", "json"} <= loaded("-c", "import json, decimal")


def test_version_loads_nothing() -> None:
    modules = loaded("-m", "qwq_cli", "--version")
    assert "qwq_cli" in modules
    assert not modules & (SLOW | COMMAND_LINE)


@pytest.mark.parametrize("arguments", [("--help",), ("ask", "--help")])
def test_help_loads_no_engine(arguments: tuple[str, ...]) -> None:
    modules = loaded("-m", "qwq_cli", *arguments)
    assert "typer" in modules
    assert not modules & SLOW


def test_every_command_module_imports_fast() -> None:
    code = (
        "import importlib, pkgutil, qwq_cli.cli as cli\n"
        "for module in pkgutil.walk_packages(cli.__path__, 'qwq_cli.cli.'):\n"
        "    importlib.import_module(module.name)\n"
    )
    modules = loaded("-c", code)
    assert any(name.startswith("qwq_cli.cli.") for name in modules)
    assert not modules & SLOW

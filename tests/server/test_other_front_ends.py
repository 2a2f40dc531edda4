"""A front end that nobody here wrote talks to `qwq serve`: `llm`, by its own configuration."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

from qwq_cli.puzzles.examples import CARDS
from tests.server.conftest import Served

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("llm") is None, reason="llm is not installed"
)


def test_llm(served: Served, tmp_path: Path) -> None:
    model = {"model_id": "quill", "model_name": "quill", "api_base": f"{served.address}/v1"}
    # What is JSON is YAML.
    (tmp_path / "extra-openai-models.yaml").write_text(json.dumps([model]), "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "llm", "-m", "quill", "-u"],
        input=CARDS,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={"LLM_USER_PATH": str(tmp_path), "OPENAI_API_KEY": "none", "PATH": "/usr/bin:/bin"},
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "方块5"
    assert "reasoning_tokens" in done.stderr

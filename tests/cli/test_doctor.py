"""`qwq doctor`: on this machine as it is, and on machines that lack something."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from qwq_cli.cli import diagnosing
from qwq_cli.cli.diagnosing import Check
from qwq_cli.engines.exllama.machine import Machine
from qwq_cli.weights.card import Card, Cards
from qwq_cli.weights.catalogue import find_weights
from qwq_cli.weights.store import Store, Stored
from tests.cli.conftest import Qwq

GIB = 2**30
CARDS = Cards((Card("RTX", 24 * GIB, 23 * GIB, (8, 6)),), "570.86", "12.8")
FIT = Machine("0.3.2+cu128.torch2.9.0", "2.9.0+cu128", True, ((8, 6),), "2.8.3", "")  # noqa: FBT003


def models(home: Path) -> Store:
    return Store(home / ".local/share/qwq/models")


def test_a_machine_without_a_gpu_is_well(qwq: Qwq) -> None:
    done = qwq("doctor", "--json")
    record = json.loads(done.out)
    if any(check["name"] == "driver" for check in record["checks"]):
        pytest.skip("there is a GPU here")
    assert (done.code, done.err) == (0, "")
    assert record["ok"]
    states = {check["name"]: check["state"] for check in record["checks"]}
    assert states["llama.cpp"] == states["models"] == states["settings"] == "ok"
    assert states["GPU"] == "absent"
    told = qwq("doctor")
    assert told.code == 0
    assert "quill and GGUF models run here, on llama.cpp" in told.out
    assert "\x1b" not in told.out
    assert all(line.startswith(("ok  ", "-   ", "    ")) for line in told.out.splitlines())


def test_torch_is_not_loaded_into_this_process(qwq: Qwq) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "qwq_cli", "doctor"],
        capture_output=True,
        text=True,
        env=qwq.env,
        check=False,
        timeout=60,
    )
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "qwq_cli.cli.diagnosing" in loaded
    assert not loaded & {"torch", "exllamav2", "huggingface_hub", "numpy"}


def test_what_is_wrong_comes_with_what_mends_it(qwq: Qwq) -> None:
    config = qwq.home / ".config/qwq/config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('modle = "x"\n', "utf-8")
    store = models(qwq.home)
    kept = Stored("cut", "gguf", Path("cut.gguf"), 9, True)  # noqa: FBT003
    quill = find_weights("quill").path.read_bytes()
    (store.begin(kept) / "cut.gguf").write_bytes(quill[:-5000])
    store.finish(kept)
    store.begin(replace(kept, name="half"))
    done = qwq("doctor")
    assert done.code == 1
    wrong = [line for line in done.out.splitlines() if line.startswith("NO")]
    assert len(wrong) == 2
    assert "damaged GGUF file" in wrong[0]
    assert "config.toml:1: there is no setting 'modle'" in wrong[1]
    assert "-> qwq model rm cut, and get it again" in done.out
    assert "-> did you mean model?" in done.out
    assert "-> qwq model pull half, or rm it" in done.out


def exl2(monkeypatch: pytest.MonkeyPatch, machine: Machine | str) -> list[Check]:
    monkeypatch.setattr(diagnosing, "_ask_torch", lambda: machine)
    return [check for check in diagnosing.exl2(CARDS) if check.name == "EXL2"]


def test_packages_that_go_together(monkeypatch: pytest.MonkeyPatch) -> None:
    (check,) = exl2(monkeypatch, FIT)
    assert check.state == "ok"


@pytest.mark.parametrize(
    ("machine", "says"),
    [
        (replace(FIT, flash_attn=""), "flash-attn"),
        (replace(FIT, torch="2.8.0+cu128"), "does not match this torch"),
        (replace(FIT, exllamav2=""), "not installed"),
        ("torch can't be imported", "torch can't be imported"),
    ],
)
def test_packages_that_do_not(
    monkeypatch: pytest.MonkeyPatch, machine: Machine | str, says: str
) -> None:
    checks = exl2(monkeypatch, machine)
    assert {check.state for check in checks} == {"wrong"}
    assert says in checks[0].says
    assert all(check.todo for check in checks)


def test_another_process_looks_at_torch() -> None:
    """In this environment, whatever it has."""
    found = diagnosing._ask_torch()
    assert isinstance(found, Machine), found


def test_a_card_is_told_with_its_memory() -> None:
    driver, card = diagnosing.gpu(CARDS)
    assert driver.says == "NVIDIA 570.86, for CUDA up to 12.8"
    assert card.says == "RTX, compute capability 8.6, 23.0 of 24.0 GiB free"

"""`qwq model`: models pulled, killed in the middle, gone on with, used by name, and removed."""

import json
import os
import resource
import signal
import struct
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from qwq_cli.weights.catalogue import find_weights
from qwq_cli.weights.store import Store
from tests.cli.conftest import Done, Qwq
from tests.terminal import Process
from tests.weights.safes import exl2
from tests.weights.small_hub import SmallHub, small_hub

MIB = 2**20
QUILL = find_weights("quill").path.read_bytes()
# A chunk of the hub's client has ten MiB, so the file has several.
WEIGHTS = os.urandom(1 << 16) * (24 * MIB >> 16)
EXL2 = {
    "config.json": b"{}",
    "tokenizer.json": b"{}",
    "output.safetensors": WEIGHTS,
}


@pytest.fixture
def served() -> Iterator[SmallHub]:
    with small_hub() as hub:
        hub.repos["a/Tiny-GGUF", "main"] = {"tiny-q8_0.gguf": QUILL, "README.md": b"hm"}
        hub.repos["a/Big-exl2", "4_25"] = EXL2
        hub.repos["a/bare-exl2", "main"] = {"config.json": b"{}", "a.safetensors": b"x"}
        yield hub


@pytest.fixture
def online(qwq: Qwq, served: SmallHub) -> Qwq:
    """A qwq that pulls from the small hub."""

    class Online(Qwq):
        @property
        def env(self) -> dict[str, str]:
            return super().env | {"HF_ENDPOINT": served.endpoint}

    return Online(qwq.home, qwq.command)


def models(qwq: Qwq) -> Path:
    return qwq.home / ".local/share/qwq/models"


def names(qwq: Qwq) -> tuple[list[str], list[str]]:
    """What is here, and what is on its way."""
    store = Store(models(qwq))
    return [one.name for one in store.models()], [one.name for one in store.partials()]


def wait_for_part(qwq: Qwq, size: int) -> None:
    """Until so many bytes of the large file are on the disk."""
    part = models(qwq) / ".pulling/Big-exl2-4_25/output.safetensors.part"
    for _ in range(3000):
        if part.exists() and part.stat().st_size >= size:
            return
        Event().wait(0.01)
    pytest.fail("nothing came")


def test_a_gguf_is_pulled_and_used_by_name(online: Qwq) -> None:
    done = online("model", "pull", "a/Tiny-GGUF", "--name", "tiny")
    assert (done.code, done.out) == (0, ""), done.err
    size = find_weights("quill").path.stat().st_size
    assert f"pulling tiny: {size / 1e6:.1f} MB" in done.err
    assert 'qwq ask -m tiny "..."' in done.err
    assert "\x1b" not in done.err
    assert names(online) == (["tiny"], [])
    assert not [line for line in done.err.splitlines() if not line.startswith("qwq: ")]
    assert online("ask", "-m", "tiny", "--example", "cards", "--final").out == "方块5\n"
    again = online("model", "pull", "a/Tiny-GGUF", "--name", "tiny")
    assert again.code == 0
    assert "tiny is here already" in again.err
    shown = json.loads(online("model", "show", "tiny", "--json").out)
    assert (shown["repo"], shown["revision"], shown["format"]) == ("a/Tiny-GGUF", "main", "gguf")
    assert len(shown["commit"]) == 40


def test_a_pull_survives_being_killed_and_interrupted(online: Qwq, served: SmallHub) -> None:
    pull = ("model", "pull", "a/Big-exl2", "--revision", "4_25")
    served.hold_after = 16 * MIB
    first = online.start(*pull)
    wait_for_part(online, 10 * MIB)
    first.kill()
    first.communicate()
    assert names(online) == ([], ["Big-exl2-4_25"])

    served.hold_after = 12 * MIB
    second = online.start(*pull)
    wait_for_part(online, 20 * MIB)
    second.send_signal(signal.SIGINT)
    _, err = second.communicate(timeout=30)
    assert second.returncode == 130
    assert b"what came is kept" in err
    assert names(online) == ([], ["Big-exl2-4_25"])

    served.hold_after = None
    done = online("model", "pull", "Big-exl2-4_25")  # by now it has a name
    assert done.code == 0, done.err
    assert names(online) == (["Big-exl2-4_25"], [])
    starts = [one.range for one in served.sent("output.safetensors")]
    assert starts[0] == ""
    assert [int(start[6:-1]) // (10 * MIB) for start in starts[1:]] == [1, 2]
    file = models(online) / "Big-exl2-4_25/output.safetensors"
    assert file.read_bytes() == WEIGHTS
    assert not list(models(online).rglob("*.part"))


def limited() -> None:
    """No file of this process may grow beyond twelve MiB: a disk that is full."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (12 * MIB, 12 * MIB))


def test_a_full_disk_loses_nothing_even_where_the_branch_moves_on(
    online: Qwq, served: SmallHub
) -> None:
    pull = ("model", "pull", "a/Big-exl2", "--revision", "4_25", "--name", "big")
    process = online.start(*pull, preexec_fn=limited)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 1
    Done(1, out.decode(), err.decode().splitlines()[-1]).failed(1, "the disk is full", "pull again")
    assert names(online) == ([], ["big"])
    # (as long as before, so that only its checksum tells)
    served.repos["a/Big-exl2", "4_25"] = EXL2 | {"config.json": b"[]"}
    assert online(*pull).code == 0
    assert [bool(one.range) for one in served.sent("output.safetensors")] == [False, True]
    assert (models(online) / "big/output.safetensors").read_bytes() == WEIGHTS
    assert (models(online) / "big/config.json").read_bytes() == b"[]"


def test_the_catalogue_suits_the_machine(online: Qwq, served: SmallHub) -> None:
    served.repos["Qwen/QwQ-32B-GGUF", "main"] = {"qwq-32b-q4_k_m.gguf": QUILL}
    done = online("model", "pull", "qwq-32b")
    assert done.code == 0, done.err
    assert "qwq-32b-q4_k_m is taken: a GGUF, which runs without a GPU" in done.err
    assert names(online)[0] == ["qwq-32b-q4_k_m"]
    offers = json.loads(online("model", "list", "--all", "--json").out)["offers"]
    states = {offer["name"]: offer["state"] for offer in offers}
    assert {name for name, state in states.items() if state} == {"qwq-32b-q4_k_m"}


def test_bad_names(online: Qwq) -> None:
    online("model", "pull", "qwq-32").failed(66, "did you mean qwq-32b")
    online("model", "pull", "a/bare-exl2").failed(65, "has no tokenizer.json")
    online("model", "pull", "qwq-32b", "--file", "x.gguf").failed(2, "OWNER/NAME")
    online("model", "pull", "a/Tiny-GGUF", "--name", "quill").failed(2, "ships with qwq")
    online("model", "use", "nothing").failed(66, "no model called 'nothing'")
    online("model", "rm", "nothing").failed(2, "add --yes")


def test_without_a_network(qwq: Qwq) -> None:
    away = {"HF_ENDPOINT": "http://127.0.0.1:9"}
    qwq("model", "pull", "qwq-32b-q4_k_m", env=away).failed(69, "can't reach", "goes on")
    offline = {"HF_HUB_OFFLINE": "1"}
    qwq("model", "pull", "qwq-32b-q4_k_m", env=offline).failed(69, "HF_HUB_OFFLINE is set")


def test_a_model_is_added_used_and_removed(qwq: Qwq) -> None:
    file = qwq.home / "mine-q8_0.gguf"
    file.write_bytes(QUILL)
    added = qwq("model", "add", "mine-q8_0.gguf")
    assert added.code == 0, added.err
    used = qwq("model", "use", "mine-q8_0")
    assert (used.code, len(used.err.splitlines())) == (0, 1)
    overruled = qwq("model", "use", "mine-q8_0", env={"QWQ_MODEL": "quill"})
    assert "but here it is quill, by environment QWQ_MODEL" in overruled.err
    record = json.loads(qwq("model", "list", "--json").out)
    assert record["default"] == "mine-q8_0"
    assert [one["name"] for one in record["models"]] == ["quill", "mine-q8_0"]
    assert "mine-q8_0 (default)" in qwq("model", "list").out
    assert qwq("ask", "--example", "cards", "--final").out == "方块5\n"
    removed = qwq("model", "rm", "mine-q8_0", "--yes")
    assert removed.code == 0
    assert "it was the default model" in removed.err
    assert file.exists()
    assert names(qwq) == ([], [])


def test_a_model_on_a_server_is_used_by_name(qwq: Qwq) -> None:
    qwq("model", "use", "openai/x").failed(78, "which server is meant is not set", "--base-url")
    qwq("model", "use", "lab").failed(66, "no model called 'lab'")
    for name, value in (("servers.lab.base_url", "http://127.0.0.1:9"), ("servers.lab.model", "m")):
        assert qwq("config", "set", name, value).code == 0
    for name in ("lab", "lab/other"):
        used = qwq("model", "use", name)
        assert (used.code, len(used.err.splitlines())) == (0, 1), used.err
        qwq("ask", "x").failed(69, "no server at http://127.0.0.1:9/v1")
    overruled = qwq("model", "use", "lab", env={"QWQ_BASE_URL": "http://127.0.0.1:8"})
    assert "lab is the default model now" in overruled.err
    assert qwq("model", "use", "quill").code == 0
    assert qwq("ask", "--example", "cards", "--final").out == "方块5\n"


def test_on_a_terminal_what_is_gone_or_damaged_is_removed_too(qwq: Qwq) -> None:
    """That is the remedy that its own error names."""
    note = models(qwq) / "mine/qwq.json"
    for damaged in (False, True):
        file = qwq.home / "mine.gguf"
        file.write_bytes(QUILL)
        assert qwq("model", "add", str(file)).code == 0
        file.unlink()
        if damaged:
            note.write_text("{", "utf-8")
        process = Process([*qwq.command, "model", "rm", "mine"], qwq.env)
        process.until(lambda terminal: "Remove mine? [y/N]" in terminal.text)
        process.type(b"y\n")
        assert process.end() == 0
        assert not note.exists()


def test_a_folder_is_added_and_shown(qwq: Qwq) -> None:
    exl2(qwq.home / "Some-exl2")
    assert qwq("model", "add", "Some-exl2", "--name", "some").code == 0
    shown = json.loads(qwq("model", "show", "some", "--json").out)
    assert (shown["format"], shown["trained_tokens"]) == ("exl2", 4096)
    assert 4 < shown["bits"] < 4.5
    fit = json.loads(qwq("model", "fit", "some", "--vram", "24", "--json").out)
    assert fit["measured"]
    assert fit["choice"]["cache"] == "fp16"


def test_what_can_not_be_added(qwq: Qwq) -> None:
    home = qwq.home
    folder = exl2(home / "cut")
    weights = folder / "output.safetensors"
    whole = weights.read_bytes()
    weights.write_bytes(whole[:-100])
    qwq("model", "add", "cut").failed(65, "output.safetensors", "100 bytes are missing")
    weights.write_bytes(b"GGUF" + struct.pack("<I", 3) + bytes(100))
    qwq("model", "add", "cut").failed(65, "is a GGUF file under another name")
    weights.write_bytes(whole)
    (folder / "tokenizer.json").unlink()
    qwq("model", "add", "cut").failed(65, "incomplete", "tokenizer.json is missing")
    weights.rename(home / "renamed.gguf")
    qwq("model", "add", "renamed.gguf").failed(65, "is not a GGUF file")
    exl2(home / "exl3")
    config = json.loads((home / "exl3/config.json").read_text("utf-8"))
    config["quantization_config"] = {"quant_method": "exl3"}
    (home / "exl3/config.json").write_text(json.dumps(config), "utf-8")
    qwq("model", "add", "exl3").failed(69, "ExLlamaV3")
    qwq("model", "add", "cut/output.safetensors").failed(66, "no such file")
    (home / "short.gguf").write_bytes(QUILL[:-1000])
    qwq("model", "add", "short.gguf").failed(65, "damaged GGUF file")
    qwq("model", "add", "none.gguf").failed(66, "no such model file")
    qwq("model", "add", ".").failed(66, "a folder")
    assert names(qwq) == ([], [])


def test_fit_without_a_model(qwq: Qwq) -> None:
    done = qwq("model", "fit", "--vram", "24")
    assert done.code == 0, done.err
    assert "4.25  q8     18.6   19.7    21.9" in done.out
    assert "5.00  q4     20.8   21.4    (22.6)" in done.out
    assert "4.25 bits a weight, a q8 cache, 32,768 tokens: 21.9 GiB of 22.5 GiB" in done.out
    assert done.out.endswith("qwq model pull qwq-32b-4.25bpw\n")
    headless = json.loads(qwq("model", "fit", "--vram", "24", "--headless", "--json").out)
    assert (headless["choice"]["bits"], headless["pull"]) == (4.5, "qwq-32b-4.5bpw")
    long = json.loads(qwq("model", "fit", "--vram=24", "--context=65536", "--json").out)
    assert long["choice"]["context_tokens"] == 65_536
    assert long["choice"]["bytes"]["total"] <= long["choice"]["budget_bytes"]


def test_fit_that_can_not_be(qwq: Qwq) -> None:
    done = qwq("model", "fit", "--vram", "8")
    assert done.code == 75
    assert done.err.count("\n") == 1
    assert "QwQ-32B does not fit the GPU" in done.err
    assert json.loads(qwq("model", "fit", "--vram=8", "--json").out)["choice"] is None
    qwq("model", "fit", "--params", "gpt-9", "--vram", "24").failed(66, "no known model 'gpt-9'")
    qwq("model", "fit", "quill", "--vram", "24").failed(2, "quill is a GGUF")
    qwq("model", "fit", "--vram", "nan").failed(2, "'--vram': nan is no number")
    qwq("model", "fit", "a", "--params", "b").failed(2, "exclude each other")
    qwq("model", "fit", "--vram=24", "--context=999999").failed(2, "trained for 131,072")

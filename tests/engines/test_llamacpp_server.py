"""How the server behind the llama.cpp engine is kept in: no open door, no noise, clear faults."""

import http.client
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from qwq_cli.engines import llamacpp_server
from qwq_cli.engines.gguf import read_header
from qwq_cli.engines.llamacpp import LlamaCpp
from qwq_cli.errors import BadInputError, UnavailableError, UsageError
from qwq_cli.weights.catalogue import find_weights
from tests.engines.ggufs import toy

QUILL = find_weights("quill").path


def patched(path: Path, old: bytes, new: bytes) -> Path:
    """A copy of quill with some of its header's bytes replaced."""
    content = QUILL.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new, 1))
    return path


def test_nobody_can_connect(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = {c.laddr for c in psutil.Process().net_connections() if c.status == "LISTEN"}
    engine = LlamaCpp(QUILL, context_tokens=256)
    after = {c.laddr for c in psutil.Process().net_connections() if c.status == "LISTEN"}
    address = engine._server.listening_address
    engine.close()
    assert after == before
    assert address.startswith("unix://")
    assert not os.path.lexists(address.removeprefix("unix://"))
    assert list(tmp_path.iterdir()) == []


def test_without_private_sockets_a_key_guards_the_port(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    engine = LlamaCpp(QUILL, context_tokens=256)
    address = urlsplit(engine._server.listening_address)
    assert address.hostname == "127.0.0.1"
    try:
        for path in ("/completion", "/v1/chat/completions", "/tokenize", "/apply-template"):
            connection = http.client.HTTPConnection("127.0.0.1", address.port or 0, timeout=10)
            connection.request("POST", path, '{"prompt": "x", "content": "x", "n_predict": 1}')
            assert connection.getresponse().status == 401
            connection.close()
        for path in ("/slots", "/props", "/metrics", "/"):
            connection = http.client.HTTPConnection("127.0.0.1", address.port or 0, timeout=10)
            connection.request("GET", path)
            assert connection.getresponse().status in {401, 404}
            connection.close()
    finally:
        engine.close()


@pytest.mark.parametrize("broken", [False, True])
def test_nothing_is_printed(tmp_path: Path, broken: bool) -> None:
    """By anybody, C++ included; a process of its own shows its real streams."""
    model = patched(tmp_path / "m.gguf", b"qwen2", b"qwen9") if broken else QUILL
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from qwq_cli.engines.llamacpp import LlamaCpp\n"
        "from qwq_cli.errors import QwqError\n"
        "from qwq_cli.request import Message, Sampling\n"
        "try:\n"
        "    engine = LlamaCpp(Path(sys.argv[1]))\n"
        "    prompt = engine.render((Message('user', 'x'),))\n"
        "    list(engine.start(prompt, Sampling(), 20))\n"
        "except QwqError:\n"
        "    sys.exit(7)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, model], capture_output=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout, done.stderr) == (7 if broken else 0, b"", b"")


def test_a_model_that_llamacpp_does_not_know(tmp_path: Path) -> None:
    odd = patched(tmp_path / "odd.gguf", b"qwen2", b"qwen9")
    with pytest.raises(BadInputError, match="its architecture 'qwen9' is unknown"):
        LlamaCpp(odd)


def test_damaged_weights(tmp_path: Path) -> None:
    short = tmp_path / "short.gguf"
    short.write_bytes(QUILL.read_bytes()[:-100_000])
    with pytest.raises(BadInputError, match="bytes are missing at its end"):
        LlamaCpp(short)


@pytest.mark.skipif(sys.platform != "linux", reason="limits memory as Linux does")
def test_too_little_memory(tmp_path: Path) -> None:
    """In a process that may take two gigabytes, a context that takes four: the file claims to be
    trained for it.
    """
    key = b"qwen2.context_length" + (4).to_bytes(4, "little")
    trained = read_header(QUILL).context_tokens
    huge = patched(
        tmp_path / "huge.gguf",
        key + trained.to_bytes(4, "little"),
        key + (2**20).to_bytes(4, "little"),
    )
    program = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from qwq_cli.engines.llamacpp import LlamaCpp\n"
        "from qwq_cli.errors import BusyError\n"
        "resource.setrlimit(resource.RLIMIT_AS, (2 * 2**30, 2 * 2**30))\n"
        "try:\n"
        "    LlamaCpp(Path(sys.argv[1]), context_tokens=2**20)\n"
        "except BusyError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, huge], capture_output=True, check=False, timeout=60
    )
    assert b"not enough memory for a context of 1,048,576 tokens" in done.stdout
    assert done.stderr == b""


@pytest.mark.parametrize("wanted", [0, -1, 10**9])
def test_contexts_out_of_range(wanted: int) -> None:
    with pytest.raises(UsageError, match="was trained for"):
        LlamaCpp(QUILL, context_tokens=wanted)


def test_a_model_without_a_template(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="no chat template"):
        LlamaCpp(toy(tmp_path / "bare.gguf", []))


def test_xllamacpp_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    with pytest.raises(UnavailableError, match="pip install xllamacpp"):
        LlamaCpp(QUILL)


def test_threads() -> None:
    assert llamacpp_server.default_threads(2**20) == 1
    cores = llamacpp_server.default_threads(2**34)
    assert 1 <= cores <= (os.cpu_count() or 1)


def test_engines_can_be_dropped_as_soon_as_they_are_loaded() -> None:
    """A server whose loop has not begun would never end."""
    for _ in range(20):
        LlamaCpp(QUILL, context_tokens=256).close()


@pytest.mark.parametrize("end", ["pass", "sys.exit(0)", "decoding.rewind(0); sys.exit(0)"])
def test_python_may_end_in_the_middle_of_a_text(end: str) -> None:
    """Nobody closes anything; a thread still in C++ would take the process down."""
    program = (
        "import sys\n"
        "from qwq_cli.request import Message, Sampling\n"
        "from qwq_cli.runtime import open_engine\n"
        "engine = open_engine().engine\n"
        "prompt = engine.render((Message('user', '红桃A'),))\n"
        "decoding = engine.start(prompt, Sampling(50.0, 1.0, 0, 0.0, 1), None)\n"
        "next(iter(decoding))\n"
        f"{end}\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")

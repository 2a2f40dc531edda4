"""xllamacpp's server and its streams: loads a model, runs one completion at a time.

The only module that imports xllamacpp. Knows its parameters and the shape of its faults; does
not know prompts, tokens' meaning or rewinds.

The server insists on an HTTP listener. It gets a socket in a folder that only this user may
enter, and which is removed as soon as the socket is bound, so that nobody can ever connect; where
there are no such sockets, a loopback port; and a random key in any case.
"""

import contextlib
import json
import os
import queue
import socket
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from qwq_cli.engines.gguf import SMALL_MODEL, Header
from qwq_cli.errors import BadInputError, BusyError, QwqError, UnavailableError

_PROBE_CONTEXT = 256
"""Tokens. A model that loads with this, and not with what was asked, lacks memory."""

_SOCKET_PATH = 100
"""Bytes of a path that fit into a socket's address everywhere."""

_LULL_S = 0.004
"""How long a reader lets messages gather after it has read all there were. Waking it for each
token of a fast model costs that model a tenth of its speed; nobody sees four milliseconds."""


def load(header: Header, context: int, threads: int | None, parallel: int = 1) -> Any:  # noqa: ANN401 - no types
    """A server that holds the model, with a context for each of so many completions at once.
    Prints nothing. Raises as LlamaCpp says.
    """
    try:
        import xllamacpp
    except ImportError as error:
        raise UnavailableError(
            "llama.cpp is not installed", str(error), "pip install xllamacpp"
        ) from error
    threads = threads or default_threads(header.size_bytes)
    try:
        return _serve(xllamacpp, header.path, context * parallel, threads, parallel)
    except (RuntimeError, MemoryError) as error:
        # The library says only that it failed; a second try tells why.
        if context > _PROBE_CONTEXT and _loads_small(xllamacpp, header.path, threads):
            several = f"{parallel} contexts" if parallel > 1 else "a context"
            fewer = "fewer at once" if parallel > 1 else "a smaller context"
            raise BusyError(
                f"not enough memory for {several} of {context:,} tokens",
                todo=f"ask for {fewer}, or free memory",
            ) from error
        raise BadInputError(
            f"llama.cpp can't load {header.path}",
            f"it is damaged, or its architecture '{header.architecture}' is unknown to it",
            "download it again, or update xllamacpp",
        ) from error


def _loads_small(xllamacpp: Any, path: Path, threads: int) -> bool:  # noqa: ANN401
    with contextlib.suppress(RuntimeError, MemoryError):
        _serve(xllamacpp, path, _PROBE_CONTEXT, threads)
        return True
    return False


def _serve(xllamacpp: Any, path: Path, context: int, threads: int, parallel: int = 1) -> Any:  # noqa: ANN401
    with _private_address() as address:
        params = parameters(path, context, threads, address)
        params.n_parallel = parallel
        server = xllamacpp.Server(params)
    # A server that is dropped before its loop has begun waits for that loop for ever: an empty
    # completion comes back when it has.
    server.handle_completions({"prompt": "", "max_tokens": 0})
    return server


def parameters(path: Path, context: int, threads: int, address: str = "127.0.0.1") -> Any:  # noqa: ANN401
    """The `CommonParams` that a model is served with; `address` is where the server listens."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    on_cpu = xllamacpp.get_system_info().startswith("CPU")
    params.model.path = str(path)
    if path.stat().st_size < SMALL_MODEL:
        params.load_mode = xllamacpp.llama_load_mode.LLAMA_LOAD_MODE_NONE  # read, not mapped
    params.n_ctx = context
    params.n_parallel = 1
    # A cancelled prefill ends with its batch, so on a slow device batches are small.
    params.n_batch = params.n_ubatch = 128 if on_cpu else 512
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    params.n_gpu_layers = 0 if on_cpu else -1
    params.fit_params = not on_cpu
    params.warmup = False
    params.verbosity = 0
    params.cache_ram_mib = 0
    params.slot_prompt_similarity = 0.0
    params.enable_chat_template = False
    params.ui = params.endpoint_slots = False
    params.n_threads_http = 1
    params.api_keys = [os.urandom(32).hex()]
    params.hostnames = [address]
    return params


@contextlib.contextmanager
def _private_address() -> Iterator[str]:
    """Where to bind: a socket that is out of everybody's reach as soon as this ends."""
    folder = None
    if hasattr(socket, "AF_UNIX"):
        with contextlib.suppress(OSError):
            folder = tempfile.mkdtemp(prefix="qwq-")
    address = os.path.join(folder, "s.sock") if folder else ""  # noqa: PTH118 - pathlib is slower
    try:
        yield address if 0 < len(os.fsencode(address)) <= _SOCKET_PATH else "127.0.0.1"
    finally:
        if folder:
            with contextlib.suppress(OSError):
                Path(address).unlink()
            with contextlib.suppress(OSError):
                Path(folder).rmdir()


def default_threads(size_bytes: int) -> int:
    """One for each core that this process may use; generation gains nothing from hyper-threads.

    One for a small model: a second adds a quarter to its speed on an idle machine, at half as much
    work again, and beside other work the two wait for each other and crawl.
    """
    try:
        usable = os.sched_getaffinity(0)
        siblings = {
            Path(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list").read_text()
            for cpu in usable
        }
        cores = len(siblings)
    except (OSError, AttributeError):
        cores = os.cpu_count() or 1
    return 1 if size_bytes < SMALL_MODEL else cores


class Run:
    """One streamed completion, on a thread of its own."""

    def __init__(self, server: Any, body: bytes) -> None:  # noqa: ANN401
        """Start it and wait until the server has accepted the prompt; raises what it says."""
        self._messages: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._stopped = False
        self._lull = threading.Lock()
        self._lull.acquire()
        self._thread = threading.Thread(
            target=self._work, args=(server, body), name="llama.cpp", daemon=True
        )
        self._thread.start()
        with contextlib.ExitStack() as undo:
            # Nobody gets hold of a run that fails here, so nobody else would wait for its thread,
            # and one that is still in C++ when Python ends takes the whole process down.
            undo.callback(self.join)
            undo.callback(self.stop)
            self._first = first = self._next()
            if first is None or "prompt_progress" not in first:
                raise QwqError("llama.cpp gave no answer")
            undo.pop_all()
        self.prompt_tokens: int = first["prompt_progress"]["total"]
        self.cached_tokens: int = first["prompt_progress"]["cache"]

    def chunks(self) -> Iterator[dict[str, Any]]:
        """Every message, as they come, the first included; ends early once stopped."""
        chunk: dict[str, Any] | None = self._first
        while chunk is not None and not self._stopped:
            yield chunk
            if chunk["__verbose"]["stop"]:
                return
            if self._messages.empty() and "prompt_progress" not in chunk:
                self._lull.acquire(timeout=_LULL_S)
            chunk = self._next()
        if not self._stopped:
            raise QwqError("llama.cpp ended in the middle of a text")

    def stop(self) -> None:
        """Cancel. Waits for nothing, and takes no lock, so a signal handler may call it."""
        self._stopped = True
        self._wake()

    def join(self) -> None:
        """Wait until the thread is done."""
        self._thread.join()

    def _work(self, server: Any, body: bytes) -> None:  # noqa: ANN401
        try:
            server.handle_completions(body, self._take)
        finally:
            self._wake()

    def _wake(self) -> None:
        """Nothing more will come: no reader waits any longer."""
        self._messages.put(None)
        with contextlib.suppress(RuntimeError):  # released before
            self._lull.release()

    def _take(self, message: bytes) -> bool:
        """The server's callback, for each message; true ends the completion."""
        self._messages.put(message)
        return self._stopped

    def _next(self) -> dict[str, Any] | None:
        message = self._messages.get()
        if message is None:
            return None
        chunk: dict[str, Any] = json.loads(message)
        if "error" in chunk:
            raise _fault(chunk["error"])
        return chunk


def _fault(error: dict[str, Any]) -> QwqError:
    """What the server's error means for a person."""
    message = str(error.get("message", error))
    if error.get("type") == "exceed_context_size_error":
        return BadInputError(
            "the prompt is too long",
            f"it has {error['n_prompt_tokens']:,} tokens, and the model's context holds "
            f"{error['n_ctx']:,}",
            "shorten it",
        )
    if "memory" in message or "alloc" in message:
        return BusyError("llama.cpp is out of memory", message)
    return QwqError("llama.cpp failed", message)

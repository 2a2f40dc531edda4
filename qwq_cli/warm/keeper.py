"""Finding, starting, replacing and stopping warm servers.

Knows processes, and what a server says of itself. Does not know what is asked of one.

A server listens before it loads, so whoever finds its socket waits for it; the lock is held only
until there is one. Where a server ended instead, its exit code and its last line are the error that
loading here would have been.
"""

import contextlib
import fcntl
import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from time import monotonic
from typing import Any, Final

from qwq_cli import __version__, errors
from qwq_cli.errors import BusyError, QwqError, UnavailableError
from qwq_cli.warm.place import Load, Place
from qwq_cli.warm.wire import GoneError, Said, SilentError, Wire

PARTING_S: Final = 3.0
"""How long a server that is stopped may go on with what runs."""
_LISTENS_S = 60.0
"""Within which a new process has to listen; loading comes after that."""
_TICK_S = 0.02
_PROBE_S = 1.0
_KILLED_S = 10.0
_TRIES = 3


class NoPlaceError(UnavailableError):
    """There is no place for a server's files."""


@dataclass(frozen=True, slots=True)
class State:
    """What is known of a server. `told` is what it says of itself, None while it loads or hangs."""

    place: Place
    pid: int | None
    told: Mapping[str, Any] | None = None

    @property
    def version(self) -> str:
        """Of its qwq, "" where it does not say."""
        return str((self.told or {}).get("version", ""))

    @property
    def idle(self) -> bool:
        """Whether it has nothing to do."""
        told = self.told or {}
        return self.told is not None and not told.get("running") and not told.get("waiting")


class Keeper:
    """The warm server of one model, whether it runs or not. `environ` is what it is started in."""

    def __init__(
        self, place: Place, load: Load, keep_alive_s: float, environ: Mapping[str, str]
    ) -> None:
        self.place = place
        self._load = load
        self._keep_alive_s = keep_alive_s
        self._environ = environ
        self._process: subprocess.Popen[bytes] | None = None

    def ready(self) -> bool:
        """Find it, or start it, and wait until it is loaded; returns whether it was started.

        Raises what loading here would, BusyError where one of another version is at work,
        NoPlaceError, and QwqError where it ended without a word.
        """
        for attempt in range(_TRIES):
            started = self._find_or_start()
            try:
                said = self._await_loaded()
            except GoneError:
                if started or attempt == _TRIES - 1:
                    raise self._ended() from None
                continue  # it was about to end when it was found
            if said.version == __version__:
                return started
            self._replace(said)
        raise BusyError("the model's warm server won't stay", "", "see `qwq ps`")

    def wire(self, timeout_s: float | None) -> Wire:
        """A connection, None for one that waits for ever; raises GoneError and SilentError."""
        return Wire(self.place.socket, timeout_s)

    def _find_or_start(self) -> bool:
        try:
            private(self.place.folder)
            with locked(self.place):
                if self._answers():
                    return False
                self._start()
                self._await_listening()
        except OSError as error:
            raise NoPlaceError(
                "the model can't be kept warm",
                f"{self.place.folder}: {error.strerror or error}",
                "mend that, or `qwq config set warm off`",
            ) from error
        return True

    def _answers(self) -> bool:
        try:
            with self.wire(_PROBE_S):
                return True
        except SilentError:
            return True
        except GoneError:
            return False

    def _start(self) -> None:
        command = [sys.executable, "-m", "qwq_cli", "serve", "-m", self._load.model]
        command += ["--socket", str(self.place.socket), "--grace", f"{PARTING_S:g}"]
        command += ["--keep-alive", f"{self._keep_alive_s:g}", "--bare"]
        if self._load.parallel is not None:
            command += ["--parallel", str(self._load.parallel)]
        with self.place.log.open("wb") as log:
            self.place.log.chmod(0o600)
            self._process = subprocess.Popen(  # noqa: S603 - it is qwq itself
                command,
                cwd="/",
                env=self._surroundings(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _surroundings(self) -> dict[str, str]:
        """The environment, with the settings of the load alone: others come with each question."""
        load = {"QWQ_CACHE": self._load.cache, "QWQ_DRAFT": self._load.draft}
        if self._load.context is not None:
            load["QWQ_CONTEXT"] = str(self._load.context)
        environ = {name: text for name, text in self._environ.items() if name[:4] != "QWQ_"}
        return environ | load

    def _await_listening(self) -> None:
        until = monotonic() + _LISTENS_S
        while not self._answers():
            if self._process is not None and self._process.poll() is not None:
                raise self._ended()
            if monotonic() > until:
                raise QwqError(
                    "the model's server does not begin to listen", self.place.last_words()
                )
            pass_time(_TICK_S)

    def _await_loaded(self) -> Said:
        # However long it takes: it loads or hangs, so it is there. To ask anew each second would
        # fill the queue of a socket that nobody takes from.
        with self.wire(None) as wire:
            return wire.ask("/health")

    def _replace(self, said: Said) -> None:
        """One of another version makes way, if it has nothing to do."""
        with locked(self.place):
            state = look(self.place)
            if state is None or state.version == __version__:
                return
            if not state.idle:
                raise BusyError(
                    "the model's warm server is of another qwq",
                    f"it is {said.version or 'an unknown one'}, this is {__version__}; it is busy",
                    "wait until it is done, or `qwq stop` it",
                )
            stop(state)

    def _ended(self) -> QwqError:
        """What it said at its end, as the error that it would have been here."""
        words = self.place.last_words()
        code = None
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                code = self._process.wait(PARTING_S)
        if code is not None and code > 0 and words:
            line = words.rpartition(" / ")[2].removeprefix("qwq: ")
            return _kind(code)(line)
        how = f"signal {-code} ended it" if code is not None and code < 0 else "it ended"
        told = f"; its log ends with: {words}" if words else " without a word"
        return QwqError(
            "the model's warm server did not start", f"{how}{told}", "try QWQ_WARM=off qwq ask ..."
        )


def _kind(code: int) -> type[QwqError]:
    kinds = [each for each in vars(errors).values() if isinstance(each, type)]
    return next(
        (each for each in kinds if issubclass(each, QwqError) and each.code == code), QwqError
    )


def private(folder: Path) -> None:
    """Make it a folder that only this user may enter; raises OSError, and NoPlaceError for what is
    somebody else's.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise NoPlaceError("the model can't be kept warm", f"{folder} is not yours")
    if found.st_mode & 0o077:
        folder.chmod(0o700)


@contextlib.contextmanager
def locked(place: Place) -> Iterator[None]:
    """Nobody else finds, starts or stops this server meanwhile."""
    descriptor = os.open(place.lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def look(place: Place, timeout_s: float = _PROBE_S) -> State | None:
    """What is there; None where nobody is."""
    try:
        with Wire(place.socket, timeout_s) as wire:
            pid = wire.pid
            try:
                said = wire.ask("/health")
            except SilentError:
                return State(place, pid)
            ours = said.status in {HTTPStatus.OK, HTTPStatus.SERVICE_UNAVAILABLE}
            return State(place, pid, said.record if ours else None)
    except SilentError:
        return State(place, None)
    except GoneError:
        return None


def clear(place: Place) -> None:
    """Remove the socket of one that is dead."""
    with locked(place):
        try:
            with contextlib.suppress(SilentError):
                Wire(place.socket, _PROBE_S).close()
        except GoneError:
            place.socket.unlink(missing_ok=True)


def stop(state: State) -> None:
    """End it, with a little time for what runs, and wait until it has gone, and its memory is free.
    To be called under the place's lock.

    Raises QwqError where that can't be done.
    """
    if state.pid is None:
        raise QwqError(f"can't stop {state.place.name}", "the system does not tell its process")
    for signum, seconds in ((signal.SIGTERM, PARTING_S + _KILLED_S), (signal.SIGKILL, _KILLED_S)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(state.pid, signum)
        until = monotonic() + seconds
        while monotonic() < until:
            if not _lives(state.pid):
                state.place.socket.unlink(missing_ok=True)
                return
            pass_time(_TICK_S)
    raise QwqError(f"can't stop {state.place.name}", f"process {state.pid} does not end")


def _lives(pid: int) -> bool:
    """Whether a process still runs; one that only waits to be asked for its end does not."""
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    try:
        told = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        told = f") {_ps(pid, 'stat')}"
    return told.rpartition(")")[2].strip()[:1] not in {"Z", "X", ""}


def pass_time(seconds: float) -> None:
    """Wait where there is nothing to be woken by."""
    threading.Event().wait(seconds)


def memory_bytes(pid: int) -> int | None:
    """What a process has in memory; None where that can't be seen."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        told = _ps(pid, "rss")
    return int(told) * 1024 if told.isdecimal() else None


def _ps(pid: int, what: str) -> str:
    """What the system's own `ps` says of a process, "" for nothing."""
    command = ("ps", "-o", f"{what}=", "-p", str(pid))
    try:
        done = subprocess.run(command, capture_output=True, check=True, text=True, timeout=5)  # noqa: S603
    except (OSError, ValueError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()

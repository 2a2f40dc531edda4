"""The models on this machine: a folder each, with a note of what it holds and where it came from.

    models/<name>/qwq.json        a model that is whole: its files beside the note, or, where it
                                  was added and not pulled, the path at which they lie
    models/.pulling/<name>/       one that is on its way

A folder is filled under `.pulling` and renamed into its place when all of it is there, so what
bears a model's name is a whole model. Knows folders and notes. Does not know the hub, nor what is
in a model's files.
"""

import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from qwq_cli.errors import BadInputError, BusyError, NotFoundError, QwqError, UsageError
from qwq_cli.weights.models import Format

NOTE = "qwq.json"
_PULLING = ".pulling"
_OLD = ".old"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_RESERVED = frozenset({"quill"})
"""What ships with the package."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A model on this machine. `path`: of the .gguf file, or of the folder; `owned`: its files lie
    in the store, and go with it; `repo`, `revision` and `commit` are "" for one that was added.
    """

    name: str
    format: Format
    path: Path
    size_bytes: int
    owned: bool
    repo: str = ""
    revision: str = ""
    commit: str = ""


@dataclass(frozen=True, slots=True)
class Partial:
    """A model on its way: how many bytes are here, of how many."""

    name: str
    done_bytes: int
    total_bytes: int


class Store:
    """The models under one folder, which need not be there yet."""

    def __init__(self, folder: Path | None) -> None:
        """`folder` is None where there is no home: nothing is found, and adding says why."""
        self._folder = folder

    @property
    def folder(self) -> Path:
        """Where models lie. Raises QwqError without a home."""
        if self._folder is None:
            raise QwqError("there is no place to keep models", "no home", "set HOME")
        return self._folder

    def models(self) -> list[Stored]:
        """All that are whole, by name. A damaged note is passed over; `find` tells of it."""
        found = (self._readable(name) for name in _names(self._folder))
        return [stored for stored in found if stored is not None]

    def partials(self) -> list[Partial]:
        """All that are on their way, by name."""
        if self._folder is None:
            return []
        return [self._partial(name) for name in _names(self._folder / _PULLING)]

    def find(self, name: str) -> Stored | None:
        """The model of that name, None where there is none.

        Raises BadInputError for a damaged note, NotFoundError where what was added is gone.
        """
        if self._folder is None or not _NAME.fullmatch(name):
            return None
        return self._read(name) if (self._folder / name / NOTE).exists() else None

    def origin(self, name: str) -> tuple[str, str, str] | None:
        """Where a model, or one on its way, was pulled from: repository, revision, and the GGUF or
        "". None where that is not known.
        """
        if self._folder is None or not _NAME.fullmatch(name):
            return None
        places = (self._folder / _PULLING / name / NOTE, self._folder / name / NOTE)
        tables = (_note_or_none(file) for file in places)
        table = next((table for table in tables if table and table.get("repo")), None)
        if table is None:
            return None
        main = str(table.get("path", "."))
        return str(table["repo"]), str(table.get("revision", "main")), "" if main == "." else main

    def staged_commit(self, name: str) -> str:
        """The commit of what is on its way under that name, "" where nothing is."""
        table = _note_or_none(self.folder / _PULLING / name / NOTE)
        return str(table.get("commit", "")) if table else ""

    def add(self, name: str, path: Path, form: Format) -> Stored:
        """Note a model that lies elsewhere; nothing is copied.

        Raises UsageError for a name that can't be or is taken, QwqError where nothing can be
        written.
        """
        check_name(name)
        places = (self.folder / name, self.folder / _PULLING / name)
        if any(place.exists() for place in places):
            raise UsageError(
                f"there is a model called '{name}'", "", "choose another with --name, or remove it"
            )
        stored = Stored(name, form, path.absolute(), size_of(path), owned=False)
        return self.finish(stored)

    def remove(self, name: str) -> int:
        """Remove a model, whole or on its way; returns the bytes that came free.

        The files of one that was added stay, and so do those that a link leads to. Raises
        NotFoundError for no such model, BusyError while it is pulled, QwqError where it can't be
        removed.
        """
        if self._folder is None or not _NAME.fullmatch(name):
            raise NotFoundError(f"no model called '{name}' is kept here")
        places = [self._folder / name, self._folder / _PULLING / name]
        there = [place for place in places if place.is_dir()]
        if not there:
            raise NotFoundError(f"no model called '{name}' is kept here")
        freed = sum(size_of(place) for place in there if not place.is_symlink())
        # Whoever pulls it would go on writing into files that have no name any more.
        pulled = (self._folder / _PULLING / f".{name}.lock").exists()
        with self.alone(name) if pulled else nullcontext(), _faults(f"can't remove {name}"):
            for place in there:
                # First out of sight in one step, so that half a model is never taken for one.
                aside = self._folder / _PULLING / f"{name}{_OLD}"
                aside.parent.mkdir(parents=True, exist_ok=True)
                _discard(aside)
                place.replace(aside)
                _discard(aside)
        return freed

    def begin(self, stored: Stored) -> Path:
        """The folder in which a model is put together, with a note of what it will be.

        Raises UsageError for a name that can't be, QwqError where nothing can be written.
        """
        check_name(stored.name)
        folder = self.folder / _PULLING / stored.name
        with _faults(f"can't make a folder for {stored.name}"):
            folder.mkdir(parents=True, exist_ok=True)
            _write_note(folder, stored)
        return folder

    def finish(self, stored: Stored) -> Stored:
        """Put what was put together in staging into its place, in one step; an older one goes.

        `stored.path` is relative to the model's folder. Raises QwqError.
        """
        staged, place = self.begin(stored), self.folder / stored.name
        with _faults(f"can't put {stored.name} into its place"):
            if place.exists():
                aside = staged.with_name(stored.name + _OLD)
                _discard(aside)
                place.replace(aside)
                staged.replace(place)
                with suppress(OSError):  # the new one is there
                    _discard(aside)
            else:
                staged.replace(place)
        return self._read(stored.name)

    @contextmanager
    def alone(self, name: str) -> Iterator[None]:
        """Within it no other qwq pulls that model. Raises BusyError where one does."""
        with _faults("can't make the models' folder"):
            folder = self.folder / _PULLING
            folder.mkdir(parents=True, exist_ok=True)
            lock = (folder / f".{name}.lock").open("wb")
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise BusyError(
                    f"{name} is being pulled by another qwq", "", "wait until it is done"
                ) from error
            yield

    def _readable(self, name: str) -> Stored | None:
        try:
            return self._read(name)
        except (BadInputError, NotFoundError):
            return None

    def _read(self, name: str) -> Stored:
        file = self.folder / name / NOTE
        table = read_note(file)
        try:
            path = self.folder / name / str(table["path"])  # an absolute one stands for itself
            stored = Stored(
                name=name,
                format="gguf" if table["format"] == "gguf" else "exl2",
                path=path,
                size_bytes=int(table["size_bytes"]),
                owned=bool(table["owned"]),
                repo=str(table.get("repo", "")),
                revision=str(table.get("revision", "")),
                commit=str(table.get("commit", "")),
            )
        except (LookupError, TypeError, ValueError) as error:
            raise _damaged(file) from error
        if not path.exists():
            raise NotFoundError(
                f"{path} is gone", f"the model '{name}' lay there", f"qwq model rm {name}"
            )
        return stored

    def _partial(self, name: str) -> Partial:
        folder = self.folder / _PULLING / name
        try:
            total = int(read_note(folder / NOTE)["size_bytes"])
        except (QwqError, LookupError, TypeError, ValueError):
            total = 0
        return Partial(name, size_of(folder), total)


def check_name(name: str) -> None:
    """Raises UsageError for what can't be a model's name here."""
    if name in _RESERVED:
        raise UsageError(f"'{name}' ships with qwq", "", "choose another name with --name")
    if not _NAME.fullmatch(name) or name.endswith((_OLD, ".gguf")):
        raise UsageError(
            f"'{name}' can't be a model's name",
            "letters, digits, '.', '_' and '-' are, and it may not end in .gguf",
            "choose one with --name",
        )


def read_note(file: Path) -> dict[str, Any]:
    """A note's table; raises NotFoundError and BadInputError."""
    try:
        table = json.loads(file.read_bytes())
    except FileNotFoundError as error:
        raise NotFoundError(f"no such note: {file}") from error
    except (OSError, ValueError, RecursionError) as error:
        raise _damaged(file) from error
    if not isinstance(table, dict):
        raise _damaged(file)
    return table


def _note_or_none(file: Path) -> dict[str, Any] | None:
    try:
        return read_note(file)
    except (BadInputError, NotFoundError):
        return None


def size_of(path: Path) -> int:
    """Bytes of a file, or of all files in a folder."""
    if not path.is_dir():
        return path.stat().st_size
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())


def _discard(folder: Path) -> None:
    """Remove a folder, or the link that stands for one; raises OSError where that can't be."""
    if folder.is_symlink():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)


def _write_note(folder: Path, stored: Stored) -> None:
    """As JSON, so that it is there whole or not at all."""
    draft = folder / f".{NOTE}.new"
    with draft.open("w", encoding="utf-8") as stream:
        json.dump(asdict(stored) | {"path": str(stored.path)}, stream, indent=1, ensure_ascii=False)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(folder / NOTE)


def _names(folder: Path | None) -> list[str]:
    if folder is None or not folder.is_dir():
        return []
    return sorted(
        entry.name
        for entry in folder.iterdir()
        if _NAME.fullmatch(entry.name) and not entry.name.endswith(_OLD) and (entry / NOTE).exists()
    )


def _damaged(file: Path) -> BadInputError:
    name = file.parent.name
    return BadInputError(
        f"{file} is damaged", "it is no note of a model", f"qwq model rm {name}, and get it again"
    )


@contextmanager
def _faults(what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise QwqError(what, error.strerror or str(error)) from error

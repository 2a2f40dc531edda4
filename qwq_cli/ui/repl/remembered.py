"""What was typed before, kept for the arrow keys and Ctrl-R: a private file of JSON strings.

Knows files. No fault of the file's is a fault of the typing: `told` says it, once.
"""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from prompt_toolkit.history import History

_LONGEST_BYTES = 2_000_000
"""Of the file's end that is read."""
_FILE_MODE = 0o600
_FOLDER_MODE = 0o700


class Remembered(History):
    """The latest first; what is typed twice in a row counts once. `keeps`: whether new texts are
    written to the file, or only known until the end.
    """

    def __init__(self, path: Path | None, keeps: Callable[[], bool]) -> None:
        super().__init__()
        self._path = path
        self._keeps = keeps
        self._fault: str | None = None
        self._told = False

    def told(self) -> str | None:
        """The first fault, once."""
        if self._told or self._fault is None:
            return None
        self._told = True
        return self._fault

    def load_history_strings(self) -> Iterator[str]:
        before = None
        for line in reversed(self._lines()):
            try:
                text = json.loads(line)
            except ValueError:  # the first line that was read may be half of one
                continue
            if isinstance(text, str) and text != before:
                yield text
                before = text

    def append_string(self, string: str) -> None:
        if self._loaded_strings[:1] != [string]:
            super().append_string(string)

    def store_string(self, string: str) -> None:
        if self._path is None or not self._keeps():
            return
        line = json.dumps(string) + "\n"
        try:
            self._path.parent.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
            file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, _FILE_MODE)
            try:
                # In one piece, so that two processes don't write into each other's lines.
                os.write(file, line.encode())
            finally:
                os.close(file)
        except OSError as error:
            self._failed(error)

    def _lines(self) -> list[bytes]:
        if self._path is None:
            return []
        try:
            with self._path.open("rb") as file:
                end = file.seek(0, os.SEEK_END)
                file.seek(max(end - _LONGEST_BYTES, 0))
                return file.read().splitlines()
        except FileNotFoundError:
            return []
        except OSError as error:
            self._failed(error)
            return []

    def _failed(self, error: OSError) -> None:
        why = error.strerror or str(error)
        self._fault = f"what you type is not remembered in {self._path}: {why}"

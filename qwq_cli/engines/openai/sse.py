"""Server-sent events, from bytes in any chunks to the data of each event.

The form is that of https://html.spec.whatwg.org/multipage/server-sent-events.html. Knows no JSON
and no HTTP.
"""

from collections.abc import Iterator

from qwq_cli.errors import QwqError

LONGEST_LINE = 16 * 2**20
"""Bytes; what is longer is no line of tokens, and would fill the memory."""


class EventReader:
    """Fed bytes; `feed` yields the data of the events that are complete by then.

    Comments (a server's signs of life) and fields other than `data` are passed over, but for
    `error`, which llama.cpp's server once used for its faults.
    """

    def __init__(self) -> None:
        self._rest = bytearray()
        self._data: list[str] = []
        self._after_return = False

    def feed(self, chunk: bytes) -> Iterator[str]:
        """Raises QwqError for what is not UTF-8, or a line without end, after what came before."""
        if self._after_return and chunk:
            # A line may end with two bytes of which the second comes later.
            chunk = chunk.removeprefix(b"\n")
            self._after_return = False
        self._rest += chunk
        if b"\n" not in chunk and b"\r" not in chunk:
            if len(self._rest) > LONGEST_LINE:
                raise QwqError("the server sent a line without end", "", "check --base-url")
            return
        self._after_return = self._rest.endswith(b"\r")
        *lines, last = self._rest.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        self._rest = bytearray(last)
        for line in lines:
            if (event := self._line(bytes(line))) is not None:
                yield event

    @property
    def unfinished(self) -> str | None:
        """The data of an event that has begun and not ended, as far as its lines are whole."""
        return "\n".join(self._data) if self._rest or self._data else None

    def _line(self, line: bytes) -> str | None:
        """What the line completes."""
        if not line:
            event, self._data = "\n".join(self._data), []
            return event or None
        try:
            name, _, value = line.decode().partition(":")
        except UnicodeDecodeError as error:
            raise QwqError("the server sent text that is not UTF-8", str(error)) from error
        if name in {"data", "error"}:
            self._data.append(value.removeprefix(" "))
        return None

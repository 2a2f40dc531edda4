"""The sink for a terminal: what the model writes, as it comes, at most sixty writes a second.

Knows threads and clocks. Does not know how a screen is made up (`screen`) nor what an event means.
The loop that feeds it only appends to a queue, which costs it far less than a token; a painter of
its own takes what has come, and writes it in one piece. A terminal that is slow, or stopped with
Ctrl-S, so never slows the model.
"""

from collections import deque
from collections.abc import Iterator
from threading import Event as Flag
from threading import Lock, Thread
from time import monotonic

from qwq_cli.errors import QwqError
from qwq_cli.events import Answer, Event, Finished
from qwq_cli.ui.keyboard import Keyboard
from qwq_cli.ui.output import Output
from qwq_cli.ui.screen import Look, Screen

FRAME_S = 1 / 60
TICK_S = 0.1
"""How often a line that shows the time is written anew, and the keyboard looked at."""
KEY, _CODE = "Tab", b"\t"
"""What opens and folds a thought: its name, and what a terminal sends for it."""


class Live:
    """Shows events on a terminal. `model`: its name, shown while it loads. `keyboard`: that of the
    same terminal, kept silent while text comes; heard where the look has a key.
    """

    def __init__(
        self, output: Output, look: Look, model: str, keyboard: Keyboard | None = None
    ) -> None:
        self._output = output
        self._keyboard = keyboard
        self._screen = Screen(look, output.size(), model, monotonic())
        self._hands_over = not look.answer
        self._inbox: deque[Event] = deque()
        self._news = Flag()
        self._closing = Flag()
        self._painting = Lock()
        self._fault: OSError | QwqError | None = None
        self._painter = Thread(target=self._paint_on, name="qwq-painter", daemon=True)
        self._painter.start()

    def show(self, event: Event) -> None:
        """Take an event in; it is on the screen within a sixtieth of a second."""
        self._inbox.append(event)
        if not self._news.is_set():
            self._news.set()
        if self._fault is not None:
            raise self._fault
        if type(event) is Finished:
            self.close()
        elif self._hands_over and type(event) is Answer:
            self._hands_over = False
            self._paint()

    def close(self) -> None:
        """Paint what is left and leave the cursor on a row of its own."""
        if self._closing.is_set():
            return
        self._closing.set()
        self._news.set()
        try:
            self._painter.join()  # whoever writes next has the terminal alone
            if self._fault is not None:
                raise self._fault
            self._paint()
            self._output.write(self._screen.close(monotonic()))
        finally:
            if self._keyboard is not None:
                self._keyboard.restore()

    def _paint_on(self) -> None:
        while not self._closing.is_set():
            self._news.wait(TICK_S if self._screen.moves or self._heard else None)
            self._news.clear()
            if self._closing.is_set():
                return
            try:
                self._paint()
            except (OSError, QwqError) as fault:
                self._fault = fault
                return
            self._closing.wait(FRAME_S)

    @property
    def _heard(self) -> bool:
        return self._keyboard is not None and self._screen.listens

    def _paint(self) -> None:
        with self._painting:
            self._screen.resize(self._output.size())
            self._look_at_keyboard()
            frame = self._screen.frame(self._arrived(), monotonic())
            if frame:
                self._output.write(frame)

    def _look_at_keyboard(self) -> None:
        if self._keyboard is None or not self._screen.generates:
            return
        keys = self._keyboard.poll(listens=self._screen.listens)
        if self._keyboard.lost:
            self._keyboard.lost = False
            self._screen.displaced()
        if keys.count(_CODE) % 2:
            self._screen.turn()

    def _arrived(self) -> Iterator[Event]:
        while self._inbox:
            yield self._inbox.popleft()

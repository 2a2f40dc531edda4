"""Is this a loop? One guard: text that repeats itself exactly. Knows characters, no tokens."""

from qwq_cli.stream.guard import Verdict

SEED = 24
"""Characters that must match before a repetition is followed up."""

WINDOW = 8192
"""Characters that are remembered. The longest period that can be found is half as long."""


class ExactRepeats:
    """Finds text that goes on as an exact copy of what stands right before it.

    A block of at least `block` characters that follows itself counts as soon as its second copy
    is whole; a shorter one (down to a single character) when the repetition is `block`
    characters long, or `short` for a period so short that tables, ruled lines and rows of numbers
    have it too. Copies with something else between them are no loop: a model may quote.

    Constant work for each character, and memory for WINDOW of them.
    """

    def __init__(self, *, block: int = 200, short: int = 300) -> None:
        """Both in characters; `short` is asked of periods under a quarter of `block`."""
        self.block = block
        self.short = short
        self._text = ""
        self._offset = 0
        """Of the first remembered character."""
        self._seen: dict[str, int] = {}
        """The last offset at which each run of SEED characters ended."""
        self._period = 0
        self._run = 0
        """How many characters up to here equal those one period before."""

    def fresh(self) -> "ExactRepeats":
        return ExactRepeats(block=self.block, short=self.short)

    def watch(self, text: str) -> Verdict | None:
        self._text += text
        recent, base, seen = self._text, self._offset, self._seen
        period, run = self._period, self._run
        for here in range(len(recent) - len(text), len(recent)):
            if period:
                if recent[here] == recent[here - period]:
                    run += 1
                    if run >= period and run >= self._needed(period):
                        return self._verdict(base + here + 1, period, run)
                else:
                    period = 0
            if here >= SEED - 1:
                ending = recent[here - SEED + 1 : here + 1]
                before = seen.get(ending)
                if not period and before is not None and base + here - before <= WINDOW // 2:
                    period, run = base + here - before, SEED
                seen[ending] = base + here
        self._period, self._run = period, run
        if len(self._text) > 2 * WINDOW:
            self._forget()
        return None

    def _needed(self, period: int) -> int:
        return self.short if period < self.block // 4 else self.block

    def _verdict(self, end: int, period: int, run: int) -> Verdict:
        """Where it really began: the match may have been running before its seed was found."""
        start = end - self._offset - run - period
        recent = self._text
        # Not past the window, so that what was forgotten meanwhile makes no difference.
        earliest = max(end - self._offset - WINDOW, 0)
        while start > earliest and recent[start - 1] == recent[start - 1 + period]:
            start -= 1
        start += self._offset
        return Verdict("exact", start=start, repeat_at=start + period, detected_at=end)

    def _forget(self) -> None:
        """Drop what lies before the window."""
        cut = len(self._text) - WINDOW
        self._text = self._text[cut:]
        self._offset += cut
        oldest = self._offset + SEED
        self._seen = {ending: at for ending, at in self._seen.items() if at >= oldest}

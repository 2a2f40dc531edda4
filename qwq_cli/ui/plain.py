"""Sinks for what is no terminal: text, whole or as it comes. Know streams, no settings.

A pipe can't erase: `Plain` waits for the end, so that nothing which was taken back is ever read.
`Stream` does not wait, and tells on stderr what it can't take back.
"""

from qwq_cli.events import (
    Answer,
    Event,
    Finished,
    Noticed,
    Prefill,
    Rewound,
    Started,
    Steered,
    Switch,
    Thinking,
)
from qwq_cli.stream.sanitise import one_line
from qwq_cli.stream.splitter import blank_lead
from qwq_cli.stream.transcript import Transcript
from qwq_cli.ui.output import Output
from qwq_cli.ui.status import put_in, taken_back


class Plain:
    """The answer when it is complete, with one newline at its end."""

    def __init__(self, output: Output, *, reasoning: bool = False) -> None:
        """`reasoning`: write the reasoning too, before the answer, a blank line between."""
        self._output = output
        self._reasoning = reasoning
        self._transcript = Transcript()

    def show(self, event: Event) -> None:
        """Collect; write at the end."""
        self._transcript.add(event)
        if isinstance(event, Finished):
            record = self._transcript
            parts = [record.reasoning, record.answer] if self._reasoning else [record.answer]
            whole = (part[blank_lead(part) :].rstrip("\n ") for part in parts)
            text = "\n\n".join(filter(None, whole))
            if text:
                self._output.write_safely(f"{text}\n")

    def close(self) -> None:
        """Nothing is open."""


class Final:
    """Only the extracted final answer, on one line; nothing where there is none."""

    def __init__(self, output: Output) -> None:
        self._output = output

    def show(self, event: Event) -> None:
        """Write at the end."""
        if isinstance(event, Finished) and event.final is not None:
            self._output.write_safely(f"{one_line(event.final)}\n")

    def close(self) -> None:
        """Nothing is open."""


class Stream:
    """The text as it comes: the answer, the thinking, or both. What can't be unwritten is told."""

    def __init__(self, output: Output, notices: Output, *, thinking: bool, answer: bool) -> None:
        self._output = output
        self._notices = notices
        self._thinking = thinking
        self._answer = answer
        self._written = ""
        self._lead = ""
        """What comes before the first word of a kind."""
        self._held = ""

    def show(self, event: Event) -> None:
        """Write what came."""
        match event:
            case Thinking(text=text):
                if self._thinking:
                    self._write("thinking", text)
            case Answer(text=text):
                if self._answer:
                    self._write("answer", text)
            case Rewound():
                if self._written:
                    self._notices.write("qwq: what was taken back stands in the output above\n")
            case Finished():
                self._end()
            case Started() | Prefill() | Steered() | Noticed():
                pass

    def close(self) -> None:
        """End the last line."""
        self._end()

    def _write(self, kind: str, text: str) -> None:
        if kind != self._written:
            self._lead += text
            if not self._lead.strip("\n "):
                return
            text, self._lead = self._lead[blank_lead(self._lead) :], ""
            self._held = "\n\n" if self._written else ""
            self._written = kind
        text = self._held + text
        shown = text.rstrip("\n ")
        self._held = text[len(shown) :]
        if shown:
            self._output.write_safely(shown)

    def _end(self) -> None:
        if self._written:
            self._output.write("\n")
        self._written = self._lead = self._held = ""


class Notices:
    """What a person should know, a line each; for where no live screen shows it."""

    def __init__(self, output: Output) -> None:
        self._output = output

    def show(self, event: Event) -> None:
        """Write notices only. That a thought changes its language is no news to who reads none."""
        line = ""
        match event:
            case Noticed(message=message, about=about):
                if not (isinstance(about, Switch) and about.part == "thinking"):
                    line = one_line(message)
            case Rewound():
                line = taken_back(event)
            case Steered():
                line = put_in(event)
            case _:
                pass
        if line:
            self._output.write(f"qwq: {line}\n")

    def close(self) -> None:
        """Nothing is open."""

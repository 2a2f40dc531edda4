"""What a stream of events amounts to: the reasoning and the answer as they stand.

Knows events. Does not know who shows the result, nor the question.
"""

from qwq_cli.events import (
    Answer,
    Event,
    Finished,
    Loop,
    Noticed,
    Prefill,
    Rewound,
    Started,
    Steered,
    Switch,
    Thinking,
)


class Transcript:
    """The record of one generation; feed it every event with `add`."""

    def __init__(self) -> None:
        self.model = ""
        self.engine = ""
        self.leads = True
        """Whether the engine could go on from a text."""
        self.loops: list[Loop] = []
        self.switches: list[Switch] = []
        self.interventions: list[Steered] = []
        self.finished: Finished | None = None
        self._reasoning: list[str] = []
        self._answer: list[str] = []
        self._written: list[str] = []
        self._discarded = False

    @property
    def reasoning(self) -> str:
        """The chain of thought as the model wrote it, less what was taken back."""
        return "".join(self._reasoning)

    @property
    def answer(self) -> str:
        """The answer as the model wrote it."""
        return "".join(self._answer)

    @property
    def written(self) -> str:
        """All text in the order in which it was generated, discarded text included."""
        return "".join(self._written)

    @property
    def raw(self) -> str | None:
        """The same where something was discarded, else None: reasoning and answer are all then."""
        return self.written if self._discarded else None

    def add(self, event: Event) -> None:
        """Take one event in."""
        match event:
            case Thinking(text=text):
                self._reasoning.append(text)
                self._write(text)
            case Answer(text=text, again=again):
                self._answer.append(text)
                if not again:
                    self._write(text)
            case Rewound():
                reasoning, answer = self.reasoning, self.answer
                self._reasoning = [reasoning[: event.thinking_chars]]
                self._answer = [answer[: event.answer_chars]]
                left = event.thinking_chars, event.answer_chars
                self._discarded |= left < (len(reasoning), len(answer))
                # What was only told of a text goes with the text.
                told = (s for s in self.switches if s.action == "corrected" or s.at < event.at)
                self.switches = list(told)
                self._note(event.loop or event.switch)
            case Steered():
                self.interventions.append(event)
            case Noticed(about=about):
                self._note(about)
            case Started():
                self.model, self.engine, self.leads = event.model, event.engine, event.leads
            case Finished():
                self.finished = event
            case Prefill():
                pass

    def _write(self, text: str) -> None:
        if text:
            self._written.append(text)

    def _note(self, about: Loop | Switch | None) -> None:
        if isinstance(about, Loop):
            self.loops.append(about)
        elif isinstance(about, Switch):
            self.switches.append(about)

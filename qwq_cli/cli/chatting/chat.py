"""The state of a conversation with a model, and one question of it, asked and kept.

Knows the conversation's line of turns, the settings in force and the model that is loaded. Does not
know commands, nor where texts are typed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from qwq_cli import conversation as lines
from qwq_cli.cancel import Cancel
from qwq_cli.cli import answering, keeping
from qwq_cli.cli.chatting.holding import Held
from qwq_cli.cli.chatting.voice import Voice
from qwq_cli.cli.interrupts import CTRL_C
from qwq_cli.cli.keeping import Asking
from qwq_cli.cli.question import with_material
from qwq_cli.cli.views import Wanted, sinks
from qwq_cli.config import Resolved, Terminal
from qwq_cli.errors import BadInputError, NoAnswerError
from qwq_cli.events import Event, Started, Timings, Usage
from qwq_cli.history.ids import new_id, now_ms
from qwq_cli.history.turns import Conversation, Turn, joined
from qwq_cli.runtime import Opened
from qwq_cli.settings import KEYS, Settings, Value
from qwq_cli.stream.transcript import Transcript
from qwq_cli.ui.sink import Tee

if TYPE_CHECKING:
    from qwq_cli.cli.shell import Shell
    from qwq_cli.ui.repl.entry import Reader

PATIENCE_S = 2.0
"""For so long after a Ctrl-C another one only means the same."""
_ROOM = 1024
"""Tokens that thinking and answer should have, of a context that has four times as many."""
FULL = 0.75
"""The share of the context from which on a person is told."""
WHAT_HELPS = "/undo or /branch drops turns, /reset begins anew, /model takes a larger model"


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be asked, and after which turns; None begins a conversation."""

    text: str
    after: Conversation | None


@dataclass(slots=True)
class Collected:
    """A sink that keeps what it is shown."""

    events: list[Event] = field(default_factory=list)

    def show(self, event: Event) -> None:
        """Keep it."""
        self.events.append(event)

    def close(self) -> None:
        """Nothing is open."""


class Chat:
    """One person's session: everything that a command may look at or change."""

    def __init__(
        self,
        resolved: Resolved,
        voice: Voice,
        terminal: Terminal,
        reads: "Callable[[Chat], Reader]",
    ) -> None:
        """`reads` makes what reads the person's texts, and may ask how things stand."""
        self.voice = voice
        self.terminal = terminal
        self.began_with = resolved
        self.settings = resolved.settings
        self.held = Held(voice.shell, quiet=voice.quiet)
        self.conversation: Conversation | None = None
        self.files: dict[str, str] = {}
        self.ends: list[tuple[Usage, Timings]] = []
        """Of every answer of this session."""
        self._told_of_quill = False
        self.reader = reads(self)

    @property
    def shell(self) -> "Shell":
        return self.voice.shell

    @property
    def line(self) -> tuple[Turn, ...]:
        """The turns up to here."""
        return () if self.conversation is None else self.conversation.line

    def last_turn(self) -> Turn:
        """The latest turn; raises BadInputError where there is none."""
        if not self.line:
            raise BadInputError("there is no question yet", "", "ask something")
        return self.line[-1]

    # ------------------------------------------------------------------------------- settings

    def change(self, name: str, value: Value | None) -> None:
        """Set for this session; None is what it was at the beginning. Raises ValueError."""
        began = getattr(self.began_with.settings, name)
        checked: Any = began if value is None else KEYS[name].checked(value)
        self.settings = replace(self.settings, **{name: checked})

    def take_model(self, settings: Settings) -> None:
        """Load the model of these settings, which are in force then; raises QwqError, and then
        all is as before.
        """
        self.held.swap(self.settings, settings)
        self.settings = settings

    # ---------------------------------------------------------------------------- conversation

    def go_on_with(self, conversation: Conversation) -> None:
        """With this one, and its model and system prompt; raises QwqError, and all is as before."""
        settings = keeping.as_before(replace(self.began_with, settings=self.settings), conversation)
        if settings.model != self.settings.model and self.held.opened is not None:
            self.take_model(settings)
        self.settings, self.conversation = settings, conversation

    # --------------------------------------------------------------------------------- context

    @property
    def context_tokens(self) -> int | None:
        """How many tokens the model's context holds, where a model is loaded."""
        opened = self.held.opened
        return None if opened is None else opened.engine.facts.context_tokens

    def tokens_taken(self, question: str = "", earlier: Sequence[Turn] | None = None) -> int:
        """About how many of them the next request takes."""
        earlier = self.line if earlier is None else earlier
        if not (earlier or question or self.settings.system):
            return 0
        return lines.tokens_taken(earlier, question, self.settings.system)

    # ----------------------------------------------------------------------------------- asking

    def ask(self, question: Question) -> None:
        """Ask, show and keep; the turn is then the last one, complete or not.

        Raises QwqError: the model's faults, and NoAnswerError. What came is kept all the same.
        """
        with self.shell.interrupts.raising():
            model = self.held.ready(self.settings)
        text = with_material(question.text, list(self.files.items()))
        self._tell_beforehand(text, question.after, model)
        asking = Asking(new_id(), text, question.after)
        collected, begun_ms = Collected(), now_ms()
        self.set_apart()
        try:
            record = self._answer(model, asking, collected)
        except BadInputError as error:
            if collected.events:
                raise
            raise BadInputError(error.what, error.why, WHAT_HELPS) from error
        finally:
            if collected.events:
                self._take_in(asking, collected.events, begun_ms)
                self.set_apart()
        self._tell_afterwards(record, model)

    def set_apart(self) -> None:
        """A blank row between what was typed and what is written."""
        if self.shell.out.tty:
            self.shell.out.write("\n")

    def _answer(self, model: Opened, asking: Asking, collected: Collected) -> Transcript:
        settings, interrupts = self.settings, self.shell.interrupts
        wanted = Wanted(
            form="text",
            reasoning=settings.reasoning,
            quiet=self.voice.quiet,
            terminal=self.terminal,
            markdown=settings.markdown == "on",
            question=asking.question,
            model=settings.model,
            id=asking.id,
            later="/thought",
        )
        sampling = model.profile.sampling
        request = answering.request_of(settings, asking.question, asking.line, sampling)
        cancel = Cancel()
        with (
            interrupts.ending(cancel.set, patience_s=PATIENCE_S),
            keeping.kept(
                Tee(collected, sinks(wanted, self.shell)), settings, asking, self.voice.note
            ) as sink,
        ):
            record = answering.shown(answering.events(model, request, settings, cancel), sink)
        if interrupts.code == CTRL_C:  # it has had its effect
            interrupts.forget()
        return record

    def _take_in(self, asking: Asking, events: list[Event], begun_ms: int) -> None:
        """The turn is the last one from now on, as it is in the history."""
        started = next(event for event in events if isinstance(event, Started))
        before = asking.earlier
        turn = Turn(
            id=asking.id,
            conversation=asking.id if before is None else before.id,
            parent=asking.line[-1].id if asking.line else None,
            question=asking.question,
            system=self.settings.system,
            settings=keeping.worth_keeping(self.settings),
            model=started.model,
            engine=started.engine,
            begun_ms=begun_ms,
            ended_ms=now_ms(),
            events=tuple(joined(events)),
        )
        self.conversation = lines.with_turn(before, turn)
        self.files = {}
        end = turn.transcript.finished
        if end is not None:
            self.ends.append((end.usage, end.timings))

    def _tell_beforehand(self, text: str, after: Conversation | None, model: Opened) -> None:
        if self.settings.model == answering.QUILL and not self._told_of_quill:
            notes = answering.what_quill_can(text)
            self._told_of_quill = bool(notes)
            if notes:
                self.voice.note(
                    "quill knows the puzzles of `qwq puzzle` and nothing else: /example asks one"
                )
                self.voice.note("/model takes another one: a .gguf file, or a name of `qwq model`")
        context = model.engine.facts.context_tokens
        earlier = () if after is None else after.line
        left = context - self.tokens_taken(text, earlier)
        if earlier and left < min(_ROOM, context // 4):
            self.voice.note(
                f"the context is nearly full: about {max(left, 0):,} of {context:,} tokens are "
                f"left for thinking and answer; {WHAT_HELPS}"
            )

    def _tell_afterwards(self, record: Transcript, model: Opened) -> None:
        end = record.finished
        failure = answering.failure(record, self.settings)
        if failure is not None:
            raise NoAnswerError(
                failure.what, failure.why, "/retry asks again; see /set and /budget"
            )
        if end is not None and end.reason == "length":
            self.voice.note("the answer is cut off: the tokens ran out; see /context and /set")
        context, taken = model.engine.facts.context_tokens, self.tokens_taken()
        if taken > FULL * context:
            share = f"{100 * taken / context:.0f} % full"
            self.voice.note(f"the context is about {share}; {WHAT_HELPS}")

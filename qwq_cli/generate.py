"""THE loop: tokens to events. The only place where tokens are taken back, or put in.

Knows the engine protocol, the stages of `stream` and what `steering` decides. Does not know which
engine it drives, nor who shows the events.

What a rewind does: the engine keeps the first tokens, takes in a text of ours if there is one, and
goes on from there, warmer for a while after a loop, because greedy sampling would write the same
again; the text that stays is replayed into fresh stages (no stage has an undo).

An engine that can't rewind is never asked to. Where an answer is to be asked for, that is done
anew, once, in a conversation that holds the thought so far; other ways of leading are left out.
"""

from collections.abc import Generator, Iterator
from dataclasses import astuple, replace
from time import perf_counter
from typing import Literal

from qwq_cli.cancel import Cancel
from qwq_cli.engines.base import Engine, Prefilling, Token
from qwq_cli.engines.exchange import Exchange
from qwq_cli.errors import QwqError
from qwq_cli.events import (
    Event,
    Finished,
    FinishReason,
    Loop,
    Noticed,
    Part,
    Prefill,
    Rewound,
    Started,
    Steered,
    Switch,
    Timings,
    Usage,
    Why,
)
from qwq_cli.request import Request, Steering
from qwq_cli.steering import sentences
from qwq_cli.steering.anew import Standing
from qwq_cli.steering.course import Course
from qwq_cli.steering.ladder import Ladder, Scene, Step
from qwq_cli.stream.final import final_answer
from qwq_cli.stream.guard import Guards, Verdict
from qwq_cli.stream.loops.detector import LoopDetector
from qwq_cli.stream.stages import Place
from qwq_cli.stream.tape import Tape
from qwq_cli.stream.watch import Turn

WARM_TOKENS = 200
"""How long the warmer sampling lasts after a rewind."""

_USUAL = Steering()
_CORRECTIONS = 2
"""How often an answer is rewound for its language; after that a switch is reported."""


def generate(
    engine: Engine,
    request: Request,
    *,
    steering: Steering = _USUAL,
    guards: Guards | None = None,
    cancel: Cancel | None = None,
    load_s: float = 0.0,
) -> Generator[Event, None, None]:
    """Answer one request, as it comes.

    Yields `Started`, any `Prefill`, then `Thinking`, `Answer`, `Rewound`, `Steered`, `Noticed`,
    and one `Finished` last. Nothing runs before the first `next`; closing the iterator cancels.

    `steering`: what is done about loops, budgets and languages. `guards` watch for loops, by
    default a `LoopDetector` over the thinking; only fresh copies of them are used. `cancel`: a
    switch that ends it early (reason `interrupted`). `load_s`: what loading the model took, passed
    on in the timings.

    Raises `QwqError` from the engine (`BadInputError`, with both counts, for a prompt that
    leaves no room). A `KeyboardInterrupt` that falls inside frees the engine and goes through.
    """
    begun = perf_counter()
    decoding = Exchange(engine, request)
    cancel = cancel or Cancel()
    cancel.on_set(decoding.close)
    try:
        facts = engine.facts
        prompt_tokens = decoding.progress.prompt_tokens
        yield Started(facts.name, facts.engine, prompt_tokens, facts.rewinds)
        course = Course(
            request,
            steering,
            facts,
            opens_thinking=decoding.opens_thinking,
            prompt_tokens=prompt_tokens,
        )
        loop = _Generation(decoding, course, guards or Guards((LoopDetector(),)), begun)
        yield from loop.events()
        yield from loop.finish(cancelled=cancel.is_set(), load_s=load_s)
    finally:
        decoding.close()


class _Generation:
    """One run of the loop: what was generated, and what is done about it."""

    def __init__(self, decoding: Exchange, course: Course, guards: Guards, begun: float) -> None:
        self.decoding = decoding
        self.course = course
        self.begun = begun
        self.stages = course.stages(guards)
        self.tape = Tape()
        self.ladder = Ladder(course.steering.loops, course.steering.rescues, leads=course.leads)
        self.limits = course.limits
        self.opens_anew: bool | None = None
        """What the prompt says in which the answer was asked for anew."""
        self.corrections = 0
        self.told_faults: set[str] = set()
        self.reasoned: bool | None = None
        """Whether the text showed reasoning when its room was nearly spent."""
        self.maybe_answer = False
        """Whether it was ended in text that may be all of the answer."""
        self.switched: set[str] = set()
        """The parts whose switch of languages was reported."""
        self.first_token_s: float | None = None
        self.trimmed = 0
        self.warm_until: int | None = None
        self.forced: Why | None = None
        """Why the answer was asked for; None while the model came to it by itself."""
        self.ended: Literal["stop", "loop", "budget"] | None = None
        """How we ended it, if we did."""

    def events(self) -> Iterator[Event]:
        """Everything between `Started` and the end."""
        try:
            yield from self._texts()
        except QwqError as error:
            if not self.decoding.anew or self.stages.answer_chars:
                raise
            yield Noticed("answer", f"the answer that was asked for did not come: {error}")
            self.ended = "loop" if self.forced == "loop" else "budget"

    def _texts(self) -> Iterator[Event]:
        yield from self._limit()
        going = True
        while going and self.ended is None:
            going = False
            for step in self.decoding:
                if isinstance(step, Prefilling):
                    if self.first_token_s is None:
                        yield Prefill(step.done, step.total)
                # An engine whose tokens had ended is to be iterated anew after a rewind.
                elif going := (yield from self._take(step)):
                    break
            else:
                going = yield from self._last_word()

    def _take(self, token: Token) -> Generator[Event, None, bool]:
        """One token; true if the engine goes on from elsewhere."""
        if self.first_token_s is None:
            self.first_token_s = perf_counter() - self.begun
        text = token.text
        self.tape.add(text)
        if text:
            found = self.stages.watch(text)
            if found is not None and (yield from self._loop(*found, text)):
                return True
        yield from self.stages.feed(text)
        if self.stages.faults:
            yield from self._faults()
        if self.stages.turns and (yield from self._language()):
            return True
        if self.stages.splitter.thinking and (yield from self._limit()):
            return True
        if self.warm_until is not None and text and len(self.tape) >= self.warm_until:
            self.warm_until = None
            self.decoding.rewind(len(self.tape), sampling=self.course.request.sampling)
        return False

    # ------------------------------------------------------------------------------- reasons

    def _faults(self) -> Iterator[Event]:
        """Report guards that failed, each once: the text continues without them."""
        for fault in {*self.stages.faults} - self.told_faults:
            yield Noticed("guard", f"a guard failed and no longer watches this text ({fault})")
        self.told_faults |= {*self.stages.faults}

    def _loop(self, verdict: Verdict, place: Place, text: str) -> Generator[Event, None, bool]:
        """Climb a step of the ladder; false if the text stays as it is. `text`: the token's, which
        is told before it is taken back, so that a log has all that the guards saw.
        """
        at = None if place == "thinking" else self.stages.answer_at or 0
        step = self.ladder.step(verdict, Scene(self.tape.text, at))
        if step is not None and step.speaks and not self._may_speak(step.keep):
            step = replace(step, action="stopped")
        kind, start, repeat_at, detected_at, _ = astuple(verdict)
        part: Part = "thinking" if place == "thinking" else "answer"
        action = "reported" if step is None else step.action
        loop = Loop(kind, start, repeat_at, detected_at, action, part)
        if step is None or step.action == "reported":
            self.stages.rearm(self.tape.chars)
            if step is not None:
                where = f"from character {verdict.start:,} on ({verdict.kind})"
                yield Noticed("loop", f"the text goes in circles {where}", loop)
            return False
        yield from self.stages.feed(text)
        yield self._back(self.tape.tokens_within(step.keep), loop=loop)
        if step.action in {"kept", "stopped"}:
            self.ended = "stop" if step.action == "kept" else "loop"
            self.maybe_answer = place == "unknown" and not self.stages.reasons
        else:
            if place != "thinking":
                self.stages.expect(verdict)
            yield from self._climb(step)
        return True

    def _may_speak(self, keep: int) -> bool:
        """Whether a sentence may be inserted behind the first `keep` characters: there is room for
        it, and no second request asked for the answer yet.
        """
        return not self.decoding.anew and self.course.holds_more(self.tape.tokens_within(keep))

    def _climb(self, step: Step) -> Iterator[Event]:
        if step.action == "forced":
            yield from self._force("loop")
        else:
            again = step.action == "refocused"
            then = sentences.refocus(self.tape.text, self.ladder.refocused - 1) if again else ""
            yield from self._go_on(then, "loop", warmth=step.warmth)
        self.ladder.resumed(self.tape.chars)

    def _language(self) -> Generator[Event, None, bool]:
        """Correct an answer where a language is insisted on; else report, once for each part."""
        turns, self.stages.turns = self.stages.turns, []
        for turn in turns:
            at = self.stages.answer_at
            answers = at is not None and turn.at >= at
            if answers and self.stages.insists:
                yield from self._correct(turn)
                return True
            switch = Switch(*turn, part="answer" if answers else "thinking")
            if switch.part not in self.switched:
                message = f"the {switch.part} goes over from {turn.was} to {turn.now}"
                yield Noticed("language", message, switch)
            self.switched.add(switch.part)
        return False

    def _correct(self, turn: Turn) -> Iterator[Event]:
        self.corrections += 1
        self.stages.insists = self.corrections < _CORRECTIONS
        switch = Switch(*turn, part="answer", action="corrected")
        yield self._back(self.tape.tokens_within(turn.at), switch=switch)
        self.decoding.rewind(len(self.tape), "", self.course.sampling(0.25))
        self.warm_until = len(self.tape) + WARM_TOKENS

    def _limit(self) -> Generator[Event, None, bool]:
        """Ask for the answer where the thinking has had its tokens; true if so, and where it ends
        because nothing can be asked of it any more.
        """
        stages = self.stages
        if stages.pending or not stages.splitter.thinking:
            return False  # a heading or a character that is half written comes first
        sure = stages.splitter.sure
        why = self.limits.spent(stages.thinking_tokens, len(self.tape), sure=sure)
        if why is None or not self.course.holds_more(len(self.tape)):
            return False
        if why == "room" and not self._reasons():
            return False
        if self.decoding.anew:
            self.ended = "budget" if sure else None  # else it may turn out to be the answer
            return sure
        yield from self._force(why)
        return True

    def _reasons(self) -> bool:
        """Whether the text is thinking, where nearly all room is spent; looked at once."""
        if self.reasoned is None or self.stages.place == "thinking":
            self.reasoned = self.stages.reasons
        return self.reasoned

    def _last_word(self) -> Generator[Event, None, bool]:
        """Where the model had nothing to add to a sentence of ours, that is no answer of its own;
        true if it is asked for one.
        """
        splitter, stop = self.stages.splitter, self.decoding.progress.stop
        if not self.course.leads:
            # A server has bounds of its own, and tells of them by ending there.
            more = not self.decoding.anew and self.course.left(len(self.tape)) != 0
            if cut := (more and stop == "length" and splitter.thinking and splitter.sure):
                yield from self._force("room")
            return cut
        if stop != "stop" or not (splitter.thinking and self.tape.ends_ours):
            return False
        self.forced = "loop"
        if not self.course.holds_more(len(self.tape)):
            return False
        yield from self._force("loop")
        return True

    def _force(self, why: Why) -> Iterator[Event]:
        self.forced = why
        if not self.course.leads:
            yield from self._ask_anew(why)
        else:
            yield from self._go_on(self.course.conclusion(self.tape.text), why)

    # ---------------------------------------------------------------------------------- acts

    def _back(
        self, keep: int, *, loop: Loop | None = None, switch: Switch | None = None
    ) -> Rewound:
        """Take back all but the first `keep` tokens; the engine hears of it when it goes on."""
        trimmed = self.tape.cut(keep)
        self.trimmed += trimmed
        self.stages = stages = self.stages.fresh()
        for text, ours in self.tape.stretches():
            if ours and self.decoding.anew:
                stages.begin_anew(text, opens_thinking=self.opens_anew)
            else:
                stages.replay(text, ours=ours)
        thinking, answer = stages.thinking_chars, stages.answer_chars
        return Rewound(thinking, answer, loop, trimmed, switch, at=self.tape.chars)

    def _go_on(self, then: str, why: Why, *, warmth: float = 0.0) -> Iterator[Event]:
        """From what stands, and a text of ours if there is one."""
        tokens = self.decoding.rewind(len(self.tape), then, self.course.sampling(warmth))
        if then:
            at, thinking = self.tape.chars, self.stages.splitter.thinking
            self.tape.insert(then, tokens)
            events = self.stages.put_in(then)
            answer = thinking and not self.stages.splitter.thinking
            yield Steered(why, then, at, tokens, answer=answer)
            yield from events
        self.warm_until = len(self.tape) + WARM_TOKENS if warmth else None

    def _ask_anew(self, why: Why) -> Iterator[Event]:
        """In a conversation of its own, since the engine can't go on from what stands."""
        stages, written = self.stages, len(self.tape)
        full = self.decoding.progress.stop == "length"
        anew = self.course.anew(Standing(self.tape.text, written, stages.thinking_tokens, full))
        self.limits = anew.limits
        opens = self.decoding.ask(anew.request, written + anew.tokens)
        self.opens_anew = False if opens is None and stages.splitter.sure else opens
        at = self.tape.chars
        self.tape.insert(anew.text, anew.tokens)
        events = stages.begin_anew(anew.text, opens_thinking=self.opens_anew)
        yield Steered(why, anew.text, at, anew.tokens, answer=True)
        yield from events

    # ------------------------------------------------------------------------------- the end

    def finish(self, *, cancelled: bool, load_s: float) -> Iterator[Event]:
        """What was held back, and the end."""
        stop = self.decoding.progress.stop
        self.decoding.close()
        reason: FinishReason
        if self.ended is not None:
            reason = self.ended
        elif stop == "stop":
            reason = "stop"
        elif cancelled or stop is None:
            reason = "interrupted"
        else:
            reason = "budget" if self.stages.splitter.thinking else "length"
        # A thought that was ended by us does not serve as the answer that did not come.
        whole = reason == "stop" and (self.forced is None or self.decoding.anew)
        serves = whole if self.ended is None else self.maybe_answer
        yield from self.stages.flush(stopped=serves)
        yield from self._faults()
        self.stages.insists = False  # for it is over
        yield from self._language()
        answer = "".join(self.stages.answer)
        if self.forced is not None and reason in {"stop", "length"} and not answer.strip():
            reason = "loop" if self.forced == "loop" else "budget"
        headed = self.stages.splitter.headed
        final = final_answer(answer, headed=headed, complete=reason == "stop")
        yield Finished(reason, final, self._usage(), self._timings(load_s))

    def _usage(self) -> Usage:
        progress = self.decoding.progress
        return Usage(
            prompt_tokens=progress.prompt_tokens,
            reasoning_tokens=self.stages.thinking_tokens,
            answer_tokens=self.stages.answer_tokens,
            trimmed_tokens=self.trimmed,
            cached_tokens=progress.cached_tokens,
            recomputed_tokens=progress.recomputed_tokens,
            inserted_tokens=self.tape.inserted,
        )

    def _timings(self, load_s: float) -> Timings:
        total = perf_counter() - self.begun
        first = total if self.first_token_s is None else self.first_token_s
        later = len(self.tape) - self.tape.inserted + self.trimmed - 1
        return Timings(
            load_s=load_s,
            prefill_s=self.decoding.progress.prefill_s,
            first_token_s=first,
            total_s=total,
            tokens_per_s=later / (total - first) if later > 0 and total > first else 0.0,
        )

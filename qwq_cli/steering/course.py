"""What is known before the first token about how a generation is to go. Holds no state of it."""

from dataclasses import replace

from qwq_cli.engines.base import ModelFacts
from qwq_cli.request import Request, Sampling, Steering, ThinkingStyle
from qwq_cli.steering import sentences
from qwq_cli.steering.anew import Anew, Standing, ask_anew, left_of
from qwq_cli.steering.limits import Limits
from qwq_cli.stream.guard import Guards
from qwq_cli.stream.language import Wanted, expected_language
from qwq_cli.stream.loops.cycles import CycleDetector
from qwq_cli.stream.loops.patience import Patience
from qwq_cli.stream.stages import Stages


class Course:
    """`style`: never auto. `opens_thinking`: what the prompt says. `leads`: whether the
    engine can continue from a text.
    """

    def __init__(
        self,
        request: Request,
        steering: Steering,
        facts: ModelFacts,
        *,
        opens_thinking: bool | None,
        prompt_tokens: int,
    ) -> None:
        self.request = request
        self.steering = steering
        self.style: ThinkingStyle = facts.style if request.style == "auto" else request.style
        self.opens_thinking = opens_thinking
        self.leads = facts.rewinds
        self._reasons_first = facts.reasons_first
        self._context_room = room = facts.context_tokens - prompt_tokens
        most = room if request.max_tokens is None else min(room, request.max_tokens)
        self.limits = Limits(steering.budget, most)
        asked = [message.content for message in request.messages if message.role == "user"]
        self.question = asked[-1] if asked else ""
        self.language: Wanted | None = None
        """What is expected; None where no switch of languages matters. Sure where insisted on."""
        if steering.language == "auto":
            expected = expected_language(request.messages)
            self.language = None if expected is None else expected._replace(sure=False)
        elif steering.language != "off":
            self.language = Wanted(steering.language, sure=self.leads)

    def stages(self, guards: Guards) -> Stages:
        """The stages for its text."""
        return Stages(
            self.style,
            opens_thinking=self.opens_thinking,
            guards=self._guards(guards),
            language=self.language,
            reasons_first=self._reasons_first,
        )

    def _guards(self, guards: Guards) -> Guards:
        if self.steering.loops == "off":
            return Guards()
        if guards.answer is not None:
            return guards
        prompt = [said.content for said in self.request.messages if said.role != "assistant"]
        return Guards(guards.thinking, (CycleDetector(Patience(prompt)),))

    def holds_more(self, written: int) -> bool:
        """Whether the context has room for a text of ours behind so many tokens."""
        return written + sentences.LONGEST < self._context_room

    def conclusion(self, before: str) -> str:
        """The text that asks for the answer, behind what was thought."""
        opened = self.opens_thinking is True
        return sentences.conclude(before, self.style, opened=opened, asked=self.question)

    def sampling(self, warmth: float = 0.0) -> Sampling:
        """Warmer by so much, and then never greedy, which does not get out of loops."""
        asked = self.request.sampling
        if not warmth:
            return asked
        return replace(asked, temperature=max(asked.temperature, 0.5) + warmth)

    def left(self, written: int) -> int | None:
        """How many tokens may still be asked for; None for as many as there are."""
        return left_of(self.request, written)

    def anew(self, stands: Standing) -> Anew:
        """What asks for the answer in a conversation of its own."""
        return ask_anew(self.request, stands, self.style, self.steering.budget)

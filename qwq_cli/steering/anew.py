"""How an answer is asked for anew, of a model that can't go on from a text: what was said so far,
the thought as what the assistant said, and a sentence that asks for the answer.

Knows messages and words. Does not know engines, nor when that is due.
"""

from dataclasses import dataclass, replace
from typing import Final

from qwq_cli.request import Message, Request, Sampling, ThinkingStyle
from qwq_cli.steering.limits import Limits
from qwq_cli.steering.places import sentence_start
from qwq_cli.steering.sentences import apart, voice_of

_THOUGHT: Final = 1024
"""Tokens of thinking that such an answer may begin with, where a budget was set."""
_BYTES_A_TOKEN: Final = 4
"""About so many: nobody counts what only a server reads."""
_ASK: Final = {
    "en": "This has been thought about enough. Give the answer that follows from it now",
    "zh": "思考到这里已经足够。现在不再推理，直接给出由此得到的答案",
}
_ASK_AT_ONCE: Final = {
    "en": "Give the answer at once, without thinking about it first",
    "zh": "不要推理，直接给出答案",
}
_HEADED: Final = {"en": ", below **Final Answer**", "zh": "，写在**最终答案**之下"}
_END: Final = {"en": ".", "zh": "。"}
_TAGS: Final = ("<think>", "</think>")


@dataclass(frozen=True, slots=True)
class Anew:
    """What is asked; `text` is what stands for it behind the thought, about so many `tokens`."""

    request: Request
    text: str
    tokens: int
    limits: Limits


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the first generation was ended: its text, and how many tokens that has, and its
    thinking. `full`: it left no room.
    """

    text: str
    written: int
    thinking: int
    full: bool


def ask_anew(asked: Request, stands: Standing, style: ThinkingStyle, budget: int | None) -> Anew:
    """The same question, with the thought, and with the wish for an answer.

    Tags are left out: templates read them in what the assistant said before, and cut there. Where
    the thought left no room, its later half stands for it.
    """
    thought, question = stands.text, asked.messages[-1].content
    for tag in _TAGS:
        thought = thought.replace(tag, "")
    thought = thought.strip()
    language = voice_of(thought or question)
    headed = _HEADED[language] if style == "headings" else ""
    words = f"{(_ASK if thought else _ASK_AT_ONCE)[language]}{headed}{_END[language]}"
    if stands.full:
        thought = thought[sentence_start(thought, len(thought) // 2) :]
    text = f"{apart(stands.text)}{words}\n\n"
    return Anew(
        replace(
            asked,
            messages=_messages(asked.messages, thought, words),
            sampling=_other_numbers(asked.sampling),
            max_tokens=left_of(asked, stands.written),
        ),
        text,
        max(len(text.encode()) // _BYTES_A_TOKEN, 1),
        Limits(None if budget is None else stands.thinking + _THOUGHT, 0),
    )


def left_of(asked: Request, written: int) -> int | None:
    """How many tokens may still be asked for; None for as many as there are."""
    return None if asked.max_tokens is None else max(asked.max_tokens - written, 0)


def _messages(said: tuple[Message, ...], thought: str, words: str) -> tuple[Message, ...]:
    if thought:
        return (*said, Message("assistant", thought), Message("user", words))
    *others, last = said  # templates want questions and answers by turns
    return (*others, Message(last.role, f"{last.content}\n\n{words}"))


def _other_numbers(sampling: Sampling) -> Sampling:
    """Drawn from another seed, as after any rewind."""
    return sampling if sampling.seed is None else replace(sampling, seed=sampling.seed + 1)

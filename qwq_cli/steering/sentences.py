"""What qwq says in the model's voice, in the language of its text. Knows words, no reasons.

They state and never question ("Wait" and its like make a model go back and forth), and end where
the model has something to say next.
"""

from typing import Final

from qwq_cli.request import ThinkingStyle
from qwq_cli.stream.language import language_of

_REFOCUS: Final = {
    "en": (
        "I have been over this ground before, and go on from what is settled in a different way.",
        "This line brings nothing new. I keep what is certain and turn to what was asked.",
    ),
    "zh": (
        "这一段前面已经推理过，其中确定的结论不再重复，下面换一个角度继续。",
        "这个方向没有新的结果。我只保留已经确定的内容，直接回到所问的问题。",
    ),
}
_CONCLUDE: Final = {
    "en": "I have thought about this enough, and give the answer that follows from it.",
    "zh": "思考到这里已经足够，下面根据以上的推理给出答案。",
}
_HEADING: Final = {"en": "**Final Answer**", "zh": "**最终答案**"}
LONGEST: Final = 60
"""Tokens that a text of ours may take. quill, whose tokens are small, takes 41 for the longest."""
_RECENT: Final = 2000
"""Characters that tell the language of the text."""
_OPEN, _CLOSE = "<think>", "</think>"


def refocus(before: str, number: int) -> str:
    """A sentence that leaves a loop behind; another one for the next `number`. `before`: the
    text that it goes behind.
    """
    choices = _REFOCUS[voice_of(before)]
    return f"{apart(before)}{choices[number % len(choices)]}\n\n"


def conclude(before: str, style: ThinkingStyle, *, opened: bool, asked: str = "") -> str:
    """A sentence that ends the thinking, and the mark that begins the answer.

    `opened`: whether the prompt opened the thinking. `asked`: the question, whose language counts
    where nothing was thought yet; then there is no sentence either.
    """
    if not before.strip():
        if style != "tags":
            return f"{_HEADING[voice_of(asked)]}\n\n"
        return f"{'' if opened or _OPEN in before else _OPEN}\n\n{_CLOSE}\n\n"
    voice = voice_of(before)
    end = _CLOSE if style == "tags" else _HEADING[voice]
    return f"{apart(before)}{_CONCLUDE[voice]}\n\n{end}\n\n"


def voice_of(text: str) -> str:
    """The language that we speak behind this text."""
    return "zh" if language_of(text[-_RECENT:]) == "zh" else "en"


def apart(before: str) -> str:
    """What makes a new paragraph behind this text."""
    if not before or before.endswith("\n\n"):
        return ""
    return "\n" if before.endswith("\n") else "\n\n"

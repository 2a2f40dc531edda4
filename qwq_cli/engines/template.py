"""A model's chat template: a conversation in, a prompt of parts out.

The template is a program that came with the weights: it runs in jinja's sandbox. What people
wrote never passes through it: it sees an unguessable mark for each message, and the marks are
replaced by parts that are no control text. Knows no engine.
"""

import json
import os
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from qwq_cli.engines.base import Part, Prompt
from qwq_cli.errors import BadInputError, UnavailableError
from qwq_cli.request import Message, ThinkingStyle

if TYPE_CHECKING:
    from jinja2 import Template

CHATML = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}"
    "<|im_end|>\n{% endfor %}{{ '<|im_start|>assistant\n' }}"
)
"""The form that most models without a template of their own were trained on."""


def style_of(source: str) -> ThinkingStyle:
    """`tags` where the template speaks of `<think>`, else `none`."""
    return "tags" if "<think>" in source or "</think>" in source else "none"


class ChatTemplate:
    """One compiled template. Compiling is put off to the first `render`: jinja is slow to import.

    `bos` and `eos` are the texts of the model's tokens. `adds_bos`: the tokeniser puts `bos`
    before every prompt, so the one that the template writes is left out.
    """

    def __init__(
        self, source: str, *, bos: str = "", eos: str = "", adds_bos: bool = False
    ) -> None:
        self.source = source
        self._names = {"bos_token": bos, "eos_token": eos}
        self._bos = bos if adds_bos else ""
        self._template: Template | None = None

    def render(self, messages: tuple[Message, ...]) -> Prompt:
        """The prompt that asks for the next assistant turn.

        Raises BadInputError where the template refuses the conversation (such as a system
        message that it does not know), UnavailableError where the template itself is broken.
        """
        marked = Marked(messages)
        text = self._run(marked.messages)
        if self._bos and text.startswith(self._bos):
            text = text[len(self._bos) :]
        return marked.prompt(text)

    def _run(self, messages: list[dict[str, str]]) -> str:
        from jinja2 import TemplateError

        try:
            if self._template is None:
                self._template = _compile(self.source)
            return self._template.render(
                messages=messages, add_generation_prompt=True, tools=None, **self._names
            )
        except _RefusedError as error:
            raise BadInputError("the model's chat template refuses this", str(error)) from error
        except (TemplateError, TypeError, ValueError, LookupError, ArithmeticError) as error:
            raise UnavailableError("the model's chat template fails", str(error)) from error


class Marked:
    """Messages whose contents are unguessable marks, for whatever renders them: what people wrote
    comes back in afterwards, as parts that are no control text.
    """

    def __init__(self, messages: tuple[Message, ...]) -> None:
        marks = [f"mark{os.urandom(16).hex()}" for _ in messages]
        self._contents = dict(zip(marks, (message.content for message in messages), strict=True))
        self._last = marks[-1] if marks else ""
        self.messages = [
            {"role": message.role, "content": mark}
            for message, mark in zip(messages, marks, strict=True)
        ]

    def prompt(self, text: str) -> Prompt:
        """The prompt that the rendered text means; raises BadInputError if it lacks the last
        message.
        """
        if self._last not in text:
            raise BadInputError("the model's chat template drops the last message")
        tail = text.rpartition(self._last)[2] if self._last else text
        return Prompt(tuple(_parts(text, self._contents)), opens_thinking(tail))


def opens_thinking(tail: str) -> bool | None:
    """What stands after the last message tells: an opened tag, a closed one, or nothing."""
    if "</think>" in tail:
        return False
    return True if "<think>" in tail else None


class _RefusedError(Exception):
    """What a template's own `raise_exception` raises."""


def _refuse(reason: str) -> None:
    raise _RefusedError(reason)


def _compile(source: str) -> "Template":
    from jinja2.ext import loopcontrols
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    # As the makers' own tools set it up: without trimming, blank lines would slip into prompts.
    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols], autoescape=False
    )
    environment.globals["raise_exception"] = _refuse
    environment.globals["strftime_now"] = datetime.now(timezone.utc).astimezone().strftime
    environment.filters["tojson"] = _tojson
    return environment.from_string(source)


def _tojson(value: object, indent: int | None = None) -> str:
    """JSON as models were trained on: jinja's own would escape it for HTML."""
    return json.dumps(value, ensure_ascii=False, indent=indent)


def _parts(text: str, contents: dict[str, str]) -> list[Part]:
    """Cut rendered text at its marks; what stood for a message becomes plain text."""
    found = sorted((at, mark) for mark in contents for at in _places(text, mark))
    parts: list[Part] = []
    done = 0
    for at, mark in found:
        parts += (Part(text[done:at], control=True), Part(contents[mark]))
        done = at + len(mark)
    parts.append(Part(text[done:], control=True))
    return [part for part in parts if part.text]


def _places(text: str, mark: str) -> list[int]:
    """Every offset at which `mark` stands."""
    places: list[int] = []
    at = text.find(mark)
    while at >= 0:
        places.append(at)
        at = text.find(mark, at + len(mark))
    return places

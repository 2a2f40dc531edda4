"""Steps of a chain of thought: one form writes a step, reads it, and says whether it is true.

A chain is a line a step, then a heading and the answer. A form's truth is looked up in the puzzle
and in what has been said before, never in what the writer meant; so the same forms measure chains
that a model wrote. Knows no kind of puzzle.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeAlias, TypeVar

from qwq_cli.puzzles.kind import Kind
from qwq_cli.puzzles.words import Language

P = TypeVar("P")
T = TypeVar("T")
Values: TypeAlias = Mapping[str, Any]
Step: TypeAlias = tuple[str, Values]
"""The name of a form, and what fills it."""

HEADINGS: Final[dict[Language, str]] = {"zh": "**最终答案**", "en": "**Final Answer**"}
NONE: Final[dict[Language, str]] = {"zh": "没有答案", "en": "no answer"}
SEVERAL: Final[dict[Language, str]] = {"zh": "不止一个答案", "en": "several answers"}


@dataclass(frozen=True, slots=True)
class Field(Generic[T]):
    """What may stand at one place of a step. `read` raises ValueError for what may not; `other`
    gives another value, for planting faults.
    """

    patterns: Mapping[Language, str]
    read: Callable[[str, Language], T]
    write: Callable[[T, Language], str]
    other: Callable[[T], T]


def choice(yes: tuple[str, str], no: tuple[str, str]) -> Field[bool]:
    """One of two words, in Chinese and English: true or false."""
    words: dict[Language, dict[str, bool]] = {
        "zh": {yes[0]: True, no[0]: False},
        "en": {yes[1]: True, no[1]: False},
    }
    texts = {lang: {value: text for text, value in by.items()} for lang, by in words.items()}
    patterns: dict[Language, str] = {
        lang: "|".join(sorted(map(re.escape, by), key=len, reverse=True))
        for lang, by in words.items()
    }
    return Field(
        patterns,
        read=lambda text, lang: words[lang][text],
        write=lambda value, lang: texts[lang][value],
        other=lambda value: not value,
    )


def listed(one: Field[T], empty: tuple[str, str] = ("", "")) -> Field[tuple[T, ...]]:
    """Any number of something, `、` or `, ` between them."""
    between: dict[Language, str] = {"zh": "、", "en": ", "}
    nothing: dict[Language, str] = {"zh": empty[0], "en": empty[1]}

    def read(text: str, lang: Language) -> tuple[T, ...]:
        if text == nothing[lang]:
            return ()
        return tuple(one.read(part, lang) for part in text.split(between[lang]))

    def write(values: tuple[T, ...], lang: Language) -> str:
        return between[lang].join(one.write(v, lang) for v in values) or nothing[lang]

    patterns: dict[Language, str] = {
        lang: rf"(?:{one.patterns[lang]})(?:{between[lang]}(?:{one.patterns[lang]}))*"
        + (f"|{re.escape(nothing[lang])}" if nothing[lang] else "")
        for lang in between
    }
    return Field(
        patterns,
        read,
        write,
        other=lambda values: values[:-1] if len(values) > 1 else (*values, *values),
    )


def same(pattern: str, other: Callable[[str], str]) -> Field[str]:
    """A text that is the same in both languages."""
    return Field(
        {"zh": pattern, "en": pattern},
        read=lambda text, _: text,
        write=lambda value, _: value,
        other=other,
    )


NUMBER: Final[Field[int]] = Field(
    {"zh": r"-?\d{1,40}", "en": r"-?\d{1,40}"},
    read=lambda text, _: int(text),
    write=lambda value, _: str(value),
    other=lambda value: value + 1,
)
LETTER: Final[Field[str]] = same("[A-Z]", lambda letter: "B" if letter == "A" else "A")


class Scene(Generic[P]):
    """A puzzle, and what has been said of it so far."""

    def __init__(self, puzzle: P, lang: Language) -> None:
        self.puzzle = puzzle
        self.lang = lang
        self.said: list[Step] = []

    def last(self, form: str) -> Values | None:
        """What filled the latest step of that form."""
        return next((values for name, values in reversed(self.said) if name == form), None)

    def all(self, form: str, since: str = "") -> list[Values]:
        """What filled the steps of that form, or those behind the latest one of `since`."""
        start = 0
        for number, (name, _) in enumerate(self.said):
            if name == since:
                start = number + 1
        return [values for name, values in self.said[start:] if name == form]


@dataclass(frozen=True, slots=True)
class Form(Generic[P]):
    """One kind of step. `true` looks up whether one holds. `decided` are the fields that the others
    decide: with another value there the step is false.
    """

    zh: str
    en: str
    fields: Mapping[str, Field[Any]]
    true: Callable[[Scene[P], Values], bool]
    decided: tuple[str, ...] = ()

    def write(self, values: Values, lang: Language) -> str:
        """The step as a line."""
        filled = {name: one.write(values[name], lang) for name, one in self.fields.items()}
        return self._template(lang).format(**filled)

    def read(self, line: str, lang: Language) -> Values | None:
        """What fills a line, None if it is no step of this form."""
        match = re.fullmatch(self._pattern(lang), line)
        if match is None:
            return None
        try:
            return {name: one.read(match[name], lang) for name, one in self.fields.items()}
        except (ValueError, KeyError, StopIteration, RuntimeError):  # (a search without a find)
            return None

    def _template(self, lang: Language) -> str:
        return self.zh if lang == "zh" else self.en

    def _pattern(self, lang: Language) -> str:
        pattern, seen = "", set()
        for part in re.split(r"(\{\w+\})", self._template(lang)):
            name = part[1:-1]
            if not part.startswith("{"):
                pattern += re.escape(part)
            elif name in seen:
                pattern += f"(?P={name})"
            else:
                seen.add(name)
                pattern += f"(?P<{name}>{self.fields[name].patterns[lang]})"
        return pattern


@dataclass(frozen=True, slots=True)
class Thought(Generic[P]):
    """How one kind of puzzle is reasoned through: its forms, and the steps to the answer."""

    forms: Mapping[str, Form[P]]
    steps: Callable[[P, Language], Iterator[Step]]
    units: Callable[[str, Language], list[str]] = field(default=lambda line, _: [line])
    """What of a line is one step; all of it, mostly."""

    def lines(self, puzzle: P, lang: Language) -> list[str]:
        """The chain, a step a line."""
        return [self.forms[name].write(values, lang) for name, values in self.steps(puzzle, lang)]


@dataclass(frozen=True, slots=True)
class Fault:
    """A step that is not true, or none that is known; `number` counts steps from 1."""

    number: int
    line: str
    why: str


def conclusion(solutions: tuple[Any, ...], kind: Kind[Any, Any], lang: Language) -> str:
    """What stands under the heading: the one answer, or that there is none, or several."""
    if len(solutions) == 1:
        return kind.say(solutions[0], lang)
    return SEVERAL[lang] if solutions else NONE[lang]


def split(text: str) -> tuple[str, str | None]:
    """The thought and what stands under the last heading; None without one."""
    for heading in HEADINGS.values():
        thought, found, answer = text.rpartition(heading)
        if found:
            return thought, answer.strip()
    return text, None


def faults(
    thought: Thought[P], kind: Kind[P, Any], puzzle: P, text: str, lang: Language
) -> list[Fault]:
    """Every step of a chain that is false or unknown, and an answer that is not the solver's.

    A chain without faults is true from its first line to its answer.
    """
    chain, answer = split(text)
    scene: Scene[P] = Scene(puzzle, lang)
    found: list[Fault] = []
    number = 0
    for line in chain.splitlines():
        for unit in thought.units(line.strip(), lang) if line.strip() else ():
            number += 1
            why = _wrong(thought, scene, unit)
            if why:
                found.append(Fault(number, unit, why))
    solutions = kind.solve(puzzle)
    wanted = conclusion(solutions, kind, lang)
    right = answer == wanted or (
        len(solutions) == 1 and answer is not None and kind.check(puzzle, answer).right
    )
    if not right:
        found.append(Fault(number + 1, answer or "", f"the answer is {wanted}"))
    if number == 0:
        found.append(Fault(0, "", "no step at all"))
    return found


def _wrong(thought: Thought[P], scene: Scene[P], unit: str) -> str:
    """Why a step is wrong, "" if it is true; takes it into the scene."""
    read = False
    for name, form in thought.forms.items():
        values = form.read(unit, scene.lang)
        if values is None:
            continue
        read = True
        try:
            true = form.true(scene, values)
        except (ValueError, KeyError, IndexError, ZeroDivisionError, AssertionError):
            true = False
        if true:
            scene.said.append((name, values))
            return ""
    return "it is false" if read else "it is no step that is known"

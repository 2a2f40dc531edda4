"""The command tree as plain records: what man pages and completion scripts are made from.

Knows how Typer describes a command, and by a value's placeholder what it can be. Does not know
who reads the records. No other command loads it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from inspect import cleandoc
from typing import Any, Final, Literal, TypeAlias, cast

import typer

from qwq_cli.settings import KEYS
from qwq_cli.weights.models import MODELS, OFFERS

Listed: TypeAlias = Literal["models", "history"]
"""What only the running program knows; `qwq complete` lists it."""


@dataclass(frozen=True, slots=True)
class Value:
    """What a value can be, as far as that can be listed: words; or what is `listed`, and files."""

    words: tuple[str, ...] = ()
    files: str = ""
    """A pattern of file names; folders are offered on the way to them."""
    folders: bool = False
    listed: Listed | None = None


ANYTHING = Value()
_MODEL: Final = Value(files="*.gguf", listed="models")
_STORED: Final = Value(listed="models")
_PLACES: Final = {
    "qwq model pull MODEL": Value(words=(*MODELS, *OFFERS)),
    "qwq model pull FILE": ANYTHING,  # one of the hub's
    "qwq model fit NAME": Value(words=tuple(MODELS)),
    "qwq model show NAME": _STORED,
    "qwq model use NAME": _STORED,
    "qwq model rm NAME": _STORED,
}
"""Placeholders that mean something else there than elsewhere, or nothing elsewhere."""
_PLACEHOLDERS: Final = {
    "DIR": Value(folders=True),
    "FILE": Value(files="*"),
    "FOLDER": Value(folders=True),
    "ID": Value(listed="history"),
    "MODEL": _MODEL,
    "NAME|FILE": _MODEL,
    "PATH": Value(files="*"),
    "PUZZLE": Value(files="*"),
    "SETTING": Value(words=tuple(KEYS)),
}


@dataclass(frozen=True, slots=True)
class Option:
    """`names` from the shortest to the longest, those that say no before the others; `placeholder`
    stands for its value and is empty for a flag, which takes none; `note` says the range and the
    default, where there are any.
    """

    names: tuple[str, ...]
    placeholder: str
    text: str
    note: str
    value: Value
    repeatable: bool
    setting: bool
    """Whether a setting of this name gives it when it is not given."""


@dataclass(frozen=True, slots=True)
class Argument:
    """`placeholder` is bare: no brackets."""

    placeholder: str
    text: str
    note: str
    value: Value
    many: bool
    required: bool


@dataclass(frozen=True, slots=True)
class Command:
    """A command, or a group of them. `path` begins with the program's name; `summary` is the first
    sentence of `text`, without its full stop.
    """

    path: tuple[str, ...]
    summary: str
    text: str
    options: tuple[Option, ...]
    arguments: tuple[Argument, ...]
    commands: tuple["Command", ...]

    @property
    def name(self) -> str:
        """All words of it, as one types them."""
        return " ".join(self.path)

    def walk(self) -> Iterator["Command"]:
        """This one and all below, each before its own."""
        yield self
        for command in self.commands:
            yield from command.walk()


def command_tree() -> Command:
    """The tree of qwq's commands, without what is hidden."""
    from qwq_cli.cli.app import app

    return _command(typer.main.get_command(app), "qwq", None)


# Typer vendors Click and exports few of its classes, hence `Any`.
def _command(command: Any, name: str, parent: typer.Context | None) -> Command:  # noqa: ANN401
    context = command.make_context(name, [], parent=parent, resilient_parsing=True)
    shown = [each for each in command.get_params(context) if not getattr(each, "hidden", False)]
    options = [each for each in shown if each.param_type_name == "option"]
    arguments = [each for each in shown if each.param_type_name == "argument"]
    settings = any(each.name == "model" for each in options)  # it runs one, by the settings
    commands = getattr(command, "commands", {})
    text = cleandoc(command.help or "").partition("\f")[0].strip()
    return Command(
        path=tuple(context.command_path.split()) if parent is not None else (name,),
        summary=" ".join(text.partition("\n\n")[0].split()).partition(". ")[0].rstrip("."),
        text=text,
        options=tuple(_option(each, context, settings=settings) for each in options),
        arguments=tuple(_argument(each, context) for each in arguments),
        commands=tuple(
            _command(child, child_name, context)
            for child_name, child in commands.items()
            if not child.hidden
        ),
    )


def _option(option: Any, context: typer.Context, *, settings: bool) -> Option:  # noqa: ANN401
    flag = option.is_flag or option.count
    placeholder = "" if flag else option.make_metavar(context).strip("<>")
    text, note = _text(option, context)
    return Option(
        names=(*_sorted(option.secondary_opts), *_sorted(option.opts)),
        placeholder=placeholder,
        text=text,
        note=note,
        value=ANYTHING if flag else _value(option, placeholder, context.command_path),
        repeatable=option.multiple or option.count,
        setting=settings and option.name in KEYS,
    )


def _sorted(names: list[str]) -> list[str]:
    """From the shortest on: Click keeps the names of its --help in a set."""
    return sorted(set(names), key=lambda name: (len(name), name))


def _argument(argument: Any, context: typer.Context) -> Argument:  # noqa: ANN401
    many = argument.nargs == -1
    placeholder = argument.make_metavar(context).removesuffix("...").strip("[]{}<>")
    if placeholder == argument.name:  # nobody chose one
        placeholder = placeholder.upper()
    text, note = _text(argument, context)
    return Argument(
        placeholder=placeholder,
        text=text,
        note=note,
        value=_value(argument, placeholder, context.command_path),
        many=many,
        required=argument.required,
    )


def _text(parameter: Any, context: typer.Context) -> tuple[str, str]:  # noqa: ANN401
    """Its help, and what `--help` adds to it in brackets."""
    record = cast("tuple[str, str] | None", parameter.get_help_record(context))
    text, _, note = (record[1] if record else "").partition("  [")
    return " ".join(text.split()), note.removesuffix("]")


def _value(parameter: Any, placeholder: str, command: str) -> Value:  # noqa: ANN401
    choices = getattr(parameter.type, "choices", None)
    if choices is not None:
        return Value(words=tuple(str(choice) for choice in choices))
    if parameter.name in KEYS and KEYS[parameter.name].choices:
        return Value(words=KEYS[parameter.name].choices)
    found = _PLACES.get(f"{command} {placeholder}")
    return found if found is not None else _PLACEHOLDERS.get(placeholder, ANYTHING)

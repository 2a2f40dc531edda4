"""Make the man pages and the completion scripts from the commands: `python -m docs.manual`.

One page for qwq, and one for each command or group right under it. Both folders are committed, and
a test says when they are not what this makes. Knows what stands in a page and where it is known;
the words are those of the commands, the settings and the errors themselves.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import qwq_cli.errors
from docs.roff import bold, escaped, italic, lines, paragraphs, prose, section, tagged, verbatim
from qwq_cli import __version__
from qwq_cli.cli.completions import script
from qwq_cli.cli.tree import Argument, Command, Option, command_tree
from qwq_cli.config import PROJECT_FILES
from qwq_cli.settings import KEYS, Key, Settings, values_of

ROOT = Path(__file__).parents[1]
COMMAND: Final = "python -m docs.manual"

ENDINGS: Final = {
    0: "done",
    129: "the terminal went away; the partial answer is kept",
    130: "interrupted; the partial answer is kept",
    141: "the pipe was closed by its reader",
    143: "terminated; the partial answer is kept",
}
"""The exit codes that are no errors; `qwq_cli.errors` has the others."""

ENVIRONMENT: Final = {
    "NO_COLOR": "Anything but nothing turns colours and styles off.",
    "TERM": "`dumb`, or none: no styles, and nothing is redrawn.",
    "XDG_CONFIG_HOME": "Where the folder with your settings is, instead of ~/.config.",
    "XDG_DATA_HOME": "Where the folder with models and history is, instead of ~/.local/share.",
    "XDG_STATE_HOME": "Where the folder with what you typed is, instead of ~/.local/state.",
    "VISUAL, EDITOR": "The editor for questions in a conversation.",
    "HF_ENDPOINT, HF_TOKEN": "The hub that models are pulled from, and your token for it.",
}
"""What qwq honours besides its settings."""

FILES: Final = {
    "~/.config/qwq/config.toml": "Your settings; see qwq config.",
    ", ".join(PROJECT_FILES): "A project's settings, in the working directory or above it, as far "
    "as the top of a git checkout or your home. They may not name a file to load as a model.",
    "~/.local/share/qwq/models": "Models that were pulled or added; see qwq model.",
    "~/.local/share/qwq/history.db": "What was asked and answered.",
    "~/.local/state/qwq/warm": "Sockets and logs of models that stay loaded; see qwq ps.",
    "~/.local/state/qwq/typed.jsonl": "What was typed in conversations, for the arrow keys.",
}
"""As on Linux; macOS has its own places, and `qwq config path` tells them."""


def made() -> dict[Path, str]:
    """Every file that is made, by its place under the project's root."""
    tree = command_tree()
    pages = {Path("man", "qwq.1"): _front(tree)}
    pages |= {Path("man", f"{'-'.join(each.path)}.1"): _page(each) for each in tree.commands}
    scripts = {
        Path("completions", "qwq.bash"): script("bash"),
        Path("completions", "_qwq"): script("zsh"),
        Path("completions", "qwq.fish"): script("fish"),
    }
    return pages | scripts


# ------------------------------------------------------------------------------------- pages


def _front(tree: Command) -> str:
    """qwq(1): what all commands have in common."""
    return "".join(
        [
            _top(tree),
            section("SYNOPSIS", [_synopsis(tree)]),
            section("DESCRIPTION", [paragraphs(_told(tree))]),
            section(
                "COMMANDS", [tagged(_reference(each), _sentence(each)) for each in tree.commands]
            ),
            section("OPTIONS", _parameters(tree)),
            section("EXIT STATUS", _codes()),
            section("ENVIRONMENT", _environment(tree)),
            section("FILES", [tagged(bold(file), text) for file, text in FILES.items()]),
            section("EXAMPLES", _examples(tree)),
            section("SEE ALSO", [lines(", ".join(_reference(each) for each in tree.commands))]),
        ]
    )


def _page(command: Command) -> str:
    """The page of a command, or of a group with the commands in it."""
    options = dict.fromkeys(option for each in command.walk() for option in each.options)
    settings = [option for option in options if option.setting]
    variables = [tagged(*_variable(KEYS[_setting(option)], option)) for option in settings]
    return "".join(
        [
            _top(command),
            section("SYNOPSIS", ["\n.br\n".join(_synopsis(each) for each in _leaves(command))]),
            section("DESCRIPTION", [paragraphs(_told(command))]),
            section("COMMANDS", _parts(command)),
            section("OPTIONS", _parameters(command)),
            section("EXIT STATUS", _codes()),
            section("ENVIRONMENT", variables),
            section("EXAMPLES", _examples(command)),
            section("SEE ALSO", [f"{bold('qwq')}(1)"]),
        ]
    )


def _top(command: Command) -> str:
    name = "-".join(command.path)
    summary = re.sub(r"^[A-Z](?=[a-z ])", lambda first: first[0].lower(), command.summary)
    title = escaped(name.upper())
    return (
        f'.\\" Made from the commands by `{COMMAND}`: edits would be lost.\n'
        f'.TH {title} 1 "" "qwq {__version__}" "qwq manual"\n'
        f".SH NAME\n{escaped(name)} \\- {escaped(summary)}\n"
    )


def _reference(command: Command) -> str:
    return f"{bold('-'.join(command.path))}(1)"


def _leaves(command: Command) -> Iterator[Command]:
    """Itself, or all commands in a group."""
    return (each for each in command.walk() if not each.commands)


def _parts(group: Command) -> Iterator[str]:
    """The commands of a group; one that takes what another takes says so."""
    seen: dict[tuple[object, ...], Command] = {}
    for each in _leaves(group):
        if each == group:
            continue
        like = seen.setdefault((each.arguments, each.options), each)
        if like is each or not each.options:
            yield _part(each, group.options)
        else:
            texts = [*_told(each), f"It takes what {like.name.split()[-1]} takes."]
            yield f".SS {escaped(each.name)}\n{paragraphs(texts)}"


def _part(command: Command, common: tuple[Option, ...]) -> str:
    """A command on its group's page, without the options that the group has too."""
    texts = paragraphs(_told(command))
    own = replace(command, options=tuple(each for each in command.options if each not in common))
    examples = (f".PP\n{example}" for example in _examples(command))
    return "\n".join([f".SS {escaped(command.name)}", texts, *_parameters(own), *examples])


def _synopsis(command: Command) -> str:
    words = [bold(command.name), f"[{italic('OPTIONS')}]"]
    if command.commands:
        words += [italic("COMMAND"), f"[{italic('ARGUMENTS')}]..."]
    return lines(" ".join([*words, *map(_place, command.arguments)]))


def _place(argument: Argument) -> str:
    name = italic(argument.placeholder)
    return (name if argument.required else f"[{name}]") + "..." * argument.many


def _told(command: Command) -> list[str]:
    """The paragraphs of its help but for the examples."""
    texts = command.text.split("\n\n")
    return [" ".join(text.split()) for text in texts if not text.startswith("\b")]


def _examples(command: Command) -> Iterator[str]:
    for text in command.text.split("\n\n"):
        if text.startswith("\b\n"):
            block = text.removeprefix("\b\n").splitlines()
            yield verbatim("\n".join(line.removeprefix("  ") for line in block))


def _sentence(command: Command) -> str:
    return f"{command.summary}."


def _parameters(command: Command) -> Iterator[str]:
    """Arguments, then options, each with what it takes."""
    for argument in command.arguments:
        yield tagged(_place(argument), _with_note(argument))
    for option in command.options:
        names = ", ".join(bold(name) for name in option.names)
        value = f" {italic(option.placeholder)}" if option.placeholder else ""
        yield tagged(names + value, _with_note(option))


def _with_note(parameter: Argument | Option) -> str:
    note = parameter.note.replace("required", "")
    return f"{parameter.text} ({note})" if note else parameter.text


# -------------------------------------------------------------------- what is known elsewhere


def _codes() -> Iterator[str]:
    """Every exit code, in order. The tree on top of `qwq_cli.errors` says what each is for."""
    drawn = re.findall(r"\w+Error +(\d+) +(.+)", qwq_cli.errors.__doc__ or "")
    # Of several with one code the first is the widest.
    codes = ENDINGS | {int(code): text for code, text in reversed(drawn)}
    for code in sorted(codes):
        yield tagged(bold(str(code)), f"{codes[code].capitalize()[:1]}{codes[code][1:]}.")


def _environment(tree: Command) -> Iterator[str]:
    """The variables of all settings, and what else counts."""
    options = {_setting(each): each for one in tree.walk() for each in one.options if each.setting}
    yield prose(
        "Flags go before these variables, these before the project's file, that before your own "
        "file, and that before the defaults. `qwq config show` tells where each value comes from."
    )
    for name, key in KEYS.items():
        yield tagged(*_variable(key, options.get(name)))
    for name, text in ENVIRONMENT.items():
        yield tagged(bold(name), text)


def _variable(key: Key, option: Option | None) -> tuple[str, str]:
    """A setting's variable, and what it must be."""
    rule = key.rule.partition(" must be ")[2]
    usual = key.unset or values_of(Settings())[key.name]
    as_option = f"as {option.names[-1]}: " if option else ""
    text = f"{as_option}{rule}; otherwise {usual}."
    return bold(f"QWQ_{key.name.upper()}"), text[:1].upper() + text[1:]


def _setting(option: Option) -> str:
    return option.names[-1].removeprefix("--").replace("-", "_")


# -------------------------------------------------------------------------------------- main


def main() -> None:
    """Write what differs, and remove pages of commands that are gone."""
    files = made()
    there = [file for folder in ("man", "completions") for file in (ROOT / folder).glob("*")]
    for file in there:
        if file.relative_to(ROOT) not in files:
            file.unlink()
            print(f"removed {file.relative_to(ROOT)}", file=sys.stderr)
    for name, text in files.items():
        file = ROOT / name
        file.parent.mkdir(exist_ok=True)
        if not file.is_file() or file.read_text("utf-8") != text:
            file.write_text(text, "utf-8")
            print(f"wrote {name}", file=sys.stderr)


if __name__ == "__main__":
    main()

"""The completion script for fish (3.0 and later). Knows fish, and the records of the tree.

The script answers by itself; only what the running program knows does it ask of `qwq complete`.
"""

from collections.abc import Iterator

from qwq_cli.cli.scripts.bash import valued
from qwq_cli.cli.tree import ANYTHING, Argument, Command, Option, Value

_SCRIPT = r"""
function __qwq_listed --description 'what only the program knows'
    set -l words (commandline -opc)
    set -l program (string replace -r '^~/' $HOME/ -- $words[1])
    $program complete $argv[1] 2>/dev/null </dev/null
end

function __qwq_files --description 'files that end so, and folders'
    set -l end (string escape --style=regex -- $argv[1])
    __fish_complete_suffix $argv[1] | string match -r -- "^[^\t]*(?:/|$end)(?:\t.*)?\$"
end

function __qwq_at --description 'whether command $1 is being written, at arguments $2 to $3'
    set -l words (commandline -opc)
    set -e words[1]
    set -l command qwq
    set -l commands %(commands)s
    set -l valued %(valued)s
    set -l count 1
    set -l skipped
    set -l ended
    for word in $words
        if test -n "$skipped"
            set skipped
        else if test -z "$ended"; and test "$word" = --
            set ended 1
        else if test -z "$ended"; and string match -qr -- '^-.' $word
            string match -qr -- $valued $word; and set skipped 1
        else if contains -- $word $commands
            set command "$command $word"
            set commands
            switch $command
%(cases)s
            end
        else
            set count (math $count + 1)
        end
    end
    test "$command" = "$argv[1]"; or return
    test -n "$argv[2]"; or return 0
    test -z "$ended"; and string match -q -- '-*' (commandline -ct); and return 1
    test $count -ge $argv[2]; and test $count -le $argv[3]
end

complete -c qwq -e
complete -c qwq -f
%(completions)s
"""
_LAST = 9999


def fish(tree: Command, head: str) -> str:
    """The script; `head` is its first comment."""
    return f"# {head}\n" + _SCRIPT % {
        "commands": _names(tree),
        "valued": _quoted(valued(tree)),
        "cases": "\n".join(line for each in tree.walk() if each != tree for line in _case(each)),
        "completions": "\n".join(line for each in tree.walk() for line in _completions(each)),
    }


def _case(command: Command) -> Iterator[str]:
    indent = " " * 16
    yield f"{indent}case {_quoted(command.name)}"
    if command.commands:
        yield f"{indent}    set commands {_names(command)}"
    yield f"{indent}    set valued {_quoted(valued(command))}"


def _names(command: Command) -> str:
    return " ".join(each.path[-1] for each in command.commands)


def _completions(command: Command) -> Iterator[str]:
    for each in command.commands:
        said = _quoted(_plain(each.summary))
        yield f"{_start(command, 1, 1)} -a {each.path[-1]} -d {said}"
    for option in command.options:
        yield f"{_start(command)} {_option(option)}"
    for number, argument in enumerate(command.arguments, 1):
        if argument.value != ANYTHING:
            yield f"{_start(command, number, _last(number, argument))} {_offers(argument.value)}"


def _last(number: int, argument: Argument) -> int:
    return _LAST if argument.many else number


def _start(command: Command, *places: int) -> str:
    condition = " ".join(["__qwq_at", f'"{command.name}"', *map(str, places)])
    return f"complete -c qwq -n {_quoted(condition)}"


def _option(option: Option) -> str:
    names = " ".join(
        f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in option.names
    )
    said = f"-d {_quoted(_plain(option.text))}"
    if not option.placeholder:
        return f"{names} {said}"
    offers = f" {_offers(option.value)}" if option.value != ANYTHING else ""
    return f"{names} {said} -r{offers or ' -f'}"


def _offers(value: Value) -> str:
    """What to offer; `-F` lets fish offer files besides."""
    words = list(value.words)
    if value.listed:
        words.append(f"(__qwq_listed {value.listed})")
    if value.folders:
        words.append("(__fish_complete_directories)")
    if value.files.startswith("*."):
        words.append(f"(__qwq_files {value.files[1:]})")
    offered = f"-k -a {_quoted(' '.join(words))}" if words else ""
    return f"-F {offered}".rstrip() if value.files == "*" else f"-f {offered}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _plain(text: str) -> str:
    return text.replace("`", "").rstrip(".")

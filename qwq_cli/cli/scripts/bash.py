"""The completion script for bash (3.2 and later). Knows bash, and the records of the tree.

The script answers by itself; only what the running program knows does it ask of `qwq complete`.
It takes what it asks as data: nothing that comes back is expanded by the shell.
"""

from collections.abc import Iterator
from shlex import quote

from qwq_cli.cli.tree import ANYTHING, Command, Value

_SCRIPT = r"""
_qwq_words() {
    local word
    for word; do
        [[ $word == "$cur"* ]] && COMPREPLY+=("$word")
    done
}

_qwq_files() { # folders, and files by the pattern $1; what is in quotes is left to readline
    local name
    compopt -o filenames 2>/dev/null
    if [[ $cur == [\"\']* ]]; then
        compopt -o default 2>/dev/null
        return
    fi
    while IFS= read -r name; do
        COMPREPLY+=("$name")
    done < <(
        [[ $1 == '*' ]] || compgen -d -- "$cur"
        [[ ! $1 ]] || compgen -f -X "!$1" -- "$cur"
    )
}

_qwq_listed() { # what only the program knows
    local name _
    while IFS=$'\t' read -r name _; do
        _qwq_words "$name"
    done < <("${program/#~\//$HOME/}" complete "$1" 2>/dev/null </dev/null)
}

_qwq_command() { # what the command $1 has; `valued` matches an option whose value is the next word
    case $1 in
%(commands)s
    esac
}

_qwq_values() { # what the option or the argument (by its number) of a command can be
    case $1 in
%(values)s
    esac
}

_qwq() {
    local IFS=$' \t\n' program=$1 command=qwq option='' ended='' glued='' cur='' count=0
    local commands options valued i word
    local -a words=()
    COMPREPLY=()
    for ((i = 1; i <= COMP_CWORD; i++)); do # readline splits at = and :, the program does not
        word=${COMP_WORDS[i]}
        if [[ $word && ${#words[@]} -gt 0 && ($glued || $word == [=:]*) ]]; then
            words[${#words[@]} - 1]+=$word
        else
            words+=("$word")
        fi
        glued=
        [[ $word && ! ${word//[=:]/} ]] && glued=1
    done
    cur=${words[${#words[@]} - 1]}
    _qwq_command "$command"
    for ((i = 0; i < ${#words[@]} - 1; i++)); do
        word=${words[i]}
        if [[ $option ]]; then
            option=
        elif [[ ! $ended && $word == -- ]]; then
            ended=1
        elif [[ ! $ended && $word == -?* ]]; then
            [[ $word =~ $valued ]] && option=$word
        elif [[ " $commands " == *" $word "* ]]; then
            command+=" $word"
            _qwq_command "$command"
        else
            ((count++))
        fi
    done

    local kept=''
    if [[ $option == -[!-]* ]]; then
        option=-${option:${#option}-1}
    elif [[ ! $option && ! $ended && $cur == --*=* ]]; then
        option=${cur%%%%=*} cur=${cur#*=}
        [[ $COMP_WORDBREAKS == *=* ]] || kept=$option=
    elif [[ ! $option && ! $ended && $cur == -* ]]; then
        _qwq_words $options
        return
    elif [[ ! $option && $commands && $count -eq 0 ]]; then
        _qwq_words $commands
        return
    fi
    _qwq_values "$command ${option:-$((count + 1))}"

    local drop=''
    [[ $COMP_WORDBREAKS == *:* && $cur == *:* ]] && drop=${cur%%"${cur##*:}"}
    for ((i = 0; i < ${#COMPREPLY[@]}; i++)); do
        COMPREPLY[i]=$kept${COMPREPLY[i]#"$drop"}
    done
}

complete -F _qwq qwq
"""
_INDENT = "    "


def bash(tree: Command, head: str) -> str:
    """The script; `head` is its first comment."""
    return f"# {head}\n" + _SCRIPT % {
        "commands": "\n".join(_described(each) for each in tree.walk()),
        "values": "\n".join(line for each in tree.walk() for line in _values(each)),
    }


def _described(command: Command) -> str:
    commands = " ".join(each.path[-1] for each in command.commands)
    options = " ".join(name for option in command.options for name in option.names)
    return (
        f"{_INDENT}{quote(command.name)})\n"
        f"{_INDENT * 2}commands={quote(commands)}\n"
        f"{_INDENT * 2}options={quote(options)}\n"
        f"{_INDENT * 2}valued={quote(valued(command))}\n"
        f"{_INDENT * 2};;"
    )


def valued(command: Command) -> str:
    """A pattern (POSIX) of the words after which comes an option's value; it may match none."""
    names = [name for option in command.options if option.placeholder for name in option.names]
    letters = "".join(name[1] for name in names if len(name) == len("-f"))
    alternatives = [name for name in names if name.startswith("--")]
    if letters:
        alternatives.append(f"-[^-{letters}]*[{letters}]")
    return f"^({'|'.join(alternatives or ['-'])})$"


def _values(command: Command) -> Iterator[str]:
    """The cases of one command's options and arguments, but for what nobody can list."""
    for option in command.options:
        if option.value != ANYTHING:
            names = " | ".join(quote(f"{command.name} {name}") for name in option.names)
            yield f"{_INDENT}{names}) {_offers(option.value)} ;;"
    for number, argument in enumerate(command.arguments, 1):
        if argument.value != ANYTHING:
            place = quote(f"{command.name} {'' if argument.many else number}")
            digits = "[0-9]*" if argument.many else ""
            yield f"{_INDENT}{place}{digits}) {_offers(argument.value)} ;;"


def _offers(value: Value) -> str:
    offers = []
    if value.words:
        offers.append(f"_qwq_words {' '.join(quote(word) for word in value.words)}")
    if value.listed:
        offers.append(f"_qwq_listed {value.listed}")
    if value.files or value.folders:
        offers.append(f"_qwq_files {quote(value.files)}")
    return "; ".join(offers)

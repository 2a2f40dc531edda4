"""The completion script for zsh. Knows zsh's `_arguments`, and the records of the tree.

The script answers by itself; only what the running program knows does it ask of `qwq complete`.
"""

from collections.abc import Iterator

from qwq_cli.cli.tree import Argument, Command, Option, Value

_SCRIPT = r"""
_qwq_listed() { # what only the program knows; after a tab comes what to say of it
  local -a found
  found=(${(f)"$(${_qwq_program/#\~\//$HOME/} complete $1 2>/dev/null </dev/null)"})
  found=("${(@)${(@)found//:/\\:}/$'\t'/:}")
  _describe -t $1 $1 found
}

_qwq_listed_and_files() {
  _alternative "$1:$1: _qwq_listed $1" "files:file:_files -g ${(q)2}"
}

%(functions)s

_qwq() {
  local _qwq_program=${(Q)words[1]}
  _qwq_at_qwq
}

if [[ $funcstack[1] == _qwq ]]; then
  _qwq "$@"
else
  compdef _qwq qwq
fi
"""
_LEAF = """\
{function}() {{
  _arguments -s -S : \\
{specs}
}}"""
_GROUP = """\
{function}() {{
  local curcontext=$curcontext state state_descr line ret=1
  typeset -A opt_args
  local -a commands
  commands=(
{commands}
  )
  _arguments -C -s -S : \\
{specs} && ret=0
  case $state in
    command) _describe -t commands command commands && ret=0 ;;
    rest)
      case $words[1] in
{cases}
      esac
      ;;
  esac
  return ret
}}"""


def zsh(tree: Command, head: str) -> str:
    """The script; `head` is its first comment, after the line that compinit reads."""
    functions = "\n\n".join(_function(each) for each in tree.walk())
    return f"#compdef qwq\n# {head}\n" + _SCRIPT % {"functions": functions}


def _name(command: Command) -> str:
    return "_qwq_at_" + "_".join(command.path)


def _function(command: Command) -> str:
    specs = [spec for option in command.options for spec in _option(option)]
    if not command.commands:
        specs += _arguments(command.arguments)
        return _LEAF.format(function=_name(command), specs=_lines(specs))
    specs += ["1:command:->command", "*::rest:->rest"]
    said = [f"{each.path[-1]}:{_plain(each.summary)}" for each in command.commands]
    cases = [f"        {each.path[-1]}) {_name(each)} && ret=0 ;;" for each in command.commands]
    return _GROUP.format(
        function=_name(command),
        commands="\n".join(f"    {_quoted(line)}" for line in said),
        specs=_lines(specs),
        cases="\n".join(cases),
    )


def _lines(specs: list[str]) -> str:
    return " \\\n".join(f"    {_quoted(spec)}" for spec in specs)


def _option(option: Option) -> Iterator[str]:
    """One specification for each name; all names of it exclude each other."""
    others = "*" if option.repeatable else f"({' '.join(option.names)})"
    said = _escaped(_plain(option.text), "[]\\")
    for name in option.names:
        if not option.placeholder:
            yield f"{others}{name}[{said}]"
            continue
        joint = "=" if name.startswith("--") else "+"
        message = option.names[-1].lstrip("-") if option.value.words else option.placeholder
        yield f"{others}{name}{joint}[{said}]:{_action(message, option.value)}"


def _arguments(arguments: tuple[Argument, ...]) -> Iterator[str]:
    for number, argument in enumerate(arguments, 1):
        place = "*" if argument.many else str(number)
        optional = "" if argument.many or argument.required else ":"
        yield f"{place}:{optional}{_action(argument.placeholder, argument.value)}"


def _action(message: str, value: Value) -> str:
    """`message:action`, as `_arguments` takes them; after a space it leaves the action as it is."""
    message = _escaped(message, ":\\")
    if value.words:
        return f"{message}:({' '.join(value.words)})"
    if value.listed and value.files:
        return f'{message}: _qwq_listed_and_files {value.listed} "{value.files}"'
    if value.listed:
        return f"{message}: _qwq_listed {value.listed}"
    if value.files:
        return f"{message}:_files" + (f' -g "{value.files}"' if value.files != "*" else "")
    return f"{message}:_files -/" if value.folders else f"{message}: "


def _escaped(text: str, special: str) -> str:
    return "".join(f"\\{letter}" if letter in special else letter for letter in text)


def _plain(text: str) -> str:
    return text.replace("`", "").rstrip(".")


def _quoted(text: str) -> str:
    escaped = text.replace("'", "'\\''")
    return f"'{escaped}'"

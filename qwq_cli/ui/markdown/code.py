"""Code in colours, line by line as it comes, each line once.

Knows pygments' lexers and which colour a kind of word has. Does not know fences nor rows. A lexer
of regular expressions is asked to go on in the state in which it ended the last line; a comment of
several lines, which such lexers mostly want to see whole, is carried on here.
"""

from typing import Any

from qwq_cli.ui.marks import BLUE, BOLD, CYAN, DIM, GREEN, MAGENTA, PLAIN, RED, YELLOW, styled

_LONGEST_LINE = 2000
"""Characters; a longer line is no code that anybody reads, and might cost much."""
_LONGEST_NAME = 40
_LOOKS = {
    "Comment": DIM,
    "Comment.Preproc": MAGENTA,
    "Comment.PreprocFile": GREEN,
    "Keyword": MAGENTA,
    "Keyword.Constant": CYAN,
    "Keyword.Type": CYAN,
    "Operator.Word": MAGENTA,
    "Literal.String": GREEN,
    "Literal.String.Escape": CYAN,
    "Literal.String.Interpol": CYAN,
    "Literal.Number": CYAN,
    "Name.Function": BLUE,
    "Name.Class": BLUE | BOLD,
    "Name.Namespace": PLAIN,
    "Name.Decorator": YELLOW,
    "Name.Builtin": CYAN,
    "Name.Builtin.Pseudo": PLAIN,
    "Name.Exception": CYAN,
    "Name.Tag": BLUE,
    "Name.Attribute": CYAN,
    "Generic.Deleted": RED,
    "Generic.Inserted": GREEN,
    "Generic.Heading": BOLD,
    "Generic.Subheading": MAGENTA,
    "Generic.Prompt": DIM,
}
_STEPS = 4
"""Rules that may be followed for each character of a line."""
_COMMENTS = (("/*", "*/"), ("<!--", "-->"))


class Highlighter:
    """One piece of code, in the language that its fence names; plain where none is known."""

    def __init__(self, language: str) -> None:
        self._lexer = _lexer(language)
        self._stack = ["root"]
        self._looks: dict[Any, int] = {}
        self._ends = ""
        """What ends the comment that is open, "" where none is."""
        self._comments = tuple(pair for pair in _COMMENTS if self._is_comment("".join(pair)))

    def line(self, text: str) -> str:
        """The next line, without its break, as marked text."""
        if self._lexer is None or len(text) > _LONGEST_LINE:
            return text
        before = ""
        if self._ends:
            comment, end, text = text.partition(self._ends)
            before = styled(comment + end, DIM)
            if not end:
                return before
            self._ends = ""
        at, self._ends = self._unclosed(text)
        shown = "".join(styled(word, look) for look, word in self._words(text[:at]))
        return before + shown + styled(text[at:], DIM)

    def _unclosed(self, text: str) -> tuple[int, str]:
        """Where a comment begins that this line does not end, and what will end it."""
        for start, end in self._comments:
            at = text.rfind(start)
            if at >= 0 and text.find(end, at + len(start)) < 0 and self._begins_comment(text, at):
                return at, end
        return len(text), ""

    def _begins_comment(self, text: str, at: int) -> bool:
        """Whether it stands there as such, not within a string or another comment."""
        start = 0
        for kind, value in self._tried(text):
            if start <= at < start + len(value):
                name = str(kind)
                return not (
                    name.startswith("Token.Literal.String")
                    or (name.startswith("Token.Comment") and start < at)
                )
            start += len(value)
        return False

    def _is_comment(self, text: str) -> bool:
        if self._lexer is None:
            return False
        return {self._look(kind) for kind, value in self._tried(text) if value.strip()} == {DIM}

    def _tried(self, text: str) -> list[tuple[Any, str]]:
        """The tokens of a line that is only looked at."""
        stack = list(self._stack)
        tokens = self._tokens(f"{text}\n")
        self._stack = stack
        return tokens

    def _words(self, text: str) -> list[tuple[int, str]]:
        """Looks and texts of a line; what looks alike is one."""
        words: list[tuple[int, str]] = []
        for kind, value in self._tokens(f"{text}\n"):
            look = self._look(kind)
            if not value:
                continue
            if words and (words[-1][0] == look or value.isspace()):
                words[-1] = (words[-1][0], words[-1][1] + value)
            else:
                words.append((look, value))
        if words:
            words[-1] = (words[-1][0], words[-1][1].removesuffix("\n"))
        return words

    def _tokens(self, text: str) -> list[tuple[Any, str]]:
        """Kinds and texts, of exactly this text."""
        from pygments.lexer import ExtendedRegexLexer, RegexLexer

        lexer = self._lexer
        try:
            if isinstance(lexer, RegexLexer) and not isinstance(lexer, ExtendedRegexLexer):
                tokens = self._read(text)
            else:  # it keeps a state of its own, and begins each line anew
                tokens = [(kind, value) for _, kind, value in lexer.get_tokens_unprocessed(text)]
        except Exception:  # noqa: BLE001 - a lexer's fault on odd text must not end an answer
            self._lexer = None
            return [(None, text)]
        return tokens if "".join(value for _, value in tokens) == text else [(None, text)]

    def _read(self, text: str) -> list[tuple[Any, str]]:
        """Run the lexer's rules from the state it is in: its own way in forgets where it ended."""
        rules_by_state = self._lexer._tokens  # noqa: SLF001 - there is no other way to its rules
        tokens: list[tuple[Any, str]] = []
        at = 0
        for _ in range(_STEPS * len(text)):
            rules = rules_by_state[self._stack[-1]]
            tried = ((matches(text, at), action, then) for matches, action, then in rules)
            found, action, then = next((rule for rule in tried if rule[0]), (None, None, None))
            if found is None:
                if at >= len(text):
                    break
                tokens.append((None, text[at]))
                if text[at] == "\n":
                    self._stack = ["root"]
                at += 1
                continue
            if callable(action) and not isinstance(action, tuple):
                tokens += [(kind, value) for _, kind, value in action(self._lexer, found)]
            elif action is not None:
                tokens.append((action, found.group()))
            at = found.end()
            self._move(then)
        return tokens

    def _move(self, then: Any) -> None:  # noqa: ANN401 - pygments ships no types
        """Follow a rule to its next state: names to enter, how many to leave, or none."""
        stack = self._stack
        if then is None:
            return
        if isinstance(then, int):
            del stack[max(1, len(stack) + then) if then < 0 else max(1, then) :]
            return
        for state in then if isinstance(then, tuple) else (then,):
            if state == "#pop":
                del stack[max(1, len(stack) - 1) :]
            else:
                stack.append(stack[-1] if state == "#push" else state)

    def _look(self, kind: Any) -> int:  # noqa: ANN401 - pygments ships no types
        """The look of the nearest kind above it that has one."""
        look = self._looks.get(kind)
        if look is None:
            name = str(kind).removeprefix("Token.")
            while name and name not in _LOOKS:
                name = name.rpartition(".")[0]
            look = self._looks[kind] = _LOOKS.get(name, PLAIN)
        return look


def _lexer(language: str) -> Any:  # noqa: ANN401 - pygments ships no types
    """The lexer of a language by the name that a fence gives, None where there is none."""
    name = language.strip().strip("{}").lstrip(".").lower()
    if not name or len(name) > _LONGEST_NAME or name in {"text", "plain", "plaintext", "txt"}:
        return None
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        return get_lexer_by_name(name)
    except ClassNotFound:
        return None

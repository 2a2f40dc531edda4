"""A question about a formula, in Chinese or in English, read from its text. Knows no generator."""

import re
from typing import Final

from qwq_cli.errors import BadInputError
from qwq_cli.puzzles.kind import OtherKindError
from qwq_cli.puzzles.numerals import plain_question
from qwq_cli.puzzles.truth.formula import BINARY, LETTER, NOT, RUN, read_formula, without_latex
from qwq_cli.puzzles.truth.puzzle import (
    MOST_VARIABLES,
    Ask,
    Class,
    Formula,
    Puzzle,
    variables,
)

_LONGEST_RUN: Final = 3000
_LOOSE: Final = re.compile(r"^(?:(?:and|or)\b\s*)+|(?:\s*\b(?:and|or))+$", re.IGNORECASE)
"""Words around a formula that might be signs of one."""
_SIGN: Final = r"¬~!∧∨→↔&|>非且或"
_TRUE: Final = r"(?P<true>真(?!还是|是假|值|假|命题还是)|true\b(?! or)|(?-i:T)(?![A-Za-z])|1(?!\d))"
_FALSE: Final = r"(?P<false>假|false\b|(?-i:F)(?![A-Za-z])|0(?!\d))"
_SIGNS: Final = re.compile(r"[∧∨&|]|/\\|\\/")
_WORDS: Final = re.compile(r"\b(?:and|or)\b|[且或]")
"""Of these the words may join two formulas, where the signs join parts of one."""
_FREE: Final = rf"(?<![{_SIGN}])(?<![{_SIGN}] )(?<!\bnot )(?<!\bor )"
"""Before a letter that is no part of a formula."""
_GIVEN: Final = re.compile(
    rf"{_FREE}(?P<name>{LETTER}) ?(?:为|:?={{1,2}}|是|is\b|be\b|:|(?=[真假]))"
    rf" ?(?:{_TRUE}|{_FALSE})",
    re.IGNORECASE,
)
_AND_GIVEN: Final = re.compile(
    rf"(?:(?<=[真假])|(?<=[=为是][TF01]))[，,]? ?[并而]?且(?= ?{LETTER} ?(?:为|是|=))"
)
"""A word that joins what is given, and no sign of a formula."""
_MORE: Final = rf"(?: ?[,，、] ?(?:and )?| and |和|与|及){LETTER}"
_ALL_GIVEN: Final = re.compile(
    rf"(?:\bboth )?{_FREE}(?P<names>{LETTER}(?:{_MORE}){{1,9}})"
    rf" ?(?:both |all )?(?:are|be|[都均皆全])(?: both| all)? ?[为是]? ?(?:{_TRUE}|{_FALSE})",
    re.IGNORECASE,
)
_INTRODUCED: Final = re.compile(
    rf"{LETTER}(?:{_MORE}){{0,9}} ?(?:be|are|is|为|是) ?(?:an? |two |three |any |任意|[两三]个)?"
    r"(?:propositional |logical |boolean )?(?:propositions?|statements?|variables?|命题[变元量]*)",
    re.IGNORECASE,
)
_VALUE: Final = re.compile(
    r"真值(?!表)|真还是|真假|真命题还是|真是假|truth value|true or false", re.IGNORECASE
)
_COUNT: Final = re.compile(
    r"几[行组种个]|(?<!真值)(?<!真值[是为])多少|how many|\bcount\b|\bnumber of\b", re.IGNORECASE
)
_A_CLASS: Final = re.compile(r"\ba (?=tautology|contradiction|contingen)", re.IGNORECASE)
_CLASSES: Final[dict[Class, re.Pattern[str]]] = {
    "tautology": re.compile(r"永真|重言|恒为?真|tautology|always true", re.IGNORECASE),
    "contradiction": re.compile(r"永假|矛盾|恒为?假|contradiction|always false", re.IGNORECASE),
    "contingent": re.compile(r"可真可假|可满足|偶真|contingen", re.IGNORECASE),
}
_ASKING: Final = re.compile(
    r"真值表?|[为是]?真命题还是[为是]?假命题|[为是]?真还是[为是]?假|真是假|真假"
    r"|truth[- ](?:value|table|assignment)s?"
    r"|true or false",
    re.IGNORECASE,
)
_CONTINGENT: Final = re.compile(r"\bcontingen|偶真", re.IGNORECASE)
_IS_TRUE: Final = re.compile(
    r"\b(?:is|are) ; (?:both )?true(?= ?[?？]| when\b| if\b)|; ?为?真吗", re.IGNORECASE
)
_HOLDS: Final = re.compile(r"真|\btrue\b", re.IGNORECASE)
_COUNTED: Final = re.compile(
    rf"{_HOLDS.pattern}|成立|满足|\bholds?\b|\bsatisf\w+|\bmodels?\b"
    r"|(?:\bis|[=为是]) ?(?:1\b|(?-i:T)\b)",
    re.IGNORECASE,
)
"""Without it, and without what fails, a question is for all rows."""
_FAILS: Final = re.compile(
    r"假|不成立|\bfalse\b|\bfalsif\w+|\bfails?\b|\bdoes not hold", re.IGNORECASE
)
_UNREAD: Final = re.compile(
    r"[⊕⊻↑↓≡⊃⟶⟷⊢⊨∀∃^+×÷=∧∨→↔⇒⇔¬\u0300-\u036f]|\\[a-zA-Z]"
    r"|\b(?:xor|nand|nor|unless)\b|异或"
    r"|不[为是]真|\bnot\b|\b(?:n?either ;|(?:exactly|at (?:least|most)|just|only) one\b)"
    r"|恰|至[少多]|之一"
    r"|; ?(?:iff|if and only if|implies|whenever|only if|当且仅当|蕴[含涵]|等价|或)",
    re.IGNORECASE,
)
_WHAT: Final = "not a formula that can be read"


def _formulas(text: str) -> list[str]:
    """Runs of a formula's signs that have a sign and a letter among them, the longest first."""
    found = []
    for match in RUN.finditer(text):
        if len(match[0]) > _LONGEST_RUN:
            raise BadInputError(_WHAT, "it is too long", "take a shorter one")
        run = _LOOSE.sub("", match[0].strip())
        if re.search(rf"{BINARY}|{NOT}", run) and re.search(LETTER, run):
            found.append(run)
    return sorted(found, key=len, reverse=True)


def _asked(text: str) -> Ask | None:
    if any(pattern.search(text) for name, pattern in _CLASSES.items() if name != "contingent"):
        return "class"
    if _COUNT.search(text):
        return "count"
    if _VALUE.search(text):
        return "value"
    return "class" if _CONTINGENT.search(text) else "value" if _givens(text)[0] else None


def _givens(text: str) -> tuple[tuple[tuple[str, bool], ...], str]:
    """What is given, in its order, and the text without it."""
    found = {}
    for match in _ALL_GIVEN.finditer(text):
        found[match.start()] = [
            (name, match["true"] is not None) for name in re.findall(LETTER, match["names"])
        ]
    rest = _ALL_GIVEN.sub(lambda m: ";" * len(m[0]), text)
    for match in _GIVEN.finditer(rest):
        found[match.start()] = [(match["name"], match["true"] is not None)]
    given = tuple(pair for place in sorted(found) for pair in found[place])
    return given, _GIVEN.sub(";", rest)


def parse(text: str) -> Puzzle:
    """Read the question in `text`.

    Raises OtherKindError without a formula and a question about it, BadInputError for a formula
    that is none, for more variables than can be tried, and for what asks for more than is read.
    """
    text = plain_question(without_latex(text))
    ask = _asked(text)
    text = _AND_GIVEN.sub("，", text)
    given, rest = _givens(text) if ask == "value" else ((), text)
    rest = _INTRODUCED.sub(";", _A_CLASS.sub(";", rest))
    runs = _formulas(rest)
    if not runs or ask is None:
        raise OtherKindError("not a question about a formula", "no formula with ¬ ∧ ∨ → or ↔")
    if len(set(runs)) > 1:
        why = f"{runs[0][:40]} and {runs[1][:40]} are two"
        raise BadInputError(_WHAT, why, "ask about one formula")
    if _SIGNS.search(runs[0]) and _WORDS.search(runs[0]):
        raise BadInputError(_WHAT, "a word joins what has signs", "use signs only, or words only")
    formula, names = _formula(runs[0])
    rest = _ASKING.sub(";", rest.replace(runs[0], ";"))
    if ask == "value":
        rest = _IS_TRUE.sub(";", rest)
    _refuse_more(rest, names, ask)
    given = tuple((name if name in names else _other_case(name, names), v) for name, v in given)
    if {"T", "F"} & set(names) and not "".join(names).isupper():
        raise BadInputError(_WHAT, "T and F may be true and false", "use other letters")
    if any((name, not true) in given for name, true in given):
        raise BadInputError(_WHAT, "a variable is given as true and as false", "choose one")
    counted = ask != "count" or not _FAILS.search(rest)
    return Puzzle(formula, ask, given, counted, _one_class(text) if ask == "class" else None)


def _formula(run: str) -> tuple[Formula, tuple[str, ...]]:
    try:
        formula = read_formula(run)
        names = variables(formula)
    except (ValueError, RecursionError) as error:
        why = f"{run[:60]} is no formula, or too long a one"
        raise BadInputError(_WHAT, why, "check its brackets") from error
    if len(names) > MOST_VARIABLES:
        raise BadInputError(_WHAT, f"it has more than {MOST_VARIABLES} variables", "use fewer")
    return formula, names


def _other_case(name: str, names: tuple[str, ...]) -> str:
    return name.swapcase() if name.swapcase() in names else name


def _one_class(text: str) -> Class | None:
    named = [name for name, pattern in _CLASSES.items() if pattern.search(text)]
    return named[0] if len(named) == 1 else None


def _refuse_more(rest: str, names: tuple[str, ...], ask: Ask) -> None:
    """BadInputError where the text says more of the variables than what was read."""
    letters = "".join(names)
    alone = rf"(?<![A-Za-z'])(?![aA] [A-Za-z])[{letters}](?![A-Za-z'])"
    more = _UNREAD.search(rest) or re.search(alone, rest)
    holds, fails = _HOLDS.search(rest), _FAILS.search(rest)
    if ask == "value":
        more = more or holds or fails
    elif ask == "count" and holds and fails:
        more = more or fails
    if ask == "count" and not fails and not _COUNTED.search(rest):
        why = "it does not say which rows are counted"
        raise BadInputError(_WHAT, why, "ask for those that are true, or false")
    if more:
        near = " ".join(rest[max(0, more.start() - 15) : more.end() + 15].split())
        raise BadInputError(_WHAT, f"“{near}” can't be read", "say it in other words")

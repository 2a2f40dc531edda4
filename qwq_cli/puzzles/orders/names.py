"""Who is compared in a puzzle of order: names, and what is none. Knows no comparison's form."""

import re
from typing import Final

from qwq_cli.errors import BadInputError
from qwq_cli.puzzles.orders.puzzle import MOST_PEOPLE

WHAT: Final = "not a puzzle of order that can be solved"
REWORD: Final = "say it in the form `Alice is older than Bob`"

_NOBODY: Final = re.compile(
    r"(?:He|She|They|It|We|This|That|These|Those|Everyone|Everybody|Nobody|Someone|Somebody"
    r"|Anyone|Anybody)"
    r"|[他她它](?:们|俩|[两三]个?人?)?|[我你咱]们|谁|某人|有人|没人|对方|别人|其他人|其余的?人?|大家"
    r"|所有的?人?|每个?人|人人|后者|前者|[两二三四]个?人|这[位个]?人?|那[位个]?人?"
)
"""Words for people who are named elsewhere, or nowhere."""
_SAID: Final = re.compile(
    r"可能|好像|似乎|也许|大概|并非|据说|听说|认为|觉得|[说猜]|那么|如果|要是|去年|明年|以前|之前|将来|曾经?$|从前|过去|原来|本来|后来|总是|有时|经常|应该|会$|小时候"
    r"|\A(?:Maybe|Perhaps|Probably|Possibly|Sometimes|Usually|Once|Previously|Formerly|Yesterday"
    r"|Tomorrow|Later) "
)
"""What is no part of a name, and makes the comparison another one."""
_ONE_OF_A_KIND: Final = re.compile(
    r"\b[a-z]+est (boy|girl|man|woman|brother|sister|son|daughter)\b"
    r"|最.的([男女](?:孩子?|生|人|同学)|哥哥|姐姐|弟弟|妹妹|儿子|女儿)",
    re.IGNORECASE,
)
_SEVERAL: Final = {"man": "men", "woman": "women"}


def names_of(clues: tuple[tuple[str, str], ...], text: str) -> tuple[str, ...]:
    """Everybody who is compared, as they are first mentioned.

    Raises BadInputError for more than can be tried, for words that stand for others, and for names
    that may be a name and a word.
    """
    names = tuple(sorted({name for pair in clues for name in pair}, key=text.index))
    if "我" in names and "说" in text:
        raise BadInputError(WHAT, "`我` may be any of them", "call everybody by name")
    for name in names:
        if _NOBODY.fullmatch(name):
            raise BadInputError(WHAT, f"`{name}` may be any of them", "call everybody by name")
        if _SAID.search(name):
            raise BadInputError(WHAT, f"can't read `{name}`", REWORD)
    for long in names:
        for short in names:
            if _may_be_a_word_more(long, short):
                why = f"`{long}` may be {short} and a word, or a name"
                raise BadInputError(WHAT, why, REWORD)
    if len(names) > MOST_PEOPLE:
        why = f"{len(names)} people are more than {MOST_PEOPLE}"
        raise BadInputError(WHAT, why, "leave some out")
    return names


def _may_be_a_word_more(long: str, short: str) -> bool:
    """Whether a name is another one with something around it."""
    if short.isascii():
        return long.endswith(f" {short}") or long.startswith(f"{short} ")
    return long.removeprefix(short) not in {"", long, short[-1]}


def refuse_one_of_a_kind(text: str) -> None:
    """BadInputError where the oldest girl is asked for, and it is not said who is one."""
    for asked in _ONE_OF_A_KIND.finditer(text):
        kind = (asked[1] or asked[2]).lower()
        several = _SEVERAL.get(kind, f"{kind}s")
        rest = text[: asked.start()] + text[asked.end() :]
        if several not in rest.lower() and (kind.isascii() or kind not in rest):
            raise BadInputError(WHAT, f"it does not say who is a {kind}", "ask for one of all")

"""A puzzle read out of its text, Chinese or English. Knows words; knows no solution.

It reads what people write: suits by name or sign, ranks before or after them, any separators; and
it counts the statements by what each one says: P does not know, Q knew that, P knows, Q knows.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from qwq_cli.errors import BadInputError
from qwq_cli.puzzles.cards.puzzle import (
    CLASSIC,
    HOLLOW_SUIT_SIGNS,
    RANK_WORDS,
    SUIT_SIGNS,
    SUIT_WORDS,
    Card,
    Puzzle,
    Rank,
    Says,
    Suit,
)
from qwq_cli.puzzles.kind import OtherKindError
from qwq_cli.puzzles.people import half_width
from qwq_cli.puzzles.words import language

SUITS: Final[dict[str, Suit]] = {
    word.lower(): suit
    for words in SUIT_WORDS.values()
    for suit, names in words.items()
    for word in names
} | {sign: suit for signs in (SUIT_SIGNS, HOLLOW_SUIT_SIGNS) for suit, sign in signs.items()}
RANKS: Final[dict[str, Rank]] = {word.lower(): rank for rank, word in RANK_WORDS.items()} | {
    rank.lower(): rank for rank in RANK_WORDS
}

_WORD, _END = "(?<![A-Za-z0-9])", "(?![A-Za-z0-9])"
"""Chinese has no space before an English word."""
EN_SUIT: Final = r"(?:hearts?|spades?|clubs?|diamonds?)"
_SIGN: Final = "[♥♠♣♦♡♤♧♢]"
SUIT: Final = rf"(?:红桃|红心|黑桃|葵扇|草花|梅花|方块|方片|{_SIGN}️?|{_WORD}{EN_SUIT}{_END})"
_NAMED: Final = r"(?:先生|女士|同学|老师|小姐)"
_NO_CARD: Final = rf"(?![A-Za-z0-9]|[ ]?(?:{_NAMED}|张|cards\b))"
_ONE: Final = r"(?:10|[2-9]|[AJQKjqk]|a(?![ ]+(?!of\b)[A-Za-z]))"
_TOGETHER: Final = r"(?=[^\W_]*[AJQKajqk]|[^\W_]{3})(?!aka\b)(?:10|[2-9AJQKajqk]){2,13}"
"""KQ546; two digits alone are rather a number."""
_RANK_SIGN: Final = rf"(?<![A-Za-z0-9])(?:{_ONE}|{_TOGETHER}){_NO_CARD}"
_RANK_WORD: Final = rf"{_WORD}(?:{'|'.join(RANK_WORDS.values())})s?{_END}"
RANK: Final = rf"(?:{_RANK_SIGN}|(?i:{_RANK_WORD}))"
_COMMA: Final = r"(?:[ \t]*[、,，/&和|｜·・][ \t]*|[ \t]+(?:and[ \t]+)?|[ \t]*,[ \t]*and[ \t]+)"
_LIST: Final = rf"{RANK}(?:{_COMMA}{RANK}){{0,30}}"
_AFTER_SUIT: Final = r"(?:[\s:：（(\[\]【】\-–—=]|的|是|有|has\b|are\b)*"
_SAME_LINE: Final = _AFTER_SUIT.replace(r"\s", r" \t")
_CARDS: Final = re.compile(
    rf"(?P<ranks_of>{_LIST})[ \t]+(?i:of)[ \t]+(?:the[ \t]+)?(?P<of>(?i:{SUIT}))"
    rf"|(?P<ranks_before>{_LIST})(?<!\ba)[ \t]+(?P<behind>{_SIGN})️?(?!{_SAME_LINE}{RANK})"
    rf"|(?P<suit>(?i:{SUIT})){_AFTER_SUIT}(?P<ranks>{_LIST})"
    rf"|(?P<rank_sign>(?<![A-Za-z0-9])(?:10|[2-9]|[AJQKajqk]))(?P<sign>{_SIGN})"
)
_ONE_RANK: Final = re.compile(RANK)
_SINGLE: Final = re.compile(r"10|[2-9AJQKajqk]")
_COUNT: Final = re.compile(r"(\d+)[ ]?(?:张|(?:playing )?cards\b)")

_YOU: Final = re.compile(r"你|\b(?:you|he|she|him|her)\b", re.IGNORECASE)
_IGNORANT: Final = re.compile(
    r"不(?:会|可能|能)?(?:知道|清楚|明白|确定)|[猜推判断说拿]+不|没(?:有)?(?:法|办法)|不知"
    r"|n[o']t\b|n’t\b|cannot|\bno (?:idea|way|clue)\b|\bunsure\b"
    r"|\b(?:neither|nor) (?:do|can|could|am) i\b|\bme neither\b",
    re.IGNORECASE,
)
_KNOWS: Final = re.compile(
    r"知道|清楚|明白|确定|确信|肯定|料到|[猜推]到|[猜推]出|判断"
    r"|\b(?:knew|know|knows|known|sure|certain|aware|expecting|of course|tell|so do i|me too)\b"
    r"|\bi do,? (?:too|now|as well)\b|\bnow i do\b"
    r"|\b(?:work(?:ed)?|figured?) (?:it |that )?out\b|\bgot it\b",
    re.IGNORECASE,
)
_ECHO: Final = re.compile(
    r"\b(?:me,? too|same here|ditto|so (?:do|have|am|can) i|as do i)\b|我也(?:是|一样)",
    re.IGNORECASE,
)
"""It says again what was said before."""
_KNEW_IT: Final = re.compile(
    r"\bI (?:already |always |had )?knew (?:that|it|this|as much)"
    r"(?: already| before| all along| from the start)?\W*$|这(?:一?点)?我早就?知道|我早就?料到"
)
"""That the one before does not know, where that was said right before."""
_SPEAKER: Final = re.compile(
    r"我|但|可|却|还|仍|现在|目前|\b(?:I|me|my|but|still|yet|now)\b", re.IGNORECASE
)
"""Not between knowing and not knowing, where it is another one who does not know."""
_KNEW: Final = re.compile(
    r"我[^，。]{0,3}(?:早|事先|本来|一开始)|\bI\b[^.]*\b(?:knew|was (?:sure|certain|aware))\b",
    re.IGNORECASE,
)
_SENTENCE: Final = re.compile(r"[^。.!！?？\n”」\"]+[。.!！?？\n”」\"]?")
_QUESTION: Final = re.compile(r"[?？]\s*$|吗\s*$")


@dataclass(frozen=True, slots=True)
class Statement:
    """What a sentence says of who knows, and where it stands (characters)."""

    says: Says
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Mention:
    """A card that a text names, and where (characters)."""

    card: Card
    start: int
    end: int


def mentions(text: str) -> Iterator[Mention]:
    """Every card that `text` names, in its order; `红桃A、Q` names two."""
    for match in _CARDS.finditer(half_width(text)):
        suit = match["of"] or match["behind"] or match["suit"] or match["sign"]
        ranks = match["ranks_of"] or match["ranks_before"] or match["ranks"] or match["rank_sign"]
        name = suit.removesuffix("️").lower()
        for rank in _ONE_RANK.finditer(ranks) if match["sign"] is None else (match,):
            for word in _apart((rank["rank_sign"] if match["sign"] else rank[0]).lower()):
                yield Mention(Card(SUITS[name], RANKS[word]), match.start(), match.end())


def _apart(word: str) -> list[str]:
    """The ranks that stand together in a word, by their names."""
    one = word if word in RANKS else word.removesuffix("s")
    return [one] if one in RANKS else _SINGLE.findall(word)


def statements(dialogue: str) -> Iterator[Statement]:
    """Every statement about who knows, by what it says; questions are none."""
    before: Says | None = None
    for match in _SENTENCE.finditer(dialogue):
        sentence = match[0]
        if _QUESTION.search(sentence):
            continue
        says = _said(sentence)
        if _KNEW_IT.search(sentence) and before == "ignorant":
            says = "knew"
        elif _ECHO.search(sentence) and before:
            says = "ignorant" if before == "ignorant" else "knows"
        if says:
            before = says
            yield Statement(says, match.start(), match.end())


def _said(sentence: str) -> Says | None:
    """What a sentence says of who knows."""
    ignorant = _IGNORANT.search(sentence)
    knows = _KNOWS.search(sentence + " ")
    if ignorant is None:
        return "knows" if knows else None
    if not _YOU.search(sentence):
        return _of_another(sentence, ignorant)
    return "knew" if knows else None


def _of_another(sentence: str, ignorant: re.Match[str]) -> Says:
    """Whether who is named in a sentence does not know, and the speaker knew; else `ignorant`."""
    before, behind = sentence[: ignorant.start()], sentence[ignorant.end() :]
    knew = _KNOWS.search(before + " ")
    if knew:
        between = before[knew.end() :]
        other = re.search(r"[^\W也都真]", between) and not _SPEAKER.search(between)
        return "knew" if other else "ignorant"
    who = re.split(r"[:：，,\]】()（）“「\"]", before)[-1]
    other = re.search(r"\w", who) and not _SPEAKER.search(who)
    return "knew" if other and _KNEW.search(behind) else "ignorant"


def _classic(said: Iterable[Says]) -> int:
    """How many of the announcement's four statements are made, in their order."""
    made = 0
    for says in said:
        if made < len(CLASSIC) and says == CLASSIC[made]:
            made += 1
    return made


_ODD: Final = r"(?:[^\w\s,，、/&|｜·・.。:：;；!！?？()（）\[\]【】\"“”'‘’「」《》<>…]|[²³¹¼½¾ª])"
_NO_MORE: Final = rf"(?![A-Za-z0-9]|[ ]?cards\b|[ ]?(?!{SUIT})[一-鿿])"
_NO_RANK: Final = re.compile(
    rf"[ \t]*{_ODD}[ \t]*{RANK}|[.][ \t]*{RANK}(?=[.,;\n])(?!\.[ \t]*(?i:{SUIT}))"
    rf"|[!'\"<>_.:]{RANK}(?![ ]?[一-鿿A-Za-z])"
    rf"|[;；][ \t]*(?:and[ \t]+)?(?:(?i:jokers?\b)|[大小]王)"
    rf"|[;；:：][ \t]*{RANK}(?=[ \t]*(?:[;；:：]|(?i:{SUIT})))"
    r"|[ \t]*[、,，/&|｜·・][ \t]*(?:and[ \t]+)?(?P<word>"
    rf"[A-Za-z]*\d[A-Za-z0-9]*{_NO_MORE}|[A-Za-z](?=[ \t]*(?:[、,，/;；.。\n]|$))"
    r"|[一二三四五六七八九十](?=[、,，;；。\s]|$)|[大小]?王(?!\w)|(?i:jokers?\b))"
    rf"|[ \t]+(?P<number>\d+)(?=[ \t]*(?:[,、;；.。\n]|$|{RANK}))"
)
"""Right behind a list of ranks: what looks like one more."""
_BEFORE: Final = re.compile(
    rf"(?:(?<![A-Za-z0-9])(?P<word>[A-Za-z]?\d+)[ \t]*[、,，/&|｜·・]|{RANK}[ \t]*{_ODD})[ \t]*$"
)
_OF: Final = re.compile(r"(?:\b[A-Z]\w*|\b\w*\d\w*)[ \t]+(?i:of)[ \t]+(?:the[ \t]+)?$")
_RANK_BEFORE: Final = re.compile(rf"{RANK}[ \t]*$")
_LONE_SUIT: Final = re.compile(rf"(?i:{SUIT})")
_NUMBER: Final = re.compile(rf"{_AFTER_SUIT}[A-Za-z]*\d[A-Za-z0-9]*{_NO_MORE}")


def _unread_rank(text: str, found: list[Mention]) -> str | None:
    """The first thing next to a card that looks like a rank and is not read as one.

    How many cards there are may stand there too.
    """
    count = str(len(found))
    spans = sorted({(one.start, one.end) for one in found})
    begins = {begin for begin, _ in spans}
    last = 0
    for begin, end in spans:
        before = text[max(last, begin - 20) : begin]
        ahead = _BEFORE.search(before)
        if ahead and ahead["word"] != count and not _LONE_SUIT.match(text, begin):
            return ahead[0]
        own = _RANK_BEFORE.search(before) if re.match(_SIGN, text[begin]) else None
        if own and own[0].strip() != str(sum(one.start == begin for one in found)):
            return own[0] + text[begin]  # A ♥ Q ♥: the sign may be that of either rank
        behind = _NO_RANK.match(text, end)
        if behind and not begins & set(range(end + 1, behind.end() + 1)):
            word = behind["word"] or behind["number"]
            if word != count:
                return word or behind[0]
        last = end
    return None


def _unread_suit(text: str, found: list[Mention]) -> str | None:
    """The first suit whose ranks are not read."""
    suits = {one.card.suit for one in found}
    for lone in _LONE_SUIT.finditer(text):
        if any(one.start <= lone.start() < one.end for one in found):
            continue
        word = lone[0].removesuffix("️")
        if SUITS[word.lower()] not in suits and (word[-1] == "s" or not word.islower()):
            return word
        before = text[max(0, lone.start() - 20) : lone.start()]
        number = _NUMBER.match(text, lone.end())
        if number:
            return text[lone.start() : number.end()]
        if _OF.search(before) or (re.match(_SIGN, word) and _RANK_BEFORE.search(before)):
            return before.split()[-1] + " " + word if before.strip() else word
    return None


def hand(text: str) -> tuple[tuple[Card, ...], int]:
    """The cards that `text` names, and where they end.

    Raises OtherKindError for none; BadInputError for a hand that can't be, and for what looks like
    a card and can't be read.
    """
    what = "not a card puzzle that can be solved"
    text = half_width(text)
    found = list(mentions(text))
    cards = tuple(mention.card for mention in found)
    if not cards:
        raise OtherKindError("not a card puzzle", "no playing cards in it")
    unread = _unread_rank(text, found) or _unread_suit(text, found)
    if unread is not None:
        why = f"can't read `{unread.strip()}` among the cards"
        raise BadInputError(what, why, "write suits and ranks like `Hearts A, 10, K`")
    twice = next((card for card in cards if cards.count(card) > 1), None)
    if twice is not None:
        name = SUIT_WORDS[language(text)][twice.suit][0] + " " + twice.rank
        raise BadInputError(what, f"{name} is there twice", "see `qwq puzzle new` for one")
    stated = _COUNT.search(text)
    if stated and int(stated[1]) != len(cards):
        why = f"it speaks of {stated[1]} cards, but names {len(cards)}"
        raise BadInputError(what, why, "correct one of them")
    return cards, found[-1].end


def parse(text: str) -> Puzzle:
    """Read the puzzle in `text`, taking its dialogue for that of the announcement; BadInputError,
    with the reason, if it is none.

    The first speaker is taken to know the rank, the second one the suit.
    """
    cards, end = hand(text)
    made = _classic(one.says for one in statements(text[end:]))
    if made < 2:  # noqa: PLR2004 - one statement alone settles nothing
        why = "no dialogue in which one does not know the card and the other knew that"
        raise BadInputError("not a card puzzle", why, "see `qwq puzzle new` for one")
    return Puzzle(cards, made)

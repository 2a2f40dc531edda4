"""Knights and knaves read out of their texts, and answers read. Knows words; knows no solution.

The reader goes by key words, so that it reads what people write. A claim with a word that could
turn its meaning is not read at all.
"""

import re
from typing import Final

from qwq_cli.errors import BadInputError
from qwq_cli.puzzles.kind import OtherKindError
from qwq_cli.puzzles.knights.puzzle import MOST_PEOPLE, Claim, Puzzle, Role, Roles
from qwq_cli.puzzles.people import NAME, half_width, mention, stranger, without_reasons

_WHAT: Final = "not a puzzle of knights and knaves"
_KNIGHT: Final = r"骑士|老实人|诚实人|君子|诚实者|knights?|truth-?tellers?|saints?|truthers?"
_KNAVE: Final = r"无赖|骗子|小人|说谎者|knaves?|liars?|sinners?|fibbers?"
_ROLE: Final = re.compile(rf"(?P<knight>{_KNIGHT})|(?P<knave>{_KNAVE})", re.IGNORECASE)
_VERB: Final = (
    r"(?:说道|说|表示|答道|回答|声称|告诉[我你]们?"
    r"|开口道|says?|said|repl(?:ied|ies)|told (?:me|you|us)"
    r"|tells (?:me|you|us)|claims?|claimed|states?|stated|answers?|answered)"
)
_SPEECH: Final = re.compile(
    rf"(?:(?<=[\n。.!！”\"」, ，])|^)(?P<name>{NAME}) ?(?:{_VERB} ?[:：,，]?|[:：,，]) ?"
    rf"[“\"「](?P<claim>[^”\"」\n]+)[”\"」]"
)
_SINGLE: Final = re.compile(
    rf"({_VERB} ?[:：,，]? ?)(?:'((?:[^'\n]|'(?=\w))+)'|‘((?:[^‘’\n]|’(?=\w))+)’)(?!\w)"
)
_SPOKEN: Final = re.compile(
    r"[“\"]([^“”\"\n]+)[”\"],? (?:says?|said|repl(?:ied|ies)|claims?|answers?)"
    r" ([A-Z]\w*)(?=[.,;\n]|$)"
)
_REVERSED: Final = re.compile(
    rf"(?:{_KNIGHT})(?: always| only)? (?:lies?\b|tells? (?:lies|falsehoods))"
    rf"|(?:{_KNAVE})(?: always| only)? tells? the truth"
    rf"|(?:{_KNIGHT})(?:(?![不没非和与跟、])[^，,。；;\n]){{0,4}}(?:(?:说(?:假话|谎)|撒谎)(?!的))"
    rf"|(?:{_KNAVE})(?:(?![不没非和与跟、])[^，,。；;\n]){{0,4}}说[真实]话(?!的)",
    re.IGNORECASE,
)
_THIRD: Final = re.compile(
    r"\b(?:spy|spies|normals?|alternators?|switchers?|commoners?)\b|间谍|普通人|凡人|平民|常人"
    r"|有时说?[真假谎]",
    re.IGNORECASE,
)
"""Whoever is neither of the two."""
_HEADING: Final = re.compile(
    rf"^([^:：\n。.“\"「]*(?:{_KNIGHT}|{_KNAVE})[^:：\n。.“\"「说]{{0,10}})[:：](?!\s*[“\"「])",
    re.IGNORECASE | re.MULTILINE,
)
"""What a puzzle is about, before who speaks first."""
_QUOTED: Final = re.compile(r"[“\"「]([^”\"」\n]+)[”\"」]")
_SAID: Final = (
    r"\b(?P<latin>[A-Z]\w*) (?:says?|said|replied|told|claims?)\b"
    r"|(?P<han>{names})(?:说|表示|声称|答道)(?![的真假实谎])"
    r"|(?:^|[\n.。]) *(?P<name>{names}) *[:：]"
)
"""Somebody speaks."""
_DIGITS: Final = {"零": 0, "一": 1, "两": 2, "二": 2, "三": 3, "四": 4} | {
    word: number for number, word in enumerate(("zero", "one", "two", "three", "four", "five"))
}
_ALL: Final = re.compile(r"我们|\b(?:all of us|us|we)\b", re.IGNORECASE)
_SOME: Final = re.compile(
    r"至少有?一[个人位]?|\bat least one\b|\bno fewer than one\b", re.IGNORECASE
)
_EXACTLY: Final = re.compile(
    r"(?:恰好|正好|刚好|恰|不多不少)有?(?P<zh>\d+|[零一两二三四])"
    r"|exactly (?P<en>\d+|zero|one|two|three|four|five|none)|number of .* is (?P<rare>\d+)",
    re.IGNORECASE,
)
_SAME: Final = re.compile(r"同一类|同类|一样|相同|\bsame\b|\balike\b", re.IGNORECASE)
_DIFFER: Final = re.compile(r"不同|不一样|\bdifferent\b", re.IGNORECASE)
_EVERYONE: Final = re.compile(r"都是|全是|\b(?:both|all|everyone)\b", re.IGNORECASE)
_NOT: Final = re.compile(r"不|\bnot\b|n't\b|n’t\b", re.IGNORECASE)
_STRESS: Final = re.compile(r"我敢说|I tell you that", re.IGNORECASE)
_TURNING: Final = re.compile(
    r"或|如果|要是|假如|只|仅|至多|最多|至少|除|没|要么|当且|那么|否则|大多|多数|一半|部分|其他|别人"
    r"|说|认为|觉得|会|有[一两二三四五六七八\d]|[两二三四五六七八\d][个人名位]|[名位]是|之一"
    r"|\b(?:or|if|iff|unless|neither|nor|none|no|nobody|never|only|just|most|few|fewer|less|more|at"
    r"|than|some|someone|somebody|anyone|half|many|several|others?|another|else|except|but|would"
    r"|could|might|says?|said|tells?|told|claims?|thinks?|believes?|one|two|three|four|five|\d+)\b",
    re.IGNORECASE,
)
"""What makes a claim another one than its roles and names say."""
_ONE_OF_THEM: Final = re.compile(r"\bI(?:'m|’m| am)\b")
"""`Bob, I am a knave` is about one, though it names two."""
_PAIR: Final = re.compile(r"我们(?:俩|两个?人?)|\bboth of us\b", re.IGNORECASE)
_PLAIN: Final = re.compile(
    r"是一个|(?<=我们)[三四五六七八]个?人?(?=[中里当之])"
    r"|[两二三四五六七八]个?人?(?=都|全)|\ball (?:two|three|four|five|\d) of us\b",
    re.IGNORECASE,
)
"""Numbers that say nothing new."""
_OF_US: Final = re.compile(
    r"我们([两俩二三四五六七八])|\ball (two|three|four|five) of us\b", re.IGNORECASE
)
_HOW_MANY: Final = {sign: n for n, sign in enumerate("两三四五六七八", 2)} | {
    "俩": 2,
    "二": 2,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
}
_NONE_IS: Final = re.compile(r"(?<!不)[都全](?:不|并非)是")
_FILLERS: Final = re.compile(
    r"\b(?:an?|the|is|are|am|be|(?:is|are|can)?n['’]t|i['’]m|(?:we|they)['’]re|not|can|cannot|i|me"
    r"|myself|we|us|them|both|all|and|of|among|there|that|in|for|to|from|as|with|same|different|alike"
    r"|(?:kind|type|sort)s?|here|group|island|person|people|sure(?:ly)?|certain(?:ly)?|definitely"
    r"|really|actually|indeed|truly|fact|clearly|number)\b"
    r"|[我们俩咱和与跟及是都全一二三四五六七八个人名位中里当之间在的就也才正有同类样种相身份不其实确肯定绝对必]"
    r"|[当然统这岛上真敢说]",
    re.IGNORECASE,
)
"""What claims are made of, besides names, roles and numbers; any other word may turn one."""
_ASKS: Final = re.compile(
    r"[?？]|\b(?:who|whom|which|whether|what|if|tell|find|determine)\b|谁|哪|是否|是不是|吗|什么|怎|判断",
    re.IGNORECASE,
)
_EITHER: Final = re.compile(r"或|要么|不是.{1,12}就是|\b(?:or|either)\b", re.IGNORECASE)
_CALLED: Final = (
    rf"{{names}}(?:(?: [a-z]{{{{2,9}}}}ly)? (?:is|are|was)(?: not|n['’]t)?|[一-鿿]{{{{0,4}}}}是)"
    rf"(?: ?(?:both|all|an?|the|都|全|不|一个|个))* ?(?i:{_KNIGHT}|{_KNAVE})"
)
"""Somebody is called one of the two."""
_COUNTED: Final = re.compile(
    r"\b(?:exactly|at (?:most|least)|(?:only|just) one|one of (?:them|these|the \w+))\b"
    r"|恰|正好|刚好|至[少多]|最[少多]|只有|其中一",
    re.IGNORECASE,
)
_SO_MANY: Final = re.compile(
    r"(?:\b(?:one|two|three|four|five|six|\d)|[两二三四五六\d][个名位]|有一[个名位])"
    rf" ?(?:{_KNIGHT}|{_KNAVE})",
    re.IGNORECASE,
)
_SENTENCE: Final = re.compile(r"[^。.!！?？\n]+[?？]?")


# -------------------------------------------------------------------------------------- puzzles


def _order(names: list[str], text: str, first_speech: int) -> tuple[str, ...]:
    """The names as they are first mentioned, before or among the speeches."""
    return tuple(sorted(names, key=lambda name: text.find(name) % (first_speech + len(text))))


def parse(text: str) -> Puzzle:
    """Read the puzzle in `text`.

    Raises OtherKindError without two roles and someone who speaks; BadInputError for a claim that
    can't be read, for somebody who says nothing, and for more people than can be tried.
    """
    text = _usual(_HEADING.sub(r"\1。", half_width(text)))
    speeches = list(_SPEECH.finditer(text))
    if not speeches or len({match.lastgroup for match in _ROLE.finditer(text)}) < 2:  # noqa: PLR2004
        raise OtherKindError(_WHAT, "nobody speaks, or no roles")
    turned = _REVERSED.search(text) or _THIRD.search(text)
    if turned:
        why = f"can't use “{turned[0]}”: knights tell the truth here, and all others lie"
        raise BadInputError(_WHAT, why, "call the people so")
    names = _order(list(dict.fromkeys(m["name"] for m in speeches)), text, speeches[0].start())
    if len(names) > MOST_PEOPLE:
        why = f"{len(names)} people are more than {MOST_PEOPLE}"
        raise BadInputError("not a puzzle that can be solved here", why, "leave some out")
    claims = tuple(
        (names.index(match["name"]), _read_claim(match["claim"], names, match["name"]))
        for match in speeches
    )
    _check_left(_SPEECH.sub("\n", text), names)
    return Puzzle(names, claims)


def _usual(text: str) -> str:
    """With double quotation marks, and with who speaks before what is said; nothing bold."""
    text = text.replace("**", "").replace("『", "「").replace("』", "」")
    text = _SINGLE.sub(lambda m: f'{m[1]}"{m[2] or m[3]}"', text)
    return _SPOKEN.sub(lambda m: f'{m[2]} says: "{m[1].rstrip(",")}"', text)


def _check_left(left: str, names: tuple[str, ...]) -> None:
    """Raises BadInputError for words that somebody says without quotation marks, and for somebody
    who says nothing.
    """
    said = re.search(_SAID.format(names=mention(names)), left)
    if said:
        why = f"can't read what {said['latin'] or said['han'] or said['name']} says"
        raise BadInputError(_WHAT, why, "put it in quotation marks")
    for quoted in _QUOTED.findall(left):
        if _ROLE.search(quoted) and re.search(r"\w\w", _ROLE.sub("", quoted)):
            raise BadInputError(_WHAT, f"can't read who says: {quoted}", "name who does, before it")
    other = stranger(left, names)
    if other:
        raise BadInputError(_WHAT, f"{other} says nothing", "let everybody speak")
    for match in _SENTENCE.finditer(left):
        if _tells_roles(match[0], names):
            why = f"can't use what nobody says: {match[0].strip()}"
            raise BadInputError(_WHAT, why, "let somebody say it")


def _tells_roles(sentence: str, names: tuple[str, ...]) -> bool:
    """Whether a sentence that nobody speaks says who is what, or how many are."""
    if _SO_MANY.search(sentence):
        return not _ASKS.search(sentence)
    if _EITHER.search(sentence):
        return False
    for part in re.split("[，,]", sentence):
        if _ASKS.search(part) or len({match.lastgroup for match in _ROLE.finditer(part)}) != 1:
            continue
        if re.search(_CALLED.format(names=mention(names)), part) or _COUNTED.search(part):
            return True
    return False


def _is_plain(bare: str) -> bool:
    """Whether a claim without its names, roles and numbers has no word that may turn it."""
    return not re.search(r"[A-Za-z一-鿿?？]", _FILLERS.sub("", bare))


def _read_claim(text: str, names: tuple[str, ...], speaker: str) -> Claim:
    unread = BadInputError(_WHAT, f"can't read what {speaker} says: {text}", "reword it")
    text = _STRESS.sub("", text)
    who = _people(text, names, speaker)
    roles = list(_ROLE.finditer(text))
    exactly, some = _EXACTLY.search(text), _SOME.search(text)
    bare = re.sub(mention(names), "", _ROLE.sub("", _SOME.sub("", _EXACTLY.sub("", text))))
    denials = len(_NOT.findall(_DIFFER.sub("", bare)))
    rest = _PLAIN.sub("", _PAIR.sub("", bare))
    of_us = _OF_US.search(text)
    if of_us and _HOW_MANY[(of_us[1] or of_us[2]).lower()] != len(names):
        raise unread
    turning = _TURNING.search(rest) or not _is_plain(rest)
    if turning or denials > 1 or (_PAIR.search(bare) and len(names) != 2):  # noqa: PLR2004
        raise unread
    if _SAME.search(bare) or _DIFFER.search(bare):
        if len(who) != 2 or roles:  # noqa: PLR2004 - two are compared
            raise unread
        return Claim("differ" if bool(_DIFFER.search(bare)) != bool(denials) else "same", who)
    if len(roles) != 1 or not who or (len(who) > 1 and _ONE_OF_THEM.search(text)):
        raise unread
    called: Role = "knight" if roles[0]["knight"] else "knave"
    if (exactly or some) and (denials or (exactly and some)):
        raise unread
    if exactly:
        said = (exactly["zh"] or exactly["en"] or exactly["rare"]).lower()
        count = int(said) if said.isdecimal() else _DIGITS.get(said, 0)
        return Claim("count", who, called, count)
    if some:
        return Claim("some", who, called)
    if denials and len(who) > 1 and not _NONE_IS.search(text):
        raise unread
    other: Role = "knave" if called == "knight" else "knight"
    return Claim("all", who, other if denials else called)


def _people(text: str, names: tuple[str, ...], speaker: str) -> tuple[int, ...]:
    """The places of the people that a claim is about."""
    if _ALL.search(text):
        return tuple(range(len(names)))
    found = {names.index(name) for name in re.findall(mention(names), text)}
    if re.search(r"我|\b(?:I|me|myself)\b", text):
        found.add(names.index(speaker))
    return tuple(sorted(found))


# -------------------------------------------------------------------------------------- answers

_CLAUSE: Final = re.compile(r"[。.;；\n]")
_OF_ALL_OR_ALL: Final = re.compile(
    rf"\b(?:both|all)(?: are)? (?:{_KNIGHT}),? or (?:they are )?(?:both|all)\b"
    rf"|\b(?:both|all)(?: are)? (?:{_KNAVE}),? or (?:they are )?(?:both|all)\b"
    r"|(?:要么|或者?|可能|[,，])都?是.{1,8}[,，](?:要么|或者?|也可能)都?是|都是.{1,6}[,，]?(?:或者?|要么)都是",
    re.IGNORECASE,
)
_ONE_OR_OTHER: Final = re.compile(
    rf"(?:(?:{_KNIGHT}),?|(?:{_KNAVE}),?) ?(?:or|或者?|还是)(?: an?| the)? ?(?:{_KNIGHT}|{_KNAVE})",
    re.IGNORECASE,
)
_SUPPOSED: Final = re.compile(
    r"(?:\b(?:if|suppose|supposing|assume|assuming)\b|如果|假[设如定]|若|(?<![假])设)"
    r"(?:(?!\b(?:so|therefore|thus|hence)\b|所以|因此|故)[^.。;；\n])*",
    re.IGNORECASE,
)
_QUOTING: Final = re.compile(
    r"(?:\b(?:says?|said|saying|claims?|claimed|claiming|calls?|called|calling|statement)\b"
    r"|说(?![真实假谎])|声称)(?:(?!\b(?:so|therefore|thus|hence)\b|所以|因此|故)[^,，.。;；:\n])*",
    re.IGNORECASE,
)
"""In an answer: what would be, and what others say."""
_DENIAL: Final = r"不(?:可能|会|能)?是|并非|\b(?:can)?not |n['’]t "


def read(answer: str, puzzle: Puzzle) -> Roles | None:
    """Each person's role, as the last mention of it says; None unless everyone's is said.

    Reasons don't count, nor what is supposed or what somebody says, where everyone's role is said
    without them.
    """
    answer = _ONE_OR_OTHER.sub(" ", answer)
    bare = without_reasons(answer)
    plain = _QUOTING.sub(" ", _SUPPOSED.sub(" ", bare))
    return _read_roles(plain, puzzle) or _read_roles(bare, puzzle) or _read_roles(answer, puzzle)


def _read_roles(answer: str, puzzle: Puzzle) -> Roles | None:
    token = re.compile(
        rf"(?P<name>{mention(puzzle.names)})|(?i:(?P<not>{_DENIAL})?(?:be )?(?:an? |the |一?个)?"
        rf"(?:(?P<knight>{_KNIGHT})|(?P<knave>{_KNAVE})))"
    )
    if in_turn := _in_turn([_part(match) for match in token.finditer(answer)], answer, puzzle):
        return in_turn
    found: dict[str, Role] = {}
    for clause in _CLAUSE.split(answer):
        if _OF_ALL_OR_ALL.search(clause):
            return None
        parts = [_part(match) for match in token.finditer(clause)]
        if parts and not any(name for name, _ in parts) and _EVERYONE.search(clause):
            if re.search(_DENIAL, clause):
                continue  # not all of them: it may be any
            parts = [*((name, None) for name in puzzle.names), *parts]
        # `A and B are knights` has the role behind the names, `Knights: A and B` before them.
        behind = bool(parts) and bool(parts[0][0])
        role: Role | None = None
        here: dict[str, Role] = {}
        for name, called in reversed(parts) if behind else parts:
            role = called or role
            if name and role and not (behind and name in here):
                here[name] = role
        found |= here
    if set(found) != set(puzzle.names):
        return None
    return tuple((name, found[name]) for name in puzzle.names)


def _in_turn(parts: list[tuple[str, Role | None]], answer: str, puzzle: Puzzle) -> Roles | None:
    """Roles that stand behind all names, in their order: `A, B = knave, knight`."""
    count = len(puzzle.names)
    called = [name for name, _ in parts[:count]]
    roles = [role for _, role in parts[count:] if role]
    if len(parts) != 2 * count or len(roles) != count or set(called) != set(puzzle.names):
        return None
    if count == 1 or _EITHER.search(answer) or re.search(_DENIAL, answer):
        return None
    return tuple((name, dict(zip(called, roles, strict=True))[name]) for name in puzzle.names)


def _part(match: re.Match[str]) -> tuple[str, Role | None]:
    """A name and no role, or no name and a role."""
    if match["name"]:
        return match["name"], None
    return "", "knight" if bool(match["knight"]) != bool(match["not"]) else "knave"

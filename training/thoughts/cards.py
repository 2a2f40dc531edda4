"""The steps of the chains for the announced dialogue, read and looked up in the possible worlds.

`training.chains` writes those chains, by the generator's stages; nothing of it is used here but its
words, so that each checks the other. A sentence is a step.
"""

import re
from collections.abc import Iterator
from typing import Final

from qwq_cli.puzzles.cards.parse import mentions
from qwq_cli.puzzles.cards.puzzle import SUITS, Card, Puzzle, Rank, Suit
from qwq_cli.puzzles.cards.solver import possible, solve
from qwq_cli.puzzles.words import LANGUAGES, Language
from training.chains import WORDS
from training.thoughts.card_fields import (
    RANKED,
    SUIT,
    SUIT_OF,
    Held,
    cards_field,
    helds_field,
    left_field,
    no_other,
)
from training.thoughts.forms import (
    NUMBER,
    Field,
    Form,
    Scene,
    Step,
    Thought,
    Values,
    choice,
    listed,
)

# --------------------------------------------------------------------------------------- facts


def _suits_left(puzzle: Puzzle) -> set[Suit]:
    return {card.suit for card in possible(puzzle.hand, 2)[2]}


def _holders(cards: frozenset[Card], rank: Rank) -> tuple[Suit, ...]:
    return tuple(suit for suit in SUITS if Card(suit, rank) in cards)


def _ranks_of(puzzle: Puzzle, suit: Suit) -> tuple[Rank, ...]:
    return tuple(card.rank for card in puzzle.cards if card.suit == suit)


def _leaves(puzzle: Puzzle, suit: Suit) -> tuple[Rank, ...]:
    """What P's second statement leaves of a suit."""
    third = possible(puzzle.hand, 3)[3]
    return tuple(rank for rank in _ranks_of(puzzle, suit) if Card(suit, rank) in third)


def _true_helds(puzzle: Puzzle, helds: tuple[Held, ...], *, left: bool) -> bool:
    cards = possible(puzzle.hand, 2)[2] if left else puzzle.hand
    return all(
        suits == _holders(cards, rank) and several == (len(suits) > 1)
        for rank, suits, several in helds
    )


def _settles(puzzle: Puzzle, suit: Suit, helds: tuple[Held, ...]) -> bool:
    """The ranks of a suit in their order, all of them or up to the first that is unique."""
    ranks = _ranks_of(puzzle, suit)
    shown = tuple(rank for rank, _, _ in helds)
    return shown == ranks[: len(shown)] and (shown == ranks or not helds[-1][2])


# --------------------------------------------------------------------------------------- truth


def _listing(scene: Scene[Puzzle], v: Values) -> bool:
    cards, hand = v["cards"], scene.puzzle.cards
    return bool(cards) and cards == tuple(c for c in hand if c.suit == cards[0].suit)


def _second(scene: Scene[Puzzle], v: Values) -> bool:
    puzzle = scene.puzzle
    return (
        _true_helds(puzzle, v["helds"], left=False)
        and _settles(puzzle, v["suit"], v["helds"])
        and v["keep"] == (v["suit"] in _suits_left(puzzle))
    )


def _suit_is(scene: Scene[Puzzle], v: Values) -> bool:
    suits = re.split(WORDS[scene.lang].either, v["suits"])
    judged = {one["suit"] for one in scene.all("second")}
    return {SUIT_OF[suit] for suit in suits} == _suits_left(scene.puzzle) and (
        judged == {card.suit for card in scene.puzzle.cards}
    )


def _remaining(scene: Scene[Puzzle], v: Values) -> bool:
    return _listing(scene, v) and v["cards"][0].suit in _suits_left(scene.puzzle)


def _third(scene: Scene[Puzzle], v: Values) -> bool:
    puzzle = scene.puzzle
    shown = tuple(rank for rank, _, _ in v["helds"])
    return (
        v["suit"] in _suits_left(puzzle)
        and shown == _ranks_of(puzzle, v["suit"])
        and _true_helds(puzzle, v["helds"], left=True)
        and v["left"] == _leaves(puzzle, v["suit"])
    )


def _fourth(scene: Scene[Puzzle], v: Values) -> bool:
    left = _leaves(scene.puzzle, v["suit"])
    one = len(left) == 1
    return (
        v["suit"] in _suits_left(scene.puzzle)
        and (v["left"], v["one"], v["keep"]) == (left, one, one)
        and bool(left)
    )


def _nothing_left(scene: Scene[Puzzle], v: Values) -> bool:
    return (
        v["suit"] in _suits_left(scene.puzzle)
        and not _leaves(scene.puzzle, v["suit"])
        and (not v["keep"])
    )


def _claim(scene: Scene[Puzzle], v: Values) -> bool:
    """That it is this card: after all statements have been gone through."""
    named = tuple(mention.card for mention in mentions(v["card"]))
    return solve(scene.puzzle) == named and _gone_through(scene)


def _gone_through(scene: Scene[Puzzle]) -> bool:
    """All statements have been, suit by suit, as far as any suit is left."""
    suits = {card.suit for card in scene.puzzle.cards}
    left = _suits_left(scene.puzzle)
    stages = (({"second"}, suits), ({"third"}, left), ({"fourth", "nothing_left"}, left))
    return all(
        {values["suit"] for form in forms for values in scene.all(form)} >= wanted
        for forms, wanted in stages[: scene.puzzle.statements - 1]
    )


def _no_suit(scene: Scene[Puzzle], _v: Values) -> bool:
    return not _suits_left(scene.puzzle) and _gone_through(scene)


def _no_card(scene: Scene[Puzzle], _v: Values) -> bool:
    return not solve(scene.puzzle) and _gone_through(scene)


def _several_cards(scene: Scene[Puzzle], v: Values) -> bool:
    return v["k"] == len(solve(scene.puzzle)) > 1 and _gone_through(scene)


def _at_first(scene: Scene[Puzzle], v: Values) -> bool:
    (held,) = v["held"]
    return _true_helds(scene.puzzle, v["held"], left=False) and v["good"] == held[2]


def _q_knew(scene: Scene[Puzzle], v: Values) -> bool:
    puzzle = scene.puzzle
    return (
        v["ranks"] == _ranks_of(puzzle, v["suit"])
        and _true_helds(puzzle, v["helds"], left=False)
        and _settles(puzzle, v["suit"], v["helds"])
        and v["good"] == (v["suit"] in _suits_left(puzzle))
    )


def _p_knows(scene: Scene[Puzzle], v: Values) -> bool:
    (held,) = v["held"]
    return _true_helds(scene.puzzle, v["held"], left=True) and v["good"] != held[2]


def _q_knows(scene: Scene[Puzzle], v: Values) -> bool:
    left = _leaves(scene.puzzle, v["suit"])
    one = len(left) == 1
    return (v["left"], v["one"], v["good"]) == (left, one, one)


def _passed(scene: Scene[Puzzle], v: Values) -> bool:
    """What the check says in the end is what its steps have said; only of a claim is it fine."""
    verdicts = [values["good"] for _, values in scene.said if "good" in values]
    claimed = bool(scene.all("claim") or scene.all("again"))
    return bool(verdicts) and v["fine"] == verdicts[-1] and (claimed or not v["fine"])


def _fixed(lang: Language) -> set[str]:
    """Sentences that say nothing of the cards."""
    w = WORDS[lang]
    texts = (w.opening, w.roles, w.second, w.third, w.fourth, w.check, w.recheck)
    return {sentence for text in texts for sentence in sentences(text, lang)}


def sentences(line: str, lang: Language) -> list[str]:
    """A line's sentences, without the space between them."""
    return (
        re.split(r"(?<=。)" if lang == "zh" else r"(?<=\.) ", line.removesuffix("\n"))
        if line
        else []
    )


_FIXED: Final[Field[str]] = Field(
    {lang: "|".join(map(re.escape, sorted(_fixed(lang)))) for lang in LANGUAGES},
    read=lambda text, _: text,
    write=lambda text, _: text,
    other=no_other,
)
_TEXT: Final[Field[str]] = Field(
    {"zh": "[^。]+", "en": r"[^.]+"}, lambda text, _: text, lambda text, _: text, no_other
)
_KEEP: Final = choice((WORDS["zh"].keep, WORDS["en"].keep), (WORDS["zh"].drop, WORDS["en"].drop))
_ONE: Final = choice((WORDS["zh"].one, WORDS["en"].one), (WORDS["zh"].several, WORDS["en"].several))


def _good(yes: str, no: str) -> Field[bool]:
    zh, en = WORDS["zh"], WORDS["en"]
    return choice((getattr(zh, yes), getattr(en, yes)), (getattr(zh, no), getattr(en, no)))


_RANKS: Final = listed(RANKED)
_HELDS: Final = helds_field(left=False)
_HELDS_LEFT: Final = helds_field(left=True)
_LEFT: Final = left_field()
FORMS: Final[dict[str, Form[Puzzle]]] = {
    "fixed": Form("{text}", "{text}", {"text": _FIXED}, lambda _scene, _v: True),
    "listing": Form(
        "{cards}", "{cards}", {"cards": cards_field({"zh": "", "en": " "})}, _listing, ("cards",)
    ),
    "second": Form(
        "{suit}：{helds}；{keep}",
        "{suit}: {helds}; {keep}",
        {"suit": SUIT, "helds": _HELDS, "keep": _KEEP},
        _second,
    ),
    "suit_is": Form("所以花色是{suits}。", "So the suit is {suits}.", {"suits": _TEXT}, _suit_is),
    "remaining_begin": Form("剩下的牌：", "The cards left:", {}, lambda _scene, _v: True),
    "remaining": Form(
        "{cards}", "{cards}", {"cards": cards_field({"zh": "的", "en": " has "})}, _remaining
    ),
    "third": Form(
        "{suit}：{helds}；{left}",
        "{suit}: {helds}; {left}",
        {"suit": SUIT, "helds": _HELDS_LEFT, "left": _LEFT},
        _third,
    ),
    "fourth": Form(
        "{suit}：{left}，{one}；{keep}",
        "{suit}: {left}, {one}; {keep}",
        {"suit": SUIT, "left": _LEFT, "one": _ONE, "keep": _KEEP},
        _fourth,
    ),
    "nothing_left": Form(
        "{suit}：没有留下；{keep}",
        "{suit}: leaves none; {keep}",
        {"suit": SUIT, "keep": _KEEP},
        _nothing_left,
    ),
    "claim": Form("所以这张牌是{card}。", "So the card is the {card}.", {"card": _TEXT}, _claim),
    "no_suit": Form(WORDS["zh"].no_suit, WORDS["en"].no_suit, {}, _no_suit),
    "no_card": Form(WORDS["zh"].no_card, WORDS["en"].no_card, {}, _no_card),
    "several_cards": Form(
        WORDS["zh"].several_cards,
        WORDS["en"].several_cards,
        {"k": NUMBER},
        _several_cards,
        ("k",),
    ),
    "again": Form(
        "重新看上面，这张牌是{card}。",
        "Looking again, the card is the {card}.",
        {"card": _TEXT},
        _claim,
    ),
    "at_first": Form(
        "{held}，{good}。",
        "{held}, {good}.",
        {"held": _HELDS, "good": _good("p_ignorant", "p_would_know")},
        _at_first,
    ),
    "q_knew": Form(
        "{suit}有{ranks}：{helds}，{good}。",
        "{suit} has {ranks}: {helds}, {good}.",
        {
            "suit": SUIT,
            "ranks": _RANKS,
            "helds": _HELDS,
            "good": _good("q_knew", "q_could_not"),
        },
        _q_knew,
    ),
    "p_knows": Form(
        "剩下的牌里，{held}，{good}。",
        "Among the cards left, {held}, {good}.",
        {"held": _HELDS_LEFT, "good": _good("p_knows", "p_still_not")},
        _p_knows,
    ),
    "q_knows": Form(
        "{suit}{left}，{one}，{good}。",
        "{suit} {left}, {one}, {good}.",
        {"suit": SUIT, "left": _LEFT, "one": _ONE, "good": _good("q_knows", "q_still_not")},
        _q_knows,
    ),
    "passed": Form(
        "{fine}",
        "{fine}",
        {
            "fine": choice(
                (WORDS["zh"].fine, WORDS["en"].fine.strip()),
                (WORDS["zh"].wrong, WORDS["en"].wrong.strip()),
            )
        },
        _passed,
    ),
}


def _unwritten(puzzle: Puzzle, lang: Language) -> Iterator[Step]:
    raise NotImplementedError(puzzle, lang)  # `training.chains` writes these


CARDS: Final[Thought[Puzzle]] = Thought(FORMS, _unwritten, units=sentences)

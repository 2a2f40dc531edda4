"""Chains of thought for card puzzles, true step by step. Knows the stages; knows no tokens.

Each step is one look-up: a card is restated with its suit, the suits that hold a rank are written
before the verdict on it, and the verdict before what follows from it. The check at the end looks
everything up again, and now and then it is given a wrong card on purpose (a slip, which is not
learnt), so that its verdict depends on what it finds.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias

from qwq_cli.puzzles.cards.generator import Stages, stages
from qwq_cli.puzzles.cards.puzzle import Card, Rank, Suit, card_name
from qwq_cli.puzzles.cards.wording import Posed
from qwq_cli.puzzles.words import Language
from training.thoughts.forms import NONE, SEVERAL

Segments: TypeAlias = list[tuple[str, bool]]
"""Texts in their order, each with whether it is to be learnt."""


@dataclass(frozen=True, slots=True)
class Words:
    """The sentences of a chain in one language.

    Whoever knows the rank is called P, whoever knows the suit Q: a small model that need not copy
    names reads puzzles with any names.
    """

    opening: str
    roles: str
    second: str
    third: str
    fourth: str
    suit_is: str
    card_is: str
    again: str
    check: str
    recheck: str
    fine: str
    wrong: str
    heading: str
    among: str
    comma: str
    listed: str
    either: str
    colon: str
    semicolon: str
    stop: str
    full: str
    at: str
    at_left: str
    has: str
    repeated: str
    unique: str
    keep: str
    drop: str
    shared: str
    alone: str
    leaves: str
    leaves_none: str
    one: str
    several: str
    p_ignorant: str
    p_would_know: str
    q_knew: str
    q_could_not: str
    p_knows: str
    p_still_not: str
    q_knows: str
    q_still_not: str
    suit_has: str
    no_suit: str
    no_card: str
    several_cards: str


ZH: Final = Words(
    opening="先把牌按花色列出来。",
    roles="记知道点数的人为P，知道花色的人为Q。",
    second="P不知道这张牌，说明它的点数是重复的。Q早就知道P不知道，"
    "说明这个花色里的点数全都重复。逐个花色看：",
    third="P现在知道了，说明点数在剩下的牌里是独有的：",
    fourth="Q也知道了，说明这个花色只留下一张：",
    suit_is="所以花色是{suits}。剩下的牌：",
    card_is="所以这张牌是{card}。",
    again="重新看上面，这张牌是{card}。",
    check="等一下，让我检查一遍。",
    recheck="等一下，再检查一遍。",
    fine="没有问题。",
    wrong="不对。",
    heading="**最终答案**",
    among="剩下的牌里，",
    comma="，",
    listed="、",
    either="或",
    colon="：",
    semicolon="；",
    stop="",
    full="。",
    at="在",
    at_left="还在",
    has="的",
    repeated="重复",
    unique="唯一",
    keep="保留",
    drop="排除",
    shared="共有",
    alone="独有",
    leaves="留下",
    leaves_none="没有留下",
    one="只有一张",
    several="不止一张",
    p_ignorant="P起初不知道",
    p_would_know="P一开始就会知道",
    q_knew="Q知道P不知道",
    q_could_not="Q不会知道",
    p_knows="P现在知道了",
    p_still_not="P还是不知道",
    q_knows="Q也知道了",
    q_still_not="Q还是不知道",
    suit_has="{suit}有{ranks}：",
    no_suit="没有花色保留，所以没有答案。",
    no_card="没有牌留下，所以没有答案。",
    several_cards="还剩{k}张，所以不止一个答案。",
)

EN: Final = Words(
    opening="First, the cards by suit.",
    roles="Call the one who knows the rank P, the one who knows the suit Q.",
    second="P does not know, so the rank is repeated. Q knew that, so every rank of the suit is"
    " repeated. Suit by suit:",
    third="P knows now, so the rank is alone among the cards left:",
    fourth="Q knows too, so the suit leaves only one card:",
    suit_is="So the suit is {suits}. The cards left:",
    card_is="So the card is the {card}.",
    again="Looking again, the card is the {card}.",
    check="Wait, let me check.",
    recheck="Wait, let me check again.",
    fine=" Everything fits.",
    wrong=" That is wrong.",
    heading="**Final Answer**",
    among="Among the cards left, ",
    comma=", ",
    listed=", ",
    either=" or ",
    colon=": ",
    semicolon="; ",
    stop="",
    full=".",
    at=" in ",
    at_left=" left in ",
    has=" has ",
    repeated="repeated",
    unique="unique",
    keep="keep",
    drop="drop",
    shared="shared",
    alone="alone",
    leaves="leaves ",
    leaves_none="leaves none",
    one="only one",
    several="more than one",
    p_ignorant="so P did not know",
    p_would_know="so P would know at once",
    q_knew="so Q knew that",
    q_could_not="so Q did not know that",
    p_knows="so P knows now",
    p_still_not="so P still does not know",
    q_knows="so Q knows too",
    q_still_not="so Q still does not know",
    suit_has="{suit} has {ranks}: ",
    no_suit="No suit is kept, so there is no answer.",
    no_card="No card is left, so there is no answer.",
    several_cards="{k} cards are left, so there are several answers.",
)

WORDS: Final[dict[Language, Words]] = {"zh": ZH, "en": EN}


class Writer:
    """Writes one puzzle's chain; holds the words and the stages."""

    def __init__(self, posed: Posed) -> None:
        """Work the puzzle through; nothing is written yet."""
        self.posed = posed
        self.words = WORDS[posed.lang]
        self.found: Stages = stages(posed.puzzle)
        self.statements = posed.puzzle.statements

    def _suit(self, suit: Suit) -> str:
        return self.posed.suits[suit]

    def _suits(self, suits: tuple[Suit, ...]) -> str:
        return self.words.listed.join(self._suit(suit) for suit in suits)

    def _card(self, card: Card) -> str:
        return card_name(card, self.posed.lang, self._suit(card.suit))

    def _held(self, rank: Rank) -> str:
        """Evidence and verdict in the whole hand: `A在红桃、方块，重复`."""
        w, suits = self.words, self.found.holders[rank]
        verdict = w.repeated if len(suits) > 1 else w.unique
        return f"{rank}{w.at}{self._suits(suits)}{w.comma}{verdict}"

    def _held_left(self, rank: Rank) -> str:
        """Evidence and verdict among the cards left: `A还在红桃、方块，共有`."""
        w, suits = self.words, self.found.left_holders[rank]
        verdict = w.shared if len(suits) > 1 else w.alone
        return f"{rank}{w.at_left}{self._suits(suits)}{w.comma}{verdict}"

    def _ranks(self, suit: Suit) -> list[Rank]:
        """The ranks of a suit up to the first unique one, which settles the suit."""
        ranks: list[Rank] = []
        for rank in self.found.groups[suit]:
            ranks.append(rank)
            if len(self.found.holders[rank]) == 1:
                break
        return ranks

    def _left(self, suit: Suit) -> str:
        w, ranks = self.words, self.found.left[suit]
        return w.leaves + w.listed.join(ranks) if ranks else w.leaves_none

    def listing(self) -> str:
        """The hand, suit by suit, every card with its suit."""
        en = self.posed.lang == "en"
        return "\n".join(
            self.words.listed.join(f"{self._suit(s)}{' ' if en else ''}{r}" for r in ranks)
            for s, ranks in self.found.groups.items()
        )

    def second(self) -> str:
        """Which suits Q's first statement leaves."""
        w = self.words
        lines = []
        for suit in self.found.groups:
            steps = [self._held(rank) for rank in self._ranks(suit)]
            verdict = w.keep if suit in self.found.kept else w.drop
            lines.append(f"{self._suit(suit)}{w.colon}{w.semicolon.join([*steps, verdict])}")
        return "\n".join(lines)

    def remaining(self) -> str:
        """The cards of the suits that are left, written unlike the first list."""
        w = self.words
        return "\n".join(
            w.listed.join(f"{self._suit(s)}{w.has}{r}" for r in self.found.groups[s])
            for s in self.found.kept
        )

    def third(self) -> str:
        """Which ranks P's second statement leaves."""
        w = self.words
        return "\n".join(
            f"{self._suit(suit)}{w.colon}"
            + w.semicolon.join(
                [*(self._held_left(r) for r in self.found.groups[suit]), self._left(suit)]
            )
            for suit in self.found.kept
        )

    def fourth(self) -> str:
        """Which suit Q's second statement leaves."""
        w = self.words
        lines = []
        for suit in self.found.kept:
            count = len(self.found.left[suit])
            verdict = w.one if count == 1 else w.several
            steps = [self._left(suit), verdict] if count else [self._left(suit)]
            lines.append(
                f"{self._suit(suit)}{w.colon}{w.comma.join(steps)}"
                f"{w.semicolon}{w.keep if count == 1 else w.drop}"
            )
        return "\n".join(lines)

    def check(self, card: Card) -> tuple[str, bool]:
        """Hold `card` against every statement; the text, and whether it passes."""
        w, found = self.words, self.found
        en = self.posed.lang == "en"
        first = len(found.holders[card.rank]) > 1
        text = self._verdict(self._held(card.rank), first, w.p_ignorant, w.p_would_know)
        if not first:
            return text, False
        second = card.suit in found.kept
        ranks = w.listed.join(found.groups[card.suit])
        steps = w.semicolon.join(self._held(rank) for rank in self._ranks(card.suit))
        opening = w.suit_has.format(suit=self._suit(card.suit), ranks=ranks)
        gap = " " if en else ""
        text += gap + opening + self._verdict(steps, second, w.q_knew, w.q_could_not)
        if not second or self.statements == 2:
            return text, second
        third = card.rank in found.left[card.suit]
        text += gap + w.among
        text += self._verdict(self._held_left(card.rank), third, w.p_knows, w.p_still_not)
        if not third or self.statements == 3:
            return text, third
        count = len(found.left[card.suit])
        step = f"{self._suit(card.suit)}{gap}{self._left(card.suit)}{w.comma}"
        step += w.one if count == 1 else w.several
        text += gap + self._verdict(step, count == 1, w.q_knows, w.q_still_not)
        return text, count == 1

    def _verdict(self, evidence: str, passes: bool, good: str, bad: str) -> str:  # noqa: FBT001
        w = self.words
        return f"{evidence}{w.comma}{good if passes else bad}{w.full}"

    def _unanswered(self, parts: list[str], why: str) -> Segments:
        """The end of a chain that finds no answer, or several: nothing is claimed."""
        verdicts = SEVERAL if self.found.answers(self.statements) else NONE
        verdict = verdicts[self.posed.lang]
        return [("\n\n".join([*parts, why, self.words.heading, verdict]), True)]

    def write(self, slip: Card | None = None) -> Segments:
        """The whole chain; with `slip`, that card is claimed first, found wrong, and mended."""
        w = self.words
        parts = [w.opening, self.listing(), w.roles, w.second, self.second()]
        if not self.found.kept:
            return self._unanswered(parts, w.no_suit)
        kept = w.either.join(self._suit(suit) for suit in self.found.kept)
        parts += [w.suit_is.format(suits=kept), self.remaining()]
        if self.statements >= 3:
            parts += [w.third, self.third()]
        if self.statements >= 4:
            parts += [w.fourth, self.fourth()]
        answers = self.found.answers(self.statements)
        if len(answers) != 1:
            several = w.several_cards.format(k=len(answers)) if answers else w.no_card
            return self._unanswered(parts, several)
        (answer,) = answers
        gap = " " if self.posed.lang == "en" else ""
        segments: Segments = [("\n\n".join(parts) + "\n\n", True)]
        claim, check = w.card_is, w.check
        if slip is not None:
            before, after = w.card_is.split("{card}")
            found_wrong, _ = self.check(slip)
            segments += [
                (before, True),
                (self._card(slip), False),
                (f"{after}\n\n{w.check}{gap}{found_wrong}{w.wrong}\n\n", True),
            ]
            claim, check = w.again, w.recheck
        found_right, _ = self.check(answer)
        segments.append(
            (
                (
                    f"{claim.format(card=self._card(answer))}\n\n{check}{gap}{found_right}{w.fine}\n\n"
                    f"{w.heading}\n\n{self._card(answer)}"
                ),
                True,
            )
        )
        return segments


def chain(posed: Posed) -> str:
    """The chain of thought and the answer to one puzzle, without a slip."""
    return "".join(text for text, _ in Writer(posed).write())

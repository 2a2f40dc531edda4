"""Puzzles of people and of cards as others write them: read whole, or refused with the reason."""

import random

import pytest

from qwq_cli.errors import BadInputError
from qwq_cli.puzzles.cards.parse import hand
from qwq_cli.puzzles.cards.puzzle import Puzzle as CardPuzzle
from qwq_cli.puzzles.examples import CARDS
from qwq_cli.puzzles.kind import Kind, Setting
from qwq_cli.puzzles.knights.puzzle import Claim
from qwq_cli.puzzles.registry import kind
from qwq_cli.puzzles.words import DIFFICULTIES, LANGUAGES, KindName

PEOPLE: list[KindName] = ["orders", "knights", "cards"]


def answer(name: KindName, text: str) -> str:
    """The one answer to a puzzle, in Chinese."""
    one = kind(name)
    (solution,) = one.solve(one.parse(text))
    return one.say(solution, "zh")


@pytest.mark.parametrize("name", PEOPLE)
def test_whatever_is_written_here_is_read(name: KindName) -> None:
    one: Kind[object, object] = kind(name)
    for lang in LANGUAGES:
        for wording in one.wordings:
            for difficulty in DIFFICULTIES:
                for make in (one.pose, one.spoil):
                    assert make
                    posed = make(random.Random(7), Setting(difficulty, lang, wording))
                    assert one.parse(posed.text) == posed.puzzle, posed.text


# -------------------------------------------------------------------------------------- orders


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("Alice is older than Bob and younger than Carol. Who is the oldest?", "Carol"),
        ("Alice is older than Bob, but is younger than Carol. Who is the oldest?", "Carol"),
        ("小明比小红高，比小刚矮，谁最高？", "小刚"),
        ("Al is taller than both Bo and Cy. Cy is taller than Bo. Who is the shortest?", "Bo"),
        ("Al is taller than Bo, Cy and Di. Who is the tallest?", "Al"),
        ("Al and Bo are taller than Cy. Bo is taller than Al. Who is the tallest?", "Bo"),
        ("Al is taller than Bo and Cy is taller than Al. Who is the tallest?", "Cy"),
        ("Al isn't as tall as Bo. Cy isn't as tall as Al. Who is the tallest?", "Bo"),
        ("Al is older than Bo. Bo is older than Cy. Who is the 2nd oldest?", "Bo"),
        ("Al is older than Bo. Bo is older than Cy. Who is the third-oldest?", "Cy"),
        ("If Al is older than Bo, and Bo is older than Cy, who is the oldest?", "Al"),
        ("Al is older than Bo. Of Al or Bo, who is the oldest?", "Al"),
        ("Al is older than Bo. List them, youngest first.", "Bo、Al"),
        ("Big Tom is older than Little Tom. Who is the oldest?", "Big Tom"),
        ("小明比小红跑得快，小红跑得比小刚快，谁跑得最快？", "小明"),
        ("小明比小红年龄大，小刚的年龄比小明大，谁最大？", "小刚"),
        ("如果甲比乙大，而乙比丙大，谁最大？", "甲"),
        ("甲、乙、丙三个小朋友比身高。甲和乙都比丙高，甲比乙高。谁最矮？", "丙"),
        ("甲比乙和丙都高，乙比丙高。倒数第2高的是谁？", "乙"),
        ("谁最高？小明比小红高，小红没有小刚高，小明比小刚矮。", "小刚"),
        ("小明比小红大３岁，小刚比小红小两岁。谁第二大？", "小红"),
        ("甲比乙高，乙比丙高，没有两个人一样高。谁最高？", "甲"),
        ("A也比B大，B比C大，谁最大？", "A"),
        ("小明比方强高，方强比如意高，谁最矮？", "如意"),
    ],
)
def test_an_order_that_others_describe_is_read(text: str, who: str) -> None:
    assert answer("orders", text) == who


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Al is older than Bo. Who is the ninth oldest?", "ninth oldest"),
        ("Al is older than Bo. Who is the next oldest?", "next oldest"),
        ("甲比乙高。谁第九高？", "only 2 people"),
        ("Al is older than Bo. Who is the tallest?", "the tallest` is not what is compared"),
        ("Al is older than Bo. Order them from oldest to tallest.", "oldest to tallest"),
        ("Al is older than Bo. Who is the oldest, and who the youngest?", "several things"),
        ("Al is older than Bo. Who is not the oldest?", "not the oldest"),
        ("Al is older than Bo. Bo is older than Cy or Di. Who is the oldest?", "or Di"),
        ("Either Al or Bo is older than Cy. Bo is older than Di. Who is the oldest?", "Either"),
        ("Al is older than Bo. Cy is as old as Al. Who is the oldest?", "as old as Al"),
        ("Al is older than Bo, who is older than Cy. Who is the oldest?", "who is older"),
        ("Al is older than Bo's brother. Bo is older than Al. Who is the oldest?", "brother"),
        ("Al is older than Bo. Bo is the youngest. Who is the oldest?", "Bo is the youngest"),
        ("Al, Bo, Cy and Di meet. Al is older than Bo. Bo is older than Di. Who is oldest?", "Cy"),
        ("There are 4 people. Al is older than Bo. Who is the oldest?", "speaks of 4 people"),
        ("小明、小强和小红比身高。小明比小红高。谁最高？", "小强"),
        ("甲比乙高，乙和丙一样高，谁最高？", "乙和丙一样高"),
        ("甲不比乙高。乙比丙高。谁最高？", "甲不比乙高"),
        ("甲比乙高，乙比丙高，从高到矮排第二的是谁？", "排第二"),
        ("小明比小红力气大。小红比小刚力气大。谁最大？", "小红力气"),
        ("甲比乙高。第二个最高的是谁？", "第二"),
    ],
)
def test_an_order_is_refused_where_a_part_of_it_can_not_be_read(text: str, why: str) -> None:
    with pytest.raises(BadInputError, match=why):
        kind("orders").parse(text)


ORDER = "Al is older than Bo. Bo is older than Cy. "


@pytest.mark.parametrize(
    ("ask", "said", "given"),
    [
        ("Who is the oldest?", "Al, because he is older than Bo and Cy", "Al"),
        ("Who is the oldest?", "Al is older than Bo and Cy", "Al"),
        ("Who is the oldest?", "Because Al is older than Bo and Cy, it is Al.", "Al"),
        ("Who is the oldest?", "Al is the oldest, Bo is second, Cy is the youngest.", "Al"),
        ("Who is the second oldest?", "Al is the oldest, Bo the second oldest, then Cy.", "Bo"),
        ("Who is the oldest?", "最大的是Al，最小的是Cy", "Al"),
        ("Who is the oldest?", "Not Bo but Al", "Al"),
        ("Who is the oldest?", "It's Al, not Bo.", "Al"),
        ("Who is the oldest?", "是Al，不是Bo", "Al"),
        ("Who is the oldest?", "Al > Bo > Cy", None),
        ("Who is the oldest?", "Al or Bo", None),
        ("Who is the oldest?", "Al, Bo, Cy", None),
        ("List them from oldest to youngest.", "1. Al\n2. Bo\n3. Cy", "Al, Bo, Cy"),
        ("List them from oldest to youngest.", "Al, Bo, Cy (as Al is over Bo)", "Al, Bo, Cy"),
        ("List them from oldest to youngest.", "Cy < Bo < Al", "Al, Bo, Cy"),
        ("List them from youngest to oldest.", "Cy -> Bo -> Al", "Cy, Bo, Al"),
        ("List them from youngest to oldest.", "Cy, Bo", None),
    ],
)
def test_an_answer_about_an_order_is_what_it_says(ask: str, said: str, given: str | None) -> None:
    one = kind("orders")
    found = one.read(said, one.parse(ORDER + ask))
    assert (found and one.say(found, "en")) == given


# ------------------------------------------------------------------------------------- knights

KNIGHTS = 'Knights tell the truth, knaves lie. A says: "{}" B says: "A is a knave."'
KNIGHTS_ZH = "骑士说真话，无赖说假话。甲说：“{}。”乙说：“甲是无赖。”"


@pytest.mark.parametrize(
    "claim",
    [
        "None of us is a knight.",
        "Neither B nor I is a knight.",
        "Only one of us is a knight.",
        "At most one of us is a knight.",
        "At least two of us are knaves.",
        "One of us is a knight.",
        "Some of us are knights.",
        "I am a knight and B is a knave.",
        "I am a knave or B is a knight.",
        "If B is a knight, I am a knave.",
        "B would say that I am a knave.",
        "B is of another kind than me.",
        "It is not true that B is not a knave.",
        "我们当中只有一个骑士",
        "我们当中有一个骑士",
        "我们当中没有骑士",
        "至少有两个骑士",
        "我们中至多有一个骑士",
        "如果乙是骑士，那么我是无赖",
        "我或乙是骑士",
        "乙是无赖，我是骑士",
        "乙会说我是骑士",
    ],
)
def test_a_claim_that_means_more_than_its_names_and_roles_is_not_guessed(claim: str) -> None:
    text = (KNIGHTS if claim.isascii() else KNIGHTS_ZH).format(claim)
    with pytest.raises(BadInputError, match=r"can't read what \w says"):
        kind("knights").parse(text)


@pytest.mark.parametrize(
    ("claim", "roles"),
    [
        ("At least one of us is a knave.", "A是骑士，B是无赖"),
        ("Both of us are knaves.", "A是无赖，B是骑士"),
        ("B and I are not different.", "A是无赖，B是骑士"),
        ("B is the same as me.", "A是无赖，B是骑士"),
        ("Exactly one of us is a knight.", "A是骑士，B是无赖"),
        ("我们俩都是无赖", "甲是无赖，乙是骑士"),
        ("乙和我两个都是无赖", "甲是无赖，乙是骑士"),
    ],
)
def test_an_ordinary_claim_is_read(claim: str, roles: str) -> None:
    text = (KNIGHTS if claim.isascii() else KNIGHTS_ZH).format(claim)
    assert answer("knights", text) == roles


@pytest.mark.parametrize(
    "claim", ["B isn't a knight.", "B is a knave.", "乙是一个无赖", "乙不是骑士"]
)
def test_not_to_be_one_is_to_be_the_other(claim: str) -> None:
    text = (KNIGHTS if claim.isascii() else KNIGHTS_ZH).format(claim)
    assert kind("knights").parse(text).claims[0] == (0, Claim("all", (1,), "knave"))


def test_a_name_that_holds_another_one_is_only_itself() -> None:
    text = "骑士说真话，无赖说假话。小明明说：“我们都是无赖。”小明说：“小明明是无赖。”"
    assert answer("knights", text) == "小明明是无赖，小明是骑士"
    (_, claim), (_, other) = kind("knights").parse(text).claims
    assert (claim.who, other.who) == ((0, 1), (0,))


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (" B says A lies.", "what B says"),
        ("\nA: B is a knight.", "what A says"),
        (" C told B nothing.", "what C says"),
        (" So there were A, B and C.", "C says nothing"),
        (" 甲、A、B三人", "甲"),
    ],
)
def test_nobody_is_passed_over(more: str, why: str) -> None:
    with pytest.raises(BadInputError, match=why):
        kind("knights").parse(KNIGHTS.format("B is a knave.") + more)


@pytest.mark.parametrize(
    ("said", "given"),
    [
        ("A: Knight, B: Knave", "A是骑士，B是无赖"),
        ("| A | KNIGHT |\n| B | KNAVE |", "A是骑士，B是无赖"),
        ("A isn't a knight, B isn't a knave", "A是无赖，B是骑士"),
        ("A isn’t a knave and B can't be a knight", "A是骑士，B是无赖"),
        ("A cannot be a knave, B is the knave", "A是骑士，B是无赖"),
        ("设A是骑士会矛盾，所以A是无赖，B是骑士", "A是无赖，B是骑士"),
        ("A不可能是骑士，B是骑士", "A是无赖，B是骑士"),
        (
            "A is a knight, B is a knave (if B were a knight, A would be a knave)",
            "A是骑士，B是无赖",
        ),
        ("Both are knaves", "A是无赖，B是无赖"),
        ("They are not both knights", None),
        ("A is a knight", None),
    ],
)
def test_roles_in_an_answer_are_what_it_says(said: str, given: str | None) -> None:
    one = kind("knights")
    found = one.read(said, one.parse(KNIGHTS.format("B is a knave.")))
    assert (found and one.say(found, "zh")) == given


# --------------------------------------------------------------------------------------- cards


def cards(text: str) -> str:
    return " ".join(card.suit + card.rank for card in hand(text)[0])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Hearts A, Q, 4; Clubs KQ546; Diamonds A, 5.", "HA HQ H4 CK CQ C5 C4 C6 DA D5"),
        ("♥AQ10 ♠J84273", "HA HQ H10 SJ S8 S4 S2 S7 S3"),
        ("Hearts A, q, 4; clubs aq, 5", "HA HQ H4 CA CQ C5"),
        ("a of spades, k of hearts, 10♣, j♣", "SA HK C10 CJ"),
        ("红桃Ａ、ｑ、４ 方块A　５。", "HA HQ H4 DA D5"),
        ("Hearts: A | Q | 4; Spades: 4·Q", "HA HQ H4 S4 SQ"),
        ("In a club, the dealer holds Hearts A, 5. A friend sees it.", "HA H5"),
        ("红桃A、5，2张牌。10个人看见了", "HA H5"),
        ("牌是Jack of Hearts，也有Clubs 5", "HJ C5"),
    ],
)
def test_ranks_are_read_as_people_write_them(text: str, found: str) -> None:
    assert cards(text) == found


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        ("Hearts A, Q, 1, 4; Spades J", "1"),
        ("Hearts A Q 1 4; Spades J", "1"),
        ("Hearts A, K, 11; Spades J", "11"),
        ("Hearts A, X, 4; Spades J", "X"),
        ("Hearts A, Q, joker; Spades J", "joker"),
        ("红桃A、Q、四 黑桃J", "四"),
        ("红桃A、Q、王 黑桃J", "王"),
        ("Hearts A, Q; Clubs KQ1; Spades J", "Clubs"),
        ("Clubs K, Clubs 1, Hearts K", "Clubs 1"),
        ("红桃A、Q、4 草花 方块A、5。", "草花"),
        ("红桃、黑桃各几张：黑桃5。", "红桃"),
        ("1, 3, 4 of Hearts; 3 of Spades", "1,"),
        ("Queen♥, 4♥, 4♠", "Queen ♥"),
        ("Hearts 2-5; Spades 3", "-5"),
        ("Hearts 2 ~ 5; Spades 3", "~ 5"),
        ("Hearts A; Q; 4; Spades 3", "; Q"),
        ("Hearts 2. 9. 10. Spades 9", r"\. 9"),
        ("Hearts 25; Spades 5", "Hearts"),
    ],
)
def test_what_looks_like_a_card_is_not_left_out(text: str, unread: str) -> None:
    with pytest.raises(BadInputError, match=f"can't read `{unread}`"):
        hand(text)


_ENDS = set("!\"'().:;<>?[]_‘’“”…。《》「」【】！（）：；？［］＿")


def test_a_sign_between_ranks_is_read_or_refused() -> None:
    signs = [
        chr(code)
        for code in (*range(0x21, 0x7F), *range(0xA1, 0x100), *range(0x2010, 0x2700, 7))
        if not chr(code).isalnum() and chr(code).isprintable() and chr(code) not in _ENDS
    ]
    read = 0
    for sign in signs:
        for between in (sign, f" {sign} ", f" {sign}", f"{sign} "):
            for text in (f"Hearts A{between}Q; Spades Q", f"A{between}Q of Hearts; Q of Spades"):
                try:
                    found = cards(text)
                except BadInputError:
                    continue
                assert found == "HA HQ SQ", text
                read += 1
    assert read > 20


EN_HAND = "Hearts A, Q, 4; Spades J, 8, 4, 2, 7, 3; Clubs K, Q, 5, 4, 6; Diamonds A, 5. "
EN = EN_HAND + (
    "The dealer tells P the rank and Q the suit. P: I don't know the card. Q: {} P: Now I know it."
    " Q: I know it too."
)
ZH = (
    "红桃A、Q、4 黑桃J、8、4、2、7、3 草花K、Q、5、4、6 方块A、5。"
    "老师把点数告诉小明，把花色告诉小红。小明：我肯定不知道。小红：{}小明：现在我知道了。小红：我也知道了。"
)


@pytest.mark.parametrize(
    "second",
    [
        "I knew that P does not know.",
        "I was sure P had no idea.",
        "P does not know it, I knew that before.",
        "我知道小明不知道。",
        "我早就料到小明猜不出来。",
        "小明不知道，这我早就知道。",
    ],
)
def test_who_does_not_know_may_be_named(second: str) -> None:
    puzzle = kind("cards").parse((EN if second.isascii() else ZH).format(second))
    assert isinstance(puzzle, CardPuzzle)
    assert puzzle.statements == 4
    assert kind("cards").solve(puzzle) == kind("cards").solve(kind("cards").parse(CARDS))


@pytest.mark.parametrize(
    "second",
    [
        "I don't know it either.",
        "Of course I don't know it.",
        "I know the suit, but still cannot tell.",
        "我肯定也不知道。",
        "我知道花色，还是推不出来。",
    ],
)
def test_who_speaks_of_themselves_does_not_know(second: str) -> None:
    puzzle = kind("cards").parse((EN if second.isascii() else ZH).format(second))
    assert not isinstance(puzzle, CardPuzzle)
    assert [line.says for line in puzzle.lines] == ["ignorant", "ignorant", "knows", "knows"]

"""Languages that turn into others, what is set aside, and questions that want an answer in one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qwq_cli.request import LANGUAGES, Language
from qwq_cli.stream.language import instruction, language_of, wanted_language
from qwq_cli.stream.watch import LanguageWatch
from tests.stream.chunks import chunked

ZH = "所以这张牌只能是方块五，因为其他的牌都已经被排除了。"
EN = "Therefore the card can only be the five, since every other card has been ruled out. "
RU = "Поэтому это может быть только пятёрка, так как все остальные карты уже исключены. "
JA = "したがって、このカードはダイヤの五であると考えられます。"
KO = "따라서 이 카드는 다이아몬드 오일 수밖에 없습니다. 다른 카드는 모두 제외되었습니다. "
SENTENCES: dict[Language, str] = {"zh": ZH, "en": EN, "ru": RU, "ja": JA, "ko": KO}


def turns(text: str, language: Language | None) -> list[tuple[str, str, str]]:
    """From what to what, and how the sentence begins."""
    found = LanguageWatch(language).feed(text)
    return [(turn.was, turn.now, text[turn.at : turn.at + 4]) for turn in found]


@pytest.mark.parametrize("was", SENTENCES)
@pytest.mark.parametrize("now", SENTENCES)
def test_a_sentence_in_another_language_is_a_turn(was: Language, now: Language) -> None:
    text = SENTENCES[was] * 3 + SENTENCES[now] * 3
    found = turns(text, was)
    if was == now or (was, now) == ("ja", "zh"):  # all Japanese is written in Han in part
        assert found == []
    else:
        assert found[0] == (was, now, SENTENCES[now][:4])


def test_there_and_back() -> None:
    assert turns(ZH + EN + ZH, "zh") == [("zh", "en", EN[:4]), ("en", "zh", ZH[:4])]


def test_an_unknown_language_is_taken_from_the_text() -> None:
    assert turns(ZH + EN, None) == [("zh", "en", EN[:4])]
    assert turns(EN * 4, None) == []


@pytest.mark.parametrize(
    "aside",
    [
        "用 gradient descent 方法求解。",
        "论文是 Attention Is All You Need，作者是 Ashish Vaswani 和 Noam Shazeer。",
        "所以 $the value of x where all of these are the same as those of the other one$ 成立。",
        "\\[ \\text{if the value of x is the same as all of the others then we win it all} \\]",
        "\n```python\nfor each in all of them: print(each)\nif not found: give up on it\n```\n",
        "用 `git commit -m then push it all to the other one and see if it works out` 提交。",
        "他说：“this is what we all have been waiting for in the last ten years or so”。",
        "见 https://example.org/this/is/what/we-all-have-been/waiting/for/in/the/last/ten/years 。",
        "foo_bar(x).baz(y) != self.the_other[thing] || some_call(a, b) && other->field == 0x1f",
    ],
)
def test_what_is_no_running_text_is_set_aside(aside: str) -> None:
    assert turns(ZH + aside + ZH, "zh") == []


def test_a_few_foreign_words_are_no_turn() -> None:
    assert turns(EN + "The card is 方块5, that is 红桃皇后. " + EN, "en") == []


def test_what_was_opened_and_never_closed_ends_with_its_line() -> None:
    assert turns(f"价格是 $5 \n{EN}", "zh") == [("zh", "en", EN[:4])]
    assert turns(f"```\n{'x' * 4100}\n{EN}", "zh") == [("zh", "en", EN[:4])]


SIGNS = ("$", "$$", "`", "```", "\n", "\\(", "\\)", "\\", "“", "”", '"', ". ", "https://a.b")
PARTS = st.sampled_from((ZH, EN, RU, *SIGNS)) | st.text(max_size=3)


@given(chunked(st.lists(PARTS, max_size=14).map("".join)))
def test_chunks_make_no_difference(chunks: list[str]) -> None:
    whole, pieces = LanguageWatch("zh"), LanguageWatch("zh")
    # A blank line settles what more text might have changed.
    expected = whole.feed("".join(chunks) + "\n\n")
    assert [turn for chunk in [*chunks, "\n\n"] for turn in pieces.feed(chunk)] == expected
    text = "".join(chunks)
    assert all(0 <= turn.at < len(text) for turn in expected)


# --------------------------------------------------------------------------------- questions


@pytest.mark.parametrize(
    ("question", "language", "sure"),
    [
        ("What is the sum of the first ten primes?", "en", True),
        ("前十个质数的和是多少？", "zh", True),
        ("请用 Python 写一个快速排序的函数，并且解释它的时间复杂度。", "zh", True),
        ("Python 的列表怎么排序？", "zh", False),
        ("What does this 你好 mean to you?", "en", False),
        ("Translate this into French: the cat is on the mat.", "en", False),
        ("把这句话翻译一下：the cat is on the mat", "zh", False),
        ("请用英文写一封信。", "zh", False),
        ("Explain: 我昨天去了图书馆，看到很多书在桌子上。", "zh", False),
        ("42?", None, False),
        ("What is in the file?\n\n```\n这里是很多汉字的材料，都是文件里的内容。\n```", "en", False),
        ("总结一下这个文件的内容。\n\n```\nIt is the cat that is on the mat.\n```", "zh", False),
    ],
)
def test_what_a_question_lets_expect(question: str, language: str | None, *, sure: bool) -> None:
    assert wanted_language(question) == (language, sure)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_can_be_asked_for(language: Language) -> None:
    said = instruction(language)
    assert LanguageWatch(language).feed(said * 9) == []
    if language in {"zh", "en", "ja", "ko"}:
        assert language_of(said) == language

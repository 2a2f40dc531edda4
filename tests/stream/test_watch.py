"""Languages that turn into others, what is set aside, and questions that want an answer in one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qwq_cli.request import LANGUAGES, Language, Message, Role
from qwq_cli.stream.language import (
    MATERIAL,
    Wanted,
    expected_language,
    instruction,
    language_of,
    wanted_language,
)
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
    watch = LanguageWatch(language)
    found = watch.feed(text) + watch.flush()
    return [(turn.was, turn.now, text[turn.at : turn.at + 4]) for turn in found]


@pytest.mark.parametrize("was", SENTENCES)
@pytest.mark.parametrize("now", SENTENCES)
def test_a_sentence_in_another_language_is_a_turn(was: Language, now: Language) -> None:
    text = SENTENCES[was] * 3 + SENTENCES[now] * 3
    found = turns(text, was)
    if was == now or (was, now) == ("ja", "zh"):  # all Japanese is written in Han in part
        assert found == []
    else:
        assert found == [(was, now, SENTENCES[now][:4])]


def test_only_the_first_turn_is_told() -> None:
    assert turns(ZH + EN + ZH, "zh") == [("zh", "en", EN[:4])]
    assert turns(f"{ZH}\n\n{EN}\n\n{ZH}\n\n{RU}\n\n", "zh") == [("zh", "en", EN[:4])]


def test_an_unknown_language_is_taken_from_the_text() -> None:
    assert turns(ZH + EN, None) == [("zh", "en", EN[:4])]
    assert turns(EN * 4, None) == []


@pytest.mark.parametrize("blank", ["\n\n", "\n \t\n", "\r\n\r\n"])
def test_a_turn_is_told_when_its_block_has_ended(blank: str) -> None:
    watch = LanguageWatch("zh")
    assert watch.feed(f"{ZH}\n{EN * 3}\n{EN * 3}") == []
    assert [turn.now for turn in watch.feed(blank)] == ["en"]


def test_at_once_it_is_told_within_the_sentence() -> None:
    watch = LanguageWatch("zh", at_once=True)
    assert watch.feed(ZH) == []
    said = next(length for length in range(1, 200) if watch.feed((EN * 3)[length - 1]))
    assert said < len(EN) + 32


def test_what_is_passed_over_ends_a_block_and_counts() -> None:
    watch = LanguageWatch("zh")
    assert watch.feed(ZH + EN) == []
    assert [turn.at for turn in watch.skip(5)] == [len(ZH)]
    watch = LanguageWatch("zh")
    assert watch.feed("```\n") + watch.skip(len(EN)) + watch.feed(ZH + EN) == []
    assert [turn.at for turn in watch.flush()] == [4 + len(EN) + len(ZH)]


@pytest.mark.parametrize(
    "aside",
    [
        "用 gradient descent 方法求解。",
        "论文是 Attention Is All You Need，作者是 Ashish Vaswani 和 Noam Shazeer。",
        "所以 $the value of x where all of these are the same as those of the other one$ 成立。",
        "\\[ \\text{if the value of x is the same as all of the others then we win it all} \\]",
        "\\begin{cases} the value if all of them\n\nare as the other if not all are \\end{cases}",
        "用 `git commit -m then push it all to the other one and see if it works out` 提交。",
        "他说：“this is what we all have been waiting for in the last ten years or so”。",
        "见 https://example.org/this/is/what/we-all-have-been/waiting/for/in/the/last/ten/years 。",
        "foo_bar(x).baz(y) != self.the_other[thing] || some_call(a, b) && other->field == 0x1f",
    ],
)
def test_what_is_no_running_text_is_set_aside(aside: str) -> None:
    assert turns(ZH + aside + ZH, "zh") == []


MAIL = f"Dear Sir,\n\n{EN}\n{EN}\n\nYours, with the best of wishes\n"
BLOCKS = {
    "a table": f"| 中文 | 英文 |\n|---|---|\n| {ZH} | {EN} |\n| 五 | {EN} |\nand so on\n{EN}",
    "a table without pipes around it": f"中文 | 英文\n---|---\n{EN} | {ZH}\n{EN}{EN} | {ZH}",
    "columns": f"{EN}\t{ZH}\n{EN}\t{ZH}",
    "a drawn table": f"┌────┐\n│ {EN} │\n└────┘",
    "a list": "".join(f"- {EN}\n" for _ in range(3)),
    "a list whose items have paragraphs": f"1. {EN}\n\n   {EN}\n{EN}\n\n2. {EN}",
    "a numbered list": "".join(f"{number}. {EN}\n" for number in range(1, 4)),
    "a list in Chinese": f"1、{EN}\n（2）{EN}\n③ {EN}\n四、{EN}",
    "references": f"[1] {EN}\n[2] {EN}",
    "a quotation": f"> {EN}\n> {EN}\n{EN}",
    "a mail that is quoted": "".join(f"> {line}\n" for line in MAIL.splitlines()),
    "a mail in a fence": f"```\n{MAIL}```",
    "a long mail in a fence": f"```text\n{MAIL * 40}```",
    "a mail in a longer fence": f"````\n```\n{MAIL}```\n{MAIL}````",
    "a mail between tildes": f"~~~\n{MAIL}~~~",
    "a fence in a list": f"- 如下：\n\n    ```\n{MAIL}\n    ```",
    "a fence that never closes": f"```\n{MAIL * 9}",
    "code that is indented": f"    {EN}\n\t{EN}",
    "HTML": f"<table>\n<tr><td> {EN} </td></tr>\n{EN}\n</table>",
    "a heading": "### so this is what we all have been waiting for in all of the years\n",
    "words and what they mean": "".join(
        f"{word} {meaning} lasting for a very short time\n" for word, meaning in
        (("ephemeral", "短暂的"), ("fleeting", "飞逝的"), ("brief", "简短的"), ("short", "短的"))
    ),
    "words with sentences": f"ephemeral 短暂的 {EN}\nfleeting 飞逝的 {EN}\nbrief 简短的 {EN}",
    "a translation line by line": f"{EN}\n{ZH}\n{EN}\n{ZH}\n{EN}\n{ZH}",
}  # fmt: skip


@pytest.mark.parametrize("name", BLOCKS)
@pytest.mark.parametrize("around", ["\n\n", "\n \n"])
def test_only_prose_is_looked_at(name: str, around: str) -> None:
    text = ZH + around + BLOCKS[name] + around + ZH
    assert turns(text, "zh") == []
    # What comes behind it is looked at again.
    if "never" not in name:
        assert turns(f"{text}\n\n{EN}", "zh") == [("zh", "en", EN[:4])]


@pytest.mark.parametrize(
    "paragraph",
    [
        EN,
        f"So, as said before: {EN}",
        f"**Note**: {EN}",
        f"`x = 1` is it. {EN}",
        f"```x = 1``` is what it is: {EN}",
        f"  {EN}",
        f"3.14 it is. {EN}",
        f"2024 was the year. {EN}",
        f"-1 is the value. {EN}",
        f"*All* of it. {EN}",
        f"so |x| < 3, and {EN}",
    ],
)
def test_a_paragraph_of_prose_is_a_turn(paragraph: str) -> None:
    assert [found[:2] for found in turns(f"{ZH}\n\n{paragraph}\n\n{ZH}", "zh")] == [("zh", "en")]


def test_a_few_foreign_words_are_no_turn() -> None:
    assert turns(EN + "The card is 方块5, that is 红桃皇后. " + EN, "en") == []


def test_what_was_opened_and_never_closed_ends_with_its_line() -> None:
    assert turns(f"价格是 $5 \n{EN}", "zh") == [("zh", "en", EN[:4])]
    assert turns(f"$${'x' * 4100}\n{EN}", "zh") == [("zh", "en", EN[:4])]


def test_a_formula_that_is_never_closed_hides_no_fence() -> None:
    assert turns(f"价格是 US$$ 5\n```\n{MAIL * 40}\n```\n{ZH}", "zh") == []


SIGNS = ("$", "$$", "`", "```", "\n", "\\(", "\\)", "\\", "“", "”", '"', ". ", "https://a.b")
BLOCK_SIGNS = ("\n\n", "\n```\n", "\n~~~", "\n- ", "\n> ", "\n1. ", "\n    ", "\n# ", " | ", "\t")
LONG = ("\\begin{a}", "\\end{a}", "\n" + " " * 199, " " * 15, "日本", "かな")
PARTS = st.sampled_from((ZH, EN, RU, JA, *SIGNS, *BLOCK_SIGNS, *LONG)) | st.text(max_size=3)


@settings(max_examples=300)
@given(chunked(st.lists(PARTS, max_size=18).map("".join)), st.booleans(), st.integers(0, 9))
def test_chunks_make_no_difference(chunks: list[str], at_once: bool, offset: int) -> None:
    text = "".join(chunks)
    languages: tuple[Language | None, ...] = ("zh", "ja", None)
    for language in languages:
        whole = LanguageWatch(language, offset, at_once=at_once)
        pieces = LanguageWatch(language, offset, at_once=at_once)
        expected = whole.feed(text) + whole.flush()
        found = [turn for chunk in chunks for turn in pieces.feed(chunk)]
        assert found + pieces.flush() == expected
        assert len(expected) <= 1
        assert all(offset <= turn.at < offset + len(text) for turn in expected)


@given(chunked(st.text(st.characters(), max_size=300)))
def test_no_text_makes_it_fail(chunks: list[str]) -> None:
    watch = LanguageWatch(None)
    for chunk in chunks:
        watch.feed(chunk)
        watch.skip(3)
    watch.flush()


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
        (f"总结一下。\n\n{MATERIAL}\n\n``` a.txt\n文件里的内容都是汉字。\n```", "zh", True),
        ("Write a mail to our British customer about the delay.", "en", False),
        ("给英国客户写一封邮件，说明交货要推迟一周。", "zh", False),
        ("帮我给外国客户写一封道歉信。", "zh", False),
        ("给 John 写一封邮件，说明交货要推迟一周。", "zh", False),
        ("这个句子为什么不对，请详细解释它的语法错误和改正的方法：he go to school", "zh", False),
        ("为什么天空是蓝色的？请一步一步地推理，最后给出结论。", "zh", True),
        ("Сколько будет, если сложить первые десять простых чисел?", "ru", True),
        ("Скільки буде, якщо додати перші десять простих чисел?", "uk", True),
        ("Ποιο είναι το άθροισμα των πρώτων δέκα πρώτων αριθμών;", "el", True),
        ("ما هو مجموع أول عشرة أعداد أولية؟", "ar", True),
    ],
)
def test_what_a_question_lets_expect(question: str, language: str | None, *, sure: bool) -> None:
    assert wanted_language(question) == (language, sure)


ASKED = "这张牌是什么？为什么是这张牌？"
TOLD = "这张牌是方块五，因为其他的牌都已经被排除了。"


def said(*contents: str, system: str = "") -> list[Message]:
    roles: tuple[Role, ...] = ("user", "assistant")
    turns = [Message(roles[place % 2], content) for place, content in enumerate(contents)]
    return [Message("system", system), *turns] if system else turns


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        (said(ASKED), Wanted("zh", sure=True)),
        (said(ASKED, TOLD, "那么为什么呢？"), Wanted("zh", sure=True)),
        (said(ASKED, TOLD, "42?"), Wanted("zh", sure=True)),
        (said("42?"), Wanted(None, sure=False)),
        (said("Wie lautet denn die Summe?"), Wanted(None, sure=False)),
        (said(ASKED, system="你是一个有用的助手。"), Wanted("zh", sure=True)),
        (said(ASKED, system="You are the one who answers in English, whatever is asked."), None),
        (said(ASKED, system="回答要翻译成用户的语言。"), None),
        (said(ASKED, system="You are a helpful assistant. It is all for you to say."), None),
        (said("Which card is it, and why?", "It is the five.", ASKED), None),
        (said("请把下面的话翻译一下。", TOLD, ASKED), None),
        (said("美国客户问了什么？", TOLD, ASKED), None),
        (said(f"总结一下。\n\n```\n{EN * 9}```", TOLD, ASKED), None),
        (said(ASKED, f"{TOLD}{EN}", ASKED), None),
        (said(f"Which card is it?\n\n```\n{'x ' * 9000}\n{ZH * 99}```"), None),
        (said(f"Which card is it? {ZH}"), None),
        (said(ASKED, "", ASKED), Wanted("zh", sure=True)),
        ([], Wanted(None, sure=False)),
    ],
)
def test_what_a_conversation_lets_expect(messages: list[Message], expected: Wanted | None) -> None:
    assert expected_language(messages) == expected


def test_a_long_conversation_is_looked_at_from_its_end() -> None:
    long = said(f"Translate this. {EN * 300}", *[ASKED, f"{TOLD * 900}"] * 10, ASKED)[1:]
    assert expected_language(long) == Wanted("zh", sure=True)
    system = [Message("system", "Translate it."), *long]
    assert expected_language(system) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_can_be_asked_for(language: Language) -> None:
    words = instruction(language)
    assert turns(f"{words} " * 9, language) == []
    if language not in {"de", "fr", "es", "it", "pt"}:
        assert language_of(words) == language

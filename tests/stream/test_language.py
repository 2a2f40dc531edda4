"""The language of a text, told by its script and its commonest words."""

import pytest

from qwq_cli.stream.language import language_of
from qwq_cli.stream.transcript import Transcript

TEXTS = {
    "zh": "先看S先生的话：红桃A、Q、4，黑桃J、8。P先生说他不知道这张牌。",
    "ja": "この問題を順番に考えてみましょう。まず、カードの数字を確認します。",
    "ko": "이 문제를 차례대로 생각해 봅시다. P는 카드를 모릅니다.",
    "en": "P says that he does not know the card, so its rank stands in another suit.",
}


@pytest.mark.parametrize(("language", "text"), TEXTS.items())
def test_languages(language: str, text: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize(
    "text", ["", "42", "\\boxed{}", "Paris", "Der Hund schläft schon lange unter dem Tisch."]
)
def test_what_can_not_be_told(text: str) -> None:
    assert language_of(text) is None


def test_english_with_a_few_chinese_words_is_english() -> None:
    assert language_of("The card 方块5 is the only one that is left of the diamonds.") == "en"


def test_a_record_without_events_is_empty() -> None:
    record = Transcript()
    assert (record.reasoning, record.answer, record.finished) == ("", "", None)

"""Which language a text is mostly in, by its script and its commonest words; which one a question
wants to be answered in. Knows no model.
"""

import re
from typing import Final, NamedTuple

from qwq_cli.request import Language

_SAMPLE = 20_000
"""Characters looked at: enough to tell, and a bound on the time."""
_KANA = re.compile("[\u3041-\u30ff]")
_HANGUL = re.compile("[\u1100-\u11ff\uac00-\ud7a3]")
_HAN = re.compile("[\u3400-\u9fff\U00020000-\U0003134f]")
_WORD = re.compile(r"[^\W\d_]+")
_COMMON = (
    "a an and are as at be but by can for from has have he i if in is it its no not of on or "
    "she so that the then there they this to was we which will with you"
)
_ENGLISH = frozenset(_COMMON.split())
_ENGLISH_SHARE = 0.15
"""Of running English about 40 % are such words; terse reasoning has fewer."""


def language_of(text: str) -> Language | None:
    """The language in which most of the text is, None where that can't be told.

    A Han character counts as a word. Japanese is known by its kana, which no Chinese text has.
    """
    sample = text[:_SAMPLE]
    han, kana, hangul = (len(script.findall(sample)) for script in (_HAN, _KANA, _HANGUL))
    latin = [word for word in _WORD.findall(sample) if word.isascii()]
    eastern = han + kana + hangul
    if eastern and eastern >= len(latin):
        if kana * 5 >= eastern:
            return "ja"
        return "ko" if hangul > han else "zh"
    english = sum(word.lower() in _ENGLISH for word in latin)
    return "en" if english and english >= _ENGLISH_SHARE * len(latin) else None


_INSTRUCTION: Final[dict[Language, str]] = {
    "zh": "请用中文回答。",
    "en": "Please answer in English.",
    "ja": "日本語で答えてください。",
    "ko": "한국어로 답해 주세요.",
    "ru": "Ответь, пожалуйста, на русском языке.",
    "uk": "Відповідай, будь ласка, українською.",
    "de": "Bitte antworte auf Deutsch.",
    "fr": "Réponds en français, s'il te plaît.",
    "es": "Responde en español, por favor.",
    "it": "Rispondi in italiano, per favore.",
    "pt": "Responda em português, por favor.",
    "el": "Απάντησε στα ελληνικά, παρακαλώ.",
    "ar": "أجب بالعربية من فضلك.",
    "he": "ענה בעברית, בבקשה.",
    "th": "กรุณาตอบเป็นภาษาไทย",
    "hi": "कृपया हिन्दी में उत्तर दें।",
}
_FENCED: Final = re.compile(r"(`{3,}).*?\1", re.DOTALL)
_LANGUAGES_NAMED: Final = re.compile(
    r"translat|transliterat|\b(?:english|chinese|mandarin|cantonese|japanese|korean|russian|german"
    r"|french|spanish|italian|portuguese|greek|arabic|hebrew|thai|hindi|latin|pinyin|bilingual)\b"
    r"|翻译|翻譯|译成|译为|[中英日韩俄德法]文|[汉英日韩俄德法西]语|漢語|英語|日本語|中国語|韓国語|拼音|双语"
    r"|번역|영어|중국어|일본어|한국어",
    re.IGNORECASE,
)
_OTHERS_SHARE: Final = 0.1
"""A question that holds more of another script may be about it."""
_LATIN_SHARE: Final = 0.4
"""Of Latin words, which every script borrows, it may hold more."""


class Wanted(NamedTuple):
    """The language that an answer should be in, and whether that is sure enough to insist."""

    language: Language | None
    sure: bool


def wanted_language(question: str) -> Wanted:
    """What a question lets expect: the language of its first paragraph. Not sure where it names a
    language, asks for a translation, begins in another script or holds, with all its material, a
    good share of it.
    """
    sample = question[:_SAMPLE]
    plain = _FENCED.sub("", sample)
    first = next((part for part in plain.split("\n\n") if part.strip()), "")
    language = language_of(first) or language_of(plain)
    if language is None or _LANGUAGES_NAMED.search(sample):
        return Wanted(language, sure=False)
    eastern = sum(len(script.findall(sample)) for script in (_HAN, _KANA, _HANGUL))
    latin = sum(len(word) > 1 and word.isascii() for word in _WORD.findall(sample))
    begins = _WORD.search(plain)
    if begins is None or begins[0][0].isascii() != (language == "en"):
        return Wanted(language, sure=False)
    other, most = (eastern, _OTHERS_SHARE) if language == "en" else (latin, _LATIN_SHARE)
    return Wanted(language, sure=other <= most * (eastern + latin))


def instruction(language: Language) -> str:
    """A sentence that asks for an answer in this language."""
    return _INSTRUCTION[language]

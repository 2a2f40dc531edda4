"""Words that hint at a language other than a text's own: names of languages, countries and peoples,
translation, learning a language, recipients with Latin names. Knows words, no scripts' shares.

A hint need not be one: whoever asks for the capital of France wants no French. Too many hints cost
a report; too few tell of a switch that was asked for.
"""

import re
from typing import Final

_LISTED: Final = (
    # Languages, in English.
    "english chinese mandarin cantonese japanese korean russian ukrainian german french spanish "
    "italian portuguese greek arabic hebrew thai hindi latin vietnamese indonesian malay tagalog "
    "turkish persian farsi urdu bengali tamil dutch swedish norwegian danish finnish czech "
    "hungarian romanian bulgarian serbian croatian swahili esperanto sanskrit esl efl "
    # Their scripts, and what is learned of them.
    "pinyin hanzi kanji hiragana katakana kana romaji hangul cyrillic devanagari bilingual "
    "trilingual multilingual monolingual vocabulary flashcard flashcards glossary ielts toefl "
    "toeic hsk jlpt topik subtitle subtitles lyrics loanword loanwords proverb proverbs idiom "
    "idioms etymology i18n l10n "
    # Countries and peoples.
    "british britain uk england scottish irish american americans usa america canadian canada "
    "australian australia germany germans austria austrian france spain mexico mexican italy "
    "italians brazil brazilian portugal russia russians ukraine ukrainians greece greeks japan "
    "korea koreans china taiwan taiwanese singapore india indian indians israel israeli arab arabs "
    "egypt egyptian saudi emirates dubai thailand vietnam indonesia malaysia philippines filipino "
    "iran iranian iraq pakistan turkiye netherlands sweden norway denmark finland poland "
    "swiss switzerland belgium belgian argentina chile colombia europe european foreign foreigner "
    "foreigners overseas expat expats abroad "
    # Languages, in other languages.
    "deutsch englisch chinesisch japanisch koreanisch russisch spanisch italienisch anglais "
    "chinois japonais coréen russe allemand espagnol italien français arabe inglés chino japonés "
    "coreano ruso alemán francés español árabe inglese cinese giapponese russo tedesco francese "
    "spagnolo italiano inglês chinês japonês alemão francês espanhol português"
)
_WORDS: Final = frozenset(_LISTED.split())
_STEMS: Final = ("translat", "translit", "übersetz", "tradui", "traduc", "traduz", "tradur")
_LATIN: Final = re.compile("[a-zA-Z\u00c0-\u024f]+")
_CHINESE: Final = (
    r"翻[译譯]|[译譯][成为為文本出]|[中英日韩韓俄德法外双雙][文语語]|[汉漢英西母][语語]|[国國][语語]|普通[话話]|方言|拼音"
    "|粤语|葡语|葡萄牙|意大利|阿拉伯|希腊|希伯来|拉丁[语文]|印地|印度|越南|泰[国文语]"
    "|[英美法德俄韩韓]国|[英美法德]國|日本|加拿大|澳大利亚|澳洲|新西兰|新加坡|西班牙|乌克兰|荷兰|瑞[典士]"
    "|巴西|墨西哥|欧美|欧洲|国外|國外|海外|境外|外[国國]|外[籍商宾企教贸]|老外|洋人|出国|留学|跨国"
    "|词汇|詞彙|单词|單字|生词|语法|口语|音标|雅思|托福|托业|[四六]级|谚语|字幕|歌词|多语|国际化|本地化"
)
_OTHERS: Final = (
    "[英和]訳|翻訳|訳し|韓国|中国語|フランス|ドイツ|スペイン|イタリア|ロシア|アメリカ|イギリス|単語|ローマ字"
    "|번역|영어|영문|중국|일본|한국어|한글|한자|러시아|독일|프랑스|스페인|영국|미국|외국|해외|단어"
    "|перев[оеё]д|англи|китай|япон|корей|неме[цч]|франц|испан|итал|русск|по-украин|иностран"
    "|переклад|англій|німе|укра[иї]н|росі|μεταφρ|μετάφρ|αγγλικ|κινεζ|ελληνικ"
    "|ترجم|نجليزي|صيني|العربية|תרגמ|תרגם|אנגלית|סינית|עברית|แปล|ภาษา|अनुवाद|अंग्रेज|हिन्दी"
)
_RECIPIENT: Final = re.compile("[给給][ \u3000]?[A-Z][a-z]")
"""To whom a letter goes, perhaps."""


def hints_at_another(text: str) -> bool:
    """Whether any such word stands in a text."""
    others = not text.isascii() and re.search(f"{_CHINESE}|{_OTHERS}", text.lower())
    if others or _RECIPIENT.search(text):
        return True
    words = {word.lower() for word in _LATIN.findall(text)}
    return not words.isdisjoint(_WORDS) or any(word.startswith(_STEMS) for word in words)

"""Questions outside of what is learnt, and the honest reply to them.

A model that knows one thing must have seen that there are others, or it invents cards for every
question. The questions are made of parts, so that no list of them can be learnt by heart. For a
model of several kinds they sound like them, too; none is a puzzle that a kind can read.
"""

import random
import re
from typing import Final

from qwq_cli.errors import BadInputError
from qwq_cli.puzzles.registry import recognise
from qwq_cli.puzzles.words import Language
from training import variety
from training.elsewhere_words import ASKED, BEGUN, ENDED
from training.everyday_words import GIVEN_NAMES

_ZH: Final = (
    *("你好", "你是谁？", "今天天气怎么样？", "写一首关于{t}的诗。", "{a}加{b}等于多少？"),
    *("{a} × {b} = ?", "{a} 和 {b} 哪个大？", "请解释什么是{t}。", "{t}和{u}有什么区别？"),
    *("把“{t}很有意思”翻译成英文。", "用 Python 写一个处理{t}的函数。", "推荐一本讲{t}的书。"),
    *("鸡兔同笼，头{a}个，脚{b}只，鸡兔各几只？", "小{n}有{a}个苹果，吃了{b}个，还剩几个？"),
    *("红桃{r}", "扑克牌一共有多少张？", "怎么洗牌？", "{n}先生是谁？", "一副牌里{r}有几张？"),
    *("如果x+{a}={b}，x是多少？", "证明{t}。", "{t}是谁发明的？", "讲一个{t}的笑话"),
    *("为什么{t}会影响{u}？", "谢谢", "再见", "求函数在{a}处的导数。", "{a}是质数吗？"),
)
_EN: Final = (
    *("Hello", "Hi there!", "Who are you?", "What is {a} + {b}?", "Compute {a} * {b}."),
    *("Write a poem about {t}.", "Explain {t}.", "What is the difference between {t} and {u}?"),
    *("Which is larger, {a} or {b}?", "Write a Python function for {t}.", "Translate {t}."),
    *("Is {a} prime?", "Solve x + {a} = {b}.", "Prove that {t} implies {u}.", "Thanks!"),
    *(
        "How many cards are in a deck?",
        "{r} of Hearts",
        "How do I shuffle cards?",
        "Who is Mr. {n}?",
    ),
    *("Why does {t} depend on {u}?", "Tell me a joke about {t}.", "Recommend a book on {t}."),
    *("{n} has {a} apples and eats {b}. How many are left?", "How many r are in strawberry?"),
    *("Let f(x) = x^{a} + {b}x. Find f'({b}).", "Find the area of a circle of radius {a}."),
)
_THINGS_ZH: Final = (
    *("大海", "春天", "量子力学", "排序", "历史", "经济", "二次方程", "音乐", "机器学习", "地球"),
    *("几何", "红楼梦", "猫", "咖啡", "递归", "概率", "月亮", "长城", "逻辑", "数据库"),
)
_THINGS_EN: Final = (
    *("the sea", "spring", "quantum mechanics", "sorting", "history", "economics", "triangles"),
    *("music", "machine learning", "the earth", "geometry", "a novel", "cats", "coffee"),
    *("recursion", "probability", "the moon", "logic", "databases", "prime numbers"),
)
_REPLY: Final[dict[Language, str]] = {
    "zh": "这不是我学过的那种扑克牌推理题，我不会做，也不想乱猜。\n\n**最终答案**\n\n我不知道",
    "en": "This is not the kind of card puzzle that I have learnt, so I cannot solve it, and I do"
    " not want to guess.\n\n**Final Answer**\n\nI do not know",
}
_NEARLY_ZH: Final = (
    *(
        "什么是真值表？",
        "骑士团是什么时候成立的？",
        "解方程有什么用？",
        "{t}比{u}重要吗？",
        "谁最聪明？",
    ),
    *(
        "{a}的平方根是多少？",
        "{a} ÷ {b} 的小数部分是什么？",
        "把{a}写成罗马数字。",
        "x²={a}，求x。",
    ),
    *(
        "{n}比{t}大几岁？",
        "说谎的人为什么说谎？",
        "{a}的因数有哪些？",
        "求sin({a})。",
        "{t}有几个余数？",
    ),
    *(
        "红桃{r}、黑桃{r}，哪张大？",
        "怎样列竖式？",
        "p→q是什么意思？",
        "三个骑士走进酒馆，讲个笑话。",
    ),
)
_NEARLY_EN: Final = (
    *("What is a truth table?", "Who was the first knight?", "Why do people solve equations?"),
    *("Is {t} more important than {u}?", "Who is the smartest?", "What is the square root of {a}?"),
    *("Write {a} in Roman numerals.", "Solve x^2 = {a}.", "What are the factors of {a}?"),
    *(
        "How much older is {n} than {t}?",
        "Why do liars lie?",
        "Compute sin({a}).",
        "What is a column?",
    ),
    *("Which is higher, the {r} of Spades or of Hearts?", "What does p -> q mean?"),
    *(
        "Three knights walk into a bar.",
        "Does {t} leave a remainder?",
        "Find all primes below {a}.",
    ),
)
_REPLY_KINDS: Final[dict[Language, str]] = {
    "zh": "这不是我学过的那几种题，我不会做，也不想乱猜。\n\n**最终答案**\n\n我不知道",
    "en": "This is none of the kinds of questions that I have learnt, so I cannot solve it, and I"
    " do not want to guess.\n\n**Final Answer**\n\nI do not know",
}
_NEARLY: Final = 0.3
"""Share of questions, for a model of several kinds, that only sound like them."""
_STORIES: Final = 0.4
"""Share of the other ones, for a model of several kinds, that tell of numbers."""
_MAX_NUMBER: Final = 9999
_NOISE: Final = 0.1
_JOINED: Final = 0.15


def _noise(rng: random.Random) -> str:
    alphabet = rng.choice(
        ("abcdefghijklmnopqrstuvwxyz ", "0123456789+-*/=() ", "的一是不了在人有我他")
    )
    return "".join(rng.choices(alphabet, k=rng.randint(1, 40))).strip() or "?"


def _one(rng: random.Random, lang: Language, templates: tuple[str, ...]) -> str:
    if rng.random() < _NOISE:
        return _noise(rng)
    things = _THINGS_ZH if lang == "zh" else _THINGS_EN
    return rng.choice(templates).format(
        a=rng.randint(1, _MAX_NUMBER),
        b=rng.randint(1, rng.choice((9, 99, _MAX_NUMBER))),
        t=rng.choice(things),
        u=rng.choice(things),
        n=rng.choice("明红刚张李王" if lang == "zh" else "ABSPQT"),
        r=rng.choice(("A", "5", "Q", "10")),
    )


def _drawn(rng: random.Random, lang: Language, templates: tuple[str, ...]) -> str:
    question = _one(rng, lang, templates)
    if rng.random() < _JOINED:
        question += ("" if lang == "zh" else " ") + _one(rng, lang, templates)
    return question


def _nonsense(rng: random.Random, lang: Language) -> str:
    """Sentences of words that nobody has, in capitals or not, with numbers among some of them."""
    said = []
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        parts = [_clause(rng, lang) for _ in range(rng.choice((1, 1, 2, 3)))]
        if rng.random() < 0.6:
            for _ in range(rng.randint(1, 5)):
                number = str(rng.randint(0, rng.choice((9, 99, _MAX_NUMBER))))
                parts.insert(rng.randint(0, len(parts)), number)
        text = rng.choice(("", "，", "、") if lang == "zh" else (" ", " ", ", ")).join(parts)
        lower = lang == "en" and rng.random() < 0.7
        end = rng.choice(("。", "？", "？", "") if lang == "zh" else (".", "?", "?", "!", ""))
        said.append((text.lower() if lower else text) + end)
    return ("" if lang == "zh" else " ").join(said)


def _story(rng: random.Random, lang: Language) -> str:
    """A story with numbers and what is asked about it, or a question with numbers."""
    begun, ended, asked = (words[lang] for words in (BEGUN, ENDED, ASKED))
    space = "" if lang == "zh" else " "
    parts = [rng.choice(begun), rng.choice(ended)]
    if rng.random() < 0.2:
        parts.insert(1, rng.choice(begun))
    text = space.join(parts) if rng.random() < 0.65 else rng.choice(asked)
    things = _THINGS_ZH if lang == "zh" else _THINGS_EN
    numbers = {name: rng.randint(1, rng.choice((9, 20, 99, 300, _MAX_NUMBER))) for name in "abcd"}
    somebody = "小" + variety.han(rng, 1) if lang == "zh" else rng.choice(GIVEN_NAMES["en"])
    text = text.format(**numbers, n=somebody, t=rng.choice(things), u=rng.choice(things))
    return text.lower() if lang == "en" and rng.random() < 0.15 else text


def _clause(rng: random.Random, lang: Language) -> str:
    if lang == "zh" and rng.random() < 0.6:
        return "".join(rng.choices(variety.COMMON_HAN, k=rng.randint(1, 12)))
    return variety.words(rng, lang)


def _is_puzzle(text: str) -> bool:
    try:
        recognise(text)
    except BadInputError:
        return False
    return True


def modest(lang: Language) -> str:
    """The reply of a model of several kinds."""
    return _REPLY_KINDS[lang]


def elsewhere(
    rng: random.Random, lang: Language, *, kinds: bool = False, nonsense: float = 0.0
) -> tuple[str, str]:
    """A question that is no card puzzle, or with `kinds` no puzzle of any kind, and the reply.

    `nonsense` is the share of questions that are of made-up words and numbers; with it, some of
    the others are stories with numbers.
    """
    usual = _ZH if lang == "zh" else _EN
    if not kinds:
        return _drawn(rng, lang, usual), _REPLY[lang]
    nearly = _NEARLY_ZH if lang == "zh" else _NEARLY_EN
    while True:
        if nonsense and rng.random() < nonsense:
            question = _nonsense(rng, lang)
        elif nonsense and rng.random() < _STORIES:
            question = _story(rng, lang)
        else:
            question = _drawn(rng, lang, nearly if rng.random() < _NEARLY else usual)
        if not _is_puzzle(question):
            return question, _REPLY_KINDS[_written_in(question, lang)]


def _written_in(text: str, otherwise: Language) -> Language:
    """Whose signs a text has, however little it says."""
    if re.search("[一-鿿]", text):
        return "zh"
    return "en" if re.search("[A-Za-z]", text) else otherwise

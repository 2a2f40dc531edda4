"""Questions that are no card puzzle, and the honest reply to them. Knows no puzzle.

A model that knows one thing must have seen that there are others, or it invents cards for every
question. The questions are made of parts, so that no list of them can be learnt by heart.
"""

import random
from typing import Final

from qwq_cli.puzzles.words import Language

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
_MAX_NUMBER: Final = 9999
_NOISE: Final = 0.1
_JOINED: Final = 0.15


def _noise(rng: random.Random) -> str:
    alphabet = rng.choice(
        ("abcdefghijklmnopqrstuvwxyz ", "0123456789+-*/=() ", "的一是不了在人有我他")
    )
    return "".join(rng.choices(alphabet, k=rng.randint(1, 40))).strip() or "?"


def _one(rng: random.Random, lang: Language) -> str:
    if rng.random() < _NOISE:
        return _noise(rng)
    things = _THINGS_ZH if lang == "zh" else _THINGS_EN
    return rng.choice(_ZH if lang == "zh" else _EN).format(
        a=rng.randint(1, _MAX_NUMBER),
        b=rng.randint(1, rng.choice((9, 99, _MAX_NUMBER))),
        t=rng.choice(things),
        u=rng.choice(things),
        n=rng.choice("明红刚张李王" if lang == "zh" else "ABSPQT"),
        r=rng.choice(("A", "5", "Q", "10")),
    )


def elsewhere(rng: random.Random, lang: Language) -> tuple[str, str]:
    """A question that is no card puzzle, and the reply."""
    question = _one(rng, lang)
    if rng.random() < _JOINED:
        question += ("" if lang == "zh" else " ") + _one(rng, lang)
    return question, _REPLY[lang]

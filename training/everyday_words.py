"""What people say around everyday questions, in Chinese and in English. Knows no question.

Nothing here is one of the `rare` wordings'.
"""

from typing import Final

from qwq_cli.puzzles.words import Language

_ENGLISH: Final = (
    "Adam Amy Andrew Angela Anna Ann Anne Barbara Ben Beth Bill Brian Carl Charlie Chris"
    " Claire Dan Daniel David Diana Eric Eva Eve Fred George Hannah Harry Helen Ian Jake"
    " James Jane Jason Jen Jenny Jerry Jim Joe John Julia Karen Ken Kevin Kim Laura Leo Lily"
    " Linda Lisa Lucy Luke Maria Mark Martin Max Mia Mike Nancy Nick Nina Oliver Oscar Pam"
    " Pat Peter Ray Rob Robert Ron Ruth Ryan Sally Sarah Simon Sophie Steve Sue Susan Ted"
    " Tim Toby Tom Tony Wendy Will Zoe"
)
_CHINESE: Final = (
    "小王 小李 小张 小刘 小陈 小赵 小孙 小周 小吴 小林 小兰 小英 小莉 小东 小南 小北 小杰"
    " 小宝 小花 小龙 小玲 小燕 小平 小军 小伟 小云 老王 老李 老张 张三 李四 王五 赵六 王明"
    " 李雷 韩梅梅 李华 张华 王芳 刘洋 陈晨 哥哥 弟弟 姐姐 妹妹 爸爸 妈妈 爷爷 奶奶 小猫 小狗"
    " 小兔 大象"
)
GIVEN_NAMES: Final[dict[Language, tuple[str, ...]]] = {
    "en": tuple(_ENGLISH.split()),
    "zh": tuple(_CHINESE.split()),
}
SUMS: Final[dict[Language, tuple[str, ...]]] = {
    "zh": (
        "{a}{op}{b}",
        "{a}{op}{b}=",
        "{a}{op}{b}=?",
        "{a}{op}{b}＝？",
        "{a} {op} {b} = ?",
        "{a}{op}{b}等于几？",
        "{a}{op}{b}等于几",
        "{a}{op}{b}是多少",
        "请问{a}{op}{b}是多少？",
        "{a}{word}{b}等于几？",
        "{a}{word}{b}等于多少？",
        "{a}{word}{b}是多少？",
        "请计算 {a}{op}{b}",
        "计算{a}{op}{b}",
        "计算 {a} {op} {b}",
        "算一下{a}{op}{b}",
        "帮我算{a}{op}{b}",
        "{a}{op}{b}？",
        "{a}{op}{b}等于多少",
        "{a}{op}{b}=多少？",
        "{a} {op} {b} 等于多少？",
        "求{a}{op}{b}。",
    ),
    "en": (
        "{a}{op}{b}",
        "{a} {op} {b}",
        "{a}{op}{b}=",
        "{a}{op}{b}=?",
        "{a} {op} {b} = ?",
        "{a} {op} {b} =",
        "What is {a}{op}{b}?",
        "What is {a} {op} {b}?",
        "what is {a} {op} {b}",
        "What's {a} {op} {b}?",
        "what is {a}{op}{b}?",
        "What is {a} {word} {b}?",
        "what is {a} {word} {b}",
        "What's {a} {word} {b}?",
        "How much is {a} {op} {b}?",
        "How much is {a} {word} {b}?",
        "Compute {a}{op}{b}",
        "Compute {a} {op} {b}.",
        "Calculate {a} {op} {b}",
        "Calculate {a}{op}{b}.",
        "calculate {a} {word} {b}",
        "Please calculate {a} {op} {b}.",
        "{a} {word} {b}",
        "{a} {op} {b}?",
    ),
}
WORDS: Final[dict[Language, dict[str, tuple[str, ...]]]] = {
    "zh": {"+": ("加", "加上"), "-": ("减", "减去"), "×": ("乘", "乘以")},
    "en": {"+": ("plus",), "-": ("minus",), "×": ("times", "multiplied by")},
}
TIMES: Final = ("×", "×", "*", "*", "x")
EQUATIONS: Final[dict[Language, tuple[str, ...]]] = {
    "zh": (
        "{e}",
        "{e}",
        "{e}，{x}=?",
        "{e}，求{x}",
        "{e}，求{x}。",
        "{e}，{x}是多少？",
        "{e}，{x}等于几？",
        "解方程{e}",
        "解方程：{e}",
        "解方程 {e}",
        "求解 {e}",
        "若{e}，则{x}等于多少？",
        "已知{e}，求{x}",
        "如果{e}，那么{x}是多少？",
        "{x}是多少？{e}",
        "解：{e}",
        "解{e}",
    ),
    "en": (
        "{e}",
        "{e}",
        "Solve {e}",
        "solve {e}",
        "Solve {e}.",
        "Solve: {e}",
        "solve for {x}: {e}",
        "Solve for {x}: {e}",
        "Solve {e} for {x}.",
        "{e}, what is {x}?",
        "{e}. What is {x}?",
        "If {e}, what is {x}?",
        "if {e} what is {x}?",
        "Find {x}: {e}",
        "Find {x} if {e}.",
        "What is {x} if {e}?",
        "Given {e}, find {x}.",
        "Please solve {e}.",
    ),
}
REMAINDERS: Final[dict[Language, tuple[str, ...]]] = {
    "zh": (
        "{n}除以{m}余几？",
        "{n}除以{m}余几",
        "{n}除以{m}余多少？",
        "{n}÷{m}余几？",
        "{n}÷{m}的余数是多少？",
        "{n}除以{m}的余数",
        "{n}除以{m}的余数是几？",
        "{n} mod {m}",
        "{n} mod {m} = ?",
        "{n}%{m}=?",
        "求{n}除以{m}的余数",
        "请问{n}除以{m}余几？",
        "{n}能被{m}整除吗？",
        "{n}能被{m}整除吗",
        "{n}是不是{m}的倍数？",
        "{n}是{m}的倍数吗",
        "{m}能整除{n}吗？",
        "请问{n}能不能被{m}整除？",
    ),
    "en": (
        "{n} mod {m}",
        "{n} mod {m} = ?",
        "what is {n} mod {m}",
        "What is {n} mod {m}?",
        "{n} % {m}",
        "What is {n} % {m}?",
        "What is the remainder of {n} divided by {m}?",
        "What is the remainder when {n} is divided by {m}?",
        "remainder of {n} divided by {m}",
        "Find the remainder when {n} is divided by {m}.",
        "Is {n} divisible by {m}?",
        "is {n} divisible by {m}",
        "Does {m} divide {n}?",
        "Is {n} a multiple of {m}?",
        "Can {n} be divided by {m}?",
        "can {n} be evenly divided by {m}?",
    ),
}
COMPARED: Final[dict[Language, tuple[str, ...]]] = {
    "zh": ("{a}比{b}{more}", "{a}比{b}{more}", "{b}比{a}{less}", "{a}比{b}更{more}"),
    "en": ("{a} is {more} than {b}", "{a} is {more} than {b}", "{b} is {less} than {a}"),
}
OPENINGS: Final[dict[Language, tuple[str, ...]]] = {
    "zh": ("如果", "已知", "假如", "假设", "请问：", "你好，", "题目：", "听说"),
    "en": (
        "If ",
        "Suppose ",
        "Say ",
        "We know that ",
        "Hi! ",
        "My cat ",
        "My friend ",
        "My brother ",
        "Our teacher ",
        "Riddle: ",
    ),
}
WHO: Final[dict[Language, tuple[str, ...]]] = {
    "zh": (
        "谁{most}？",
        "谁{most}",
        "请问谁{most}？",
        "那么谁{most}？",
        "{most}的是谁？",
        "谁是{most}的？",
        "问谁{most}？",
        "三个人中谁{most}？",
        "他们中谁{most}？",
        "哪个{most}？",
        "哪位{most}？",
    ),
    "en": (
        "Who is the {most}?",
        "Who is {most}?",
        "Who's the {most}?",
        "Who is the {most} of them?",
        "Which of them is the {most}?",
        "So who is the {most}?",
        "Who is the {most} person?",
        "Who is the {most} of the three?",
        "who is the {most}?",
        "Which is the {most}?",
    ),
}
ORDER: Final[dict[Language, tuple[str, ...]]] = {
    "zh": (
        "从{more}到{less}排列。",
        "请从{more}到{less}排序。",
        "按从{more}到{less}的顺序排列他们。",
    ),
    "en": (
        "Order them from {most} to {least}.",
        "Who is who, from {most} to {least}?",
        "Rank them from {most} to {least}.",
        "Sort them from {most} to {least}.",
    ),
}
ROLES: Final[dict[Language, tuple[tuple[str, str], ...]]] = {
    "zh": (("骑士", "无赖"), ("骑士", "骗子"), ("老实人", "骗子")),
    "en": (("knight", "knave"), ("knight", "knave"), ("truth-teller", "liar")),
}
ISLAND: Final[dict[Language, tuple[str, ...]]] = {
    "zh": (
        "{knight}说真话，{knave}说假话。",
        "{knight}总是说真话，{knave}总是说谎。",
        "{knight}只说真话，{knave}只说谎话。",
        "岛上只有{knight}和{knave}。{knight}说真话，{knave}说谎。",
        "{names}是{knight}或者{knave}。",
        "一个岛上住着{knight}和{knave}，{knight}永远说真话，{knave}永远说假话。",
        "{names}每人是{knight}或{knave}。",
        "村里有{knight}（讲真话）和{knave}（讲假话）。",
        "{knight}从不撒谎，{knave}句句是谎。",
        "这里的人不是{knight}就是{knave}。",
    ),
    "en": (
        "Knights tell the truth, knaves lie.",
        "Knights always tell the truth and knaves always lie.",
        "{names} are each a {knight} or a {knave}.",
        "Each of {names} is a {knight} or a {knave}.",
        "On an island live {knight}s and {knave}s. {names} speak.",
        "You meet {names}.",
        "{names} live on the island of {knight}s and {knave}s.",
        "A {knight} always tells the truth, a {knave} always lies.",
        "A puzzle about {knight}s and {knave}s:",
        "{knight}s (who tell the truth) and {knave}s (who lie):",
        "Everybody here is a {knight}, who never lies, or a {knave}, who always does.",
    ),
}
ROLES_ASKED: Final[dict[Language, tuple[str, ...]]] = {
    "zh": (
        "他们各是什么人？",
        "谁是{knight}？谁是{knave}？",
        "谁是{knight}，谁是{knave}",
        "他们分别是什么？",
        "请问他们是什么人？",
        "每个人是{knight}还是{knave}？",
        "各是{knight}还是{knave}？",
    ),
    "en": (
        "What are they?",
        "Who is what?",
        "Who is who?",
        "What is each of them?",
        "Who is a {knight} and who is a {knave}?",
        "Which of them are {knight}s?",
        "Who is the {knight} and who is the {knave}?",
        "Who is telling the truth?",
        "Determine who is a {knight} and who is a {knave}.",
        "Are they {knight}s or {knave}s?",
    ),
}
FORMULAS: Final = (
    "{p} ∧ {q}",
    "{p} ∨ {q}",
    "{p} → {q}",
    "{p} ↔ {q}",
    "¬{p} ∨ {q}",
    "{p} ∧ ¬{q}",
    "¬{p}",
    "{p} ∨ ¬{p}",
    "{p} ∧ ¬{p}",
    "{p} → {p}",
    "{p} ↔ ¬{p}",
    "¬({p} ∧ {q})",
    "¬({p} ∨ {q})",
    "{p} → ({q} → {p})",
    "({p} ∧ {q}) → {p}",
    "{p} → ({p} ∨ {q})",
    "{p} ∧ ({p} → {q})",
    "¬{p} → {q}",
    "({p} → {q}) ∨ ({q} → {p})",
    "¬{p} ∧ ¬{q}",
    "({p} ∨ {q}) ∧ ¬{p}",
    "{p} ∨ {p}",
    "{p} ∨ ({q} ∧ ¬{q})",
    "({p} → {q}) ↔ (¬{q} → ¬{p})",
    "¬¬{p}",
    "{p} ↔ {p}",
    "{p} → ¬{p}",
)
SIGNS: Final[dict[Language, dict[str, tuple[str, ...]]]] = {
    "zh": {
        "¬": ("非",),
        "∧": ("且", "并且"),
        "∨": ("或", "或者"),
        "→": ("蕴含",),
        "↔": ("当且仅当",),
    },
    "en": {
        "¬": ("not",),
        "∧": ("and",),
        "∨": ("or",),
        "→": ("implies",),
        "↔": ("iff", "if and only if"),
    },
}
CLASSES: Final[dict[Language, tuple[str, ...]]] = {
    "zh": (
        "{f}是永真式吗？",
        "{f} 是永真式、永假式还是可真可假？",
        "判断{f}是不是永真式。",
        "{f}是矛盾式吗？",
        "公式 {f} 是重言式吗？",
        "{f}是重言式、矛盾式还是可满足式？",
    ),
    "en": (
        "Is {f} a tautology?",
        "is {f} a tautology",
        "Is {f} a contradiction?",
        "Is the formula {f} a tautology?",
        "Is {f} a tautology, a contradiction, or contingent?",
    ),
}
COUNTED: Final[dict[Language, tuple[str, ...]]] = {
    "zh": ("{f}在多少种赋值下为真？", "{f}的真值表有几行为真？", "{f}的真值表中有几行是真？"),
    "en": (
        "How many rows of the truth table of {f} are true?",
        "In how many rows is {f} true?",
        "How many assignments make {f} true?",
        "For how many assignments is {f} true?",
    ),
}
VALUED: Final[dict[Language, tuple[str, ...]]] = {
    "zh": (
        "{g}，{f}是真还是假？",
        "如果{g}，那么{f}的真值是什么？",
        "已知{g}，求{f}的真值",
        "若{g}，{f}为真还是为假？",
    ),
    "en": (
        "{g}. Is {f} true or false?",
        "If {g}, is {f} true or false?",
        "Given {g}, is {f} true or false?",
        "Let {g}. What is the truth value of {f}?",
        "What is the truth value of {f} if {g}?",
    ),
}

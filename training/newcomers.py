"""Puzzles as a newcomer types them, written by hand, that quill is measured on. Knows words alone.

None of them is learnt from: what `everyday.py` draws is drawn anew where it is one of these. The
kinds' readers read each, and their solvers give the answer.
"""

from typing import Final

from qwq_cli.puzzles.words import Language

QUESTIONS: Final[dict[Language, tuple[str, ...]]] = {
    "en": (
        "2 + 2",
        "what's 7 times 8",
        "My sum is 58 + 67, what do I get?",
        "100 - 37 = ?",
        "1000-1",
        "Can you tell me what 250 plus 750 is?",
        "12*12",
        "hi! 345 + 678 ?",
        "3x = 12",
        "x - 7 = 20, so x is?",
        "Please help me with my homework: 5x + 3 = 38",
        "12 - x = 5",
        "Solve the equation 7 + 2x = 15",
        "What value of x satisfies x + 19 = 42?",
        "2(x + 3) = 14, find x please",
        "4y - 8 = 0. What is y?",
        "10 mod 3?",
        "Hello, is 133 a multiple of 7?",
        "Tell me the remainder when 85 is divided by 4.",
        "Is 1001 divisible by 11?",
        "What remains? Compute 57 mod 8.",
        "Tom is taller than Jim. Jim is taller than Ann. Who is tallest?",
        "Mum is older than Dad. Dad is older than Aunt. Who is the youngest?",
        "My dog Rex is faster than Fido. Fido is faster than Spot. Which one is the slowest?",
        "If Anna is richer than Ben and Carl is poorer than Ben, who is the richest?",
        "A is heavier than B. C is heavier than A. Who is the lightest?",
        (
            'Knights always tell the truth, knaves always lie. Zed says: "Yan is a knave."'
            ' Yan says: "Zed and I are different kinds." Who is who?'
        ),
        (
            'There are knights, who never lie, and knaves, who always lie. Ned says: "We are both'
            ' knaves." Rob says: "Ned is a knave." What are Ned and Rob?'
        ),
        (
            'Truth-tellers and liars: Ivy says: "At least one of us is a liar." Joy says: "Ivy is'
            ' a liar." Who lies?'
        ),
        "Is p or not p a tautology?",
        "p is true and q is false. Is p → q true or false?",
        "How many rows of the truth table make p ∧ q true?",
        "Is p ∧ ¬p a contradiction?",
    ),
    "zh": (
        "1+1等于几",
        "8*7",
        "请帮我算一算 58+67",
        "100-37得多少？",
        "1000-1=?",
        "你好，请问二百五怎么算：250+750",
        "12乘以12是多少？",
        "作业题：345+678=？",
        "3x=12",
        "x-7=20，x等于多少呢？",
        "老师问：5x+3=38，x是几？",
        "12-x=5",
        "方程7+2x=15怎么解？",
        "x+19=42，请问x",
        "2(x+3)=14，x是多少？",
        "4y-8=0，求y的值",
        "10除以3余几",
        "91是7的倍数吗？",
        "85除以4，余数是多少？",
        "1001能不能被11整除？",
        "57 mod 8 是多少",
        "小明比小红高，小红比小刚高，谁最高？",
        "妈妈比爸爸大，爸爸比姑姑大。谁最小？",
        "白马比黑马快，黑马比红马快，哪匹最慢？",
        "如果张飞比关羽重，刘备比关羽轻，那么谁最重？",
        "甲比乙富。丙比甲富。谁最穷？",
        "骑士说真话，无赖说假话。小石说：“小土是无赖。”小土说：“我和小石不是同类。”他们是什么人？",
        "岛上有骑士（说真话）和无赖（说假话）。孙权说：“我们都是无赖。”周瑜说：“孙权是无赖。”请判断。",
        "老实人从不说谎，骗子总是说谎。大宝说：“我们中至少有一个骗子。”二宝说：“大宝是骗子。”谁是骗子？",
        "p∨¬p是不是永真式？",
        "p为真，q为假，p→q为真还是为假？",
        "p∧q的真值表里有几行为真？",
        "p∧¬p算不算矛盾式？",
    ),
}

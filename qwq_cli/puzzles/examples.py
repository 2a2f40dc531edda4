"""Puzzles that ship with qwq, word for word. Knows their texts and nothing else."""

from typing import Final

CARDS: Final = """\
S先生、P先生、Q先生他们知道桌子的抽屉里有16张扑克牌：\
红桃A、Q、4 黑桃J、8、4、2、7、3 草花K、Q、5、4、6 方块A、5。\
约翰教授从这16张牌中挑出一张牌来，并把这张牌的点数告诉 P先生，把这张牌的花色告诉Q先生。\
这时，约翰教授问P先生和Q 先生：你们能从已知的点数或花色中推知这张牌是什么牌吗？\
于是，S先生听到如下的对话：

P先生：我不知道这张牌。

Q先生：我知道你不知道这张牌。

P先生：现在我知道这张牌了。

Q先生：我也知道了。

请问：这张牌是什么牌？"""
"""The example of the QwQ-32B-Preview announcement (qwenlm.github.io, November 2024).

Its answer: 方块5.
"""

EXAMPLES: Final = {"cards": CARDS}

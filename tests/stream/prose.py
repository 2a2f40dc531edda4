"""Text that does not repeat, to make loops of: for the tests of the detector and of the trim."""

import random
from pathlib import Path

SHARED = Path(__file__).parents[2].parent / "shared" / "loops"
_SYLLABLES = ("ba", "de", "fi", "go", "hu", "ka", "le", "mi", "no", "pu", "ra", "se", "ti", "vo")
_HAN = "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰余成岁律吕调阳云腾致雨露结为霜"


def sentence(draw: random.Random, lang: str = "en") -> str:
    """One sentence of made-up words."""
    if lang == "zh":
        return "".join(draw.choices(_HAN, k=draw.randint(6, 20))) + "。"
    words = [
        "".join(draw.choices(_SYLLABLES, k=draw.randint(1, 3))) for _ in range(draw.randint(5, 14))
    ]
    return " ".join(words).capitalize() + ". "


def prose(length: int, seed: int = 0, lang: str = "en") -> str:
    """At least `length` characters of sentences, paragraphs among them."""
    draw = random.Random(f"{seed}-{lang}")
    text = ""
    while len(text) < length:
        text += sentence(draw, lang) + ("\n\n" if draw.random() < 0.2 else "")
    return text

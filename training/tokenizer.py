"""quill's tokenizer: byte-level BPE that any Qwen2 runtime reads. Knows the data; knows no model.

`python -m training.tokenizer OUT.json`. Suits, ranks and digits are one token wherever they stand:
while merges are learnt they are cut off from their surroundings, so no merge can cross them. The
file itself has Qwen2's own pre-tokenizer, and the tests hold it to that promise.
"""

import argparse
import json
import random
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Final

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from training.data import draw
from training.recipes import RECIPES, Recipe

VOCABULARY: Final = 1024
SPECIAL: Final = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
SUITS: Final = ("红桃", "红心", "黑桃", "草花", "梅花", "方块", "方片", "葵扇")
_QWEN2: Final = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
_ALONE: Final = (
    "|".join(SUITS)
    + r"| ?(?:Hearts|Spades|Clubs|Diamonds)|(?<![A-Za-z])[A-Z](?![A-Za-z])|\p{N}| (?=[A-Z0-9])"
)
_SIGNS: Final = r"[¬∧∨→↔()=+×÷*/\-①-⑨]|(?<![A-Za-z])[a-z](?![A-Za-z])"
"""Signs and variables of the kinds, which are copied out of longer formulas."""
_SAMPLES: Final = 8000
_MAX_TOKEN: Final = 40


def _pre_tokenizer(alone: str = "") -> pre_tokenizers.PreTokenizer:
    steps = [pre_tokenizers.Split(Regex(alone), "isolated")] if alone else []
    steps.append(pre_tokenizers.Split(Regex(_QWEN2), "isolated"))
    steps.append(pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False))
    return pre_tokenizers.Sequence(steps)


def train(seed: int, recipe: Recipe = "cards") -> Tokenizer:
    """Learn the merges on samples of the last curriculum stage."""
    rng = random.Random(seed)
    texts = []
    for _ in range(_SAMPLES):
        sample = draw(rng, RECIPES[recipe][0][-1])
        texts += [sample.user, "".join(text for text, _ in sample.reply)]
    tokenizer = Tokenizer(models.BPE())
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.pre_tokenizer = _pre_tokenizer(_ALONE)
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY - len(SPECIAL),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        max_token_length=_MAX_TOKEN,
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.pre_tokenizer = _pre_tokenizer()
    tokenizer.add_special_tokens([AddedToken(t, special=True, normalized=False) for t in SPECIAL])
    return tokenizer


def extend(base: Tokenizer, seed: int, recipe: Recipe, more: int) -> Tokenizer:
    """`base` with `more` tokens behind its own, learnt on what the recipe adds.

    Its ids and merges stay as they are, so weights that were trained with it keep their meaning.
    """
    rng = random.Random(seed)
    alone = _pre_tokenizer(f"{_ALONE}|{_SIGNS}")
    counts: Counter[str] = Counter()
    for _ in range(_SAMPLES):
        sample = draw(rng, RECIPES[recipe][1][-1])
        for text in (sample.user, "".join(text for text, _ in sample.reply)):
            counts.update(piece for piece, _ in alone.pre_tokenize_str(text))
    words = [([t.value for t in base.model.tokenize(piece)], n) for piece, n in counts.items()]
    state = json.loads(base.to_str())
    vocabulary, merges = state["model"]["vocab"], state["model"]["merges"]
    # Their ids are kept only if they stand here too: they would else be put behind all others.
    vocabulary |= {token["content"]: token["id"] for token in state["added_tokens"]}
    first = base.get_vocab_size()
    for index in range(more):
        pairs: Counter[tuple[str, str]] = Counter()
        for parts, n in words:
            for pair in pairwise(parts):
                pairs[pair] += n
        best = next(pair for pair, _ in pairs.most_common() if len("".join(pair)) <= _MAX_TOKEN)
        merges.append(list(best))
        vocabulary["".join(best)] = first + index
        words = [(_merge(parts, best), n) for parts, n in words if len(parts) > 1]
    return Tokenizer.from_str(json.dumps(state))


def _merge(parts: list[str], pair: tuple[str, str]) -> list[str]:
    merged: list[str] = []
    for part in parts:
        if merged and (merged[-1], part) == pair:
            merged[-1] += part
        else:
            merged.append(part)
    return merged


def main() -> None:
    """Train, save, and say how long texts become."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--extend", type=Path, help="keep this tokenizer's tokens, and add others")
    parser.add_argument("--more", type=int, default=512, help="how many to add")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--recipe", choices=tuple(RECIPES), default="cards", help="which data")
    args = parser.parse_args()
    if args.extend:
        base = Tokenizer.from_file(str(args.extend))
        tokenizer = extend(base, args.seed, args.recipe, args.more)
    else:
        tokenizer = train(args.seed, args.recipe)
    tokenizer.save(str(args.out))
    print(f"{tokenizer.get_vocab_size()} tokens -> {args.out}")


if __name__ == "__main__":
    main()

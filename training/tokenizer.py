"""quill's tokenizer: byte-level BPE that any Qwen2 runtime reads. Knows the data; knows no model.

`python -m training.tokenizer OUT.json`. Suits, ranks and digits are one token wherever they stand:
while merges are learnt they are cut off from their surroundings, so no merge can cross them. The
file itself has Qwen2's own pre-tokenizer, and the tests hold it to that promise.
"""

import argparse
import random
from pathlib import Path
from typing import Final

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from training.data import RECIPES, Recipe, draw

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
_SAMPLES: Final = 8000
_MAX_TOKEN: Final = 40


def _pre_tokenizer(*, alone: bool) -> pre_tokenizers.PreTokenizer:
    steps = [pre_tokenizers.Split(Regex(_ALONE), "isolated")] if alone else []
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
    tokenizer.pre_tokenizer = _pre_tokenizer(alone=True)
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY - len(SPECIAL),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        max_token_length=_MAX_TOKEN,
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.pre_tokenizer = _pre_tokenizer(alone=False)
    tokenizer.add_special_tokens([AddedToken(t, special=True, normalized=False) for t in SPECIAL])
    return tokenizer


def main() -> None:
    """Train, save, and say how long texts become."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--recipe", choices=tuple(RECIPES), default="cards", help="which data")
    args = parser.parse_args()
    tokenizer = train(args.seed, args.recipe)
    tokenizer.save(str(args.out))
    print(f"{tokenizer.get_vocab_size()} tokens -> {args.out}")


if __name__ == "__main__":
    main()

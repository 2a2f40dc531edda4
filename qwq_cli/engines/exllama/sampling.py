"""The sampler's settings for one job. Knows which knobs ExLlamaV2 0.3.2 has; imports nothing of it.

Its defaults are not neutral (temperature 0.8, top_k 50, top_p 0.8, repetition penalty 1.025), so
every knob is set. They are made anew for each job: DRY keeps what it has seen of a text inside
them, and what was taken back would stay in it.
"""

from dataclasses import dataclass
from typing import Any

from qwq_cli.errors import UsageError
from qwq_cli.request import Sampling

_DRY_NGRAM = 20
"""The longest repeat that DRY looks at, in tokens; ExLlamaV2's own default."""

_LEAST_TOP_P = 1e-6
"""It takes 0 for "off", where it means the likeliest token alone."""


@dataclass(frozen=True, slots=True)
class Extras:
    """Knobs beyond `Sampling`; all are off by default, as the makers of reasoning models advise.

    `repetition`: divides the logits of what was said, 1 is off. `presence` and `frequency`:
    subtracted from them once, and for each time. `dry`: the multiplier of the penalty for going
    on with a repeat of more than `dry_allowed` tokens, which grows by `dry_base` a token and
    looks back `dry_range` tokens (0: all). `xtc`: the probability of leaving out all but the last
    of the tokens above `xtc_threshold`.
    """

    repetition: float = 1.0
    presence: float = 0.0
    frequency: float = 0.0
    dry: float = 0.0
    dry_base: float = 1.75
    dry_allowed: int = 2
    dry_range: int = 0
    xtc: float = 0.0
    xtc_threshold: float = 0.1

    def __post_init__(self) -> None:
        """Raises UsageError for what the sampler could not work with."""
        if self.repetition <= 0 or self.dry < 0 or self.dry_base <= 0 or self.dry_allowed < 1:
            raise UsageError("a penalty is out of range", "it has to be above 0")
        if self.dry_range < 0 or self.dry_range == 1:
            raise UsageError("a DRY range of less than two tokens sees no repeat")
        if not 0 <= self.xtc <= 1:
            raise UsageError("XTC's probability is out of range", "it lies from 0 to 1")


def knobs(sampling: Sampling, extras: Extras) -> dict[str, Any]:
    """Every setting of an `ExLlamaV2Sampler.Settings`, fit to be given to a new one."""
    greedy = sampling.temperature <= 0
    # Its assertion: what DRY looks back at has to be longer than what it looks at.
    ngram = min(_DRY_NGRAM, extras.dry_range - 1) if extras.dry_range else _DRY_NGRAM
    return {
        "temperature": 1.0 if greedy else sampling.temperature,
        "temperature_last": False,
        "top_k": 1 if greedy else max(sampling.top_k, 0),
        "top_p": 1.0 if greedy else max(sampling.top_p, _LEAST_TOP_P),
        "min_p": 0.0 if greedy else sampling.min_p,
        "top_a": 0.0,
        "tfs": 0.0,
        "typical": 0.0,
        "skew": 0.0,
        "smoothing_factor": 0.0,
        "min_temp": 0.0,
        "max_temp": 0.0,
        "temp_exponent": 1.0,
        "mirostat": False,
        "token_bias": None,
        "cfg_scale": None,
        "token_repetition_penalty": extras.repetition,
        "token_repetition_range": -1,
        "token_repetition_decay": 0,
        "token_frequency_penalty": extras.frequency,
        "token_presence_penalty": extras.presence,
        "dry_multiplier": extras.dry,
        "dry_base": extras.dry_base,
        "dry_allowed_length": extras.dry_allowed,
        "dry_range": extras.dry_range,
        "dry_max_ngram": ngram,
        "dry_sequence_breakers": None,
        "xtc_probability": 0.0 if greedy else extras.xtc,
        "xtc_threshold": extras.xtc_threshold,
        "xtc_ignore_tokens": None,
    }

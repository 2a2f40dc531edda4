"""The sampler's settings for one job. Knows which knobs ExLlamaV2 0.3.2 has; imports nothing of it.

Its defaults are not neutral (temperature 0.8, top_k 50, top_p 0.8, repetition penalty 1.025), so
every knob is set. They are made anew for each job: DRY keeps what it has seen of a text inside
them, and what was taken back would stay in it.
"""

from typing import Any

from qwq_cli.request import Sampling

_DRY = {"dry_base": 1.75, "dry_allowed_length": 2, "dry_range": 0, "dry_max_ngram": 20}
"""The usual DRY. A range of 0 is the whole text; any other has to exceed the longest repeat that is
looked at, or the library's assertion fails in the middle of a text.
"""

_LEAST_TOP_P = 1e-6
"""It takes 0 for "off", where it means the likeliest token alone."""


def knobs(sampling: Sampling) -> dict[str, Any]:
    """Every setting of an `ExLlamaV2Sampler.Settings`, fit to be given to a new one."""
    greedy = sampling.temperature <= 0
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
        "token_repetition_penalty": 1.0,
        "token_repetition_range": -1,
        "token_repetition_decay": 0,
        "token_frequency_penalty": 0.0,
        "token_presence_penalty": sampling.presence_penalty,
        "dry_multiplier": sampling.dry_multiplier,
        **_DRY,
        "dry_sequence_breakers": None,
        "xtc_probability": 0.0 if greedy else sampling.xtc_probability,
        "xtc_threshold": 0.1,
        "xtc_ignore_tokens": None,
    }

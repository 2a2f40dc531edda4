"""How to draw, in the words of llama.cpp: for its library and for its server. Knows no engine.

Everything that is not asked for stays out of the chain, whatever the server's defaults. The order
is that of the makers' own runs: penalties, then the temperature first.
"""

from qwq_cli.request import Sampling

_WINDOW = 32_768
"""Tokens that penalties look back, where llama.cpp's own 64 would see no loop. Not "all": releases
differ in how that is written, and memory is set aside for the number.
"""


def samplers(sampling: Sampling) -> dict[str, object]:
    """The fields of a completion's request; a seed is the engine's business."""
    penalties: list[str] = []
    fields: dict[str, object] = {}
    if sampling.likely is not None:
        fields["n_probs"] = max(sampling.likely, 1)
    if sampling.presence_penalty:
        penalties.append("penalties")
        fields |= {"presence_penalty": sampling.presence_penalty, "repeat_last_n": _WINDOW}
    if sampling.dry_multiplier:
        penalties.append("dry")
        fields |= {"dry_multiplier": sampling.dry_multiplier, "dry_penalty_last_n": _WINDOW}
    if sampling.temperature <= 0:
        return fields | {"samplers": [*penalties, "temperature"], "temperature": 0.0}
    chain = [*penalties, "temperature", "top_k", "top_p", "min_p"]
    fields |= {
        "temperature": sampling.temperature,
        "top_k": sampling.top_k,
        "top_p": sampling.top_p,
        "min_p": sampling.min_p,
    }
    if sampling.xtc_probability:
        chain.append("xtc")
        fields["xtc_probability"] = sampling.xtc_probability
    return fields | {"samplers": chain}

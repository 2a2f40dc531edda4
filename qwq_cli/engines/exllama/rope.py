"""How a model's positions are turned, as its config.json says, and whether ExLlamaV2 can do it.

ExLlamaV2 0.3.2 reads `rope_theta` and `rope_scaling`. It knows nothing of `rope_parameters`, which
newer tools write in their place: it would take 10,000 for the base in silence, and a kind of
scaling that it does not know it passes over. Pure: knows no library.
"""

from dataclasses import dataclass
from typing import Any

from qwq_cli.errors import UnavailableError

_KNOWN = ("default", "linear", "yarn", "llama3", "su", "longrope", "mrope")
"""Kinds of scaling that ExLlamaV2 follows; `default` is none."""

_TRANSLATED = ("default", "linear", "yarn", "llama3")
"""Those that can be told to it past config.json."""

_PLAIN_YARN = {"beta_fast": 32, "beta_slow": 1, "truncate": True}
"""The only values that it knows."""


@dataclass(frozen=True, slots=True)
class Rope:
    """What to set on an `ExLlamaV2Config` after it has read config.json; empty for nothing."""

    settings: tuple[tuple[str, object], ...] = ()


def rope_of(config: dict[str, Any]) -> Rope:
    """What config.json means, translated where ExLlamaV2 does not read it.

    Raises UnavailableError for what it would do wrongly.
    """
    scaling = config.get("rope_scaling") or {}
    newer = config.get("rope_parameters") or {}
    if not isinstance(scaling, dict) or not isinstance(newer, dict):
        raise _refused("they are no table of values")
    if any(isinstance(value, dict) for value in newer.values()):
        raise _refused("they differ from layer to layer")
    _check(scaling)
    _check(newer)
    if not newer:
        return Rope()
    return Rope(tuple(_translated({**scaling, **newer}, config)))


def _check(values: dict[str, Any]) -> None:
    kind = _kind(values)
    if kind not in _KNOWN:
        raise _refused(f"the kind '{kind}' is unknown to it")
    if kind != "yarn":
        return
    for name, value in _PLAIN_YARN.items():
        if values.get(name, value) != value:
            raise _refused(f"it takes no {name} of {values[name]}")
    for name in ("attention_factor", "mscale", "mscale_all_dim"):
        if values.get(name) is not None:
            raise _refused(f"it takes no {name}")


def _kind(values: dict[str, Any]) -> str:
    return str(values.get("rope_type") or values.get("type") or "default")


def _translated(values: dict[str, Any], config: dict[str, Any]) -> list[tuple[str, object]]:
    """As `ExLlamaV2Config.prepare` would set them."""
    kind = _kind(values)
    if kind not in _TRANSLATED:
        raise _refused(f"the kind '{kind}' is told in a key that it does not read")
    try:
        settings: list[tuple[str, object]] = []
        theta = values.get("rope_theta", config.get("rope_theta"))
        if theta is None:
            raise _refused("rope_theta is missing")
        settings.append(("rotary_embedding_base", float(theta)))
        part = values.get("partial_rotary_factor", config.get("partial_rotary_factor", 1.0))
        settings.append(("partial_rotary_factor", float(part)))
        if kind == "linear":
            settings.append(("scale_pos_emb", float(values["factor"])))
        elif kind == "yarn":
            settings += [
                ("alt_rope_method", "yarn"),
                ("yarn_rope_factor", float(values["factor"])),
                (
                    "yarn_rope_original_max_position_embeddings",
                    int(values["original_max_position_embeddings"]),
                ),
            ]
        elif kind == "llama3":
            settings += [
                ("alt_rope_method", "llama3"),
                ("l3_rope_factor", float(values["factor"])),
                ("l3_rope_low_freq_factor", float(values["low_freq_factor"])),
                ("l3_rope_high_freq_factor", float(values["high_freq_factor"])),
                (
                    "l3_rope_original_max_position_embeddings",
                    int(values["original_max_position_embeddings"]),
                ),
            ]
    except (KeyError, TypeError, ValueError) as error:
        raise _refused(f"a value is missing or no number ({error})") from error
    return settings


def _refused(why: str) -> UnavailableError:
    return UnavailableError(
        "ExLlamaV2 can't honour this model's rope settings", why, "take a GGUF of the model"
    )

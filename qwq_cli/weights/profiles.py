"""What is known of models by name: how they think, how to sample them, what they are good for.

The sampling is their makers' advice: QwQ-32B's, Qwen3's and DeepSeek-R1's model cards. Knows no
files and no engines.
"""

import re
from dataclasses import dataclass, replace

from qwq_cli.request import Sampling, ThinkingStyle


@dataclass(frozen=True, slots=True)
class Profile:
    """`sampling` is the default that a person's settings are laid over; `scope` says in a phrase
    what the model can do, "" for a general model. `reasons_first`: it reasons whatever it is asked.
    """

    name: str
    style: ThinkingStyle
    sampling: Sampling
    scope: str = ""
    reasons_first: bool = False


QUILL = Profile(
    "quill", "headings", Sampling(temperature=0.0), scope="puzzles only", reasons_first=True
)

_KIN = (
    (r"\bquill\b", QUILL),
    (r"qwq.*preview", Profile("QwQ-32B-Preview", "headings", Sampling())),
    (r"qwq", Profile("QwQ-32B", "tags", Sampling())),
    (r"deepseek.*r1|\br1\b.*distill", Profile("DeepSeek-R1", "tags", Sampling(top_k=0))),
    (r"qwen3.*instruct|qwen3.*coder", Profile("Qwen3", "auto", Sampling(0.7, 0.8, 20))),
    (r"qwen3", Profile("Qwen3", "tags", Sampling(top_k=20))),
)
"""Patterns in the order in which they are tried, on names in lower case."""


def profile_of(name: str) -> Profile:
    """The profile of the model of that name, or a neutral one; it bears the name asked for."""
    known = next((profile for pattern, profile in _KIN if re.search(pattern, name.lower())), None)
    return replace(known, name=name) if known else Profile(name, "auto", Sampling())

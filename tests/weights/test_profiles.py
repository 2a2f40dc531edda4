"""What is known of models by name."""

import pytest

from qwq_cli.request import ThinkingStyle
from qwq_cli.weights.profiles import QUILL, profile_of


@pytest.mark.parametrize(
    ("name", "style", "top_k"),
    [
        ("QwQ-32B-Preview-Q4_K_M", "headings", 40),
        ("qwq_32b_preview", "headings", 40),
        ("QwQ-32B-Q4_K_M", "tags", 40),
        ("Qwen_QwQ-32B", "tags", 40),
        ("DeepSeek-R1-Distill-Qwen-7B-Q8_0", "tags", 0),
        ("R1 Distill Llama 8B", "tags", 0),
        ("Qwen3-8B-Q5_K_M", "tags", 20),
        ("Qwen3-30B-A3B-Instruct-2507", "auto", 20),
        ("Llama-3.2-1B-Instruct", "auto", 40),
        ("quilliam", "auto", 40),
    ],
)
def test_kin_by_name(name: str, style: ThinkingStyle, top_k: int) -> None:
    profile = profile_of(name)
    assert (profile.name, profile.style, profile.sampling.top_k) == (name, style, top_k)
    assert profile.scope == ""


def test_reasoning_models_are_never_greedy() -> None:
    for name in ("QwQ-32B", "QwQ-32B-Preview", "Qwen3-8B", "DeepSeek-R1"):
        assert profile_of(name).sampling.temperature >= 0.6


def test_quill() -> None:
    assert profile_of("quill") == QUILL
    assert QUILL.sampling.temperature == 0
    assert QUILL.style == "headings"
    assert "puzzles" in QUILL.scope

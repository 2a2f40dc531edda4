"""Texts that try to trip a stage over, and all the ways to cut them up."""

from itertools import pairwise

from hypothesis import strategies as st

FRAGMENTS = (
    *("<think>", "</think>", "<thi", "nk>", "</", "<", ">", "\n", "\n\n", " ", "\t"),
    *("**Final Answer**", "**Final", " Answer**", "## Final Answer", "Final answer:", "final"),
    *("**Final Answer:** ", "**最终答案**", "最终答案", "最终", "答案：", "### 最終答案\n"),
    *("\\boxed{", "4", "}", "2", "\\[ \\boxed{方块5} \\]", "*", "**", "#", "_", "："),
    *("wait", "The ", "so", "等一下，", "方块", "5", "é", "🂡"),
)


def texts() -> st.SearchStrategy[str]:
    """Markers, halves of markers and words in any order."""
    return st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=3), max_size=24).map("".join)


@st.composite
def chunked(draw: st.DrawFn, text: st.SearchStrategy[str] | None = None) -> list[str]:
    """A text in any chunks, empty ones included."""
    whole = draw(text if text is not None else texts())
    places = draw(st.lists(st.integers(0, len(whole)), max_size=12))
    bounds = [0, *sorted(places), len(whole)]
    return [whole[a:b] for a, b in pairwise(bounds)]

"""Thinking apart from answer: how models really write, and any chunking of anything."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qwq_cli.request import ThinkingStyle
from qwq_cli.stream.splitter import Piece, make_splitter
from tests.stream.chunks import chunked

STYLES: tuple[ThinkingStyle, ...] = ("tags", "headings", "none")


def split(
    chunks: list[str],
    style: ThinkingStyle,
    *,
    opens: bool | None = None,
    stopped: bool = True,
) -> list[Piece]:
    """All pieces, neighbours of one kind joined."""
    splitter = make_splitter(style, opens_thinking=opens)
    pieces = [piece for chunk in chunks for piece in splitter.feed(chunk)]
    pieces += splitter.flush(stopped=stopped)
    joined: list[Piece] = []
    for piece in pieces:
        if joined and joined[-1].kind == piece.kind:
            joined[-1] = Piece(piece.kind, joined[-1].text + piece.text)
        else:
            joined.append(piece)
    return joined


def parts(text: str, style: ThinkingStyle, *, opens: bool | None = None) -> tuple[str, str, str]:
    """Thinking, answer, and the answer that was thinking before."""
    pieces = split([text], style, opens=opens)

    def of(kind: str) -> str:
        return "".join(piece.text for piece in pieces if piece.kind == kind)

    return of("thinking"), of("answer"), of("again")


@given(chunked(), st.sampled_from(STYLES), st.sampled_from([True, False, None]), st.booleans())
def test_chunks_make_no_difference_and_nothing_is_lost(
    chunks: list[str], style: ThinkingStyle, opens: bool | None, stopped: bool
) -> None:
    whole = "".join(chunks)
    pieces = split(chunks, style, opens=opens, stopped=stopped)
    assert pieces == split([whole], style, opens=opens, stopped=stopped)
    assert pieces == split(list(whole), style, opens=opens, stopped=stopped)
    assert "".join(piece.text for piece in pieces if piece.kind != "again") == whole


@given(chunked(), st.sampled_from(STYLES), st.sampled_from([True, False, None]))
def test_a_model_that_said_something_has_an_answer(
    chunks: list[str], style: ThinkingStyle, opens: bool | None
) -> None:
    pieces = split(chunks, style, opens=opens)
    said = any(piece.kind in {"thinking", "answer"} and piece.text.strip() for piece in pieces)
    answered = any(piece.kind in {"answer", "again"} and piece.text.strip() for piece in pieces)
    assert said == answered


@given(chunked(), st.sampled_from(STYLES))
def test_what_is_cut_off_in_its_thinking_has_no_answer(
    chunks: list[str], style: ThinkingStyle
) -> None:
    assert not [p for p in split(chunks, style, stopped=False) if p.kind == "again"]


@pytest.mark.parametrize(
    ("opens", "text"),
    [
        (True, "so it is 4\n</think>\n\n42"),  # the template gave the first tag
        (True, "<think>\nso it is 4\n</think>\n\n42"),  # and the model doubled it
        (True, "<think>\n<think>\nso it is 4\n</think>\n\n42"),
        (None, "<think>\nso it is 4\n</think>\n\n42"),  # the model gave it
        (None, "so it is 4\n</think>\n\n42"),  # nobody did
        (None, "so it is 4\n</think>\n\n</think>\n42"),  # and the end is doubled
        (False, "<think>so it is 4\n</think>42"),  # against the template's word
    ],
)
def test_tags(opens: bool | None, text: str) -> None:
    assert parts(text, "tags", opens=opens) == ("so it is 4\n", "42", "")


def test_a_template_that_closed_the_thinking_gets_an_answer() -> None:
    assert parts("\n\n42 < 43", "tags", opens=False) == ("", "42 < 43", "")


def test_tags_within_the_answer_are_text() -> None:
    answer = "Write <think> and </think> around it."
    assert parts(f"hm</think>{answer}", "tags", opens=True) == ("hm", answer, "")


def test_a_model_that_never_thought_answered_with_all_of_it() -> None:
    text = "Hello!\n\nHow are you?"
    assert parts(text, "tags") == (text, "", text)


def test_a_thought_that_was_never_closed_answers_with_its_end() -> None:
    text = "First this. Then that, at some length.\n\n" * 20 + "So it is \\boxed{4}."
    assert parts(text, "tags", opens=True) == (text, "", "So it is \\boxed{4}.")


@pytest.mark.parametrize(
    "heading",
    [
        "**Final Answer**\n\n",
        "**Final Answer:**\n",
        "**Final Answer**:\n",
        "## Final Answer\n",
        "### **Final answer**\n\n",
        "Final Answer\n",
        "**The final answer**\n\n",
        "**最终答案**\n\n",
        "最终答案\n\n",
        "最终答案：\n",
        "## 最终答案\n",
        "**Final Answer:** ",
        "**最终答案**：",
    ],
)
def test_headings(heading: str) -> None:
    thought = "Let me see.\n\nIt is the five.\n\n"
    assert parts(f"{thought}{heading}方块5\n", "headings") == (thought, "方块5\n", "")


@pytest.mark.parametrize(
    "line",
    [
        "My final answer is not ready.",
        "Final answers are hard.",
        "The final answer could be 4, but wait.",
        "**Final thoughts**",
        "Final Answer: 4, or is it?",
        "the **Final Answer** is near",
        "最终答案是方块5吗？等一下。",
        "# Finally",
    ],
)
def test_lines_that_are_no_headings(line: str) -> None:
    text = f"Let me see.\n\n{line}\nHm.\n\n**Final Answer**\n\n5"
    thinking, answer, _ = parts(text, "headings")
    assert (thinking, answer) == (f"Let me see.\n\n{line}\nHm.\n\n", "5")


def test_without_a_heading_the_paragraph_with_the_last_box_answers() -> None:
    text = "Maybe \\boxed{3}? No.\n\n" * 30 + "So:\n\n\\[ \\boxed{4} \\]\n\nI am sure of that.\n"
    assert parts(text, "headings") == (text, "", "So:\n\n\\[ \\boxed{4} \\]")


def test_without_a_box_the_last_paragraph_answers() -> None:
    text = "Wait, let me see. Hmm.\n\n" * 30 + "So the answer is:\n\n<ANSWER>3</ANSWER>\n"
    assert parts(text, "headings") == (text, "", "So the answer is:\n\n<ANSWER>3</ANSWER>")


def test_a_short_text_without_any_mark_is_all_answer() -> None:
    assert parts("Hello!\n\nWhat now?", "headings")[2] == "Hello!\n\nWhat now?"


def test_a_heading_with_nothing_under_it_falls_back_to_the_thought() -> None:
    text = "It was the butler.\n\n**Final Answer**\n\n"
    assert parts(text, "headings") == ("It was the butler.\n\n", "", "It was the butler.")


def test_markers_are_held_back_until_they_are_certain() -> None:
    splitter = make_splitter("tags", opens_thinking=True)
    assert splitter.feed("ab</thi") == [Piece("thinking", "ab")]
    assert splitter.thinking
    assert splitter.feed("s") == [Piece("thinking", "</this")]
    splitter = make_splitter("headings")
    assert splitter.feed("a\n**Final An") == [Piece("thinking", "a\n")]
    assert splitter.feed("gles** are") == [Piece("thinking", "**Final Angles** are")]


def test_the_splitter_says_where_it_stands() -> None:
    splitter = make_splitter("headings")
    splitter.feed("hm\n**Final Answer**\n")
    assert splitter.headed
    assert not splitter.thinking
    assert not make_splitter("none").thinking

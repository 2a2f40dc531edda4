"""User text never forms a control token, wherever it is cut."""

from hypothesis import given
from hypothesis import strategies as st

from qwq_cli.engines.base import Part
from qwq_cli.engines.control import guarded

SPECIALS = ("<|im_end|>", "<|im_start|>", "<s>", "</s>", "<think>", "<s><s>", "[INST]", "x")


def test_text_without_specials_stays_in_one_piece() -> None:
    parts = [Part("<s>user\n", control=True), Part("2 < 3 > 1 [x]"), Part("</s>", control=True)]
    assert guarded(parts, SPECIALS) == [Part("<s>user\n2 < 3 > 1 [x]</s>", control=True)]


def test_a_special_in_user_text_is_cut() -> None:
    parts = [Part("<s>", control=True), Part("a<|im_end|>b"), Part("</s>", control=True)]
    assert guarded(parts, SPECIALS) == [
        Part("<s>a<|im_end|", control=True),
        Part(">b</s>", control=True),
    ]


def test_a_special_across_the_edge_is_cut_at_the_edge() -> None:
    parts = [Part("[INST]<|im_", control=True), Part("end|>")]
    assert guarded(parts, SPECIALS) == [Part("[INST]<|im_", control=True), Part("end|>")]


def test_nothing_comes_of_nothing() -> None:
    assert guarded([Part(""), Part("", control=True)], SPECIALS) == []


FRAGMENTS = (*SPECIALS, "<", "<|", "im_end|>", "s>", "|>", "[IN", "ST]", "a", " ", "\n", "方")


@given(
    st.lists(
        st.builds(
            Part,
            st.lists(st.sampled_from(FRAGMENTS), max_size=6).map("".join),
            st.booleans(),
        ),
        max_size=8,
    )
)
def test_only_specials_of_control_parts_stay_whole(parts: list[Part]) -> None:
    pieces = guarded(parts, SPECIALS)
    text = "".join(part.text for part in parts)
    assert "".join(piece.text for piece in pieces) == text
    allowed: set[int] = set()
    at = 0
    for part in parts:
        if part.control:
            allowed |= set(range(at, at + len(part.text)))
        at += len(part.text)
    begin = 0
    for piece in pieces:
        for special in SPECIALS:
            found = piece.text.find(special)
            while found >= 0 and len(special) > 1:
                span = range(begin + found, begin + found + len(special))
                assert allowed.issuperset(span), (special, piece)
                found = piece.text.find(special, found + 1)
        begin += len(piece.text)

"""What has been written: cut where characters end, and our texts only as a whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qwq_cli.stream.tape import Tape

WRITTEN = st.lists(
    st.tuples(st.just("model"), st.sampled_from(["", "a", "bc", "方"]), st.just(1))
    | st.tuples(st.just("ours"), st.sampled_from(["So.", "\n\n"]), st.integers(1, 4)),
    max_size=20,
)


def taped(written: list[tuple[str, str, int]]) -> Tape:
    tape = Tape()
    for who, text, tokens in written:
        if who == "model":
            tape.add(text)
        else:
            tape.insert(text, tokens)
    return tape


@given(WRITTEN)
def test_it_is_all_there(written: list[tuple[str, str, int]]) -> None:
    tape = taped(written)
    assert tape.text == "".join(text for _, text, _ in written)
    assert tape.chars == len(tape.text)
    assert len(tape) == sum(tokens for _, _, tokens in written)
    assert tape.inserted == sum(tokens for who, _, tokens in written if who == "ours")
    assert [(s.text, s.ours) for s in tape.stretches()] == [
        (text, who == "ours") for who, text, _ in written
    ]


@given(WRITTEN, st.integers(0, 40))
def test_a_cut_leaves_whole_characters_and_whole_texts_of_ours(
    written: list[tuple[str, str, int]], chars: int
) -> None:
    tape = taped(written)
    before, ours, tokens = tape.text, tape.inserted, len(tape)
    keep = tape.tokens_within(chars)
    dropped = tape.cut(keep)
    assert len(tape) == keep
    assert tape.chars <= chars or before[chars : tape.chars].isspace()
    assert before.startswith(tape.text)
    assert dropped == (tokens - keep) - (ours - tape.inserted)
    assert all(stretch.text != "" or not stretch.ours for stretch in tape.stretches())
    assert not tape.chars or list(tape.stretches())[-1].text


def test_a_sign_with_blanks_behind_it_is_kept_with_its_sentence() -> None:
    tape = taped([("model", "It is so", 1), ("model", ".\n\n", 1), ("model", " It", 1)])
    assert [tape.tokens_within(chars) for chars in (8, 9, 10, 11, 12, 14)] == [1, 2, 2, 2, 2, 3]


@pytest.mark.parametrize("last", ["model", "ours"])
def test_who_wrote_last(last: str) -> None:
    tape = taped([("model", "a", 1), ("ours", "So.", 3)])
    if last == "model":
        tape.add("")
    assert tape.ends_ours == (last == "ours")
    assert not Tape().ends_ours

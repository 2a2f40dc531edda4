"""The public fake engine keeps the protocol of the real ones."""

import threading
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qwq_cli.engines.base import Prefilling, Token
from qwq_cli.engines.scripted import Script, Scripted, ScriptedDecoding, cut
from qwq_cli.errors import BadInputError, BusyError
from qwq_cli.request import Message, Sampling

GREEDY = Sampling(temperature=0)


def start(script: Script, max_tokens: int | None = None) -> ScriptedDecoding:
    engine = Scripted(script)
    prompt = engine.render((Message("user", "why, oh why?"),))
    return engine.start(prompt, GREEDY, max_tokens)


def said(decoding: ScriptedDecoding) -> str:
    return "".join(step.text for step in decoding if isinstance(step, Token))


@given(st.text())
def test_cutting_loses_nothing(text: str) -> None:
    assert "".join(cut(text)) == text
    assert all(cut(text))


def test_tokens_are_a_few_characters() -> None:
    assert cut("Let me see: 42方块5.") == [
        "Let",
        " me",
        " see",
        ":",
        " 4",
        "2",
        "方",
        "块",
        "5",
        ".",
    ]
    assert cut(("any", "way")) == ["any", "way"]


def test_it_says_its_text_and_stops() -> None:
    decoding = start(Script(takes=("It is so.",)))
    steps = list(decoding)
    assert steps[0] == Prefilling(7, 7)
    assert "".join(step.text for step in steps if isinstance(step, Token)) == "It is so."
    assert decoding.progress.stop == "stop"
    assert decoding.progress.prompt_tokens == 7


def test_a_rewind_starts_the_next_take() -> None:
    decoding = start(Script(takes=(["a", "b", "c"], ["d", "e"], "f")))
    assert said(decoding) == "abc"
    assert decoding.rewind(1) == 0
    assert decoding.progress.stop is None
    assert said(decoding) == "de"
    assert decoding.rewind(2, then="x y") == 2
    assert said(decoding) == "f"


def test_when_the_takes_are_used_up_it_says_the_same_again() -> None:
    decoding = start(Script(takes=(["a", "b", "c"],)))
    assert said(decoding) == "abc"
    decoding.rewind(1)
    assert said(decoding) == "bc"


def test_a_rewind_that_takes_nothing_back_goes_on() -> None:
    engine = Scripted(Script(takes=(["a", "b", "c"], "x")))
    decoding = engine.start(engine.render(()), GREEDY, None)
    tokens = (step for step in decoding if isinstance(step, Token))
    assert next(tokens).text == "a"
    decoding.rewind(1, sampling=Sampling(temperature=1))
    assert [token.text for token in tokens] == ["b", "c"]
    assert [sampling.temperature for sampling in engine.asked] == [0, 1]


@pytest.mark.parametrize("keep", [-1, 3])
def test_only_what_was_said_can_be_kept(keep: int) -> None:
    decoding = start(Script(takes=(["a", "b"],)))
    said(decoding)
    with pytest.raises(ValueError, match="can't be kept"):
        decoding.rewind(keep)


def test_budgets() -> None:
    decoding = start(Script(takes=("a b c d",)), max_tokens=2)
    assert said(decoding) == "a b"
    assert decoding.progress.stop == "length"
    decoding = start(Script(takes=("a b c d",), context_tokens=9))
    assert said(decoding) == "a b"
    assert decoding.progress.stop == "length"
    with pytest.raises(BadInputError, match=r"has 7 tokens, .* holds 7"):
        start(Script(takes=("a",), context_tokens=7))


def test_a_fault_comes_where_it_was_ordered() -> None:
    fault = BusyError("out of memory")
    tokens = iter(start(Script(takes=(["a", "b", "c"],), fault=fault, fault_at=2)))
    next(tokens)
    assert next(tokens) == Token("a")
    assert next(tokens) == Token("b")
    with pytest.raises(BusyError):
        next(tokens)


def test_it_keeps_its_pace() -> None:
    decoding = start(Script(takes=(["a"] * 10,), tokens_per_s=200))
    begun = perf_counter()
    assert said(decoding) == "a" * 10
    assert perf_counter() - begun >= 0.045


def test_close_wakes_a_wait() -> None:
    decoding = start(Script(takes=("a",), tokens_per_s=0.001))
    timer = threading.Timer(0.05, decoding.close)
    timer.start()
    assert said(decoding) == ""
    assert decoding.progress.stop is None
    decoding.close()
    timer.join()

"""Several generations at once on one llama.cpp, with the real quill; and who gets which slot."""

import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from qwq_cli.engines.base import Token
from qwq_cli.engines.llamacpp import LlamaCpp, LlamaCppDecoding
from qwq_cli.engines.llamacpp_slots import Slots
from qwq_cli.errors import UsageError
from qwq_cli.generate import generate
from qwq_cli.puzzles.cards.check import check
from qwq_cli.puzzles.cards.generator import random_puzzle
from qwq_cli.puzzles.cards.wording import pose
from qwq_cli.request import Message, Request, Sampling
from qwq_cli.stream.transcript import Transcript
from qwq_cli.weights.catalogue import find_weights

GREEDY = Sampling(temperature=0)
PUZZLES = [random_puzzle(random.Random(seed), cards=(8, 14)) for seed in range(6)]
TEXTS = [pose(puzzle, "en", random.Random(1)).text for puzzle in PUZZLES]


@pytest.fixture(scope="module")
def wide() -> Iterator[LlamaCpp]:
    engine = LlamaCpp(find_weights("quill").path, style="headings", parallel=3)
    yield engine
    engine.close()


def start(engine: LlamaCpp, text: str, max_tokens: int | None = None) -> LlamaCppDecoding:
    return engine.start(engine.render((Message("user", text),)), GREEDY, max_tokens)


def answered(engine: LlamaCpp, text: str) -> Transcript:
    record = Transcript()
    for event in generate(engine, Request((Message("user", text),), GREEDY)):
        record.add(event)
    return record


def test_generations_side_by_side_don_t_mix(wide: LlamaCpp) -> None:
    """Token by token in turn, on one thread: each comes to the answer of its own puzzle."""
    begun = [start(wide, text) for text in TEXTS[:3]]
    steps, texts = [iter(decoding) for decoding in begun], [""] * 3
    going = True
    while going:
        going = False
        for place, each in enumerate(steps):
            step = next(each, None)
            going = going or step is not None
            texts[place] += step.text if isinstance(step, Token) else ""
    for decoding in begun:
        decoding.close()
    assert [check(puzzle, said).right for puzzle, said in zip(PUZZLES, texts, strict=False)] == [
        True
    ] * 3


def test_threads_share_it(wide: LlamaCpp) -> None:
    with ThreadPoolExecutor(3) as pool:
        records = list(pool.map(lambda text: answered(wide, text), TEXTS))
    right = [
        check(puzzle, each.answer).right for puzzle, each in zip(PUZZLES, records, strict=True)
    ]
    assert sum(right) >= len(right) - 1


def test_each_has_a_whole_context(wide: LlamaCpp) -> None:
    alone = LlamaCpp(find_weights("quill").path, style="headings")
    alone.close()
    assert wide.facts.context_tokens == alone.facts.context_tokens
    long = TEXTS[0] + " " + "x " * 700
    decodings = [start(wide, long, max_tokens=1) for _ in range(3)]
    assert all(list(decoding) for decoding in decodings)
    assert all(decoding.progress.prompt_tokens > 700 for decoding in decodings)
    for decoding in decodings:
        decoding.close()


def test_a_rewind_finds_its_own_cache_again(wide: LlamaCpp) -> None:
    first, second = start(wide, TEXTS[0], 40), start(wide, TEXTS[1], 40)
    assert all(list(decoding) for decoding in (first, second))
    first.rewind(20)
    assert first.progress.cached_tokens >= first.progress.prompt_tokens + 20 - 1
    assert len([step for step in first if isinstance(step, Token)]) == 20
    for decoding in (first, second):
        decoding.close()


def test_what_was_asked_before_is_not_read_again(wide: LlamaCpp) -> None:
    for text in TEXTS[:3]:
        answered(wide, text)
    again = start(wide, TEXTS[1], 1)
    again.close()
    assert again.progress.cached_tokens >= again.progress.prompt_tokens - 1


def test_one_more_ends_the_first(wide: LlamaCpp) -> None:
    begun = [start(wide, text) for text in TEXTS[:4]]
    assert [decoding.closed for decoding in begun] == [True, False, False, False]
    for decoding in begun:
        decoding.close()


def test_how_many_may_be(wide: LlamaCpp) -> None:
    del wide
    for number in (0, 65):
        with pytest.raises(UsageError, match="1 to 64"):
            LlamaCpp(find_weights("quill").path, parallel=number)


# ---------------------------------------------------------------------------------------- slots


@dataclass
class User:
    closed: bool = False
    joined: bool = field(default=False)

    def close(self) -> None:
        self.closed = True

    def join(self) -> None:
        assert self.closed
        self.joined = True


def take(slots: Slots[User], prompt: str) -> tuple[int, User]:
    with slots.taken(prompt) as slot:
        slot.user = user = User()
        return slot.number, user


def test_of_free_slots_that_which_knows_most() -> None:
    slots: Slots[User] = Slots(3)
    taken = [take(slots, prompt) for prompt in ("one", "two and more", "three")]
    assert [number for number, _ in taken] == [0, 1, 2]
    for _, user in taken:
        user.close()
    assert take(slots, "two and less")[0] == 1
    assert take(slots, "two and less")[0] == 2  # the other one is in use; this shares a letter
    assert take(slots, "else")[0] == 0


def test_the_first_has_to_go_and_is_waited_for() -> None:
    slots: Slots[User] = Slots(2)
    (first, one), (_, two) = take(slots, "a"), take(slots, "b")
    assert take(slots, "c")[0] == first
    assert one.joined
    assert not two.closed
    slots.close()
    assert two.joined


def test_a_start_that_fails_gives_the_slot_back() -> None:
    slots: Slots[User] = Slots(1)
    take(slots, "a")
    for _ in range(2):
        with pytest.raises(ValueError, match="no"), slots.taken("b"):
            raise ValueError("no")
    assert take(slots, "c")[0] == 0


def test_nobody_gets_a_slot_that_changes_hands() -> None:
    slots: Slots[User] = Slots(1)
    begun = threading.Event()

    def wait() -> int:
        begun.set()
        return take(slots, "b")[0]

    with ThreadPoolExecutor(1) as pool:
        with slots.taken("a") as slot:
            slot.user = first = User()
            later = pool.submit(wait)
            assert begun.wait(10)
            assert not first.closed
            assert not later.done()
        assert later.result(10) == 0
    assert first.joined

"""Many at once: all is done, no more than may wait, and all end at once."""

import threading
import time
from contextlib import closing

import pytest

from qwq_cli.batch.patience import STRIKES, Blame, tried
from qwq_cli.batch.pool import Hand, Pool
from qwq_cli.errors import (
    BadInputError,
    BusyError,
    ConfigError,
    FailedThereError,
    NoAnswerError,
    NotFoundError,
    QwqError,
    UnavailableError,
)


def test_everything_is_done_once() -> None:
    pool = Pool(range(500), lambda item, _: item, workers=8, ahead=16)
    found: list[int] = []
    for results in pool.results():
        found += results
        pool.settle(len(results))
    assert sorted(found) == list(range(500))


def test_so_many_at_once() -> None:
    together = threading.Barrier(4)

    def work(item: int, hand: Hand[int]) -> int:
        del hand
        together.wait(20)
        return item

    pool = Pool(range(8), work, workers=4, ahead=12)
    assert sum(len(results) for results in pool.results()) == 8


def test_no_more_than_may_wait() -> None:
    begun: list[int] = []

    def work(item: int, hand: Hand[int]) -> int:
        del hand
        begun.append(item)
        return item

    pool = Pool(range(100), work, workers=4, ahead=10)
    found: list[int] = []
    with closing(pool.results()) as results:
        while len(found) < 10:
            found += next(results)
        time.sleep(0.05)
        assert len(begun) == 10
        pool.settle(3)
        while len(found) < 13:
            found += next(results)
        time.sleep(0.05)
        assert len(begun) == 13


def until_cancelled(item: int, hand: Hand[int]) -> int | None:
    """Work that has no end of its own."""
    ended = threading.Event()
    hand.cancel.on_set(ended.set)
    hand.say(-1)
    assert ended.wait(20)
    return None if item else 7


@pytest.mark.parametrize("workers", [1, 3, 40])
def test_a_stop_ends_all_and_what_came_to_an_end_counts(workers: int) -> None:
    pool = Pool(range(100), until_cancelled, workers=workers, ahead=60)
    found: list[int] = []
    for results in pool.results():
        found += results
        if found.count(-1) == workers:
            pool.stop()
    assert found.count(7) == 1
    assert threading.active_count() < 10


def test_what_a_worker_raises_ends_all() -> None:
    def work(item: int, hand: Hand[int]) -> int | None:
        if item == 5:
            raise ConfigError("no key")
        return until_cancelled(item, hand)

    with pytest.raises(ConfigError, match="no key"):
        for _ in Pool(range(100), work, workers=8, ahead=100).results():
            pass


def test_who_stops_reading_ends_all() -> None:
    pool = Pool(range(100), until_cancelled, workers=3, ahead=100)
    with closing(pool.results()) as results:
        next(results)
    assert not [each for each in threading.enumerate() if each.name.startswith("batch")]


# ------------------------------------------------------------------------------------- patience


class Attempts:
    """Fails as it is told, then returns 4."""

    def __init__(self, *faults: QwqError) -> None:
        self.faults = list(faults)
        self.pauses: list[float] = []

    def __call__(self) -> int:
        if self.faults:
            raise self.faults.pop(0)
        return 4

    def tried(self, *, given_up: bool = False) -> int:
        def wait(_: float) -> bool:
            return given_up

        return tried(self, wait, lambda _, pause: self.pauses.append(pause), (1.0, 2.0))


def test_an_engine_that_is_away_is_waited_for() -> None:
    attempts = Attempts(UnavailableError("gone"), BusyError("busy"))
    assert attempts.tried() == 4
    assert attempts.pauses == [1.0, 2.0]


def test_but_not_for_ever_nor_when_nobody_wants_it() -> None:
    with pytest.raises(BusyError):
        Attempts(*[BusyError("busy")] * 3).tried()
    with pytest.raises(UnavailableError):
        Attempts(UnavailableError("gone")).tried(given_up=True)


def test_what_broke_off_is_asked_once_more() -> None:
    assert Attempts(QwqError("broke off")).tried() == 4
    with pytest.raises(QwqError, match="second"):
        Attempts(QwqError("first"), QwqError("second")).tried()


def test_a_question_s_own_fault_is_final() -> None:
    for fault in (BadInputError("too long"), NotFoundError("no model"), ConfigError("no key")):
        attempts = Attempts(fault)
        with pytest.raises(type(fault)):
            attempts.tried()


def test_whose_fault_it_is() -> None:
    blame = Blame()
    own = (QwqError, BadInputError, NoAnswerError)
    assert all(blame.is_questions_own(kind("x")) for kind in own)
    others = (BusyError, UnavailableError, ConfigError, NotFoundError)
    assert not any(blame.is_questions_own(kind("x")) for kind in others)


def test_a_server_that_fails_over_a_few_questions_is_asked_the_others() -> None:
    blame, fault = Blame(), FailedThereError("x")
    for _ in range(3):
        assert [blame.is_questions_own(fault) for _ in range(STRIKES)] == [True] * STRIKES
        blame.clear()
    assert [blame.is_questions_own(fault) for _ in range(STRIKES + 1)][-1] is False

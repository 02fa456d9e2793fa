"""Costly answers are given again for a while; cheap ones never are."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from runfold.stores.sql.kept import Kept


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def finding(self, answer: str, seconds: float) -> Callable[[], str]:
        def find() -> str:
            self.now += seconds
            return answer

        return find


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_costly_answer_is_given_again_for_ten_times_as_long_as_it_took(clock: Clock) -> None:
    kept: Kept[str] = Kept(clock)
    assert kept.get(1, clock.finding("first", 0.5)) == "first"
    clock.now += 4.9
    assert kept.get(1, clock.finding("second", 0.5)) == "first"
    clock.now += 0.2
    assert kept.get(1, clock.finding("second", 0.5)) == "second"


def test_a_cheap_answer_is_found_anew(clock: Clock) -> None:
    kept: Kept[str] = Kept(clock)
    assert kept.get(1, clock.finding("first", 0.05)) == "first"
    assert kept.get(1, clock.finding("second", 0.05)) == "second"


def test_another_question_has_its_own_answer(clock: Clock) -> None:
    kept: Kept[str] = Kept(clock)
    kept.get(1, clock.finding("of one", 0.5))
    assert kept.get(2, clock.finding("of two", 0.5)) == "of two"


def test_a_question_that_fails_keeps_nothing(clock: Clock) -> None:
    kept: Kept[str] = Kept(clock)

    def fail() -> str:
        raise OSError("disk")

    with pytest.raises(OSError, match="disk"):
        kept.get(1, fail)
    assert kept.get(1, clock.finding("later", 0.5)) == "later"

from collections.abc import Callable

import pytest

from runfold.errors import InvalidState, StorageFull
from runfold.launch import insisting
from runfold.launch.insisting import insist


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(insisting, "RETRY_S", 0.001)


def full_for(times: int, done: list[int]) -> Callable[[], None]:
    left = [times]

    def act() -> None:
        if left[0]:
            left[0] -= 1
            raise StorageFull("the store")
        done.append(times)

    return act


def test_what_is_refused_is_done_later_and_holds_up_nothing_else() -> None:
    done: list[int] = []
    told: list[str] = []
    insist(full_for(3, done), full_for(0, done), full_for(1, done), may_wait=lambda waited_s: True, tell=told.append)
    assert done == [0, 1, 3]
    assert len(told) == 1
    assert "No space left for the store" in told[0]


def test_what_cannot_be_done_is_told_and_not_tried_again() -> None:
    done: list[int] = []
    told: list[str] = []

    def wrong() -> None:
        done.append(0)
        raise InvalidState("It is over.")

    insist(wrong, full_for(5, done), may_wait=lambda waited_s: False, tell=told.append)
    assert done == [0]
    assert [line.partition(":")[0] for line in told] == ["It could not be written"] * 2

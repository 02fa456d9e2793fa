import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from runfold.errors import InvalidValue
from runfold.launch.gathering import N_PREPARING, Gathering, Seat


def test_all_get_what_one_submission_gave_for_them() -> None:
    gathering = Gathering(8)
    submitted: list[list[int]] = []

    def submit(members: list[int]) -> list[int]:
        submitted.append(list(members))
        return [10 * member for member in members]

    with ThreadPoolExecutor(8) as threads:
        results = list(threads.map(lambda member: gathering.seat().hand_over(member, submit), range(8)))

    assert results == [10 * member for member in range(8)]
    assert [sorted(members) for members in submitted] == [list(range(8))]


def test_who_leaves_is_not_waited_for() -> None:
    gathering = Gathering(3)
    gone = gathering.seat()

    with ThreadPoolExecutor(2) as threads:
        results = threads.map(lambda member: gathering.seat().hand_over(member, list), ("a", "b"))
        gone.leave()
        gone.leave()
        assert list(results) == ["a", "b"]


def test_what_goes_wrong_is_told_to_all() -> None:
    gathering = Gathering(2)

    def refuse(members: object) -> list[object]:
        raise InvalidValue("no such partition")

    with ThreadPoolExecutor(2) as threads:
        waiting = [threads.submit(gathering.seat().hand_over, member, refuse) for member in "ab"]
        for future in waiting:
            with pytest.raises(InvalidValue, match="no such partition"):
                future.result()


def test_some_prepare_at_a_time_and_what_they_share_is_closed_by_the_last() -> None:
    n = 3 * N_PREPARING
    gathering = Gathering(n)
    lock, at_once, most = threading.Lock(), [0], [0]
    closed: list[str] = []

    class Shared:
        def close(self) -> None:
            closed.append("closed")

    def prepare(seat: Seat) -> Shared:
        seat.begin()
        with lock:
            at_once[0] += 1
            most[0] = max(most[0], at_once[0])
        shared = seat.share("cluster", Shared)
        with lock:
            at_once[0] -= 1
        seat.hand_over(0, list)
        assert not closed
        return shared

    seats = [gathering.seat() for _ in range(n)]
    with ThreadPoolExecutor(n) as threads:
        shared = list(threads.map(prepare, seats))
    assert len(set(map(id, shared))) == 1
    assert most[0] <= N_PREPARING
    for seat in seats:
        assert not closed
        seat.leave()
    assert closed == ["closed"]

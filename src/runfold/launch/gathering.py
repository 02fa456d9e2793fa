"""Work that is handed over together: each piece comes to where they gather, or says that it does not come."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Sequence
from typing import Any, Protocol, TypeVar

from runfold.errors import Unavailable

M = TypeVar("M")
R = TypeVar("R")

# Each fetches code and brings it over: not all at a time.
N_PREPARING = 4


class Closing(Protocol):
    def close(self) -> None: ...


C = TypeVar("C", bound=Closing)


class Gathering:
    """
    Args:
        n: pieces that are awaited.
    """

    def __init__(self, n: int) -> None:
        self._preparing = threading.Semaphore(N_PREPARING)
        self._changed = threading.Condition()
        self._n_awaited = n
        self._n_there = n
        self._members: list[Any] = []
        self._results: Sequence[Any] | None = None
        self._error: BaseException | None = None
        self._shared: dict[Hashable, Closing] = {}

    def seat(self) -> Seat:
        """For one of the pieces, which must `leave` it in the end."""
        return Seat(self)

    def hand_over(self, member: M, submit: Callable[[Sequence[M]], Sequence[R]]) -> R:
        with self._changed:
            place = len(self._members)
            self._members.append(member)
            self._await_one_less()
            self._changed.wait_for(lambda: self._n_awaited == 0)
        if place == 0:
            self._submit(submit)
        with self._changed:
            self._changed.wait_for(lambda: self._results is not None or self._error is not None)
        if self._results is None:
            raise self._error or Unavailable("Nothing was handed over.")
        result: R = self._results[place]
        return result

    def _submit(self, submit: Callable[[Sequence[Any]], Sequence[Any]]) -> None:
        results, error = None, None
        try:
            results = submit(tuple(self._members))
        except Exception as caught:  # of all who wait for it
            error = caught
        with self._changed:
            self._results, self._error = results, error
            self._changed.notify_all()

    def _await_one_less(self) -> None:
        with self._changed:
            self._n_awaited -= 1
            self._changed.notify_all()

    def begin(self) -> None:
        self._preparing.acquire()

    def end_preparing(self) -> None:
        self._preparing.release()

    def share(self, key: Hashable, make: Callable[[], C]) -> C:
        with self._changed:
            if key not in self._shared:
                self._shared[key] = make()
            return self._shared[key]  # type: ignore[return-value]  # what `make` of this key gave

    def leave(self, *, has_come: bool) -> None:
        if not has_come:
            self._await_one_less()
        with self._changed:
            self._n_there -= 1
            is_last = self._n_there == 0
        for shared in self._shared.values() if is_last else ():
            shared.close()


class Seat:
    """The place of one piece of work in a gathering."""

    def __init__(self, gathering: Gathering) -> None:
        self._gathering = gathering
        self._is_preparing = False
        self._has_come = False
        self._has_left = False

    def begin(self) -> None:
        """Wait until it is our turn to prepare: some do at a time, and the next when one of them has come or left."""
        self._gathering.begin()
        self._is_preparing = True

    def hand_over(self, member: M, submit: Callable[[Sequence[M]], Sequence[R]]) -> R:
        """Come, and wait for the others.

        Args:
            submit: called once, with what all have brought, from the thread of one of them.

        Returns:
            What `submit` gave for this one; what it raises is raised for all.
        """
        self._has_come = True
        self._end_preparing()
        return self._gathering.hand_over(member, submit)

    def share(self, key: Hashable, make: Callable[[], C]) -> C:
        """What all use together; closed when the last has left."""
        return self._gathering.share(key, make)

    def leave(self) -> None:
        """Over, or never coming; a second time is nothing."""
        if self._has_left:
            return
        self._has_left = True
        self._end_preparing()
        self._gathering.leave(has_come=self._has_come)

    def _end_preparing(self) -> None:
        if self._is_preparing:
            self._is_preparing = False
            self._gathering.end_preparing()

"""An answer that was costly to find, given again for a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")

COSTLY_S = 0.1
TIMES = 10


class Kept(Generic[T]):
    """The last answer to one question, so that asking costs at most a tenth of a core, however many ask.

    An answer that took longer than `COSTLY_S` is kept for `TIMES` as long as it took; a cheaper one is not, so small
    stores always answer with what is there now. Whoever asks while the answer is looked for waits for it.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._question: Hashable = None
        self._until = 0.0
        self._answer: T | None = None

    def get(self, question: Hashable, find: Callable[[], T]) -> T:
        with self._lock:
            asked = self._clock()
            if self._answer is not None and question == self._question and asked < self._until:
                return self._answer
            answer = find()
            now = self._clock()
            is_costly = now - asked > COSTLY_S
            self._question, self._answer = (question, answer) if is_costly else (None, None)
            self._until = now + TIMES * (now - asked)
            return answer

"""Rights that were weighed before, found again by what they were weighed from.

After any change of accounts, grants, names or places, every caller's rights are looked up anew. Mostly nothing about
this caller has changed, and to read thousands of grants takes a fraction of the time that weighing them does.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Hashable
from typing import Any

import msgspec

from runfold.domain.access import Rights

MANY = 100


class WeighedRights:
    """The last rights of the callers that have many grants and called last. Safe from any thread.

    What is given again was weighed from the same rows, as far as a cryptographic digest tells: nothing has to be
    forgotten when a grant changes, so nothing can be forgotten to be.
    """

    def __init__(self, at_most: int = 200) -> None:
        self._at_most = at_most
        self._lock = threading.Lock()
        self._last: dict[Hashable, tuple[bytes, Rights]] = {}

    def get(self, who: Hashable, facts: Any, weigh: Callable[[], Rights]) -> Rights:
        """Those of before, if the facts are the same.

        Args:
            who: the caller, with what else of them `weigh` looks at,
            facts: and the rest of it. In another order they count as others, which costs a weighing.
        """
        digest = hashlib.blake2b(msgspec.msgpack.encode(facts), digest_size=32).digest()
        with self._lock:
            last = self._last.pop(who, None)
        rights = last[1] if last is not None and last[0] == digest else weigh()
        with self._lock:
            self._last[who] = (digest, rights)  # as the newest
            while len(self._last) > self._at_most:
                del self._last[next(iter(self._last))]
        return rights

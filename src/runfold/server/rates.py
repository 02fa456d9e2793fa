"""How many requests a caller may make: a bucket of tokens each, which fills up steadily and is emptied by requests."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable

from starlette.types import Scope

from runfold.errors import TooManyRequests
from runfold.server.access import Access
from runfold.server.proxies import Proxies
from runfold.server.services import Services
from runfold.wire.endpoints import Endpoint, Permission

BURST_S = 10.0
"""A caller who was quiet may make as many requests at once as in so many seconds otherwise."""
_MAX_BUCKETS = 50_000


class Rates:
    """Used from the event loop's thread alone.

    Args:
        per_s: requests a second, by the mean; more than 0.
    """

    def __init__(self, per_s: float, *, now_s: Callable[[], float] = time.monotonic) -> None:
        self._per_s = per_s
        self._size = max(1.0, per_s * BURST_S)
        self._now_s = now_s
        self._buckets: dict[Hashable, tuple[float, float]] = {}

    def wait_s(self, key: Hashable) -> float:
        """Take a token; 0 when there was one, else the seconds until there is."""
        now_s = self._now_s()
        level, at_s = self._buckets.get(key, (self._size, now_s))
        level = min(self._size, level + (now_s - at_s) * self._per_s)
        if level < 1.0:
            return (1.0 - level) / self._per_s
        if len(self._buckets) >= _MAX_BUCKETS and key not in self._buckets:
            self._forget(now_s)
        self._buckets[key] = (level - 1.0, now_s)
        return 0.0

    def _forget(self, now_s: float) -> None:
        """Buckets that are full again are like new ones."""
        self._buckets = {
            key: (level, at_s)
            for key, (level, at_s) in self._buckets.items()
            if level + (now_s - at_s) * self._per_s < self._size
        }
        if len(self._buckets) >= _MAX_BUCKETS:
            self._buckets = {}


class Limited:
    """Implements `server.access.Access` around another one: no caller may keep the server busy alone.

    A user has one bucket, whatever passwords, tokens and browsers they come by; where nobody is asked who they are, an
    address has. Whether the server is well may always be asked.
    """

    def __init__(self, inner: Access, per_s: float, proxies: Proxies) -> None:
        self._inner = inner
        self._per_s = per_s
        self._rates = Rates(per_s)
        self._proxies = proxies

    async def admit(self, scope: Scope, endpoint: Endpoint, services: Services) -> Services:
        admitted = await self._inner.admit(scope, endpoint, services)
        if endpoint.permission is not Permission.PUBLIC:
            caller = admitted.caller
            key = self._proxies.client(scope) if caller is None else caller.user.number
            wait_s = self._rates.wait_s(key)
            if wait_s:
                raise TooManyRequests(self._per_s, retry_after_s=wait_s)
        return admitted

    def close(self) -> None:
        self._inner.close()

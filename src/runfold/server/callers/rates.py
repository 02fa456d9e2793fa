"""How many requests a caller may make: a bucket of tokens each, which fills up steadily and is emptied by requests."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Hashable
from typing import NamedTuple

from starlette.types import Scope

from runfold.errors import RunfoldError, TooManyRequests
from runfold.server.rights.access import Access, Caller
from runfold.server.services import Services
from runfold.server.web.proxies import Proxies
from runfold.stores.quotas import CountingStore
from runfold.wire.endpoints import Endpoint, Permission

TELL_S = 30.0
"""How often the store is told of the requests that were made."""
BURST_S = 10.0
"""A caller who was quiet may make as many requests at once as in so many seconds otherwise."""
_MAX_BUCKETS = 50_000


class Rates:
    """Used from the event loop's thread alone."""

    def __init__(self, *, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        # Level, when it was that, and the rate by which it has grown since.
        self._buckets: dict[Hashable, tuple[float, float, float]] = {}

    def wait_s(self, key: Hashable, per_s: float) -> float:
        """Take a token; 0 when there was one, else the seconds until there is.

        Args:
            per_s: requests a second, by the mean; more than 0.
        """
        now_s, size = self._now_s(), _size(per_s)
        level, at_s, _ = self._buckets.get(key, (size, now_s, per_s))
        level = min(size, level + (now_s - at_s) * per_s)
        if level < 1.0:
            return (1.0 - level) / per_s
        if len(self._buckets) >= _MAX_BUCKETS and key not in self._buckets:
            self._forget(now_s)
        self._buckets[key] = (level - 1.0, now_s, per_s)
        return 0.0

    def _forget(self, now_s: float) -> None:
        """Buckets that are full again are like new ones."""
        self._buckets = {
            key: (level, at_s, per_s)
            for key, (level, at_s, per_s) in self._buckets.items()
            if level + (now_s - at_s) * per_s < _size(per_s)
        }
        if len(self._buckets) >= _MAX_BUCKETS:
            self._buckets = {}


def _size(per_s: float) -> float:
    return max(1.0, per_s * BURST_S)


class Limits(NamedTuple):
    """Requests a second; 0: no limit."""

    of_caller: float
    of_token: float = 0.0


class Limited:
    """Implements `server.access.Access` around another one: no caller may keep the server busy alone.

    A user has one bucket, whatever passwords, tokens and browsers they come by, each token one of its own, and a
    workspace that has a quota one for all who call in it; where nobody is asked who they are, an address has. A quota
    of the user goes before the server's setting. Whether the server is well may always be asked.

    Args:
        store: is told every half minute how much users asked; None: of a server without users nobody counts it.
    """

    def __init__(self, inner: Access, limits: Limits, proxies: Proxies, store: CountingStore | None = None) -> None:
        self._inner = inner
        self._limits = limits
        self._rates = Rates()
        self._proxies = proxies
        self._store = store
        self._counts: Counter[int] = Counter()
        self._workspace_counts: Counter[str] = Counter()
        self._told_s = time.monotonic()

    async def admit(self, scope: Scope, endpoint: Endpoint, services: Services) -> Services:
        admitted = await self._inner.admit(scope, endpoint, services)
        if endpoint.permission is not Permission.PUBLIC:
            caller = admitted.caller
            if caller is None:
                self._take(self._proxies.client(scope), self._limits.of_caller, "each caller (max_requests_per_s)")
            else:
                self._take_of_user(caller)
                self._take_of_workspace(caller, admitted.workspace)
                if time.monotonic() - self._told_s > TELL_S:
                    self._tell()
        return admitted

    def _take_of_user(self, caller: Caller) -> None:
        number, own = caller.user.number, caller.max_requests_per_s
        if caller.token_id:
            self._take(caller.token_id, self._limits.of_token, "each token (max_requests_per_s_of_token)")
        if own is not None:
            self._take(number, max(0.0, own), f"{caller.user.name!r} (quota)")
        else:
            self._take(number, self._limits.of_caller, "each caller (max_requests_per_s)")
        self._counts[number] += 1

    def _take_of_workspace(self, caller: Caller, workspace: str) -> None:
        per_s = caller.workspace_limits.get(workspace)
        if per_s is not None:
            self._take(("workspace", workspace), per_s, f"the workspace {workspace!r}, for all in it together (quota)")
        self._workspace_counts[workspace] += 1

    def _take(self, key: Hashable, per_s: float, whom: str) -> None:
        if per_s > 0:
            wait_s = self._rates.wait_s(key, per_s)
            if wait_s:
                raise TooManyRequests(per_s, retry_after_s=wait_s, whom=whom)

    def _tell(self) -> None:
        """Without waiting. What a store does not take now, it is told with the next."""
        self._told_s = time.monotonic()
        counts, self._counts = self._counts, Counter()
        workspaces, self._workspace_counts = self._workspace_counts, Counter()
        if self._store is not None and counts:
            try:
                self._store.submit_request_counts(counts, workspaces)
            except RunfoldError:
                self._counts += counts
                self._workspace_counts += workspaces

    def close(self) -> None:
        self._tell()
        self._inner.close()

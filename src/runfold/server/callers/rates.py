"""How many requests a caller may make: a bucket of tokens each, which fills up steadily and is emptied by requests."""

from __future__ import annotations

import threading
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
    """Safe from any thread."""

    def __init__(self, *, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._lock = threading.Lock()
        # Level, when it was that, and the rate by which it has grown since.
        self._buckets: dict[Hashable, tuple[float, float, float]] = {}

    def wait_s(self, key: Hashable, per_s: float) -> float:
        """Take a token; 0 when there was one, else the seconds until there is.

        Args:
            per_s: requests a second, by the mean; more than 0.
        """
        with self._lock:
            now_s, size = self._now_s(), _size(per_s)
            level, at_s, _ = self._buckets.get(key, (size, now_s, per_s))
            level = min(size, level + (now_s - at_s) * per_s)
            if level < 1.0:
                return (1.0 - level) / per_s
            if len(self._buckets) >= _MAX_BUCKETS and key not in self._buckets:
                self._forget(now_s)
            self._buckets[key] = (level - 1.0, now_s, per_s)
            return 0.0

    def give_back(self, key: Hashable) -> None:
        """A token that was taken, but was another's to give; more than fit are never in a bucket."""
        with self._lock:
            found = self._buckets.get(key)
            if found is not None:
                self._buckets[key] = (found[0] + 1.0, *found[1:])

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


class WorkspaceRates:
    """How much is asked in workspaces, by all callers together. Safe from any thread."""

    def __init__(self) -> None:
        self._rates = Rates()
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()

    def enter(self, caller: Caller, workspace: str) -> None:
        """A call is made in a workspace. Raises TooManyRequests."""
        with self._lock:
            self._counts[workspace] += 1
        per_s = caller.workspace_limits.get(workspace)
        if per_s is not None:
            wait_s = self._rates.wait_s(workspace, per_s)
            if wait_s:
                whom = f"the workspace {workspace!r}, for all in it together (quota)"
                raise TooManyRequests(per_s, retry_after_s=wait_s, whom=whom)

    def leave(self, workspace: str) -> None:
        """A call that was made in a workspace is about what lies elsewhere."""
        self._rates.give_back(workspace)
        with self._lock:
            self._counts[workspace] -= 1

    def take_counts(self) -> Counter[str]:
        """Calls since it was asked last."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
        return +counts

    def put_back(self, counts: Counter[str]) -> None:
        with self._lock:
            self._counts.update(counts)


class Limited:
    """Implements `server.access.Access` around another one: no caller may keep the server busy alone.

    A user has one bucket, whatever passwords, tokens and browsers they come by, each token one of its own, and a
    workspace that has a quota one for all who call in it; where nobody is asked who they are, an address has. A quota
    of the user goes before the server's setting. Whether the server is well may always be asked.

    At first a call counts in the workspace that it names. `Permit`, which looks up where its records lie, has it count
    in another one if that is there.

    Args:
        workspaces: shared with `SignIn`, which makes the permits.
        store: is told every half minute how much users asked; None: of a server without users nobody counts it.
    """

    def __init__(
        self,
        inner: Access,
        limits: Limits,
        proxies: Proxies,
        store: CountingStore | None = None,
        workspaces: WorkspaceRates | None = None,
    ) -> None:
        self._inner = inner
        self._limits = limits
        self._rates = Rates()
        self._proxies = proxies
        self._store = store
        self._counts: Counter[int] = Counter()
        self._workspaces = WorkspaceRates() if workspaces is None else workspaces
        self._told_s = time.monotonic()

    async def admit(self, scope: Scope, endpoint: Endpoint, services: Services) -> Services:
        admitted = await self._inner.admit(scope, endpoint, services)
        if endpoint.permission is not Permission.PUBLIC:
            caller = admitted.caller
            if caller is None:
                self._take(self._proxies.client(scope), self._limits.of_caller, "each caller (max_requests_per_s)")
            else:
                self._take_of_user(caller)
                self._workspaces.enter(caller, admitted.workspace)
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

    def _take(self, key: Hashable, per_s: float, whom: str) -> None:
        if per_s > 0:
            wait_s = self._rates.wait_s(key, per_s)
            if wait_s:
                raise TooManyRequests(per_s, retry_after_s=wait_s, whom=whom)

    def _tell(self) -> None:
        """Without waiting. What a store does not take now, it is told with the next."""
        self._told_s = time.monotonic()
        counts, self._counts = self._counts, Counter()
        workspaces = self._workspaces.take_counts()
        if self._store is not None and counts:
            try:
                self._store.submit_request_counts(counts, workspaces)
            except RunfoldError:
                self._counts += counts
                self._workspaces.put_back(workspaces)

    def close(self) -> None:
        self._tell()
        self._inner.close()

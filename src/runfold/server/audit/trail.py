"""Notes who did what, in the audit: with the write itself where a call writes, right behind the call where it does not.

What a training script sends thousands of times is noted once per caller, run and hour, and so are reads, if they are
noted at all. Refusals and failures of one kind are noted once a minute with their number, so that nobody can fill the
audit, or hide something in it, by doing it often.
"""

from __future__ import annotations

import base64
import enum
import logging
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Any, cast

import msgspec
from starlette.types import Scope

from runfold.domain.audit import Act, Result
from runfold.domain.workspace import DEFAULT_WORKSPACE
from runfold.errors import InvalidValue, PermissionDenied, RunfoldError, TooManyAttempts, Unauthenticated
from runfold.server.audit.acts import detail_of, made_by, objects_of
from runfold.server.rights.access import Access, Caller
from runfold.server.rights.permitted import PermittedStore
from runfold.server.services import Services
from runfold.server.web.http import ClientGone, Refused, header
from runfold.server.web.proxies import Proxies
from runfold.stores.base import ServedStore
from runfold.wire.decode import RequestReader
from runfold.wire.endpoints import Body, Endpoint, Permission
from runfold.wire.errors import meaning_of

log = logging.getLogger("runfold.server")

SIGN_IN = "sign-in"
CHATTER = frozenset(
    {
        *("mlflow:runs/log-batch", "mlflow:runs/log-metric", "mlflow:runs/log-parameter", "mlflow:runs/set-tag"),
        *("mlflow-artifacts:PUT artifacts/{path}", "mlflow:upload-artifact", "runs/heartbeat"),
        *("mlflow-artifacts:POST mpu/create/{path}", "mlflow-artifacts:POST mpu/complete/{path}"),
        *("jobs/claim", "jobs/await", "jobs/beat", "jobs/report", "jobs/append-log", "projects/record-reading"),
        "programs/collect",
    }
)
"""Writes that programs make over and over."""
ALSO_WRITES = frozenset({"tokens/revoke", "sessions/end", "sessions/end-all"})
"""Changes that everybody may make who may read."""

_HOUR_S = 3600.0
_MINUTE_S = 60.0
_MAX_REMEMBERED = 50_000
_MAX_STRANGERS = 300
_READING = ("get_", "list_", "search_", "read_", "audit_")


class Care(enum.Enum):
    """How exactly a call is noted; refusals of every call are."""

    ALWAYS = enum.auto()
    NOW_AND_THEN = enum.auto()
    READ = enum.auto()
    REFUSALS = enum.auto()


def care_for(endpoint: Endpoint, *, reads: bool) -> Care:
    if endpoint.name in CHATTER:
        return Care.NOW_AND_THEN
    if endpoint.permission is Permission.PUBLIC:
        return Care.ALWAYS if "POST" in endpoint.methods else Care.REFUSALS
    only_reads = endpoint.permission is Permission.ADMIN and endpoint.store.startswith(_READING)
    if endpoint.name in ALSO_WRITES or (endpoint.is_write and not only_reads):
        return Care.ALWAYS
    return Care.READ if reads else Care.REFUSALS


class Repeats:
    """Lets one of many alike pass in a time, and counts the others."""

    def __init__(self) -> None:
        self._seen: dict[object, tuple[float, int]] = {}

    def n_times(self, key: object, window_s: float) -> int:
        """How often it happened since it was let pass, this time included; 0: it is not to pass now."""
        now_s = time.monotonic()
        ends_s, n_seen = self._seen.get(key, (0.0, 0))
        if ends_s > now_s:
            self._seen[key] = (ends_s, n_seen + 1)
            return 0
        if len(self._seen) >= _MAX_REMEMBERED:
            self._forget(now_s)
        self._seen[key] = (now_s + window_s, 0)
        return n_seen + 1

    def _forget(self, now_s: float) -> None:
        self._seen = {key: seen for key, seen in self._seen.items() if seen[0] > now_s}
        if len(self._seen) >= _MAX_REMEMBERED:
            self._seen = {}


class Trail:
    """Implements `server.access.Access` around another one, and notes what passes.

    Args:
        reads: also who read what.
    """

    def __init__(self, inner: Access, store: ServedStore, proxies: Proxies, *, reads: bool) -> None:
        self._inner = inner
        self.proxies = proxies
        self._store = store
        self._reads = reads
        self._cares: dict[int, Care] = {}
        self._readers: dict[str, RequestReader[Any]] = {}
        self._minute, self._n_strangers = 0, 0
        self.repeats = Repeats()

    async def admit(self, scope: Scope, endpoint: Endpoint, services: Services) -> Services:
        care = self._cares.get(id(endpoint))  # rows of the table stay; their names are put together anew each time
        if care is None:
            care = self._cares[id(endpoint)] = care_for(endpoint, reads=self._reads)
        visit = Visit(self, scope, endpoint, care)
        try:
            admitted = await self._inner.admit(scope, endpoint, services)
        except Exception as error:
            visit.end(error)
            raise
        visit.come_in(admitted.known_caller, cast(PermittedStore, admitted.store), admitted.workspace)
        scope["visit"] = visit
        return admitted

    def close(self) -> None:
        self._inner.close()

    def record(self, acts: Sequence[Act]) -> None:
        """Without waiting. What cannot be recorded any more stands in the server's log."""
        try:
            recorded = self._store.record_acts(acts)
        except RunfoldError:
            _complain(acts)
        else:
            recorded.add_done_callback(lambda done: _complain(acts) if done.exception() else None)

    def read_query(self, scope: Scope, endpoint: Endpoint) -> object:
        """What the address of a call says whose body is a file."""
        reader = self._readers.setdefault(endpoint.name, RequestReader(endpoint.request))
        try:
            return reader.read_query(str(scope["query_string"], "latin-1"), scope["path_fields"])
        except InvalidValue:
            return None

    def has_room_for_stranger(self) -> bool:
        """Who has not signed in must not fill the audit, from however many addresses."""
        minute = int(time.monotonic() / _MINUTE_S)
        if minute != self._minute:
            self._minute, self._n_strangers = minute, 0
        self._n_strangers += 1
        return self._n_strangers <= _MAX_STRANGERS


def _complain(acts: Sequence[Act]) -> None:
    for act in acts:
        log.error("The audit cannot be written, and lacks: %s", msgspec.json.encode(act).decode())


class Visit:
    """One call, as far as the audit is concerned. A context: its end is the call's."""

    __slots__ = (
        *("_caller", "_care", "_endpoint", "_is_noted", "_request", "_scope", "_store", "_trail", "_who"),
        "_workspace",
    )

    def __init__(self, trail: Trail, scope: Scope, endpoint: Endpoint, care: Care) -> None:
        self._trail = trail
        self._scope = scope
        self._endpoint = endpoint
        self._care = care
        self._request: Any = None
        self._is_noted = False
        self._caller: Caller | None = None
        self._store: PermittedStore | None = None
        self._workspace = DEFAULT_WORKSPACE
        self._who = ("", "", trail.proxies.client(scope))

    def come_in(self, caller: Caller, store: PermittedStore, workspace: str) -> None:
        """Who calls, where, and the store whose next write writes the acts along."""
        self._store = store
        self._workspace = workspace
        if caller.user.number:
            self._caller = caller
            self._who = (caller.user.name, caller.token, self._who[2])
            if self._trail.repeats.n_times((SIGN_IN, *self._who), _HOUR_S):
                self._trail.record([self._act(action=SIGN_IN)])

    def about(self, request: object) -> None:
        """What the call asks for, once that was read."""
        self._request = self._trail.read_query(self._scope, self._endpoint) if request is None else request
        care = self._care
        if care is Care.NOW_AND_THEN and not self._is_due(_HOUR_S):
            self._care = Care.REFUSALS
        elif care in (Care.ALWAYS, Care.NOW_AND_THEN) and self._store is not None:
            self._store.note(self._entries)
        elif care is Care.READ and self._endpoint.answers is Body.EVENTS:
            self._note_read()  # may go on for days
            self._care = Care.REFUSALS

    def __enter__(self) -> Visit:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if isinstance(error, ClientGone) or (error is not None and not isinstance(error, Exception)):
            # Whoever hangs up, or is cut off, has read what was sent until then.
            if self._care is Care.READ:
                self._note_read()
            return
        self.end(error)

    def end(self, error: Exception | None) -> None:
        if error is not None:
            self._note_error(error)
        elif self._care is Care.READ:
            self._note_read()
        elif self._care is not Care.REFUSALS and not self._is_noted:
            self._trail.record(self._acts())

    def _entries(self, result: object) -> Sequence[Act]:
        self._is_noted = True
        return self._acts(made_by(self._endpoint, result))

    def _note_read(self) -> None:
        if self._is_due(_HOUR_S):
            self._trail.record(self._acts())

    def _note_error(self, error: Exception) -> None:
        if isinstance(error, ClientGone):
            return
        status = error.meaning.status if isinstance(error, Refused) else _status_of(error)
        if isinstance(error, (Unauthenticated, TooManyAttempts)) and self._caller is None:
            self._note_vain_sign_in(status)
            return
        is_refusal = isinstance(error, (PermissionDenied, Unauthenticated)) or status == 403
        if not is_refusal and self._care in (Care.READ, Care.REFUSALS):
            return
        key = (id(self._endpoint), *self._who, self._objects(), status)
        n_times = self._trail.repeats.n_times(key, _MINUTE_S)
        if n_times and (self._caller is not None or self._trail.has_room_for_stranger()):
            result = Result.REFUSED if is_refusal else Result.FAILED
            self._trail.record(self._acts(result=result, status=status, n_times=n_times))

    def _note_vain_sign_in(self, status: int) -> None:
        """Who sends nothing has not tried to be anybody: browsers come first and ask what is asked of them."""
        name = getattr(self._request, "name", None) or _name_in(header(self._scope, b"authorization"))
        if name is None:
            return
        n_times = self._trail.repeats.n_times((SIGN_IN, *self._who, name, status), _MINUTE_S)
        if n_times and self._trail.has_room_for_stranger():
            tried = f"user:{name}" if name else ""
            act = self._act(action=SIGN_IN, object=tried, result=Result.REFUSED, status=status, n_times=n_times)
            self._trail.record([act])

    def _is_due(self, window_s: float) -> bool:
        key = (id(self._endpoint), *self._who, self._objects())
        return bool(self._trail.repeats.n_times(key, window_s))

    def _acts(self, made: str = "", **fields: Any) -> Sequence[Act]:
        about = (made,) if made else self._objects() or ("",)
        detail = "" if self._request is None else detail_of(self._request, about)
        if self._workspace != DEFAULT_WORKSPACE:  # a name says something only together with where it holds
            detail = f"in={self._workspace} {detail}".rstrip()
        return [self._act(object=one, detail=detail, **fields) for one in about]

    def _act(self, **fields: Any) -> Act:
        user, token, address = self._who
        action = fields.pop("action", self._endpoint.name)
        request_id = self._scope.get("request_id", "")
        return Act(user=user, token=token, address=address, action=action, request_id=request_id, **fields)

    def _objects(self) -> tuple[str, ...]:
        rest = self._scope.get("path_rest")
        if rest:
            return (f"file:{rest}",)
        return () if self._request is None else objects_of(self._endpoint, self._request)


def _status_of(error: Exception) -> int:
    if isinstance(error, RunfoldError):
        return meaning_of(error).status
    return 504 if isinstance(error, TimeoutError) else 500


def _name_in(authorization: str) -> str | None:
    """The name that somebody tried to be; empty: a token was tried; None: nothing was."""
    kind, _, rest = authorization.partition(" ")
    if kind.lower() != "basic":
        return "" if rest else None
    try:
        return base64.b64decode(rest.strip()[:1000]).decode("utf-8", "replace").partition(":")[0][:128]
    except ValueError:
        return ""

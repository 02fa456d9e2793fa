"""Who a caller is: by name and password or a token, as `Authorization` brings them.

What was found out is remembered as long as nothing changes that it depends on: the store's access version, which is
looked at once a second and after every change that this process makes. So what one process revokes is revoked in
every other one within a second.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from typing import cast

from starlette.types import Scope

from runfold.domain.access import NO_RIGHTS, Role, User
from runfold.errors import Unauthenticated, Unavailable
from runfold.server.access import Caller
from runfold.server.http import header
from runfold.server.permit import NEEDS, Permit
from runfold.server.permitted import PermittedStore
from runfold.server.proxied_paths import check_folder, check_proxied_path
from runfold.server.services import Services
from runfold.stores.access import Home
from runfold.stores.base import ServedStore, TrackingStore
from runfold.wire.decode import RequestReader
from runfold.wire.endpoints import Endpoint, Family, Permission
from runfold.wire.messages.artifacts import ListProxiedArtifacts

FRESH_S = 1.0
_MAX_REMEMBERED = 100_000
_MAX_HEADER = 4096
_PASSWORD_THREADS = 2
_MAX_WAITING = 64
_NOBODY = Caller(User(number=0, name=""), NO_RIGHTS)
_ABOUT_ONESELF = frozenset({"account"})
_listing = RequestReader(ListProxiedArtifacts)


@dataclass
class Known:
    """What was found out under one access version. Never cleared: a new version begins a new one."""

    version: int
    callers: dict[bytes, tuple[Caller, float]] = field(default_factory=dict)
    homes: dict[str, Home] = field(default_factory=dict)

    def remember_home(self, run_id: str, home: Home) -> None:
        if len(self.homes) < _MAX_REMEMBERED:
            self.homes[run_id] = home

    def remember_caller(self, key: bytes, caller: Caller, until_s: float) -> None:
        if len(self.callers) < _MAX_REMEMBERED:
            self.callers[key] = (caller, until_s)


class SignIn:
    """Implements `server.access.Access` for a server with users."""

    def __init__(self, store: ServedStore) -> None:
        self._store = store
        # Credentials are remembered under a digest that is worth nothing outside this process.
        self._key = secrets.token_bytes(32)
        self._known = Known(-1)
        self._looked_at_s = float("-inf")
        self._password_threads = ThreadPoolExecutor(_PASSWORD_THREADS, "runfold-password")
        self._n_waiting = 0

    def close(self) -> None:
        self._password_threads.shutdown()

    async def admit(self, scope: Scope, endpoint: Endpoint, services: Services) -> Services:
        if endpoint.permission is Permission.PUBLIC:
            permit = Permit(self._store, self, "", endpoint, _NOBODY, self._known)
        else:
            authorization = header(scope, b"authorization")
            found = self._remembered(authorization)
            if found is None:
                found = await self._identified(authorization, services)
            permit = Permit(self._store, self, authorization, endpoint, *found)
            await self._check_row(scope, endpoint, permit, services)
        # The permitted store answers for every method of the protocol, or refuses.
        store = cast(TrackingStore, PermittedStore(permit, services.threads))
        return replace(
            services,
            store=store,
            caller=permit.caller,
            check_folder=lambda folder: check_folder(permit, services.files, folder, Role.READER),
        )

    async def _check_row(self, scope: Scope, endpoint: Endpoint, permit: Permit, services: Services) -> None:
        """What can be told before the body is read: of administrators' calls, of files, and of the server itself."""
        if endpoint.permission is Permission.ADMIN:
            permit.check_admin()
        elif endpoint.family is Family.MLFLOW_ARTIFACTS:
            path = scope["path_rest"]
            if not path:
                path = _listing.read_query(str(scope["query_string"], "latin-1"), {}).path
            await services.in_thread(partial(check_proxied_path, permit, services.files, path))
        elif not endpoint.store and endpoint.name not in _ABOUT_ONESELF:
            permit.check_everything(NEEDS[endpoint.permission])

    async def _identified(self, authorization: str, services: Services) -> tuple[Caller, Known]:
        """Passwords are slow to check by intent: in threads of their own, so that who guesses stops nobody else."""
        work = partial(self.identify, authorization)
        if authorization[:5].lower() != "basic":
            return await services.in_thread(work)
        if self._n_waiting >= _MAX_WAITING:
            raise Unavailable("Too many callers sign in by password just now.", retry_after_s=1.0)
        self._n_waiting += 1
        try:
            return await services.wakeup.wait(self._password_threads.submit(work))
        finally:
            self._n_waiting -= 1

    def identify(self, authorization: str) -> tuple[Caller, Known]:
        """Blocks. Raises Unauthenticated, TooManyAttempts."""
        known = self._current()
        key = self._digest(authorization)
        remembered = known.callers.get(key)
        if remembered is not None and remembered[1] > time.time():
            return remembered[0], known
        caller, until_s = self._find(authorization)
        known.remember_caller(key, caller, until_s)
        return caller, known

    def look_again(self) -> None:
        """After a change by this process, which has to count at once."""
        self._looked_at_s = float("-inf")

    def _remembered(self, authorization: str) -> tuple[Caller, Known] | None:
        """Without waiting for anything."""
        known = self._known
        if time.monotonic() - self._looked_at_s > FRESH_S:
            return None
        found = known.callers.get(self._digest(authorization))
        return (found[0], known) if found is not None and found[1] > time.time() else None

    def _current(self) -> Known:
        now_s = time.monotonic()
        if now_s - self._looked_at_s > FRESH_S:
            version = self._store.access_version()
            if version != self._known.version:
                self._known = Known(version)
            self._looked_at_s = now_s
        return self._known

    def _find(self, authorization: str) -> tuple[Caller, float]:
        """The caller, and until when that is so at most."""
        kind, _, rest = authorization.partition(" ")
        if len(authorization) <= _MAX_HEADER and kind.lower() == "bearer":
            return self._by_token(rest.strip())
        if len(authorization) <= _MAX_HEADER and kind.lower() == "basic":
            name, password = _decoded(rest.strip())
            if password.startswith("rft_"):
                found, until_s = self._by_token(password)
                if name not in (found.user.name, "token"):
                    raise Unauthenticated("The name and the password or token do not go together.")
                return found, until_s
            user = self._store.sign_in(name, password)
            return Caller(user, self._store.rights_of(user, most=Role.MANAGER)), float("inf")
        raise Unauthenticated(
            "This server asks who you are. Sign in with `runfold login`, or set MLFLOW_TRACKING_TOKEN, or "
            "MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD."
        )

    def _by_token(self, secret: str) -> tuple[Caller, float]:
        found = self._store.find_token(secret)
        if found is None:
            raise Unauthenticated("The token is not valid: it was mistyped, has expired, or was revoked.")
        user, token = found
        until_s = float("inf") if token.expires_ms is None else token.expires_ms / 1000
        return Caller(user, self._store.rights_of(user, most=token.scope)), until_s

    def _digest(self, authorization: str) -> bytes:
        return hashlib.blake2b(authorization.encode("latin-1", "replace"), key=self._key, digest_size=32).digest()


def _decoded(text: str) -> tuple[str, str]:
    try:
        name, colon, password = base64.b64decode(text, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        colon = ""
    if not colon:
        raise Unauthenticated("The header Authorization is not what basic authentication sends.")
    return name, password

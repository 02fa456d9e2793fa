"""Who a caller is: by name and password or a token, as `Authorization` brings them, or by a browser's session.

What was found out is remembered as long as nothing changes that it depends on: the store's access version, which is
looked at once a second and after every change that this process makes. So what one process revokes is revoked in
every other one within a second.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple, cast

from starlette.types import Scope

from runfold.domain.access import NO_RIGHTS, Place, Role, User
from runfold.domain.job_access import MOST
from runfold.domain.workspace import DEFAULT_WORKSPACE
from runfold.errors import NotFound, Unauthenticated
from runfold.server.artifacts.proxied_paths import check_folder, check_proxied_path
from runfold.server.callers.cookies import check_is_page_of_ours
from runfold.server.callers.own_threads import OwnThreads
from runfold.server.callers.sessions import Sessions
from runfold.server.rights.access import Caller, workspace_in
from runfold.server.rights.own import own_roles
from runfold.server.rights.permit import NEEDS, Permit, Visits
from runfold.server.rights.permitted import PermittedStore
from runfold.server.rights.rules.retention import keeping
from runfold.server.services import Services
from runfold.server.web.http import header
from runfold.server.web.security import SAFE_METHODS
from runfold.stores.access import Home
from runfold.stores.base import ServedStore, TrackingStore
from runfold.wire.decode import RequestReader
from runfold.wire.endpoints import Endpoint, Family, Permission
from runfold.wire.messages.artifacts import ListProxiedArtifacts

FRESH_S = 1.0
_MAX_REMEMBERED = 100_000
_MAX_HEADER = 4096
# A caller is looked up anew this often, if only for the note when the token or session was last used.
_NOTE_USE_S = 300.0
_NOBODY = Caller(User(number=0, name=""), NO_RIGHTS)
_ABOUT_ONESELF = frozenset({"account", "account/link", "account/roles", "programs/show", "programs/decide"})
_OF_JOBS = "rfj_"
_TOKENS = ("rft_", _OF_JOBS)
_listing = RequestReader(ListProxiedArtifacts)


class Credential(NamedTuple):
    """What a request brings to say who its caller is: a header, or else the secret of a session."""

    authorization: str = ""
    session: str = ""


NO_CREDENTIAL = Credential()


@dataclass
class Known:
    """What was found out under one access version. Never cleared: a new version begins a new one."""

    version: int
    callers: dict[bytes, tuple[Caller, float]] = field(default_factory=dict)
    homes: dict[str, Home] = field(default_factory=dict)
    experiments: dict[str, Home] = field(default_factory=dict)

    def remember_home(self, run_id: str, home: Home) -> None:
        if len(self.homes) < _MAX_REMEMBERED:
            self.homes[run_id] = home

    def remember_experiments(self, homes: Mapping[str, Home]) -> None:
        if len(self.experiments) + len(homes) <= _MAX_REMEMBERED:
            self.experiments.update(homes)

    def remember_caller(self, key: bytes, caller: Caller, until_s: float) -> None:
        if len(self.callers) < _MAX_REMEMBERED:
            self.callers[key] = (caller, until_s)


class SignIn:
    """Implements `server.access.Access` for a server with users."""

    def __init__(
        self,
        store: ServedStore,
        sessions: Sessions,
        passwords: OwnThreads,
        visits: Visits | None = None,
    ) -> None:
        self._store = store
        # Credentials are remembered under a digest that is worth nothing outside this process.
        self._key = secrets.token_bytes(32)
        self._known = Known(-1)
        self._looked_at_s = float("-inf")
        self._sessions = sessions
        self._passwords = passwords
        self._visits = visits
        self._identifying: dict[bytes, asyncio.Future[tuple[Caller, Known]]] = {}

    def close(self) -> None:
        self._passwords.close()

    async def admit(self, scope: Scope, endpoint: Endpoint, services: Services) -> Services:
        if endpoint.permission is Permission.PUBLIC:
            permit = Permit(self._store, self, NO_CREDENTIAL, endpoint, _NOBODY, self._known)
        else:
            credential = self._credential_of(scope)
            found = self._remembered(credential)
            if found is None:
                found = await self._identified(credential, services)
            workspace = _workspace_for(scope, found[0])
            permit = Permit(self._store, self, credential, endpoint, *found, workspace, self._visits)
            await self._check_row(scope, endpoint, permit, services)
        # The permitted store answers for every method of the protocol, or refuses.
        store = cast(TrackingStore, PermittedStore(permit, services.threads))
        return services.of_call(
            store,
            permit.workspace,
            caller=permit.caller,
            check_folder=partial(check_folder, permit, services.files),
            keeping=partial(keeping, permit),
            own_roles=partial(own_roles, permit),
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

    def _credential_of(self, scope: Scope) -> Credential:
        """Raises Refused for what a stranger's page may have had a browser send."""
        authorization = header(scope, b"authorization")
        if authorization:
            return Credential(authorization=authorization)
        session = self._sessions.secret_of(scope)
        if session and scope["method"] not in SAFE_METHODS:
            check_is_page_of_ours(scope)
        return Credential(session=session)

    async def _identified(self, credential: Credential, services: Services) -> tuple[Caller, Known]:
        """Once for all calls that a caller makes at the same time: to weigh thousands of grants takes a while."""
        key = self._digest(credential)
        running = self._identifying.get(key)
        if running is None:
            running = self._identifying[key] = asyncio.ensure_future(self._find_out(credential, services))
            running.add_done_callback(lambda done: self._identifying.pop(key, None))
        return await asyncio.shield(running)

    async def _find_out(self, credential: Credential, services: Services) -> tuple[Caller, Known]:
        work = partial(self.identify, credential)
        if credential.authorization[:5].lower() == "basic":
            return await self._passwords.run(work, services.wakeup)
        return await services.in_thread(work)

    def identify(self, credential: Credential, *, is_use: bool = True) -> tuple[Caller, Known]:
        """Blocks. Raises Unauthenticated, TooManyAttempts.

        Args:
            is_use: False only looks whether the caller is still known: a page left open does not keep a session alive.
        """
        known = self._current()
        key = self._digest(credential)
        remembered = known.callers.get(key)
        if remembered is not None and remembered[1] > time.time():
            return remembered[0], known
        caller, until_s = self._find(credential, remembered[0] if remembered else None, is_use=is_use)
        if is_use:
            known.remember_caller(key, caller, min(until_s, time.time() + _NOTE_USE_S))
        return caller, known

    def look_again(self) -> None:
        """After a change by this process, which has to count at once."""
        self._looked_at_s = float("-inf")

    def _remembered(self, credential: Credential) -> tuple[Caller, Known] | None:
        """Without waiting for anything."""
        known = self._known
        if time.monotonic() - self._looked_at_s > FRESH_S:
            return None
        found = known.callers.get(self._digest(credential))
        return (found[0], known) if found is not None and found[1] > time.time() else None

    def is_current(self, known: Known) -> bool:
        """Whether what was found out holds as far as anybody looked, and somebody looked just now."""
        return known is self._known and time.monotonic() - self._looked_at_s <= FRESH_S

    def _current(self) -> Known:
        now_s = time.monotonic()
        if now_s - self._looked_at_s > FRESH_S:
            version = self._store.access_version()
            if version != self._known.version:
                self._known = Known(version)
            self._looked_at_s = now_s
        return self._known

    def _find(self, credential: Credential, before: Caller | None, *, is_use: bool) -> tuple[Caller, float]:
        """The caller, and until when that is so at most.

        Args:
            before: who it was a while ago, as far as accounts and grants say nothing else since.
        """
        if credential.session:
            return self._by_session(credential.session, is_use=is_use)
        authorization = credential.authorization
        kind, _, rest = authorization.partition(" ")
        if len(authorization) <= _MAX_HEADER and kind.lower() == "bearer":
            return self._by_secret(rest.strip(), before)
        if len(authorization) <= _MAX_HEADER and kind.lower() == "basic":
            name, password = _decoded(rest.strip())
            if password.startswith(_TOKENS):
                found, until_s = self._by_secret(password, before)
                if name not in (found.user.name, "token"):
                    raise Unauthenticated("The name and the password or token do not go together.")
                return found, until_s
            return self._caller(self._store.sign_in(name, password)), float("inf")
        raise Unauthenticated(
            "This server asks who you are. Sign in with `runfold login`, or set MLFLOW_TRACKING_TOKEN, or "
            "MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD."
        )

    def _by_session(self, secret: str, *, is_use: bool) -> tuple[Caller, float]:
        found = self._sessions.find(secret, is_use=is_use)
        if found is None:
            raise Unauthenticated("You are signed out: the session has expired, or was ended. Sign in again.")
        user, session = found
        return self._caller(user, session_id=session.session_id), self._sessions.ends_ms(session) / 1000

    def _by_secret(self, secret: str, before: Caller | None) -> tuple[Caller, float]:
        return self._by_job(secret, before) if secret.startswith(_OF_JOBS) else self._by_token(secret)

    def _by_job(self, secret: str, before: Caller | None) -> tuple[Caller, float]:
        """What ends a job changes no version, so it is looked at over and over; rights are weighed by version."""
        found = self._store.find_job_token(secret)
        if found is None:
            raise Unauthenticated(
                "The token of a job is not valid any more: the job is over or was lost, or its user is switched off."
            )
        until_s = time.time() + FRESH_S
        if before is not None and (before.job_id, before.user.number) == (found.job_id, found.user.number):
            return before, until_s
        known_by = {"token": f"job {found.job_id[:12]}", "job_id": found.job_id}
        return self._caller(found.user, most=MOST, within=found.places, **known_by), until_s

    def _by_token(self, secret: str) -> tuple[Caller, float]:
        found = self._store.find_token(secret)
        if found is None:
            raise Unauthenticated("The token is not valid: it was mistyped, has expired, or was revoked.")
        user, token = found
        until_s = float("inf") if token.expires_ms is None else token.expires_ms / 1000
        shown = f"{token.beginning} {token.name}".rstrip()
        return self._caller(user, most=token.scope, within=token.places, token=shown, token_id=token.token_id), until_s

    def _caller(
        self, user: User, *, most: Role = Role.MANAGER, within: Sequence[Place] = (), **known_by: str
    ) -> Caller:
        rights = self._store.rights_of(user, most=most, within=within)
        limit = self._store.request_limit_of(user.number)
        limits = self._store.workspace_request_limits()
        return Caller(user, rights, scope=most.name, max_requests_per_s=limit, workspace_limits=limits, **known_by)

    def _digest(self, credential: Credential) -> bytes:
        text = f"{credential.authorization}\0{credential.session}".encode("latin-1", "replace")
        return hashlib.blake2b(text, key=self._key, digest_size=32).digest()


def _workspace_for(scope: Scope, caller: Caller) -> str:
    """The workspace of a call. Raises NotFound for one that is not there for the caller, whatever the call is."""
    named = workspace_in(scope)
    if not named:
        return caller.user.workspace if caller.rights.may_enter(caller.user.workspace) else DEFAULT_WORKSPACE
    if not caller.rights.may_enter(named):
        raise NotFound("workspace", named)
    return named


def _decoded(text: str) -> tuple[str, str]:
    try:
        name, colon, password = base64.b64decode(text, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        colon = ""
    if not colon:
        raise Unauthenticated("The header Authorization is not what basic authentication sends.")
    return name, password

"""The part of the SQL store that keeps accounts and grants: which unit or query answers which call."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import msgspec

from runfold.domain.access import (
    EVERY_ABILITY,
    Ability,
    Grant,
    NewToken,
    Place,
    Rights,
    Role,
    Subject,
    Token,
    UsedRole,
    User,
    check_password,
)
from runfold.domain.identity import BY_PASSWORD, Identity, IdentityRules, LinkedIdentity, ProviderSession, SignInWays
from runfold.domain.ids import ExperimentId, RunId
from runfold.domain.sessions import Invitation, NewSession, Session
from runfold.domain.sharing import Sharer
from runfold.domain.standing import NO_CHANGE, AccessReport, Change
from runfold.domain.waiting import NewWaiting, WaitingProgram
from runfold.errors import Unauthenticated
from runfold.hosting.passwords import hash_password
from runfold.stores.access import Home
from runfold.stores.sql.access import (
    agents,
    credentials,
    grants,
    identities,
    invitations,
    roles,
    sessions,
    users,
    versions,
    waiting,
)
from runfold.stores.sql.access.group_store import SqlGroups
from runfold.stores.sql.access.tables import users as users_table
from runfold.stores.sql.access.weighed import WeighedRights
from runfold.stores.sql.transaction import Transaction


class SqlAccess(SqlGroups):
    """`stores.access.AccessStore` and `SignInStore`. Passwords are hashed before a write begins: that takes time."""

    _weighed: WeighedRights

    def create_user(self, name: str, *, password: str = "", is_admin: bool = False, is_service: bool = False) -> User:
        hashed = _hashed(password) if password else ""
        return self._write(
            partial(users.create_user, name=name, password=hashed, is_admin=is_admin, is_service=is_service)
        )

    def get_user(self, name: str) -> User:
        return self._read(partial(users.get_user, name=name))

    def find_user(self, name: str) -> User | None:
        if "\0" in name:
            return None
        return self._read(lambda connection: users.find_user(connection, users_table.c.name == name))

    def list_users(self) -> tuple[User, ...]:
        return self._read(users.list_users)

    def update_user(
        self,
        name: str,
        *,
        password: str | None = None,
        is_admin: bool | None = None,
        is_active: bool | None = None,
        workspace: str | None = None,
    ) -> User:
        hashed = None if password is None else _hashed(password)
        return self._write(
            partial(
                users.update_user,
                name=name,
                password=hashed,
                is_admin=is_admin,
                is_active=is_active,
                workspace=workspace,
            )
        )

    def delete_user(self, name: str) -> None:
        self._write(partial(users.delete_user, name=name))

    def create_token(
        self,
        user: str,
        *,
        name: str = "",
        scope: Role,
        expires_ms: int | None = None,
        places: Sequence[Place] = (),
        most: Ability = EVERY_ABILITY,
    ) -> NewToken:
        """Args: most: it may not be able to do more than this."""
        unit = partial(credentials.create_token, user=user, name=name, scope=scope, expires_ms=expires_ms)
        return self._write(partial(unit, places=tuple(places), most=most))

    def list_tokens(self, user: str) -> tuple[Token, ...]:
        return self._read(partial(credentials.list_tokens, user=user))

    def revoke_token(self, token_id: str, *, user: str | None = None) -> None:
        self._write(partial(credentials.revoke_token, token_id=token_id, user=user))

    def invite_user(self, name: str) -> Invitation:
        return self._write(partial(invitations.invite_user, name=name))

    def accept_invitation(self, code: str, password: str) -> User:
        check_password(password)
        # Before a stranger's password is worked for; and again with the write, for a code counts once.
        self._read(partial(invitations.invited_by, code=code, now_ms=Transaction.now()))
        return self._write(partial(invitations.accept_invitation, code=code, password=_hashed(password)))

    def list_sessions(self, user: str) -> tuple[Session, ...]:
        return self._read(partial(sessions.list_sessions, user=user, now_ms=Transaction.now()))

    def end_session(self, session_id: str, *, user: str | None = None) -> None:
        self._write(partial(sessions.end_session, session_id=session_id, user=user))

    def end_sessions(self, user: str) -> None:
        self._write(partial(sessions.end_sessions, user=user))

    def list_roles(self) -> tuple[UsedRole, ...]:
        return self._read(roles.list_roles)

    def create_role(self, role: Role) -> Role:
        return self._write(partial(roles.create_role, role=role))

    def update_role(
        self,
        name: str,
        *,
        new_name: str | None = None,
        description: str | None = None,
        abilities: Ability | None = None,
    ) -> Role:
        return self._write(
            partial(roles.update_role, name=name, new_name=new_name, description=description, abilities=abilities)
        )

    def delete_role(self, name: str) -> None:
        self._write(partial(roles.delete_role, name=name))

    def set_grant(self, grant: Grant, *, sharer: Sharer | None = None) -> None:
        """Args: sharer: whose abilities there it must not exceed; None: nobody's."""
        self._write(partial(grants.set_grant, grant=grant, sharer=sharer))

    def remove_grant(self, subject: Subject, place: Place, *, sharer: Sharer | None = None) -> None:
        self._write(partial(grants.remove_grant, subject=subject, place=place, sharer=sharer))

    def list_grants(self, *, subject: Subject | None = None, place: Place | None = None) -> tuple[Grant, ...]:
        return self._read(partial(grants.list_grants, subject=subject, place=place))

    def explain_access(self, place: Place, *, user: str = "", change: Change = NO_CHANGE) -> AccessReport:
        return self._read(partial(grants.explain_access, place=place, user=user, change=change))

    # What servers ask

    def sign_in(self, name: str, password: str) -> User:
        find = partial(credentials.find_stored_password, name=name, now_ms=Transaction.now())
        user, stored = self._read(find)
        was_right = self._passwords.is_right(password, stored) and user is not None
        if not was_right or self._read(partial(credentials.had_failures, name=name)):
            self._write(partial(credentials.note_attempt, name=name, was_right=was_right))
        if not was_right or user is None:
            raise Unauthenticated("The name and the password or token do not go together.")
        return user

    def admit_agent(self, account: str, *, name: str, lifetime_ms: int) -> NewToken:
        return self._write(partial(agents.admit_agent, account=account, name=name, lifetime_ms=lifetime_ms))

    def prolong_token(self, token_id: str, *, lifetime_ms: int) -> None:
        self._write(partial(agents.prolong_token, token_id=token_id, lifetime_ms=lifetime_ms))

    def find_token(self, secret: str) -> tuple[User, Token] | None:
        now_ms = Transaction.now()
        found = self._read(partial(credentials.find_token, secret=secret, now_ms=now_ms))
        if found is not None and credentials.is_use_news(found[1], now_ms=now_ms):
            self._write(partial(credentials.note_use, token_id=found[1].token_id))
        return found

    def begin_session(
        self, user: str, *, agent: str, address: str, lifetime_ms: int, at_provider: ProviderSession = BY_PASSWORD
    ) -> NewSession:
        begin = partial(sessions.begin_session, user=user, agent=agent, address=address, lifetime_ms=lifetime_ms)
        return self._write(partial(begin, at_provider=at_provider))

    def begin_waiting(self, program: str, *, address: str, scope: Role, days: int) -> NewWaiting:
        return self._write(partial(waiting.begin_waiting, program=program, address=address, scope=scope, days=days))

    def get_waiting(self, code: str) -> WaitingProgram:
        return self._read(partial(waiting.get_waiting, code=code, now_ms=Transaction.now()))

    def decide_waiting(self, code: str, *, user: str, lets_in: bool) -> WaitingProgram:
        return self._write(partial(waiting.decide_waiting, code=code, user=user, lets_in=lets_in))

    def collect_waiting(self, secret: str) -> NewToken | None:
        return self._write(partial(waiting.collect_waiting, secret=secret))

    def begin_link(self, session_id: str) -> str:
        return self._write(partial(sessions.begin_link, session_id=session_id))

    def take_link(self, session_id: str, secret: str) -> int | None:
        return self._write(partial(sessions.take_link, session_id=session_id, secret=secret))

    def provider_session(self, session_id: str) -> ProviderSession:
        return self._read(partial(sessions.provider_session, session_id=session_id))

    def end_provider_sessions(self, issuer: str, *, subject: str, sid: str) -> tuple[str, ...]:
        return self._write(partial(sessions.end_provider_sessions, issuer=issuer, subject=subject, sid=sid))

    def sign_in_identity(self, identity: Identity, rules: IdentityRules) -> User:
        return self._write(partial(identities.sign_in_identity, identity=identity, rules=rules))

    def get_ways(self, user: str) -> SignInWays:
        return self._read(partial(identities.get_ways, user=user))

    def list_ways(self) -> tuple[SignInWays, ...]:
        return self._read(identities.list_ways)

    def link_identity(self, user: str, *, issuer: str, subject: str, shown: str = "") -> LinkedIdentity:
        unit = partial(identities.link_identity, user=user, issuer=issuer, subject=subject, shown=shown)
        return self._write(unit)

    def unlink_identity(self, user: str, *, issuer: str, subject: str) -> None:
        self._write(partial(identities.unlink_identity, user=user, issuer=issuer, subject=subject))

    def find_session(self, secret: str, *, idle_ms: int, is_use: bool) -> tuple[User, Session] | None:
        now_ms = Transaction.now()
        found = self._read(partial(sessions.find_session, secret=secret, idle_ms=idle_ms, now_ms=now_ms))
        if found is not None and is_use and found[1].last_use_ms < now_ms - sessions.NOTE_USE_MS:
            self._write(partial(sessions.note_use, session_id=found[1].session_id))
        return found

    def rights_of(self, user: User, *, most: Role, within: Sequence[Place] = ()) -> Rights:
        rights = self._read(partial(grants.rights_of, user=user, most=most, before=self._weighed))
        return msgspec.structs.replace(rights, within=tuple(within)) if within else rights

    def access_version(self) -> int:
        return self._read(versions.read_version)

    def homes_of_runs(self, run_ids: Sequence[RunId]) -> dict[RunId, Home]:
        return self._read(partial(grants.homes_of_runs, run_ids=run_ids))

    def homes_of_models(self, model_ids: Sequence[str]) -> dict[str, Home]:
        return self._read(partial(grants.homes_of_models, model_ids=model_ids))

    def homes_of_experiments(self, experiment_ids: Sequence[ExperimentId]) -> dict[ExperimentId, Home]:
        return self._read(partial(grants.homes_of_experiments, experiment_ids=experiment_ids))

    def homes_of_dataset(self, name: str) -> tuple[Home, ...]:
        return self._read(partial(grants.homes_of_dataset, name=name))

    def begin_setup(self) -> str:
        return self._write(credentials.begin_setup)

    def finish_setup(self, code: str, name: str, password: str) -> User:
        check_password(password)
        self._read(partial(credentials.check_setup_code, code=code, now_ms=Transaction.now()))
        return self._write(partial(credentials.finish_setup, code=code, name=name, password=_hashed(password)))


def _hashed(password: str) -> str:
    check_password(password)
    return hash_password(password)

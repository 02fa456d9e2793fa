"""Users, groups, tokens and grants of a server."""

from __future__ import annotations

from collections.abc import Sequence

from runfold.domain.access import Grant, Group, NewToken, Place, Role, Subject, Token, User
from runfold.domain.identity import LinkedIdentity, SignInWays
from runfold.domain.sessions import Invitation, Session
from runfold.domain.standing import NO_CHANGE, AccessReport, Change
from runfold.stores.rest.connection import Connection
from runfold.wire import convert
from runfold.wire.messages import access as m
from runfold.wire.messages.base import Empty


class RestAccounts:
    """`stores.access.AccessStore`."""

    _connection: Connection

    def create_user(self, name: str, *, password: str = "", is_admin: bool = False, is_service: bool = False) -> User:
        request = m.CreateUser(name=name, password=password, is_admin=is_admin, is_service=is_service)
        reply = self._connection.call("users/create", request, m.UserReply, is_repeatable=False)
        return convert.user_in(reply.user)

    def finish_setup(self, code: str, name: str, password: str) -> User:
        request = m.SetUp(code=code, name=name, password=password)
        return convert.user_in(self._connection.call("setup", request, m.UserReply, is_repeatable=False).user)

    def get_user(self, name: str) -> User:
        return convert.user_in(self._connection.call("users/get", m.UserRef(name=name), m.UserReply).user)

    def list_users(self) -> tuple[User, ...]:
        return tuple(map(convert.user_in, self._connection.call("users/list", Empty(), m.UsersReply).users))

    def update_user(
        self,
        name: str,
        *,
        password: str | None = None,
        is_admin: bool | None = None,
        is_active: bool | None = None,
        workspace: str | None = None,
    ) -> User:
        request = m.UpdateUser(
            name=name, password=password, is_admin=is_admin, is_active=is_active, workspace=workspace
        )
        return convert.user_in(self._connection.call("users/update", request, m.UserReply).user)

    def delete_user(self, name: str) -> None:
        self._connection.call("users/delete", m.UserRef(name=name), Empty, is_repeatable=False)

    def invite_user(self, name: str) -> Invitation:
        reply = self._connection.call("users/invite", m.UserRef(name=name), m.InvitationReply, is_repeatable=False)
        return Invitation(user=reply.user, code=reply.code, expires_ms=reply.expires_ms)

    def accept_invitation(self, code: str, password: str) -> User:
        request = m.AcceptInvitation(code=code, password=password)
        reply = self._connection.call("invitations/accept", request, m.UserReply, is_repeatable=False)
        return convert.user_in(reply.user)

    def list_sessions(self, user: str) -> tuple[Session, ...]:
        reply = self._connection.call("sessions/list", m.ListSessions(user=user), m.SessionsReply)
        return tuple(map(convert.session_in, reply.sessions))

    def end_session(self, session_id: str, *, user: str | None = None) -> None:
        request = m.EndSession(session_id=session_id, user=user or "")
        self._connection.call("sessions/end", request, Empty, is_repeatable=False)

    def end_sessions(self, user: str) -> None:
        self._connection.call("sessions/end-all", m.EndSessions(user=user), Empty)

    def get_ways(self, user: str) -> SignInWays:
        return convert.ways_in(self._connection.call("identities/list", m.ListIdentities(user=user), m.IdentitiesReply))

    def list_ways(self) -> tuple[SignInWays, ...]:
        reply = self._connection.call("identities/list-all", Empty(), m.WaysReply)
        return tuple(map(convert.ways_in, reply.users))

    def link_identity(self, user: str, *, issuer: str, subject: str, shown: str = "") -> LinkedIdentity:
        request = m.LinkIdentity(user=user, issuer=issuer, subject=subject, shown=shown)
        return convert.identity_in(self._connection.call("identities/link", request, m.IdentityReply).identity)

    def unlink_identity(self, user: str, *, issuer: str, subject: str) -> None:
        request = m.IdentityRef(user=user, issuer=issuer, subject=subject)
        self._connection.call("identities/unlink", request, Empty, is_repeatable=False)

    def create_token(
        self,
        user: str,
        *,
        name: str = "",
        scope: Role,
        expires_ms: int | None = None,
        places: Sequence[Place] = (),
    ) -> NewToken:
        request = m.CreateToken(
            user=user,
            name=name,
            scope=convert.role_out(scope),
            expires_ms=expires_ms,
            places=tuple(place.text for place in places),
        )
        reply = self._connection.call("tokens/create", request, m.NewTokenReply, is_repeatable=False)
        return convert.new_token_in(reply)

    def list_tokens(self, user: str) -> tuple[Token, ...]:
        reply = self._connection.call("tokens/list", m.ListTokens(user=user), m.TokensReply)
        return tuple(map(convert.token_in, reply.tokens))

    def revoke_token(self, token_id: str, *, user: str | None = None) -> None:
        request = m.RevokeToken(token_id=token_id, user=user or "")
        self._connection.call("tokens/revoke", request, Empty, is_repeatable=False)

    def set_group(self, name: str, members: Sequence[str]) -> Group:
        request = m.GroupMessage(name=name, members=tuple(members))
        return convert.group_in(self._connection.call("groups/set", request, m.GroupReply).group)

    def list_groups(self) -> tuple[Group, ...]:
        return tuple(map(convert.group_in, self._connection.call("groups/list", Empty(), m.GroupsReply).groups))

    def delete_group(self, name: str) -> None:
        self._connection.call("groups/delete", m.GroupRef(name=name), Empty, is_repeatable=False)

    def set_grant(self, grant: Grant) -> None:
        self._connection.call("grants/set", convert.grant_out(grant), Empty)

    def remove_grant(self, subject: Subject, place: Place) -> None:
        request = m.GrantRef(subject=subject.text, place=place.text)
        self._connection.call("grants/remove", request, Empty, is_repeatable=False)

    def explain_access(self, place: Place, *, user: str = "", change: Change = NO_CHANGE) -> AccessReport:
        request = m.ExplainAccess(
            place=place.text,
            user=user,
            granted=tuple(map(convert.grant_out, change.granted)),
            removed=tuple(m.GrantRef(subject=subject.text, place=on.text) for subject, on in change.removed),
        )
        return convert.access_report_in(self._connection.call("grants/explain", request, m.AccessReportReply))

    def list_grants(self, *, subject: Subject | None = None, place: Place | None = None) -> tuple[Grant, ...]:
        request = m.ListGrants(subject=subject.text if subject else "", place=place.text if place else "")
        reply = self._connection.call("grants/list", request, m.GrantsReply)
        return tuple(map(convert.grant_in, reply.grants))

"""Users, tokens and grants of a server."""

from __future__ import annotations

from collections.abc import Sequence

from runfold.domain.access import Ability, Grant, NewToken, Place, Role, Subject, Token, UsedRole, User
from runfold.domain.identity import LinkedIdentity, SignInWays
from runfold.domain.sessions import Invitation, Session
from runfold.domain.standing import NO_CHANGE, AccessReport, Change
from runfold.stores.rest.connection import Connection
from runfold.wire import convert
from runfold.wire.messages import accounts, grants, identities, roles, sessions, tokens
from runfold.wire.messages.base import Empty


class RestAccounts:
    """`stores.access.AccessStore`."""

    _connection: Connection

    def create_user(self, name: str, *, password: str = "", is_admin: bool = False, is_service: bool = False) -> User:
        request = accounts.CreateUser(name=name, password=password, is_admin=is_admin, is_service=is_service)
        reply = self._connection.call("users/create", request, accounts.UserReply, is_repeatable=False)
        return convert.user_in(reply.user)

    def finish_setup(self, code: str, name: str, password: str) -> User:
        request = accounts.SetUp(code=code, name=name, password=password)
        return convert.user_in(self._connection.call("setup", request, accounts.UserReply, is_repeatable=False).user)

    def get_user(self, name: str) -> User:
        return convert.user_in(self._connection.call("users/get", accounts.UserRef(name=name), accounts.UserReply).user)

    def list_users(self) -> tuple[User, ...]:
        return tuple(map(convert.user_in, self._connection.call("users/list", Empty(), accounts.UsersReply).users))

    def update_user(
        self,
        name: str,
        *,
        password: str | None = None,
        is_admin: bool | None = None,
        is_active: bool | None = None,
        workspace: str | None = None,
    ) -> User:
        request = accounts.UpdateUser(
            name=name, password=password, is_admin=is_admin, is_active=is_active, workspace=workspace
        )
        return convert.user_in(self._connection.call("users/update", request, accounts.UserReply).user)

    def delete_user(self, name: str) -> None:
        self._connection.call("users/delete", accounts.UserRef(name=name), Empty, is_repeatable=False)

    def invite_user(self, name: str) -> Invitation:
        reply = self._connection.call(
            "users/invite", accounts.UserRef(name=name), accounts.InvitationReply, is_repeatable=False
        )
        return Invitation(user=reply.user, code=reply.code, expires_ms=reply.expires_ms)

    def accept_invitation(self, code: str, password: str) -> User:
        request = accounts.AcceptInvitation(code=code, password=password)
        reply = self._connection.call("invitations/accept", request, accounts.UserReply, is_repeatable=False)
        return convert.user_in(reply.user)

    def list_sessions(self, user: str) -> tuple[Session, ...]:
        reply = self._connection.call("sessions/list", sessions.ListSessions(user=user), sessions.SessionsReply)
        return tuple(map(convert.session_in, reply.sessions))

    def end_session(self, session_id: str, *, user: str | None = None) -> None:
        request = sessions.EndSession(session_id=session_id, user=user or "")
        self._connection.call("sessions/end", request, Empty, is_repeatable=False)

    def end_sessions(self, user: str) -> None:
        self._connection.call("sessions/end-all", sessions.EndSessions(user=user), Empty)

    def get_ways(self, user: str) -> SignInWays:
        return convert.ways_in(
            self._connection.call("identities/list", identities.ListIdentities(user=user), identities.IdentitiesReply)
        )

    def list_ways(self) -> tuple[SignInWays, ...]:
        reply = self._connection.call("identities/list-all", Empty(), identities.WaysReply)
        return tuple(map(convert.ways_in, reply.users))

    def link_identity(self, user: str, *, issuer: str, subject: str, shown: str = "") -> LinkedIdentity:
        request = identities.LinkIdentity(user=user, issuer=issuer, subject=subject, shown=shown)
        return convert.identity_in(self._connection.call("identities/link", request, identities.IdentityReply).identity)

    def unlink_identity(self, user: str, *, issuer: str, subject: str) -> None:
        request = identities.IdentityRef(user=user, issuer=issuer, subject=subject)
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
        request = tokens.CreateToken(
            user=user,
            name=name,
            scope=convert.role_out(scope),
            expires_ms=expires_ms,
            places=tuple(place.text for place in places),
        )
        reply = self._connection.call("tokens/create", request, tokens.NewTokenReply, is_repeatable=False)
        return convert.new_token_in(reply)

    def list_tokens(self, user: str) -> tuple[Token, ...]:
        reply = self._connection.call("tokens/list", tokens.ListTokens(user=user), tokens.TokensReply)
        return tuple(map(convert.token_in, reply.tokens))

    def revoke_token(self, token_id: str, *, user: str | None = None) -> None:
        request = tokens.RevokeToken(token_id=token_id, user=user or "")
        self._connection.call("tokens/revoke", request, Empty, is_repeatable=False)

    def list_roles(self) -> tuple[UsedRole, ...]:
        return tuple(map(convert.used_role_in, self._connection.call("roles/list", Empty(), roles.RolesReply).roles))

    def create_role(self, role: Role) -> Role:
        request = roles.CreateRole(
            name=role.name, description=role.description, abilities=convert.abilities_out(role.abilities)
        )
        return convert.own_role_in(
            self._connection.call("roles/create", request, roles.RoleReply, is_repeatable=False).role
        )

    def update_role(
        self,
        name: str,
        *,
        new_name: str | None = None,
        description: str | None = None,
        abilities: Ability | None = None,
    ) -> Role:
        request = roles.UpdateRole(
            name=name,
            new_name=new_name,
            description=description,
            abilities=None if abilities is None else convert.abilities_out(abilities),
        )
        reply = self._connection.call("roles/update", request, roles.RoleReply, is_repeatable=new_name is None)
        return convert.own_role_in(reply.role)

    def delete_role(self, name: str) -> None:
        self._connection.call("roles/delete", roles.RoleRef(name=name), Empty, is_repeatable=False)

    def set_grant(self, grant: Grant) -> None:
        self._connection.call("grants/set", convert.grant_out(grant), Empty)

    def remove_grant(self, subject: Subject, place: Place) -> None:
        request = grants.GrantRef(subject=subject.text, place=place.text)
        self._connection.call("grants/remove", request, Empty, is_repeatable=False)

    def explain_access(self, place: Place, *, user: str = "", change: Change = NO_CHANGE) -> AccessReport:
        request = grants.ExplainAccess(
            place=place.text,
            user=user,
            granted=tuple(map(convert.grant_out, change.granted)),
            removed=tuple(grants.GrantRef(subject=subject.text, place=on.text) for subject, on in change.removed),
        )
        return convert.access_report_in(self._connection.call("grants/explain", request, grants.AccessReportReply))

    def list_grants(self, *, subject: Subject | None = None, place: Place | None = None) -> tuple[Grant, ...]:
        request = grants.ListGrants(subject=subject.text if subject else "", place=place.text if place else "")
        reply = self._connection.call("grants/list", request, grants.GrantsReply)
        return tuple(map(convert.granted_in, reply.grants))

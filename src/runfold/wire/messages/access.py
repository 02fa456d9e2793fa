"""Users, groups, tokens and grants. Passwords and secrets stand in a few bodies, and in no text that shows one."""

from __future__ import annotations

import enum

from runfold.domain.workspace import DEFAULT_WORKSPACE
from runfold.wire.messages.base import Message


class RoleName(enum.StrEnum):
    """`domain.access.Role` by name; the order is that of its numbers, from 0."""

    NONE = "none"
    READER = "reader"
    CONTRIBUTOR = "contributor"
    MANAGER = "manager"


class UserMessage(Message, frozen=True, kw_only=True):
    """
    Attributes:
        is_service: a program's account, which signs in by tokens alone.
        is_active: may sign in.
        workspace: in which their calls are made that name none.
    """

    name: str
    user_id: int
    is_admin: bool = False
    is_service: bool = False
    is_active: bool = True
    creation_time_ms: int = 0
    workspace: str = DEFAULT_WORKSPACE


class CreateUser(Message, frozen=True, kw_only=True):
    """
    Attributes:
        password: of at least 12 characters; empty: signs in by tokens alone.
    """

    name: str
    password: str = ""
    is_admin: bool = False
    is_service: bool = False

    def __repr__(self) -> str:
        return f"CreateUser(name={self.name!r})"


class UserRef(Message, frozen=True, kw_only=True):
    name: str


class UpdateUser(Message, frozen=True, kw_only=True):
    """What is absent stays. A new password, or being switched off, ends the user's tokens."""

    name: str
    password: str | None = None
    is_admin: bool | None = None
    is_active: bool | None = None
    workspace: str | None = None

    def __repr__(self) -> str:
        return f"UpdateUser(name={self.name!r})"


class SetUp(Message, frozen=True, kw_only=True):
    """
    Attributes:
        code: as the server printed it when it was started.
        name, password: of the first administrator.
    """

    code: str
    name: str
    password: str

    def __repr__(self) -> str:
        return f"SetUp(name={self.name!r})"


class SignIn(Message, frozen=True, kw_only=True):
    name: str
    password: str

    def __repr__(self) -> str:
        return f"SignIn(name={self.name!r})"


class ChangePassword(Message, frozen=True, kw_only=True):
    old_password: str
    new_password: str

    def __repr__(self) -> str:
        return "ChangePassword()"


class StartOidc(Message, frozen=True, kw_only=True):
    """
    Attributes:
        next: the page to come to in the end.
    """

    next: str = ""


class FinishOidc(Message, frozen=True, kw_only=True):
    """What the provider says by way of the browser (OpenID Connect Core 1.0, section 3.1.2.5; RFC 9207)."""

    code: str = ""
    state: str = ""
    error: str = ""
    iss: str = ""


class TakeSignOut(Message, frozen=True, kw_only=True):
    """A form, as providers send it.

    Attributes:
        logout_token: says who has signed out, and is signed by the provider.
    """

    logout_token: str = ""

    def __repr__(self) -> str:
        return "TakeSignOut()"


class SessionMessage(Message, frozen=True, kw_only=True):
    """A browser that somebody signed in with.

    Attributes:
        agent: what the browser calls itself.
        address: where the sign-in came from.
        last_use_ms: to within some minutes.
        is_this: the call was made by it.
    """

    session_id: str
    user: str
    agent: str = ""
    address: str = ""
    creation_time_ms: int = 0
    last_use_ms: int = 0
    expires_ms: int = 0
    is_this: bool = False


class ListSessions(Message, frozen=True, kw_only=True):
    """
    Attributes:
        user: empty: the caller.
    """

    user: str = ""


class SessionsReply(Message, frozen=True, kw_only=True):
    sessions: tuple[SessionMessage, ...] = ()


class ListIdentities(Message, frozen=True, kw_only=True):
    """
    Attributes:
        user: empty: the caller.
    """

    user: str = ""


class IdentityRef(Message, frozen=True, kw_only=True):
    """Somebody whom a provider of OpenID Connect vouches for, and a user here.

    Attributes:
        issuer, subject: as the provider says them in its tokens; the two never mean anybody else.
    """

    user: str
    issuer: str
    subject: str


class LinkIdentity(IdentityRef, frozen=True, kw_only=True):
    """
    Attributes:
        shown: what they know themselves by there, such as an address, until the provider says it at a sign-in.
    """

    shown: str = ""


class IdentityMessage(LinkIdentity, frozen=True, kw_only=True):
    """
    Attributes:
        shown: as the provider said it last; nothing is decided by it.
        since_ms: when the two were linked; absent where that was not noted.
        last_sign_in_ms: by that provider.
    """

    since_ms: int | None = None
    last_sign_in_ms: int | None = None


class IdentityReply(Message, frozen=True, kw_only=True):
    identity: IdentityMessage


class IdentitiesReply(Message, frozen=True, kw_only=True):
    """
    Attributes:
        has_password: the user can sign in by name and password, too.
    """

    user: str
    identities: tuple[IdentityMessage, ...] = ()
    has_password: bool = False


class WaysReply(Message, frozen=True, kw_only=True):
    users: tuple[IdentitiesReply, ...] = ()


class BeginLink(Message, frozen=True, kw_only=True):
    """
    Attributes:
        password: of the caller.
    """

    password: str

    def __repr__(self) -> str:
        return "BeginLink()"


class LinkBegun(Message, frozen=True, kw_only=True):
    """
    Attributes:
        provider_url: where the browser goes on to. From there it comes to the page of its account.
    """

    provider_url: str


class FinishLink(Message, frozen=True, kw_only=True):
    """What the provider said by way of the browser; see `FinishOidc`."""

    code: str = ""
    state: str = ""
    error: str = ""
    iss: str = ""

    def __repr__(self) -> str:
        return "FinishLink()"


class EndLink(Message, frozen=True, kw_only=True):
    """
    Attributes:
        password: of the caller.
    """

    issuer: str
    subject: str
    password: str

    def __repr__(self) -> str:
        return f"EndLink(issuer={self.issuer!r}, subject={self.subject!r})"


class EndSession(Message, frozen=True, kw_only=True):
    """
    Attributes:
        session_id: empty: the browser's that makes the call.
        user: whose it must be; empty: the caller's, or for an administrator anybody's.
    """

    session_id: str = ""
    user: str = ""


class SignedOut(Message, frozen=True, kw_only=True):
    """
    Attributes:
        provider_url: where the browser that made the call goes to sign out at the provider, too; empty: nowhere.
    """

    provider_url: str = ""


class EndSessions(Message, frozen=True, kw_only=True):
    """
    Attributes:
        user: empty: the caller.
    """

    user: str = ""


class InvitationReply(Message, frozen=True, kw_only=True):
    """
    Attributes:
        code: lets whoever has it choose the user's password, once; told this one time.
        path: of the page that takes the code, below the server's address.
    """

    user: str
    code: str
    path: str
    expires_ms: int

    def __repr__(self) -> str:
        return f"InvitationReply(user={self.user!r})"


class AcceptInvitation(Message, frozen=True, kw_only=True):
    code: str
    password: str

    def __repr__(self) -> str:
        return "AcceptInvitation()"


class UserReply(Message, frozen=True, kw_only=True):
    user: UserMessage


class UsersReply(Message, frozen=True, kw_only=True):
    users: tuple[UserMessage, ...] = ()


class AccountReply(Message, frozen=True, kw_only=True):
    """
    Attributes:
        scope: at most this role, by the token that was sent.
        everything: the role on what no nearer grant concerns.
        session_id: of the browser that asks; empty: it is a program.
    """

    user: UserMessage
    scope: RoleName = RoleName.MANAGER
    everything: RoleName = RoleName.NONE
    session_id: str = ""


class AskOwnRoles(Message, frozen=True, kw_only=True):
    """
    Attributes:
        records: places, or `job:ID`; at most 500.
    """

    records: tuple[str, ...]


class OwnRoleMessage(Message, frozen=True, kw_only=True):
    """
    Attributes:
        record: as it was asked for.
        role: none for what the caller may not read, as for what is not there.
        begins: whether the caller may begin something of their own there; of folders and workspaces.
    """

    record: str
    role: RoleName
    begins: bool = False


class OwnRolesReply(Message, frozen=True, kw_only=True):
    """In the order of the question."""

    roles: tuple[OwnRoleMessage, ...] = ()


class TokenMessage(Message, frozen=True, kw_only=True):
    """
    Attributes:
        beginning: of the secret, to recognise it by.
        expires_ms: absent: never.
        last_use_ms: to within some minutes; absent: not yet.
        places: it is worth something on these alone; none: it is not limited.
    """

    token_id: str
    user: str
    name: str = ""
    scope: RoleName
    beginning: str = ""
    creation_time_ms: int = 0
    expires_ms: int | None = None
    last_use_ms: int | None = None
    places: tuple[str, ...] = ()


class AskToBeLetIn(Message, frozen=True, kw_only=True):
    """
    Attributes:
        program: what it calls itself, such as `runfold on laptop`.
        scope: at most this role, wherever the token is used.
        days: until the token ends.
    """

    program: str
    scope: RoleName = RoleName.CONTRIBUTOR
    days: int = 90


class WaitingReply(Message, frozen=True, kw_only=True):
    """
    Attributes:
        secret: collects the token; told this one time.
        code: that the user compares with what the page shows.
        path: of the page that lets the program in, below the server's address.
        interval_s: between two attempts to collect.
    """

    secret: str
    code: str
    path: str
    expires_ms: int
    interval_s: int

    def __repr__(self) -> str:
        return f"WaitingReply(code={self.code!r})"


class WaitingRef(Message, frozen=True, kw_only=True):
    code: str


class WaitingProgramReply(Message, frozen=True, kw_only=True):
    """
    Attributes:
        address: that it asked from.
    """

    code: str
    program: str
    address: str = ""
    scope: RoleName
    days: int
    expires_ms: int


class DecideWaiting(Message, frozen=True, kw_only=True):
    """
    Attributes:
        lets_in: false refuses it.
    """

    code: str
    lets_in: bool


class CollectWaiting(Message, frozen=True, kw_only=True):
    secret: str

    def __repr__(self) -> str:
        return "CollectWaiting()"


class CollectedReply(Message, frozen=True, kw_only=True):
    """
    Attributes:
        is_waiting: nobody has decided yet.
        token, secret: of whoever let the program in; the secret is told this one time.
    """

    is_waiting: bool = False
    token: TokenMessage | None = None
    secret: str = ""

    def __repr__(self) -> str:
        return f"CollectedReply(is_waiting={self.is_waiting}, token={self.token!r})"


class CreateToken(Message, frozen=True, kw_only=True):
    """
    Attributes:
        user: empty: the caller.
        scope: at most this role, wherever the token is used.
        places: such as `experiment:12`, `model:churn`, `dataset:wine` or `folder:a`: it is worth something there alone.
    """

    user: str = ""
    name: str = ""
    scope: RoleName
    expires_ms: int | None = None
    places: tuple[str, ...] = ()


class NewTokenReply(Message, frozen=True, kw_only=True):
    """
    Attributes:
        secret: the token itself, told this one time.
    """

    token: TokenMessage
    secret: str

    def __repr__(self) -> str:
        return f"NewTokenReply(token={self.token!r})"


class ListTokens(Message, frozen=True, kw_only=True):
    """
    Attributes:
        user: empty: the caller.
    """

    user: str = ""


class TokensReply(Message, frozen=True, kw_only=True):
    tokens: tuple[TokenMessage, ...] = ()


class RevokeToken(Message, frozen=True, kw_only=True):
    """
    Attributes:
        user: whose it must be; empty: the caller's, or for an administrator anybody's.
    """

    token_id: str
    user: str = ""


class GroupMessage(Message, frozen=True, kw_only=True):
    name: str
    members: tuple[str, ...] = ()


class GroupRef(Message, frozen=True, kw_only=True):
    name: str


class GroupReply(Message, frozen=True, kw_only=True):
    group: GroupMessage


class GroupsReply(Message, frozen=True, kw_only=True):
    groups: tuple[GroupMessage, ...] = ()


class GrantMessage(Message, frozen=True, kw_only=True):
    """
    Attributes:
        subject: `user:NAME`, `group:NAME` or `everyone`.
        place: `experiment:ID`, `model:NAME`, `dataset:NAME`, `folder:NAME` of experiments, or `everything`.
        role: `none` denies what a farther place or a wider subject grants.
    """

    subject: str
    place: str
    role: RoleName


class GrantRef(Message, frozen=True, kw_only=True):
    subject: str
    place: str


class ListGrants(Message, frozen=True, kw_only=True):
    """Of one subject, or on one place, or all."""

    subject: str = ""
    place: str = ""


class GrantsReply(Message, frozen=True, kw_only=True):
    grants: tuple[GrantMessage, ...] = ()


class ExplainAccess(Message, frozen=True, kw_only=True):
    """
    Attributes:
        user: empty: all users, for who manages the place.
        granted, removed: what is not so, but might be; the answer tells what would be.
    """

    place: str
    user: str = ""
    granted: tuple[GrantMessage, ...] = ()
    removed: tuple[GrantRef, ...] = ()


class StandingMessage(Message, frozen=True, kw_only=True):
    """What one user may do at a place.

    Attributes:
        before: the role without the change that was asked about.
        grants: all that concern the user here, the nearest place first.
        deciding: those that make the role; none for an administrator, and where nothing is granted.
    """

    user: UserMessage
    role: RoleName
    before: RoleName
    grants: tuple[GrantMessage, ...] = ()
    deciding: tuple[GrantMessage, ...] = ()


class AccessReportReply(Message, frozen=True, kw_only=True):
    """
    Attributes:
        way: the places whose grants concern the record, the nearest first.
        grants: on these places, as they are; for who manages the place.
        standings: of users, by name.
    """

    way: tuple[str, ...]
    grants: tuple[GrantMessage, ...] = ()
    standings: tuple[StandingMessage, ...] = ()

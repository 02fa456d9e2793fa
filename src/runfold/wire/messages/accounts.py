"""Users, how their accounts begin, and what they are told of themselves."""

from __future__ import annotations

from runfold.domain.workspace import DEFAULT_WORKSPACE
from runfold.wire.messages.base import Message
from runfold.wire.messages.roles import AbilityName


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
        scope: the name of the role that is the most, by the token that was sent; `scope_abilities`: what it can do.
        abilities: what the caller may do with what no nearer grant concerns.
        everything: the biggest built-in role that these contain.
        session_id: of the browser that asks; empty: it is a program.
    """

    user: UserMessage
    scope: str = "manager"
    scope_abilities: tuple[AbilityName, ...] = ()
    everything: str = "none"
    abilities: tuple[AbilityName, ...] = ()
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
        abilities: none for what the caller may not read, as for what is not there.
        role: the biggest built-in role that these contain.
        begins: whether the caller may begin something of their own there; of folders and workspaces.
    """

    record: str
    role: str
    abilities: tuple[AbilityName, ...] = ()
    begins: bool = False


class OwnRolesReply(Message, frozen=True, kw_only=True):
    """In the order of the question."""

    roles: tuple[OwnRoleMessage, ...] = ()

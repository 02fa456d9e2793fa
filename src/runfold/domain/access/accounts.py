"""Who signs in: users, the groups they are in, and what they may be called."""

from __future__ import annotations

import msgspec

from runfold.domain.limits import check_text
from runfold.domain.workspace import DEFAULT_WORKSPACE
from runfold.errors import InvalidValue

MIN_PASSWORD = 12

MAX_PASSWORD = 1024

_MAX_NAME = 128
_MAX_DESCRIPTION = 1024


class User(msgspec.Struct, frozen=True, kw_only=True):
    """
    Attributes:
        number: never given again, so what was granted to one who is gone falls to nobody.
        is_admin: may do everything, grants aside.
        is_service: a program's account, which signs in by tokens alone.
        is_active: may sign in.
        workspace: in which their calls are made that name none.
    """

    number: int
    name: str
    is_admin: bool = False
    is_service: bool = False
    is_active: bool = True
    creation_time_ms: int = 0
    workspace: str = DEFAULT_WORKSPACE


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """
    Attributes:
        name: one on the whole server; that of a group of a workspace begins with the workspace's, `vision/labelling`.
        number: never given again.
        member_numbers: of the members, in their order.
        workspace: whose managers look after it, and in which alone something can be granted to it; empty: it is the
            server's.
    """

    name: str
    members: tuple[str, ...] = ()
    number: int = 0
    member_numbers: tuple[int, ...] = ()
    description: str = ""
    workspace: str = ""

    @property
    def short_name(self) -> str:
        """By which its workspace knows it."""
        return self.name.removeprefix(f"{self.workspace}/") if self.workspace else self.name


def full_group_name(workspace: str, name: str) -> str:
    return f"{workspace}/{name}" if workspace else name


def check_description(kind: str, text: str) -> None:
    check_text(f"description of a {kind}", text)
    if len(text) > _MAX_DESCRIPTION:
        raise InvalidValue(f"The description of a {kind} has at most {_MAX_DESCRIPTION} characters.")


def check_account_name(kind: str, name: str) -> None:
    """Raises InvalidValue for a name that a user or group cannot have; a colon would end it in basic authentication."""
    check_text(f"name of a {kind}", name)
    if not 0 < len(name) <= _MAX_NAME or name != name.strip() or ":" in name or not name.isprintable():
        raise InvalidValue(
            f"Invalid name of a {kind} {name[:80]!r}: 1 to {_MAX_NAME} printable characters, no colon, no space at "
            "either end."
        )


def check_password(password: str) -> None:
    """Raises InvalidValue; the message does not hold the password."""
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise InvalidValue(f"A password has {MIN_PASSWORD} to {MAX_PASSWORD} characters.")

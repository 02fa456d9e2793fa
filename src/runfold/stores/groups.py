"""What a records store can do about groups of users, and what is granted to them. See `stores.base` for what holds for
every method.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from runfold.domain.access import Group, NumberedGrant


class GroupStore(Protocol):
    """Groups go by their full names: `vision/labelling` of the workspace `vision`, or `auditors` of the server."""

    def create_group(self, name: str, *, workspace: str = "", description: str = "") -> Group:
        """Make a group without members.

        Args:
            name: within the workspace; its full name has that of the workspace before it.
            workspace: whose managers look after it. Nothing outside of it can be granted to it, and it ends with it.
                Empty: it is the server's.

        Raises:
            AlreadyExists: the full name is taken.
            InvalidValue: the name or description can be none, or the workspace is the default one, whose groups are the
                server's.
            NotFound: there is no such workspace.
        """
        ...

    def set_group(self, name: str, members: Sequence[str]) -> Group:
        """Make a group of the server, or replace the members of any. NotFound when one is no user."""
        ...

    def update_group(self, name: str, *, new_name: str | None = None, description: str | None = None) -> Group:
        """Change what is given; members and grants stay.

        Args:
            new_name: within its workspace.

        Raises:
            AlreadyExists: the name is taken.
            NotFound: there is no such group.
        """
        ...

    def add_member(self, group: str, user: str) -> Group:
        """
        Raises:
            AlreadyExists: the user is in the group.
            NotFound: there is no such user or group.
        """
        ...

    def remove_member(self, group: str, user: str) -> Group:
        """NotFound when there is no such user or group, or the user is not in it."""
        ...

    def list_groups(self) -> tuple[Group, ...]:
        """By name."""
        ...

    def delete_group(self, name: str) -> None:
        """Remove a group and what was granted to it."""
        ...

    def list_group_grants(self, *, group: str = "", number: int = 0) -> tuple[NumberedGrant, ...]:
        """What is granted to groups, by number: the first that was granted first.

        Args:
            group: to this one alone; NotFound when there is none.
            number: the one that has this number alone, if there is one.
        """
        ...

"""The part of the SQL store that keeps groups: which unit or query answers which call."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from runfold.domain.access import Group, NumberedGrant
from runfold.stores.sql.access import grants, groups
from runfold.stores.sql.part import StorePart


class SqlGroups(StorePart):
    """`stores.groups.GroupStore`."""

    def create_group(self, name: str, *, workspace: str = "", description: str = "") -> Group:
        return self._write(partial(groups.create_group, name=name, workspace=workspace, description=description))

    def set_group(self, name: str, members: Sequence[str]) -> Group:
        return self._write(partial(groups.set_group, name=name, members=tuple(members)))

    def update_group(self, name: str, *, new_name: str | None = None, description: str | None = None) -> Group:
        return self._write(partial(groups.update_group, name=name, new_name=new_name, description=description))

    def add_member(self, group: str, user: str) -> Group:
        return self._write(partial(groups.add_member, group=group, user=user))

    def remove_member(self, group: str, user: str) -> Group:
        return self._write(partial(groups.remove_member, group=group, user=user))

    def list_groups(self) -> tuple[Group, ...]:
        return self._read(groups.list_groups)

    def delete_group(self, name: str) -> None:
        self._write(partial(groups.delete_group, name=name))

    def list_group_grants(self, *, group: str = "", number: int = 0) -> tuple[NumberedGrant, ...]:
        return self._read(partial(grants.list_group_grants, group=group, number=number))

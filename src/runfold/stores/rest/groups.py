"""Groups of a server."""

from __future__ import annotations

from collections.abc import Sequence

from runfold.domain.access import Group, NumberedGrant
from runfold.stores.rest.connection import Connection
from runfold.wire import convert
from runfold.wire.messages import groups as m
from runfold.wire.messages.base import Empty


class RestGroups:
    """`stores.groups.GroupStore`."""

    _connection: Connection

    def create_group(self, name: str, *, workspace: str = "", description: str = "") -> Group:
        request = m.CreateGroup(name=name, workspace=workspace, description=description)
        reply = self._connection.call("groups/create", request, m.GroupReply, is_repeatable=False)
        return convert.group_in(reply.group)

    def set_group(self, name: str, members: Sequence[str]) -> Group:
        request = m.SetGroup(name=name, members=tuple(members))
        return convert.group_in(self._connection.call("groups/set", request, m.GroupReply).group)

    def update_group(self, name: str, *, new_name: str | None = None, description: str | None = None) -> Group:
        request = m.UpdateGroup(name=name, new_name=new_name, description=description)
        reply = self._connection.call("groups/update", request, m.GroupReply, is_repeatable=new_name is None)
        return convert.group_in(reply.group)

    def add_member(self, group: str, user: str) -> Group:
        return self._change("groups/add-member", group, user)

    def remove_member(self, group: str, user: str) -> Group:
        return self._change("groups/remove-member", group, user)

    def _change(self, call: str, group: str, user: str) -> Group:
        request = m.GroupMember(name=group, user=user)
        return convert.group_in(self._connection.call(call, request, m.GroupReply, is_repeatable=False).group)

    def list_groups(self) -> tuple[Group, ...]:
        return tuple(map(convert.group_in, self._connection.call("groups/list", Empty(), m.GroupsReply).groups))

    def delete_group(self, name: str) -> None:
        self._connection.call("groups/delete", m.GroupRef(name=name), Empty, is_repeatable=False)

    def list_group_grants(self, *, group: str = "", number: int = 0) -> tuple[NumberedGrant, ...]:
        request = m.ListGroupGrants(name=group, number=number)
        reply = self._connection.call("groups/grants", request, m.GroupGrantsReply)
        return tuple(map(convert.numbered_grant_in, reply.grants))

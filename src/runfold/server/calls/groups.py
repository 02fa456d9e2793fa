"""Groups of users."""

from __future__ import annotations

from collections.abc import Mapping

from runfold.domain.access import Group
from runfold.server.bind import Answer
from runfold.server.services import Services
from runfold.wire import convert
from runfold.wire.messages import groups as m
from runfold.wire.messages.base import Empty


def create(services: Services, request: m.CreateGroup) -> m.GroupReply:
    made = services.store.create_group(request.name, workspace=request.workspace, description=request.description)
    return _reply(made)


def set_members(services: Services, request: m.SetGroup) -> m.GroupReply:
    return _reply(services.store.set_group(request.name, request.members))


def update(services: Services, request: m.UpdateGroup) -> m.GroupReply:
    changed = services.store.update_group(request.name, new_name=request.new_name, description=request.description)
    return _reply(changed)


def add_member(services: Services, request: m.GroupMember) -> m.GroupReply:
    return _reply(services.store.add_member(request.name, request.user))


def remove_member(services: Services, request: m.GroupMember) -> m.GroupReply:
    return _reply(services.store.remove_member(request.name, request.user))


def list_groups(services: Services, request: Empty) -> m.GroupsReply:
    return m.GroupsReply(groups=tuple(map(convert.group_out, services.store.list_groups())))


def list_grants(services: Services, request: m.ListGroupGrants) -> m.GroupGrantsReply:
    found = services.store.list_group_grants(group=request.name, number=request.number)
    return m.GroupGrantsReply(grants=tuple(map(convert.numbered_grant_out, found)))


def delete(services: Services, request: m.GroupRef) -> Empty:
    services.store.delete_group(request.name)
    return Empty()


def _reply(group: Group) -> m.GroupReply:
    return m.GroupReply(group=convert.group_out(group))


ANSWERS: Mapping[str, Answer] = {
    "groups/create": create,
    "groups/set": set_members,
    "groups/update": update,
    "groups/add-member": add_member,
    "groups/remove-member": remove_member,
    "groups/list": list_groups,
    "groups/grants": list_grants,
    "groups/delete": delete,
}

"""Targets of a server."""

from __future__ import annotations

from runfold.domain.target import Target, TargetName
from runfold.stores.rest.connection import Connection
from runfold.wire import convert
from runfold.wire.messages import targets
from runfold.wire.messages.base import Empty


class RestTargets:
    """`stores.base.TargetStore`."""

    _connection: Connection

    def create_target(self, target: Target) -> Target:
        request = targets.PutTarget(target=convert.target_out(target))
        reply = self._connection.call("targets/create", request, targets.TargetReply, is_repeatable=False)
        return convert.target_in(reply.target)

    def update_target(self, target: Target) -> Target:
        request = targets.PutTarget(target=convert.target_out(target))
        return convert.target_in(self._connection.call("targets/update", request, targets.TargetReply).target)

    def get_target(self, name: TargetName) -> Target:
        request = targets.TargetRef(name=name)
        return convert.target_in(self._connection.call("targets/get", request, targets.TargetReply).target)

    def list_targets(self) -> tuple[Target, ...]:
        reply = self._connection.call("targets/list", Empty(), targets.TargetsReply)
        return tuple(map(convert.target_in, reply.targets))

    def delete_target(self, name: TargetName) -> None:
        self._connection.call("targets/delete", targets.TargetRef(name=name), Empty, is_repeatable=False)

"""Quotas of a server."""

from __future__ import annotations

from collections.abc import Sequence

from runfold.domain.quota import Miscount, Owner, Quota, Recount, Usage
from runfold.stores.rest.connection import Connection
from runfold.wire import convert
from runfold.wire.messages import quotas as m
from runfold.wire.messages.base import Empty


class RestQuotas:
    """`stores.quotas.QuotaStore`."""

    _connection: Connection

    def set_quota(self, owner: Owner, quota: Quota) -> Usage:
        request = m.SetQuota(
            owner=owner.text,
            max_runs=quota.max_runs,
            max_bytes=quota.max_bytes,
            max_points=quota.max_points,
            max_requests_per_s=quota.max_requests_per_s,
        )
        return convert.usage_in(self._connection.call("quotas/set", request, m.UsageReply).usage)

    def list_usage(self) -> tuple[Usage, ...]:
        return tuple(map(convert.usage_in, self._connection.call("usage/list", Empty(), m.UsagesReply).usages))

    def list_workspace_usage(self, names: Sequence[str] = ()) -> tuple[Usage, ...]:
        request = m.ListWorkspaceUsage(workspaces=tuple(names))
        return tuple(map(convert.usage_in, self._connection.call("usage/workspaces", request, m.UsagesReply).usages))

    def recount_usage(self, page_token: str = "", *, dry_run: bool = True) -> Recount:
        request = m.RecountUsage(page_token=page_token, dry_run=dry_run)
        told = self._connection.call("usage/recount", request, m.RecountReply)
        return Recount(
            miscounts=tuple(
                Miscount(record=one.record, what=one.what, counted=one.counted, found=one.found)
                for one in told.miscounts
            ),
            n_records=told.n_records,
            next_token=told.next_page_token,
            is_dry_run=told.is_dry_run,
        )

    def get_usage(self, user: str) -> Usage:
        return convert.usage_in(self._connection.call("usage/get", m.GetUsage(user=user), m.UsageReply).usage)

"""Quotas, and how much of them is used."""

from __future__ import annotations

from collections.abc import Mapping

from runfold.domain.quota import NOBODY, parse_owner
from runfold.errors import InvalidValue
from runfold.server.bind import Answer
from runfold.server.services import Services
from runfold.wire import convert
from runfold.wire.messages import quotas as m
from runfold.wire.messages.base import Empty


def set_quota(services: Services, request: m.SetQuota) -> m.UsageReply:
    owner = parse_owner(request.owner)
    if owner == NOBODY:
        raise InvalidValue("What is nobody's has no quota: there is nobody to be told of it.")
    return m.UsageReply(usage=convert.usage_out(services.store.set_quota(owner, convert.quota_in(request))))


def list_usage(services: Services, request: Empty) -> m.UsagesReply:
    return m.UsagesReply(usages=tuple(map(convert.usage_out, services.store.list_usage())))


def get_usage(services: Services, request: m.GetUsage) -> m.UsageReply:
    user = request.user or services.known_caller.user.name
    return m.UsageReply(usage=convert.usage_out(services.store.get_usage(user)))


def list_workspace_usage(services: Services, request: m.ListWorkspaceUsage) -> m.UsagesReply:
    found = services.store.list_workspace_usage(request.workspaces)
    return m.UsagesReply(usages=tuple(map(convert.usage_out, found)))


def recount_usage(services: Services, request: m.RecountUsage) -> m.RecountReply:
    done = services.recounter.count(request.page_token, dry_run=request.dry_run)
    return m.RecountReply(
        miscounts=tuple(
            m.MiscountMessage(record=one.record, what=one.what, counted=one.counted, found=one.found)
            for one in done.miscounts
        ),
        n_records=done.n_records,
        next_page_token=done.next_token,
        is_dry_run=done.is_dry_run,
    )


ANSWERS: Mapping[str, Answer] = {
    "quotas/set": set_quota,
    "usage/list": list_usage,
    "usage/get": get_usage,
    "usage/workspaces": list_workspace_usage,
    "usage/recount": recount_usage,
}

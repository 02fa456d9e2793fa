"""Quotas and usage."""

from __future__ import annotations

from runfold.domain.quota import Owner, OwnerKind, Quota, Usage, parse_owner
from runfold.wire.messages import quotas as m


def quota_out(quota: Quota) -> m.QuotaMessage:
    return m.QuotaMessage(
        max_runs=quota.max_runs,
        max_bytes=quota.max_bytes,
        max_points=quota.max_points,
        max_requests_per_s=quota.max_requests_per_s,
    )


def quota_in(message: m.QuotaMessage | m.SetQuota) -> Quota:
    return Quota(
        max_runs=message.max_runs,
        max_bytes=message.max_bytes,
        max_points=message.max_points,
        max_requests_per_s=message.max_requests_per_s,
    )


def usage_out(usage: Usage) -> m.UsageMessage:
    return m.UsageMessage(
        owner=usage.owner.text,
        n_runs=usage.n_runs,
        n_bytes=usage.n_bytes,
        n_requests_today=usage.n_requests_today,
        n_requests=usage.n_requests,
        n_points=usage.n_points,
        own=quota_out(usage.own),
        limits=quota_out(usage.limits),
    )


def usage_in(message: m.UsageMessage) -> Usage:
    gone = Owner(OwnerKind.USER)
    return Usage(
        owner=gone if message.owner == gone.text else parse_owner(message.owner),
        n_runs=message.n_runs,
        n_bytes=message.n_bytes,
        n_requests_today=message.n_requests_today,
        n_requests=message.n_requests,
        n_points=message.n_points,
        own=quota_in(message.own),
        limits=quota_in(message.limits),
    )

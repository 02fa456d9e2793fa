"""Quotas, and how much of them is used."""

from __future__ import annotations

from runfold.wire.messages.base import Message


class QuotaMessage(Message, frozen=True, kw_only=True):
    """
    Attributes:
        max_runs: that may be kept, those in the trash included. -1: no limit; absent: as the default has it.
        max_bytes: of files, likewise.
        max_points: of series of metrics, likewise.
        max_requests_per_s: by the mean over ten seconds, likewise.
    """

    max_runs: int | None = None
    max_bytes: int | None = None
    max_points: int | None = None
    max_requests_per_s: float | None = None


class SetQuota(Message, frozen=True, kw_only=True):
    """What is absent is from then on as the default has it.

    Attributes:
        owner: `user:NAME`, `workspace:NAME` for all that lies in it, whoever made it, `default` for all users who
            have no quota of their own, or `default:workspaces` for all workspaces that have none.
    """

    owner: str
    max_runs: int | None = None
    max_bytes: int | None = None
    max_points: int | None = None
    max_requests_per_s: float | None = None


class GetUsage(Message, frozen=True, kw_only=True):
    """
    Attributes:
        user: empty: the caller.
    """

    user: str = ""


class ListWorkspaceUsage(Message, frozen=True, kw_only=True):
    """
    Attributes:
        workspaces: names; empty: all that the caller manages.
    """

    workspaces: tuple[str, ...] = ()


class UsageMessage(Message, frozen=True, kw_only=True):
    """
    Attributes:
        owner: `user:NAME`, `user:` of users who are gone and have left something, `workspace:NAME`, `nobody` for what
            was made while nobody was asked, `default` or `default:workspaces`.
        n_runs: kept, those in the trash included.
        n_bytes: of files that the server stored.
        n_points: of series of metrics, as of a second ago.
        n_requests_today: since midnight UTC, to within a minute.
        n_requests: of the last 30 days.
        own: the quota that was set for the owner.
        limits: what holds; -1: no limit.
    """

    owner: str
    n_runs: int
    n_bytes: int
    n_requests_today: int
    n_requests: int
    n_points: int = 0
    own: QuotaMessage
    limits: QuotaMessage


class UsageReply(Message, frozen=True, kw_only=True):
    usage: UsageMessage


class UsagesReply(Message, frozen=True, kw_only=True):
    """The default first, then users by name, then what is nobody's; or workspaces by name."""

    usages: tuple[UsageMessage, ...] = ()


class RecountUsage(Message, frozen=True, kw_only=True):
    """
    Attributes:
        page_token: of the piece before; empty: the first. A piece are some hundred records, the last one the owners.
        dry_run: only say what differs.
    """

    page_token: str = ""
    dry_run: bool = True


class MiscountMessage(Message, frozen=True, kw_only=True):
    """
    Attributes:
        record: `run:ID`, `logged-model:ID`, or an owner, of whose sum it is.
        what: runs, bytes or points.
    """

    record: str
    what: str
    counted: int
    found: int


class RecountReply(Message, frozen=True, kw_only=True):
    miscounts: tuple[MiscountMessage, ...] = ()
    n_records: int = 0
    next_page_token: str = ""
    is_dry_run: bool = True

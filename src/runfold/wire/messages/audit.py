"""The audit: searched, read in order, archived."""

from __future__ import annotations

import enum

from runfold.wire.messages.base import Message


class ResultName(enum.StrEnum):
    """How a call ended: it did what was asked, its caller may not do that, or it could not be done."""

    ALLOWED = "allowed"
    REFUSED = "refused"
    FAILED = "failed"


class AuditRecordMessage(Message, frozen=True, kw_only=True):
    """
    Attributes:
        number: 1, 2, 3 and so on, without a gap.
        user: who; empty: nobody has signed in, or the server itself.
        token: beginning and name of the token that was sent.
        action: the name of the call, such as `mlflow:runs/delete`, or `sign-in`.
        object: such as `run:ID`, `experiment:ID` or `user:NAME`.
        detail: what else matters, such as `role=reader subject=user:ben`.
        status: of the answer, by HTTP; 0: none was needed.
        n_times: how often, counted together since the record before it of this kind.
        digest: SHA-256 of the digest before it and all that the record says.
    """

    number: int
    time_ms: int
    user: str = ""
    token: str = ""
    address: str = ""
    action: str
    object: str = ""
    detail: str = ""
    result: ResultName
    status: int = 0
    n_times: int = 1
    request_id: str = ""
    digest: str


class SearchAudit(Message, frozen=True, kw_only=True):
    """
    Attributes:
        filter: such as `user = 'ann' AND result != 'allowed' AND time > '2026-11-01'`.
    """

    filter: str = ""
    max_results: int = 100
    page_token: str = ""


class AuditPage(Message, frozen=True, kw_only=True):
    records: tuple[AuditRecordMessage, ...] = ()
    next_page_token: str = ""


class ReadAudit(Message, frozen=True, kw_only=True):
    """
    Attributes:
        after: the number behind which to begin.
    """

    after: int = 0
    max_results: int = 10_000


class AuditRecords(Message, frozen=True, kw_only=True):
    records: tuple[AuditRecordMessage, ...] = ()


class AuditHeadMessage(Message, frozen=True, kw_only=True):
    """Where the chain ends, and where it begins after older records were archived."""

    number: int
    digest: str
    archived: int = 0
    archived_digest: str


class ArchiveAudit(Message, frozen=True, kw_only=True):
    """
    Attributes:
        through: the newest record that goes.
        digest: of that record, to show that the caller has it.
    """

    through: int
    digest: str

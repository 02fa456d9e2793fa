"""The rows of the table that are about the audit."""

from __future__ import annotations

from functools import partial

from runfold.wire.endpoint import Endpoint, Family, Permission, call
from runfold.wire.messages import audit
from runfold.wire.messages.base import Empty

_runfold = partial(call, Family.RUNFOLD)
_ADMIN = Permission.ADMIN

# fmt: off
AUDIT_ENDPOINTS: tuple[Endpoint, ...] = (
    _runfold("POST", "audit/search", audit.SearchAudit, audit.AuditPage,
             _ADMIN, "search_audit", "Say who did what to which object, newest first."),
    _runfold("POST", "audit/read", audit.ReadAudit, audit.AuditRecords,
             _ADMIN, "read_audit", "Read the audit in the order of its chain, to verify or keep it."),
    _runfold("POST", "audit/head", Empty, audit.AuditHeadMessage,
             _ADMIN, "audit_head", "Say where the chain of the audit ends and begins."),
    _runfold("POST", "audit/archive", audit.ArchiveAudit, audit.AuditHeadMessage,
             _ADMIN, "archive_audit", "Remove old records of the audit, once they are safe elsewhere."),
)
# fmt: on

"""The audit, for administrators."""

from __future__ import annotations

from collections.abc import Mapping

from runfold.server.bind import Answer
from runfold.server.calls.experiments import check_max_results
from runfold.server.services import Services
from runfold.stores.audit import AuditQuery
from runfold.wire import convert
from runfold.wire.messages import audit as m
from runfold.wire.messages.base import Empty

MAX_FOUND = 10_000


def search(services: Services, request: m.SearchAudit) -> m.AuditPage:
    check_max_results(request.max_results, MAX_FOUND)
    page = services.store.search_audit(
        AuditQuery(filter=request.filter, max_results=request.max_results, page_token=request.page_token)
    )
    return m.AuditPage(records=tuple(map(convert.audit_record_out, page.items)), next_page_token=page.next_token)


def read(services: Services, request: m.ReadAudit) -> m.AuditRecords:
    check_max_results(request.max_results, MAX_FOUND)
    found = services.store.read_audit(after=request.after, max_results=request.max_results)
    return m.AuditRecords(records=tuple(map(convert.audit_record_out, found)))


def head(services: Services, request: Empty) -> m.AuditHeadMessage:
    return convert.audit_head_out(services.store.audit_head())


def archive(services: Services, request: m.ArchiveAudit) -> m.AuditHeadMessage:
    return convert.audit_head_out(services.store.archive_audit(request.through, request.digest))


ANSWERS: Mapping[str, Answer] = {
    "audit/search": search,
    "audit/read": read,
    "audit/head": head,
    "audit/archive": archive,
}

"""The audit of a server."""

from __future__ import annotations

from runfold.domain.audit import AuditHead, AuditRecord
from runfold.domain.page import Page
from runfold.stores.audit import AuditQuery
from runfold.stores.rest.connection import Connection
from runfold.wire import convert
from runfold.wire.messages import audit as m
from runfold.wire.messages.base import Empty


class RestAudit:
    """`stores.audit.AuditStore`."""

    _connection: Connection

    def search_audit(self, query: AuditQuery) -> Page[AuditRecord]:
        request = m.SearchAudit(filter=query.filter, max_results=query.max_results, page_token=query.page_token)
        reply = self._connection.call("audit/search", request, m.AuditPage)
        return Page(tuple(map(convert.audit_record_in, reply.records)), reply.next_page_token)

    def read_audit(self, *, after: int = 0, max_results: int = 10_000) -> tuple[AuditRecord, ...]:
        request = m.ReadAudit(after=after, max_results=max_results)
        return tuple(map(convert.audit_record_in, self._connection.call("audit/read", request, m.AuditRecords).records))

    def audit_head(self) -> AuditHead:
        return convert.audit_head_in(self._connection.call("audit/head", Empty(), m.AuditHeadMessage))

    def archive_audit(self, through: int, digest: str) -> AuditHead:
        request = m.ArchiveAudit(through=through, digest=digest)
        reply = self._connection.call("audit/archive", request, m.AuditHeadMessage, is_repeatable=False)
        return convert.audit_head_in(reply)

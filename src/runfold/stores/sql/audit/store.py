"""The audit: which unit or query answers which call."""

from __future__ import annotations

from functools import partial
from typing import Any

import sqlalchemy as sa

from runfold.domain.audit import Act, AuditHead, AuditRecord, Result
from runfold.domain.page import Page
from runfold.errors import InvalidState, NotFound
from runfold.search.fields import AUDIT
from runfold.search.parser import parse_filter
from runfold.stores.audit import AuditQuery
from runfold.stores.sql.audit.tables import audit_head, audit_records
from runfold.stores.sql.part import StorePart
from runfold.stores.sql.search.audit import holds
from runfold.stores.sql.search.ordering import Pager, SortKey, check_max_results
from runfold.stores.sql.transaction import Transaction

_NEWEST_FIRST = [SortKey(kind=int, value=audit_records.c.number, descending=True)]


class SqlAudit(StorePart):
    """`stores.audit.AuditStore`."""

    def search_audit(self, query: AuditQuery) -> Page[AuditRecord]:
        return self._read(partial(_search, query=query))

    def read_audit(self, *, after: int = 0, max_results: int = 10_000) -> tuple[AuditRecord, ...]:
        statement = (
            sa.select(audit_records)
            .where(audit_records.c.number > after)
            .order_by(audit_records.c.number)
            .limit(max_results)
        )
        return self._read(lambda connection: tuple(map(_record, connection.execute(statement))))

    def audit_head(self) -> AuditHead:
        return self._read(_head)

    def archive_audit(self, through: int, digest: str) -> AuditHead:
        return self._write(partial(_archive, through=through, digest=digest))


def _search(connection: sa.Connection, query: AuditQuery) -> Page[AuditRecord]:
    check_max_results(query.max_results)
    node = parse_filter(query.filter, AUDIT)
    pager = Pager(AUDIT.record, query.filter)
    after = pager.read(query.page_token, _NEWEST_FIRST)
    number = audit_records.c.number
    statement = (
        sa.select(audit_records)
        .where(holds(node, is_sqlite=connection.dialect.name == "sqlite"))
        .order_by(number.desc())
        .limit(query.max_results + 1)
    )
    if after is not None:
        statement = statement.where(number < after[0][1])
    found = [_record(row) for row in connection.execute(statement)]
    page = found[: query.max_results]
    token = pager.write([(0, page[-1].number)]) if len(found) > len(page) else ""
    return Page(tuple(page), token)


def _record(row: sa.Row[Any]) -> AuditRecord:
    return AuditRecord(
        number=row.number,
        time_ms=row.time,
        act=Act(
            user=row.user_name,
            token=row.token,
            address=row.address,
            action=row.action,
            object=row.object,
            detail=row.detail,
            result=Result(row.result),
            status=row.status,
            n_times=row.n_times,
            request_id=row.request_id,
        ),
        digest=row.digest,
    )


def _head(connection: sa.Connection) -> AuditHead:
    row = connection.execute(sa.select(audit_head)).one()
    return AuditHead(number=row.number, digest=row.digest, archived=row.archived, archived_digest=row.archived_digest)


def _archive(transaction: Transaction, through: int, digest: str) -> AuditHead:
    found = transaction.row("SELECT digest FROM audit_records WHERE number = ?", (through,))
    if found is None:
        raise NotFound("audit record", str(through))
    if found[0] != digest:
        raise InvalidState(f"The audit record {through} has another digest: what was saved is not this chain.")
    transaction.run("DELETE FROM audit_records WHERE number <= ?", (through,))
    transaction.run("UPDATE audit_head SET archived = ?, archived_digest = ? WHERE id = 0", (through, digest))
    return _head(transaction.connection)

"""The audit."""

from __future__ import annotations

from runfold.domain.audit import Act, AuditHead, AuditRecord, Result
from runfold.wire.messages import audit as m


def audit_record_out(record: AuditRecord) -> m.AuditRecordMessage:
    act = record.act
    return m.AuditRecordMessage(
        number=record.number,
        time_ms=record.time_ms,
        user=act.user,
        token=act.token,
        address=act.address,
        action=act.action,
        object=act.object,
        detail=act.detail,
        result=m.ResultName(act.result.value),
        status=act.status,
        n_times=act.n_times,
        request_id=act.request_id,
        digest=record.digest,
    )


def audit_record_in(message: m.AuditRecordMessage) -> AuditRecord:
    return AuditRecord(
        number=message.number,
        time_ms=message.time_ms,
        act=Act(
            user=message.user,
            token=message.token,
            address=message.address,
            action=message.action,
            object=message.object,
            detail=message.detail,
            result=Result(message.result.value),
            status=message.status,
            n_times=message.n_times,
            request_id=message.request_id,
        ),
        digest=message.digest,
    )


def audit_head_out(head: AuditHead) -> m.AuditHeadMessage:
    return m.AuditHeadMessage(
        number=head.number, digest=head.digest, archived=head.archived, archived_digest=head.archived_digest
    )


def audit_head_in(message: m.AuditHeadMessage) -> AuditHead:
    return AuditHead(
        number=message.number,
        digest=message.digest,
        archived=message.archived,
        archived_digest=message.archived_digest,
    )

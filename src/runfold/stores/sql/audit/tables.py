"""The tables of the audit."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, SmallInteger, Table

from runfold.stores.sql.tables import Number, Words, metadata, words

# Numbered by the chain, without gaps. Columns are those of `domain.audit.Act`.
audit_records = Table(
    "audit_records",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("time", BigInteger, nullable=False),
    Column("user_name", Words, nullable=False),
    Column("token", Words, nullable=False),
    Column("address", Words, nullable=False),
    Column("action", Words, nullable=False),
    Column("object", Words, nullable=False),
    Column("detail", Words, nullable=False),
    Column("result", words(10), nullable=False),
    Column("status", SmallInteger, nullable=False),
    Column("n_times", Integer, nullable=False),
    Column("request_id", Words, nullable=False),
    Column("digest", words(64), nullable=False),
    Index("ix_audit_records_user", "user_name", "number"),
    Index("ix_audit_records_action", "action", "number"),
    Index("ix_audit_records_object", "object", "number"),
    Index("ix_audit_records_time", "time"),
)

# One row. Whoever adds records holds it until the commit, so that chains of several processes never fork.
audit_head = Table(
    "audit_head",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("number", BigInteger, nullable=False),
    Column("digest", words(64), nullable=False),
    Column("archived", BigInteger, nullable=False),
    Column("archived_digest", words(64), nullable=False),
)

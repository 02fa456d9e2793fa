"""The tables of quotas: part of the one schema that `stores.sql.tables` begins."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Double, PrimaryKeyConstraint, Table

from runfold.stores.sql.tables import Number, metadata, words

# One row per owner who keeps something or has a quota; the numbers change with what they count, in one transaction.
usage = Table(
    "usage",
    metadata,
    Column("owner_kind", words(12), nullable=False),
    # Of a user or workspace; 0 for nobody and for the default.
    Column("owner_id", Number, nullable=False),
    Column("n_runs", BigInteger, nullable=False, server_default="0"),
    Column("n_bytes", BigInteger, nullable=False, server_default="0"),
    # NULL: as the default has it; -1: no limit.
    Column("max_runs", BigInteger),
    Column("max_bytes", BigInteger),
    Column("max_requests_per_s", Double),
    Column("n_points", BigInteger, nullable=False, server_default="0"),
    Column("max_points", BigInteger),
    PrimaryKeyConstraint("owner_kind", "owner_id"),
    sqlite_with_rowid=False,
)

# Days count from 1970, UTC.
request_counts = Table(
    "request_counts",
    metadata,
    Column("user_id", Number, nullable=False),
    Column("day", BigInteger, nullable=False),
    Column("n_requests", BigInteger, nullable=False),
    PrimaryKeyConstraint("user_id", "day"),
    sqlite_with_rowid=False,
)

workspace_request_counts = Table(
    "workspace_request_counts",
    metadata,
    Column("workspace", Number, nullable=False),
    Column("day", BigInteger, nullable=False),
    Column("n_requests", BigInteger, nullable=False),
    PrimaryKeyConstraint("workspace", "day"),
    sqlite_with_rowid=False,
)

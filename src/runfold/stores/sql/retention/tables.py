"""The tables of retention: part of the one schema that `stores.sql.tables` begins."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Double, Index, Integer, PrimaryKeyConstraint, Table

from runfold.stores.sql.tables import Number, Words, metadata, words

SERVER = 0
"""In place of the number of a workspace: the rules of the server itself."""


def whose_column() -> Column[int]:
    """The workspace whose rule it is."""
    return Column("workspace", Number, nullable=False, server_default=str(SERVER))


retention_rules = Table(
    "retention_rules",
    metadata,
    Column("name", words(100), nullable=False),
    Column("place", Words, nullable=False),
    Column("filter", Words, nullable=False),
    Column("best_by", Words, nullable=False),
    Column("keep_best", Integer, nullable=False),
    Column("keep_last", Integer, nullable=False),
    Column("per", Words, nullable=False),
    Column("after_days", Double, nullable=False),
    Column("retires", words(10), nullable=False),
    Column("path", Words, nullable=False),
    Column("trash_days", Double),
    Column("every_hours", Double, nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("next_time", BigInteger, nullable=False),
    # The process that carries the rule out, and until when it counts as alive.
    Column("holder", words(64), nullable=False, server_default=""),
    Column("lease_until", BigInteger, nullable=False, server_default="0"),
    whose_column(),
    # Number of the user with whose rights the rule of a workspace acts; NULL: nobody was asked who they are.
    Column("keeper", Number),
    PrimaryKeyConstraint("workspace", "name"),
)

retention_passes = Table(
    "retention_passes",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("rule", words(100), nullable=False),
    Column("started_by", Words, nullable=False),
    Column("start_time", BigInteger, nullable=False),
    Column("end_time", BigInteger),
    Column("n_retired", BigInteger, nullable=False, server_default="0"),
    Column("n_bytes", BigInteger, nullable=False, server_default="0"),
    Column("n_purged", BigInteger, nullable=False, server_default="0"),
    Column("error", Words, nullable=False, server_default=""),
    whose_column(),
    Index("ix_retention_passes_rule", "workspace", "rule", "id"),
    sqlite_autoincrement=True,
)

# The counts of a pass by experiment, since not everybody who reads of it may know of each.
retention_pass_parts = Table(
    "retention_pass_parts",
    metadata,
    Column("pass_id", Number, nullable=False),
    Column("experiment_id", Number, nullable=False),
    Column("n_retired", BigInteger, nullable=False, server_default="0"),
    Column("n_bytes", BigInteger, nullable=False, server_default="0"),
    Column("n_purged", BigInteger, nullable=False, server_default="0"),
    PrimaryKeyConstraint("pass_id", "experiment_id"),
    sqlite_with_rowid=False,
)

retention_items = Table(
    "retention_items",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("rule", words(100), nullable=False),
    Column("run_id", words(256), nullable=False),
    Column("path", Words, nullable=False),
    Column("n_bytes", BigInteger, nullable=False),
    Column("time", BigInteger, nullable=False),
    whose_column(),
    Index("ix_retention_items_rule", "workspace", "rule", "time"),
    Index("ix_retention_items_run", "run_id"),
    sqlite_autoincrement=True,
)

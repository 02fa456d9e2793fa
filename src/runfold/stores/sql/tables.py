"""The schema: one for both engines.

Runs have a small number of their own (`runs.id`), which every other table refers to, beside the public
`run_id`. Keys of metrics, params and tags are interned per experiment in `keys`, so that one integer stands
for (experiment, kind, key): rows and indexes stay narrow, "order by a metric" is a walk along
`(key_id, value)`, and the columns of an experiment are listed without reading its runs. Numbers of keys and
runs are never used again, which makes them safe to cache.

NaN is stored as NULL in value columns that may hold it, because SQLite has no NaN and PostgreSQL sorts it
above infinity; a row that is there with a NULL value means NaN.

Points of series are not rows. A request's points are one row of `metric_journal`; the fold moves them into
`metric_chunks` later (see `series.py`). A reader merges both.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    event,
    func,
    literal_column,
)
from sqlalchemy.types import TypeEngine

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite numbers rows by itself only when the type is exactly INTEGER.
Number = BigInteger().with_variant(Integer(), "sqlite")

# By code points on both engines: SQLite does nothing else, PostgreSQL would sort by the rules of a language.
Words = Text().with_variant(Text(collation="C"), "postgresql")


def words(length: int) -> TypeEngine[str]:
    """Text of at most so many characters."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


# Long values are legal, but PostgreSQL refuses to index more than about 2,700 bytes, and a text of several
# thousand characters need not be stored twice: short values are indexed, of long ones only that they exist.
# A query must repeat these conditions for the partial indexes to serve it.
MAX_INDEXED = literal_column("300", Integer)


def is_short(value: ColumnElement[str]) -> ColumnElement[bool]:
    return func.length(value) <= MAX_INDEXED


def is_long(value: ColumnElement[str]) -> ColumnElement[bool]:
    return func.length(value) > MAX_INDEXED


workspaces = Table(
    "workspaces",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("name", words(63), nullable=False, unique=True),
    Column("description", Words, nullable=False),
    Column("artifact_root", Words, nullable=False),
    Column("creation_time", BigInteger, nullable=False),
    Column("last_update_time", BigInteger, nullable=False),
    # Since when it is in the trash: then it is as if it were not there, and what lies in it is left as it is.
    Column("deleted_time", BigInteger),
    sqlite_autoincrement=True,
)

# Of the row that is always there. What has a name says in which workspace the name holds; all else belongs to
# something that has one: runs to an experiment, versions to a model.
DEFAULT_WORKSPACE_ID = 1


def workspace_column() -> Column[int]:
    return Column("workspace", Number, nullable=False, server_default=str(DEFAULT_WORKSPACE_ID))


experiments = Table(
    "experiments",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("name", words(500), nullable=False),
    Column("artifact_location", Words, nullable=False),
    Column("lifecycle_stage", words(10), nullable=False),
    Column("creation_time", BigInteger, nullable=False),
    Column("last_update_time", BigInteger, nullable=False),
    Column("deleted_time", BigInteger),
    workspace_column(),
    UniqueConstraint("workspace", "name"),
    Index("ix_experiments_creation_time", "workspace", "creation_time"),
    sqlite_autoincrement=True,
)

experiment_tags = Table(
    "experiment_tags",
    metadata,
    Column("experiment_id", Number, nullable=False),
    Column("key", words(250), nullable=False),
    Column("value", Words, nullable=False),
    PrimaryKeyConstraint("experiment_id", "key"),
    sqlite_with_rowid=False,
)

runs = Table(
    "runs",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("run_id", words(256), nullable=False, unique=True),
    Column("experiment_id", Number, nullable=False),
    Column("name", Words, nullable=False),
    Column("user_id", Words, nullable=False),
    Column("status", SmallInteger, nullable=False),
    Column("lifecycle_stage", words(10), nullable=False),
    Column("start_time", BigInteger, nullable=False),
    Column("end_time", BigInteger),
    Column("deleted_time", BigInteger),
    # Runs that were deleted together with their experiment come back with it; those deleted before do not.
    Column("deleted_with_experiment", SmallInteger, nullable=False, server_default="0"),
    Column("artifact_uri", Words, nullable=False),
    Column("parent_run_id", words(256)),
    # Set by clients that promise signs of life; NULL for plain MLflow clients, which send none.
    Column("heartbeat", BigInteger),
    Column("last_write", BigInteger, nullable=False),
    Column("change", BigInteger, nullable=False),
    Column("idempotency_key", words(256), unique=True),
    # The number of the user who made it; NULL: nobody was asked. `user_id` is what the client says.
    Column("owner_id", Number),
    # Of its files, as far as the server stored them.
    Column("n_bytes", BigInteger, nullable=False, server_default="0"),
    # Of its series, as its owners were charged with them: see `quotas.points`.
    Column("n_points", BigInteger, nullable=False, server_default="0"),
    Index("ix_runs_experiment_start", "experiment_id", "lifecycle_stage", "start_time", "run_id"),
    Index("ix_runs_experiment_change", "experiment_id", "change"),
    # Partial, so that statistics of the many runs without a parent don't make SQLite shun it.
    Index(
        "ix_runs_parent",
        "parent_run_id",
        sqlite_where=Column("parent_run_id").is_not(None),
        postgresql_where=Column("parent_run_id").is_not(None),
    ),
    sqlite_autoincrement=True,
)

keys = Table(
    "keys",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("experiment_id", Number, nullable=False),
    Column("kind", SmallInteger, nullable=False),
    Column("key", words(250), nullable=False),
    Column("n_runs", BigInteger, nullable=False, server_default="0"),
    UniqueConstraint("experiment_id", "kind", "key"),
    sqlite_autoincrement=True,
)

params = Table(
    "params",
    metadata,
    Column("run", Number, nullable=False),
    Column("key_id", Number, nullable=False),
    Column("value", Words, nullable=False),
    # The value where it parses as a finite number, so that `params.lr < 0.01` compares numbers.
    Column("number", Double),
    PrimaryKeyConstraint("run", "key_id"),
    sqlite_with_rowid=False,
)
# Serves numbers (by range, in order) and, where `number` is NULL, texts; and holds all that LIKE reads.
Index(
    "ix_params_value",
    params.c.key_id,
    params.c.number,
    params.c.value,
    params.c.run,
    sqlite_where=is_short(params.c.value),
)
Index(
    "ix_params_long",
    params.c.key_id,
    params.c.run,
    sqlite_where=is_long(params.c.value),
)

tags = Table(
    "tags",
    metadata,
    Column("run", Number, nullable=False),
    Column("key_id", Number, nullable=False),
    Column("value", Words, nullable=False),
    PrimaryKeyConstraint("run", "key_id"),
    sqlite_with_rowid=False,
)
Index(
    "ix_tags_value",
    tags.c.key_id,
    tags.c.value,
    tags.c.run,
    sqlite_where=is_short(tags.c.value),
)
Index(
    "ix_tags_long",
    tags.c.key_id,
    tags.c.run,
    sqlite_where=is_long(tags.c.value),
)

latest_metrics = Table(
    "latest_metrics",
    metadata,
    Column("run", Number, nullable=False),
    Column("key_id", Number, nullable=False),
    # Of the point with the greatest (step, timestamp, value); NULL is NaN, here and in min and max.
    Column("value", Double),
    Column("step", BigInteger, nullable=False),
    Column("timestamp", BigInteger, nullable=False),
    Column("min", Double),
    Column("max", Double),
    Column("count", BigInteger, nullable=False),
    PrimaryKeyConstraint("run", "key_id"),
    # With the extremes, so that filters and orders by them read the index alone.
    Index("ix_latest_metrics_value", "key_id", "value", "run", "min", "max"),
    sqlite_with_rowid=False,
)

metric_journal = Table(
    "metric_journal",
    metadata,
    Column("seq", Number, primary_key=True, autoincrement=True),
    Column("run", Number, nullable=False),
    # Of the payload: a repeated request is recognised before it counts twice.
    Column("digest", BigInteger, nullable=False),
    Column("n_points", Integer, nullable=False),
    # 0: as a request brought it; 1: the short series of a run, folded into one row that stays here.
    Column("is_folded", SmallInteger, nullable=False, server_default="0"),
    Column("payload", LargeBinary, nullable=False),
    Index("ix_metric_journal_run", "run", "digest"),
    Index(
        "ix_metric_journal_unfolded",
        "run",
        sqlite_where=Column("is_folded") == 0,
    ),
    sqlite_autoincrement=True,
)

metric_chunks = Table(
    "metric_chunks",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("run", Number, nullable=False),
    Column("key_id", Number, nullable=False),
    Column("n_points", Integer, nullable=False),
    # Of the first and the last point. Series logged without steps have step 0 throughout; the time tells then
    # which chunks a point can belong to.
    Column("first_step", BigInteger, nullable=False),
    Column("first_timestamp", BigInteger, nullable=False),
    Column("last_step", BigInteger, nullable=False),
    Column("last_timestamp", BigInteger, nullable=False),
    # Columns as `points.encode_column` writes them; together sorted by (step, timestamp, value).
    Column("steps", LargeBinary, nullable=False),
    Column("timestamps", LargeBinary, nullable=False),
    Column("point_values", LargeBinary, nullable=False),
    Index("ix_metric_chunks_run_key", "run", "key_id", "first_step"),
    sqlite_autoincrement=True,
)

datasets = Table(
    "datasets",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("experiment_id", Number, nullable=False),
    Column("name", words(500), nullable=False),
    Column("digest", words(36), nullable=False),
    Column("source_type", Words, nullable=False),
    Column("source", Words, nullable=False),
    Column("schema", Words, nullable=False),
    Column("profile", Words, nullable=False),
    UniqueConstraint("experiment_id", "name", "digest"),
    sqlite_autoincrement=True,
)

dataset_uses = Table(
    "dataset_uses",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("run", Number, nullable=False),
    Column("dataset_id", Number, nullable=False),
    Column("is_output", SmallInteger, nullable=False, server_default="0"),
    # The tag `mlflow.data.context`, which filters compare.
    Column("context", words(500)),
    # All tags as a JSON object: they are only ever read whole.
    Column("tags", Words, nullable=False),
    UniqueConstraint("run", "dataset_id", "is_output"),
    Index("ix_dataset_uses_dataset", "dataset_id", "run"),
    sqlite_autoincrement=True,
)

saved_views = Table(
    "saved_views",
    metadata,
    Column("view_id", words(32), primary_key=True),
    Column("scope", words(250), nullable=False),
    Column("name", words(250), nullable=False),
    Column("state", Words, nullable=False),
    Column("creation_time", BigInteger, nullable=False),
    Column("last_update_time", BigInteger, nullable=False),
    workspace_column(),
    Index("ix_saved_views_scope", "workspace", "scope", "name"),
)

# One row: the last number given to `runs.change`. A row lock makes the numbers come in commit order, so that
# a reader who has seen n has seen every change up to n.
change_counter = Table(
    "change_counter",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("value", BigInteger, nullable=False),
)


@event.listens_for(metadata, "before_create")
def _make_indexes_partial_on_postgresql(target: MetaData, connection: Connection, **_: Any) -> None:
    """Say `postgresql_where` late: saying it with the index would load that dialect into every process on SQLite."""
    if connection.dialect.name == "postgresql":
        for table in target.tables.values():
            for index in table.indexes:
                where = index.dialect_options["sqlite"]["where"]
                if where is not None:
                    index.dialect_options["postgresql"]["where"] = where

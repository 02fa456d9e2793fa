"""The schema's version: made, recognised, refused.

The version stands in a table of our own, so that Runfold can share a database with others who use Alembic.
"""

from __future__ import annotations

import functools
from typing import Any

import sqlalchemy as sa

from runfold.domain.audit import NO_DIGEST
from runfold.domain.ids import DEFAULT_EXPERIMENT_ID, DEFAULT_EXPERIMENT_NAME
from runfold.domain.workspace import DEFAULT_WORKSPACE
from runfold.errors import StoreError, StoreNeedsUpgrade, StoreTooNew
from runfold.stores.sql.access import tables as _access
from runfold.stores.sql.audit import tables as _audit
from runfold.stores.sql.jobs import tables as _jobs  # noqa: F401 - adds its tables to the schema
from runfold.stores.sql.quotas import tables as _quotas  # noqa: F401 - adds its tables to the schema
from runfold.stores.sql.registry import tables as _models  # noqa: F401 - adds its tables to the schema
from runfold.stores.sql.retention import tables as _retention  # noqa: F401 - adds its tables to the schema
from runfold.stores.sql.tables import change_counter, experiments, metadata, workspaces
from runfold.stores.sql.transaction import Transaction

VERSION_TABLE = "runfold_schema_version"

# Every schema that a release has had, oldest first. Changing the schema: add a revision under
# `migrations/versions/`, its name here, and a database of the last release under `tests/migrations/`.
REVISIONS = tuple(f"{number:04}" for number in (*range(1, 25), 27, 26, 25))
HEAD = REVISIONS[-1]

# Any number, the same in every release: makes simultaneous first starts wait for each other.
_CREATION_LOCK = 0x72756E66


def find_version(connection: sa.Connection) -> str | None:
    """The version of a store; None when there is none yet."""
    if not sa.inspect(connection).has_table(VERSION_TABLE):
        return None
    found = connection.exec_driver_sql(f"SELECT version_num FROM {VERSION_TABLE}").scalar()  # noqa: S608
    return None if found is None else str(found)


def check_version(found: str, uri: str, *, revisions: tuple[str, ...] = REVISIONS) -> None:
    """Raises StoreNeedsUpgrade or StoreTooNew when a release with these revisions cannot work on that version."""
    head = revisions[-1]
    if found == head:
        return
    if found in revisions:
        raise StoreNeedsUpgrade(uri, found, head)
    raise StoreTooNew(uri, found, head)


def open_schema(connection: sa.Connection, uri: str, *, artifact_root: str) -> None:
    """Create the schema in an empty database; check its version otherwise."""
    found = find_version(connection)
    connection.rollback()
    if found is None:
        with connection.begin():
            if connection.dialect.name == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_CREATION_LOCK)))
            found = find_version(connection)
            if found is None:
                _check_nothing_in_the_way(connection, uri)
                create(connection, artifact_root=artifact_root)
                return
    check_version(found, uri)


def _check_nothing_in_the_way(connection: sa.Connection, uri: str) -> None:
    """Raises StoreError when tables of somebody else have names that ours need: an `mlflow.db`, for one."""
    taken = sorted(metadata.tables.keys() & set(sa.inspect(connection).get_table_names()))
    if taken:
        raise StoreError(
            f"{uri} belongs to another program: it has tables named {', '.join(taken[:5])}, but none of Runfold's "
            "making. They were left alone. Give Runfold a database of its own."
        )


def create(connection: sa.Connection, *, artifact_root: str) -> None:
    """Make the newest schema with its first records. A test holds this equal to running all migrations."""
    for statement in _statements(connection.dialect.name):
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql(f"CREATE TABLE {VERSION_TABLE} (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
    connection.exec_driver_sql(f"INSERT INTO {VERSION_TABLE} (version_num) VALUES ('{HEAD}')")  # noqa: S608
    connection.execute(sa.insert(_access.access_state).values(id=0, version=0))
    connection.execute(
        sa.insert(_audit.audit_head).values(id=0, number=0, digest=NO_DIGEST, archived=0, archived_digest=NO_DIGEST)
    )
    now_ms = Transaction.now()
    connection.execute(
        sa.insert(workspaces).values(
            name=DEFAULT_WORKSPACE, description="", artifact_root="", creation_time=now_ms, last_update_time=now_ms
        )
    )
    add_first_records(connection, artifact_root=artifact_root)


@functools.cache
def _statements(dialect: str) -> tuple[str, ...]:
    """What makes all tables and their indexes; writing it out takes longer than running it."""
    statements: list[str] = []

    def collect(statement: Any, *_: Any, **__: Any) -> None:
        statements.append(str(statement.compile(dialect=engine.dialect)))

    engine: Any = sa.create_mock_engine(f"{dialect}://", collect)
    metadata.create_all(engine, checkfirst=False)
    return tuple(statements)


def add_first_records(connection: sa.Connection, *, artifact_root: str) -> None:
    now_ms = Transaction.now()
    connection.execute(sa.insert(change_counter).values(id=0, value=0))
    connection.execute(
        sa.insert(experiments).values(
            id=int(DEFAULT_EXPERIMENT_ID),
            name=DEFAULT_EXPERIMENT_NAME,
            artifact_location=f"{artifact_root.rstrip('/')}/{DEFAULT_EXPERIMENT_ID}",
            lifecycle_stage="active",
            creation_time=now_ms,
            last_update_time=now_ms,
        )
    )

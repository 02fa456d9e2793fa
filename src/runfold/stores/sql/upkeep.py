"""Looking after a store by hand: upgrade, backup, check. Behind `runfold db`."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa

from runfold.config import StoreSettings
from runfold.errors import AlreadyExists, NotSupported, StoreError, StoreTooNew
from runfold.stores.sql import points, schema
from runfold.stores.sql.engine import Engines, translate
from runfold.stores.sql.tables import keys, latest_metrics, metric_chunks, metric_journal, params, runs, tags

MIGRATIONS = "runfold.stores.sql:migrations"


class Upgrade(NamedTuple):
    """What an upgrade did: versions, and where the backup lies (SQLite)."""

    found: str
    now: str
    backup: Path | None


class Finding(NamedTuple):
    """One thing that a check found.

    Attributes:
        is_fault: False for plain facts such as the version.
        is_repaired: the check was asked to repair, and did.
    """

    text: str
    is_fault: bool = False
    is_repaired: bool = False


def upgrade(uri: str, settings: StoreSettings) -> Upgrade:
    """Bring a store to the schema of this release, in one transaction.

    A SQLite store is backed up beside itself first. Other processes must not write meanwhile: SQLite makes
    them wait, PostgreSQL locks the tables that change.

    Raises:
        StoreTooNew: the store was written by a newer release.
        StoreError: there is no store at this address.
    """
    engines = Engines(uri, settings)
    try:
        with engines.connect_to_write() as connection:
            found = _version(connection, engines.uri)
            if found == schema.HEAD:
                return Upgrade(found, found, None)
            if found not in schema.REVISIONS:
                raise StoreTooNew(engines.uri, found, schema.HEAD)
            copy = _backup_beside(engines, found) if engines.path else None
            with connection.begin():
                run_migrations(connection)
        return Upgrade(found, schema.HEAD, copy)
    except sa.exc.SQLAlchemyError as error:
        raise translate(error, engines.uri) from error
    finally:
        engines.dispose()


def run_migrations(connection: sa.Connection, *, to: str = "head") -> None:
    """All steps from the version in the database to another, the newest one by default."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", MIGRATIONS)
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def backup(uri: str, target: Path, settings: StoreSettings) -> int:
    """Copy a SQLite store to a new file, consistently, while others read and write it.

    Returns:
        Bytes of the copy.

    Raises:
        AlreadyExists: the target is there already.
        NotSupported: PostgreSQL; its own tools do that.
    """
    engines = Engines(uri, settings)
    try:
        if engines.path is None:
            raise NotSupported("A PostgreSQL store is backed up with PostgreSQL's own tools, such as pg_dump.")
        if not engines.path.exists():
            raise StoreError(f"There is no store at {engines.uri}.")
        return _copy(engines.path, target)
    finally:
        engines.dispose()


def _backup_beside(engines: Engines, version: str) -> Path:
    assert engines.path is not None, "only SQLite stores are files"
    moment = time.strftime("%Y%m%dT%H%M%S", time.gmtime())
    target = engines.path.with_name(f"{engines.path.name}.{version}.{moment}.backup")
    _copy(engines.path, target)
    return target


def _copy(path: Path, target: Path) -> int:
    if target.exists():
        raise AlreadyExists("file", str(target), "Name another file for the backup.")
    partial = target.with_name(target.name + ".partial")
    try:
        source, copy = sqlite3.connect(path), sqlite3.connect(partial)
        try:
            source.backup(copy, pages=4096)
        finally:
            copy.close()
            source.close()
        partial.replace(target)
    except (sqlite3.Error, OSError) as error:
        partial.unlink(missing_ok=True)
        raise translate(error, f"sqlite:///{target}") from error
    return target.stat().st_size


def check(uri: str, settings: StoreSettings, *, repair: bool = False) -> list[Finding]:
    """Look for what cannot be right; with `repair`, mend what can be worked out from the records.

    Reads every series, so it takes minutes for stores of many gigabytes.
    """
    engines = Engines(uri, settings)
    try:
        with engines.connect_to_write() as connection:
            version = _version(connection, engines.uri)
            schema.check_version(version, engines.uri)
            connection.rollback()
            with connection.begin():
                return [
                    Finding(f"The schema has version {version}, which is the newest."),
                    *_check_file(connection),
                    *_check_payloads(connection),
                    *_check_counts(connection, repair=repair),
                    *_check_orphans(connection),
                ]
    except sa.exc.SQLAlchemyError as error:
        raise translate(error, engines.uri) from error
    finally:
        engines.dispose()


def _version(connection: sa.Connection, uri: str) -> str:
    found = schema.find_version(connection)
    connection.rollback()
    if found is None:
        raise StoreError(f"There is no store at {uri}; `runfold server --store {uri}` makes one.")
    return found


def _check_file(connection: sa.Connection) -> Iterator[Finding]:
    if connection.dialect.name != "sqlite":
        return
    for (line,) in connection.exec_driver_sql("PRAGMA quick_check(20)"):
        if line == "ok":
            yield Finding("The SQLite file is sound.")
        else:
            yield Finding(f"The SQLite file is damaged: {line}. Restore a backup.", is_fault=True)


def _check_payloads(connection: sa.Connection) -> Iterator[Finding]:
    n_points = 0
    for row in connection.execution_options(yield_per=100).execute(sa.select(metric_journal)):
        try:
            found = sum(len(part.steps) for part in points.decode(row.payload).values())
        except StoreError as error:
            yield Finding(f"Journal row {row.seq} of run {row.run} is unreadable: {error.message}", is_fault=True)
            continue
        n_points += found
        if found != row.n_points:
            yield Finding(f"Journal row {row.seq} holds {found} points but says {row.n_points}.", is_fault=True)
    for row in connection.execution_options(yield_per=100).execute(sa.select(metric_chunks)):
        try:
            for column, is_float in ((row.steps, False), (row.timestamps, False), (row.point_values, True)):
                points.decode_column(column, row.n_points, is_float=is_float)
        except StoreError as error:
            yield Finding(f"Chunk {row.id} of run {row.run} is unreadable: {error.message}", is_fault=True)
            continue
        n_points += row.n_points
    yield Finding(f"{n_points} metric points are readable.")


def _check_counts(connection: sa.Connection, *, repair: bool) -> Iterator[Finding]:
    """Whether each key says rightly how many runs have it."""
    for table in (latest_metrics, params, tags):
        counted = sa.select(table.c.key_id, sa.func.count().label("n")).group_by(table.c.key_id).subquery()
        rows = connection.execute(
            sa.select(keys.c.id, keys.c.key, keys.c.n_runs, counted.c.n)
            .join(counted, counted.c.key_id == keys.c.id)
            .where(keys.c.n_runs != counted.c.n)
        ).all()
        for row in rows:
            if repair:
                connection.execute(sa.update(keys).where(keys.c.id == row.id).values(n_runs=row.n))
            yield Finding(
                f"The key {row.key!r} says that {row.n_runs} runs have it; {row.n} do.",
                is_fault=True,
                is_repaired=repair,
            )


def _check_orphans(connection: sa.Connection) -> Iterator[Finding]:
    for table in (params, tags, latest_metrics, metric_journal, metric_chunks):
        n = connection.execute(
            sa.select(sa.func.count()).select_from(table).where(~sa.exists().where(runs.c.id == table.c.run))
        ).scalar_one()
        if n:
            yield Finding(f"{n} rows of {table.name} belong to no run.", is_fault=True)

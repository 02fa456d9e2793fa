"""Fast inserts into a SQLite file that no server has open."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")

_BATCH = 5000


@contextmanager
def bulk_connection(database: Path) -> Iterator[sqlite3.Connection]:
    """A connection that skips durability: a load that is cut short is thrown away whole."""
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA cache_size = -500000")
    connection.execute("BEGIN")
    try:
        yield connection
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode = WAL")
    finally:
        connection.close()


def insert(connection: sqlite3.Connection, table: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
    marks = ", ".join("?" * len(columns.split(",")))
    connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)


def in_batches(items: Iterable[T]) -> Iterator[list[T]]:
    iterator = iter(items)
    while batch := list(islice(iterator, _BATCH)):
        yield batch


def analyze(database: Path) -> None:
    """Give SQLite's planner the statistics it lacks until somebody asks for them."""
    connection = sqlite3.connect(database)
    connection.execute("ANALYZE")
    connection.close()


def forget_statistics(database: Path) -> None:
    connection = sqlite3.connect(database)
    tables = connection.execute("SELECT name FROM sqlite_master WHERE name LIKE 'sqlite_stat%'").fetchall()
    for (table,) in tables:
        connection.execute(f"DROP TABLE {table}")
    connection.commit()
    connection.close()

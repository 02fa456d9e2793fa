"""Giving disk space back to the file system.

SQLite keeps the pages of deleted rows for later ones. Folding deletes several times what it writes, so without
this a file would keep the size of its largest journal for ever. PostgreSQL sees to it by itself.
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from runfold.stores.base import RecordsSize
from runfold.stores.sql.transaction import Transaction

# What may stay free: the next journal needs pages too.
KEPT_PAGES = 256
# Moving pages is a write like any other, and others wait behind it: some four megabytes at a time.
STEP_PAGES = 1024

_INCREMENTAL = 2


def measure(connection: sa.Connection, path: Path | None) -> RecordsSize:
    """What the database takes up.

    Args:
        path: of SQLite's file, whose log lies beside it; None: another engine.
    """
    if path is None:
        return RecordsSize(n_bytes=connection.scalar(sa.text("SELECT pg_database_size(current_database())")) or 0)

    def pragma(name: str) -> int:
        return int(connection.exec_driver_sql(f"PRAGMA {name}").scalar_one())

    log = path.with_name(f"{path.name}-wal")
    page = pragma("page_size")
    return RecordsSize(
        n_bytes=pragma("page_count") * page + (log.stat().st_size if log.exists() else 0),
        n_free_bytes=pragma("freelist_count") * page,
    )


def is_spare(connection: sa.Connection) -> bool:
    """Whether a SQLite file holds more free pages than it should keep, and can give them back."""
    if connection.exec_driver_sql("PRAGMA auto_vacuum").scalar() != _INCREMENTAL:
        return False  # made before files could; `VACUUM` by hand is the only way
    return int(connection.exec_driver_sql("PRAGMA freelist_count").scalar_one()) > KEPT_PAGES


def give_back(transaction: Transaction) -> None:
    """Cut a number of free pages off the file; pages in use at its end move into gaps before it."""
    free = transaction.rows("PRAGMA freelist_count")[0][0]
    for _ in range(min(STEP_PAGES, free - KEPT_PAGES)):
        # Each step of this statement gives back one page, and Python's driver makes one step of it.
        transaction.run("PRAGMA incremental_vacuum")

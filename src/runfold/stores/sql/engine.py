"""Connections: to which database, with which settings, and what its errors mean."""

from __future__ import annotations

import errno
import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import NullPool, QueuePool

from runfold.config import StoreSettings
from runfold.errors import (
    InvalidValue,
    MissingDependency,
    RunfoldError,
    StorageFull,
    StoreCorrupt,
    StoreError,
    Unavailable,
)

# A look takes less than a microsecond, so many steps of SQLite's machine about a millisecond.
_STEPS_BETWEEN_LOOKS = 20_000
# How long a connection waits for another process's transaction before it gives up.
BUSY_TIMEOUT_S = 60.0
# Between two tries of what SQLite itself does not wait for.
_PAUSE_S = 0.01


class Engines:
    """Where writers and readers get their connections.

    Attributes:
        uri: as given, without a password.
        is_sqlite: SQLite has one writer at a time; PostgreSQL several.
    """

    def __init__(self, uri: str, settings: StoreSettings) -> None:
        url = _parse(uri)
        self.uri = url.render_as_string(hide_password=True)
        self.is_sqlite = url.get_backend_name() == "sqlite"
        self.path = Path(url.database or "") if self.is_sqlite else None
        self._read_timeout_s = settings.statement_timeout_s
        if self.is_sqlite:
            self._write_engine, self._read_engine = _sqlite_engines(url, settings)
        else:
            self._write_engine, self._read_engine = _postgresql_engines(url, settings)

    def connect_to_write(self) -> sa.Connection:
        """A connection of its own for one writer thread; its transactions take the write lock at once."""
        return self._write_engine.connect()

    def connect_to_read(self) -> sa.Connection:
        """A pooled connection that refuses writes and sees one snapshot until it is closed."""
        return self._read_engine.connect()

    @contextmanager
    def time_limit(self, connection: sa.Connection) -> Iterator[None]:
        """Give up what a reading connection does in the block once `statement_timeout_s` has passed.

        PostgreSQL sees to that by itself. SQLite asks now and then whether it should go on.
        """
        if not self.is_sqlite:
            yield
            return
        driver: Any = connection.connection.driver_connection
        deadline = monotonic() + self._read_timeout_s
        driver.set_progress_handler(lambda: monotonic() > deadline, _STEPS_BETWEEN_LOOKS)
        try:
            yield
        finally:
            driver.set_progress_handler(None, 0)

    def dispose(self) -> None:
        self._read_engine.dispose()
        self._write_engine.dispose()


def _parse(uri: str) -> sa.URL:
    if "://" not in uri:
        uri = f"sqlite:///{uri}"
    try:
        url = sa.make_url(uri)
    except (sa.exc.ArgumentError, ValueError):  # the latter for a port that is no number
        raise InvalidValue(
            f"{_without_password(uri)!r} is not a store address. Use sqlite:///path/to/file.db or postgresql://user@host/database."
        ) from None
    backend = url.get_backend_name()
    if backend == "sqlite":
        if not url.database or url.database == ":memory:" or url.query.get("mode") == "memory":
            raise InvalidValue("An in-memory SQLite store cannot be shared by several connections; name a file.")
        return url
    if backend in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    raise InvalidValue(f"Stores live in SQLite or PostgreSQL; {_without_password(uri)!r} names {backend!r}.")


def _without_password(uri: str) -> str:
    """For messages about an address that cannot be parsed, and so has no known place for its password."""
    return re.sub(r"//[^/]*@", "//***@", uri)


def _sqlite_engines(url: sa.URL, settings: StoreSettings) -> tuple[sa.Engine, sa.Engine]:
    path = Path(url.database or "")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"The folder of the store {str(path)!r} cannot be made: {error.strerror}.") from error
    arguments = {"timeout": BUSY_TIMEOUT_S, "check_same_thread": False, "cached_statements": 512}
    writer = sa.create_engine(url, poolclass=NullPool, connect_args=arguments)
    reader = sa.create_engine(
        url,
        poolclass=QueuePool,
        pool_size=settings.read_connections,
        max_overflow=settings.read_connections,
        connect_args=arguments,
    )
    synchronous = {"full": "FULL", "process": "NORMAL"}.get(settings.durability)
    if synchronous is None:
        raise InvalidValue(f"durability is {settings.durability!r}; it must be 'full' or 'process'.")

    def configure(connection: sqlite3.Connection, *, writes: bool) -> None:
        connection.isolation_level = None  # transactions are begun by the events below, not by the driver
        if writes:
            connection.execute("PRAGMA auto_vacuum=INCREMENTAL")  # heard by a new file, before anything is in it
        _enter_wal(connection)
        connection.execute(f"PRAGMA synchronous={synchronous}")
        # Pages come through the map, shared by all connections; a large private cache would only copy them.
        connection.execute("PRAGMA mmap_size=1073741824")
        connection.execute("PRAGMA cache_size=-16384")
        connection.execute("PRAGMA temp_store=MEMORY")
        connection.execute("PRAGMA journal_size_limit=67108864")
        # Pages that every run changes are copied into the file once a checkpoint; the default makes four of this one.
        connection.execute("PRAGMA wal_autocheckpoint=4000")
        if not writes:
            connection.execute("PRAGMA query_only=ON")

    @sa.event.listens_for(writer, "connect")
    def configure_writer(connection: sqlite3.Connection, record: object) -> None:
        configure(connection, writes=True)

    @sa.event.listens_for(reader, "connect")
    def configure_reader(connection: sqlite3.Connection, record: object) -> None:
        configure(connection, writes=False)

    # IMMEDIATE: a transaction that reads first and writes later could otherwise fail half-way with
    # "database is locked" when another process wrote in between.
    @sa.event.listens_for(writer, "begin")
    def begin_write(connection: sa.Connection) -> None:
        _run(connection, "BEGIN IMMEDIATE")

    @sa.event.listens_for(reader, "begin")
    def begin_read(connection: sa.Connection) -> None:
        _run(connection, "BEGIN")

    return writer, reader


def _enter_wal(connection: sqlite3.Connection) -> None:
    """Turn to the write-ahead log, which a file is once told and then keeps.

    Of several that tell a new file at once, each reads before it locks the file whole. SQLite answers all but one
    "busy" at once, without the wait that it grants elsewhere, because they would wait for each other.
    """
    deadline = monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if not error.sqlite_errorname.startswith("SQLITE_BUSY") or monotonic() > deadline:
                raise
            sleep(_PAUSE_S)
        else:
            return


def _run(connection: sa.Connection, statement: str) -> None:
    """Run a statement at the driver: it comes before every commit, and SQLAlchemy's way there costs more."""
    driver: Any = connection.connection.driver_connection
    driver.execute(statement)


def _postgresql_engines(url: sa.URL, settings: StoreSettings) -> tuple[sa.Engine, sa.Engine]:
    try:
        import psycopg  # noqa: F401
    except ImportError:
        raise MissingDependency("psycopg", needed_for="A PostgreSQL store", extra="postgres") from None
    timeout_ms = int(settings.statement_timeout_s * 1000)
    synchronous = "off" if settings.durability == "process" else "on"
    writer = sa.create_engine(
        url,
        pool_pre_ping=True,
        pool_size=settings.write_connections + 1,
        connect_args={"options": f"-c synchronous_commit={synchronous} -c lock_timeout={int(BUSY_TIMEOUT_S * 1000)}"},
    )
    # REPEATABLE READ: a reader merges a journal and chunks, and must see both at one moment.
    reader = sa.create_engine(
        url,
        pool_pre_ping=True,
        pool_size=settings.read_connections,
        max_overflow=settings.read_connections,
        isolation_level="REPEATABLE READ",
        connect_args={"options": f"-c default_transaction_read_only=on -c statement_timeout={timeout_ms}"},
    )
    return writer, reader


def translate(error: BaseException, place: str) -> BaseException:
    """What a driver's error means to the caller; other errors come back as they are."""
    if isinstance(error, RunfoldError):
        return error
    original: Any = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(original, sqlite3.Error):
        return _translate_sqlite(original, place) or error
    if isinstance(original, OSError) and original.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageFull(place)
    if isinstance(original, OverflowError):
        return InvalidValue("A number does not fit in 64 bits (-2^63 to 2^63-1).")
    if isinstance(original, UnicodeEncodeError):
        return InvalidValue(f"A text holds a character that is none, at position {original.start}: {original.reason}.")
    if _is_a(original, "DataError") and "NUL" in str(original):  # only PostgreSQL minds
        return InvalidValue("A text holds a NUL character, which no text may.")
    state = getattr(original, "sqlstate", None)
    if state == "22003":  # numeric_value_out_of_range
        return InvalidValue("A number does not fit in 64 bits (-2^63 to 2^63-1).")
    if state == "53100":  # disk_full
        return StorageFull(place)
    if state == "57014":  # query_canceled, here always by statement_timeout
        return _took_too_long(place)
    if is_conflict(error):
        return Unavailable(f"{place} could not order this write among others; try again.")
    if isinstance(error, sa.exc.TimeoutError):
        return Unavailable(f"{place} has all its connections in use; try again.")
    if isinstance(error, OperationalError) or _is_a(original, "OperationalError", "InterfaceError"):
        return Unavailable(f"{place} cannot be reached: {str(original).strip()}", retry_after_s=5.0)
    return error


def _is_a(error: object, *names: str) -> bool:
    """Whether an error is of one of DB-API's classes, whichever driver made it (PEP 249)."""
    return any(kind.__name__ in names for kind in type(error).__mro__)


def _translate_sqlite(error: sqlite3.Error, place: str) -> RunfoldError | None:
    name = getattr(error, "sqlite_errorname", "") or ""
    if name == "SQLITE_FULL" or (name.startswith("SQLITE_IOERR") and _disk_is_full(place)):
        return StorageFull(place)
    if name == "SQLITE_INTERRUPT":
        return _took_too_long(place)
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return Unavailable(f"{place} is kept busy by another process; try again.")
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return StoreCorrupt(f"{place} is not a sound SQLite file ({error}). Restore a backup.")
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_IOERR")):
        return StoreError(f"{place} cannot be used: {error}. Check the file's folder, owner and permissions.")
    return None


def _took_too_long(place: str) -> Unavailable:
    return Unavailable(f"{place} took longer than its time limit for this query; narrow the search.")


def _disk_is_full(place: str) -> bool:
    folder = Path(place.removeprefix("sqlite:///")).parent
    try:
        status = os.statvfs(folder)
    except OSError:
        return False
    return status.f_bavail * status.f_frsize < 2**20


def is_conflict(error: BaseException) -> bool:
    """Whether PostgreSQL gave up a transaction only for the sake of another: it may be run again."""
    original: Any = error.orig if isinstance(error, DBAPIError) else error
    return getattr(original, "sqlstate", None) in ("40P01", "40001")

import errno
import sqlite3
import threading
from pathlib import Path

import pytest

from runfold.config import StoreSettings
from runfold.errors import InvalidValue, StorageFull, Unavailable
from runfold.stores.sql.engine import Engines, translate
from runfold.stores.sql.store import SqlStore


def test_a_full_disk_is_told_as_such_whoever_reports_it() -> None:
    assert isinstance(translate(OSError(errno.ENOSPC, "No space left"), "sqlite:///x.db"), StorageFull)


def test_numbers_and_texts_that_no_column_holds_are_the_callers_fault() -> None:
    with sqlite3.connect(":memory:") as connection:
        connection.execute("CREATE TABLE t (x)")
        for value in (2**64, "\ud800"):
            with pytest.raises((OverflowError, UnicodeEncodeError)) as raised:
                connection.execute("INSERT INTO t VALUES (?)", (value,))
            assert isinstance(translate(raised.value, "sqlite:///x.db"), InvalidValue)
    connection.close()


def test_an_in_memory_store_is_refused() -> None:
    with pytest.raises(InvalidValue, match="name a file"):
        Engines("sqlite://", StoreSettings())


@pytest.mark.parametrize("uri", ["mysql://me:secret@host/db", "postgresql://me:secret@host:port/db"])
def test_a_store_address_that_cannot_be_used_is_named_without_its_password(uri: str) -> None:
    with pytest.raises(InvalidValue) as raised:
        Engines(uri, StoreSettings())

    assert "secret" not in raised.value.message
    assert "//***@host" in raised.value.message


def test_a_slow_read_is_given_up_and_the_store_goes_on(tmp_path: Path) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    store = SqlStore(f"sqlite:///{tmp_path}/store.db", StoreSettings(statement_timeout_s=0.2, read_connections=1))
    try:
        with pytest.raises(Unavailable, match="time limit"):
            store._read(lambda connection: connection.exec_driver_sql(endless).scalar())
        assert store.get_experiment("0").name == "Default"
    finally:
        store.close()


def test_a_new_file_that_another_is_writing_to_is_waited_for(tmp_path: Path) -> None:
    """SQLite itself does not wait here: of six servers that made a store together, one gave up."""
    path = tmp_path / "new.db"
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    done = threading.Timer(0.3, other.execute, ["COMMIT"])
    done.start()
    engines = Engines(str(path), StoreSettings())
    with engines.connect_to_read() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    engines.dispose()
    done.join()
    other.close()

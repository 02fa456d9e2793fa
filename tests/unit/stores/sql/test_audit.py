"""The audit in SQLite: the shipped suite, and a chain that somebody changes behind our back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from runfold.config import StoreSettings
from runfold.domain.audit import Act, Broken
from runfold.stores.sql.store import SqlStore
from runfold.testing.audit import *  # noqa: F403 - the suite is its tests
from runfold.testing.audit import check

SETTINGS = StoreSettings(durability="process")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStore]:
    opened = SqlStore(f"sqlite:///{tmp_path_factory.mktemp('store')}/runfold.db", SETTINGS)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("statement", "number"),
    [
        ("UPDATE audit_records SET object = 'run:9' WHERE number = 3", 3),
        ("DELETE FROM audit_records WHERE number = 2", 2),
        ("DELETE FROM audit_records WHERE number > 3", 4),
        ("UPDATE audit_head SET number = 4", 5),
    ],
)
def test_a_change_in_the_database_is_noticed(tmp_path: Path, statement: str, number: int) -> None:
    uri = f"sqlite:///{tmp_path}/runfold.db"
    with closing(SqlStore(uri, SETTINGS)) as store:
        store.record_acts([Act(action="count", object=f"run:{n}") for n in range(5)]).result()
        check(store)
        engine = sa.create_engine(uri)
        with engine.begin() as connection:
            connection.exec_driver_sql(statement)
        engine.dispose()
        with pytest.raises(Broken) as broken:
            check(store)
    assert broken.value.number == number


def test_two_processes_on_one_store_continue_one_chain(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path}/runfold.db"
    with closing(SqlStore(uri, SETTINGS)) as one, closing(SqlStore(uri, SETTINGS)) as other:
        for n in range(5):
            for store in (one, other):
                store.record_acts([Act(action="count", detail=str(n))]).result()
        assert check(one).n_records == 10

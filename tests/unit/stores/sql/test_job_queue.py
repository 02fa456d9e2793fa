"""Reading the queue costs the same however long it is: an index has each part of it in order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from runfold.config import StoreSettings
from runfold.domain.job import Agent, JobState, NewJob
from runfold.stores.open import open_store
from runfold.stores.sql.jobs import claims, listing
from runfold.stores.sql.jobs.arrays import waiting_beside
from runfold.stores.sql.transaction import KeyCache, Transaction
from runfold.stores.work import JobQuery

AGENT = Agent(name="agent", queues=("many", "default"))


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sa.Connection]:
    store = open_store(f"sqlite:///{tmp_path}/runfold.db", StoreSettings())
    store.submit_jobs([NewJob(uri="/p", queue="many", priority=number % 3) for number in range(300)])
    store.close()
    engine = sa.create_engine(f"sqlite:///{tmp_path}/runfold.db")
    with engine.connect() as opened:
        yield opened
    engine.dispose()


@pytest.fixture
def plans(connection: sa.Connection) -> list[str]:
    """What SQLite does for each statement on jobs: a line of each step."""
    steps: list[str] = []

    @sa.event.listens_for(connection, "before_cursor_execute")
    def explain(
        connection: sa.Connection, cursor: object, statement: str, parameters: tuple[object, ...], *_: object
    ) -> None:
        if "FROM jobs" in statement and not statement.startswith("EXPLAIN"):
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            steps.extend(row.detail for row in rows)

    return steps


@pytest.mark.parametrize(
    "query",
    [
        JobQuery(),
        JobQuery(states=(JobState.QUEUED,)),
        JobQuery(states=(JobState.CLAIMED, JobState.RUNNING)),
        JobQuery(queue="many"),
        JobQuery(queue="many", states=(JobState.QUEUED, JobState.LOST)),
        JobQuery(project="p"),
    ],
)
def test_a_list_reads_as_many_jobs_as_it_shows(connection: sa.Connection, plans: list[str], query: JobQuery) -> None:
    listing.list_jobs(connection, query)
    assert plans
    assert reads_in_order(plans), plans


def test_an_agent_learns_of_the_next_job_without_a_look_at_the_others(
    connection: sa.Connection, plans: list[str]
) -> None:
    assert claims.has_news(connection, AGENT, ())
    assert reads_in_order(plans), plans
    assert any("ix_jobs_queue" in step for step in plans)


def test_a_job_that_goes_alone_is_claimed_without_a_look_at_the_others(
    connection: sa.Connection, plans: list[str]
) -> None:
    assert list(waiting_beside(Transaction(connection, KeyCache()), 1)) == []
    assert plans == ["SEARCH jobs USING INTEGER PRIMARY KEY (rowid=?)"]


def reads_in_order(plans: list[str]) -> bool:
    """Whether each part comes from an index in its order; a sort that is the last step is of what they gave."""
    return not any("TEMP B-TREE" in step for step in plans[:-1])

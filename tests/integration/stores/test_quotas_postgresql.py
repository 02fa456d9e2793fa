"""Quotas and retention over a real PostgreSQL: the shipped suites, and writers of several servers at once."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path

import pytest

from runfold.artifacts.local import LocalArtifacts
from runfold.config import ServerSettings, StoreSettings
from runfold.domain.access import Place, PlaceKind
from runfold.domain.quota import Owner, OwnerKind, Quota
from runfold.domain.retention import RetentionRule
from runfold.domain.run import NewRun, RunBatch
from runfold.domain.states import RunStatus, ViewType
from runfold.errors import InvalidState, QuotaExceeded
from runfold.server.artifacts.kept import KeptFiles
from runfold.server.artifacts.roots import RunFiles
from runfold.server.retention.passes import Retention
from runfold.stores.base import RunQuery
from runfold.stores.sql.store import SqlStore
from runfold.testing.quotas import *  # noqa: F403 - the suite is its tests
from runfold.testing.retention import *  # noqa: F403 - likewise
from runfold.testing.stores.records import unique


@pytest.fixture(scope="module")
def uri(new_postgres_database: Callable[[], str]) -> str:
    return new_postgres_database()


@pytest.fixture(scope="module")
def store(uri: str) -> Iterator[SqlStore]:
    opened = SqlStore(uri, StoreSettings())
    yield opened
    opened.close()


def test_writers_of_two_servers_meet_a_quota_exactly(store: SqlStore, uri: str, owner: Owner) -> None:
    number = store.get_user(owner.name).number
    store.set_quota(owner, Quota(max_runs=20, max_bytes=1000))
    with closing(SqlStore(uri, StoreSettings())) as other, ThreadPoolExecutor(16) as threads:
        mine = (store.owned_by(number), other.owned_by(number))

        def work(n: int) -> str:
            """A run, a point, a file, and for some the way through the trash: all that locks one another's rows."""
            try:
                run_id = mine[n % 2].create_run(NewRun(experiment_id="0")).info.run_id
            except QuotaExceeded:
                return ""
            mine[(n + 1) % 2].log_batch(run_id, RunBatch(params=(("lr", "1"),)))
            (holder,) = store.find_holders([run_id])
            mine[n % 2].charge_files(holder, 10)
            if n % 5 == 0:
                mine[n % 2].delete_runs([run_id])
                mine[(n + 1) % 2].purge(run_ids=[run_id], dry_run=False)
                return ""
            return run_id

        made = [run_id for run_id in threads.map(work, range(60)) if run_id]
        found = store.get_usage(owner.name)
        assert found.n_runs <= 20
        assert (found.n_runs, found.n_bytes) == (len(made), 10 * len(made))


def test_users_of_two_servers_meet_the_quota_of_their_workspace_exactly(store: SqlStore, uri: str) -> None:
    here, there = (store.create_workspace(unique("team")).name for _ in range(2))
    experiments = [store.in_workspace(name).create_experiment("shared") for name in (here, there)]
    numbers = [store.create_user(unique("user")).number for _ in range(2)]
    for name in (here, there):
        store.set_quota(Owner(OwnerKind.WORKSPACE, name), Quota(max_runs=10, max_bytes=95))
    with closing(SqlStore(uri, StoreSettings())) as other, ThreadPoolExecutor(16) as threads:
        theirs = (store.owned_by(numbers[0]), other.owned_by(numbers[1]))

        def work(n: int) -> None:
            """A run, a file, and for some the way into the other workspace, where as many go as have room."""
            with suppress(QuotaExceeded):
                run_id = theirs[n % 2].create_run(NewRun(experiment_id=experiments[n % 4 // 2])).info.run_id
                (holder,) = theirs[(n + 1) % 2].find_holders([run_id])
                theirs[n % 2].charge_files(holder, 10)
                if n % 3 == 0:
                    theirs[(n + 1) % 2].move_runs([run_id], experiments[1 - n % 4 // 2])

        list(threads.map(work, range(80)))
    usages = store.list_workspace_usage([here, there])
    assert [one.n_runs <= 10 and one.n_bytes <= 95 for one in usages] == [True, True]
    assert store.recount_owners(dry_run=True) == ()


def test_servers_that_share_a_rule_send_each_run_to_the_trash_once(store: SqlStore, uri: str) -> None:
    experiment_id = store.create_experiment(unique("house"))
    for _ in range(12):
        run_id = store.create_run(NewRun(experiment_id=experiment_id)).info.run_id
        store.update_run(run_id, status=RunStatus.FINISHED, end_time_ms=1)
    rule = store.save_retention_rule(
        RetentionRule(name=unique("rule"), place=Place(PlaceKind.EXPERIMENT, experiment_id), trash_days=0)
    )
    with closing(SqlStore(uri, StoreSettings())) as other, tempfile.TemporaryDirectory() as folder:
        files = RunFiles(ServerSettings(), LocalArtifacts(Path(folder)))
        passes = [Retention(one, files, KeptFiles(one, files), step=3) for one in (store, other)]

        def work(n: int) -> int:
            try:
                return passes[n % 2].apply(rule.key).n_retired
            except InvalidState:
                return 0

        with ThreadPoolExecutor(6) as threads:
            assert sum(threads.map(work, range(6))) == 12
        passes[0].apply(rule.key)
    assert store.search_runs(RunQuery(experiment_ids=(experiment_id,), view_type=ViewType.ALL)).items == ()

"""Quotas in SQLite: the shipped suite, and that what is counted is what is there."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from runfold.config import StoreSettings
from runfold.domain.ids import new_run_id
from runfold.domain.logged_model import NewLoggedModel
from runfold.domain.quota import DEFAULT, NOBODY, Owner, OwnerKind, Quota
from runfold.domain.run import FinishedRun, NewRun
from runfold.errors import ByteQuotaExceeded, RunQuotaExceeded
from runfold.stores.base import RunQuery
from runfold.stores.sql.store import SqlStore
from runfold.testing.quotas import *  # noqa: F403 - the suite is its tests
from runfold.testing.stores.records import unique


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStore]:
    folder: Path = tmp_path_factory.mktemp("store")
    opened = SqlStore(f"sqlite:///{folder}/runfold.db", StoreSettings(durability="process"))
    yield opened
    opened.close()


def number_of(store: SqlStore, owner: Owner) -> int:
    return store.get_user(owner.name).number


def make_run(store: SqlStore, owner: Owner) -> str:
    return store.owned_by(number_of(store, owner)).create_run(NewRun(experiment_id="0")).info.run_id


def charge(store: SqlStore, key: str, n_bytes: int) -> None:
    (holder,) = store.find_holders([key])
    store.charge_files(holder, n_bytes)


def kept(store: SqlStore, owner: Owner) -> tuple[int, int]:
    found = store.get_usage(owner.name)
    return found.n_runs, found.n_bytes


def nobodys(store: SqlStore) -> tuple[int, int]:
    return next(((one.n_runs, one.n_bytes) for one in store.list_usage() if one.owner == NOBODY), (0, 0))


def test_no_run_more_than_may_be_made_and_those_there_go_on(store: SqlStore, owner: Owner) -> None:
    store.set_quota(owner, Quota(max_runs=2))
    first, _ = make_run(store, owner), make_run(store, owner)
    with pytest.raises(RunQuotaExceeded) as refused:
        make_run(store, owner)
    assert (refused.value.limit, owner.name in str(refused.value)) == (2, True)
    store.set_tag(first, "still", "written")
    store.delete_runs([first])
    with pytest.raises(RunQuotaExceeded):
        make_run(store, owner)
    store.purge(run_ids=[first], dry_run=False)
    make_run(store, owner)
    assert kept(store, owner) == (2, 0)


def test_simultaneous_writers_meet_a_quota_exactly(store: SqlStore, owner: Owner) -> None:
    store.set_quota(owner, Quota(max_runs=10, max_bytes=1000))

    def try_once(_: int) -> bool:
        try:
            make_run(store, owner)
        except RunQuotaExceeded:
            return False
        return True

    with ThreadPoolExecutor(16) as threads:
        assert sum(threads.map(try_once, range(40))) == 10
    run_id = store.search_runs(RunQuery(experiment_ids=("0",), max_results=1)).items[0].info.run_id

    def try_file(_: int) -> bool:
        try:
            charge(store, run_id, 90)
        except ByteQuotaExceeded:
            return False
        return True

    with ThreadPoolExecutor(16) as threads:
        assert sum(threads.map(try_file, range(40))) == 11
    assert kept(store, owner) == (10, 990)


def test_a_finished_run_counts_with_its_files_or_not_at_all(store: SqlStore, owner: Owner) -> None:
    store.set_quota(owner, Quota(max_bytes=100))
    mine = store.owned_by(number_of(store, owner))
    mine.register_run(FinishedRun(run=NewRun(experiment_id="0"), n_bytes=70))
    with pytest.raises(ByteQuotaExceeded):
        mine.register_run(FinishedRun(run=NewRun(experiment_id="0", run_id=new_run_id()), n_bytes=70))
    assert kept(store, owner) == (1, 70)


def test_what_nobody_owns_is_counted_and_not_limited(store: SqlStore) -> None:
    store.set_quota(DEFAULT, Quota(max_runs=0, max_bytes=0))
    before = nobodys(store)
    run_id = store.create_run(NewRun(experiment_id="0")).info.run_id
    charge(store, run_id, 5)
    store.set_quota(DEFAULT, Quota())
    assert nobodys(store) == (before[0] + 1, before[1] + 5)


@given(steps=st.lists(st.tuples(st.sampled_from(["run", "model", "file", "shrink", "purge"]), st.integers(0, 50))))
@examples(max_examples=25)
def test_the_counts_are_what_counting_would_find(store: SqlStore, steps: list[tuple[str, int]]) -> None:
    owner = Owner(OwnerKind.USER, store.create_user(unique("user")).name)
    number = number_of(store, owner)
    runs: dict[str, int] = {}
    models: dict[str, int] = {}
    for step, n in steps:
        match step:
            case "run":
                runs[make_run(store, owner)] = 0
            case "model":
                made = store.owned_by(number).create_logged_model(NewLoggedModel(experiment_id="0"))
                models[made.model_id] = 0
            case "file" | "shrink" if runs or models:
                key = sorted([*runs, *models])[n % (len(runs) + len(models))]
                kept_there = runs if key in runs else models
                change = n if step == "file" else -min(n, kept_there[key])
                charge(store, key, change)
                kept_there[key] += change
            case "purge" if runs:
                key = sorted(runs)[n % len(runs)]
                store.delete_runs([key])
                store.purge(run_ids=[key], dry_run=False)
                del runs[key]
    assert kept(store, owner) == (len(runs), sum(runs.values()) + sum(models.values()))


def test_requests_are_added_up_by_the_day(store: SqlStore, owner: Owner) -> None:
    number = number_of(store, owner)
    store.submit_request_counts({number: 3}).result()
    store.submit_request_counts({number: 4}).result()
    found = store.get_usage(owner.name)
    assert (found.n_requests_today, found.n_requests) == (7, 7)

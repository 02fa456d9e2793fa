"""Quotas in SQLite: the shipped suite, and that what is counted is what is there."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from runfold.config import StoreSettings
from runfold.domain.ids import new_run_id
from runfold.domain.logged_model import NewLoggedModel
from runfold.domain.metric import Metric
from runfold.domain.quota import DEFAULT, NOBODY, Excess, Owner, OwnerKind, Quota
from runfold.domain.run import FinishedRun, NewRun, RunBatch
from runfold.domain.states import RunStatus
from runfold.domain.workspace import DeletionMode
from runfold.errors import ByteQuotaExceeded, MoveQuotaExceeded, PointQuotaExceeded, RunQuotaExceeded
from runfold.stores.sql.runs import note_writes
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


def make_run(store: SqlStore, owner: Owner, experiment_id: str = "0") -> str:
    return store.owned_by(number_of(store, owner)).create_run(NewRun(experiment_id=experiment_id)).info.run_id


def make_workspace(store: SqlStore) -> str:
    return store.create_workspace(unique("team")).name


def charge(store: SqlStore, key: str, n_bytes: int) -> None:
    (holder,) = store.find_holders([key])
    store.charge_files(holder, n_bytes)


def kept(store: SqlStore, owner: Owner) -> tuple[int, int]:
    found = store.get_usage(owner.name)
    return found.n_runs, found.n_bytes


def kept_in(store: SqlStore, workspace: str) -> tuple[int, int]:
    found = store.list_workspace_usage([workspace])[0]
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

    def try_once(_: int) -> str:
        try:
            return make_run(store, owner)
        except RunQuotaExceeded:
            return ""

    with ThreadPoolExecutor(16) as threads:
        made = list(filter(None, threads.map(try_once, range(40))))
    assert len(made) == 10
    run_id = made[0]

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
    number, workspace = number_of(store, owner), make_workspace(store)
    experiment = store.in_workspace(workspace).create_experiment("experiment")
    runs: dict[str, int] = {}
    models: dict[str, int] = {}
    for step, n in steps:
        match step:
            case "run":
                runs[make_run(store, owner, experiment)] = 0
            case "model":
                made = store.owned_by(number).create_logged_model(NewLoggedModel(experiment_id=experiment))
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
    expected = (len(runs), sum(runs.values()) + sum(models.values()))
    assert kept(store, owner) == kept_in(store, workspace) == expected


def test_requests_are_added_up_by_the_day(store: SqlStore, owner: Owner) -> None:
    number = number_of(store, owner)
    name = make_workspace(store)
    store.submit_request_counts({number: 3}, {name: 3, "gone": 1}).result()
    store.submit_request_counts({number: 4}, {name: 4}).result()
    for found in (store.get_usage(owner.name), *store.list_workspace_usage([name])):
        assert (found.n_requests_today, found.n_requests) == (7, 7)


def test_the_stricter_quota_counts_and_is_named(store: SqlStore, owner: Owner) -> None:
    name = make_workspace(store)
    experiment = store.in_workspace(name).create_experiment(unique("experiment"))
    store.set_quota(Owner(OwnerKind.WORKSPACE, name), Quota(max_runs=2, max_bytes=100))
    store.set_quota(owner, Quota(max_runs=1, max_bytes=50))
    first = make_run(store, owner, experiment)
    with pytest.raises(RunQuotaExceeded, match=f"the user '{owner.name}'"):
        make_run(store, owner, experiment)
    other = store.create_run(NewRun(experiment_id=experiment)).info.run_id
    store.set_quota(owner, Quota())
    with pytest.raises(RunQuotaExceeded, match=f"the workspace '{name}'"):
        make_run(store, owner, experiment)
    charge(store, first, 70)
    assert [holder.room for holder in store.find_holders([first, other])] == [30, 30]
    with pytest.raises(ByteQuotaExceeded, match=f"the workspace '{name}'"):
        charge(store, other, 31)
    charge(store, other, 30)
    assert kept_in(store, name) == (2, 100)


def test_a_run_takes_its_counts_along_into_another_workspace(store: SqlStore, owner: Owner) -> None:
    here, there = make_workspace(store), make_workspace(store)
    old, new = (store.in_workspace(name).create_experiment(unique("experiment")) for name in (here, there))
    run_id = make_run(store, owner, old)
    charge(store, run_id, 60)
    store.set_quota(Owner(OwnerKind.WORKSPACE, there), Quota(max_bytes=50))
    with pytest.raises(MoveQuotaExceeded, match=f"{there}.*60 bytes of files to 0, of 50 at most"):
        store.move_runs([run_id], new)
    assert (kept_in(store, here), kept_in(store, there)) == ((1, 60), (0, 0))
    store.set_quota(Owner(OwnerKind.WORKSPACE, there), Quota())
    store.move_runs([run_id], new)
    assert (kept_in(store, here), kept_in(store, there), kept(store, owner)) == ((0, 0), (1, 60), (1, 60))
    charge(store, run_id, -20)
    store.delete_runs([run_id])
    store.restore_runs([run_id])
    assert kept_in(store, there) == (1, 40)
    store.in_workspace(there).delete_experiment(new)
    store.purge(experiment_ids=[new], dry_run=False)
    assert (kept_in(store, there), kept(store, owner)) == ((0, 0), (0, 0))


def test_models_take_their_bytes_along_with_the_run_that_logged_them(store: SqlStore, owner: Owner) -> None:
    here, there = make_workspace(store), make_workspace(store)
    old, new = (store.in_workspace(name).create_experiment(unique("experiment")) for name in (here, there))
    run_id = make_run(store, owner, old)
    logged = store.create_logged_model(NewLoggedModel(experiment_id=old, name="m", source_run_id=run_id))
    charge(store, logged.model_id, 40)
    store.set_quota(Owner(OwnerKind.WORKSPACE, there), Quota(max_bytes=39))
    with pytest.raises(MoveQuotaExceeded, match="40 bytes"):
        store.move_runs([run_id], new)
    store.set_quota(Owner(OwnerKind.WORKSPACE, there), Quota(max_bytes=40))
    store.move_runs([run_id], new)
    assert (kept_in(store, here), kept_in(store, there)) == ((0, 0), (1, 40))


def test_of_runs_that_move_together_all_fit_or_none_goes(store: SqlStore, owner: Owner) -> None:
    here, there = make_workspace(store), make_workspace(store)
    old, new = (store.in_workspace(name).create_experiment(unique("experiment")) for name in (here, there))
    run_ids = [make_run(store, owner, old) for _ in range(3)]
    inside = make_run(store, owner, store.in_workspace(there).create_experiment(unique("experiment")))
    store.set_quota(Owner(OwnerKind.WORKSPACE, there), Quota(max_runs=3))
    with pytest.raises(MoveQuotaExceeded, match="3 runs to 1, of 3 at most"):
        store.move_runs([inside, *run_ids], new)
    assert {store.get_run(run_id).info.experiment_id for run_id in run_ids} == {old}
    assert (kept_in(store, here), kept_in(store, there)) == ((3, 0), (1, 0))
    store.move_runs([inside, *run_ids[:2]], new)
    assert (kept_in(store, here), kept_in(store, there)) == ((1, 0), (3, 0))


@pytest.mark.parametrize("limit", ["runs", "bytes", "points"])
def test_a_workspace_moves_where_it_fits_or_not_at_all(store: SqlStore, owner: Owner, limit: str) -> None:
    here, there = make_workspace(store), make_workspace(store)
    run_id = make_run(store, owner, store.in_workspace(here).create_experiment(unique("experiment")))
    charge(store, run_id, 5)
    log(store, run_id, range(5))
    stamp(store, run_id)
    other = make_run(store, owner, store.in_workspace(there).create_experiment(unique("experiment")))
    charge(store, other, 5)
    log(store, other, range(5))
    stamp(store, other)
    most = 1 if limit == "runs" else 9
    store.set_quota(Owner(OwnerKind.WORKSPACE, there), Quota(**{f"max_{limit}": most}))
    n = 1 if limit == "runs" else 5
    expected = Excess(what=limit, limit=most, n_kept=n, n_added=n)
    for dry_run in (True, False):
        if dry_run:
            planned = store.delete_workspace(here, mode=DeletionMode.MOVE, to=there, dry_run=True)
            assert planned.excesses == (expected,)
        else:
            with pytest.raises(MoveQuotaExceeded, match=f"'{there}' has no room"):
                store.delete_workspace(here, mode=DeletionMode.MOVE, to=there)
        assert (kept_in(store, here), kept_in(store, there)) == ((1, 5), (1, 5))
    assert store.get_experiment(store.get_run(run_id).info.experiment_id).workspace == here
    store.set_quota(Owner(OwnerKind.WORKSPACE, there), Quota(**{f"max_{limit}": 2 * n}))
    assert store.delete_workspace(here, mode=DeletionMode.MOVE, to=there, dry_run=True).excesses == ()
    store.delete_workspace(here, mode=DeletionMode.MOVE, to=there)
    assert kept_in(store, there) == (2, 10)
    assert store.list_workspace_usage([there])[0].n_points == 10


def points_of(store: SqlStore, owner: Owner, workspace: str) -> tuple[int, int]:
    return store.get_usage(owner.name).n_points, store.list_workspace_usage([workspace])[0].n_points


def log(store: SqlStore, run_id: str, steps: range, key: str = "loss") -> None:
    points = [Metric(key=key, value=1.0, timestamp_ms=1, step=step) for step in steps]
    store.log_batch(run_id, RunBatch(metrics=tuple(points)))


def stamp(store: SqlStore, run_id: str) -> None:
    """As the background thread does it every half second."""
    (holder,) = store.find_holders([run_id])
    store.committer.run(partial(note_writes, numbers={holder.number}))


def test_points_count_until_they_are_taken_away(store: SqlStore, owner: Owner) -> None:
    name = make_workspace(store)
    experiment = store.in_workspace(name).create_experiment(unique("experiment"))
    run_id = make_run(store, owner, experiment)
    log(store, run_id, range(100))
    log(store, run_id, range(7), "acc")
    log(store, run_id, range(7), "acc")  # a repeated request
    stamp(store, run_id)
    assert points_of(store, owner, name) == (107, 107)
    log(store, run_id, range(90, 110))
    store.fold()  # ten of them are there twice
    stamp(store, run_id)
    assert points_of(store, owner, name) == (117, 117)
    store.delete_metric(run_id, "acc", after_step=2)
    stamp(store, run_id)
    assert points_of(store, owner, name) == (113, 113)
    store.delete_runs([run_id])
    store.purge(run_ids=[run_id], dry_run=False)
    assert points_of(store, owner, name) == (0, 0)


@pytest.mark.parametrize("kind", [OwnerKind.USER, OwnerKind.WORKSPACE])
def test_at_a_quota_of_points_no_more_are_taken_and_the_run_ends_as_ever(
    store: SqlStore, owner: Owner, kind: OwnerKind
) -> None:
    name = make_workspace(store)
    limited = owner if kind is OwnerKind.USER else Owner(OwnerKind.WORKSPACE, name)
    experiment = store.in_workspace(name).create_experiment(unique("experiment"))
    run_id = make_run(store, owner, experiment)
    store.set_quota(limited, Quota(max_points=10))
    log(store, run_id, range(10))
    stamp(store, run_id)
    with pytest.raises(PointQuotaExceeded, match=limited.name):
        log(store, run_id, range(10, 20))
    log(store, run_id, range(10))  # a repeated request has been answered with yes before
    store.set_tag(run_id, "still", "written")
    store.update_run(run_id, status=RunStatus.FINISHED)
    mine = store.owned_by(number_of(store, owner))
    done = FinishedRun(
        run=NewRun(experiment_id=experiment, run_id=new_run_id()),
        batch=RunBatch(metrics=(Metric(key="loss", value=1.0, timestamp_ms=1, step=0),)),
    )
    with pytest.raises(PointQuotaExceeded, match=limited.name):
        mine.register_run(done)
    store.set_quota(limited, Quota(max_points=11))
    mine.register_run(done)
    store.set_quota(limited, Quota(max_points=20))
    log(store, run_id, range(10, 20))
    assert points_of(store, owner, name)[0] >= 11

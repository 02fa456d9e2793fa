"""Workspaces that end while others work in them, on both engines, by several servers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from runfold.domain.access import Grant, Place, PlaceKind, Role, Subject, SubjectKind
from runfold.domain.job import Agent, NewJob
from runfold.domain.run import NewRun
from runfold.domain.workspace import DeletionMode
from runfold.errors import AlreadyExists, InvalidState, NotFound, RunfoldError
from runfold.stores.sql.store import SqlStore
from runfold.testing.stores.records import unique


def test_nothing_is_lost_that_is_made_while_a_workspace_moves(stores: list[SqlStore]) -> None:
    """What was answered is there, in one workspace or the other; what came too late was not found."""
    first, second, third = stores
    first.create_workspace("vision")
    first.create_workspace("speech")

    def make(n: int) -> str | None:
        store = (second, third)[n % 2]
        try:
            experiment_id = store.in_workspace("vision").create_experiment(f"experiment-{n}")
            store.create_run(NewRun(experiment_id=experiment_id))
            store.in_workspace("vision").submit_job(NewJob(uri="/p", queue="nobody"))
        except NotFound:
            return None
        return experiment_id

    def move(n: int) -> None:
        with suppress(NotFound):  # another one was first
            stores[n % 3].delete_workspace("vision", mode=DeletionMode.MOVE, to="speech")

    with ThreadPoolExecutor(8) as threads:
        making = [threads.submit(make, n) for n in range(40)]
        moving = [threads.submit(move, n) for n in range(3)]
        made = [found for one in making if (found := one.result()) is not None]
        for one in moving:
            one.result()
    lies_in = {first.get_experiment(experiment_id).workspace for experiment_id in made}
    assert lies_in <= {"speech"}
    (usage,) = first.list_workspace_usage(["speech"])
    assert usage.n_runs == first.delete_workspace("speech", dry_run=True).contents.n_runs
    assert first.delete_workspace("speech", dry_run=True).contents.n_experiments >= len(made)


def test_two_workspaces_that_move_into_each_other_do_not_wait_for_ever(stores: list[SqlStore]) -> None:
    names = ("vision", "speech")
    for name in names:
        stores[0].create_workspace(name)
        stores[0].in_workspace(name).create_experiment(name)

    def move(n: int) -> bool:
        try:
            stores[n].delete_workspace(names[n], mode=DeletionMode.MOVE, to=names[1 - n])
        except NotFound:
            return False
        return True

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(move, range(2))) == [False, True]
    (left,) = [one.name for one in stores[2].list_workspaces() if one.name != "default"]
    assert stores[2].delete_workspace(left, dry_run=True).contents.n_experiments == 2


def test_names_that_are_taken_while_a_workspace_moves_are_told(stores: list[SqlStore]) -> None:
    """Nobody holds the default workspace; each name ends in one of the two."""
    for round_no in range(4):
        vision = stores[0].create_workspace(unique("vision")).name
        names = [f"{round_no}-{n}" for n in range(6)]
        for name in names:
            stores[0].in_workspace(vision).create_experiment(name)

        def take(name: str) -> bool:
            try:
                stores[1].create_experiment(name)
            except AlreadyExists:
                return False
            return True

        def move(workspace: str = vision) -> bool:
            try:
                stores[2].delete_workspace(workspace, mode=DeletionMode.MOVE)
            except InvalidState:
                return False
            return True

        with ThreadPoolExecutor(4) as threads:
            moving = threads.submit(move)
            taken = list(threads.map(take, names))
        assert moving.result() == (not any(taken))


def test_another_server_notices_at_once(stores: list[SqlStore]) -> None:
    first, second, _ = stores
    first.create_workspace("vision")
    ann = first.create_user("ann", password="correct horse battery")
    first.set_grant(_managing("ann"))
    assert second.rights_of(ann, most=Role.MANAGER).may_enter("vision")
    version = second.access_version()
    first.in_workspace("vision").submit_job(NewJob(uri="/p", queue="q"))
    first.delete_workspace("vision", mode=DeletionMode.TRASH)
    assert second.access_version() != version
    assert not second.rights_of(ann, most=Role.MANAGER).may_enter("vision")
    assert second.claim_jobs(Agent(name="agent", queues=("q",)), 5) == ()
    second.restore_workspace("vision")
    assert first.rights_of(ann, most=Role.MANAGER).may_enter("vision")


def test_a_workspace_is_purged_or_restored_by_one_of_many(stores: list[SqlStore]) -> None:
    first, n_restored = stores[0], 0
    for _ in range(3):
        vision = first.create_workspace(unique("vision")).name
        experiment_id = first.in_workspace(vision).create_experiment("theirs")
        first.create_run(NewRun(experiment_id=experiment_id))
        first.delete_workspace(vision, mode=DeletionMode.TRASH)

        def end(n: int, name: str = vision) -> str:
            try:
                if n % 2:
                    stores[n % 3].purge_workspace(name, dry_run=False)
                    return "purged"
                stores[n % 3].restore_workspace(name)
            except RunfoldError:
                return ""
            return "restored"

        with ThreadPoolExecutor(4) as threads:
            (done,) = [one for one in threads.map(end, range(4)) if one]
        is_there = vision in [one.name for one in first.list_workspaces()]
        assert sum(one.n_runs for one in first.list_workspace_usage()) == n_restored + is_there
        n_restored += is_there
        assert is_there == (done == "restored")
        if is_there:
            assert first.get_experiment(experiment_id).lifecycle_stage == "active"


def _managing(user: str) -> Grant:
    place = Place(PlaceKind.WORKSPACE, "vision")
    return Grant(subject=Subject(SubjectKind.USER, user), place=place, role=Role.MANAGER)

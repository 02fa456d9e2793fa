"""Workspaces: names hold in one, ids everywhere."""

from __future__ import annotations

import pytest

from runfold.domain import known_tags
from runfold.domain.job import Agent, JobState, NewJob
from runfold.domain.registered_project import ProjectSettings
from runfold.domain.run import NewRun
from runfold.domain.target import Target, TargetKind
from runfold.errors import AlreadyExists, InvalidState, InvalidValue, NotFound
from runfold.stores.base import ExperimentQuery, TrackingStore
from runfold.stores.registry import ModelQuery
from runfold.stores.work import JobQuery
from runfold.testing.stores.records import unique


@pytest.fixture
def workspace(store: TrackingStore) -> str:
    return store.create_workspace(unique("tenant"), description="of a test").name


def test_a_workspace_reads_back_and_is_listed(store: TrackingStore, workspace: str) -> None:
    found = store.get_workspace(workspace)
    assert (found.name, found.description, found.artifact_root) == (workspace, "of a test", "")
    names = [one.name for one in store.list_workspaces()]
    assert {"default", workspace} <= set(names)
    assert names == sorted(names)
    assert store.update_workspace(workspace, description="changed").description == "changed"
    assert store.get_workspace(workspace).description == "changed"


def test_a_name_of_a_workspace_is_taken_once_and_the_default_one_stays(store: TrackingStore, workspace: str) -> None:
    for taken in (workspace, "default"):
        with pytest.raises(AlreadyExists):
            store.create_workspace(taken)
    with pytest.raises(InvalidValue):
        store.delete_workspace("default")


@pytest.mark.parametrize("name", ["a", "Team", "a_b", "-ab", "ab-", "a/b", "a:b", "api", "x" * 64, "a b"])
def test_names_that_clients_would_refuse_are_refused(store: TrackingStore, name: str) -> None:
    with pytest.raises(InvalidValue):
        store.create_workspace(name)


def test_experiments_are_found_by_name_in_their_workspace_alone(store: TrackingStore, workspace: str) -> None:
    inside, name = store.in_workspace(workspace), unique("experiment")
    ours, theirs = store.create_experiment(name), inside.create_experiment(name)
    for where, experiment_id, called in ((store, ours, "default"), (inside, theirs, workspace)):
        found = where.find_experiment_by_name(name)
        assert found is not None
        assert (found.experiment_id, found.workspace) == (experiment_id, called)
        query = ExperimentQuery(filter=f"name = '{name}'")
        assert [one.experiment_id for one in where.search_experiments(query).items] == [experiment_id]
        assert experiment_id in {one.experiment.experiment_id for one in where.summarize_experiments()}
    assert theirs not in {one.experiment.experiment_id for one in store.summarize_experiments()}
    with pytest.raises(AlreadyExists):
        inside.create_experiment(name)


def test_runs_and_experiments_are_reached_by_their_ids_from_anywhere(store: TrackingStore, workspace: str) -> None:
    experiment_id = store.in_workspace(workspace).create_experiment(unique("experiment"))
    run = store.create_run(NewRun(experiment_id=experiment_id))
    assert store.get_experiment(experiment_id).workspace == workspace
    assert store.in_workspace(workspace).get_run(run.info.run_id) == store.get_run(run.info.run_id)
    renamed = unique("renamed")
    store.rename_experiment(experiment_id, renamed)
    assert store.find_experiment_by_name(renamed) is None
    assert store.in_workspace(workspace).find_experiment_by_name(renamed) is not None


def test_models_are_found_by_name_in_their_workspace_alone(store: TrackingStore, workspace: str) -> None:
    inside, name = store.in_workspace(workspace), unique("model")
    inside.create_registered_model(name, description="theirs")
    with pytest.raises(NotFound):
        store.get_registered_model(name)
    store.create_registered_model(name, description="ours")
    query = ModelQuery(filter=f"name = '{name}'")
    for where, description in ((store, "ours"), (inside, "theirs")):
        assert where.get_registered_model(name).description == description
        assert [one.description for one in where.search_registered_models(query).items] == [description]
    store.delete_registered_model(name)
    assert inside.get_registered_model(name).description == "theirs"
    renamed = unique("model")
    inside.rename_registered_model(name, renamed)
    assert [one.name for one in inside.search_registered_models(ModelQuery(filter=f"name = '{renamed}'")).items]
    with pytest.raises(NotFound):
        store.get_registered_model(renamed)


def test_a_workspace_that_is_not_there_is_not_found_by_what_needs_it(store: TrackingStore) -> None:
    nowhere = store.in_workspace(unique("absent"))
    for work in (
        lambda: nowhere.create_experiment(unique("experiment")),
        lambda: nowhere.create_registered_model(unique("model")),
        lambda: nowhere.search_experiments(ExperimentQuery()),
    ):
        with pytest.raises(NotFound, match="workspace"):
            work()


def test_a_workspace_is_deleted_when_it_is_empty(store: TrackingStore, workspace: str) -> None:
    inside = store.in_workspace(workspace)
    name = inside.create_registered_model(unique("model")).name
    with pytest.raises(InvalidState, match="registered models"):
        store.delete_workspace(workspace)
    inside.delete_registered_model(name)
    store.delete_workspace(workspace)
    for work in (lambda: store.get_workspace(workspace), lambda: store.delete_workspace(workspace)):
        with pytest.raises(NotFound):
            work()
    assert store.create_workspace(workspace).description == ""


def test_projects_and_targets_are_found_by_name_in_their_workspace_alone(store: TrackingStore, workspace: str) -> None:
    inside, name, renamed = store.in_workspace(workspace), unique("work"), unique("renamed")
    for where, description in ((inside, "theirs"), (store, "ours")):
        with pytest.raises(NotFound):
            where.get_project(name)
        where.create_project(ProjectSettings(name=name, uri="/p", description=description))
        where.create_target(Target(name=name, kind=TargetKind.LOCAL, description=description))
    for where, description in ((inside, "theirs"), (store, "ours")):
        assert where.get_project(name).settings.description == description
        assert where.get_target(name).description == description
        assert [one.description for one in where.list_targets() if one.name == name] == [description]
    inside.rename_project(name, renamed)
    assert inside.get_project(name).settings.name == renamed
    assert store.get_project(name).settings.name == name
    store.delete_target(name)
    store.delete_project(name)
    assert inside.get_target(name).description == "theirs"
    assert inside.get_project(renamed).settings.description == "theirs"


def test_jobs_are_listed_in_their_workspace_and_taken_from_all(store: TrackingStore, workspace: str) -> None:
    inside, queue, grid = store.in_workspace(workspace), unique("queue"), unique("grid")
    cursors = [where.changed_jobs(after=-1).cursor for where in (store, inside)]
    work = NewJob(uri="/p", queue=queue, tags={known_tags.GRID: grid})
    ours, theirs = store.submit_job(work), inside.submit_job(work)
    assert (ours.workspace, theirs.workspace) == ("default", workspace)
    for where, job, cursor in zip((store, inside), (ours, theirs), cursors, strict=True):
        assert [one.job_id for one in where.list_jobs(JobQuery(queue=queue)).items] == [job.job_id]
        assert where.count_jobs(JobQuery(queue=queue)).states == {JobState.QUEUED: 1}
        assert where.get_job_grids([grid])[0].states == {JobState.QUEUED: 1}
        changed = [one.job_id for one in where.changed_jobs(after=cursor).jobs]
        assert changed.count(job.job_id) == 1
        assert not {ours.job_id, theirs.job_id} - {job.job_id} & set(changed)
        assert where.get_job(theirs.job_id) == theirs
    claimed = store.claim_jobs(Agent(name=unique("agent"), queues=(queue,)), 10)
    assert [one.workspace for one in claimed] == ["default", workspace]


def test_a_job_gets_the_secret_of_its_own_workspace(store: TrackingStore, workspace: str) -> None:
    inside, queue, name = store.in_workspace(workspace), unique("queue"), unique("secret")
    inside.set_secret(name, value="theirs")
    store.set_secret(name, value="ours")
    work = NewJob(uri="/p", queue=queue, parameters={"token": f"secret:{name}"})
    store.submit_job(work)
    inside.submit_job(work)
    for job, value in zip(store.claim_jobs(Agent(name="agent", queues=(queue,)), 2), ("ours", "theirs"), strict=True):
        (opened,) = store.open_secrets("agent", job.job_id, job.attempt, [name])
        assert opened.value == value
    store.delete_secret(name)
    assert name in [secret.name for secret in inside.list_secrets()]

"""Workspaces: names hold in one, ids everywhere."""

from __future__ import annotations

import pytest

from runfold.domain import known_tags
from runfold.domain.job import Agent, JobReport, JobState, NewJob
from runfold.domain.registered_model import NewModelVersion
from runfold.domain.registered_project import ProjectSettings
from runfold.domain.run import NewRun
from runfold.domain.states import LifecycleStage
from runfold.domain.target import Target, TargetKind
from runfold.domain.workspace import DeletionMode, WorkspaceContents, WorkspaceDeletion
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
    for mode in DeletionMode:
        with pytest.raises(InvalidValue):
            store.delete_workspace("default", mode=mode)


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
    with pytest.raises(InvalidState, match="1 registered model"):
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


class Household:
    """One of everything in a workspace.

    Attributes:
        name: of the experiment, model, project, target and secret.
    """

    def __init__(self, store: TrackingStore, workspace: str) -> None:
        self.inside, self.name, self.queue = store.in_workspace(workspace), unique("name"), unique("queue")
        self.experiment_id = self.inside.create_experiment(self.name)
        self.run_id = store.create_run(NewRun(experiment_id=self.experiment_id)).info.run_id
        self.inside.create_registered_model(self.name)
        version = NewModelVersion(name=self.name, source="s3://elsewhere/m", run_id=self.run_id)
        self.inside.create_model_version(version)
        self.inside.create_project(ProjectSettings(name=self.name, uri="/p"))
        self.inside.create_target(Target(name=self.name, kind=TargetKind.LOCAL))
        self.inside.set_secret(self.name, value="hidden")
        self.view_id = self.inside.save_view(scope=f"experiment:{self.experiment_id}", name="v", state="{}").view_id
        self.job_id = self.inside.submit_job(NewJob(uri="/p", project=self.name, queue=self.queue)).job_id

    def is_in(self, store: TrackingStore) -> list[bool]:
        found = store.find_experiment_by_name(self.name)
        return [
            found is not None and found.experiment_id == self.experiment_id,
            self.name in [one.name for one in store.search_registered_models(ModelQuery(max_results=1000)).items],
            self.name in [one.settings.name for one in store.list_projects()],
            self.name in [one.name for one in store.list_targets()],
            self.name in [one.name for one in store.list_secrets()],
            self.view_id in [one.view_id for one in store.list_views(f"experiment:{self.experiment_id}")],
            self.job_id in [one.job_id for one in store.list_jobs(JobQuery(queue=self.queue)).items],
        ]


ONE_OF_EACH = WorkspaceContents(
    n_experiments=1, n_runs=1, n_models=1, n_versions=1, n_projects=1, n_targets=1, n_secrets=1, n_views=1, n_jobs=1
)


def test_a_workspace_that_holds_something_says_what(store: TrackingStore, workspace: str) -> None:
    Household(store, workspace)
    with pytest.raises(InvalidState, match="1 experiment, 1 registered model, 1 project, 1 target, 1 secret, 1 saved"):
        store.delete_workspace(workspace)
    planned = store.delete_workspace(workspace, dry_run=True)
    assert planned == WorkspaceDeletion(
        name=workspace, mode=DeletionMode.RESTRICT, contents=ONE_OF_EACH, is_dry_run=True
    )


@pytest.mark.parametrize("to", ["default", "another"])
def test_what_a_workspace_holds_moves_to_another_one(store: TrackingStore, workspace: str, to: str) -> None:
    target = "default" if to == "default" else store.create_workspace(unique("tenant")).name
    held = Household(store, workspace)
    planned = store.delete_workspace(workspace, mode=DeletionMode.MOVE, to=target, dry_run=True)
    assert (planned.contents, planned.to, planned.clashes) == (ONE_OF_EACH, target, ())
    assert all(held.is_in(held.inside))
    done = store.delete_workspace(workspace, mode=DeletionMode.MOVE, to=target)
    assert (done.contents, done.is_dry_run) == (ONE_OF_EACH, False)
    assert all(held.is_in(store.in_workspace(target)))
    assert store.get_experiment(held.experiment_id).workspace == target
    assert store.get_job(held.job_id).workspace == target
    with pytest.raises(NotFound):
        store.get_workspace(workspace)
    assert workspace not in [one.name for one in store.list_trashed_workspaces()]


def test_nothing_moves_when_names_clash(store: TrackingStore, workspace: str) -> None:
    held = Household(store, workspace)
    store.create_registered_model(held.name)
    store.delete_experiment(store.create_experiment(held.name))
    planned = store.delete_workspace(workspace, mode=DeletionMode.MOVE, dry_run=True)
    assert planned.clashes == (f"experiment:{held.name}", f"model:{held.name}")
    assert planned.n_clashes == 2
    with pytest.raises(InvalidState, match=f"experiment:{held.name}, model:{held.name}"):
        store.delete_workspace(workspace, mode=DeletionMode.MOVE)
    assert all(held.is_in(held.inside))
    for wrong, error in ((workspace, InvalidValue), (unique("absent"), NotFound)):
        with pytest.raises(error):
            store.delete_workspace(workspace, mode=DeletionMode.MOVE, to=wrong)


def test_a_workspace_in_the_trash_is_as_if_it_were_not_there_and_comes_back_as_it_was(
    store: TrackingStore, workspace: str
) -> None:
    held = Household(store, workspace)
    done = store.delete_workspace(workspace, mode=DeletionMode.TRASH)
    assert done.contents == ONE_OF_EACH
    assert workspace not in [one.name for one in store.list_workspaces()]
    (trashed,) = [one for one in store.list_trashed_workspaces() if one.name == workspace]
    assert trashed.deleted_time_ms
    nowhere = (
        lambda: store.get_workspace(workspace),
        lambda: store.update_workspace(workspace, description="x"),
        lambda: store.delete_workspace(workspace, mode=DeletionMode.TRASH),
        lambda: held.inside.search_experiments(ExperimentQuery()),
        lambda: held.inside.create_experiment(unique("experiment")),
        lambda: held.inside.submit_job(NewJob(uri="/p")),
        lambda: store.retry_job(held.job_id),
    )
    for work in nowhere:
        with pytest.raises(NotFound):
            work()
    with pytest.raises(AlreadyExists, match="trash"):
        store.create_workspace(workspace)
    assert store.get_job(held.job_id).state is JobState.CANCELLED
    assert store.claim_jobs(Agent(name=unique("agent"), queues=(held.queue,)), 1) == ()
    assert store.restore_workspace(workspace).name == workspace
    assert all(held.is_in(held.inside))
    assert workspace not in [one.name for one in store.list_trashed_workspaces()]
    with pytest.raises(NotFound):
        store.restore_workspace(workspace)


def test_a_job_under_way_is_asked_to_end_when_its_workspace_goes_to_the_trash(
    store: TrackingStore, workspace: str
) -> None:
    inside, queue = store.in_workspace(workspace), unique("queue")
    job = inside.submit_job(NewJob(uri="/p", queue=queue))
    agent = Agent(name=unique("agent"), queues=(queue,))
    (claimed,) = store.claim_jobs(agent, 1)
    planned = store.delete_workspace(workspace, mode=DeletionMode.TRASH, dry_run=True)
    assert planned.contents.n_running == 1
    store.delete_workspace(workspace, mode=DeletionMode.TRASH)
    assert store.get_job(job.job_id).is_cancel_requested
    store.report_job(job.job_id, claimed.attempt, JobReport(state=JobState.CANCELLED))
    assert store.purge_workspace(workspace, dry_run=False).contents.n_jobs == 1
    with pytest.raises(NotFound):
        store.get_job(job.job_id)


def test_a_purge_ends_all_that_a_workspace_of_the_trash_holds(store: TrackingStore, workspace: str) -> None:
    with pytest.raises(NotFound):
        store.purge_workspace(workspace)
    held, elsewhere = Household(store, workspace), Household(store, "default")
    store.delete_workspace(workspace, mode=DeletionMode.TRASH)
    planned = store.purge_workspace(workspace)
    assert (planned.contents, planned.is_dry_run) == (ONE_OF_EACH, True)
    assert store.get_run(held.run_id)
    done = store.purge_workspace(workspace, dry_run=False)
    assert (done.contents, done.is_dry_run) == (ONE_OF_EACH, False)
    for gone in (
        lambda: store.get_run(held.run_id),
        lambda: store.get_experiment(held.experiment_id),
        lambda: store.get_job(held.job_id),
        lambda: store.get_view(held.view_id),
        lambda: store.purge_workspace(workspace, dry_run=False),
    ):
        with pytest.raises(NotFound):
            gone()
    assert all(elsewhere.is_in(store))
    store.create_workspace(workspace)
    assert not any(held.is_in(store.in_workspace(workspace)))


def test_a_workspace_stays_in_the_trash_while_others_have_versions_of_its_files(
    store: TrackingStore, workspace: str
) -> None:
    experiment_id = store.in_workspace(workspace).create_experiment(unique("experiment"))
    run = store.create_run(NewRun(experiment_id=experiment_id)).info
    name = store.create_registered_model(unique("model")).name
    store.create_model_version(NewModelVersion(name=name, source=f"{run.artifact_uri}/model", run_id=run.run_id))
    store.delete_workspace(workspace, mode=DeletionMode.TRASH)
    with pytest.raises(InvalidState, match="Registered versions"):
        store.purge_workspace(workspace, dry_run=False)
    assert workspace in [one.name for one in store.list_trashed_workspaces()]
    assert store.get_run(run.run_id).info.lifecycle_stage is LifecycleStage.ACTIVE
    store.delete_registered_model(name)
    store.purge_workspace(workspace, dry_run=False)

"""Workspaces: names hold in one, ids everywhere."""

from __future__ import annotations

import pytest

from runfold.domain.run import NewRun
from runfold.errors import AlreadyExists, InvalidState, InvalidValue, NotFound
from runfold.stores.base import ExperimentQuery, TrackingStore
from runfold.stores.registry import ModelQuery
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

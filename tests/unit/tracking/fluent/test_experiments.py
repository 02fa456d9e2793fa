from __future__ import annotations

import threading

import pytest

import runfold
from runfold.errors import AlreadyExists, InvalidState, InvalidValue, NotFound

pytestmark = pytest.mark.usefixtures("workspace")


def test_runs_go_to_the_experiment_that_was_chosen() -> None:
    chosen = runfold.set_experiment("digits")
    with runfold.start_run() as run:
        pass
    again = runfold.set_experiment(experiment_id=chosen.experiment_id)

    assert run.info.experiment_id == chosen.experiment_id == again.experiment_id
    assert runfold.get_experiment_by_name("digits") == chosen


def test_the_environment_chooses_an_experiment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "from the environment")
    with runfold.start_run() as run:
        pass

    assert runfold.get_experiment(run.info.experiment_id).name == "from the environment"


def test_many_threads_choose_one_new_experiment() -> None:
    runfold.get_experiment("0")
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(runfold.set_experiment("new").experiment_id)) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 8
    assert len(set(found)) == 1


def test_a_deleted_experiment_is_not_chosen() -> None:
    experiment_id = runfold.create_experiment("old", tags={"a": 1})
    runfold.delete_experiment(experiment_id)
    with pytest.raises(InvalidState, match="restore_experiment"):
        runfold.set_experiment("old")
    runfold.restore_experiment(experiment_id)

    assert runfold.set_experiment("old").tags == {"a": "1"}


def test_wrong_choices_are_refused() -> None:
    with pytest.raises(InvalidValue):
        runfold.set_experiment()
    with pytest.raises(InvalidValue):
        runfold.set_experiment("a", "1")
    with pytest.raises(NotFound):
        runfold.set_experiment(experiment_id="12345")
    with pytest.raises(AlreadyExists):
        runfold.create_experiment("Default")


def test_experiments_are_searched_renamed_and_tagged() -> None:
    ids = [runfold.create_experiment(f"group/{number}") for number in range(5)]
    runfold.rename_experiment(ids[0], "renamed")
    runfold.set_experiment("renamed")
    runfold.set_experiment_tags({"team": "vision", "budget": 3})

    names = [one.name for one in runfold.search_experiments(filter_string="name LIKE 'group/%'", order_by=["name"])]
    assert names == ["group/1", "group/2", "group/3", "group/4"]
    assert len(runfold.search_experiments(max_results=2)) == 2
    assert runfold.get_experiment(ids[0]).tags == {"team": "vision", "budget": "3"}


def test_a_tag_needs_an_experiment() -> None:
    with pytest.raises(InvalidState, match="set_experiment"):
        runfold.set_experiment_tag("a", "b")

"""Logged models: their states, params, metrics by run and dataset, and the runs that made and read them."""

from __future__ import annotations

import math

import pytest

from runfold.domain.logged_model import LoggedModel, LoggedModelStatus, ModelUse, NewLoggedModel
from runfold.domain.metric import Metric
from runfold.domain.run import RunBatch
from runfold.errors import InvalidValue, NotFound
from runfold.stores.base import TrackingStore
from runfold.stores.registry import DatasetRef, LoggedModelQuery
from runfold.testing.stores.records import new_experiment, new_run


def logged(store: TrackingStore, experiment_id: str, name: str = "", **fields: object) -> LoggedModel:
    return store.create_logged_model(NewLoggedModel(experiment_id=experiment_id, name=name, **fields))  # type: ignore[arg-type]


def found_names(store: TrackingStore, experiment_id: str, filter_: str = "", **fields: object) -> list[str]:
    found: list[LoggedModel] = []
    token = ""
    while True:
        query = LoggedModelQuery(
            experiment_ids=(experiment_id,),
            filter=filter_,
            max_results=2,
            page_token=token,
            **fields,  # type: ignore[arg-type]
        )
        page = store.search_logged_models(query)
        found += page.items
        token = page.next_token
        if not token:
            return [model.name for model in found]


def test_a_logged_model_reads_back_as_it_was_made(store: TrackingStore) -> None:
    run_id = new_run(store)
    experiment_id = store.get_run(run_id).info.experiment_id
    model = logged(
        store, experiment_id, "tree", model_type="agent", source_run_id=run_id, params={"p": "1"}, tags={"t": "v"}
    )
    assert model == store.get_logged_model(model.model_id)
    assert (model.name, model.model_type, model.source_run_id) == ("tree", "agent", run_id)
    assert (model.params, model.tags, model.status) == ({"p": "1"}, {"t": "v"}, LoggedModelStatus.PENDING)
    assert model.model_id.startswith("m-")
    location = store.get_experiment(experiment_id).artifact_location
    assert model.artifact_uri == f"{location}/models/{model.model_id}/artifacts/"


def test_a_logged_model_without_a_name_gets_one(store: TrackingStore) -> None:
    assert logged(store, new_experiment(store)).name.count("-") == 2


@pytest.mark.parametrize("name", ["a/b", "a:b", "a.b", "a%b", 'a"b', "a'b", "x" * 300])
def test_a_logged_model_name_that_is_none_is_refused(store: TrackingStore, name: str) -> None:
    with pytest.raises(InvalidValue):
        logged(store, new_experiment(store), name)


def test_a_model_is_finalized(store: TrackingStore) -> None:
    model_id = logged(store, new_experiment(store)).model_id
    assert store.finalize_logged_model(model_id, LoggedModelStatus.READY).status is LoggedModelStatus.READY
    with pytest.raises(InvalidValue):
        store.finalize_logged_model(model_id, LoggedModelStatus.PENDING)


def test_a_deleted_logged_model_is_not_found(store: TrackingStore) -> None:
    experiment_id = new_experiment(store)
    model_id = logged(store, experiment_id).model_id
    store.delete_logged_model(model_id)
    for call in (
        lambda: store.get_logged_model(model_id),
        lambda: store.delete_logged_model(model_id),
        lambda: store.set_logged_model_tags(model_id, {"a": "b"}),
        lambda: store.finalize_logged_model(model_id, LoggedModelStatus.READY),
    ):
        with pytest.raises(NotFound):
            call()
    assert found_names(store, experiment_id) == []


def test_tags_change_and_params_do_not(store: TrackingStore) -> None:
    model_id = logged(store, new_experiment(store), params={"p": "1"}).model_id
    assert store.set_logged_model_tags(model_id, {"a": "1", "b/c": "2"}).tags == {"a": "1", "b/c": "2"}
    assert store.set_logged_model_tags(model_id, {"a": "2"}).tags["a"] == "2"
    store.delete_logged_model_tag(model_id, "b/c")
    with pytest.raises(NotFound):
        store.delete_logged_model_tag(model_id, "b/c")
    store.log_logged_model_params(model_id, {"p": "1", "q": "2"})
    with pytest.raises(InvalidValue):
        store.log_logged_model_params(model_id, {"r": "3", "q": "other"})
    assert store.get_logged_model(model_id).params == {"p": "1", "q": "2"}


def test_metrics_of_a_model_are_kept_by_run_and_dataset(store: TrackingStore) -> None:
    run_id = new_run(store)
    model_id = logged(store, store.get_run(run_id).info.experiment_id).model_id
    points = (
        Metric("auc", 0.5, 10, 1, model_id, "train", "d1"),
        Metric("auc", 0.7, 20, 2, model_id, "train", "d1"),
        Metric("auc", 0.6, 20, 2, model_id, "eval", "d2"),
        Metric("loss", math.nan, 10, 0, model_id),
        Metric("other", 1.0, 10, 0, "m-" + "0" * 32),
        Metric("run only", 1.0, 10, 0),
    )
    store.log_batch(run_id, RunBatch(metrics=points))
    store.log_batch(run_id, RunBatch(metrics=(Metric("auc", 0.1, 5, 0, model_id, "train", "d1"),)))
    found = store.get_logged_model(model_id).metrics
    assert {(m.key, m.dataset_name, m.dataset_digest, m.step) for m in found} == {
        ("auc", "train", "d1", 2),
        ("auc", "eval", "d2", 2),
        ("loss", "", "", 0),
    }
    assert {metric.run_id for metric in found} == {run_id}
    assert sorted(metric.value for metric in found if metric.key == "auc") == [0.6, 0.7]
    assert store.get_run(run_id).metrics["auc"].last == 0.7


def test_logged_models_are_found(store: TrackingStore) -> None:
    run_id = new_run(store)
    experiment_id = store.get_run(run_id).info.experiment_id
    ids = {name: logged(store, experiment_id, name, params={"lr": value}).model_id for name, value in PARAMS.items()}
    store.finalize_logged_model(ids["a"], LoggedModelStatus.READY)
    store.set_logged_model_tags(ids["b"], {"team": "ml"})
    store.log_batch(
        run_id,
        RunBatch(
            metrics=(
                Metric("auc", 0.9, 1, 0, ids["a"], "train", "d"),
                Metric("auc", 0.3, 1, 0, ids["a"], "eval", "e"),
                Metric("auc", 0.8, 1, 0, ids["b"], "eval", "e"),
            )
        ),
    )
    assert sorted(found_names(store, experiment_id)) == ["a", "b", "c"]
    for text, expected in (
        ("status = 'LOGGED_MODEL_READY'", ["a"]),
        ("params.lr < 0.2 AND NOT name = 'a'", ["b"]),
        ("tags.team = 'ml' OR name = 'c'", ["b", "c"]),
        ("metrics.auc > 0.75", ["a", "b"]),
        ("metrics.auc IS NULL", ["c"]),
        ("attributes.model_type IS NULL AND source_run_id IS NULL", ["a", "b", "c"]),
        (f"model_id IN ('{ids['a']}', 'x')", ["a"]),
    ):
        assert sorted(found_names(store, experiment_id, text)) == expected, text
    on_eval = (DatasetRef(name="eval", digest="e"),)
    assert found_names(store, experiment_id, "metrics.auc > 0.75", datasets=on_eval) == ["b"]
    by_auc = found_names(store, experiment_id, order_by=("metrics.auc DESC",), order_datasets=on_eval)
    assert by_auc == ["b", "a", "c"]
    by_train = (DatasetRef(name="train"),)
    assert found_names(store, experiment_id, order_by=("metrics.auc",), order_datasets=by_train)[0] == "a"
    assert found_names(store, experiment_id, order_by=("name DESC",)) == ["c", "b", "a"]
    with pytest.raises(InvalidValue):
        found_names(store, experiment_id, "nonsense = '1'")


PARAMS = {"a": "0.1", "b": "0.10", "c": "0.5"}


def test_a_run_names_the_models_it_read_and_made(store: TrackingStore) -> None:
    run_id = new_run(store)
    experiment_id = store.get_run(run_id).info.experiment_id
    one, other = (logged(store, experiment_id).model_id for _ in range(2))
    store.log_model_uses(run_id, [ModelUse(model_id=one, is_output=True, step=3)])
    store.log_model_uses(run_id, [ModelUse(model_id=one, is_output=True, step=3), ModelUse(model_id=other)])
    assert set(store.get_run(run_id).models) == {
        ModelUse(model_id=one, is_output=True, step=3),
        ModelUse(model_id=other),
    }
    with pytest.raises(NotFound):
        store.log_model_uses(run_id, [ModelUse(model_id="m-none")])


def test_a_model_may_lie_among_the_artifacts_of_its_run(store: TrackingStore) -> None:
    experiment_id = new_experiment(store)
    run_id = new_run(store, experiment_id)
    new = NewLoggedModel(experiment_id=experiment_id, source_run_id=run_id, artifact_path="nested/tree", name="tree")

    first, second = store.create_logged_model(new), store.create_logged_model(new)

    assert second.artifact_uri == f"{store.get_run(run_id).info.artifact_uri}/nested/tree"
    with pytest.raises(NotFound):
        store.get_logged_model(first.model_id)


@pytest.mark.parametrize("path", ["../x", "/x", "a//b"])
def test_a_model_lies_nowhere_outside_its_run(store: TrackingStore, path: str) -> None:
    experiment_id = new_experiment(store)
    run_id = new_run(store, experiment_id)
    with pytest.raises(InvalidValue):
        store.create_logged_model(NewLoggedModel(experiment_id=experiment_id, source_run_id=run_id, artifact_path=path))


def test_a_model_in_a_run_needs_that_run_in_its_experiment(store: TrackingStore) -> None:
    experiment_id, other = new_experiment(store), new_experiment(store)
    of_other = new_run(store, other)
    for run_id, problem in (("none", NotFound), (of_other, InvalidValue)):
        with pytest.raises(problem):
            store.create_logged_model(
                NewLoggedModel(experiment_id=experiment_id, source_run_id=run_id, artifact_path="m")
            )


def test_models_go_with_the_run_that_made_them(store: TrackingStore) -> None:
    source, target, third = (new_experiment(store) for _ in range(3))
    run_id, other_run = new_run(store, source), new_run(store, source)
    kept_beside = logged(store, source, "beside", source_run_id=run_id)
    kept_inside = logged(store, source, "inside", source_run_id=run_id, artifact_path="inside")
    stay = [
        logged(store, source, "other", source_run_id=other_run),
        logged(store, third, "of-another-experiment", source_run_id=run_id),
    ]

    store.move_runs([run_id], target)

    assert sorted(found_names(store, target)) == ["beside", "inside"]
    assert found_names(store, source) == ["other"]
    for model in (kept_beside, kept_inside):
        moved = store.get_logged_model(model.model_id)
        assert (moved.experiment_id, moved.artifact_uri) == (target, model.artifact_uri)
    for model in stay:
        assert store.get_logged_model(model.model_id) == model

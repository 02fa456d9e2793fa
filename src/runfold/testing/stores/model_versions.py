"""Versions: numbers, stages, what is copied from runs, search."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor

import pytest

from runfold.domain.dataset import Dataset, DatasetUse
from runfold.domain.logged_model import NewLoggedModel
from runfold.domain.metric import Metric
from runfold.domain.model_files import ModelFiles
from runfold.domain.registered_model import (
    ModelCard,
    ModelDataset,
    ModelMetric,
    ModelVersion,
    NewModelVersion,
    Stage,
)
from runfold.domain.run import RunBatch
from runfold.errors import InvalidValue, NotFound
from runfold.stores.base import TrackingStore
from runfold.stores.registry import ModelQuery
from runfold.testing.stores.records import log_texts, new_experiment, new_model, new_run, new_version

N_CREATORS = 64


def found_versions(store: TrackingStore, filter_: str, *order_by: str) -> list[int]:
    found: list[ModelVersion] = []
    token = ""
    while True:
        page = store.search_model_versions(
            ModelQuery(filter=filter_, order_by=order_by, max_results=2, page_token=token)
        )
        found += page.items
        token = page.next_token
        if not token:
            return [version.version for version in found]


def test_a_version_reads_back_as_it_was_made(store: TrackingStore) -> None:
    name, run_id = new_model(store), new_run(store)
    card = ModelCard(
        algorithm="gradient boosting",
        framework="lightgbm",
        framework_version="4.6.0",
        task="classification",
        target_platform="cpu",
        owner="ada",
        licence="MIT",
        flavours=("lightgbm", "python_function"),
        serialisation="lightgbm",
        signature='{"inputs": "[]"}',
        metrics=(ModelMetric(key="auc", value=0.9, step=3, timestamp_ms=5), ModelMetric(key="nan", value=math.inf)),
        params={"lr": "0.1"},
        datasets=(ModelDataset(name="wine", digest="abc", context="training"),),
    )
    new = NewModelVersion(
        name=name,
        source="s3://bucket/model",
        run_id=run_id,
        run_link="https://example/run",
        description="first",
        user_id="ada",
        tags={"a": "1"},
        card=card,
        files=ModelFiles(size_bytes=10, n_files=2, digest="sha256:00"),
    )
    made = store.create_model_version(new)
    assert made == store.get_model_version(name, 1)
    assert (made.version, made.stage, made.aliases) == (1, Stage.NONE, ())
    for field in ("name", "source", "run_id", "run_link", "description", "user_id", "tags", "card", "files"):
        assert getattr(made, field) == getattr(new, field), field
    assert made.storage_location == "s3://bucket/model"


def test_version_numbers_are_never_used_again(store: TrackingStore) -> None:
    name = new_model(store)
    assert [new_version(store, name), new_version(store, name)] == [1, 2]
    store.delete_model_version(name, 2)
    assert new_version(store, name) == 3
    newest = store.get_registered_model(name).newest
    assert newest is not None
    assert newest.version == 3
    store.delete_model_version(name, 3)
    newest = store.get_registered_model(name).newest
    assert newest is not None
    assert newest.version == 1
    with pytest.raises(NotFound):
        store.get_model_version(name, 2)
    with pytest.raises(NotFound):
        store.delete_model_version(name, 2)


def test_many_creators_of_versions_get_dense_numbers(store: TrackingStore) -> None:
    name = new_model(store)
    with ThreadPoolExecutor(16) as pool:
        numbers = list(pool.map(lambda _: new_version(store, name), range(N_CREATORS)))
    assert sorted(numbers) == list(range(1, N_CREATORS + 1))


def test_what_a_run_logged_is_copied_at_registration(store: TrackingStore) -> None:
    run_id, name = new_run(store), new_model(store)
    store.log_batch(run_id, RunBatch(metrics=(Metric("auc", 0.9, 5, 1), Metric("auc", 0.95, 6, 2))))
    store.log_batch(run_id, RunBatch(metrics=(Metric("loss", math.nan, 5, 1),)))
    log_texts(store, run_id, params={"lr": "0.1", "depth": "3"})
    use = DatasetUse(
        dataset=Dataset(name="wine", digest="abc", source_type="local", source="{}"),
        tags={"mlflow.data.context": "training"},
    )
    store.log_inputs(run_id, [use])

    card = ModelCard(params={"depth": "told"})
    made = store.create_model_version(NewModelVersion(name=name, source="s3://b/m", run_id=run_id, card=card))

    assert made.card.params == {"depth": "told", "lr": "0.1"}
    assert made.card.datasets == (ModelDataset(name="wine", digest="abc", context="training"),)
    auc, loss = made.card.metrics
    assert (auc.key, auc.value, auc.step, auc.timestamp_ms) == ("auc", 0.95, 2, 6)
    assert math.isnan(loss.value)
    store.log_batch(run_id, RunBatch(metrics=(Metric("auc", 0.1, 9, 9),)))
    assert store.get_model_version(name, 1).card.metrics[0].value == 0.95


def test_a_source_that_names_a_version_is_resolved_and_copies_what_is_known(store: TrackingStore) -> None:
    name, other = new_model(store), new_model(store)
    card = ModelCard(algorithm="linear", metrics=(ModelMetric(key="auc", value=0.5),))
    files = ModelFiles(size_bytes=1, n_files=1, digest="sha256:11")
    first = store.create_model_version(NewModelVersion(name=name, source="s3://b/m", card=card, files=files))
    store.set_model_alias(name, "champion", 1)
    for source in (f"models:/{name}/1", f"models:/{name}@champion", f"models:/{name}/latest", f"models:/{name}/None"):
        copied = store.create_model_version(NewModelVersion(name=other, source=source))
        assert (copied.source, copied.storage_location) == (source, "s3://b/m")
        assert (copied.card, copied.files) == (first.card, first.files)
    with pytest.raises(NotFound):
        store.create_model_version(NewModelVersion(name=other, source=f"models:/{name}/7"))
    with pytest.raises(NotFound):
        store.create_model_version(NewModelVersion(name=other, source=f"models:/{name}/Production"))


def test_a_source_that_names_a_logged_model_is_resolved(store: TrackingStore) -> None:
    name, run_id = new_model(store), new_run(store)
    experiment_id = store.get_run(run_id).info.experiment_id
    logged = store.create_logged_model(
        NewLoggedModel(experiment_id=experiment_id, source_run_id=run_id, params={"p": "1"})
    )
    made = store.create_model_version(NewModelVersion(name=name, source=f"models:/{logged.model_id}"))
    assert (made.storage_location, made.model_id, made.run_id) == (logged.artifact_uri, logged.model_id, run_id)
    assert made.card.params == {"p": "1"}
    [registration] = store.get_logged_model(logged.model_id).registrations
    assert (registration.name, registration.version) == (name, 1)
    for new in (
        NewModelVersion(name=name, source="models:/m-" + "0" * 32),
        NewModelVersion(name=name, source="s3://b/m", model_id="m-" + "0" * 32),
    ):
        with pytest.raises(NotFound):
            store.create_model_version(new)


@pytest.mark.parametrize(
    "source", ["", "models:", "models:/", "models:/a", "models:/a@", "models:/a/b/c", "models://x/1"]
)
def test_a_source_that_is_none_is_refused(store: TrackingStore, source: str) -> None:
    with pytest.raises(InvalidValue):
        store.create_model_version(NewModelVersion(name=new_model(store), source=source))


def test_versions_at_a_location_are_found(store: TrackingStore) -> None:
    name = new_model(store)
    place = f"s3://bucket/{name}"
    store.create_model_version(NewModelVersion(name=name, source=place))
    store.create_model_version(NewModelVersion(name=name, source=f"{place}/"))
    store.create_model_version(NewModelVersion(name=name, source=f"{place}/below"))
    found = store.find_versions_at([place, "s3://bucket/none"])
    assert [version.version for version in found] == [1, 2]
    assert [version.version for version in store.find_versions_at([place], also_below=True)] == [1, 2, 3]
    assert store.find_versions_at([place[:-1]], also_below=True) == ()


@pytest.mark.parametrize(
    ("spelled", "asked"),
    [
        ("mlflow-artifacts:/{}/model", "mlflow-artifacts:///{}/model/"),
        ("mlflow-artifacts://host:5000/{}/model", "mlflow-artifacts:/{}/model"),
        ("file:///{}/model", "/{}/model"),
        ("/{}/model", "file://localhost/{}/model"),
    ],
)
def test_versions_are_found_however_their_location_is_spelled(store: TrackingStore, spelled: str, asked: str) -> None:
    name = new_model(store)
    with_run = NewModelVersion(name=name, source=spelled.format(name))
    if spelled.startswith(("file:", "/")) and store.uri.startswith("http"):
        with pytest.raises(InvalidValue):  # a server takes its own folders from runs alone
            store.create_model_version(with_run)
        return
    store.create_model_version(with_run)
    assert [version.version for version in store.find_versions_at([asked.format(name)])] == [1]


def test_a_stage_archives_others_only_when_asked(store: TrackingStore) -> None:
    name = new_model(store)
    for _ in range(3):
        new_version(store, name)
    store.transition_model_version(name, 1, Stage.PRODUCTION)
    store.transition_model_version(name, 2, Stage.PRODUCTION)
    assert store.get_model_version(name, 1).stage is Stage.PRODUCTION
    moved = store.transition_model_version(name, 3, Stage.PRODUCTION, archive_existing=True)
    assert moved.stage is Stage.PRODUCTION
    stages = [store.get_model_version(name, version).stage for version in (1, 2, 3)]
    assert stages == [Stage.ARCHIVED, Stage.ARCHIVED, Stage.PRODUCTION]
    with pytest.raises(InvalidValue):
        store.transition_model_version(name, 1, Stage.NONE, archive_existing=True)


def test_version_tags_and_description_are_changed(store: TrackingStore) -> None:
    name = new_model(store)
    version = new_version(store, name)
    store.set_model_version_tag(name, version, "k", "1")
    store.set_model_version_tag(name, version, "k", "2")
    assert store.get_model_version(name, version).tags == {"k": "2"}
    store.delete_model_version_tag(name, version, "k")
    store.delete_model_version_tag(name, version, "k")
    assert store.get_model_version(name, version).tags == {}
    assert store.update_model_version(name, version, description="d").description == "d"
    for change in (
        lambda: store.set_model_version_tag(name, 9, "k", "v"),
        lambda: store.delete_model_version_tag(name, 9, "k"),
        lambda: store.update_model_version(name, 9, description="x"),
        lambda: store.transition_model_version(name, 9, Stage.STAGING),
    ):
        with pytest.raises(NotFound):
            change()


def test_versions_are_found_by_what_is_known_of_them(store: TrackingStore) -> None:
    name, experiment_id = new_model(store), new_experiment(store)
    run_id = new_run(store, experiment_id)
    log_texts(store, run_id, params={"lr": "0.10"})
    boosted = ModelCard(
        algorithm="gradient boosting",
        framework="lightgbm",
        flavours=("lightgbm",),
        metrics=(ModelMetric(key="auc", value=0.93),),
    )
    new_version(store, name, card=boosted, run_id=run_id)
    new_version(store, name, card=ModelCard(algorithm="linear", metrics=(ModelMetric(key="auc", value=0.8),)))
    new_version(store, name, tags={"note": "a b"})
    store.set_model_alias(name, "champion", 1)
    for text, expected in (
        ("algorithm = 'gradient boosting' AND framework = 'lightgbm' AND metrics.auc > 0.9", [1]),
        ("metrics.auc > 0.9 OR algorithm = 'linear'", [2, 1]),
        ("NOT metrics.auc > 0.9", [3, 2]),
        ("metrics.auc IS NULL", [3]),
        (f"run_id = '{run_id}'", [1]),
        (f"run_id IN ('{run_id}', 'x')", [1]),
        ("params.lr = 0.1", [1]),
        ("flavour = 'lightgbm' AND alias = 'champion'", [1]),
        ("alias IS NULL", [3, 2]),
        ("version_number >= 2", [3, 2]),
        ("tags.note LIKE 'a%'", [3]),
        ("source_path LIKE 's3:%'", [3, 2, 1]),
        ("current_stage = 'None' AND version_number BETWEEN 1 AND 2", [2, 1]),
    ):
        assert found_versions(store, f"name = '{name}' AND ({text})") == expected, text
    assert found_versions(store, f"name = '{name}'", "metrics.auc DESC") == [1, 2, 3]
    assert found_versions(store, f"name = '{name}'", "version_number ASC") == [1, 2, 3]

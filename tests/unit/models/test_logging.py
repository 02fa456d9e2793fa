"""Models that runs log, found again by every address they have."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import runfold
from runfold.domain.model_policy import ModelPolicy
from runfold.errors import InvalidValue, NotFound, PermissionDenied
from runfold.stores.registry import LoggedModelQuery
from runfold.tracking import active


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    runfold.set_tracking_uri(str(tmp_path / "store"))
    Path("doubling.py").write_text("def predict(rows):\n    return [2 * row for row in rows]\n")
    yield
    runfold.set_tracking_uri("")
    for session in active.state.sessions.values():
        session.close()
    active.state.sessions.clear()


def test_a_model_is_found_by_its_run_and_told_of_in_its_tag() -> None:
    with runfold.start_run() as run:
        logged = runfold.pyfunc.log_model("nested/model", "doubling.py")
        runfold.pyfunc.log_model("other", "doubling.py")

    assert logged.model_uri == f"runs:/{run.info.run_id}/nested/model"
    assert runfold.pyfunc.load_model(logged.model_uri, allow_code=True).predict([2]) == [4]
    assert runfold.models.get_model_info(logged.model_uri).run_id == run.info.run_id
    told = json.loads(runfold.get_run(run.info.run_id).data.tags["mlflow.log-model.history"])
    assert [one["artifact_path"] for one in told] == ["nested/model", "other"]


def test_a_model_has_an_id_of_its_own() -> None:
    with runfold.start_run() as run:
        logged = runfold.pyfunc.log_model("nested/model", "doubling.py")

    uri = f"models:/{logged.model_id}"
    assert runfold.pyfunc.load_model(uri, allow_code=True).predict([2]) == [4]
    assert runfold.models.get_model_info(uri).model_id == logged.model_id
    record = active.session().store.get_logged_model(logged.model_id)
    assert (record.name, record.source_run_id, record.status.name) == ("nested-model", run.info.run_id, "READY")
    assert [use.model_id for use in active.session().store.get_run(run.info.run_id).models] == [logged.model_id]


def test_a_registered_model_is_known_by_its_id_too() -> None:
    with runfold.start_run():
        logged = runfold.pyfunc.log_model("model", "doubling.py", registered_model_name="double")

    store = active.session().store
    assert store.get_model_version("double", 1).model_id == logged.model_id
    assert runfold.register_model(logged.model_uri, "double").model_id == logged.model_id
    assert [one.version for one in store.get_logged_model(logged.model_id).registrations] == [1, 2]


def test_a_model_that_is_registered_while_it_is_logged_is_described_and_digested() -> None:
    with runfold.start_run():
        runfold.pyfunc.log_model("model", "doubling.py", registered_model_name="double")

    version = active.session().store.get_model_version("double", 1)
    assert version.files is not None
    assert version.files.digest.startswith("sha256:")
    assert (version.card.flavours, version.card.serialisation) == (("python_function",), "code")
    assert runfold.registry.verify_model_version("models:/double/1").is_unchanged


def test_the_policy_holds_while_a_model_is_logged() -> None:
    active.session().store.set_model_policy("", ModelPolicy(flavours=("onnx",)))
    with runfold.start_run(), pytest.raises(PermissionDenied):
        runfold.pyfunc.log_model("model", "doubling.py", registered_model_name="double")
    with pytest.raises(NotFound):
        active.session().store.get_registered_model("double")


def test_a_model_logged_to_the_same_place_takes_it_over() -> None:
    with runfold.start_run():
        first = runfold.pyfunc.log_model("model", "doubling.py")
        second = runfold.pyfunc.log_model("model", "doubling.py")

    store = active.session().store
    assert store.get_logged_model(second.model_id).artifact_uri.endswith("/model")
    with pytest.raises(NotFound):
        store.get_logged_model(first.model_id)


def test_a_model_that_could_not_be_saved_is_recorded_as_failed() -> None:
    with runfold.start_run() as run, pytest.raises(InvalidValue):
        runfold.pyfunc.log_model("model", "doubling.py", code_paths=["missing.py"])

    query = LoggedModelQuery(experiment_ids=(run.info.experiment_id,))
    (record,) = active.session().store.search_logged_models(query).items
    assert record.status.name == "UPLOAD_FAILED"


def test_models_logged_offline_are_told_of_later(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RUNFOLD_OFFLINE", "1")
    with runfold.start_run() as run:
        logged = [runfold.pyfunc.log_model(name, "doubling.py") for name in ("a", "b")]
        assert [one.model_id for one in logged] == ["", ""]
        assert [one["artifact_path"] for one in run.unsent_models] == ["a", "b"]


def test_a_model_is_registered_and_found_by_version_alias_and_latest() -> None:
    with runfold.start_run():
        for number in (1, 2):
            logged = runfold.pyfunc.log_model(f"model{number}", "doubling.py", registered_model_name="double")
            assert logged.registered_model_version == number
    active.session().store.set_model_alias("double", "champion", 1)

    for uri in ("models:/double/1", "models:/double@champion", "models:/double/latest"):
        assert runfold.pyfunc.load_model(uri, allow_code=True).predict([1]) == [2]
    assert runfold.models.get_model_info("models:/double@champion").artifact_path == "model1"
    with pytest.raises(NotFound):
        runfold.models.load_model("models:/double/3")

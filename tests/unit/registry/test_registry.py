"""Registering from a script, on a store without a server and on one with one."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

import runfold
from runfold.errors import InvalidValue, NotFound, PermissionDenied
from runfold.registry import artifact_uri, copy_model_version, get_alias, return_alias, set_alias
from runfold.tracking import active
from tests.unit.tracking.conftest import workspace as workspace

MLMODEL = """
flavors:
  sklearn: {serialization_format: skops, sklearn_version: 1.7.2, model_class: sklearn.svm.SVC}
  python_function: {}
signature: {inputs: '[{"type": "double", "name": "x"}]', outputs: null, params: null}
metadata: {licence: MIT}
"""
HARMFUL = b"cposix\nsystem\n(S'true'\ntR."


@pytest.fixture
def run_id(workspace: Path) -> str:
    with runfold.start_run() as run:
        runfold.log_metric("auc", 0.9)
        runfold.log_text(MLMODEL, "model/MLmodel")
        runfold.log_text("weights", "model/model.skops")
    return run.info.run_id


def test_a_model_is_registered_with_what_its_files_and_its_run_tell(run_id: str) -> None:
    version = runfold.register_model(f"runs:/{run_id}/model", "digits", tags={"n": 1}, alias="champion")
    card = version.card
    assert (version.version, version.run_id, version.tags) == (1, run_id, {"n": "1"})
    assert (card.algorithm, card.framework, card.framework_version) == (
        "support vector machine",
        "scikit-learn",
        "1.7.2",
    )
    assert (card.serialisation, card.licence, card.flavours) == ("skops", "MIT", ("python_function", "sklearn"))
    assert [(metric.key, metric.value) for metric in card.metrics] == [("auc", 0.9)]
    assert "double" in card.signature
    assert version.files is not None
    assert (version.files.n_files, version.files.digest[:7]) == (2, "sha256:")
    assert get_alias("digits", "champion").version == 1


def test_a_uri_leads_to_files(run_id: str) -> None:
    runfold.register_model(f"runs:/{run_id}/model", "digits", alias="champion")
    place = artifact_uri(f"runs:/{run_id}/model")
    assert place.endswith(f"{run_id}/artifacts/model")
    for uri in ("models:/digits/1", "models:/digits@champion", "models:/digits/latest", "models:/digits/none"):
        assert artifact_uri(uri) == place
    assert artifact_uri("models:/digits/1/sub/x") == f"{place}/sub/x"
    assert artifact_uri("/tmp/model") == "/tmp/model"
    with pytest.raises(NotFound):
        artifact_uri("models:/digits/7")
    with pytest.raises(InvalidValue):
        artifact_uri("models:/digits@none")


def test_a_model_that_would_run_a_command_is_refused(run_id: str, tmp_path: Path) -> None:
    path = tmp_path / "evil.pkl"
    path.write_bytes(HARMFUL)
    with runfold.start_run(run_id=run_id):
        runfold.log_artifact(path, "model")
    with pytest.raises(PermissionDenied, match=r"evil\.pkl calls posix\.system"):
        runfold.register_model(f"runs:/{run_id}/model", "digits")


def test_aliases_remember(run_id: str) -> None:
    for _ in range(2):
        runfold.register_model(f"runs:/{run_id}/model", "digits")
    set_alias("digits", "champion", 1, reason="first")
    set_alias("digits", "champion", "2")
    assert return_alias("digits", "champion").version == 1
    assert get_alias("digits", "champion", at=datetime.now(UTC)).version == 1
    with pytest.raises(InvalidValue):
        get_alias("digits", "champion", at=datetime(2020, 1, 1))


def test_a_version_is_copied_to_another_store_with_its_files(run_id: str, tmp_path: Path) -> None:
    version = runfold.register_model(f"runs:/{run_id}/model", "digits")
    other = f"sqlite:///{tmp_path}/other/runfold.db"
    (tmp_path / "other").mkdir()
    copied = copy_model_version("models:/digits/1", "live", to=other)
    assert copied.files == version.files
    assert copied.card == version.card
    assert active.session(other).store.get_model_version("live", 1) == copied
    assert copy_model_version("models:/digits/1", "here").storage_location == version.storage_location


def test_the_client_has_mlflows_names(run_id: str) -> None:
    with runfold.Client() as client:
        client.create_registered_model("digits", {"a": 1}, "which digit")
        made = client.create_model_version("digits", f"runs:/{run_id}/model", run_id)
        client.set_registered_model_alias("digits", "champion", "1")
        assert client.get_model_version_by_alias("digits", "champion").version == made.version
        client.transition_model_version_stage("digits", "1", "production")
        assert [version.version for version in client.get_latest_versions("digits", ["Production"])] == [1]
        assert [model.name for model in client.search_registered_models("name LIKE 'd%'")] == ["digits"]
        assert len(client.search_model_versions("run_id != 'x'")) == 1
        client.delete_registered_model("digits")

"""Models that runs log, found again by every address they have."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import runfold
from runfold.errors import NotFound
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

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from runfold.errors import InvalidValue
from runfold.tracking.client import Client

pytestmark = pytest.mark.usefixtures("workspace")


@pytest.fixture
def client() -> Iterator[Client]:
    with Client() as client:
        yield client


def test_a_run_is_written_and_read_by_its_id(client: Client) -> None:
    experiment_id = client.create_experiment("digits", tags={"a": 1})
    run_id = client.create_run(experiment_id, run_name="mine", tags={"b": 2}).info.run_id
    client.log_metric(run_id, "loss", 0.5, timestamp=7, step=1)
    client.log_param(run_id, "lr", 0.1)
    client.set_tag(run_id, "note", "x")
    client.delete_tag(run_id, "b")
    client.set_terminated(run_id, "FAILED", end_time=9)

    run = client.get_run(run_id)
    assert (run.info.status, run.info.end_time, run.info.run_name) == ("FAILED", 9, "mine")
    assert (run.data.metrics, run.data.params) == ({"loss": 0.5}, {"lr": "0.1"})
    assert (run.data.tags["note"], "b" in run.data.tags) == ("x", False)
    [point] = client.get_metric_history(run_id, "loss")
    assert (point.key, point.value, point.timestamp, point.step) == ("loss", 0.5, 7, 1)


def test_a_batch_takes_the_objects_of_mlflow(client: Client) -> None:
    run_id = client.create_run("0").info.run_id
    point = SimpleNamespace(key="loss", value=0.5, timestamp=7, step=1)
    client.log_batch(run_id, [point], params=[SimpleNamespace(key="lr", value="0.1")], tags={"note": 1})

    run = client.get_run(run_id)
    assert (run.data.metrics, run.data.params, run.data.tags["note"]) == ({"loss": 0.5}, {"lr": "0.1"}, "1")
    assert client.get_metric_history(run_id, "loss")[0].timestamp == 7


def test_results_come_in_pages(client: Client) -> None:
    ids = {client.create_run("0").info.run_id for _ in range(3)}
    first = client.search_runs(["0"], max_results=2)
    second = client.search_runs(["0"], max_results=2, page_token=first.token)

    assert {run.info.run_id for run in [*first, *second]} == ids
    assert (len(first), len(second), second.token) == (2, 1, "")
    assert [one.name for one in client.search_experiments()] == ["Default"]


def test_files_of_a_run(client: Client, tmp_path: Path) -> None:
    run_id = client.create_run("0").info.run_id
    (tmp_path / "a.txt").write_text("hello")
    client.log_artifact(run_id, tmp_path / "a.txt", "deep")

    client.log_dict(run_id, {"a": [1]}, "settings.json")

    assert [file.path for file in client.list_artifacts(run_id, "deep")] == ["deep/a.txt"]
    client.delete_artifact(run_id, "settings.json")
    assert Path(client.download_artifacts(run_id, "deep/a.txt", tmp_path / "out")).read_text() == "hello"
    client.delete_artifact(run_id, "deep")
    assert client.list_artifacts(run_id) == []


def test_an_unknown_status_is_refused(client: Client) -> None:
    run_id = client.create_run("0").info.run_id
    with pytest.raises(InvalidValue, match="DONE"):
        client.set_terminated(run_id, "DONE")

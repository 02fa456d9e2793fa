"""The REST store with a server that has MLflow's calls and none of ours."""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from runfold.config import ClientSettings
from runfold.domain.dataset import Dataset, DatasetUse
from runfold.domain.run import NewRun
from runfold.domain.states import RunStatus
from runfold.errors import NotSupported
from runfold.stores.base import RunQuery
from runfold.stores.rest.store import RestStore

INFO = {
    "run_id": "abc",
    "run_uuid": "abc",
    "experiment_id": "1",
    "status": "RUNNING",
    "start_time": 5,
    "artifact_uri": "mlflow-artifacts:/1/abc/artifacts",
    "lifecycle_stage": "active",
}
RUN = {
    "info": INFO,
    "data": {
        "metrics": [{"key": "loss", "value": "NaN", "timestamp": 7, "step": 2}],
        "tags": [{"key": "mlflow.parentRunId", "value": "parent"}],
    },
}
ANSWERS: dict[str, Any] = {
    "/api/2.0/mlflow/runs/create": {"run": RUN},
    "/api/2.0/mlflow/runs/get": {"run": RUN},
    "/api/2.0/mlflow/runs/update": {"run_info": {**INFO, "status": "FINISHED", "end_time": 9}},
    "/api/2.0/mlflow/runs/search": {"runs": [RUN], "next_page_token": "next"},
    "/api/2.0/mlflow/runs/delete": {},
    "/api/2.0/mlflow/runs/restore": {},
    "/api/2.0/mlflow/runs/log-inputs": {},
}


class MlflowOnly(BaseHTTPRequestHandler):
    """Answers MLflow's calls with what its server would send, and all others with the page of a 404."""

    requests: list[str]

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path = self.path.partition("?")[0]
        self.requests.append(path)
        self.send_response(200 if path in ANSWERS else 404)
        self.end_headers()
        self.wfile.write(json.dumps(ANSWERS[path]).encode() if path in ANSWERS else b"<h1>Not Found</h1>")

    do_GET = do_POST

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def requests() -> list[str]:
    return []


@pytest.fixture
def store(requests: list[str]) -> Iterator[RestStore]:
    handler = type("Handler", (MlflowOnly,), {"requests": requests})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        store = RestStore(f"http://127.0.0.1:{server.server_port}", ClientSettings())
        yield store
        store.close()
        server.shutdown()
        thread.join()


def test_runs_are_read_by_the_calls_of_mlflow(store: RestStore) -> None:
    run = store.get_run("abc")

    assert (run.info.run_id, run.info.status, run.info.parent_run_id) == ("abc", RunStatus.RUNNING, "parent")
    assert math.isnan(run.metrics["loss"].last)
    assert run.metrics["loss"].step == 2
    page = store.search_runs(RunQuery(experiment_ids=("1",)))
    assert (repr(page.items), page.next_token) == (repr((run,)), "next")  # by text: NaN is not equal to itself


def test_runs_are_written_by_the_calls_of_mlflow(store: RestStore) -> None:
    dataset = Dataset(name="d", digest="1", source_type="local", source="{}")

    assert store.create_run(NewRun(experiment_id="1", parent_run_id="parent")).info.run_id == "abc"
    assert store.update_run("abc", status=RunStatus.FINISHED, end_time_ms=9).end_time_ms == 9
    store.log_inputs("abc", [DatasetUse(dataset=dataset)])
    store.delete_runs(["abc"])
    store.restore_runs(["abc"])


def test_what_mlflow_has_no_call_for_is_refused_in_a_sentence(store: RestStore) -> None:
    with pytest.raises(NotSupported, match="chooses the ids of runs itself"):
        store.create_run(NewRun(experiment_id="1", run_id="mine"))
    with pytest.raises(NotSupported, match="does not offer this call"):
        store.search_keys(["1"])


def test_our_calls_are_not_tried_again_and_again(store: RestStore, requests: list[str]) -> None:
    for _ in range(3):
        store.get_run("abc")

    assert [path for path in requests if "runfold" in path] == ["/api/runfold/v1/runs/get"]

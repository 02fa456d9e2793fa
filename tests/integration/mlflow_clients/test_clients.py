"""Unmodified `mlflow` clients of three release lines against a live server: each scenario of `driver`, compared."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.servers import ServerProcess

HERE = Path(__file__).parent
CLIENTS = HERE.parents[2] / ".cache" / "mlflow-clients"
VERSIONS = ("2.9.2", "2.22.5", "3.18.0")

Results = dict[str, Any]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    server = ServerProcess(tmp_path_factory.mktemp("server"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module", params=VERSIONS)
def results(request: pytest.FixtureRequest, server: ServerProcess, tmp_path_factory: pytest.TempPathFactory) -> Results:
    """What every scenario returned with one client."""
    python = CLIENTS / request.param / "bin" / "python"
    assert python.exists(), f"there is no MLflow {request.param} client: run `make mlflow-clients`"
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path_factory.mktemp("home")),
        "MLFLOW_TRACKING_URI": server.uri,
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "GIT_PYTHON_REFRESH": "quiet",
    }
    done = subprocess.run(
        [python, HERE / "driver", server.uri, tmp_path_factory.mktemp("files")],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    found: Results = json.loads(done.stdout.splitlines()[-1])
    assert found.pop("version") == request.param
    return found


EXPECTED: Results = {
    "registry": {
        "numbers": ["1", "2", "3"],
        "champion": ["2", "second", True, ["champion"]],
        "moved": "Production",
        "latest": {"None": "3", "Production": "2", "Archived": "1"},
        "found": ["3", "2", "1"],
        "by tag": ["1"],
        "again": "4",
        "model": ["who leaves", {"team": "ml"}, {"champion": "2"}],
        "models": [True],
        "uri": True,
        "renamed": True,
        "codes": {
            "taken": "RESOURCE_ALREADY_EXISTS",
            "unknown": "RESOURCE_DOES_NOT_EXIST",
            "unknown version": "RESOURCE_DOES_NOT_EXIST",
            "unknown alias": "INVALID_PARAMETER_VALUE",
            "bad alias": True,
            "local source": "INVALID_PARAMETER_VALUE",
        },
    },
    "loaded_models": [[[2.0, 4.0]] * 5, True, ["2"], True],
    "registered_files": [["MLmodel", "weights.txt"]] * 3,
    "fluent_run": {
        "status": ["RUNNING", "FINISHED"],
        "name": ["first", "first"],
        "params": {"depth": "3", "empty": "", "kind": "tree", "lr": "0.1"},
        "metrics": {"acc": 0.9, "f1": 0.8, "loss": 0.3333333333333333},
        "tags": {"a/b": "1", "größe": "ü", "stage": "dev", "team": "vision"},
        "note": "a *try*",
        "source": "LOCAL",
        "has_user": True,
        "ended_after_start": True,
        "last_active": True,
        "experiment": True,
        "artifact_uri": True,
    },
    "nested_runs": ["child-1", "child-0"],
    "failing_run": ["FAILED", "KILLED", "RUNNING", "FINISHED"],
    "experiments": {
        "made": [True, "s3://bucket/here", "active", {"k": "v"}],
        "times": True,
        "renamed": [True, {"k": "v", "n": "2"}],
        "old name": None,
        "deleted": "deleted",
        "runs": ["deleted", "active"],
        "codes": {
            "taken": "RESOURCE_ALREADY_EXISTS",
            "blank": "INVALID_PARAMETER_VALUE",
            "unknown": "RESOURCE_DOES_NOT_EXIST",
            "run in deleted": "INVALID_PARAMETER_VALUE",
            "delete twice": "RESOURCE_DOES_NOT_EXIST",
            "set deleted": True,
        },
        "default": "Default",
    },
    "search_experiments": {
        "active": ["d", "c", "b", "a"],
        "deleted": ["e"],
        "all": ["a", "b", "c", "d", "e"],
        "by tag": ["b"],
        "default order": ["d", "c", "b", "a"],
        "pages": [["a", "b", "c"], ["d"]],
        "last token": "",
        "bad filter": "INVALID_PARAMETER_VALUE",
    },
    "params": {
        "codes": {
            "other value": "INVALID_PARAMETER_VALUE",
            "bad key": "INVALID_PARAMETER_VALUE",
            "twice in a batch": "INVALID_PARAMETER_VALUE",
        },
        "n": 103,
        "lr": "0.1",
        "text": "Größe 'quoted' \"double\" \n line 数据 🚀",
        "long": 6000,
    },
    "batch": {
        "metrics": {
            "m0": 790.0,
            "m1": 791.0,
            "m2": 792.0,
            "m3": 793.0,
            "m4": 794.0,
            "m5": 795.0,
            "m6": 796.0,
            "m7": 797.0,
            "m8": 798.0,
            "m9": 799.0,
        },
        "n_params": 100,
        "n_tags": 100,
        "refused": "INVALID_PARAMETER_VALUE",
        "nothing of it": True,
        "too many": "no error",
    },
    "metric_values": {
        "odd": [
            [-2, 1000, 0.5],
            [-1, 1001, "nan"],
            [0, 1002, "inf"],
            [1, 1003, "-inf"],
            [2, 1004, 1e-300],
            [3, 1005, -0.25],
        ],
        "late": [1.0],
        "late history": [[10, 1.0], [5, 2.0]],
        "same": 1,
        "unknown": [],
    },
    "long_history": [26000, True, 12999.5],
    "search_runs": {
        "default": ["run-5", "run-4", "run-3", "run-2", "run-1", "run-0"],
        "metric": ["run-5", "run-4", "run-2"],
        "both": ["run-1"],
        "like": ["run-5", "run-2"],
        "ilike": ["run-5", "run-3", "run-2", "run-0"],
        "name": ["run-2"],
        "name without prefix": ["run-5", "run-4", "run-3", "run-2", "run-1", "run-0"],
        "status": ["run-0", "run-1", "run-2", "run-3", "run-4", "run-5"],
        "start": ["run-5", "run-4"],
        "in": ["run-2", "run-5", "run-1", "run-4"],
        "by metric": ["run-5", "run-4", "run-2", "run-1", "run-0", "run-3"],
        "by tag": ["run-1", "run-3", "run-5", "run-0", "run-2", "run-4"],
        "deleted": ["run-6"],
        "all": ["run-0", "run-1", "run-2", "run-3", "run-4", "run-5", "run-6"],
        "pages": [["run-0", "run-1", "run-2"], ["run-4", "run-5", "run-3"], ["elsewhere"]],
        "bad filter": "INVALID_PARAMETER_VALUE",
        "bad order": "INVALID_PARAMETER_VALUE",
        "too many": "INVALID_PARAMETER_VALUE",
        "none": [],
        "fluent": ["run-1"],
    },
    "run_changes": {
        "tags": ["2", 8000],
        "tag gone": True,
        "renamed": ["FINISHED", "renamed", "renamed"],
        "stages": ["deleted", "active"],
        "codes": {
            "write to deleted": "INVALID_PARAMETER_VALUE",
            "tag of deleted": "INVALID_PARAMETER_VALUE",
            "missing tag": "RESOURCE_DOES_NOT_EXIST",
            "unknown run": "RESOURCE_DOES_NOT_EXIST",
            "log to unknown": "RESOURCE_DOES_NOT_EXIST",
        },
    },
    "datasets": {
        "inputs": [
            [
                {
                    "digest": "abc123",
                    "name": "wine",
                    "profile": '{"num_rows": 3}',
                    "schema": '{"c": "int"}',
                    "source": '{"uri": "wine.csv"}',
                    "source_type": "local",
                },
                [{"key": "mlflow.data.context", "value": "training"}],
            ]
        ],
        "found": 1,
        "found inputs": ["abc123"],
        "not found": 0,
    },
    "artifacts": {
        "root": [
            ["big", True],
            ["config.json", False],
            ["config.yaml", False],
            ["notes", True],
            ["odd", True],
            ["tree", True],
        ],
        "notes": [["notes/hello.txt", False, 11]],
        "tree": [["tree/empty.txt", False, 0], ["tree/sub", True, None], ["tree/top.txt", False, 3]],
        "deep": [["tree/sub/deep/leaf.bin", False, 25600]],
        "missing": [],
        "of a file": [],
        "odd": ["100%.txt", "a+b&c=d.txt", "größe-数据.txt", "semi;colon.txt", "two words.txt"],
        "odd contents": ["two words.txt", "größe-数据.txt", "100%.txt", "a+b&c=d.txt", "semi;colon.txt"],
        "text": "hello again",
        "dict": {"a": [1, 2, {"b": None}]},
        "by uri": "hello again",
        "downloaded": ["empty.txt", "sub/deep/leaf.bin", "top.txt"],
        "same bytes": True,
        "big": True,
        "of absent": True,
    },
    "multipart_upload": [[11000000], True],
    "deleting_artifacts": [["folder/two.txt"], ["keep.txt"]],
    "paging_long_lists": list(range(25, 0, -1)),
    "what_is_not_there": ["RESOURCE_DOES_NOT_EXIST", 0, True],
    "asynchronous_logging": [50, {"m": 49.0}, {"a": "1", "b": "2"}],
}


@pytest.mark.parametrize("scenario", list(EXPECTED))
def test_a_real_client_finds_what_it_expects(results: Results, scenario: str) -> None:
    assert results[scenario] == EXPECTED[scenario]


def test_every_scenario_is_compared(results: Results) -> None:
    assert set(results) == set(EXPECTED)

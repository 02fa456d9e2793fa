"""A server whose disk is full."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3

from runfold.config import ClientSettings
from runfold.domain.run import NewRun
from runfold.stores.rest.store import RestStore
from tests.integration.servers import ServerProcess


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    """A server with a small disk of its own and a ballast on it, which goes when a file `disk-clear` appears."""
    rights = [] if os.geteuid() == 0 else ["--map-root-user"]
    script = (
        'mount -t tmpfs -o size=10m tmpfs "$0"; head -c 3000000 /dev/zero > "$0/ballast"; '
        '(until [ -e "$0-clear" ]; do sleep 0.1; done; rm "$0/ballast") & exec "$@"'
    )
    disk = tmp_path / "disk"
    disk.mkdir()
    wrapper = ["unshare", "--mount", *rights, "sh", "-c", script, str(disk)]
    server = ServerProcess(disk, wrapper=wrapper, durability="full")
    server.start()
    yield server
    server.stop()


def test_writes_are_answered_507_reads_go_on_and_space_heals_it(server: ServerProcess, tmp_path: Path) -> None:
    store = RestStore(server.uri, ClientSettings())
    run_id = store.create_run(NewRun(experiment_id="0")).info.run_id
    http = urllib3.PoolManager()

    def log(number: int) -> urllib3.BaseHTTPResponse:
        body = {"run_id": run_id, "key": f"p{number}", "value": "x" * 6000}
        return http.request("POST", f"{server.uri}/api/2.0/mlflow/runs/log-parameter", json=body, retries=False)

    n_written = 0
    while (answer := log(n_written)).status == 200:
        n_written += 1
        assert n_written < 5000, "the disk does not get full"
    assert (answer.status, answer.json()["error_code"]) == (507, "RESOURCE_EXHAUSTED")
    assert "No space left" in answer.json()["message"]
    assert str(tmp_path) not in answer.json()["message"]
    assert len(store.get_run(run_id).params) == n_written
    (tmp_path / "disk-clear").touch()
    while log(n_written).status != 200:
        pass
    assert len(store.get_run(run_id).params) == n_written + 1
    store.close()

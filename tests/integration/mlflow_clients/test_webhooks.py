"""An unmodified `mlflow` client and a receiver that checks signatures as MLflow's documentation tells it to."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.mlflow_clients.test_clients import CLIENTS, HERE
from tests.integration.servers import ServerProcess
from tests.unit.server.webhooks.receiver import Received, Receiver, run_receiver

SECRET = "a long random text"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with run_receiver() as receiver:
        yield receiver


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    server = ServerProcess(tmp_path / "server", webhook_hosts=["127.0.0.1"])
    server.start()
    yield server
    server.stop()


def is_genuine(received: Received) -> bool:
    headers = received.headers
    signed = f"{headers['X-MLflow-Delivery-Id']}.{headers['X-MLflow-Timestamp']}.{received.body}"
    digest = hmac.new(SECRET.encode(), signed.encode(), hashlib.sha256).digest()
    return headers["X-MLflow-Signature"] == f"v1,{base64.b64encode(digest).decode()}"


def test_a_real_client_makes_tries_and_deletes_webhooks(
    server: ServerProcess, receiver: Receiver, tmp_path: Path
) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "MLFLOW_TRACKING_URI": server.uri,
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "GIT_PYTHON_REFRESH": "quiet",
    }
    done = subprocess.run(
        [CLIENTS / "3.18.0" / "bin" / "python", HERE / "webhooks_driver.py", receiver.url],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "made": ["ci", receiver.url, "d", "ACTIVE", ["model_version.created"]],
        "found": True,
        "changed": ["cd", ["model_version.created", "model_version_alias.created"], True],
        "tried": [True, 200],
        "other": [True, 200],
        "disabled": "DISABLED",
        "listed": ["cd", "off"],
        "left": ["cd"],
    }
    arrived = [receiver.next() for _ in range(4)]
    assert all(map(is_genuine, arrived))
    bodies = [json.loads(one.body) for one in arrived]
    assert [f"{body['entity']}.{body['action']}" for body in bodies] == [
        "model_version.created",
        "prompt_version.created",
        "model_version.created",
        "model_version_alias.created",
    ]
    assert bodies[2]["data"] == {
        "name": "churn",
        "version": "1",
        "source": "s3://bucket/model",
        "run_id": None,
        "tags": {},
        "description": "first",
    }

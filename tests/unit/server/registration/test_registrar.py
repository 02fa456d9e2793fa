"""Registering models that are too large to be read while the client waits."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic

import pytest
from starlette.testclient import TestClient

from runfold.artifacts import model_files
from runfold.artifacts.local import LocalArtifacts
from runfold.config import ServerSettings, StoreSettings
from runfold.domain.model_policy import ModelPolicy
from runfold.domain.registered_model import ModelVersion, VersionStatus
from runfold.errors import Unavailable
from runfold.server import create_app
from runfold.stores.sql.store import SqlStore

DOCUMENT = b"""
flavors:
  sklearn: {serialization_format: skops, sklearn_version: 1.7.2, model_class: sklearn.svm.SVC}
  python_function: {loader_module: none}
"""
HARMFUL = b"cposix\nsystem\n(S'true'\ntR."
WEIGHTS = b"w" * 2000
API, OURS = "/api/2.0/mlflow", "/api/runfold/v1"


class Place:
    """A store and its files, and servers that come and go over them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = SqlStore(str(folder / "runfold.db"), StoreSettings(durability="process"))

    def server(self) -> TestClient:
        store = SqlStore(str(self.folder / "runfold.db"), StoreSettings(durability="process"))
        settings = ServerSettings(direct_registration_bytes=1000)
        app = create_app(settings, store, LocalArtifacts(self.folder / "files"))
        return TestClient(app, base_url="http://localhost")

    def status(self, version: int = 1) -> VersionStatus:
        return self.store.get_model_version("churn", version).status

    def over(self, version: int = 1) -> ModelVersion:
        """A version when its registration is over."""
        until(lambda: self.status(version) is not VersionStatus.PENDING)
        return self.store.get_model_version("churn", version)


def until(look: Callable[[], bool]) -> None:
    deadline = monotonic() + 20
    waiting = threading.Event()
    while not look():
        assert monotonic() < deadline, "it did not come about"
        waiting.wait(0.02)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    place = Place(tmp_path)
    yield place
    place.store.close()


def register(client: TestClient, content: bytes = WEIGHTS, *, name: str = "weights.bin") -> dict[str, str]:
    run = client.post(f"{API}/runs/create", json={"experiment_id": "0", "start_time": 1}).json()["run"]["info"]
    folder = f"0/{run['run_id']}/artifacts/model"
    for file, body in (("MLmodel", DOCUMENT), (name, content)):
        client.put(f"/api/2.0/mlflow-artifacts/artifacts/{folder}/{file}", content=body)
    client.post(f"{API}/registered-models/create", json={"name": "churn"})
    body = {"name": "churn", "source": f"mlflow-artifacts:/{folder}", "run_id": run["run_id"]}
    answer = client.post(f"{API}/model-versions/create", json=body)
    assert answer.status_code == 200, answer.text
    made: dict[str, str] = answer.json()["model_version"]
    return made


@pytest.fixture
def stopped_reading(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Files are read when this is set, and not before."""
    may_read = threading.Event()
    read = model_files._read_file

    def waits(*args: object, **kwargs: object) -> object:
        while not may_read.wait(0.01):
            kwargs["on_read"]()  # type: ignore[operator]
        return read(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(model_files, "_read_file", waits)
    yield may_read
    may_read.set()


def test_a_small_model_is_ready_at_once(place: Place) -> None:
    with place.server() as client:
        assert register(client, b"few")["status"] == "READY"


def test_a_large_model_is_pending_until_its_files_are_read(place: Place, stopped_reading: threading.Event) -> None:
    with place.server() as client:
        assert register(client)["status"] == "PENDING_REGISTRATION"
        pending = place.store.get_model_version("churn", 1)
        assert (pending.files, pending.card.framework) == (None, "scikit-learn")
        stopped_reading.set()
        ready = place.over()

    assert ready.status is VersionStatus.READY
    assert ready.files is not None
    assert (ready.files.n_files, ready.files.size_bytes) == (2, len(DOCUMENT) + len(WEIGHTS))
    assert [file.path for file in place.store.list_model_version_files("churn", 1)] == ["MLmodel", "weights.bin"]


def test_a_model_of_many_files_is_pending_too(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runfold.server.registration.registering.DIRECT_FILES", 1)
    with place.server() as client:
        assert register(client, b"few")["status"] == "PENDING_REGISTRATION"
        assert place.over().status is VersionStatus.READY


def test_a_pending_version_is_refused_to_who_would_load_it(place: Place, stopped_reading: threading.Event) -> None:
    with place.server() as client:
        register(client)
        query = {"name": "churn", "version": "1"}
        answers = [
            client.get(f"{API}/model-versions/get-download-uri", params=query),
            client.get("/model-versions/get-artifact", params={**query, "path": "MLmodel"}),
            client.post(f"{OURS}/model-versions/verify", json={"name": "churn", "version": 1}),
            client.post(f"{API}/registered-models/alias", json={**query, "alias": "champion"}),
        ]
    for answer in answers:
        assert answer.status_code == 400
        assert "being registered" in answer.json()["message"]


def test_a_harmful_model_fails_and_says_why(place: Place) -> None:
    with place.server() as client:
        register(client, HARMFUL + WEIGHTS, name="model.pkl")
        failed = place.over()
        told = client.get(f"{API}/model-versions/get", params={"name": "churn", "version": "1"}).json()
    assert failed.status is VersionStatus.FAILED
    assert "harmful code" in failed.status_message
    assert told["model_version"]["status"] == "FAILED_REGISTRATION"
    assert told["model_version"]["status_message"] == failed.status_message


def test_what_the_document_alone_forbids_is_refused_at_once(place: Place) -> None:
    with place.server() as client:
        place.store.set_model_policy("", ModelPolicy(flavours=("onnx",)))
        with pytest.raises(AssertionError, match="may not be registered here"):
            register(client)
    assert place.store.get_registered_model("churn").n_versions == 0


def test_the_policy_of_the_moment_in_which_it_is_ready_holds(place: Place, stopped_reading: threading.Event) -> None:
    with place.server() as client:
        register(client)
        place.store.set_model_policy("churn", ModelPolicy(required=("licence",)))
        stopped_reading.set()
        assert "licence" in place.over().status_message


def test_a_flavour_that_is_only_told_does_not_pass_a_policy(place: Place) -> None:
    with place.server() as client:
        register(client, b"few")
        place.store.set_model_policy("", ModelPolicy(serialisations=("onnx",)))
        source = place.store.get_model_version("churn", 1).source
        run_id = place.store.get_model_version("churn", 1).run_id
        body = {"name": "churn", "source": source, "run_id": run_id, "card": {"serialisation": "onnx"}}
        answer = client.post(f"{OURS}/model-versions/register", json=body)
    assert answer.status_code == 403, answer.text


def test_a_server_that_ends_gives_back_what_the_next_one_registers(
    place: Place, stopped_reading: threading.Event
) -> None:
    with place.server() as client:
        register(client)
    assert place.status() is VersionStatus.PENDING
    stopped_reading.set()
    with place.server():
        assert place.over().status is VersionStatus.READY


def test_a_version_that_ended_several_servers_is_given_up(place: Place, stopped_reading: threading.Event) -> None:
    with place.server() as client:
        register(client)
    for _ in range(3):
        assert place.store.claim_registration(lease_ms=0) is not None
    with place.server():
        failed = place.over()
    assert (failed.status, "each time" in failed.status_message) == (VersionStatus.FAILED, True)


def test_files_that_cannot_be_read_for_a_while_are_read_again(
    place: Place, monkeypatch: pytest.MonkeyPatch, stopped_reading: threading.Event
) -> None:
    monkeypatch.setattr("runfold.server.registration.registrar.PAUSE_S", 0)
    failures = iter([Unavailable("the disk is away"), Unavailable("still")])
    read = model_files._read_files

    def fails_twice(*args: object, **kwargs: object) -> object:
        for error in failures:
            raise error
        return read(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(model_files, "_read_files", fails_twice)
    stopped_reading.set()
    with place.server() as client:
        register(client)
        assert place.over().status is VersionStatus.READY


def test_files_that_vanish_meanwhile_fail_it(place: Place, stopped_reading: threading.Event) -> None:
    with place.server() as client:
        register(client)
    for file in (place.folder / "files").rglob("*"):
        if file.is_file():
            os.unlink(file)
    stopped_reading.set()
    with place.server():
        assert place.over().status is VersionStatus.FAILED

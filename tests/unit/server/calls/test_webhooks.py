"""Webhooks over HTTP, from the change to the receiver."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from runfold.config import ServerSettings
from runfold.domain.webhook import Event
from tests.unit.server.webhooks.receiver import Receiver, run_receiver

CREATED = {"entity": "MODEL_VERSION", "action": "CREATED"}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with run_receiver() as receiver:
        yield receiver


@pytest.fixture
def settings() -> ServerSettings:
    return ServerSettings(webhook_hosts=("public", "127.0.0.1"))


def call(client: TestClient, called: str, /, **fields: object) -> dict[str, object]:
    answer = client.post(f"/api/runfold/v1/{called}", json=fields)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_registered_version_is_told_to_the_receiver(client: TestClient, receiver: Receiver) -> None:
    made = client.post(
        "/api/2.0/mlflow/webhooks", json={"name": "ci", "url": receiver.url, "events": [CREATED], "secret": "s"}
    ).json()["webhook"]
    client.post("/api/2.0/mlflow/registered-models/create", json={"name": "churn"})
    client.post("/api/2.0/mlflow/model-versions/create", json={"name": "churn", "source": "s3://bucket/model"})

    body = json.loads(receiver.next().body)

    assert (body["entity"], body["data"]["source"]) == ("model_version", "s3://bucket/model")
    assert "secret" not in json.dumps(made)
    (delivery,) = call(client, "webhooks/deliveries", webhook_id=made["webhook_id"])["deliveries"]
    assert delivery["event"] == "model_version.created"


def test_a_webhook_that_knows_only_our_own_events_is_hidden_from_mlflow(client: TestClient, receiver: Receiver) -> None:
    both = ["model_version.created", "model_version.staged"]
    call(client, "webhooks/create", name="a", url=receiver.url, events=["promotion.merged"])
    call(client, "webhooks/create", name="b", url=receiver.url, events=both)

    theirs = client.get("/api/2.0/mlflow/webhooks").json()["webhooks"]
    ours = call(client, "webhooks/list")

    assert [(webhook["name"], webhook["events"]) for webhook in theirs] == [("b", [CREATED])]
    assert [webhook["name"] for webhook in ours["webhooks"]] == ["a", "b"]
    assert ours["hosts"] == ["public", "127.0.0.1"]


def test_an_address_inside_is_refused_however_it_comes(client: TestClient) -> None:
    made = call(client, "webhooks/create", name="a", url="https://hooks.invalid/", events=["model_version.created"])
    webhook_id = made["webhook"]["webhook_id"]
    bad = "https://169.254.169.254/latest"

    answers = [
        client.post("/api/2.0/mlflow/webhooks", json={"name": "x", "url": bad, "events": [CREATED]}),
        client.patch(f"/api/2.0/mlflow/webhooks/{webhook_id}", json={"url": bad}),
        client.post("/api/runfold/v1/webhooks/create", json={"name": "x", "url": bad, "events": ["promotion.merged"]}),
        client.post("/api/runfold/v1/webhooks/update", json={"webhook_id": webhook_id, "url": bad}),
    ]

    assert [answer.status_code for answer in answers] == [403] * 4
    assert answers[0].json()["error_code"] == "PERMISSION_DENIED"
    assert "webhook_hosts" in answers[0].json()["message"]


def test_trying_out_tells_how_it_went_and_nothing_of_the_answer(client: TestClient, receiver: Receiver) -> None:
    made = call(client, "webhooks/create", name="a", url=receiver.url, events=["promotion.merged"])
    webhook_id = made["webhook"]["webhook_id"]
    receiver.statuses = [418, 200]

    refused = client.post(f"/api/2.0/mlflow/webhooks/{webhook_id}/test", json={"event": CREATED}).json()["result"]
    accepted = call(client, "webhooks/test", webhook_id=webhook_id)

    assert refused == {
        "success": False,
        "response_status": 418,
        "error_message": "The receiver answered 418 (I'm a Teapot).",
    }
    assert (accepted["is_delivered"], accepted["status"]) == (True, 200)
    assert json.loads(str(accepted["body"]))["entity"] == "promotion"


def test_a_webhook_may_be_told_of_every_event(client: TestClient) -> None:
    events = [event.value for event in Event]
    made = call(client, "webhooks/create", name="all", url="https://hooks.example.com/", events=events)
    assert made["webhook"]["events"] == events

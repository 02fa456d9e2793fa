from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

import numpy as np
import pytest

from runfold.config import ServingSettings
from runfold.serving.app import ScoringApp
from runfold.serving.http import messages
from runfold.serving.model import ServedModel
from tests.contract.scoring.exchange import Request, application, send, talk
from tests.contract.scoring.models import MODELS, Function

JSON = {"content-type": "application/json"}
ROW = b'{"inputs": [[1.5, 2]]}'


def post(body: bytes = ROW, path: str = "/invocations", **headers: str) -> Request:
    return Request("POST", path, body, {**JSON, **{k.replace("_", "-"): v for k, v in headers.items()}})


@pytest.mark.parametrize("path", ["/ping", "/health", "/v2/health/live", "/v2/health/ready", "/v2/models/m/ready"])
def test_a_loaded_model_is_healthy(path: str) -> None:
    assert talk(application(MODELS["numbers"]), Request("GET", path))[0].status == 200


def test_an_answer_names_the_model_and_the_request() -> None:
    reply = talk(application(MODELS["numbers"]), post(x_request_id="mine-12345"))[0]

    assert reply.document == {"predictions": [5.5]}
    assert reply.headers["x-runfold-model"] == "m/3"
    assert reply.headers["x-request-id"] == "mine-12345"


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (Request("GET", "/invocations"), 405),
        (Request("POST", "/ping"), 405),
        (Request("GET", "/nothing"), 404),
        (Request("GET", "/v2/models/other"), 404),
        (Request("GET", "/v2/models/m/versions/4/ready"), 404),
        (Request("POST", "/v2/models/m/infer/more", b"{}"), 404),
        (post(content_type="text/plain"), 415),
    ],
)
def test_requests_that_make_no_sense_are_refused(request_: Request, status: int) -> None:
    reply = talk(application(MODELS["numbers"]), request_)[0]

    assert reply.status == status
    assert reply.document.get("message") or reply.document.get("error")


def test_nobody_predicts_for_a_client_that_hung_up() -> None:
    may_answer, calls = threading.Event(), []

    def predict(data: Any, _params: Any) -> Any:
        calls.append(data["a"].tolist())
        assert may_answer.wait(10)
        return data["a"]

    app = application(Function(predict, MODELS["numbers"].metadata.signature), batching=False)

    async def conversation() -> bytes:
        app.open(asyncio.get_running_loop())
        first = asyncio.ensure_future(send(app, post()))
        gone = messages.Request(
            "POST", "/invocations", JSON, b'{"inputs": [[9.5, 2]]}', "x", lambda *_: calls.append(0)
        )
        app.answer(gone)
        assert gone.on_gone is not None
        gone.on_gone()
        may_answer.set()
        await first
        await send(app, post())
        return (await send(app, Request("GET", "/metrics"))).body

    text = asyncio.run(conversation()).decode()

    assert calls == [[1.5], [1.5]]
    assert 'runfold_requests_total{call="invocations",status="499"' in text


def test_a_model_that_takes_too_long_is_answered_with_504() -> None:
    slow = Function(lambda data, _: time.sleep(0.2) or data["a"], MODELS["numbers"].metadata.signature)

    reply = talk(application(slow, request_timeout_s=0.02), post())[0]

    assert reply.status == 504


def test_a_fault_of_the_model_is_told_without_its_trace() -> None:
    def fail(_data: Any, _params: Any) -> Any:
        raise KeyError("column z\nsecret line")

    reply = talk(application(Function(fail, None)), post())[0]

    assert reply.status == 400
    assert "KeyError" in reply.document["message"]
    assert "Traceback" not in reply.document["message"]


def test_the_queue_is_bounded() -> None:
    app = application(MODELS["numbers"], max_waiting=2)

    replies = talk(app, *(post() for _ in range(10)))

    assert sorted({reply.status for reply in replies}) == [200, 429]
    refused = next(reply for reply in replies if reply.status == 429)
    assert int(refused.headers["retry-after"]) >= 1
    assert refused.document["error_code"] == "REQUEST_LIMIT_EXCEEDED"


def test_measurements_are_in_prometheus_form() -> None:
    app = application(MODELS["numbers"])

    async def conversation() -> bytes:
        app.open(asyncio.get_running_loop())
        await send(app, post())
        return (await send(app, Request("GET", "/metrics"))).body

    text = asyncio.run(conversation()).decode()

    assert 'runfold_requests_total{call="invocations",status="200"' in text
    assert "runfold_serving_rows_total" in text


def test_requests_read_for_the_old_model_are_answered_by_it() -> None:
    def model(label: str, version: str) -> ServedModel:
        return ServedModel(Function(lambda data, _: [label] * len(data), None), name="m", version=version)

    app = ScoringApp(ServingSettings(), model("old", "1"))

    async def conversation() -> list[Any]:
        app.open(asyncio.get_running_loop())
        before = asyncio.gather(*(send(app, post()) for _ in range(3)))
        await asyncio.sleep(0)
        app.exchange_model(model("new", "2"))
        after = await send(app, post())
        return [*(await before), after]

    replies = asyncio.run(conversation())

    assert [reply.document["predictions"] for reply in replies] == [["old"]] * 3 + [["new"]]
    assert [reply.headers["x-runfold-model"] for reply in replies] == ["m/1"] * 3 + ["m/2"]


def test_bodies_for_language_models_go_through_and_come_back_bare() -> None:
    model = Function(lambda data, _: {"choices": [data["messages"][0]["content"].upper()]}, None)

    reply = talk(application(model), post(b'{"messages": [{"role": "user", "content": "hi"}]}'))[0]

    assert reply.document == {"choices": ["HI"]}


def test_large_bodies_are_read_beside_the_event_loop() -> None:
    rows = [[1.5, 2]] * 50_000
    body = b'{"inputs": ' + str(rows).encode() + b"}"

    reply = talk(application(MODELS["numbers"]), post(body))[0]

    assert np.array_equal(reply.document["predictions"], [5.5] * 50_000)

"""The application of one serving process: routes to protocols, protocols to the model."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

import msgspec

from runfold import __version__
from runfold.config import ServingSettings
from runfold.hosting.meter import MEDIA_TYPE, Meter
from runfold.serving import edge
from runfold.serving.batch import Batcher, Job
from runfold.serving.edge import ClientGone, Exchange, Headers, Refused, Scope
from runfold.serving.model import ServedModel
from runfold.serving.protocol.answers import predictions_json
from runfold.serving.protocol.inference import EXTENSIONS, HEADER, InferAnswer, answer_of
from runfold.serving.protocol.invocations import Scoring

log = logging.getLogger("runfold.serving")

_SLOW_S = 2.0
_INLINE_BYTES = 256 * 1024
"""Larger bodies are read in a thread, so that nobody waits for them."""
_JSON = ("content-type", "application/json")
_NOSNIFF = ("x-content-type-options", "nosniff")
_WAITING = "runfold_serving_waiting"
_RELOADS, _FAILED_RELOADS = "runfold_serving_reloads_total", "runfold_serving_failed_reloads_total"
_WORK = (
    "runfold_serving_batches_total",
    "runfold_serving_predictions_total",
    "runfold_serving_rows_total",
    "runfold_serving_predict_seconds_total",
)
_MEANINGS = {
    _WAITING: "Requests that wait for the model.",
    _WORK[0]: "Calls of the model.",
    _WORK[1]: "Requests that the model has answered.",
    _WORK[2]: "Rows that the model has predicted.",
    _WORK[3]: "Time spent in the model.",
    _RELOADS: "Exchanges of the model.",
    _FAILED_RELOADS: "Models that did not load.",
}


@dataclass(slots=True)
class Call:
    """One request on its way through the application.

    Attributes:
        name: what measurements call it.
        request_id: finds it in the log.
        status: of the answer, once it is sent.
    """

    scope: Scope
    exchange: Exchange
    request_id: str
    name: str = "other"
    status: int = 0

    @property
    def is_v2(self) -> bool:
        return self.scope.path.startswith("/v2")

    def send(self, status: int, body: bytes, headers: Headers = ()) -> None:  # type: ignore[assignment]
        self.status = status
        self.exchange.response_bytes(
            status, [*(headers or (_JSON,)), _NOSNIFF, ("x-request-id", self.request_id)], body
        )


class ScoringApp:
    """An RSGI application around one model, which can be exchanged while it serves.

    Args:
        counters: where the processes of one server keep their measurements; None: this one is alone.
    """

    def __init__(self, settings: ServingSettings, model: ServedModel, *, counters: Path | None = None) -> None:
        self.settings = settings
        self._model = model
        self._meter = Meter(counters)
        for name in (_WAITING, *_WORK, _RELOADS, _FAILED_RELOADS):
            self._meter.count(name, 0)
        self._meter.hold(_WAITING, 0)
        self._batcher: Batcher | None = None
        self._told = (0, 0, 0, 0.0)
        self._routes: dict[tuple[str, str], Callable[[Call], Awaitable[None]]] = {
            ("POST", "/invocations"): self._invoke,
            ("GET", "/ping"): self._ping,
            ("GET", "/health"): self._ping,
            ("GET", "/version"): self._version,
            ("GET", "/metrics"): self._metrics,
            ("GET", "/v2"): self._server_metadata,
            ("GET", "/v2/health/live"): self._live,
            ("GET", "/v2/health/ready"): self._live,
        }

    @property
    def model(self) -> ServedModel:
        return self._model

    def exchange_model(self, model: ServedModel) -> None:
        """Serve another model from the next request on; those that wait are answered by the one they were read for."""
        self._model = model
        self._meter.count(_RELOADS, 1)

    def note_failed_reload(self) -> None:
        self._meter.count(_FAILED_RELOADS, 1)

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._batcher = Batcher(
            loop,
            max_rows=self.settings.max_batch_rows,
            max_waiting=self.settings.max_waiting,
            max_delay_s=self.settings.max_batch_delay_ms / 1000,
        )

    def __rsgi_del__(self, _loop: asyncio.AbstractEventLoop) -> None:
        if self._batcher is not None:
            self._batcher.close()

    async def __rsgi__(self, scope: Scope, exchange: Exchange) -> None:
        began = perf_counter()
        call = Call(scope, exchange, edge.request_id(scope))
        self._meter.n_open += 1
        try:
            await self._route(call)
        except ClientGone:
            call.status = 499
        except Exception as error:  # the server's edge: no fault may leave a client without an answer
            _send_error(call, error)
        finally:
            self._meter.n_open -= 1
            seconds = perf_counter() - began
            self._meter.add(call.name, call.status, seconds)
            _log(call, seconds)

    async def _route(self, call: Call) -> None:
        method, path = call.scope.method, call.scope.path
        if method == "HEAD":
            method = "GET"
        answer = self._routes.get((method, path))
        if answer is None and path.startswith("/v2/models/"):
            await self._v2_model(call, method, path)
        elif answer is None:
            raise _no_route(method, path, self._routes)
        else:
            await answer(call)

    async def _invoke(self, call: Call) -> None:
        call.name = "invocations"
        body = await self._body(call)
        model = self._model
        content_type = call.scope.headers.get("content-type", "")
        scoring = await self._read(model.invocations.read, body, content_type)
        answer = await self._predict(model, scoring, partial(predictions_json, is_bare=scoring.is_bare))
        call.send(200, answer, [_JSON, ("x-runfold-model", model.label)])

    async def _infer(self, call: Call) -> None:
        call.name = "infer"
        body = await self._body(call)
        model = self._model
        request, scoring = await self._read(model.inference.read, body, call.scope.headers.get(HEADER, ""))

        def write(predictions: Any) -> tuple[bytes, int]:
            answer, tail = answer_of(request, predictions, model.outputs, model=model.name, version=model.version)
            return _infer_bytes(answer, tail)

        content, head_length = await self._predict(model, scoring, write)
        headers = [_JSON, ("x-runfold-model", model.label)]
        if head_length:
            headers = [("content-type", "application/octet-stream"), (HEADER, str(head_length)), *headers[1:]]
        call.send(200, content, headers)

    async def _body(self, call: Call) -> bytes:
        return await edge.read_body(
            call.scope, call.exchange, self.settings.max_body_bytes, self.settings.body_timeout_s
        )

    async def _read(self, read: Callable[..., Any], body: bytes, told: str) -> Any:
        if len(body) <= _INLINE_BYTES:
            return read(body, told)
        return await asyncio.get_running_loop().run_in_executor(None, read, body, told)

    async def _predict(self, model: ServedModel, scoring: Scoring, write: Callable[[Any], Any]) -> Any:
        """The answer to rows, in the time that a request has."""
        assert self._batcher is not None
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()
        job = Job(model, scoring.payload, scoring.params, write, future)
        self._batcher.submit(job)
        self._meter.hold(_WAITING, self._batcher.n_waiting)
        timer = loop.call_later(self.settings.request_timeout_s, _give_up, job)
        try:
            return await future
        except asyncio.CancelledError:
            job.is_given_up = True
            raise
        finally:
            timer.cancel()
            self._tell_work(self._batcher)

    def _tell_work(self, batcher: Batcher) -> None:
        """Keep what the batcher has done since the last time."""
        done = (batcher.n_batches, batcher.n_requests, batcher.n_rows, batcher.predict_s)
        for name, now, before in zip(_WORK, done, self._told, strict=True):
            if now != before:
                self._meter.count(name, now - before)
        self._told = done
        self._meter.hold(_WAITING, batcher.n_waiting)

    async def _ping(self, call: Call) -> None:
        call.name = "ping"
        call.send(200, b"\n")

    async def _version(self, call: Call) -> None:
        call.send(200, __version__.encode())

    async def _live(self, call: Call) -> None:
        call.name = "health"
        flag = "live" if call.scope.path.endswith("live") else "ready"
        call.send(200, msgspec.json.encode({flag: True}))

    async def _server_metadata(self, call: Call) -> None:
        call.send(200, msgspec.json.encode({"name": "runfold", "version": __version__, "extensions": EXTENSIONS}))

    async def _metrics(self, call: Call) -> None:
        call.name = "metrics"
        call.send(200, self._meter.write_kept(_MEANINGS), [("content-type", MEDIA_TYPE.decode())])

    async def _v2_model(self, call: Call, method: str, path: str) -> None:
        """/v2/models/<name>[/versions/<version>][/ready|/infer]"""
        name, *rest = path.removeprefix("/v2/models/").split("/")
        version = ""
        if rest[:1] == ["versions"] and len(rest) > 1:
            version, rest = rest[1], rest[2:]
        model = self._model
        if name != model.name or version not in ("", model.version):
            wanted = f"{name[:100]}{f' version {version[:20]}' if version else ''}"
            raise Refused(404, "NOT_FOUND", f"This server has no model {wanted!r}; it serves {model.label!r}.")
        match method, rest:
            case "GET", []:
                call.name = "metadata"
                call.send(200, model.metadata)
            case "GET", ["ready"]:
                call.name = "health"
                call.send(200, msgspec.json.encode({"name": model.name, "ready": True}))
            case "POST", ["infer"]:
                await self._infer(call)
            case _:
                raise _no_route(method, path, self._routes)


def _give_up(job: Job) -> None:
    job.is_given_up = True
    if not job.answer.done():
        job.answer.set_exception(TimeoutError())


def _infer_bytes(answer: InferAnswer, tail: bytes) -> tuple[bytes, int]:
    """The body of an answer, and the length of its JSON where bytes follow it."""
    head = msgspec.json.encode(answer)
    return (head + tail, len(head)) if tail else (head, 0)


def _no_route(method: str, path: str, routes: dict[tuple[str, str], Any]) -> Refused:
    allowed = [m for m, p in routes if p == path]
    if allowed:
        return Refused(405, "BAD_REQUEST", f"{path} takes {allowed[0]}, not {method[:20]}.")
    return Refused(404, "NOT_FOUND", f"There is no {path[:100]!r} here. Rows are sent to POST /invocations.")


def _send_error(call: Call, error: Exception) -> None:
    if call.status:
        return
    meaning, message = edge.describe(error)
    if not edge.is_callers_fault(error):
        log.warning("cannot predict", exc_info=error, extra={"request_id": call.request_id})
    body = edge.error_body(error, meaning, message, call.request_id, is_v2=call.is_v2)
    call.send(meaning.status, body, [_JSON, *edge.retry_after(error)])


def _log(call: Call, seconds: float) -> None:
    """Answers that went well are of interest to debugging alone, except slow ones."""
    level = logging.DEBUG
    if call.status >= 400:
        level = logging.INFO
    if seconds > _SLOW_S:
        level = logging.WARNING
    if log.isEnabledFor(level):
        log.log(
            level,
            "%s %s %s %.1f ms",
            call.scope.method,
            call.scope.path.encode("unicode_escape").decode()[:200],
            call.status,
            seconds * 1000,
            extra={"request_id": call.request_id, "call": call.name, "client": call.scope.client},
        )

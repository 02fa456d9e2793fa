"""The application of one serving process: routes to protocols, protocols to the model."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
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
from runfold.serving.http.messages import Headers, Refused, Request
from runfold.serving.model import ServedModel
from runfold.serving.protocol.answers import predictions_json
from runfold.serving.protocol.inference import EXTENSIONS, HEADER, InferAnswer, InferRequest, answer_of
from runfold.serving.protocol.invocations import Scoring
from runfold.serving.reload import FAILED_RELOADS, RELOADS

log = logging.getLogger("runfold.serving")

_SLOW_S = 2.0
_CLIENT_GONE = 499
"""nginx's code, for measurements alone: nobody is there to be told."""
_INLINE_BYTES = 256 * 1024
"""Larger bodies are read in a thread, so that nobody waits for them."""
_JSON = ("content-type", "application/json")
_NOSNIFF = ("x-content-type-options", "nosniff")
_WAITING = "runfold_serving_waiting"
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
    RELOADS: "Exchanges of the model.",
    FAILED_RELOADS: "Models that did not load.",
}


class Call:
    """One request on its way through the application.

    Attributes:
        name: what measurements call it.
        request_id: finds it in the log.
        status: of the answer; 0 until there is one.
    """

    __slots__ = ("began", "job", "name", "request", "request_id", "status", "timer")

    def __init__(self, request: Request) -> None:
        self.began = perf_counter()
        self.request = request
        self.request_id = edge.request_id(request.headers)
        self.name = "other"
        self.status = 0
        self.job: Job | None = None
        self.timer: asyncio.TimerHandle | None = None

    @property
    def is_v2(self) -> bool:
        return self.request.path.startswith("/v2")


class ScoringApp:
    """Answers requests with one model, which can be exchanged while it serves.

    All methods but `exchange_model` and `note_failed_reload` belong to the thread of the event loop. None waits: a
    request that cannot be answered at once is, once its prediction is there.

    Args:
        counters: where the processes of one server keep their measurements; None: this one is alone.
    """

    def __init__(self, settings: ServingSettings, model: ServedModel, *, counters: Path | None = None) -> None:
        self.settings = settings
        self._model = model
        self._meter = Meter(counters)
        for name in (_WAITING, *_WORK, RELOADS, FAILED_RELOADS):
            self._meter.count(name, 0)
        self._meter.hold(_WAITING, 0)
        self._told = (0, 0, 0, 0.0)
        self._routes: dict[tuple[str, str], Callable[[Call], None]] = {
            ("POST", "/invocations"): self._invoke,
            ("GET", "/ping"): self._ping,
            ("GET", "/health"): self._ping,
            ("GET", "/version"): self._version,
            ("GET", "/metrics"): self._metrics,
            ("GET", "/v2"): self._server_metadata,
            ("GET", "/v2/health/live"): self._live,
            ("GET", "/v2/health/ready"): self._live,
        }

    def open(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to work in this loop."""
        self._loop = loop
        self._batcher = Batcher(
            loop,
            max_rows=self.settings.max_batch_rows,
            max_waiting=self.settings.max_waiting,
            max_delay_s=self.settings.max_batch_delay_ms / 1000,
        )

    def close(self) -> None:
        """End the model's thread."""
        self._batcher.close()

    @property
    def model(self) -> ServedModel:
        return self._model

    def exchange_model(self, model: ServedModel) -> None:
        """Serve another model from the next request on; those that wait are answered by the one they were read for."""
        self._model = model
        self._meter.count(RELOADS, 1)

    def note_failed_reload(self) -> None:
        self._meter.count(FAILED_RELOADS, 1)

    def answer(self, request: Request) -> None:
        call = self._begin(request)
        try:
            self._route(call)
        except Exception as error:  # the server's edge: no fault may leave a client without an answer
            self._fail(call, error)

    def refuse(self, request: Request, reason: Refused) -> None:
        self._fail(self._begin(request), reason)

    def _begin(self, request: Request) -> Call:
        call = Call(request)
        request.on_gone = partial(self._gone, call)
        self._meter.n_open += 1
        return call

    def _send(self, call: Call, status: int, body: bytes, headers: Headers | None = None) -> None:
        sent = [*(headers or (_JSON,)), _NOSNIFF, ("x-request-id", call.request_id)]
        call.request.respond(status, sent, body)
        self._finish(call, status)

    def _fail(self, call: Call, error: BaseException) -> None:
        if call.status:
            return
        meaning, message = edge.describe(error)
        if not edge.is_callers_fault(error):
            log.warning("cannot predict", exc_info=error, extra={"request_id": call.request_id})
        body = edge.error_body(error, meaning, message, call.request_id, is_v2=call.is_v2)
        self._send(call, meaning.status, body, [_JSON, *edge.retry_after(error)])

    def _gone(self, call: Call) -> None:
        """The client has hung up."""
        if call.job is not None:
            call.job.is_given_up = True
        if not call.status:
            self._finish(call, _CLIENT_GONE)

    def _finish(self, call: Call, status: int) -> None:
        call.status = status
        if call.timer is not None:
            call.timer.cancel()
        self._meter.n_open -= 1
        seconds = perf_counter() - call.began
        self._meter.add(call.name, status, seconds)
        _log(call, seconds)

    def _route(self, call: Call) -> None:
        method, path = call.request.method, call.request.path
        if method == "HEAD":
            method = "GET"
        answer = self._routes.get((method, path))
        if answer is not None:
            answer(call)
        elif path.startswith("/v2/models/"):
            self._v2_model(call, method, path)
        else:
            raise _no_route(method, path, self._routes)

    def _invoke(self, call: Call) -> None:
        call.name = "invocations"
        model = self._model

        def score(scoring: Scoring) -> None:
            write = partial(predictions_json, is_bare=scoring.is_bare)
            self._predict(call, model, scoring, write, lambda body: self._send(call, 200, body, model.headers))

        self._read(call, model.invocations.read, call.request.headers.get("content-type", ""), score)

    def _infer(self, call: Call) -> None:
        call.name = "infer"
        model = self._model

        def score(read: tuple[InferRequest, Scoring]) -> None:
            request, scoring = read

            def write(predictions: Any) -> tuple[bytes, int]:
                answer, tail = answer_of(request, predictions, model.outputs, model=model.name, version=model.version)
                return _infer_bytes(answer, tail)

            self._predict(call, model, scoring, write, lambda written: self._send_inferred(call, model, *written))

        self._read(call, model.inference.read, call.request.headers.get(HEADER, ""), score)

    def _send_inferred(self, call: Call, model: ServedModel, content: bytes, head_length: int) -> None:
        headers = model.headers
        if head_length:
            headers = [("content-type", "application/octet-stream"), (HEADER, str(head_length)), *headers[1:]]
        self._send(call, 200, content, headers)

    def _read(self, call: Call, read: Callable[[bytes, str], Any], told: str, then: Callable[[Any], None]) -> None:
        """Read the body, and go on with what was found."""
        body = call.request.body
        if len(body) <= _INLINE_BYTES:
            then(read(body, told))
            return

        def go_on(reading: asyncio.Future[Any]) -> None:
            if call.status:
                return  # the client has hung up
            try:
                then(reading.result())
            except Exception as error:  # as in `answer`
                self._fail(call, error)

        self._loop.run_in_executor(None, read, body, told).add_done_callback(go_on)

    def _predict(
        self,
        call: Call,
        model: ServedModel,
        scoring: Scoring,
        write: Callable[[Any], Any],
        send: Callable[[Any], None],
    ) -> None:
        """Predict rows in the time that a request has, and send what `write` makes of it."""

        def answered(outcome: Any) -> None:
            self._tell_work()
            if isinstance(outcome, BaseException):
                self._fail(call, outcome)
            else:
                send(outcome)

        call.job = Job(model, scoring.payload, scoring.params, write, answered)
        is_at_once = self._batcher.submit(call.job)
        self._meter.hold(_WAITING, self._batcher.n_waiting)
        if not is_at_once:
            call.timer = self._loop.call_later(self.settings.request_timeout_s, self._give_up, call)

    def _give_up(self, call: Call) -> None:
        if call.job is not None:
            call.job.is_given_up = True
        self._fail(call, TimeoutError())

    def _tell_work(self) -> None:
        """Keep what the batcher has done since the last time."""
        batcher = self._batcher
        done = (batcher.n_batches, batcher.n_requests, batcher.n_rows, batcher.predict_s)
        for name, now, before in zip(_WORK, done, self._told, strict=True):
            if now != before:
                self._meter.count(name, now - before)
        self._told = done
        self._meter.hold(_WAITING, batcher.n_waiting)

    def _ping(self, call: Call) -> None:
        call.name = "ping"
        self._send(call, 200, b"\n")

    def _version(self, call: Call) -> None:
        self._send(call, 200, __version__.encode())

    def _live(self, call: Call) -> None:
        call.name = "health"
        flag = "live" if call.request.path.endswith("live") else "ready"
        self._send(call, 200, msgspec.json.encode({flag: True}))

    def _server_metadata(self, call: Call) -> None:
        self._send(
            call, 200, msgspec.json.encode({"name": "runfold", "version": __version__, "extensions": EXTENSIONS})
        )

    def _metrics(self, call: Call) -> None:
        call.name = "metrics"
        self._send(call, 200, self._meter.write_kept(_MEANINGS), [("content-type", MEDIA_TYPE.decode())])

    def _v2_model(self, call: Call, method: str, path: str) -> None:
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
                self._send(call, 200, model.metadata)
            case "GET", ["ready"]:
                call.name = "health"
                self._send(call, 200, msgspec.json.encode({"name": model.name, "ready": True}))
            case "POST", ["infer"]:
                self._infer(call)
            case _:
                raise _no_route(method, path, self._routes)


def _infer_bytes(answer: InferAnswer, tail: bytes) -> tuple[bytes, int]:
    """The body of an answer, and the length of its JSON where bytes follow it."""
    head = msgspec.json.encode(answer)
    return (head + tail, len(head)) if tail else (head, 0)


def _no_route(method: str, path: str, routes: dict[tuple[str, str], Any]) -> Refused:
    allowed = [m for m, p in routes if p == path]
    if allowed:
        return Refused(405, "BAD_REQUEST", f"{path} takes {allowed[0]}, not {method[:20]}.")
    return Refused(404, "NOT_FOUND", f"There is no {path[:100]!r} here. Rows are sent to POST /invocations.")


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
            call.request.method,
            call.request.path.encode("unicode_escape").decode()[:200],
            call.status,
            seconds * 1000,
            extra={"request_id": call.request_id, "call": call.name, "client": call.request.client},
        )

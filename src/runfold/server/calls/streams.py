"""Calls whose answer is not one JSON document."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import msgspec
import numpy as np
from starlette.types import Receive, Scope, Send

from runfold.server import columns
from runfold.server.bind import Handler
from runfold.server.calls.series import columns_of, read_series
from runfold.server.live import follow_jobs, follow_runs
from runfold.server.services import Services
from runfold.server.web.http import header, read_body, send_bytes
from runfold.wire import convert
from runfold.wire.decode import RequestReader
from runfold.wire.endpoints import Endpoint
from runfold.wire.messages.base import Number
from runfold.wire.messages.metrics import ReadColumns, ReadColumnsReply, SeriesColumns

_read_columns = RequestReader(ReadColumns)


async def series_columns(services: Services, endpoint: Endpoint, scope: Scope, receive: Receive, send: Send) -> None:
    """Whole series, as binary columns where the client accepts them, else as JSON."""
    settings = services.settings
    body = await read_body(scope, receive, settings.max_body_bytes, settings.request_timeout_s)
    request = _read_columns.read_body(body)
    is_binary = columns.MEDIA_TYPE in header(scope, b"accept")
    answer = await services.in_thread(partial(_encoded_columns, services, request, is_binary))
    media_type = columns.MEDIA_TYPE if is_binary else "application/json"
    await send_bytes(send, 200, answer, media_type.encode(), [(b"vary", b"Accept")])


def _encoded_columns(services: Services, request: ReadColumns, is_binary: bool) -> bytes:
    found = read_series(services, request)
    if is_binary:
        return columns.encode(found)
    series = []
    for one in found:
        steps, timestamps, values = columns_of(one)
        numbers: list[Number] = values.tolist()
        if not np.isfinite(values).all():
            numbers = [convert.number_out(value) for value in values.tolist()]
        series.append(
            SeriesColumns(
                run_id=one.run_id,
                key=one.key,
                steps=tuple(steps.tolist()),
                timestamps_ms=tuple(timestamps.tolist()),
                values=tuple(numbers),
            )
        )
    return msgspec.json.encode(ReadColumnsReply(series=tuple(series)))


HANDLERS: Mapping[str, Handler] = {
    "series/columns": series_columns,
    "runs/events": follow_runs,
    "jobs/events": follow_jobs,
}

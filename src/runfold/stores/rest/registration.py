"""A finished run as the document that registers it."""

from __future__ import annotations

from runfold.domain.run import FinishedRun
from runfold.errors import InvalidValue
from runfold.wire import convert
from runfold.wire.encode import encode


def registration_body(run: FinishedRun) -> bytes:
    """The body of `runs/register`. Not a message: points are written as they are, without an object for each.

    Raises:
        InvalidValue: a param comes twice, which a document cannot say.
    """
    params = dict(run.batch.params)
    if len(params) < len(run.batch.params):
        keys = [key for key, _ in run.batch.params]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise InvalidValue(f"Param {twice!r} comes twice in one request; send each param once.")
    points: dict[str, list[tuple[int, int, object]]] = {}
    for point in run.batch.metrics:
        value = convert.number_out(point.value)
        points.setdefault(point.key, []).append((point.step, point.timestamp_ms, value))
    document = {
        "experiment_id": run.run.experiment_id,
        "run_id": run.run.run_id,
        "run_name": run.run.run_name,
        "user_id": run.run.user_id,
        "status": convert.status_out(run.status),
        "start_time_ms": run.run.start_time_ms,
        "end_time_ms": run.end_time_ms,
        "parent_run_id": run.run.parent_run_id,
        "params": params,
        "tags": run.run.tags | dict(run.batch.tags),
        "metrics": points,
        "datasets": [convert.use_out(use) for use in run.datasets],
        "idempotency_key": run.idempotency_key,
    }
    return encode({key: value for key, value in document.items() if value is not None})

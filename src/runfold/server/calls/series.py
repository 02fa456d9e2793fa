"""Histories of metrics: whole, sampled, and as columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from runfold.domain.metric import Series
from runfold.errors import InvalidValue, LimitExceeded
from runfold.server.bind import Answer
from runfold.server.services import Services
from runfold.stores.base import SeriesQuery
from runfold.wire import convert
from runfold.wire.messages import metrics as m

MAX_BULK_RUNS = 100
MAX_BULK_POINTS = 25_000
MAX_INTERVAL_POINTS = 2500
MAX_BUCKETS = 10_000
MAX_SERIES = 20_000


def get_history(services: Services, request: m.GetMetricHistory) -> m.GetMetricHistoryReply:
    most = services.settings.max_history_points
    if request.max_results is not None and request.max_results <= 0:
        raise InvalidValue(f"Invalid value {request.max_results} for parameter 'max_results': give at least 1.")
    page = services.store.get_metric_history(
        convert.run_id_in(request),
        request.metric_key,
        max_results=min(request.max_results or most, most),
        page_token=request.page_token,
    )
    return m.GetMetricHistoryReply(
        metrics=tuple(convert.metric_out(point) for point in page.items), next_page_token=page.next_token
    )


def get_history_bulk(services: Services, request: m.GetMetricHistoryBulk) -> m.MetricsOfRunsReply:
    _check_bulk(request.run_id, request.max_results, MAX_BULK_POINTS)
    points: list[m.MetricOfRunMessage] = []
    for run_id in sorted(set(request.run_id)):
        left = request.max_results - len(points)
        if left <= 0:
            break
        page = services.store.get_metric_history(run_id, request.metric_key, max_results=left)
        points += [convert.metric_of_run_out(run_id, point) for point in page.items]
    return m.MetricsOfRunsReply(metrics=tuple(points))


def get_history_bulk_interval(services: Services, request: m.GetMetricHistoryBulkInterval) -> m.MetricsOfRunsReply:
    """Points at about `max_results` steps of each run, evenly chosen, the first and last step among them."""
    _check_bulk(request.run_ids, request.max_results, MAX_INTERVAL_POINTS)
    if (request.start_step is None) != (request.end_step is None):
        raise InvalidValue("Give both 'start_step' and 'end_step', or neither.")
    if request.start_step is not None and request.end_step is not None and request.start_step > request.end_step:
        raise InvalidValue(f"'start_step' {request.start_step} must not be greater than 'end_step' {request.end_step}.")
    found = services.store.get_series(sorted(set(request.run_ids)), [request.metric_key])
    return m.MetricsOfRunsReply(metrics=tuple(_sampled_points(found, request)))


def _sampled_points(found: Iterable[Series], request: m.GetMetricHistoryBulkInterval) -> Iterable[m.MetricOfRunMessage]:
    for series in found:
        steps, timestamps, values = columns_of(series)
        kept = _chosen_points(steps, timestamps, request)
        for step, timestamp, value in zip(
            steps[kept].tolist(), timestamps[kept].tolist(), values[kept].tolist(), strict=True
        ):
            yield m.MetricOfRunMessage(series.key, convert.number_out(value), timestamp, step, series.run_id)


def _chosen_points(
    steps: NDArray[np.int64], timestamps: NDArray[np.int64], request: m.GetMetricHistoryBulkInterval
) -> NDArray[np.intp]:
    """Places of all points at the chosen steps, by step and time."""
    if bool((steps[1:] > steps[:-1]).all()):
        # As training loops log them: nothing to sort, and one point a step.
        return np.searchsorted(steps, _chosen_steps(steps, request))
    kept = np.flatnonzero(np.isin(steps, _chosen_steps(np.unique(steps), request)))
    return kept[np.lexsort((timestamps[kept], steps[kept]))]


def _chosen_steps(distinct: NDArray[np.int64], request: m.GetMetricHistoryBulkInterval) -> NDArray[np.int64]:
    """Of sorted, distinct steps, those to be shown."""
    if request.start_step is not None and request.end_step is not None:
        distinct = distinct[(distinct >= request.start_step) & (distinct <= request.end_step)]
    if len(distinct) <= request.max_results:
        return distinct
    places = np.linspace(0, len(distinct) - 1, max(2, request.max_results)).round().astype(np.int64)
    return distinct[places]


def sample(services: Services, request: m.SampleSeries) -> m.SampleSeriesReply:
    _check_n_series(request.run_ids, request.keys)
    if not 0 < request.n_buckets <= MAX_BUCKETS:
        raise InvalidValue(
            f"Invalid value {request.n_buckets} for parameter 'n_buckets': give at least 1, at most {MAX_BUCKETS}."
        )
    found = services.store.sample_series(
        SeriesQuery(
            run_ids=request.run_ids,
            keys=request.keys,
            n_buckets=request.n_buckets,
            axis=request.axis.value,
            start=request.start,
            end=request.end,
        )
    )
    return m.SampleSeriesReply(series=tuple(convert.sampled_out(series) for series in found))


def columns_of(series: Series) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Steps, timestamps and values as arrays of their types."""
    return (
        np.asarray(series.steps, dtype=np.int64),
        np.asarray(series.timestamps_ms, dtype=np.int64),
        np.asarray(series.values, dtype=np.float64),
    )


def read_series(services: Services, request: m.ReadColumns) -> tuple[Series, ...]:
    """Whole series, as many points as one reply may hold.

    Raises:
        LimitExceeded: there are more.
    """
    _check_n_series(request.run_ids, request.keys)
    found = services.store.get_series(request.run_ids, request.keys)
    n_points = sum(len(columns_of(series)[0]) for series in found)
    most = services.settings.max_history_points
    if n_points > most:
        raise LimitExceeded(
            f"These series have {n_points} points; one reply holds at most {most}. Ask for fewer runs or keys at a "
            "time, or for samples by series/sample."
        )
    return found


def _check_bulk(run_ids: tuple[str, ...], max_results: int, most: int) -> None:
    if not run_ids:
        raise InvalidValue("Name at least one run.")
    if len(run_ids) > MAX_BULK_RUNS:
        raise LimitExceeded(f"{len(run_ids)} runs are too many for one request; name at most {MAX_BULK_RUNS}.")
    if not 0 < max_results <= most:
        raise InvalidValue(f"Invalid value {max_results} for parameter 'max_results': give at least 1, at most {most}.")


def _check_n_series(run_ids: tuple[str, ...], keys: tuple[str, ...]) -> None:
    if len(run_ids) * len(keys) > MAX_SERIES:
        raise LimitExceeded(
            f"{len(run_ids)} runs x {len(keys)} keys are {len(run_ids) * len(keys)} series; "
            f"ask for at most {MAX_SERIES} at a time."
        )


ANSWERS: Mapping[str, Answer] = {
    "mlflow:metrics/get-history": get_history,
    "mlflow:metrics/get-history-bulk": get_history_bulk,
    "mlflow:metrics/get-history-bulk-interval": get_history_bulk_interval,
    "series/sample": sample,
}

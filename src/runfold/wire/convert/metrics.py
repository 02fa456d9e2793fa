"""Batches, points and series."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from runfold.domain.metric import Bucket, Metric, SampledSeries
from runfold.domain.run import RunBatch
from runfold.wire.convert.values import maybe_number_in, maybe_number_out, number_in, number_out
from runfold.wire.encode import encode
from runfold.wire.messages.base import Tag
from runfold.wire.messages.metrics import (
    BucketMessage,
    LogBatch,
    MetricMessage,
    MetricOfRunMessage,
    ParamMessage,
    SampledSeriesMessage,
)


def batch_in(message: LogBatch) -> RunBatch:
    return RunBatch(
        metrics=message.metrics,
        params=tuple((param.key, param.value) for param in message.params),
        tags=tuple((tag.key, tag.value) for tag in message.tags),
    )


def batch_body(run_id: str, batch: RunBatch) -> bytes:
    """The body of a log-batch request. Not a message: points that are all finite are encoded as they are."""
    points: Sequence[object] = batch.metrics
    if not all(math.isfinite(point.value) for point in batch.metrics):
        points = [{**msgspec.to_builtins(point), "value": number_out(point.value)} for point in batch.metrics]
    return encode(
        {
            "run_id": run_id,
            "metrics": points,
            "params": [ParamMessage(key=key, value=value) for key, value in batch.params],
            "tags": [Tag(key=key, value=value) for key, value in batch.tags],
        }
    )


def metric_out(point: Metric) -> MetricMessage:
    return MetricMessage(point.key, number_out(point.value), point.timestamp_ms, point.step)


def metric_in(message: MetricMessage) -> Metric:
    return Metric(message.key, number_in(message.value), message.timestamp, message.step)


def metric_of_run_out(run_id: str, point: Metric) -> MetricOfRunMessage:
    return MetricOfRunMessage(point.key, number_out(point.value), point.timestamp_ms, point.step, run_id)


def sampled_out(series: SampledSeries) -> SampledSeriesMessage:
    return SampledSeriesMessage(
        run_id=series.run_id,
        key=series.key,
        n_points=series.n_points,
        buckets=tuple(
            BucketMessage(
                bucket.x,
                bucket.x_last,
                bucket.n,
                bucket.n_nan,
                maybe_number_out(bucket.min),
                maybe_number_out(bucket.max),
                maybe_number_out(bucket.mean),
                maybe_number_out(bucket.last),
            )
            for bucket in series.buckets
        ),
        other=series.other,
    )


def sampled_in(message: SampledSeriesMessage) -> SampledSeries:
    return SampledSeries(
        run_id=message.run_id,
        key=message.key,
        n_points=message.n_points,
        buckets=tuple(
            Bucket(
                bucket.x,
                bucket.x_last,
                bucket.n,
                bucket.n_nan,
                maybe_number_in(bucket.min),
                maybe_number_in(bucket.max),
                maybe_number_in(bucket.mean),
                maybe_number_in(bucket.last),
            )
            for bucket in message.buckets
        ),
        other=message.other,
    )

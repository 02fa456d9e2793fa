"""Points, histories and sampled series."""

from __future__ import annotations

import enum

import msgspec

from runfold.domain.metric import Metric
from runfold.wire.messages.base import Message, Number, RunRef, Tag


class MetricMessage(msgspec.Struct, frozen=True, gc=False):
    key: str
    value: Number
    timestamp: int
    step: int = 0


class MetricOfRunMessage(msgspec.Struct, frozen=True, gc=False):
    key: str
    value: Number
    timestamp: int
    step: int
    run_id: str


class ParamMessage(Message, frozen=True, kw_only=True, gc=False):
    key: str
    value: str


class LogMetric(RunRef, frozen=True, kw_only=True):
    """
    Attributes:
        model_id: of the logged model that was measured, on the dataset that is named.
    """

    key: str
    value: float
    timestamp: int
    step: int = 0
    model_id: str = ""
    dataset_name: str = ""
    dataset_digest: str = ""


class LogParam(RunRef, frozen=True, kw_only=True):
    key: str
    value: str


class LogBatch(Message, frozen=True, kw_only=True):
    """Points are decoded straight into domain values: this is the hottest body of all."""

    run_id: str
    metrics: tuple[Metric, ...] = ()
    params: tuple[ParamMessage, ...] = ()
    tags: tuple[Tag, ...] = ()


class GetMetricHistory(RunRef, frozen=True, kw_only=True):
    metric_key: str
    page_token: str = ""
    max_results: int | None = None


class GetMetricHistoryReply(Message, frozen=True, kw_only=True):
    metrics: tuple[MetricMessage, ...] = ()
    next_page_token: str = ""


class GetMetricHistoryBulk(Message, frozen=True, kw_only=True):
    run_id: tuple[str, ...]
    metric_key: str
    max_results: int = 25_000


class GetMetricHistoryBulkInterval(Message, frozen=True, kw_only=True):
    run_ids: tuple[str, ...]
    metric_key: str
    start_step: int | None = None
    end_step: int | None = None
    max_results: int = 2500


class MetricsOfRunsReply(Message, frozen=True, kw_only=True):
    metrics: tuple[MetricOfRunMessage, ...] = ()


class Axis(enum.StrEnum):
    STEP = "step"
    TIME = "time"


class SampleSeries(Message, frozen=True, kw_only=True):
    """
    Attributes:
        n_buckets: at most so many buckets a series; a shorter series comes whole.
        axis: what the buckets divide: steps, or timestamps in ms.
        start, end: bounds on the axis, both included.
    """

    run_ids: tuple[str, ...]
    keys: tuple[str, ...]
    n_buckets: int = 320
    axis: Axis = Axis.STEP
    start: int | None = None
    end: int | None = None


class BucketMessage(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """`[x, x_last, n, n_nan, min, max, mean, last]`; the last four are null when every value is NaN."""

    x: int
    x_last: int
    n: int
    n_nan: int
    min: Number | None
    max: Number | None
    mean: Number | None
    last: Number | None


class SampledSeriesMessage(Message, frozen=True, kw_only=True):
    """
    Attributes:
        n_points: points within the range asked for.
        other: of each bucket's first point, its timestamp in ms where steps are divided, its step where times are.
    """

    run_id: str
    key: str
    n_points: int
    buckets: tuple[BucketMessage, ...]
    other: tuple[int, ...] = ()


class SampleSeriesReply(Message, frozen=True, kw_only=True):
    series: tuple[SampledSeriesMessage, ...]


class ReadColumns(Message, frozen=True, kw_only=True):
    """Asks for whole series. With `Accept: application/vnd.runfold.columns` the answer is binary."""

    run_ids: tuple[str, ...]
    keys: tuple[str, ...]


class SeriesColumns(Message, frozen=True, kw_only=True):
    """One series, ordered by (timestamp, step, value)."""

    run_id: str
    key: str
    steps: tuple[int, ...]
    timestamps_ms: tuple[int, ...]
    values: tuple[Number, ...]


class ReadColumnsReply(Message, frozen=True, kw_only=True):
    series: tuple[SeriesColumns, ...]

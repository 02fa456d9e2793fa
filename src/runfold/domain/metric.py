"""Metrics: single points, the latest value of a series, and sampled series for charts."""

from __future__ import annotations

import msgspec

MAX_INT64 = 2**63 - 1
MIN_INT64 = -(2**63)


class Metric(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One point of a series.

    A batch of a thousand of these is decoded straight from a request, so the time is called `timestamp`
    when encoded, as on the wire.

    Attributes:
        value: any float64; NaN and both infinities are kept.
        timestamp_ms: Unix time, >= 0.
        step: any int64; negative steps are legal.
        model_id: of the logged model that was measured; empty: the run alone.
        dataset_name, dataset_digest: what it was measured on; kept with the logged model.
    """

    key: str
    value: float
    timestamp_ms: int = msgspec.field(name="timestamp")
    step: int = 0
    model_id: str = ""
    dataset_name: str = ""
    dataset_digest: str = ""


class MetricSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a series without reading it.

    The last point is the one with the greatest (step, timestamp, value), as MLflow defines it; NaN counts
    as smaller than any number there. `min`, `max` and `mean` pass over NaN and are NaN when every value is.

    Attributes:
        count: distinct points; until a series is folded, a point sent twice in different requests may
            count twice.
    """

    key: str
    last: float
    step: int
    timestamp_ms: int
    min: float
    max: float
    count: int


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """All or a slice of the points of one metric of one run, as columns of equal length.

    Ordered by (timestamp, step, value). The columns are numpy arrays: int64, int64, float64; typed as
    `object` here so that the domain stays free of numpy.
    """

    run_id: str
    key: str
    steps: object
    timestamps_ms: object
    values: object


class Bucket(msgspec.Struct, frozen=True, array_like=True):
    """Some neighbouring points of a series, drawn as one.

    Attributes:
        x: the smallest step or timestamp (ms) in the bucket.
        x_last: the greatest one.
        n: points, NaN ones included.
        n_nan: points whose value is NaN; they do not enter min, max, mean and last.
        min, max, mean, last: None when every value is NaN.
    """

    x: int
    x_last: int
    n: int
    n_nan: int
    min: float | None
    max: float | None
    mean: float | None
    last: float | None


class SampledSeries(msgspec.Struct, frozen=True, kw_only=True):
    """A series reduced to at most `n` buckets for drawing.

    Attributes:
        n_points: how many points the series has within the range asked for.
        other: of each bucket's first point, its place on the other axis: the timestamp (ms) where steps are
            divided, the step where times are. Empty from a server that does not tell.
    """

    run_id: str
    key: str
    n_points: int
    buckets: tuple[Bucket, ...]
    other: tuple[int, ...] = ()

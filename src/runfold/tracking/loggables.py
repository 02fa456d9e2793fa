"""The forms in which scripts hand over points, params and tags: ours, pairs, and MLflow's objects."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from runfold.domain.metric import Metric


class PointLike(Protocol):
    """A point, as MLflow's `Metric` is; ours has `timestamp_ms` for `timestamp`."""

    @property
    def key(self) -> str: ...

    @property
    def value(self) -> float: ...

    @property
    def step(self) -> int: ...


class PairLike(Protocol):
    """A param or tag, as MLflow's `Param` and `RunTag` are."""

    @property
    def key(self) -> str: ...

    @property
    def value(self) -> str: ...


Pairs = Mapping[str, Any] | Iterable[PairLike | tuple[str, Any]]


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def texts_of(pairs: Pairs | None) -> dict[str, str]:
    """Params or tags by key, every value as its text."""
    if pairs is None:
        return {}
    if isinstance(pairs, Mapping):
        return {key: str(value) for key, value in pairs.items()}
    named = (pair if isinstance(pair, tuple) else (pair.key, pair.value) for pair in pairs)
    return {key: str(value) for key, value in named}


def points_of(points: Iterable[PointLike]) -> tuple[Metric, ...]:
    """Points as ours; one without a time is of now."""
    return tuple(point if isinstance(point, Metric) else _point(point) for point in points)


def _point(point: PointLike) -> Metric:
    timestamp_ms = getattr(point, "timestamp", None)
    return Metric(point.key, float(point.value), now_ms() if timestamp_ms is None else timestamp_ms, point.step)

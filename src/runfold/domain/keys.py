"""The columns of an experiment: which metric, param and tag keys its runs have."""

from __future__ import annotations

import enum

import msgspec


class KeyKind(enum.IntEnum):
    """What a key names. The numbers are stored."""

    METRIC = 1
    PARAM = 2
    TAG = 3


class KeyStats(msgspec.Struct, frozen=True, kw_only=True):
    """One key and how much it tells runs apart.

    Attributes:
        n_runs: runs that have it, deleted ones included until they are purged.
        min, max: the smallest and greatest last value (metrics), or number (params that are all numbers).
        n_distinct: distinct values, counted up to a small limit and then given as that limit.
        variation: 0 when all runs agree, 1 when every run differs; for ranking, not for statistics.
        examples: a few values (params and tags).
    """

    kind: KeyKind
    key: str
    n_runs: int
    n_distinct: int = 0
    variation: float = 0.0
    min: float | None = None
    max: float | None = None
    examples: tuple[str, ...] = ()

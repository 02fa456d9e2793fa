"""The columns of experiments: keys of metrics, params and tags, and their values."""

from __future__ import annotations

import enum

from runfold.wire.messages.base import Message, Number


class KeyKindName(enum.StrEnum):
    """`domain.keys.KeyKind` by name; the order is that of its numbers, from 1."""

    METRIC = "metric"
    PARAM = "param"
    TAG = "tag"


class SearchKeys(Message, frozen=True, kw_only=True):
    """
    Attributes:
        kinds: empty: all.
        text: what the keys contain, in any case; empty: all.
    """

    experiment_ids: tuple[str, ...]
    kinds: tuple[KeyKindName, ...] = ()
    text: str = ""
    max_results: int = 1000


class KeyStatsMessage(Message, frozen=True, kw_only=True):
    """
    Attributes:
        n_distinct: distinct values, counted up to a small limit.
        variation: 0 when all runs agree, 1 when every run differs.
    """

    kind: KeyKindName
    key: str
    n_runs: int
    n_distinct: int
    variation: float
    min: Number | None = None
    max: Number | None = None
    examples: tuple[str, ...] = ()


class SearchKeysReply(Message, frozen=True, kw_only=True):
    keys: tuple[KeyStatsMessage, ...]


class SearchKeyValues(Message, frozen=True, kw_only=True):
    experiment_ids: tuple[str, ...]
    kind: KeyKindName
    key: str
    text: str = ""
    max_results: int = 50


class KeyValue(Message, frozen=True, kw_only=True):
    value: str
    n_runs: int


class SearchKeyValuesReply(Message, frozen=True, kw_only=True):
    values: tuple[KeyValue, ...]

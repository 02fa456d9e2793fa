"""Keys of experiments."""

from __future__ import annotations

from runfold.domain.keys import KeyKind, KeyStats
from runfold.wire.convert.values import maybe_number_in, maybe_number_out
from runfold.wire.messages.keys import KeyKindName, KeyStatsMessage


def key_kind_in(kind: KeyKindName) -> KeyKind:
    return KeyKind[kind.name]


def key_kind_out(kind: KeyKind) -> KeyKindName:
    return KeyKindName[kind.name]


def key_stats_out(stats: KeyStats) -> KeyStatsMessage:
    return KeyStatsMessage(
        kind=key_kind_out(stats.kind),
        key=stats.key,
        n_runs=stats.n_runs,
        n_distinct=stats.n_distinct,
        variation=stats.variation,
        min=maybe_number_out(stats.min),
        max=maybe_number_out(stats.max),
        examples=stats.examples,
    )


def key_stats_in(message: KeyStatsMessage) -> KeyStats:
    return KeyStats(
        kind=key_kind_in(message.kind),
        key=message.key,
        n_runs=message.n_runs,
        n_distinct=message.n_distinct,
        variation=message.variation,
        min=maybe_number_in(message.min),
        max=maybe_number_in(message.max),
        examples=message.examples,
    )

"""The columns of experiments: their keys, and how much each tells runs apart.

Reads a few places of an index per key, never the rows of runs: the greatest value is the end of the key's
part of the index, and distinct values are counted by seeking from each to the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import ColumnElement, FromClause

from runfold.domain.keys import KeyKind, KeyStats
from runfold.stores.sql import rows
from runfold.stores.sql.experiments import parse_id
from runfold.stores.sql.search.values import is_one_of, like
from runfold.stores.sql.tables import is_short, keys, latest_metrics, params, tags
from runfold.stores.sql.transaction import chunks

# Distinct values are counted up to this many.
MAX_DISTINCT = 5
N_EXAMPLES = 3
# As many keys at least are looked into at a time.
MIN_LOOK = 100


class _Candidate(msgspec.Struct):
    """A key by its name, in all the experiments asked for that have it."""

    kind: KeyKind
    key: str
    numbers: list[int] = msgspec.field(default_factory=list)
    n_runs: int = 0


class _Seen(msgspec.Struct):
    """What was read of one key, in all the experiments asked for."""

    numbers: set[float] = msgspec.field(default_factory=set)
    texts: set[str] = msgspec.field(default_factory=set)
    examples: list[str] = msgspec.field(default_factory=list)
    max: float | None = None

    def stats(self, candidate: _Candidate) -> KeyStats:
        n_distinct = min(MAX_DISTINCT, len(self.numbers) + len(self.texts))
        possible = min(candidate.n_runs, MAX_DISTINCT)
        is_numeric = not self.texts
        return KeyStats(
            kind=candidate.kind,
            key=candidate.key,
            n_runs=candidate.n_runs,
            n_distinct=n_distinct,
            variation=(n_distinct - 1) / (possible - 1) if n_distinct > 1 and possible > 1 else 0.0,
            min=min(self.numbers, default=None) if is_numeric else None,
            max=self.max if is_numeric else None,
            examples=tuple(dict.fromkeys(self.examples))[:N_EXAMPLES],
        )


def search_keys(
    connection: sa.Connection, experiment_ids: Sequence[str], *, kinds: Sequence[KeyKind], text: str, max_results: int
) -> tuple[KeyStats, ...]:
    """Keys that contain `text` in any case, most telling first: by variation, then by number of runs.

    Keys are looked into in the order of their numbers of runs, and no further than needed: once enough have been
    found that vary as much as any can, none of the rest could come before these.
    """
    experiments = sorted({parse_id(experiment_id) for experiment_id in experiment_ids})
    candidates = [
        candidate
        for kind in dict.fromkeys(kinds or tuple(KeyKind))
        for candidate in _matching(connection, experiments, kind, text)
    ]
    candidates.sort(key=lambda one: (-one.n_runs, one.kind, one.key))
    found: list[KeyStats] = []
    n_full = 0
    for chunk in chunks(candidates, max(MIN_LOOK, max_results)):
        looked_into = _look_into(connection, chunk)
        found += looked_into
        n_full += sum(stats.variation >= 1.0 for stats in looked_into)
        if n_full >= max_results:
            break
    found.sort(key=lambda stats: (-stats.variation, -stats.n_runs, stats.kind, stats.key))
    return tuple(found[:max_results])


def _matching(connection: sa.Connection, experiments: Sequence[int], kind: KeyKind, text: str) -> Iterable[_Candidate]:
    """The keys of a kind that contain a text."""
    wanted = text.casefold()
    found: dict[str, _Candidate] = {}
    for chunk in chunks(experiments, rows.MAX_IN):
        for number, key, n_runs in connection.execute(
            sa.select(keys.c.id, keys.c.key, keys.c.n_runs).where(
                keys.c.experiment_id.in_(chunk), keys.c.kind == int(kind), keys.c.n_runs > 0
            )
        ):
            if wanted in key.casefold():
                candidate = found.setdefault(key, _Candidate(kind, key))
                candidate.numbers.append(number)
                candidate.n_runs += n_runs
    return found.values()


def _look_into(connection: sa.Connection, candidates: Sequence[_Candidate]) -> list[KeyStats]:
    seen = [_Seen() for _ in candidates]
    for kind in {candidate.kind for candidate in candidates}:
        by_number = {
            number: found
            for candidate, found in zip(candidates, seen, strict=True)
            if candidate.kind is kind
            for number in candidate.numbers
        }
        for chunk in chunks(list(by_number), rows.MAX_IN):
            if kind is KeyKind.METRIC:
                _see_numbers(connection, latest_metrics, "value", chunk, by_number)
            elif kind is KeyKind.PARAM:
                _see_numbers(connection, params, "number", chunk, by_number)
                _see_texts(connection, params, chunk, by_number)
            else:
                _see_texts(connection, tags, chunk, by_number)
    return [found.stats(candidate) for candidate, found in zip(candidates, seen, strict=True)]


def _see_numbers(
    connection: sa.Connection,
    table: FromClause,
    column: str,
    key_ids: Sequence[int],
    by_number: dict[int, _Seen],
) -> None:
    row = table.alias()
    is_indexed = is_short(row.c.value) if table is params else sa.true()
    steps = _steps(row, row.c[column], key_ids, is_indexed)
    greatest = (
        sa.select(sa.func.max(row.c[column])).where(row.c.key_id == steps.c.id, is_indexed).correlate(steps)
    ).scalar_subquery()
    first_only = sa.case((steps.c.step == 1, greatest))
    example: ColumnElement[Any] = sa.null()
    if table is params:
        spelt = sa.select(sa.func.min(row.c.value)).where(
            row.c.key_id == steps.c.id, row.c.number == steps.c.value, is_indexed
        )
        example = sa.case((steps.c.step <= N_EXAMPLES, spelt.correlate(steps).scalar_subquery()))
    statement = sa.select(steps.c.id, steps.c.value, first_only, example).where(steps.c.value.is_not(None))
    for number, value, last, text in connection.execute(statement):
        seen = by_number[number]
        seen.numbers.add(value)
        if last is not None:
            seen.max = last if seen.max is None else max(seen.max, last)
        if text is not None:
            seen.examples.append(text)


def _see_texts(
    connection: sa.Connection,
    table: FromClause,
    key_ids: Sequence[int],
    by_number: dict[int, _Seen],
) -> None:
    row = table.alias()
    is_indexed = is_short(row.c.value)
    if table is params:
        is_indexed = sa.and_(is_indexed, row.c.number.is_(None))
    steps = _steps(row, row.c.value, key_ids, is_indexed)
    statement = sa.select(steps.c.id, steps.c.value).where(steps.c.value.is_not(None))
    for number, value in connection.execute(statement):
        seen = by_number[number]
        seen.texts.add(value)
        seen.examples.append(value)


def _steps(row: FromClause, column: ColumnElement[Any], key_ids: Sequence[int], condition: ColumnElement[bool]) -> Any:
    """The least distinct values of each key, at most MAX_DISTINCT: (id, step, value), NULL after the last."""
    least = sa.select(sa.func.min(column)).where(row.c.key_id == keys.c.id, condition).correlate(keys).scalar_subquery()
    steps = (
        sa.select(keys.c.id, sa.literal(1).label("step"), least.label("value"))
        .where(keys.c.id.in_(key_ids))
        .cte("steps", recursive=True)
    )
    following = (
        sa.select(sa.func.min(column))
        .where(row.c.key_id == steps.c.id, column > steps.c.value, condition)
        .correlate(steps)
        .scalar_subquery()
    )
    return steps.union_all(
        sa.select(steps.c.id, steps.c.step + 1, following).where(
            steps.c.step < MAX_DISTINCT, steps.c.value.is_not(None)
        )
    )


def search_key_values(
    connection: sa.Connection, experiment_ids: Sequence[str], kind: KeyKind, key: str, *, text: str, max_results: int
) -> tuple[tuple[str, int], ...]:
    """Values of a param or tag that contain `text` in any case, with the number of runs, most frequent first."""
    experiments = sorted({parse_id(experiment_id) for experiment_id in experiment_ids})
    if not experiments:
        return ()
    table = {KeyKind.PARAM: params, KeyKind.TAG: tags}[kind]
    is_sqlite = connection.dialect.name == "sqlite"
    query = sa.select(keys.c.id).where(
        is_one_of(keys.c.experiment_id, experiments, is_sqlite=is_sqlite), keys.c.kind == int(kind), keys.c.key == key
    )
    key_ids = connection.execute(query).scalars().all()
    if not key_ids:
        return ()
    row = table.alias()
    is_wanted = sa.and_(is_one_of(row.c.key_id, key_ids, is_sqlite=is_sqlite), is_short(row.c.value))
    if text:
        is_wanted &= like(row.c.value, f"%{text}%", ignores_case=True, is_sqlite=is_sqlite)
    # Numbers stand before texts in the index of params: grouped so, it is read in its own order.
    groups = [row.c.number, row.c.value] if kind is KeyKind.PARAM else [row.c.value]
    n_runs = sa.func.count().label("n_runs")
    counted = sa.select(row.c.value, n_runs).where(is_wanted).group_by(*groups)
    found = connection.execute(counted.order_by(n_runs.desc(), row.c.value).limit(max_results))
    return tuple((value, n) for value, n in found)

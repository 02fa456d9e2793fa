"""Groups of runs, and chosen fields of many runs: read as columns, worked out in memory."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import sqlalchemy as sa

from runfold.domain.keys import KeyKind
from runfold.domain.summary import RunColumn, RunGroup, RunGroups, RunTable, Spread
from runfold.errors import InvalidValue
from runfold.search.fields import RUNS
from runfold.search.parser import parse_order
from runfold.search.tree import Field, Group
from runfold.stores.base import GroupQuery, TableQuery
from runfold.stores.sql import rows
from runfold.stores.sql.experiments import parse_id
from runfold.stores.sql.search.columns import Codes, Columns, Floats, Texts, is_number, parse_fields
from runfold.stores.sql.search.ordering import check_max_results
from runfold.stores.sql.search.sets import Numbers
from runfold.stores.sql.tables import keys, runs
from runfold.stores.sql.transaction import chunks

MAX_KEYS = 1000
"""So many params may "all but" mean; each is read of all runs."""


def group_runs(connection: sa.Connection, query: GroupQuery, *, lost_before_ms: int) -> RunGroups:
    """See `stores.base.RunStore.group_runs`.

    Raises:
        InvalidFilter: the filter, a field or the order does not parse.
        InvalidValue: something else than a metric is to be averaged, or there are too many params.
    """
    check_max_results(query.max_results)
    experiments = _experiments(query.experiment_ids)
    named = parse_fields(query.by)
    names = [_spelt(field) for field in named]
    if query.is_all_but:
        names = [f"params.{_quoted(key)}" for key in _other_params(connection, experiments, named)]
    by, metrics = parse_fields(names), parse_fields(query.metrics)
    _check_metrics(query.metrics, metrics)
    order = _check_order(query, metrics)
    columns = Columns(
        connection, experiments, query.view_type.stages, query.filter, [*by, *metrics], lost_before_ms=lost_before_ms
    )
    texts = [columns.texts(field) for field in by]
    if query.is_all_but:
        telling = [at for at, text in enumerate(texts) if np.unique(text.codes).size > 1]
        names, texts = [names[at] for at in telling], [texts[at] for at in telling]
    group_of, firsts = _together(texts, columns.numbers.size)
    counts = np.bincount(group_of, minlength=firsts.size)
    grouped = [_Grouped(columns.floats(field)[0], group_of, firsts.size) for field in metrics]

    def value_of(at: int) -> tuple[str | None, ...]:
        return tuple(_label(text, int(firsts[at])) for text in texts)

    chosen = sorted(range(firsts.size), key=_sorting(order, counts.tolist(), grouped, value_of))[: query.max_results]
    run_ids = _newest(connection, columns.numbers, group_of, chosen, query.max_run_ids)
    return RunGroups(
        by=tuple(names),
        groups=tuple(
            RunGroup(
                values=value_of(at),
                n_runs=int(counts[at]),
                metrics=tuple(values.spread(at) for values in grouped),
                run_ids=run_ids.get(at, ()),
            )
            for at in chosen
        ),
        n_groups=int(firsts.size),
        n_runs=int(columns.numbers.size),
    )


def read_table(connection: sa.Connection, query: TableQuery, *, lost_before_ms: int) -> RunTable:
    """See `stores.base.RunStore.read_table`."""
    check_max_results(query.max_runs)
    fields = parse_fields(query.fields)
    columns = Columns(
        connection,
        _experiments(query.experiment_ids),
        query.view_type.stages,
        query.filter,
        fields,
        lost_before_ms=lost_before_ms,
    )
    n_runs = int(columns.numbers.size)
    columns.take(_sample(columns.numbers, query.max_runs))
    found = {}
    for chunk in chunks(columns.numbers.tolist(), rows.MAX_IN):
        for number, run_id, name in connection.execute(
            sa.select(runs.c.id, runs.c.run_id, runs.c.name).where(runs.c.id.in_(chunk))
        ):
            found[number] = run_id, name
    ordered = [found[number] for number in columns.numbers[::-1].tolist()]
    return RunTable(
        run_ids=tuple(run_id for run_id, _ in ordered),
        run_names=tuple(name for _, name in ordered),
        columns=tuple(
            RunColumn(field=text, values=_values(columns, field)[::-1])
            for text, field in zip(query.fields, fields, strict=True)
        ),
        n_runs=n_runs,
    )


def _experiments(experiment_ids: Sequence[str]) -> tuple[int, ...]:
    return tuple(sorted({parse_id(experiment_id) for experiment_id in experiment_ids}))


def _quoted(key: str) -> str:
    return f'"{key.replace(chr(34), chr(34) * 2)}"'


def _spelt(field: Field) -> str:
    """A field as the language writes it; keys in quotes, whatever they hold."""
    if field.group in (Group.PARAM, Group.TAG):
        return f"{field.group}.{_quoted(field.name)}"
    if field.group is Group.ATTRIBUTE:
        return field.name
    if field.group is Group.DATASET:
        return f"dataset.{field.name}"
    raise InvalidValue(f"Runs are not grouped by a metric: {field.name!r}. Name params, tags, attributes or datasets.")


def _other_params(connection: sa.Connection, experiments: Sequence[int], but: Sequence[Field]) -> list[str]:
    without = {field.name for field in but if field.group is Group.PARAM}
    found: set[str] = set()
    for chunk in chunks(experiments, rows.MAX_IN):
        named = sa.select(keys.c.key).where(
            keys.c.experiment_id.in_(chunk), keys.c.kind == int(KeyKind.PARAM), keys.c.n_runs > 0
        )
        found.update(connection.execute(named).scalars())
    if len(found) > MAX_KEYS:
        raise InvalidValue(f"These runs have {len(found)} params; all but some means at most {MAX_KEYS}. Name fields.")
    return sorted(found - without)


def _check_metrics(texts: Sequence[str], fields: Sequence[Field]) -> None:
    for text, field in zip(texts, fields, strict=True):
        if field.group is not Group.METRIC:
            raise InvalidValue(f"Invalid value {text!r} for parameter 'metrics': only metrics have a mean.")


def _check_order(query: GroupQuery, metrics: Sequence[Field]) -> tuple[int, bool] | None:
    """Which metric decides, and whether the greatest comes first."""
    if not query.order_by:
        return None
    (key,) = parse_order((query.order_by,), RUNS)
    if key.field not in metrics:
        raise InvalidValue(f"Invalid value {query.order_by!r} for parameter 'order_by': it is none of the metrics.")
    return list(metrics).index(key.field), key.descending


def _together(texts: Sequence[Texts], n_runs: int) -> tuple[Codes, Numbers]:
    """The group of each run, and the first run of each group."""
    group_of = np.zeros(n_runs, np.int64)
    for text in texts:
        # A place for runs without the value, and the numbers are made small again so that they never overflow.
        _, group_of = np.unique(group_of * (len(text.labels) + 1) + text.codes + 1, return_inverse=True)
    firsts = np.unique(group_of, return_index=True)[1]
    return group_of, firsts


def _label(text: Texts, run: int) -> str | None:
    code = int(text.codes[run])
    return None if code < 0 else text.labels[code]


class _Grouped:
    """The finite values of a metric, group by group."""

    def __init__(self, values: Floats, group_of: Codes, n_groups: int) -> None:
        finite = np.isfinite(values)
        order = np.lexsort((values[finite], group_of[finite]))
        groups, self._ordered = group_of[finite][order], values[finite][order]
        self._starts = np.searchsorted(groups, np.arange(n_groups + 1))
        sums = np.bincount(groups, weights=self._ordered, minlength=n_groups)
        n = np.diff(self._starts)
        self.means: Floats = np.where(n > 0, sums / np.maximum(n, 1), np.nan)

    def spread(self, group: int) -> Spread:
        values = self._ordered[self._starts[group] : self._starts[group + 1]]
        if not values.size:
            return Spread(n=0)
        # Values near the greatest double have an infinite deviation.
        with np.errstate(over="ignore", invalid="ignore"):
            q1, median, q3 = np.quantile(values, (0.25, 0.5, 0.75))
            sd = float(values.std(ddof=1)) if values.size > 1 else None
            return Spread(
                n=int(values.size),
                mean=float(values.mean()),
                sd=None if sd is not None and math.isnan(sd) else sd,
                min=float(values[0]),
                q1=float(q1),
                median=float(median),
                q3=float(q3),
                max=float(values[-1]),
            )


Key = Callable[[int], Any]


def _sorting(
    order: tuple[int, bool] | None,
    counts: Sequence[int],
    grouped: Sequence[_Grouped],
    value_of: Callable[[int], tuple[str | None, ...]],
) -> Key:
    def tie(at: int) -> tuple[tuple[bool, str], ...]:
        return tuple((value is None, value or "") for value in value_of(at))

    if order is None:
        return lambda at: (-counts[at], tie(at))
    metric, is_descending = order
    means = (-grouped[metric].means if is_descending else grouped[metric].means).tolist()
    return lambda at: (math.isnan(means[at]), 0.0 if math.isnan(means[at]) else means[at], tie(at))


def _newest(
    connection: sa.Connection, numbers: Numbers, group_of: Codes, chosen: Sequence[int], most: int
) -> dict[int, tuple[str, ...]]:
    if most <= 0 or not chosen:
        return {}
    order = np.argsort(group_of, kind="stable")
    starts = np.searchsorted(group_of[order], np.arange(int(group_of.max()) + 2))
    picked = {at: numbers[order[starts[at] : starts[at + 1]]][::-1][:most].tolist() for at in chosen}
    found: dict[int, str] = {}
    for chunk in chunks([number for some in picked.values() for number in some], rows.MAX_IN):
        found.update(
            (number, run_id)
            for number, run_id in connection.execute(sa.select(runs.c.id, runs.c.run_id).where(runs.c.id.in_(chunk)))
        )
    return {at: tuple(found[number] for number in some) for at, some in picked.items()}


def _sample(numbers: Numbers, most: int) -> Numbers:
    """A part of the runs by a fixed mixing of their numbers: uniform, and nearly the same when runs are added."""
    if numbers.size <= most:
        return numbers
    # The finisher of SplitMix64 (Steele, Lea and Flood 2014).
    mixed = numbers.astype(np.uint64)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return np.sort(numbers[np.argpartition(mixed, most)[:most]])


def _values(columns: Columns, field: Field) -> tuple[float | str | None, ...]:
    if is_number(field):
        values, has = columns.floats(field)
        return tuple(value if is_there else None for value, is_there in zip(values.tolist(), has.tolist(), strict=True))
    text = columns.texts(field)
    return tuple(_label(text, at) for at in range(text.codes.size))

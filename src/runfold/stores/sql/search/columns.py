"""Fields of many runs as arrays.

One statement reads one field: of few runs row by row, of many from the index of its key, whose values come with
all their runs as one text (see `sets`). Arrays have a place for each run, by its number.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import sqlalchemy as sa
from sqlalchemy import ColumnElement, FromClause

from runfold.search.fields import RUNS
from runfold.search.parser import parse_field, parse_filter
from runfold.search.tree import Field, Group, Kind, Node
from runfold.stores.sql import tables
from runfold.stores.sql.hidden import unseen_in
from runfold.stores.sql.search.conditions import KEYED, Conditions, Scope, fields_of, find_key_ids, metric_value, stored
from runfold.stores.sql.search.sets import Numbers, RunSets, numbers_source, read_numbers
from runfold.stores.sql.search.values import is_one_of

FEW = 5000
"""Up to so many runs are asked for by their numbers."""

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]


class Texts(msgspec.Struct, frozen=True):
    """A field of text: for each run the place of its value among the labels, -1 where it has none."""

    codes: Codes
    labels: list[str]


class Columns:
    """Reads fields of the runs that fit a filter.

    Attributes:
        numbers: of these runs, ascending.
    """

    def __init__(
        self,
        connection: sa.Connection,
        experiments: tuple[int, ...],
        stages: Sequence[str],
        filter_text: str,
        fields: Iterable[Field],
        *,
        lost_before_ms: int,
    ) -> None:
        node = parse_filter(filter_text, RUNS)
        self._connection = connection
        self._scope = Scope(
            experiments=experiments,
            stages=tuple(stages),
            lost_before_ms=lost_before_ms,
            is_sqlite=connection.dialect.name == "sqlite",
            key_ids=find_key_ids(connection, experiments, [*fields_of(node), *fields]),
            unseen=unseen_in(connection, experiments),
        )
        self._conditions = Conditions(self._scope)
        self.numbers = self._fitting(node) if experiments else np.empty(0, np.int64)

    def _fitting(self, node: Node) -> Numbers:
        sets = RunSets(self._connection, self._conditions)
        bits = sets.matching(node)
        seen = np.zeros_like(bits)
        seen[read_numbers(self._connection, sa.select(tables.runs.c.id).where(self._scope.holds(tables.runs)))] = True
        return np.flatnonzero(bits & seen)

    def take(self, numbers: Numbers) -> None:
        """Go on with some of the runs."""
        self.numbers = numbers

    @property
    def _size(self) -> int:
        return int(self.numbers[-1]) + 1 if self.numbers.size else 0

    def floats(self, field: Field) -> tuple[Floats, npt.NDArray[np.bool_]]:
        """The numbers of a field, one for each run, and which runs have one. NaN is a number."""
        values = np.full(self._size, np.nan)
        has = np.zeros(self._size, np.bool_)
        found = self._rows(field) if self.numbers.size else []
        if found:
            numbers, column = zip(*found, strict=True)
            runs = np.array(numbers, np.int64)
            is_seen = runs < self._size
            values[runs[is_seen]] = np.array(column, np.float64)[is_seen]
            has[runs[is_seen]] = True
        return values[self.numbers], has[self.numbers]

    def texts(self, field: Field) -> Texts:
        """The texts of a field, one for each run."""
        codes = np.full(self._size, -1, np.int64)
        labels: list[str] = []
        for label, runs in self._texts_with_runs(field):
            codes[runs[runs < self._size]] = len(labels)
            labels.append(label)
        return Texts(codes[self.numbers], labels)

    def _rows(self, field: Field) -> list[Any]:
        """(run, value) of a field that holds numbers; a value of None is NaN, or missing for attributes."""
        if stored(field).group is Group.METRIC:
            row = tables.latest_metrics.alias()
            return self._keyed(row, metric_value(row, field), field)
        column = self._conditions.attribute(field, tables.runs)
        statement = sa.select(tables.runs.c.id, column).select_from(self._few_or_all()).where(column.is_not(None))
        return list(self._connection.execute(statement).all())

    def _keyed(self, row: FromClause, value: ColumnElement[Any], field: Field) -> list[Any]:
        ids = self._scope.ids_of(field)
        if not ids:
            return []
        is_key = is_one_of(row.c.key_id, ids, is_sqlite=self._scope.is_sqlite)
        if self.numbers.size > FEW:
            return list(self._connection.execute(sa.select(row.c.run, value).where(is_key)).all())
        source = self._given().join(row, sa.and_(row.c.run == tables.runs.c.id, is_key))
        return list(self._connection.execute(sa.select(row.c.run, value).select_from(source)).all())

    def _given(self) -> FromClause:
        return numbers_source(self.numbers, tables.runs, is_sqlite=self._scope.is_sqlite)

    def _few_or_all(self) -> FromClause:
        return self._given() if self.numbers.size <= FEW else tables.runs

    def _texts_with_runs(self, field: Field) -> Iterable[tuple[str, Numbers]]:
        own = stored(field)
        if not self.numbers.size:
            return
        if own.group is Group.DATASET:
            yield from _together(self._of_datasets(own))
        elif own.group not in KEYED:
            value = self._conditions.attribute(own, tables.runs).label("value")
            rows = sa.select(tables.runs.c.id.label("run"), value).select_from(self._few_or_all())
            # A column of its own to group by: PostgreSQL does not see that two expressions with parameters agree.
            found = rows.where(self._scope.holds(tables.runs), value.is_not(None)).subquery()
            yield from self._with_runs(found, [], [found.c.value])
        elif self.numbers.size <= FEW:
            row = KEYED[own.group][1].alias()
            yield from _together(self._keyed(row, row.c.value, own))
        else:
            yield from self._key_values(own)

    def _key_values(self, field: Field) -> Iterable[tuple[str, Numbers]]:
        """Every value of a key with all its runs: the short ones in the order of their index, then the long ones."""
        ids = self._scope.ids_of(field)
        if not ids:
            return
        row = KEYED[field.group][1].alias()
        is_key = is_one_of(row.c.key_id, ids, is_sqlite=self._scope.is_sqlite)
        order = [row.c.number, row.c.value] if field.group is Group.PARAM else [row.c.value]
        yield from self._with_runs(row, [is_key, tables.is_short(row.c.value)], order)
        yield from self._with_runs(row, [is_key, tables.is_long(row.c.value)], [row.c.value])

    def _with_runs(
        self, rows: FromClause, conditions: Sequence[ColumnElement[bool]], group_by: Sequence[ColumnElement[Any]]
    ) -> Iterable[tuple[str, Numbers]]:
        together = sa.func.aggregate_strings(sa.cast(rows.c.run, sa.Text), ",")
        statement = sa.select(rows.c.value, together).where(*conditions).group_by(*group_by)
        for label, runs in self._connection.execute(statement):
            yield str(label), np.fromstring(runs, np.int64, sep=",")

    def _of_datasets(self, field: Field) -> Iterable[tuple[int, str]]:
        """What the datasets of each run are called, in the order of their names."""
        use, dataset = tables.dataset_uses.alias(), tables.datasets.alias()
        value = use.c.context if field.name == "context" else dataset.c[field.name]
        is_seen = is_one_of(dataset.c.experiment_id, self._scope.experiments, is_sqlite=self._scope.is_sqlite)
        named = sa.select(use.c.run, value).join(dataset, dataset.c.id == use.c.dataset_id)
        statement = named.where(is_seen, self._scope.tells(dataset), value != "")
        names: dict[int, set[str]] = {}
        for run, name in self._connection.execute(statement):
            names.setdefault(run, set()).add(name)
        return ((run, ", ".join(sorted(some))) for run, some in names.items())


def is_number(field: Field) -> bool:
    """Whether a field comes as numbers."""
    return field.kind in (Kind.NUMBER, Kind.WHOLE, Kind.TIME)


def parse_fields(texts: Iterable[str]) -> list[Field]:
    return [parse_field(text, RUNS) for text in texts]


def _together(found: Iterable[Any]) -> Iterable[tuple[str, Numbers]]:
    """Rows of (run, value) by value."""
    runs_of: dict[str, list[int]] = {}
    for run, value in found:
        runs_of.setdefault(value, []).append(run)
    for value, runs in runs_of.items():
        yield value, np.array(runs, np.int64)

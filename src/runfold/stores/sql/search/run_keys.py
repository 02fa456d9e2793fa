"""The keys of an order of runs: their columns, and the stretches of indexes that hold them in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import ColumnElement, FromClause

from runfold.search.tree import Field, Group, Kind, OrderKey, Statistic
from runfold.stores.sql import tables
from runfold.stores.sql.search.conditions import KEYED, Conditions, Scope, metric_value, stored
from runfold.stores.sql.search.ordering import LATER, MISSING, PRESENT, SortKey
from runfold.stores.sql.search.stretches import Stretch, count_rows
from runfold.stores.sql.search.values import Condition, is_one_of

# With more long texts than this under a key, its values are not walked in order.
MAX_UNSORTED = 500

ALL_RANKS = (PRESENT, LATER, MISSING)


class RunKey(msgspec.Struct, frozen=True, kw_only=True):
    """One key of an order of runs.

    Attributes:
        ranks: those that rows can have.
        stretches: by rank, where an index holds rows of that rank in the order of the key; for others the
            rest of the order decides (LATER, MISSING), or nothing but sorting helps (PRESENT).
    """

    sort: SortKey
    ranks: tuple[int, ...] = (PRESENT,)
    stretches: Mapping[int, Stretch] = {}


class RunKeys:
    """Makes the keys of one order, and joins what they read.

    Attributes:
        joins: pairs of a table and its condition, to be joined to the runs on the left.
    """

    def __init__(self, connection: sa.Connection, scope: Scope, run: FromClause) -> None:
        self._connection = connection
        self._scope = scope
        self._conditions = Conditions(scope)
        self._run = run
        self.joins: list[tuple[FromClause, Condition]] = []

    def make(self, order: Sequence[OrderKey]) -> list[RunKey]:
        """The keys of an order, with those that make it total."""
        keys = [self._key(item) for item in order]
        names = [item.field.name for item in order if item.field.group is Group.ATTRIBUTE]
        if "run_id" not in names:
            if "start_time" not in names:
                keys.append(self._start_time(descending=True))
            keys.append(self._run_id(keys[-1]))
        return keys

    def _key(self, item: OrderKey) -> RunKey:
        field = stored(item.field)
        if field.group in KEYED:
            return self._keyed(field, descending=item.descending)
        if field.name == "start_time":
            return self._start_time(descending=item.descending)
        if field.name == "experiment_id":
            return RunKey(sort=SortKey(kind=int, value=self._run.c.experiment_id, descending=item.descending))
        value = self._conditions.attribute(field, self._run)
        is_optional = field.name in ("end_time", "duration", "parent_run_id")
        return RunKey(
            sort=SortKey(
                kind=str if field.kind is Kind.TEXT else int,
                value=value,
                rank=sa.case((value.is_(None), MISSING), else_=PRESENT) if is_optional else None,
                descending=item.descending,
            )
        )

    def _start_time(self, *, descending: bool) -> RunKey:
        value = self._run.c.start_time
        return RunKey(
            sort=SortKey(kind=int, value=value, descending=descending),
            stretches={PRESENT: self._run_stretch(value, descending=descending)},
        )

    def _run_id(self, before: RunKey) -> RunKey:
        """The last key. The index of start times has it among equal ones."""
        value = self._run.c.run_id
        sort = SortKey(kind=str, value=value)
        if before.sort.value is not self._run.c.start_time:
            return RunKey(sort=sort)
        stretch = msgspec.structs.replace(self._run_stretch(value, descending=False), is_narrowed=True)
        return RunKey(sort=sort, stretches={PRESENT: stretch})

    def _run_stretch(self, value: ColumnElement[Any], *, descending: bool) -> Stretch:
        run, scope = self._run, self._scope
        strand = tables.experiments.alias("strand")
        return Stretch(
            row=run,
            value=value,
            strands=strand,
            is_strand=is_one_of(strand.c.id, scope.experiments, is_sqlite=scope.is_sqlite),
            is_on_strand=tuple(
                sa.and_(run.c.experiment_id == strand.c.id, run.c.lifecycle_stage == stage) for stage in scope.stages
            ),
            is_stretch=sa.true(),
            is_entry=scope.holds(run),
            n_strands=len(scope.experiments) * len(scope.stages),
            descending=descending,
        )

    def _keyed(self, field: Field, *, descending: bool) -> RunKey:
        if not self._scope.ids_of(field):
            sort = SortKey(kind=int, value=sa.null(), rank=sa.literal_column(str(MISSING), sa.Integer), is_nowhere=True)
            return RunKey(sort=sort, ranks=(MISSING,))
        row = KEYED[field.group][1].alias()
        self.joins.append((row, sa.and_(row.c.run == self._run.c.id, self._conditions.is_key(row, field, self._run))))
        if field.group is Group.TAG:
            rank = sa.case((row.c.run.is_(None), MISSING), else_=PRESENT)
            sort = SortKey(kind=str, value=row.c.value, rank=rank, descending=descending)
            return RunKey(
                sort=sort, ranks=(PRESENT, MISSING), stretches=self._texts(field, PRESENT, descending=descending)
            )
        if field.group is Group.PARAM:
            rank = sa.case((row.c.run.is_(None), MISSING), (row.c.number.is_(None), LATER), else_=PRESENT)
            text = sa.case((row.c.number.is_(None), row.c.value))
            sort = SortKey(kind=float, value=row.c.number, rank=rank, later_value=text, descending=descending)
            return RunKey(sort=sort, ranks=ALL_RANKS, stretches=self._params(field, descending=descending))
        value = metric_value(row, field)
        rank = sa.case((row.c.run.is_(None), MISSING), (value.is_(None), LATER), else_=PRESENT)
        kind = int if field.kind is Kind.WHOLE else float
        sort = SortKey(kind=kind, value=value, rank=rank, descending=descending)
        if field.statistic is Statistic.COUNT:
            return RunKey(sort=sort, ranks=ALL_RANKS)
        return RunKey(sort=sort, ranks=ALL_RANKS, stretches=self._metrics(field, descending=descending))

    def _metrics(self, field: Field, *, descending: bool) -> dict[int, Stretch]:
        entry = tables.latest_metrics.alias()
        value = metric_value(entry, field)
        numbers = self._keyed_stretch(field, entry, value, value.is_not(None), descending=descending)
        nans = self._keyed_stretch(field, entry, value, value.is_(None), descending=descending)
        # The index has the extremes beside the last values, in the order of those.
        is_scan = field.statistic is not Statistic.LAST
        return {PRESENT: msgspec.structs.replace(numbers, is_scan=is_scan), LATER: nans}

    def _params(self, field: Field, *, descending: bool) -> dict[int, Stretch]:
        entry = tables.params.alias()
        is_number = sa.and_(tables.is_short(entry.c.value), entry.c.number.is_not(None))
        numbers = self._keyed_stretch(field, entry, entry.c.number, is_number, descending=descending)
        return {PRESENT: numbers} | self._texts(field, LATER, descending=descending)

    def _texts(self, field: Field, rank: int, *, descending: bool) -> dict[int, Stretch]:
        entry = KEYED[field.group][1].alias()
        is_key = is_one_of(entry.c.key_id, self._scope.ids_of(field), is_sqlite=self._scope.is_sqlite)
        is_long = sa.and_(is_key, tables.is_long(entry.c.value))
        n_long = count_rows(self._connection, sa.select(entry.c.run).where(is_long), MAX_UNSORTED)
        if n_long > MAX_UNSORTED:
            return {}
        is_text = tables.is_short(entry.c.value)
        if field.group is Group.PARAM:
            is_text = sa.and_(is_text, entry.c.number.is_(None))
        stretch = self._keyed_stretch(field, entry, entry.c.value, is_text, descending=descending)
        return {rank: msgspec.structs.replace(stretch, unsorted=is_long if n_long else None)}

    def _keyed_stretch(
        self, field: Field, entry: FromClause, value: ColumnElement[Any], is_stretch: Condition, *, descending: bool
    ) -> Stretch:
        key_ids = self._scope.ids_of(field)
        strand = tables.keys.alias("strand")
        return Stretch(
            row=entry,
            value=value,
            strands=strand,
            is_strand=is_one_of(strand.c.id, key_ids, is_sqlite=self._scope.is_sqlite),
            is_on_strand=(entry.c.key_id == strand.c.id,),
            is_stretch=is_stretch,
            is_entry=sa.and_(is_one_of(entry.c.key_id, key_ids, is_sqlite=self._scope.is_sqlite), is_stretch),
            n_strands=len(key_ids),
            descending=descending,
        )

"""From rows to domain values, many at a time: a page of runs costs a handful of statements, not one a run."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from runfold.domain.dataset import Dataset, DatasetUse
from runfold.domain.experiment import Experiment
from runfold.domain.keys import KeyKind
from runfold.domain.logged_model import ModelUse
from runfold.domain.metric import MetricSummary
from runfold.domain.run import Run, RunInfo
from runfold.domain.states import LifecycleStage, RunStatus
from runfold.stores.base import RunColumns
from runfold.stores.sql.hidden import unseen_in
from runfold.stores.sql.planner import without_index
from runfold.stores.sql.registry.tables import run_models
from runfold.stores.sql.tables import dataset_uses, datasets, experiment_tags, keys, latest_metrics, params, tags
from runfold.stores.sql.transaction import chunks
from runfold.stores.sql.workspaces import names_of

# SQLite allows 32,766 values in a statement, PostgreSQL 65,535.
MAX_IN = 10_000


def load_experiments(connection: sa.Connection, found: Sequence[sa.Row[Any]]) -> list[Experiment]:
    """Rows of `experiments` with their tags, in the order given."""
    by_number: dict[int, dict[str, str]] = {row.id: {} for row in found}
    for numbers in chunks(list(by_number), MAX_IN):
        for number, key, value in connection.execute(
            sa.select(experiment_tags.c.experiment_id, experiment_tags.c.key, experiment_tags.c.value)
            .where(experiment_tags.c.experiment_id.in_(numbers))
            .order_by(experiment_tags.c.key)
        ):
            by_number[number][key] = value
    workspaces = names_of(connection, (row.workspace for row in found))
    return [
        Experiment(
            experiment_id=str(row.id),
            name=row.name,
            artifact_location=row.artifact_location,
            lifecycle_stage=LifecycleStage(row.lifecycle_stage),
            creation_time_ms=row.creation_time,
            last_update_time_ms=row.last_update_time,
            tags=by_number[row.id],
            workspace=workspaces[row.workspace],
        )
        for row in found
    ]


def load_runs(
    connection: sa.Connection, found: Sequence[sa.Row[Any]], columns: RunColumns, *, lost_before_ms: int
) -> list[Run]:
    """Rows of `runs` with what `columns` names of them, in the order given.

    Args:
        lost_before_ms: a running run whose last sign of life is older is lost.
    """
    numbers = [row.id for row in found]
    experiments = {row.experiment_id for row in found}
    run_params = _texts(connection, params, KeyKind.PARAM, numbers, experiments, columns.params)
    run_tags = _texts(connection, tags, KeyKind.TAG, numbers, experiments, columns.tags)
    run_metrics = _metrics(connection, numbers, experiments, columns.metrics)
    run_datasets = _datasets(connection, numbers, experiments) if columns.datasets else {}
    run_uses = _models(connection, numbers) if columns.datasets else {}
    return [
        Run(
            info=load_info(row, lost_before_ms=lost_before_ms),
            params=run_params.get(row.id, {}),
            tags=run_tags.get(row.id, {}),
            metrics=run_metrics.get(row.id, {}),
            datasets=tuple(run_datasets.get(row.id, ())),
            models=tuple(run_uses.get(row.id, ())),
        )
        for row in found
    ]


def load_info(row: sa.Row[Any], *, lost_before_ms: int) -> RunInfo:
    """One row of `runs`."""
    status = RunStatus(row.status)
    return RunInfo(
        run_id=row.run_id,
        experiment_id=str(row.experiment_id),
        run_name=row.name,
        status=status,
        start_time_ms=row.start_time,
        artifact_uri=row.artifact_uri,
        user_id=row.user_id,
        end_time_ms=row.end_time,
        lifecycle_stage=LifecycleStage(row.lifecycle_stage),
        deleted_time_ms=row.deleted_time,
        heartbeat_ms=row.heartbeat,
        is_lost=status is RunStatus.RUNNING and row.heartbeat is not None and row.heartbeat < lost_before_ms,
        last_write_ms=row.last_write,
        parent_run_id=row.parent_run_id,
        change=row.change,
    )


def nan_if_none(value: float | None) -> float:
    """NULL stands for NaN in the value columns (see `tables`)."""
    return math.nan if value is None else value


def _texts(
    connection: sa.Connection,
    table: sa.Table,
    kind: KeyKind,
    numbers: list[int],
    experiments: set[int],
    wanted: tuple[str, ...] | None,
) -> dict[int, dict[str, str]]:
    """Params or tags by run number."""
    columns = [table.c.run, table.c.key_id, table.c.value]
    found: dict[int, dict[str, str]] = {}
    for key, (run, _, value) in _by_key(connection, kind, columns, numbers, experiments, wanted):
        found.setdefault(run, {})[key] = value
    return found


def _metrics(
    connection: sa.Connection, numbers: list[int], experiments: set[int], wanted: tuple[str, ...] | None
) -> dict[int, dict[str, MetricSummary]]:
    columns = list(latest_metrics.c)
    found: dict[int, dict[str, MetricSummary]] = {}
    for key, row in _by_key(connection, KeyKind.METRIC, columns, numbers, experiments, wanted):
        run, _, value, step, timestamp, low, high, count = row
        found.setdefault(run, {})[key] = MetricSummary(
            key=key,
            last=nan_if_none(value),
            step=step,
            timestamp_ms=timestamp,
            min=nan_if_none(low),
            max=nan_if_none(high),
            count=count,
        )
    return found


def _by_key(
    connection: sa.Connection,
    kind: KeyKind,
    columns: Sequence[sa.Column[Any]],
    numbers: list[int],
    experiments: set[int],
    wanted: tuple[str, ...] | None,
) -> list[tuple[str, Any]]:
    """Rows of these runs with the names of their keys, by name.

    Args:
        columns: begin with `run` and `key_id`.
        wanted: the keys asked for; None: every one.
    """
    if not numbers or wanted == ():
        return []
    run, key_id = columns[:2]
    query = sa.select(*columns)
    if wanted is not None:
        # A few keys of thousands may be those that every run has: then their index is the long way to a page of runs.
        key = without_index(key_id, is_sqlite=connection.dialect.name == "sqlite")
        query = query.where(key.in_(_key_ids(connection, kind, experiments, wanted)))
    found = [row for chunk in chunks(numbers, MAX_IN) for row in connection.execute(query.where(run.in_(chunk))).all()]
    names = _key_names(connection, {row[1] for row in found})
    return sorted(((names[row[1]], row) for row in found), key=lambda pair: pair[0])


def _key_ids(connection: sa.Connection, kind: KeyKind, experiments: set[int], wanted: Sequence[str]) -> list[int]:
    query = sa.select(keys.c.id).where(keys.c.experiment_id.in_(experiments), keys.c.kind == int(kind))
    return [
        number
        for chunk in chunks(wanted, MAX_IN)
        for number in connection.execute(query.where(keys.c.key.in_(chunk))).scalars()
    ]


def _key_names(connection: sa.Connection, key_ids: set[int]) -> dict[int, str]:
    """Names of the keys that occur: an experiment may have thousands more."""
    names: dict[int, str] = {}
    for chunk in chunks(sorted(key_ids), MAX_IN):
        query = sa.select(keys.c.id, keys.c.key).where(keys.c.id.in_(chunk))
        names.update((row.id, row.key) for row in connection.execute(query))
    return names


def _datasets(connection: sa.Connection, numbers: list[int], experiments: set[int]) -> dict[int, list[DatasetUse]]:
    unseen = unseen_in(connection, experiments)
    found: dict[int, list[DatasetUse]] = {}
    for chunk in chunks(numbers, MAX_IN):
        for row in connection.execute(
            sa.select(dataset_uses.c.run, dataset_uses.c.is_output, dataset_uses.c.tags, datasets)
            .join(datasets, datasets.c.id == dataset_uses.c.dataset_id)
            .where(dataset_uses.c.run.in_(chunk))
            .order_by(dataset_uses.c.id)
        ):
            if row.name in unseen.of(row.experiment_id):
                continue
            dataset = Dataset(
                name=row.name,
                digest=row.digest,
                source_type=row.source_type,
                source=row.source,
                schema=row.schema,
                profile=row.profile,
            )
            use = DatasetUse(dataset=dataset, tags=json.loads(row.tags), is_output=bool(row.is_output))
            found.setdefault(row.run, []).append(use)
    return found


def _models(connection: sa.Connection, numbers: list[int]) -> dict[int, list[ModelUse]]:
    found: dict[int, list[ModelUse]] = {}
    for chunk in chunks(numbers, MAX_IN):
        for row in connection.execute(
            sa.select(run_models)
            .where(run_models.c.run.in_(chunk))
            .order_by(run_models.c.is_output, run_models.c.step, run_models.c.model_id)
        ):
            use = ModelUse(model_id=row.model_id, is_output=bool(row.is_output), step=row.step)
            found.setdefault(row.run, []).append(use)
    return found

"""From rows to values, many at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from runfold.domain.logged_model import LoggedModel, LoggedModelMetric, LoggedModelStatus, Registration
from runfold.domain.model_files import ModelFiles
from runfold.domain.registered_model import (
    ModelCard,
    ModelDataset,
    ModelMetric,
    ModelVersion,
    RegisteredModel,
    Stage,
    VersionStatus,
)
from runfold.stores.sql.hidden import hidden_of, unseen_in
from runfold.stores.sql.registry import tables as t
from runfold.stores.sql.rows import nan_if_none
from runfold.stores.sql.tables import experiments
from runfold.stores.sql.transaction import chunks
from runfold.stores.sql.workspaces import names_of

MAX_IN = 10_000

Grouped = dict[int, list[sa.Row[Any]]]


def load_versions(connection: sa.Connection, found: Sequence[sa.Row[Any]]) -> list[ModelVersion]:
    """Rows of `model_versions` with all that belongs to them, in the order given."""
    numbers = [row.id for row in found]
    models = {row.model for row in found}
    names = _names(connection, models)
    workspaces = names_of(connection, (workspace for _, workspace in names.values()))
    aliases = _aliases(connection, models)
    tags = _texts(connection, t.model_version_tags, "version_id", numbers)
    params = _texts(connection, t.model_version_params, "version_id", numbers)
    metrics = _grouped(connection, t.model_version_metrics, "version_id", numbers)
    datasets = _grouped(connection, t.model_version_datasets, "version_id", numbers)
    flavours = _grouped(connection, t.model_version_flavours, "version_id", numbers)
    hidden = hidden_of(connection)
    unseen = {model: hidden.in_workspace(workspaces[number]) for model, (_, number) in names.items()}
    return [
        ModelVersion(
            name=names[row.model][0],
            workspace=workspaces[names[row.model][1]],
            version=row.version,
            creation_time_ms=row.creation_time,
            last_update_time_ms=row.last_update_time,
            status=VersionStatus(row.status),
            status_message=row.status_message,
            stage=Stage(row.stage),
            description=row.description,
            user_id=row.user_id,
            source=row.source,
            storage_location=row.storage_location,
            run_id=row.run_id,
            run_link=row.run_link,
            model_id=row.model_id,
            tags=tags.get(row.id, {}),
            aliases=tuple(alias for alias, version in aliases.get(row.model, {}).items() if version == row.version),
            card=ModelCard(
                algorithm=row.algorithm or "",
                framework=row.framework or "",
                framework_version=row.framework_version or "",
                task=row.task or "",
                target_platform=row.target_platform or "",
                owner=row.owner or "",
                licence=row.licence or "",
                flavours=tuple(flavour.name for flavour in flavours.get(row.id, ())),
                serialisation=row.serialisation or "",
                signature=row.signature or "",
                metrics=tuple(
                    ModelMetric(
                        key=metric.key,
                        value=nan_if_none(metric.value),
                        step=metric.step,
                        timestamp_ms=metric.timestamp,
                    )
                    for metric in metrics.get(row.id, ())
                ),
                params=params.get(row.id, {}),
                datasets=tuple(
                    ModelDataset(name=dataset.name, digest=dataset.digest, context=dataset.context)
                    for dataset in datasets.get(row.id, ())
                    if dataset.name not in unseen[row.model]
                ),
            ),
            files=None
            if row.n_files is None
            else ModelFiles(size_bytes=row.size_bytes, n_files=row.n_files, digest=row.digest or ""),
        )
        for row in found
    ]


def load_models(connection: sa.Connection, found: Sequence[sa.Row[Any]]) -> list[RegisteredModel]:
    """Rows of `registered_models` with all that belongs to them, in the order given."""
    numbers = [row.id for row in found]
    tags = _texts(connection, t.registered_model_tags, "model", numbers)
    aliases = _aliases(connection, numbers)
    counts = _counts(connection, numbers)
    latest = _latest(connection, numbers)
    workspaces = names_of(connection, (row.workspace for row in found))
    newest = {row.id: row.newest for row in found}
    return [
        RegisteredModel(
            name=row.name,
            workspace=workspaces[row.workspace],
            creation_time_ms=row.creation_time,
            last_update_time_ms=row.last_update_time,
            description=row.description,
            user_id=row.user_id,
            tags=tags.get(row.id, {}),
            aliases=aliases.get(row.id, {}),
            newest=next((version for number, version in latest.get(row.id, ()) if number == newest[row.id]), None),
            latest_versions=tuple(
                sorted((version for _, version in latest.get(row.id, ())), key=lambda version: version.stage.value)
            ),
            n_versions=counts.get(row.id, 0),
        )
        for row in found
    ]


def _latest(connection: sa.Connection, models: Sequence[int]) -> dict[int, list[tuple[int, ModelVersion]]]:
    """Per model the newest ready version of each stage, with its row number."""
    versions = t.model_versions
    found: dict[int, list[tuple[int, ModelVersion]]] = {}
    for some in chunks(models, MAX_IN):
        newest = (
            sa.select(versions.c.model, versions.c.stage, sa.func.max(versions.c.version).label("version"))
            .where(versions.c.model.in_(some), versions.c.status == VersionStatus.READY.value)
            .group_by(versions.c.model, versions.c.stage)
            .subquery()
        )
        query = sa.select(versions).join(
            newest, (versions.c.model == newest.c.model) & (versions.c.version == newest.c.version)
        )
        rows = connection.execute(query).all()
        for row, version in zip(rows, load_versions(connection, rows), strict=True):
            found.setdefault(row.model, []).append((row.id, version))
    return found


def load_logged(connection: sa.Connection, found: Sequence[sa.Row[Any]]) -> list[LoggedModel]:
    """Rows of `logged_models` with all that belongs to them, in the order given."""
    numbers = [row.id for row in found]
    tags = _texts(connection, t.logged_model_tags, "model", numbers)
    params = _texts(connection, t.logged_model_params, "model", numbers)
    metrics = _grouped(connection, t.logged_model_metrics, "model", numbers)
    registrations = _registrations(connection, [row.model_id for row in found])
    unseen = unseen_in(connection, {row.experiment_id for row in found})
    return [
        LoggedModel(
            model_id=row.model_id,
            experiment_id=str(row.experiment_id),
            name=row.name,
            artifact_uri=row.artifact_uri,
            creation_time_ms=row.creation_time,
            last_update_time_ms=row.last_update_time,
            status=LoggedModelStatus(row.status),
            status_message=row.status_message,
            model_type=row.model_type,
            source_run_id=row.source_run_id,
            creator_id=row.creator_id,
            tags=tags.get(row.id, {}),
            params=params.get(row.id, {}),
            metrics=tuple(
                LoggedModelMetric(
                    key=metric.key,
                    value=nan_if_none(metric.value),
                    timestamp_ms=metric.timestamp,
                    step=metric.step,
                    run_id=metric.run_id,
                    dataset_name=metric.dataset_name,
                    dataset_digest=metric.dataset_digest,
                )
                for metric in metrics.get(row.id, ())
                if metric.dataset_name not in unseen.of(row.experiment_id)
            ),
            registrations=tuple(registrations.get(row.model_id, ())),
        )
        for row in found
    ]


def _registrations(connection: sa.Connection, model_ids: Sequence[str]) -> dict[str, list[Registration]]:
    versions, models, logged = t.model_versions, t.registered_models, t.logged_models
    found: dict[str, list[Registration]] = {}
    for some in chunks(model_ids, MAX_IN):
        query = (
            sa.select(versions.c.model_id, models.c.name, versions.c.version)
            .join(models, models.c.id == versions.c.model)
            .join(logged, logged.c.model_id == versions.c.model_id)
            .join(experiments, experiments.c.id == logged.c.experiment_id)
            # What another workspace made of it is not told here.
            .where(versions.c.model_id.in_(some), models.c.workspace == experiments.c.workspace)
            .order_by(models.c.name, versions.c.version)
        )
        for model_id, name, version in connection.execute(query):
            found.setdefault(model_id, []).append(Registration(name, version))
    return found


def _names(connection: sa.Connection, models: Iterable[int]) -> dict[int, tuple[str, int]]:
    """Of each model, with the number of the workspace."""
    names: dict[int, tuple[str, int]] = {}
    for some in chunks(list(models), MAX_IN):
        query = sa.select(t.registered_models.c.id, t.registered_models.c.name, t.registered_models.c.workspace)
        found = connection.execute(query.where(t.registered_models.c.id.in_(some)))
        names.update((number, (name, workspace)) for number, name, workspace in found)
    return names


def _aliases(connection: sa.Connection, models: Iterable[int]) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = {}
    for row_list in _grouped(connection, t.model_aliases, "model", list(models)).values():
        for row in row_list:
            found.setdefault(row.model, {})[row.alias] = row.version
    return found


def _counts(connection: sa.Connection, models: Sequence[int]) -> dict[int, int]:
    counts: dict[int, int] = {}
    column = t.model_versions.c.model
    for some in chunks(models, MAX_IN):
        query = sa.select(column, sa.func.count()).where(column.in_(some)).group_by(column)
        counts.update(connection.execute(query).all())
    return counts


def _texts(connection: sa.Connection, table: sa.Table, owner: str, numbers: Sequence[int]) -> dict[int, dict[str, str]]:
    return {
        number: {row.key: row.value for row in rows}
        for number, rows in _grouped(connection, table, owner, numbers).items()
    }


def _grouped(connection: sa.Connection, table: sa.Table, owner: str, numbers: Sequence[int]) -> Grouped:
    """Rows of a table by the number of what they belong to, in the order of its key."""
    found: Grouped = {}
    for some in chunks(numbers, MAX_IN):
        query = sa.select(table).where(table.c[owner].in_(some)).order_by(*table.primary_key.columns)
        for row in connection.execute(query):
            found.setdefault(getattr(row, owner), []).append(row)
    return found

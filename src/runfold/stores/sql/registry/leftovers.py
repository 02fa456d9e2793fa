"""What a purge has to know of models: which files must stay, and which logged models go along."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from runfold.stores.sql.registry.places import spelled_alike, with_all_above
from runfold.stores.sql.registry.tables import logged_models, model_versions
from runfold.stores.sql.transaction import Transaction, chunks

MAX_IN = 500

_OWNED = ("logged_model_tags", "logged_model_params", "logged_model_metrics")


class VersionFiles:
    """The places that registered versions have their files at, read once."""

    def __init__(self, connection: sa.Connection) -> None:
        rows = connection.execute(sa.select(model_versions.c.storage_location))
        self._places = with_all_above(row.storage_location for row in rows)

    def lie_in(self, folder: str) -> bool:
        """Whether a version's files are in this folder, at any depth."""
        return spelled_alike(folder) in self._places


def logged_in_experiments(connection: sa.Connection, numbers: Sequence[int]) -> dict[int, str]:
    """Numbers and own folders of the logged models of experiments; see `_own_folder`."""
    found: dict[int, str] = {}
    for some in chunks(numbers, MAX_IN):
        rows = connection.execute(sa.select(logged_models).where(logged_models.c.experiment_id.in_(some)))
        found.update((row.id, _own_folder(row)) for row in rows)
    return found


def _own_folder(row: sa.Row[Any]) -> str:
    """Empty for a model whose files are among those of its run: they go with that, and another model may lie there."""
    return row.artifact_uri if row.model_id in row.artifact_uri else ""


def logged_in_runs(connection: sa.Connection, locations: Sequence[str]) -> list[int]:
    """Numbers of the logged models whose files are among those of runs, which are at these locations."""
    places = {spelled_alike(location) for location in locations}
    found: list[int] = []
    for some in chunks(sorted({_run_id_in(place) for place in places}), MAX_IN):
        query = sa.select(logged_models.c.id, logged_models.c.artifact_uri)
        rows = connection.execute(query.where(logged_models.c.source_run_id.in_(some)))
        found += [row.id for row in rows if not places.isdisjoint(with_all_above([row.artifact_uri]))]
    return found


def _run_id_in(place: str) -> str:
    """A run's files lie at `<location of its experiment>/<run id>/artifacts`."""
    return place.split("/")[-2] if "/" in place else place


def deleted_logged(connection: sa.Connection, older_than_ms: int | None) -> dict[int, str]:
    """Numbers and own folders of logged models that were deleted by themselves."""
    query = sa.select(logged_models).where(logged_models.c.deleted_time.is_not(None))
    if older_than_ms is not None:
        query = query.where(logged_models.c.deleted_time < older_than_ms)
    return {row.id: _own_folder(row) for row in connection.execute(query)}


def remove_logged(transaction: Transaction, numbers: Sequence[int]) -> None:
    for some in chunks(numbers, MAX_IN):
        marks = ", ".join("?" * len(some))
        models = f"SELECT model_id FROM logged_models WHERE id IN ({marks})"  # noqa: S608 (only marks)
        transaction.run(f"DELETE FROM run_models WHERE model_id IN ({models})", some)  # noqa: S608 (only marks)
        for table in _OWNED:
            transaction.run(f"DELETE FROM {table} WHERE model IN ({marks})", some)  # noqa: S608 (constants)
        transaction.run(f"DELETE FROM logged_models WHERE id IN ({marks})", some)  # noqa: S608 (only marks)

"""Where the files of a version lie, when its source names another model."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa

from runfold.domain.model_files import ModelFiles
from runfold.domain.model_uri import ModelUri, is_model_uri, parse_model_uri
from runfold.domain.registered_model import ModelCard, ModelVersion
from runfold.errors import InvalidValue, NotFound
from runfold.stores.sql.registry.aliases import get_by_alias
from runfold.stores.sql.registry.models import find_number, get_model
from runfold.stores.sql.registry.rows import load_versions
from runfold.stores.sql.registry.tables import logged_models, model_versions
from runfold.stores.sql.tables import runs


class Source(NamedTuple):
    """
    Attributes:
        location: where the files lie.
        version: the version that the source names; None: it names none.
    """

    location: str
    run_id: str = ""
    model_id: str = ""
    card: ModelCard = ModelCard()
    files: ModelFiles | None = None
    version: ModelVersion | None = None


def resolve(connection: sa.Connection, source: str, *, model_id: str = "") -> Source:
    """
    Args:
        model_id: that the caller gave beside the source; it must exist.

    Raises:
        NotFound: the source or `model_id` names a model that is not there.
        InvalidValue: the source is no `models:/` URI although it begins like one.
    """
    if model_id:
        logged_location(connection, model_id)
    if source.lower().startswith("runs:"):
        return _in_run(connection, source)
    if not is_model_uri(source):
        return Source(source)
    uri = parse_model_uri(source)
    if uri.model_id:
        location, run_id = logged_location(connection, uri.model_id)
        return Source(_below(location, uri.path), run_id, uri.model_id)
    version = _find_version(connection, uri)
    version.check_ready()
    if uri.path:
        raise InvalidValue(f"The source {source!r} names a part of a version; a version is registered whole.")
    return Source(version.storage_location, version.run_id, version.model_id, version.card, version.files, version)


def _in_run(connection: sa.Connection, source: str) -> Source:
    """What `runs:/<run id>/<path>` means; as it is when there is no such run, which MLflow's servers let pass."""
    run_id, _, path = source.partition(":")[2].strip("/").partition("/")
    query = sa.select(runs.c.artifact_uri).where(runs.c.run_id == run_id)
    found = None if "\x00" in run_id else connection.execute(query).scalar()
    if found is None:
        return Source(source)
    location = _below(found, path)
    logged = sa.select(logged_models.c.model_id).where(
        logged_models.c.source_run_id == run_id,
        logged_models.c.artifact_uri == location,
        logged_models.c.deleted_time.is_(None),
    )
    return Source(location, model_id=connection.execute(logged).scalar() or "")


def logged_location(connection: sa.Connection, model_id: str) -> tuple[str, str]:
    """Location and run of a logged model."""
    columns = logged_models.c
    query = sa.select(columns.artifact_uri, columns.source_run_id).where(
        columns.model_id == model_id, columns.deleted_time.is_(None)
    )
    found = None if "\x00" in model_id else connection.execute(query).first()
    if found is None:
        raise NotFound("logged model", model_id)
    return found.artifact_uri, found.source_run_id


def _find_version(connection: sa.Connection, uri: ModelUri) -> ModelVersion:
    if uri.alias:
        return get_by_alias(connection, uri.name, uri.alias, at_ms=None)
    if uri.version is not None:
        query = sa.select(model_versions).where(
            model_versions.c.model == find_number(connection, uri.name), model_versions.c.version == uri.version
        )
        candidates = tuple(load_versions(connection, connection.execute(query).all()))
    else:
        model = get_model(connection, uri.name)
        candidates = tuple(version for version in model.latest_versions if uri.stage in (None, version.stage))
        candidates = candidates if uri.stage else tuple(filter(None, (model.newest,)))
    for version in candidates:
        return version
    raise NotFound("model version", str(uri) if uri.version is None else f"{uri.name}/{uri.version}")


def _below(location: str, path: str) -> str:
    return f"{location.rstrip('/')}/{path}" if path else location

"""Where the values of fields of models are stored: one `Shape` for each kind of record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import ColumnElement, FromClause, Table

from runfold.domain.logged_model import LoggedModelStatus
from runfold.search.fields import CARD_TEXTS, LOGGED_MODELS, MODEL_VERSIONS, REGISTERED_MODELS, Language
from runfold.search.tree import Group
from runfold.stores.sql.registry import tables as t
from runfold.stores.sql.search.values import Condition

Column = ColumnElement[Any]


class Many(msgspec.Struct, frozen=True):
    """Values that lie in rows of their own.

    Attributes:
        belongs: that a row belongs to the record.
        value: the column with the value.
    """

    table: FromClause
    belongs: Callable[[FromClause], Condition]
    value: Callable[[FromClause], Column]


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """
    Attributes:
        table: whose rows are found.
        source: what is read from.
        columns: attributes with one value; NULL where it is missing.
        required: attributes that every record has.
        keyed: per group the table with its keys, the column there that names the record, and the record's number.
        several: attributes with several values.
        datasets: rows with name, digest and context, likewise.
    """

    language: Language
    table: Table
    source: FromClause
    columns: Mapping[str, Column]
    required: frozenset[str]
    keyed: Mapping[Group, tuple[Table, str, Column]]
    several: Mapping[str, Many]
    datasets: tuple[Table, str, Column] | None = None


def _card_columns(version: FromClause) -> dict[str, Column]:
    return {**{name: version.c[name] for name in CARD_TEXTS}, "size": version.c.size_bytes}


def _version_keyed(version: FromClause) -> dict[Group, tuple[Table, str, Column]]:
    return {
        Group.METRIC: (t.model_version_metrics, "version_id", version.c.id),
        Group.PARAM: (t.model_version_params, "version_id", version.c.id),
    }


def _flavours(version: FromClause) -> Many:
    return Many(t.model_version_flavours, lambda row: row.c.version_id == version.c.id, lambda row: row.c.name)


_models, _versions, _logged = t.registered_models, t.model_versions, t.logged_models
_newest = _versions.alias("newest")

MODELS = Shape(
    language=REGISTERED_MODELS,
    table=_models,
    source=_models.outerjoin(_newest, _newest.c.id == _models.c.newest),
    columns={
        "name": _models.c.name,
        "description": sa.func.nullif(_models.c.description, ""),
        "user_id": _models.c.user_id,
        "creation_timestamp": _models.c.creation_time,
        "last_updated_timestamp": _models.c.last_update_time,
        **_card_columns(_newest),
    },
    required=frozenset({"name", "user_id", "creation_timestamp", "last_updated_timestamp"}),
    keyed={Group.TAG: (t.registered_model_tags, "model", _models.c.id), **_version_keyed(_newest)},
    several={
        "flavour": _flavours(_newest),
        "alias": Many(t.model_aliases, lambda row: row.c.model == _models.c.id, lambda row: row.c.alias),
    },
    datasets=(t.model_version_datasets, "version_id", _newest.c.id),
)

VERSIONS = Shape(
    language=MODEL_VERSIONS,
    table=_versions,
    source=_versions.join(_models, _models.c.id == _versions.c.model),
    columns={
        "name": _models.c.name,
        "version_number": _versions.c.version,
        "description": sa.func.nullif(_versions.c.description, ""),
        "user_id": _versions.c.user_id,
        "creation_timestamp": _versions.c.creation_time,
        "last_updated_timestamp": _versions.c.last_update_time,
        "current_stage": _versions.c.stage,
        "status": _versions.c.status,
        "source_path": _versions.c.source,
        "run_id": sa.func.nullif(_versions.c.run_id, ""),
        "model_id": sa.func.nullif(_versions.c.model_id, ""),
        **_card_columns(_versions),
    },
    required=frozenset(
        {
            "name",
            "version_number",
            "user_id",
            "creation_timestamp",
            "last_updated_timestamp",
            "current_stage",
            "status",
            "source_path",
        }
    ),
    keyed={Group.TAG: (t.model_version_tags, "version_id", _versions.c.id), **_version_keyed(_versions)},
    several={
        "flavour": _flavours(_versions),
        "alias": Many(
            t.model_aliases,
            lambda row: sa.and_(row.c.model == _versions.c.model, row.c.version == _versions.c.version),
            lambda row: row.c.alias,
        ),
    },
    datasets=(t.model_version_datasets, "version_id", _versions.c.id),
)

# The version and its model in one row, under the names of both.
_registered = (
    sa.select(_versions.c.model_id, _models.c.name)
    .join(_models, _models.c.id == _versions.c.model)
    .subquery("registered")
)

LOGGED = Shape(
    language=LOGGED_MODELS,
    table=_logged,
    source=_logged,
    columns={
        "name": _logged.c.name,
        "model_id": _logged.c.model_id,
        "model_type": sa.func.nullif(_logged.c.model_type, ""),
        "status": sa.case({int(status): status.wire_name for status in LoggedModelStatus}, value=_logged.c.status),
        "source_run_id": sa.func.nullif(_logged.c.source_run_id, ""),
        "artifact_uri": _logged.c.artifact_uri,
        "experiment_id": sa.cast(_logged.c.experiment_id, sa.Text),
        "creation_timestamp": _logged.c.creation_time,
        "last_updated_timestamp": _logged.c.last_update_time,
    },
    required=frozenset(
        {
            "name",
            "model_id",
            "status",
            "artifact_uri",
            "experiment_id",
            "creation_timestamp",
            "last_updated_timestamp",
        }
    ),
    keyed={
        Group.TAG: (t.logged_model_tags, "model", _logged.c.id),
        Group.PARAM: (t.logged_model_params, "model", _logged.c.id),
        Group.METRIC: (t.logged_model_metrics, "model", _logged.c.id),
    },
    several={
        "registered_model": Many(_registered, lambda row: row.c.model_id == _logged.c.model_id, lambda row: row.c.name)
    },
)

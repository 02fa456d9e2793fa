"""The values of fields of models, for `evaluate`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from runfold.domain.logged_model import LoggedModel
from runfold.domain.registered_model import PROMPT_TAG, ModelVersion, RegisteredModel
from runfold.search import tree
from runfold.search.fields import CARD_TEXTS
from runfold.search.tree import Field, Group, Node, Operator

PROMPT_FIELD = Field(group=Group.TAG, name=PROMPT_TAG, kind=tree.Kind.TEXT)


_IS_PROMPT = tree.Comparison(PROMPT_FIELD, Operator.EQUAL, "true")
_IS_NO_PROMPT = tree.Not(_IS_PROMPT)


def without_prompts(node: Node) -> Node:
    """A filter that leaves prompts out, unless it names their tag itself (MLflow's rule).

    MLflow's clients from 2.22 on say ``tags.`mlflow.prompt.is_prompt` != 'true'`` and mean what never had the tag too.
    """
    meant = _as_meant(node)
    return meant if _names_prompts(node) else tree.All((meant, _IS_NO_PROMPT))


def _as_meant(node: Node) -> Node:
    match node:
        case tree.All(parts):
            return tree.All(tuple(map(_as_meant, parts)))
        case tree.Any(parts):
            return tree.Any(tuple(map(_as_meant, parts)))
        case tree.Not(part):
            return tree.Not(_as_meant(part))
    return _IS_NO_PROMPT if node == tree.Comparison(PROMPT_FIELD, Operator.DIFFERENT, "true") else node


def _names_prompts(node: Node) -> bool:
    match node:
        case tree.All(parts) | tree.Any(parts):
            return any(_names_prompts(part) for part in parts)
        case tree.Not(part):
            return _names_prompts(part)
    return node.field == PROMPT_FIELD


def values(field: Field, record: RegisteredModel | ModelVersion | LoggedModel) -> Sequence[Any]:
    """The values of a field that is no tag, None where it is missing; several for what there may be several of."""
    match record:
        case LoggedModel():
            return _of_logged(field, record)
        case ModelVersion():
            return _of_version(field, record)
    match field.group, field.name:
        case Group.ATTRIBUTE, "name" | "user_id":
            return (getattr(record, field.name),)
        case Group.ATTRIBUTE, "description":
            return (record.description or None,)
        case Group.ATTRIBUTE, "creation_timestamp":
            return (record.creation_time_ms,)
        case Group.ATTRIBUTE, "last_updated_timestamp":
            return (record.last_update_time_ms,)
        case Group.ATTRIBUTE, "alias":
            return tuple(record.aliases) or (None,)
    return (None,) if record.newest is None else _of_version(field, record.newest)


def _of_version(field: Field, version: ModelVersion) -> Sequence[Any]:
    match field.group:
        case Group.PARAM:
            return (version.card.params.get(field.name),)
        case Group.METRIC:
            return (next((metric.value for metric in version.card.metrics if metric.key == field.name), None),)
        case Group.DATASET:
            return [getattr(dataset, field.name) or None for dataset in version.card.datasets] or [None]
    match field.name:
        case "alias":
            return version.aliases or (None,)
        case "flavour":
            return version.card.flavours or (None,)
        case _:
            return (_attribute_of_version(field.name, version),)


def _attribute_of_version(name: str, version: ModelVersion) -> Any:
    match name:
        case "version_number":
            return version.version
        case "creation_timestamp":
            return version.creation_time_ms
        case "last_updated_timestamp":
            return version.last_update_time_ms
        case "current_stage":
            return version.stage.value
        case "source_path":
            return version.source
        case "size":
            return None if version.files is None else version.files.size_bytes
        case "digest":
            return None if version.files is None else version.files.digest or None
        case "run_id" | "model_id" | "description":
            return getattr(version, name) or None
    return getattr(version.card, name) or None if name in CARD_TEXTS else getattr(version, name)


def newest_value(field: Field, model: LoggedModel) -> Sequence[Any]:
    """The one value to order by: of a metric that several runs or datasets have given values, the newest."""
    if field.group is Group.TAG:
        return (model.tags.get(field.name),)
    points = [metric for metric in model.metrics if field.group is Group.METRIC and metric.key == field.name]
    if not points:
        return _of_logged(field, model)
    newest = max(points, key=lambda p: (p.timestamp_ms, p.step, p.run_id, p.dataset_name, p.dataset_digest))
    return (newest.value,)


def _of_logged(field: Field, model: LoggedModel) -> Sequence[Any]:
    match field.group:
        case Group.PARAM:
            return (model.params.get(field.name),)
        case Group.METRIC:
            return [metric.value for metric in model.metrics if metric.key == field.name] or [None]
    match field.name:
        case "status":
            return (model.status.wire_name,)
        case "creation_timestamp":
            return (model.creation_time_ms,)
        case "last_updated_timestamp":
            return (model.last_update_time_ms,)
        case "registered_model":
            return tuple({registration.name for registration in model.registrations}) or (None,)
        case "model_type" | "source_run_id":
            return (getattr(model, field.name) or None,)
    return (getattr(model, field.name),)

"""Numbers, states and tags."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from runfold.domain.states import RunStatus, ViewType
from runfold.errors import InvalidValue
from runfold.wire.messages.base import Number, RunRef, RunStatusName, Tag, ViewTypeName


def number_out(value: float) -> Number:
    if math.isfinite(value):
        return value
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def number_in(value: Number) -> float:
    return float(value)


def maybe_number_out(value: float | None) -> Number | None:
    return None if value is None else number_out(value)


def maybe_number_in(value: Number | None) -> float | None:
    return None if value is None else float(value)


def status_out(status: RunStatus) -> RunStatusName:
    return RunStatusName[status.name]


def status_in(status: RunStatusName | None) -> RunStatus | None:
    return None if status is None else RunStatus[status.name]


def view_type_in(view: ViewTypeName) -> ViewType:
    return ViewType[view.name]


def view_type_out(view: ViewType) -> ViewTypeName:
    return ViewTypeName[view.name]


def tags_out(tags: Mapping[str, str]) -> tuple[Tag, ...]:
    return tuple(Tag(key=key, value=value) for key, value in tags.items())


def tags_in(tags: Iterable[Tag]) -> dict[str, str]:
    """Of a key that comes twice the last counts."""
    return {tag.key: tag.value for tag in tags}


def run_id_in(request: RunRef) -> str:
    """Raises InvalidValue when a request names no run."""
    run_id = request.run_id or request.run_uuid
    if not run_id:
        raise InvalidValue("Missing value for required parameter 'run_id'.")
    return run_id

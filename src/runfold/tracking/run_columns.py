"""Runs as the columns of a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from runfold.tracking.run_view import RunView

TIME_COLUMNS = ("start_time", "end_time")
"""Hold Unix milliseconds or None."""


def columns_of(runs: Sequence[RunView]) -> dict[str, list[object]]:
    """A value per run in each column; None where a run has none. Names and order are MLflow's."""
    columns: dict[str, list[object]] = {
        "run_id": [run.info.run_id for run in runs],
        "experiment_id": [run.info.experiment_id for run in runs],
        "status": [run.info.status for run in runs],
        "artifact_uri": [run.info.artifact_uri for run in runs],
        "start_time": [run.info.start_time for run in runs],
        "end_time": [run.info.end_time for run in runs],
    }
    data = [run.data for run in runs]
    columns |= _by_key("metrics", [one.metrics for one in data])
    columns |= _by_key("params", [one.params for one in data])
    columns |= _by_key("tags", [one.tags for one in data])
    return columns


def _by_key(prefix: str, values: Sequence[dict[str, str] | dict[str, float]]) -> dict[str, list[object]]:
    keys = _in_order(key for one in values for key in one)
    return {f"{prefix}.{key}": [one.get(key) for one in values] for key in keys}


def _in_order(keys: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(keys))

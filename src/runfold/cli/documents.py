"""Records as JSON documents for `--json`: flat, with every value, enums by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runfold.domain.keys import KeyStats
    from runfold.domain.run import Run


def run_document(run: Run) -> dict[str, object]:
    info = run.info
    return {
        "run_id": info.run_id,
        "run_name": info.run_name,
        "experiment_id": info.experiment_id,
        "status": info.status.name,
        "is_lost": info.is_lost,
        "lifecycle_stage": info.lifecycle_stage.value,
        "user_id": info.user_id,
        "start_time_ms": info.start_time_ms,
        "end_time_ms": info.end_time_ms,
        "duration_ms": info.duration_ms,
        "last_write_ms": info.last_write_ms,
        "parent_run_id": info.parent_run_id,
        "artifact_uri": info.artifact_uri,
        "params": run.params,
        "metrics": {key: {**_plain(summary), "key": key} for key, summary in run.metrics.items()},
        "tags": run.tags,
        "datasets": [_plain(use) for use in run.datasets],
    }


def key_document(key: KeyStats) -> dict[str, object]:
    return {**_plain(key), "kind": key.kind.name.lower()}


def _plain(value: object) -> dict[str, object]:
    import msgspec

    plain: dict[str, object] = msgspec.to_builtins(value)
    return plain

"""Experiments: named sets of runs; names with `/` show as folders."""

from __future__ import annotations

import msgspec

from runfold.domain import known_tags
from runfold.domain.ids import ExperimentId
from runfold.domain.states import LifecycleStage
from runfold.domain.workspace import DEFAULT_WORKSPACE


class Experiment(msgspec.Struct, frozen=True, kw_only=True):
    """A named set of runs.

    Attributes:
        artifact_location: URI below which the runs of this experiment keep their files.
        description: Markdown, the same text as the tag `mlflow.note.content`.
    """

    experiment_id: ExperimentId
    name: str
    artifact_location: str
    lifecycle_stage: LifecycleStage = LifecycleStage.ACTIVE
    creation_time_ms: int = 0
    last_update_time_ms: int = 0
    tags: dict[str, str] = {}
    workspace: str = DEFAULT_WORKSPACE

    @property
    def description(self) -> str:
        return self.tags.get(known_tags.DESCRIPTION, "")


class ExperimentSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What a list of experiments shows beside the name.

    Attributes:
        n_runs: active runs.
        n_running: active runs in state RUNNING that are not lost.
        last_run_ms: start of the newest active run; None without runs.
        runs_per_day: counts of runs started on each of the last days, oldest first, UTC days.
    """

    experiment: Experiment
    n_runs: int = 0
    n_running: int = 0
    last_run_ms: int | None = None
    runs_per_day: tuple[int, ...] = ()

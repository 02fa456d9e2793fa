"""Experiments."""

from __future__ import annotations

from runfold.domain.experiment import Experiment, ExperimentSummary
from runfold.domain.states import LifecycleStage
from runfold.wire.convert.values import tags_in, tags_out
from runfold.wire.messages.experiments import ExperimentMessage, ExperimentSummaryMessage


def experiment_out(experiment: Experiment) -> ExperimentMessage:
    return ExperimentMessage(
        experiment_id=experiment.experiment_id,
        name=experiment.name,
        artifact_location=experiment.artifact_location,
        lifecycle_stage=experiment.lifecycle_stage.value,
        last_update_time=experiment.last_update_time_ms,
        creation_time=experiment.creation_time_ms,
        tags=tags_out(experiment.tags),
        workspace=experiment.workspace,
    )


def experiment_in(message: ExperimentMessage) -> Experiment:
    return Experiment(
        experiment_id=message.experiment_id,
        name=message.name,
        artifact_location=message.artifact_location,
        lifecycle_stage=LifecycleStage(message.lifecycle_stage),
        last_update_time_ms=message.last_update_time,
        creation_time_ms=message.creation_time,
        tags=tags_in(message.tags),
        workspace=message.workspace,
    )


def summary_out(summary: ExperimentSummary) -> ExperimentSummaryMessage:
    return ExperimentSummaryMessage(
        experiment=experiment_out(summary.experiment),
        n_runs=summary.n_runs,
        n_running=summary.n_running,
        last_run_ms=summary.last_run_ms,
        runs_per_day=summary.runs_per_day,
    )


def summary_in(message: ExperimentSummaryMessage) -> ExperimentSummary:
    return ExperimentSummary(
        experiment=experiment_in(message.experiment),
        n_runs=message.n_runs,
        n_running=message.n_running,
        last_run_ms=message.last_run_ms,
        runs_per_day=message.runs_per_day,
    )

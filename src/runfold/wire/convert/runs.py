"""Runs as MLflow's clients know them."""

from __future__ import annotations

from runfold.domain.run import Run, RunInfo
from runfold.wire.convert.datasets import dataset_out
from runfold.wire.convert.values import number_out, tags_out
from runfold.wire.messages.datasets import (
    DatasetInputMessage,
    ModelInputMessage,
    RunInputsMessage,
)
from runfold.wire.messages.logged_models import ModelOutputMessage
from runfold.wire.messages.metrics import (
    MetricMessage,
    ParamMessage,
)
from runfold.wire.messages.runs import (
    RunDataMessage,
    RunInfoMessage,
    RunMessage,
    RunOutputsMessage,
)


def run_info_out(info: RunInfo) -> RunInfoMessage:
    return RunInfoMessage(
        run_id=info.run_id,
        run_uuid=info.run_id,
        run_name=info.run_name,
        experiment_id=info.experiment_id,
        user_id=info.user_id,
        status=info.status.name,
        start_time=info.start_time_ms,
        end_time=info.end_time_ms,
        artifact_uri=info.artifact_uri,
        lifecycle_stage=info.lifecycle_stage.value,
    )


def run_out(run: Run) -> RunMessage:
    made = tuple(ModelOutputMessage(model_id=use.model_id, step=use.step) for use in run.models if use.is_output)
    return RunMessage(
        info=run_info_out(run.info),
        data=RunDataMessage(
            metrics=tuple(
                MetricMessage(key, number_out(found.last), found.timestamp_ms, found.step)
                for key, found in run.metrics.items()
            ),
            params=tuple(ParamMessage(key=key, value=value) for key, value in run.params.items()),
            tags=tags_out(run.tags),
        ),
        inputs=RunInputsMessage(
            dataset_inputs=tuple(
                DatasetInputMessage(dataset=dataset_out(use.dataset), tags=tags_out(use.tags))
                for use in run.datasets
                if not use.is_output
            ),
            model_inputs=tuple(ModelInputMessage(model_id=use.model_id) for use in run.models if not use.is_output),
        ),
        outputs=RunOutputsMessage(model_outputs=made) if made else None,
    )

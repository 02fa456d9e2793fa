"""Registered and logged models as MLflow's clients know them."""

from __future__ import annotations

from runfold.domain.logged_model import LoggedModel, LoggedModelMetric, LoggedModelStatus, Registration
from runfold.domain.registered_model import ModelVersion, RegisteredModel
from runfold.wire.convert.values import number_in, number_out, tags_in, tags_out
from runfold.wire.messages.logged_models import (
    LoggedModelDataMessage,
    LoggedModelInfoMessage,
    LoggedModelMessage,
    LoggedModelStatusName,
    RegistrationMessage,
)
from runfold.wire.messages.metrics import ParamMessage
from runfold.wire.messages.models import (
    AliasMessage,
    ModelMetricMessage,
    ModelParamMessage,
    ModelVersionMessage,
    RegisteredModelMessage,
)


def model_version_out(version: ModelVersion) -> ModelVersionMessage:
    """Params and metrics are those of the logged model that it is a version of, as MLflow has it."""
    card = version.card
    return ModelVersionMessage(
        name=version.name,
        version=str(version.version),
        creation_timestamp=version.creation_time_ms,
        last_updated_timestamp=version.last_update_time_ms,
        current_stage=version.stage.value,
        description=version.description,
        user_id=version.user_id,
        source=version.source,
        run_id=version.run_id,
        status=version.status.value,
        status_message=version.status_message,
        run_link=version.run_link,
        tags=tags_out(version.tags),
        aliases=version.aliases,
        model_id=version.model_id,
        model_params=tuple(ModelParamMessage(name=key, value=value) for key, value in card.params.items())
        if version.model_id
        else (),
        model_metrics=tuple(
            ModelMetricMessage(
                key=metric.key,
                value=number_out(metric.value),
                timestamp=metric.timestamp_ms,
                step=metric.step,
                model_id=version.model_id,
                run_id=version.run_id,
            )
            for metric in card.metrics
        )
        if version.model_id
        else (),
    )


def registered_model_out(model: RegisteredModel) -> RegisteredModelMessage:
    return RegisteredModelMessage(
        name=model.name,
        creation_timestamp=model.creation_time_ms,
        last_updated_timestamp=model.last_update_time_ms,
        user_id=model.user_id,
        description=model.description,
        latest_versions=tuple(map(model_version_out, model.latest_versions)),
        tags=tags_out(model.tags),
        aliases=tuple(AliasMessage(alias=alias, version=str(version)) for alias, version in model.aliases.items()),
    )


def logged_model_out(model: LoggedModel) -> LoggedModelMessage:
    return LoggedModelMessage(
        info=LoggedModelInfoMessage(
            model_id=model.model_id,
            experiment_id=model.experiment_id,
            name=model.name,
            creation_timestamp_ms=model.creation_time_ms,
            last_updated_timestamp_ms=model.last_update_time_ms,
            artifact_uri=model.artifact_uri,
            status=logged_status_out(model.status),
            # Text for us, int64 for MLflow, whose clients fail on anything else.
            creator_id=model.creator_id if model.creator_id.isdecimal() else "",
            model_type=model.model_type,
            source_run_id=model.source_run_id,
            status_message=model.status_message,
            tags=tags_out(model.tags),
            registrations=tuple(
                RegistrationMessage(name=found.name, version=str(found.version)) for found in model.registrations
            ),
        ),
        data=LoggedModelDataMessage(
            params=tuple(ParamMessage(key=key, value=value) for key, value in model.params.items()),
            metrics=tuple(
                ModelMetricMessage(
                    key=metric.key,
                    value=number_out(metric.value),
                    timestamp=metric.timestamp_ms,
                    step=metric.step,
                    dataset_name=metric.dataset_name,
                    dataset_digest=metric.dataset_digest,
                    model_id=model.model_id,
                    run_id=metric.run_id,
                )
                for metric in model.metrics
            ),
        ),
    )


def logged_model_in(message: LoggedModelMessage) -> LoggedModel:
    info = message.info
    return LoggedModel(
        model_id=info.model_id,
        experiment_id=info.experiment_id,
        name=info.name,
        artifact_uri=info.artifact_uri,
        creation_time_ms=info.creation_timestamp_ms,
        last_update_time_ms=info.last_updated_timestamp_ms,
        status=logged_status_in(info.status),
        status_message=info.status_message,
        model_type=info.model_type,
        source_run_id=info.source_run_id,
        creator_id=info.creator_id,
        tags=tags_in(info.tags),
        params={param.key: param.value for param in message.data.params},
        metrics=tuple(
            LoggedModelMetric(
                key=metric.key,
                value=number_in(metric.value),
                timestamp_ms=metric.timestamp,
                step=metric.step or 0,
                run_id=metric.run_id,
                dataset_name=metric.dataset_name,
                dataset_digest=metric.dataset_digest,
            )
            for metric in message.data.metrics
        ),
        registrations=tuple(Registration(found.name, int(found.version)) for found in info.registrations),
    )


def logged_status_out(status: LoggedModelStatus) -> LoggedModelStatusName:
    return LoggedModelStatusName[status.wire_name]


def logged_status_in(status: LoggedModelStatusName) -> LoggedModelStatus:
    return LoggedModelStatus[status.name.removeprefix("LOGGED_MODEL_")]

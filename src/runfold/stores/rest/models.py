"""Registered and logged models of a server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from runfold.domain.ids import RunId
from runfold.domain.logged_model import LoggedModel, LoggedModelStatus, ModelUse, NewLoggedModel
from runfold.domain.model_files import ModelFile
from runfold.domain.model_policy import ModelPolicy
from runfold.domain.page import Page
from runfold.domain.registered_model import (
    AliasMove,
    CardChanges,
    ModelVersion,
    NewModelVersion,
    RegisteredModel,
    Stage,
)
from runfold.errors import InvalidValue
from runfold.stores.registry import LoggedModelQuery, ModelQuery
from runfold.stores.rest.connection import Connection
from runfold.wire import convert
from runfold.wire.messages import datasets, logged_models, models, registry
from runfold.wire.messages.base import Empty, Message
from runfold.wire.messages.metrics import ParamMessage


class RestModels:
    """Where MLflow has a call that says all there is to say, it is used; records come by Runfold's own."""

    _connection: Connection

    # Registered models

    def create_registered_model(
        self, name: str, *, description: str = "", user_id: str = "", tags: Mapping[str, str] | None = None
    ) -> RegisteredModel:
        request = registry.CreateModelRecord(name=name, description=description, user_id=user_id, tags=dict(tags or {}))
        reply = self._connection.call("models/create", request, registry.ModelRecordReply, is_repeatable=False)
        return convert.model_record_in(reply.model)

    def get_registered_model(self, name: str) -> RegisteredModel:
        reply = self._connection.call("models/get", registry.GetModelRecord(name=name), registry.ModelRecordReply)
        return convert.model_record_in(reply.model)

    def search_registered_models(self, query: ModelQuery) -> Page[RegisteredModel]:
        request = registry.SearchModelRecords(
            filter=query.filter, order_by=query.order_by, max_results=query.max_results, page_token=query.page_token
        )
        reply = self._connection.call("models/search", request, registry.SearchModelRecordsReply)
        return Page(tuple(map(convert.model_record_in, reply.models)), reply.next_page_token)

    def rename_registered_model(self, name: str, new_name: str) -> RegisteredModel:
        request = models.RenameRegisteredModel(name=name, new_name=new_name)
        self._connection.call("mlflow:registered-models/rename", request, Empty, is_repeatable=False)
        return self.get_registered_model(new_name)

    def update_registered_model(self, name: str, *, description: str) -> RegisteredModel:
        request = models.UpdateRegisteredModel(name=name, description=description)
        self._connection.call("mlflow:registered-models/update", request, Empty)
        return self.get_registered_model(name)

    def delete_registered_model(self, name: str) -> None:
        request = models.RegisteredModelRef(name=name)
        self._connection.call("mlflow:registered-models/delete", request, Empty, is_repeatable=False)

    def set_registered_model_tag(self, name: str, key: str, value: str) -> None:
        request = models.SetRegisteredModelTag(name=name, key=key, value=value)
        self._connection.call("mlflow:registered-models/set-tag", request, Empty)

    def delete_registered_model_tag(self, name: str, key: str) -> None:
        request = models.DeleteRegisteredModelTag(name=name, key=key)
        self._connection.call("mlflow:registered-models/delete-tag", request, Empty)

    # Versions

    def create_model_version(self, version: NewModelVersion) -> ModelVersion:
        return self._version("model-versions/register", convert.new_version_out(version), is_repeatable=False)

    def get_model_version(self, name: str, version: int) -> ModelVersion:
        return self._version("model-versions/get", registry.GetVersionRecord(name=name, version=version))

    def list_model_version_files(self, name: str, version: int) -> tuple[ModelFile, ...]:
        request = registry.GetVersionRecord(name=name, version=version)
        reply = self._connection.call("model-versions/registered-files", request, registry.RegisteredFilesReply)
        return convert.listing_in(reply.files)

    def search_model_versions(self, query: ModelQuery) -> Page[ModelVersion]:
        request = registry.SearchVersionRecords(
            filter=query.filter, order_by=query.order_by, max_results=query.max_results, page_token=query.page_token
        )
        reply = self._connection.call("model-versions/search", request, registry.VersionRecordsReply)
        return Page(tuple(map(convert.version_record_in, reply.versions)), reply.next_page_token)

    def latest_model_versions(self, name: str, stages: Sequence[Stage] = ()) -> tuple[ModelVersion, ...]:
        latest = self.get_registered_model(name).latest_versions
        return tuple(version for version in latest if not stages or version.stage in stages)

    def update_model_version(self, name: str, version: int, *, description: str) -> ModelVersion:
        request = models.UpdateModelVersion(name=name, version=version, description=description)
        self._connection.call("mlflow:model-versions/update", request, Empty)
        return self.get_model_version(name, version)

    def update_model_card(self, name: str, version: int, changes: CardChanges) -> ModelVersion:
        return self._version("model-versions/update-card", convert.card_changes_out(name, version, changes))

    def transition_model_version(
        self, name: str, version: int, stage: Stage, *, archive_existing: bool = False
    ) -> ModelVersion:
        request = models.TransitionModelVersion(
            name=name, version=version, stage=stage.value, archive_existing_versions=archive_existing
        )
        self._connection.call("mlflow:model-versions/transition-stage", request, Empty)
        return self.get_model_version(name, version)

    def delete_model_version(self, name: str, version: int) -> None:
        request = models.ModelVersionRef(name=name, version=version)
        self._connection.call("mlflow:model-versions/delete", request, Empty, is_repeatable=False)

    def set_model_version_tag(self, name: str, version: int, key: str, value: str) -> None:
        request = models.SetModelVersionTag(name=name, version=version, key=key, value=value)
        self._connection.call("mlflow:model-versions/set-tag", request, Empty)

    def delete_model_version_tag(self, name: str, version: int, key: str) -> None:
        request = models.DeleteModelVersionTag(name=name, version=version, key=key)
        self._connection.call("mlflow:model-versions/delete-tag", request, Empty)

    def find_versions_at(self, locations: Sequence[str], *, also_below: bool = False) -> tuple[ModelVersion, ...]:
        request = registry.FindVersionsAt(locations=tuple(locations), also_below=also_below)
        reply = self._connection.call("model-versions/at", request, registry.VersionRecordsReply)
        return tuple(map(convert.version_record_in, reply.versions))

    # Aliases

    def set_model_alias(self, name: str, alias: str, version: int, *, user_id: str = "", reason: str = "") -> None:
        request = registry.MoveAlias(name=name, alias=alias, version=version, user_id=user_id, reason=reason)
        self._connection.call("model-aliases/set", request, Empty)

    def delete_model_alias(self, name: str, alias: str, *, user_id: str = "", reason: str = "") -> None:
        request = registry.RemoveAlias(name=name, alias=alias, user_id=user_id, reason=reason)
        self._connection.call("model-aliases/delete", request, Empty)

    def get_model_version_by_alias(self, name: str, alias: str, *, at_ms: int | None = None) -> ModelVersion:
        return self._version("model-aliases/get", registry.GetAliasAt(name=name, alias=alias, at_ms=at_ms))

    def return_model_alias(self, name: str, alias: str, *, user_id: str = "", reason: str = "") -> ModelVersion:
        request = registry.RemoveAlias(name=name, alias=alias, user_id=user_id, reason=reason)
        return self._version("model-aliases/return", request, is_repeatable=False)

    def list_alias_moves(self, name: str, alias: str = "") -> tuple[AliasMove, ...]:
        request = registry.GetAliasHistory(name=name, alias=alias)
        reply = self._connection.call("model-aliases/history", request, registry.AliasHistoryReply)
        return tuple(map(convert.alias_move_in, reply.moves))

    # Policies

    def get_model_policy(self, name: str) -> ModelPolicy:
        reply = self._connection.call(
            "model-policies/get", registry.GetModelPolicy(name=name), registry.ModelPolicyReply
        )
        return convert.policy_in(reply.policy)

    def set_model_policy(self, name: str, policy: ModelPolicy, *, user_id: str = "") -> None:
        request = registry.SetModelPolicy(name=name, policy=convert.policy_out(policy), user_id=user_id)
        self._connection.call("model-policies/set", request, Empty)

    def _version(self, call: str, request: Message, *, is_repeatable: bool = True) -> ModelVersion:
        reply = self._connection.call(call, request, registry.VersionRecordReply, is_repeatable=is_repeatable)
        return convert.version_record_in(reply.version)


class RestLoggedModels:
    """By MLflow's calls, which say all there is to say."""

    _connection: Connection

    def create_logged_model(self, model: NewLoggedModel) -> LoggedModel:
        if model.artifact_path:  # MLflow has no word for that
            in_run = logged_models.CreateLoggedModelRecord(
                experiment_id=model.experiment_id,
                source_run_id=model.source_run_id,
                artifact_path=model.artifact_path,
                name=model.name,
                model_type=model.model_type,
                params=model.params,
                tags=model.tags,
            )
            return self._logged("logged-models/create", in_run, is_repeatable=False)
        request = logged_models.CreateLoggedModel(
            experiment_id=model.experiment_id,
            name=model.name,
            model_type=model.model_type,
            source_run_id=model.source_run_id,
            params=_params(model.params),
            tags=convert.tags_out(model.tags),
        )
        return self._logged("mlflow:logged-models", request, is_repeatable=False)

    def get_logged_model(self, model_id: str) -> LoggedModel:
        return self._logged("mlflow:GET logged-models/{model_id}", logged_models.LoggedModelRef(model_id=model_id))

    def search_logged_models(self, query: LoggedModelQuery) -> Page[LoggedModel]:
        request = logged_models.SearchLoggedModels(
            experiment_ids=query.experiment_ids,
            filter=query.filter,
            datasets=tuple(
                logged_models.LoggedModelDataset(dataset_name=dataset.name, dataset_digest=dataset.digest)
                for dataset in query.datasets
            ),
            max_results=query.max_results,
            order_by=tuple(_order_out(query, number) for number in range(len(query.order_by))),
            page_token=query.page_token,
        )
        reply = self._connection.call("mlflow:logged-models/search", request, logged_models.SearchLoggedModelsReply)
        return Page(tuple(map(convert.logged_model_in, reply.models)), reply.next_page_token)

    def finalize_logged_model(self, model_id: str, status: LoggedModelStatus) -> LoggedModel:
        request = logged_models.FinalizeLoggedModel(model_id=model_id, status=convert.logged_status_out(status))
        return self._logged("mlflow:PATCH logged-models/{model_id}", request)

    def delete_logged_model(self, model_id: str) -> None:
        request = logged_models.LoggedModelRef(model_id=model_id)
        self._connection.call("mlflow:DELETE logged-models/{model_id}", request, Empty, is_repeatable=False)

    def set_logged_model_tags(self, model_id: str, tags: Mapping[str, str]) -> LoggedModel:
        request = logged_models.SetLoggedModelTags(model_id=model_id, tags=convert.tags_out(tags))
        return self._logged("mlflow:logged-models/{model_id}/tags", request)

    def delete_logged_model_tag(self, model_id: str, key: str) -> None:
        request = logged_models.DeleteLoggedModelTag(model_id=model_id, tag_key=key)
        call = "mlflow:logged-models/{model_id}/tags/{tag_key}"
        self._connection.call(call, request, Empty, is_repeatable=False)

    def log_logged_model_params(self, model_id: str, params: Mapping[str, str]) -> None:
        request = logged_models.LogLoggedModelParams(model_id=model_id, params=_params(params))
        self._connection.call("mlflow:logged-models/{model_id}/params", request, Empty)

    def log_model_uses(self, run_id: RunId, uses: Sequence[ModelUse]) -> None:
        inputs = tuple(datasets.ModelInputMessage(model_id=use.model_id) for use in uses if not use.is_output)
        outputs = tuple(
            logged_models.ModelOutputMessage(model_id=use.model_id, step=use.step) for use in uses if use.is_output
        )
        if inputs:
            self._connection.call("mlflow:runs/log-inputs", datasets.LogInputs(run_id=run_id, models=inputs), Empty)
        if outputs or not inputs:
            self._connection.call("mlflow:runs/outputs", logged_models.LogOutputs(run_id=run_id, models=outputs), Empty)

    def _logged(self, call: str, request: Message, *, is_repeatable: bool = True) -> LoggedModel:
        reply = self._connection.call(call, request, logged_models.LoggedModelReply, is_repeatable=is_repeatable)
        return convert.logged_model_in(reply.model)


def _params(params: Mapping[str, str]) -> tuple[ParamMessage, ...]:
    return tuple(ParamMessage(key=key, value=value) for key, value in params.items())


def _order_out(query: LoggedModelQuery, number: int) -> logged_models.LoggedModelOrder:
    """One item of an order; the direction is a field of its own here."""
    text = query.order_by[number].strip()
    name, _, direction = text.rpartition(" ")
    has_direction = bool(name) and direction.upper() in ("ASC", "DESC")
    if not text:
        raise InvalidValue("An item of the order is empty.")
    dataset = query.order_datasets[number] if number < len(query.order_datasets) else None
    return logged_models.LoggedModelOrder(
        field_name=name if has_direction else text,
        ascending=not (has_direction and direction.upper() == "DESC"),
        dataset_name=dataset.name if dataset else "",
        dataset_digest=dataset.digest if dataset else "",
    )

"""Registered models and versions as whole records."""

from __future__ import annotations

from collections.abc import Iterable

from runfold.domain.model_files import FileCheck, ModelFile, ModelFiles
from runfold.domain.model_policy import ModelPolicy, Scan
from runfold.domain.registered_model import (
    AliasMove,
    CardChanges,
    ModelCard,
    ModelDataset,
    ModelMetric,
    ModelVersion,
    NewModelVersion,
    RegisteredModel,
    Stage,
    VersionStatus,
)
from runfold.wire.convert.values import number_in, number_out
from runfold.wire.messages.registry import (
    AliasMoveMessage,
    CardDataset,
    CardMetric,
    FileCheckMessage,
    FileStateWord,
    ModelCardMessage,
    ModelFileMessage,
    ModelFilesMessage,
    ModelPolicyMessage,
    ModelVersionRecord,
    RegisteredModelRecord,
    RegisterModelVersion,
    ScanWord,
    UpdateModelCard,
    VersionStatusWord,
)

_PLAIN = (
    "algorithm",
    "framework",
    "framework_version",
    "task",
    "target_platform",
    "owner",
    "licence",
    "flavours",
    "serialisation",
    "signature",
    "params",
)
_SHARED = (
    "name",
    "version",
    "creation_time_ms",
    "last_update_time_ms",
    "status_message",
    "description",
    "user_id",
    "source",
    "storage_location",
    "run_id",
    "run_link",
    "model_id",
    "tags",
    "aliases",
)


def card_out(card: ModelCard) -> ModelCardMessage:
    return ModelCardMessage(
        metrics=tuple(map(_metric_out, card.metrics)),
        datasets=tuple(map(_dataset_out, card.datasets)),
        **{name: getattr(card, name) for name in _PLAIN},
    )


def card_in(message: ModelCardMessage) -> ModelCard:
    return ModelCard(
        metrics=tuple(map(_metric_in, message.metrics)),
        datasets=tuple(map(_dataset_in, message.datasets)),
        **{name: getattr(message, name) for name in _PLAIN},
    )


def card_changes_in(message: UpdateModelCard) -> CardChanges:
    return CardChanges(
        metrics=None if message.metrics is None else tuple(map(_metric_in, message.metrics)),
        datasets=None if message.datasets is None else tuple(map(_dataset_in, message.datasets)),
        **{name: getattr(message, name) for name in _PLAIN},
    )


def card_changes_out(name: str, version: int, changes: CardChanges) -> UpdateModelCard:
    return UpdateModelCard(
        name=name,
        version=version,
        metrics=None if changes.metrics is None else tuple(map(_metric_out, changes.metrics)),
        datasets=None if changes.datasets is None else tuple(map(_dataset_out, changes.datasets)),
        **{field: getattr(changes, field) for field in _PLAIN},
    )


def _metric_out(metric: ModelMetric) -> CardMetric:
    return CardMetric(
        key=metric.key, value=number_out(metric.value), step=metric.step, timestamp_ms=metric.timestamp_ms
    )


def _metric_in(message: CardMetric) -> ModelMetric:
    return ModelMetric(
        key=message.key, value=number_in(message.value), step=message.step, timestamp_ms=message.timestamp_ms
    )


def _dataset_out(dataset: ModelDataset) -> CardDataset:
    return CardDataset(name=dataset.name, digest=dataset.digest, context=dataset.context)


def _dataset_in(message: CardDataset) -> ModelDataset:
    return ModelDataset(name=message.name, digest=message.digest, context=message.context)


def files_out(files: ModelFiles | None) -> ModelFilesMessage | None:
    if files is None:
        return None
    return ModelFilesMessage(size_bytes=files.size_bytes, n_files=files.n_files, digest=files.digest)


def files_in(message: ModelFilesMessage | None) -> ModelFiles | None:
    if message is None:
        return None
    return ModelFiles(size_bytes=message.size_bytes, n_files=message.n_files, digest=message.digest)


def listing_out(files: Iterable[ModelFile]) -> tuple[ModelFileMessage, ...]:
    return tuple(map(_file_out, files))


def listing_in(files: Iterable[ModelFileMessage]) -> tuple[ModelFile, ...]:
    return tuple(ModelFile(path=file.path, size_bytes=file.size_bytes, sha256=file.sha256) for file in files)


def file_check_out(check: FileCheck) -> FileCheckMessage:
    return FileCheckMessage(
        path=check.path,
        state=FileStateWord(check.state.value),
        registered=None if check.registered is None else _file_out(check.registered),
        found=None if check.found is None else _file_out(check.found),
    )


def _file_out(file: ModelFile) -> ModelFileMessage:
    return ModelFileMessage(path=file.path, size_bytes=file.size_bytes, sha256=file.sha256)


def version_record_out(version: ModelVersion) -> ModelVersionRecord:
    return ModelVersionRecord(
        status=VersionStatusWord(version.status.value),
        stage=version.stage.value,
        card=card_out(version.card),
        files=files_out(version.files),
        **{name: getattr(version, name) for name in _SHARED},
    )


def version_record_in(message: ModelVersionRecord) -> ModelVersion:
    return ModelVersion(
        status=VersionStatus(message.status.value),
        stage=Stage(message.stage),
        card=card_in(message.card),
        files=files_in(message.files),
        **{name: getattr(message, name) for name in _SHARED},
    )


def model_record_out(model: RegisteredModel) -> RegisteredModelRecord:
    return RegisteredModelRecord(
        name=model.name,
        creation_time_ms=model.creation_time_ms,
        last_update_time_ms=model.last_update_time_ms,
        n_versions=model.n_versions,
        description=model.description,
        user_id=model.user_id,
        tags=model.tags,
        aliases=model.aliases,
        newest=None if model.newest is None else version_record_out(model.newest),
        latest_versions=tuple(map(version_record_out, model.latest_versions)),
    )


def model_record_in(message: RegisteredModelRecord) -> RegisteredModel:
    return RegisteredModel(
        name=message.name,
        creation_time_ms=message.creation_time_ms,
        last_update_time_ms=message.last_update_time_ms,
        n_versions=message.n_versions,
        description=message.description,
        user_id=message.user_id,
        tags=message.tags,
        aliases=message.aliases,
        newest=None if message.newest is None else version_record_in(message.newest),
        latest_versions=tuple(map(version_record_in, message.latest_versions)),
    )


def new_version_in(message: RegisterModelVersion) -> NewModelVersion:
    return NewModelVersion(
        name=message.name,
        source=message.source,
        run_id=message.run_id,
        run_link=message.run_link,
        model_id=message.model_id,
        description=message.description,
        user_id=message.user_id,
        tags=message.tags,
        card=card_in(message.card),
        files=files_in(message.files),
        listing=listing_in(message.listing),
    )


def new_version_out(version: NewModelVersion) -> RegisterModelVersion:
    return RegisterModelVersion(
        name=version.name,
        source=version.source,
        run_id=version.run_id,
        run_link=version.run_link,
        model_id=version.model_id,
        description=version.description,
        user_id=version.user_id,
        tags=version.tags,
        card=card_out(version.card),
        files=files_out(version.files),
        listing=listing_out(version.listing),
    )


def alias_move_out(move: AliasMove) -> AliasMoveMessage:
    return AliasMoveMessage(
        alias=move.alias, time_ms=move.time_ms, version=move.version, user_id=move.user_id, reason=move.reason
    )


def alias_move_in(message: AliasMoveMessage) -> AliasMove:
    return AliasMove(
        alias=message.alias,
        time_ms=message.time_ms,
        version=message.version,
        user_id=message.user_id,
        reason=message.reason,
    )


def policy_out(policy: ModelPolicy) -> ModelPolicyMessage:
    return ModelPolicyMessage(
        flavours=policy.flavours,
        serialisations=policy.serialisations,
        scan=None if policy.scan is None else ScanWord(policy.scan.value),
        required=policy.required,
    )


def policy_in(message: ModelPolicyMessage) -> ModelPolicy:
    return ModelPolicy(
        flavours=message.flavours,
        serialisations=message.serialisations,
        scan=None if message.scan is None else Scan(message.scan.value),
        required=message.required,
    )

"""Datasets."""

from __future__ import annotations

from runfold.domain.dataset import Dataset, DatasetSummary, DatasetUse, DatasetVersion
from runfold.wire.convert.values import tags_in
from runfold.wire.messages.datasets import (
    DatasetInputMessage,
    DatasetMessage,
    DatasetSummaryMessage,
    DatasetUseMessage,
    DatasetVersionMessage,
)


def dataset_out(dataset: Dataset) -> DatasetMessage:
    return DatasetMessage(
        name=dataset.name,
        digest=dataset.digest,
        source_type=dataset.source_type,
        source=dataset.source,
        schema=dataset.schema,
        profile=dataset.profile,
    )


def dataset_in(message: DatasetMessage) -> Dataset:
    return Dataset(
        name=message.name,
        digest=message.digest,
        source_type=message.source_type,
        source=message.source,
        schema=message.schema,
        profile=message.profile,
    )


def input_in(message: DatasetInputMessage) -> DatasetUse:
    return DatasetUse(dataset=dataset_in(message.dataset), tags=tags_in(message.tags))


def use_out(use: DatasetUse) -> DatasetUseMessage:
    return DatasetUseMessage(dataset=dataset_out(use.dataset), tags=use.tags, is_output=use.is_output)


def use_in(message: DatasetUseMessage) -> DatasetUse:
    return DatasetUse(dataset=dataset_in(message.dataset), tags=message.tags, is_output=message.is_output)


def dataset_summary_out(summary: DatasetSummary) -> DatasetSummaryMessage:
    return DatasetSummaryMessage(
        experiment_id=summary.experiment_id, name=summary.name, digest=summary.digest, context=summary.context
    )


def dataset_summary_in(message: DatasetSummaryMessage) -> DatasetSummary:
    return DatasetSummary(
        experiment_id=message.experiment_id, name=message.name, digest=message.digest, context=message.context
    )


def dataset_version_out(version: DatasetVersion) -> DatasetVersionMessage:
    return DatasetVersionMessage(
        name=version.name,
        digest=version.digest,
        source_type=version.source_type,
        experiment_ids=version.experiment_ids,
        n_runs=version.n_runs,
    )


def dataset_version_in(message: DatasetVersionMessage) -> DatasetVersion:
    return DatasetVersion(
        name=message.name,
        digest=message.digest,
        source_type=message.source_type,
        experiment_ids=message.experiment_ids,
        n_runs=message.n_runs,
    )

"""Datasets that went into or came out of a run."""

from __future__ import annotations

import msgspec


class Dataset(msgspec.Struct, frozen=True, kw_only=True):
    """One immutable content of a named dataset.

    Attributes:
        digest: identifies the content; the same name and digest are the same dataset version.
        source_type: how to read `source`, such as `local`, `http`, `s3`, `code`.
        source: JSON text that says where the data came from.
        schema: JSON text, format by `source_type`; empty if unknown.
        profile: JSON text of statistics, such as row counts; empty if unknown.
    """

    name: str
    digest: str
    source_type: str
    source: str
    schema: str = ""
    profile: str = ""


class DatasetUse(msgspec.Struct, frozen=True, kw_only=True):
    """A dataset as a run used it.

    Attributes:
        tags: such as `mlflow.data.context`: `training`.
        is_output: the run produced it rather than read it.
    """

    dataset: Dataset
    tags: dict[str, str] = {}
    is_output: bool = False

    @property
    def context(self) -> str:
        return self.tags.get("mlflow.data.context", "")


class DatasetVersion(msgspec.Struct, frozen=True, kw_only=True):
    """A dataset of a workspace, by name and digest, as a list tells of it.

    Attributes:
        experiment_ids: of the experiments whose runs used it, the first 100; those alone that may be read.
        n_runs: that used it in these experiments, trash aside.
    """

    name: str
    digest: str
    source_type: str
    experiment_ids: tuple[str, ...] = ()
    n_runs: int = 0


class DatasetSummary(msgspec.Struct, frozen=True):
    experiment_id: str
    name: str
    digest: str
    context: str

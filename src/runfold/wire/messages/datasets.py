"""Datasets that runs used or made."""

from __future__ import annotations

from runfold.wire.messages.base import Message, Tag


class DatasetMessage(Message, frozen=True, kw_only=True):
    name: str
    digest: str
    source_type: str
    source: str
    schema: str = ""
    profile: str = ""


class DatasetInputMessage(Message, frozen=True, kw_only=True):
    tags: tuple[Tag, ...] = ()
    dataset: DatasetMessage


class ModelInputMessage(Message, frozen=True, kw_only=True):
    model_id: str


class RunInputsMessage(Message, frozen=True, kw_only=True):
    dataset_inputs: tuple[DatasetInputMessage, ...] = ()
    model_inputs: tuple[ModelInputMessage, ...] = ()


class LogInputs(Message, frozen=True, kw_only=True):
    run_id: str
    datasets: tuple[DatasetInputMessage, ...] = ()
    models: tuple[ModelInputMessage, ...] = ()


class SearchDatasets(Message, frozen=True, kw_only=True):
    experiment_ids: tuple[str, ...] = ()


class DatasetSummaryMessage(Message, frozen=True, kw_only=True):
    experiment_id: str
    name: str
    digest: str
    context: str = ""


class SearchDatasetsReply(Message, frozen=True, kw_only=True):
    dataset_summaries: tuple[DatasetSummaryMessage, ...] = ()


class ListDatasets(Message, frozen=True, kw_only=True):
    """
    Attributes:
        name: only of this name; empty: any.
        text: what the name contains, in either case of ASCII letters.
    """

    name: str = ""
    text: str = ""
    max_results: int = 100
    page_token: str = ""


class DatasetVersionMessage(Message, frozen=True, kw_only=True):
    """
    Attributes:
        experiment_ids: of the experiments whose runs used it, the first 100; those alone that the caller may read.
        n_runs: that used it in these experiments, trash aside.
    """

    name: str
    digest: str
    source_type: str
    experiment_ids: tuple[str, ...] = ()
    n_runs: int = 0


class ListDatasetsReply(Message, frozen=True, kw_only=True):
    datasets: tuple[DatasetVersionMessage, ...] = ()
    next_page_token: str = ""


class DatasetRef(Message, frozen=True, kw_only=True):
    name: str
    digest: str


class DatasetReply(Message, frozen=True, kw_only=True):
    dataset: DatasetMessage


class DatasetUseMessage(Message, frozen=True, kw_only=True):
    """A dataset as a run used it.

    Attributes:
        is_output: the run produced it rather than read it.
    """

    dataset: DatasetMessage
    tags: dict[str, str] = {}
    is_output: bool = False


class LogDatasets(Message, frozen=True, kw_only=True):
    run_id: str
    datasets: tuple[DatasetUseMessage, ...]

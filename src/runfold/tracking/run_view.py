"""A run as a script sees it: the names that MLflow gave to the parts, over `domain.Run`."""

from __future__ import annotations

from dataclasses import dataclass

from runfold.domain.artifact import FileInfo
from runfold.domain.dataset import Dataset, DatasetUse
from runfold.domain.metric import Metric
from runfold.domain.run import Run, RunInfo


@dataclass(frozen=True)
class InfoView:
    """What every run has.

    Attributes:
        record: all there is to know, as the store keeps it.
    """

    record: RunInfo

    @property
    def run_id(self) -> str:
        return self.record.run_id

    @property
    def run_uuid(self) -> str:
        return self.record.run_id

    @property
    def experiment_id(self) -> str:
        return self.record.experiment_id

    @property
    def run_name(self) -> str:
        return self.record.run_name

    @property
    def user_id(self) -> str:
        return self.record.user_id

    @property
    def status(self) -> str:
        """`RUNNING`, `SCHEDULED`, `FINISHED`, `FAILED` or `KILLED`."""
        return self.record.status.name

    @property
    def start_time(self) -> int:
        """Unix time in milliseconds."""
        return self.record.start_time_ms

    @property
    def end_time(self) -> int | None:
        """Unix time in milliseconds; None while the run goes on."""
        return self.record.end_time_ms

    @property
    def artifact_uri(self) -> str:
        return self.record.artifact_uri

    @property
    def lifecycle_stage(self) -> str:
        """`active` or `deleted`."""
        return str(self.record.lifecycle_stage)


@dataclass(frozen=True)
class DataView:
    """What was logged, by key. `metrics` holds the last value of each series."""

    metrics: dict[str, float]
    params: dict[str, str]
    tags: dict[str, str]


@dataclass(frozen=True)
class DatasetInputView:
    record: DatasetUse

    @property
    def dataset(self) -> Dataset:
        return self.record.dataset

    @property
    def tags(self) -> dict[str, str]:
        return self.record.tags


@dataclass(frozen=True)
class InputsView:
    dataset_inputs: tuple[DatasetInputView, ...]


@dataclass(frozen=True)
class FileView:
    """A file or folder of a run."""

    record: FileInfo

    @property
    def path(self) -> str:
        """From the root of the run's artifacts."""
        return self.record.path.text

    @property
    def is_dir(self) -> bool:
        return self.record.is_dir

    @property
    def file_size(self) -> int | None:
        """Bytes; None for folders."""
        return self.record.size


@dataclass(frozen=True)
class PointView:
    """One point of a metric."""

    record: Metric

    @property
    def key(self) -> str:
        return self.record.key

    @property
    def value(self) -> float:
        return self.record.value

    @property
    def step(self) -> int:
        return self.record.step

    @property
    def timestamp(self) -> int:
        """Unix time in milliseconds."""
        return self.record.timestamp_ms


class RunView:
    """A run as it was when it was asked for.

    Attributes:
        record: all there is to know, as the store keeps it, with min, max and count of each metric.
    """

    def __init__(self, record: Run) -> None:
        self.record = record

    @property
    def info(self) -> InfoView:
        return InfoView(self.record.info)

    @property
    def data(self) -> DataView:
        metrics = {key: summary.last for key, summary in self.record.metrics.items()}
        return DataView(metrics, dict(self.record.params), dict(self.record.tags))

    @property
    def inputs(self) -> InputsView:
        return InputsView(tuple(DatasetInputView(use) for use in self.record.datasets if not use.is_output))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RunView) and self.record == other.record

    def __hash__(self) -> int:
        return hash(self.record.info.run_id)

    def __repr__(self) -> str:
        info = self.info
        return f"<Run {info.run_id} {info.run_name!r} {info.status} in experiment {info.experiment_id}>"

"""Runs: one execution each."""

from __future__ import annotations

import msgspec

from runfold.domain.dataset import DatasetUse
from runfold.domain.ids import ExperimentId, RunId
from runfold.domain.logged_model import ModelUse
from runfold.domain.metric import Metric, MetricSummary
from runfold.domain.states import LifecycleStage, RunStatus


class RunInfo(msgspec.Struct, frozen=True, kw_only=True):
    """What every run has.

    Attributes:
        start_time_ms: as the client says; 0 when it never said.
        end_time_ms: None while the run goes on.
        heartbeat_ms: when the store last heard from the run's client, by the store's clock.
        is_lost: the run says RUNNING but its client has been silent for longer than the store's limit.
        last_write_ms: when something was last written to the run, by the store's clock, within a second; None where
            the store does not say.
        parent_run_id: the run that this one is nested in, from the tag `mlflow.parentRunId`.
        change: grows with every change of the run; a cursor for live views.
    """

    run_id: RunId
    experiment_id: ExperimentId
    run_name: str
    status: RunStatus
    start_time_ms: int
    artifact_uri: str
    user_id: str = ""
    end_time_ms: int | None = None
    lifecycle_stage: LifecycleStage = LifecycleStage.ACTIVE
    deleted_time_ms: int | None = None
    heartbeat_ms: int | None = None
    is_lost: bool = False
    last_write_ms: int | None = None
    parent_run_id: RunId | None = None
    change: int = 0

    @property
    def duration_ms(self) -> int | None:
        return None if self.end_time_ms is None else self.end_time_ms - self.start_time_ms


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """A run with all that belongs to it except series and files.

    Attributes:
        metrics: by key; the last point of each series with its min, max and count.
        models: logged models that it read or made.
    """

    info: RunInfo
    params: dict[str, str] = {}
    tags: dict[str, str] = {}
    metrics: dict[str, MetricSummary] = {}
    datasets: tuple[DatasetUse, ...] = ()
    models: tuple[ModelUse, ...] = ()


class RunBatch(msgspec.Struct, frozen=True, kw_only=True):
    """What one log-batch call writes: all of it or nothing."""

    metrics: tuple[Metric, ...] = ()
    params: tuple[tuple[str, str], ...] = ()
    tags: tuple[tuple[str, str], ...] = ()


class NewRun(msgspec.Struct, frozen=True, kw_only=True):
    """A run to be created.

    Attributes:
        run_id: the caller's own id, or None for a new one.
        run_name: empty: a name is made from two words and a number.
        parent_run_id: None: taken from the tag `mlflow.parentRunId` if that is sent.
    """

    experiment_id: ExperimentId
    run_id: RunId | None = None
    run_name: str = ""
    user_id: str = ""
    start_time_ms: int = 0
    tags: dict[str, str] = {}
    parent_run_id: RunId | None = None


class FinishedRun(msgspec.Struct, frozen=True, kw_only=True):
    """A whole run registered after the fact, in one unit: all of it or nothing.

    Attributes:
        idempotency_key: registering again under the same key returns the first run and writes nothing.
        n_bytes: of the files that were stored with it.
    """

    run: NewRun
    status: RunStatus = RunStatus.FINISHED
    end_time_ms: int | None = None
    batch: RunBatch = RunBatch()
    datasets: tuple[DatasetUse, ...] = ()
    idempotency_key: str = ""
    n_bytes: int = 0


class RegisteredRun(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a registration: the run, and whether this call created it."""

    run: Run
    is_new: bool


class RunChanges(msgspec.Struct, frozen=True, kw_only=True):
    """Runs that changed after a cursor, and the cursor to continue from."""

    runs: tuple[Run, ...]
    cursor: int


class PurgeReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a purge removed, or would remove when it was a dry run.

    Attributes:
        n_points: metric points, as counted per series.
        n_models: logged models.
        n_held: experiments and runs that stay in the trash, since registered versions have their files there.
        n_files, n_bytes: files that go with the records; 0 from a store that knows only records.
        artifact_uris: folders of these records whose files are left for the caller to remove.
    """

    n_experiments: int = 0
    n_runs: int = 0
    n_points: int = 0
    n_models: int = 0
    n_held: int = 0
    n_files: int = 0
    n_bytes: int = 0
    artifact_uris: tuple[str, ...] = ()
    is_dry_run: bool = True

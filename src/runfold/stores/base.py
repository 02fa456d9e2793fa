"""What a records store can do, resource by resource.

Every method is safe to call from any thread. Values that come back are frozen: later writes never change
them. A write that returned is durable (committed and synced); one that raised `Unavailable` may or may not
have happened; anything else that raised did not happen. Unless a method says otherwise, an unknown id
raises `NotFound`, a value outside `domain.limits` raises `InvalidValue`, and a write to a deleted record
raises `InvalidValue` (as MLflow answers).

The reference meaning is `stores.sql` on SQLite; `runfold.testing.stores` is the suite that every
implementation passes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from typing import Protocol, Self

import msgspec

from runfold.domain.access import ALL_VISIBLE, Visible
from runfold.domain.dataset import Dataset, DatasetSummary, DatasetUse, DatasetVersion
from runfold.domain.dataset_access import ALL_DATASETS_VISIBLE, HiddenDatasets, VisibleDatasets
from runfold.domain.experiment import Experiment, ExperimentSummary
from runfold.domain.ids import ExperimentId, RunId
from runfold.domain.keys import KeyKind, KeyStats
from runfold.domain.metric import Metric, SampledSeries, Series
from runfold.domain.page import Page
from runfold.domain.registered_model import ModelVersion, RegisteredModel
from runfold.domain.run import (
    FinishedRun,
    NewRun,
    PurgeReport,
    RegisteredRun,
    Run,
    RunBatch,
    RunChanges,
    RunInfo,
)
from runfold.domain.states import RunStatus, ViewType
from runfold.domain.summary import RunGroups, RunTable
from runfold.domain.view import SavedView
from runfold.stores.access import AccessStore, SignInStore
from runfold.stores.audit import AuditedStore, AuditStore
from runfold.stores.quotas import CountingStore, QuotaStore
from runfold.stores.registry import (
    LoggedModelStore,
    ModelPolicyStore,
    ModelQuery,
    PromotionStore,
    RegistrationQueue,
    RegistryStore,
)
from runfold.stores.retention import RetentionQueue, RetentionStore
from runfold.stores.webhooks import DeliveryQueue, WebhookStore
from runfold.stores.work import JobStore, ProjectStore, SecretStore, ServedWork, TargetStore
from runfold.stores.workspaces import WorkspaceStore


class ExperimentQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which experiments, in which order. Empty filter: all. Empty order: newest first."""

    filter: str = ""
    order_by: tuple[str, ...] = ()
    view_type: ViewType = ViewType.ACTIVE_ONLY
    max_results: int = 1000
    page_token: str = ""


class RunColumns(msgspec.Struct, frozen=True, kw_only=True):
    """What of each run a search fills in. None: every key; a tuple: these keys alone."""

    metrics: tuple[str, ...] | None = None
    params: tuple[str, ...] | None = None
    tags: tuple[str, ...] | None = None
    datasets: bool = True  # and logged models


class RunQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which runs, in which order.

    Attributes:
        experiment_ids: searched together; none means no run.
        filter: the language of `runfold.search`; empty: all.
        order_by: `identifier [ASC|DESC]`, the first decides first; missing values come last either way.
            Ties, and an empty order: newest start first, then run id.
        columns: what each run comes with.
    """

    experiment_ids: tuple[ExperimentId, ...]
    filter: str = ""
    order_by: tuple[str, ...] = ()
    view_type: ViewType = ViewType.ACTIVE_ONLY
    max_results: int = 1000
    page_token: str = ""
    columns: RunColumns = RunColumns()


class GroupQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which runs, put together by what, with which metrics.

    Attributes:
        by: fields of the filter language: params, tags, attributes, `dataset.name` or `dataset.digest`. A run with
            several datasets counts by all of them together.
        is_all_but: group by all params except those in `by`; params in which the runs agree are left out.
        metrics: such as `metrics.loss` or `metrics.loss.min`.
        order_by: one of `metrics` with ASC or DESC, which orders by the mean; empty: the largest group first.
            Ties: by the values. Groups without the metric come last.
        max_results: at most so many groups, the first ones.
        max_run_ids: at most so many runs are named of each group.
    """

    experiment_ids: tuple[ExperimentId, ...]
    by: tuple[str, ...]
    is_all_but: bool = False
    filter: str = ""
    view_type: ViewType = ViewType.ACTIVE_ONLY
    metrics: tuple[str, ...] = ()
    order_by: str = ""
    max_results: int = 1000
    max_run_ids: int = 0


class TableQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which runs, and which of their fields.

    Attributes:
        fields: of the filter language. Metrics, times and counts come as numbers, all else as text.
        max_runs: of more runs than this a random sample is taken, the same one at each call.
    """

    experiment_ids: tuple[ExperimentId, ...]
    fields: tuple[str, ...]
    filter: str = ""
    view_type: ViewType = ViewType.ACTIVE_ONLY
    max_runs: int = 5000


class SeriesQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Many runs x many keys, reduced for drawing.

    Attributes:
        n_buckets: at most so many buckets a series; a series with fewer points comes whole.
        axis: `step` or `time`; buckets are of equal width on it, over the range asked for.
        start, end: bounds on the axis, both included; None: open.
    """

    run_ids: tuple[RunId, ...]
    keys: tuple[str, ...]
    n_buckets: int = 320
    axis: str = "step"
    start: int | None = None
    end: int | None = None


class Backlog(msgspec.Struct, frozen=True, kw_only=True):
    """What servers of a store still have to do, all of them together.

    Attributes:
        n_deliveries: to webhooks, that wait.
        n_dropped: events that webhooks were never told of, because as many waited as may.
        n_pending_versions: of models, whose files are still to be read.
    """

    n_deliveries: int
    n_dropped: int
    n_pending_versions: int


class StoreLoad(msgspec.Struct, frozen=True, kw_only=True):
    """How busy a store is.

    Attributes:
        n_waiting: writes in the queue.
        limit: as many may wait.
        n_units: writes since the store was opened.
        n_commits: commits since then; each holds one or more writes.
    """

    n_waiting: int
    limit: int
    n_units: int
    n_commits: int


class RecordsSize(msgspec.Struct, frozen=True, kw_only=True):
    """What the database takes up.

    Attributes:
        n_bytes: in all, indexes and what waits in its log included.
        n_free_bytes: of these, kept for later records.
    """

    n_bytes: int
    n_free_bytes: int = 0


class ExperimentStore(Protocol):
    def create_experiment(
        self, name: str, *, artifact_location: str = "", tags: Mapping[str, str] | None = None
    ) -> ExperimentId:
        """Create an experiment.

        Args:
            artifact_location: empty: `<artifact root>/<id>`.

        Raises:
            AlreadyExists: the name is taken, by a deleted experiment too. Of many simultaneous creators
                of one name exactly one succeeds.
        """
        ...

    def get_experiment(self, experiment_id: ExperimentId) -> Experiment:
        """Deleted experiments included."""
        ...

    def find_experiment_by_name(self, name: str) -> Experiment | None:
        """Deleted experiments included."""
        ...

    def search_experiments(self, query: ExperimentQuery) -> Page[Experiment]: ...

    def summarize_experiments(
        self, *, view_type: ViewType = ViewType.ACTIVE_ONLY, n_days: int = 30
    ) -> tuple[ExperimentSummary, ...]:
        """All experiments with their counts, by name; of millions of runs, the counts may be some seconds old."""
        ...

    def rename_experiment(self, experiment_id: ExperimentId, name: str) -> None:
        """Raises InvalidState when the experiment is deleted, AlreadyExists when the name is taken."""
        ...

    def delete_experiment(self, experiment_id: ExperimentId) -> None:
        """Move an experiment and its active runs to the trash. NotFound when it is there already."""
        ...

    def restore_experiment(self, experiment_id: ExperimentId) -> None:
        """Bring back an experiment and the runs that went to the trash with it."""
        ...

    def discard_experiment(self, experiment_id: ExperimentId) -> bool:
        """Take back an experiment that holds nothing: no run and no model, deleted ones included.

        For who made it for something that then failed. Its name is free again.

        Returns:
            Whether it is gone; one that holds something stays as it is.
        """
        ...

    def set_experiment_tag(self, experiment_id: ExperimentId, key: str, value: str) -> None: ...

    def delete_experiment_tag(self, experiment_id: ExperimentId, key: str) -> None:
        """NotFound when the experiment has no such tag."""
        ...


class RunStore(Protocol):
    def create_run(self, run: NewRun) -> Run:
        """Create a run in state RUNNING.

        Raises:
            AlreadyExists: `run.run_id` is taken.
            InvalidValue: the experiment is deleted, or `run_name` and the tag `mlflow.runName` differ.
        """
        ...

    def submit_run(self, run: NewRun) -> Future[Run]:
        """`create_run` without waiting: the future answers when the run is durable, or with its error."""
        ...

    def register_run(self, run: FinishedRun) -> RegisteredRun:
        """Record a run that is over, whole or not at all. No limit on the number of points."""
        ...

    def check_run(self, run: FinishedRun) -> None:
        """Raise what `register_run` would say of the run itself, as far as it can be told without recording it.

        For callers who must make something else first, such as its experiment.
        """
        ...

    def get_run(self, run_id: RunId) -> Run:
        """Deleted runs included."""
        ...

    def update_run(
        self,
        run_id: RunId,
        *,
        status: RunStatus | None = None,
        end_time_ms: int | None = None,
        run_name: str = "",
    ) -> RunInfo:
        """Change what is given; an empty `run_name` is ignored, another one changes `mlflow.runName` too."""
        ...

    def submit_update(
        self,
        run_id: RunId,
        *,
        status: RunStatus | None = None,
        end_time_ms: int | None = None,
        run_name: str = "",
    ) -> Future[RunInfo]:
        """`update_run` without waiting, like `submit_run`."""
        ...

    def delete_runs(self, run_ids: Sequence[RunId]) -> None:
        """Move runs to the trash; all or none. Those there already stay as they are."""
        ...

    def restore_runs(self, run_ids: Sequence[RunId]) -> None: ...

    def move_runs(self, run_ids: Sequence[RunId], experiment_id: ExperimentId) -> None:
        """Put runs, and the models they made, into another experiment, all or none. Files stay where they are.

        Raises:
            MoveQuotaExceeded: the workspace of the experiment may not keep them.
        """
        ...

    def heartbeat(self, run_ids: Sequence[RunId]) -> None:
        """Say that the clients of these runs live. Unknown runs are passed over."""
        ...

    def log_batch(self, run_id: RunId, batch: RunBatch) -> None:
        """Write metrics, params and tags: all or nothing; repeating the call changes nothing.

        A point already there is passed over; a param may be set again to the same value only; a tag
        replaces the one before.

        Raises:
            InvalidValue: a param has another value already, or comes twice in the batch.
            QueueFull: too much is waiting; nothing was written.
        """
        ...

    def submit_batch(self, run_id: RunId, batch: RunBatch) -> Future[None]:
        """`log_batch` without waiting: the future answers when the batch is durable, or with its error."""
        ...

    def log_inputs(self, run_id: RunId, datasets: Sequence[DatasetUse]) -> None:
        """Note datasets on a run; the same dataset in the same direction again only adds tags."""
        ...

    def set_tag(self, run_id: RunId, key: str, value: str) -> None: ...

    def log_model(self, run_id: RunId, model: Mapping[str, object]) -> None:
        """Append a model to the list in the run's tag `mlflow.log-model.history`, whoever else appends meanwhile.

        The list keeps the newest models that fit into `limits.MAX_MODEL_HISTORY` characters of JSON. A tag that is
        no list is begun anew.
        """
        ...

    def delete_tag(self, run_id: RunId, key: str) -> None:
        """NotFound when the run has no such tag."""
        ...

    def delete_param(self, run_id: RunId, key: str) -> None:
        """NotFound when the run has no such param."""
        ...

    def delete_metric(self, run_id: RunId, key: str, *, after_step: int | None = None) -> None:
        """Remove a series, or its points with a step greater than `after_step`."""
        ...

    def search_runs(self, query: RunQuery) -> Page[Run]: ...

    def group_runs(self, query: GroupQuery) -> RunGroups:
        """Groups of all runs that fit, however many they are, with exact means, deviations and quartiles."""
        ...

    def read_table(self, query: TableQuery) -> RunTable:
        """Chosen fields of the runs that fit, newest created first."""
        ...

    def changed_runs(
        self,
        experiment_ids: Sequence[ExperimentId],
        *,
        after: int,
        max_results: int = 1000,
        columns: RunColumns = RunColumns(),  # noqa: B008 (frozen)
    ) -> RunChanges:
        """Runs (deleted ones too) whose `change` is greater than `after`, oldest change first.

        `after=-1` returns no runs and the present cursor.
        """
        ...

    def search_datasets(self, experiment_ids: Sequence[ExperimentId]) -> tuple[DatasetSummary, ...]:
        """Datasets used by the runs of these experiments, newest first, at most 1,000."""
        ...


class DatasetStore(Protocol):
    """Datasets of this workspace by name and digest, whichever of its experiments use them."""

    def list_datasets(
        self, *, name: str = "", text: str = "", max_results: int = 100, page_token: str = ""
    ) -> Page[DatasetVersion]:
        """Newest recorded first.

        Args:
            name: only of this name; empty: any.
            text: what the name contains, in either case of ASCII letters.

        Raises:
            InvalidValue: the page token is none of this list, or no row is asked for.
        """
        ...

    def get_dataset(self, name: str, digest: str) -> Dataset:
        """As it was recorded last; experiments keep their own sources, schemas and profiles."""
        ...


class SeriesStore(Protocol):
    def get_metric_history(
        self, run_id: RunId, key: str, *, max_results: int | None = None, page_token: str = ""
    ) -> Page[Metric]:
        """Points by (timestamp, step, value). An unknown run or key has none."""
        ...

    def get_series(self, run_ids: Sequence[RunId], keys: Sequence[str]) -> tuple[Series, ...]:
        """Whole series as columns, those that exist, in the order of runs, then keys."""
        ...

    def sample_series(self, query: SeriesQuery) -> tuple[SampledSeries, ...]:
        """Reduced series, those that exist, in the order of runs, then keys."""
        ...


class KeyStore(Protocol):
    def search_keys(
        self,
        experiment_ids: Sequence[ExperimentId],
        *,
        kinds: Sequence[KeyKind] = (),
        text: str = "",
        max_results: int = 1000,
    ) -> tuple[KeyStats, ...]:
        """Keys of these experiments that contain `text` (any case), most telling first.

        Costs what the number of keys costs, never the number of runs.
        """
        ...

    def search_key_values(
        self,
        experiment_ids: Sequence[ExperimentId],
        kind: KeyKind,
        key: str,
        *,
        text: str = "",
        max_results: int = 50,
    ) -> tuple[tuple[str, int], ...]:
        """Values of a param or tag that contain `text`, with the number of runs, most frequent first."""
        ...


class ViewStore(Protocol):
    def save_view(self, *, scope: str, name: str, state: str, view_id: str | None = None) -> SavedView:
        """Create a view, or replace the one with this id."""
        ...

    def get_view(self, view_id: str) -> SavedView: ...

    def list_views(self, scope: str) -> tuple[SavedView, ...]:
        """By name."""
        ...

    def delete_view(self, view_id: str) -> None: ...


class PurgeStore(Protocol):
    def purge(
        self,
        *,
        run_ids: Sequence[RunId] = (),
        experiment_ids: Sequence[ExperimentId] = (),
        older_than_ms: int | None = None,
        dry_run: bool = True,
    ) -> PurgeReport:
        """Remove records from the trash for ever.

        Args:
            run_ids, experiment_ids: what to purge; InvalidValue for one that is not in the trash, InvalidState for one
                that registered versions have their files in. Neither given: everything in the trash, but for those,
                and logged models that were deleted by themselves.
            older_than_ms: only what was deleted before this time.
            dry_run: change nothing and say what would go.

        Returns:
            What goes. A store of records alone touches no files: their folders are `artifact_uris`, and the caller,
            who knows artifact stores, removes them afterwards. A server removes those that it keeps and names the
            others.
        """
        ...

    def measure_records(self) -> RecordsSize:
        """Say what params, metrics, tags and all other records take up; files of runs are not among them."""
        ...


class TrackingStore(
    WorkspaceStore,
    ExperimentStore,
    RunStore,
    DatasetStore,
    SeriesStore,
    KeyStore,
    ViewStore,
    PurgeStore,
    JobStore,
    TargetStore,
    SecretStore,
    ProjectStore,
    RegistryStore,
    LoggedModelStore,
    ModelPolicyStore,
    PromotionStore,
    WebhookStore,
    AccessStore,
    AuditStore,
    QuotaStore,
    RetentionStore,
    Protocol,
):
    """All that tracking needs of a store.

    Attributes:
        uri: its address, without a password.
    """

    uri: str

    def ping(self) -> None:
        """Return when the store can answer; raise `Unavailable` or `StoreError` when it can't."""
        ...

    def load(self) -> StoreLoad:
        """Costs nothing and never waits."""
        ...

    def close(self) -> None:
        """Finish what is waiting to be written and let go of files and connections. Twice is harmless."""
        ...


class ServedStore(
    TrackingStore,
    DeliveryQueue,
    RegistrationQueue,
    SignInStore,
    ServedWork,
    AuditedStore,
    CountingStore,
    RetentionQueue,
    Protocol,
):
    """A store that a server keeps records in. Its searches leave out what somebody may not see before they page."""

    def backlog(self) -> Backlog: ...

    def hiding(self, hidden: HiddenDatasets) -> Self:
        """This store, which tells nothing of some datasets: no record that it gives names them, and a search finds,
        counts and orders as if they were not there.
        """
        ...

    def list_datasets(
        self,
        *,
        name: str = "",
        text: str = "",
        max_results: int = 100,
        page_token: str = "",
        visible: VisibleDatasets = ALL_DATASETS_VISIBLE,
    ) -> Page[DatasetVersion]: ...

    def get_dataset(self, name: str, digest: str, *, visible: VisibleDatasets = ALL_DATASETS_VISIBLE) -> Dataset: ...

    def search_experiments(self, query: ExperimentQuery, *, visible: Visible = ALL_VISIBLE) -> Page[Experiment]: ...

    def search_registered_models(
        self, query: ModelQuery, *, visible: Visible = ALL_VISIBLE
    ) -> Page[RegisteredModel]: ...

    def search_model_versions(self, query: ModelQuery, *, visible: Visible = ALL_VISIBLE) -> Page[ModelVersion]: ...

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
from typing import Protocol

import msgspec

from runfold.domain.access import ALL_VISIBLE, Visible
from runfold.domain.dataset import DatasetSummary, DatasetUse
from runfold.domain.experiment import Experiment, ExperimentSummary
from runfold.domain.ids import ExperimentId, RunId
from runfold.domain.job import (
    Agent,
    Job,
    JobChanges,
    JobId,
    JobLog,
    JobReport,
    JobState,
    JobStep,
    LogMatches,
    NewJob,
)
from runfold.domain.keys import KeyKind, KeyStats
from runfold.domain.metric import Metric, SampledSeries, Series
from runfold.domain.page import Page
from runfold.domain.registered_model import ModelVersion, RegisteredModel
from runfold.domain.registered_project import ProjectName, ProjectReading, ProjectSettings, RegisteredProject
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
from runfold.domain.secret import FoundSecret, Secret, SecretName
from runfold.domain.states import RunStatus, ViewType
from runfold.domain.summary import RunGroups, RunTable
from runfold.domain.target import Target, TargetName
from runfold.domain.view import SavedView
from runfold.stores.access import AccessStore, SignInStore
from runfold.stores.registry import LoggedModelStore, ModelPolicyStore, ModelQuery, PromotionStore, RegistryStore
from runfold.stores.webhooks import DeliveryQueue, WebhookStore


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


class JobQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which jobs, newest first. No states: all of them; an empty queue or project: every one."""

    states: tuple[JobState, ...] = ()
    project: str = ""
    queue: str = ""
    max_results: int = 100
    page_token: str = ""


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
        """All experiments with their counts, by name."""
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
        """Put runs into another experiment. Their files stay where they are."""
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


class JobStore(Protocol):
    """The queue of work. Agents hold jobs by a lease that signs of life renew; see `domain.job` for the states."""

    def submit_job(self, work: NewJob) -> Job:
        """Queue a job; one with a known idempotency key is the job that has it.

        A job for a target goes to the target's queue, unless it names one itself.

        Raises:
            NotFound: there is no such target.
        """
        ...

    def submit_jobs(self, works: Sequence[NewJob]) -> tuple[Job, ...]:
        """Queue several jobs, in this order; all of them or, when it raises, none."""
        ...

    def get_job(self, job_id: JobId) -> Job: ...

    def get_job_steps(self, job_id: JobId) -> tuple[JobStep, ...]:
        """What became of a job so far, oldest first, over all of its attempts."""
        ...

    def list_jobs(self, query: JobQuery) -> Page[Job]: ...

    def changed_jobs(self, *, after: int, max_results: int = 1000) -> JobChanges:
        """Jobs whose state changed since a cursor; none, and the present cursor, for -1."""
        ...

    def claim_jobs(self, agent: Agent, n_jobs: int) -> tuple[Job, ...]:
        """Take up to so many queued jobs of the agent's queues whose labels it has, the most urgent first.

        However many agents ask at the same time, a job goes to one of them. Makes the agent known, too.
        """
        ...

    def beat_jobs(self, agent: str, held: Sequence[tuple[JobId, int]]) -> tuple[JobId, ...]:
        """Renew the leases of these (job, attempt).

        Returns:
            Those that the agent is to end: cancelled ones, and those that are not its own any more.
        """
        ...

    def report_job(self, job_id: JobId, attempt: int, report: JobReport) -> Job:
        """Say how an attempt goes. A failed one is queued again while the job has tries left.

        Raises:
            InvalidState: the attempt is not under way any more, such as after a lapsed lease.
        """
        ...

    def cancel_job(self, job_id: JobId) -> Job:
        """End a waiting job, or have its agent end it. InvalidState when it is over in another way."""
        ...

    def retry_job(self, job_id: JobId) -> Job:
        """Queue a job again that is over. InvalidState when it is not."""
        ...

    def append_job_log(self, job_id: JobId, attempt: int, start: int, content: bytes) -> None:
        """Add to an attempt's output; a piece sent again changes nothing.

        Raises:
            InvalidValue: the piece does not begin where the log ends.
            InvalidState: another attempt is under way.
            LimitExceeded: the piece or the log is too long.
        """
        ...

    def read_job_log(
        self, job_id: JobId, *, attempt: int | None = None, start: int = 0, max_bytes: int = 65_536
    ) -> JobLog:
        """A part of an attempt's output; None: the last attempt."""
        ...

    def search_job_log(
        self, job_id: JobId, text: str, *, attempt: int | None = None, after: int = 0, max_results: int = 200
    ) -> LogMatches:
        """Lines of an attempt's output that hold a text in any case, from the byte `after` on.

        Raises:
            InvalidValue: the text is empty.
        """
        ...

    def list_agents(self) -> tuple[Agent, ...]:
        """By name, those too that have gone silent."""
        ...


class TargetStore(Protocol):
    """Where jobs are executed. A target holds no secret, only where one is found."""

    def create_target(self, target: Target) -> Target:
        """Add a target. Times in it are the store's, whatever is given.

        Raises:
            AlreadyExists: the name is taken.
            InvalidValue: a field holds what it cannot.
        """
        ...

    def update_target(self, target: Target) -> Target:
        """Replace the target of this name as a whole. Jobs under way go on as they began."""
        ...

    def get_target(self, name: TargetName) -> Target: ...

    def list_targets(self) -> tuple[Target, ...]:
        """By name."""
        ...

    def delete_target(self, name: TargetName) -> None:
        """Forget a target. Jobs that wait for it fail when an agent takes them."""
        ...


class SecretStore(Protocol):
    """Secrets for jobs and targets. What one is comes back to nobody but the agent of a job that names it."""

    def set_secret(self, name: SecretName, *, value: str = "", reference: str = "", description: str = "") -> Secret:
        """Keep a secret, sealed, or the place where agents find it; one of this name is replaced.

        Args:
            value, reference: one of them.

        Raises:
            InvalidValue: the name, value or place can be none; the message does not hold them.
            NotSupported: this store has no key to seal with.
        """
        ...

    def list_secrets(self) -> tuple[Secret, ...]:
        """By name, without what they are."""
        ...

    def delete_secret(self, name: SecretName) -> None: ...

    def open_secrets(
        self, agent: str, job_id: JobId, attempt: int, names: Sequence[SecretName]
    ) -> tuple[FoundSecret, ...]:
        """Give an agent what a job that it holds needs, in the order of the names.

        Raises:
            InvalidState: the attempt is not under way with this agent.
            PermissionDenied: neither the job's parameters nor its target name one of them.
            NotFound: there is no such secret.
        """


class ProjectStore(Protocol):
    """Projects by name. The store keeps what it is told and fetches no code."""

    def create_project(self, settings: ProjectSettings, *, user_id: str = "") -> RegisteredProject:
        """AlreadyExists when the name is taken."""
        ...

    def update_project(self, settings: ProjectSettings) -> RegisteredProject:
        """Replace what is said of the project of this name. Other code (uri, version, folder) ends what was read."""
        ...

    def record_project_reading(self, name: ProjectName, reading: ProjectReading) -> RegisteredProject:
        """Keep what was read in its code; a reading with a problem leaves the last spec and commit as they are."""
        ...

    def get_project(self, name: ProjectName) -> RegisteredProject: ...

    def list_projects(self) -> tuple[RegisteredProject, ...]:
        """By name."""
        ...

    def delete_project(self, name: ProjectName) -> None:
        """Forget the name, and what was read. Its jobs and runs stay."""
        ...


class TrackingStore(
    ExperimentStore,
    RunStore,
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


class ServedStore(TrackingStore, DeliveryQueue, SignInStore, Protocol):
    """A store that a server keeps records in. Its searches leave out what somebody may not see before they page."""

    def search_experiments(self, query: ExperimentQuery, *, visible: Visible = ALL_VISIBLE) -> Page[Experiment]: ...

    def search_registered_models(
        self, query: ModelQuery, *, visible: Visible = ALL_VISIBLE
    ) -> Page[RegisteredModel]: ...

    def search_model_versions(self, query: ModelQuery, *, visible: Visible = ALL_VISIBLE) -> Page[ModelVersion]: ...

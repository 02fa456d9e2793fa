"""The SQL store: which unit or query answers which call."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Any, Self, TypeVar

import sqlalchemy as sa

from runfold.config import StoreSettings
from runfold.domain.access import ALL_VISIBLE, Place, Visible
from runfold.domain.audit import Act
from runfold.domain.dataset import Dataset, DatasetSummary, DatasetUse, DatasetVersion
from runfold.domain.dataset_access import (
    ALL_DATASETS_VISIBLE,
    NOTHING_HIDDEN,
    HiddenDatasets,
    VisibleDatasets,
)
from runfold.domain.experiment import Experiment, ExperimentSummary
from runfold.domain.ids import ExperimentId, RunId
from runfold.domain.keys import KeyKind, KeyStats
from runfold.domain.metric import Metric, SampledSeries, Series
from runfold.domain.page import Page
from runfold.domain.run import FinishedRun, NewRun, PurgeReport, RegisteredRun, Run, RunBatch, RunChanges, RunInfo
from runfold.domain.states import RunStatus, ViewType
from runfold.domain.summary import RunGroups, RunTable
from runfold.domain.view import SavedView
from runfold.domain.workspace import (
    DEFAULT_WORKSPACE,
    DeletionMode,
    Workspace,
    WorkspaceDeletion,
    WorkspacePurge,
)
from runfold.errors import NotFound, RunfoldError, StoreError
from runfold.hosting.passwords import PasswordChecker
from runfold.hosting.sealing import Sealer
from runfold.stores.base import (
    Backlog,
    ExperimentQuery,
    GroupQuery,
    RecordsSize,
    RunColumns,
    RunQuery,
    SeriesQuery,
    StoreLoad,
    TableQuery,
)
from runfold.stores.sql import (
    batches,
    corrections,
    datasets,
    experiments,
    purge,
    registration,
    rows,
    runs,
    schema,
    search,
    series,
    space,
    views,
    workspaces,
)
from runfold.stores.sql.access.grants import grant_on_new
from runfold.stores.sql.access.store import SqlAccess
from runfold.stores.sql.access.weighed import WeighedRights
from runfold.stores.sql.audit.store import SqlAudit
from runfold.stores.sql.committer import Committer, Unit
from runfold.stores.sql.engine import Engines, translate
from runfold.stores.sql.experiments import DAY_MS
from runfold.stores.sql.hidden import hiding
from runfold.stores.sql.jobs import moves
from runfold.stores.sql.jobs.store import SqlJobs
from runfold.stores.sql.kept import Kept
from runfold.stores.sql.maintenance import Maintenance
from runfold.stores.sql.quotas.store import SqlQuotas
from runfold.stores.sql.registry import outbox, pending, webhooks
from runfold.stores.sql.registry.store import (
    SqlLoggedModels,
    SqlModelPolicies,
    SqlPromotions,
    SqlRegistrations,
    SqlRegistry,
    SqlWebhooks,
)
from runfold.stores.sql.retention.store import SqlRetention
from runfold.stores.sql.tables import experiments as experiments_table
from runfold.stores.sql.tables import runs as runs_table
from runfold.stores.sql.tenants import deletion, trash
from runfold.stores.sql.transaction import KeyCache, Transaction

T = TypeVar("T")


class SqlStore(
    SqlJobs,
    SqlRegistry,
    SqlRegistrations,
    SqlModelPolicies,
    SqlPromotions,
    SqlLoggedModels,
    SqlWebhooks,
    SqlAccess,
    SqlAudit,
    SqlQuotas,
    SqlRetention,
):
    """Records in SQLite or PostgreSQL; implements `stores.base.ServedStore`.

    Args:
        uri: `sqlite:///path`, a path, or `postgresql://user@host/database`.
        artifact_root: URI below which new experiments keep their files.

    Raises:
        StoreNeedsUpgrade, StoreTooNew: the store was written by another release.
        Unavailable, StoreError: it cannot be opened.
    """

    def __init__(self, uri: str, settings: StoreSettings, *, artifact_root: str = "mlflow-artifacts:/") -> None:
        self._settings = settings
        self._artifact_root = artifact_root
        self._engines = Engines(uri, settings)
        self.uri = self._engines.uri
        self._passwords = PasswordChecker()
        self._activity: Kept[dict[int, experiments.Activity]] = Kept()
        self._weighed = WeighedRights()
        self._workspace = DEFAULT_WORKSPACE
        self._hidden = NOTHING_HIDDEN
        self._also: tuple[Callable[[Transaction, Any], None], ...] = ()
        self._sealer = Sealer(_key_file(settings, self._engines.path))
        try:
            with self._engines.connect_to_write() as connection:
                schema.open_schema(connection, self.uri, artifact_root=artifact_root)
        except Exception as error:
            self._engines.dispose()
            raise _explain(translate(error, self.uri), self.uri) from error
        self._committer = Committer(self._engines, settings, KeyCache(), self._note_touched, own_lanes=(moves.LANE,))
        self._maintenance = Maintenance(self._engines, self._committer, settings)
        self._maintenance.start()

    # Reading and writing

    def _note_touched(self, numbers: set[int]) -> None:
        self._maintenance.note_touched(numbers)

    def _read(self, query: Callable[[sa.Connection], T]) -> T:
        try:
            with self._engines.connect_to_read() as connection, self._engines.time_limit(connection):
                if self._workspace == DEFAULT_WORKSPACE and not self._hidden:
                    return query(connection)
                with workspaces.working_in(connection, self._workspace), hiding(connection, self._hidden):
                    return query(connection)
        except RunfoldError:
            raise
        except Exception as error:
            raise translate(error, self.uri) from error

    def _write(self, unit: Unit[T], *, lane: object = None) -> T:
        return self._submit(unit, lane=lane).result()

    def _submit(self, unit: Unit[T], *, lane: object = None) -> Future[T]:
        also, self._also = self._also, ()
        if not also and self._workspace == DEFAULT_WORKSPACE and not self._hidden:
            return self._committer.submit(unit, lane=lane)
        workspace, hidden = self._workspace, self._hidden

        def together(transaction: Transaction) -> T:
            connection = transaction.connection
            with workspaces.working_in(connection, workspace), hiding(connection, hidden):
                result = unit(transaction)
                for step in also:
                    step(transaction, result)
                return result

        return self._committer.submit(together, lane=lane)

    def in_workspace(self, workspace: str) -> Self:
        other = copy.copy(self)
        other._workspace = workspace
        return other

    def hiding(self, hidden: HiddenDatasets) -> Self:
        other = copy.copy(self)
        other._hidden = hidden
        return other

    def _with(self, step: Callable[[Transaction, Any], None]) -> Self:
        """This store, of which the next write takes one more step, in the same transaction."""
        other = copy.copy(self)
        other._also = (*self._also, step)
        return other

    def noting(self, entries: Callable[[object], Sequence[Act]]) -> Self:
        return self._with(lambda transaction, result: transaction.acts.extend(entries(result)))

    def making_manager(self, user: str, place_of: Callable[[Any], Place]) -> Self:
        def grant(transaction: Transaction, result: Any) -> None:
            grant_on_new(transaction, place_of(result), maker=user)

        return self._with(grant)

    def record_acts(self, acts: Sequence[Act]) -> Future[None]:
        return self._committer.submit(lambda transaction: transaction.acts.extend(acts))

    def _lost_before_ms(self) -> int:
        return Transaction.now() - int(self._settings.lost_after_s * 1000)

    # The store itself

    def ping(self) -> None:
        self._read(lambda connection: connection.execute(sa.text("SELECT 1")).scalar())

    @property
    def n_waiting(self) -> int:
        """Writes in the queue."""
        return self._committer.n_waiting

    @property
    def committer(self) -> Committer:
        """For gauges: queue length, units and commits so far."""
        return self._committer

    def load(self) -> StoreLoad:
        return StoreLoad(
            n_waiting=self._committer.n_waiting,
            limit=self._committer.limit,
            n_units=self._committer.n_units,
            n_commits=self._committer.n_commits,
        )

    def backlog(self) -> Backlog:
        return self._read(
            lambda connection: Backlog(
                n_deliveries=outbox.count_waiting(connection),
                n_dropped=webhooks.count_dropped(connection),
                n_pending_versions=pending.count(connection),
            )
        )

    def fold(self) -> None:
        """Fold every journal now rather than in the background."""
        self._maintenance.fold_all()

    def close(self) -> None:
        self._maintenance.close()
        self._committer.close()
        self._engines.dispose()

    # Experiments

    def create_experiment(
        self, name: str, *, artifact_location: str = "", tags: Mapping[str, str] | None = None
    ) -> ExperimentId:
        return self._write(
            partial(
                experiments.create_experiment,
                name=name,
                artifact_location=artifact_location,
                artifact_root=self._artifact_root,
                tags=tags or {},
            )
        )

    def get_experiment(self, experiment_id: ExperimentId) -> Experiment:
        where = experiments_table.c.id == experiments.parse_id(experiment_id)
        found = self._read(lambda connection: experiments.find_experiment(connection, where))
        if found is None:
            raise NotFound("experiment", experiment_id)
        return found

    def find_experiment_by_name(self, name: str) -> Experiment | None:
        if "\x00" in name:
            return None
        return self._read(partial(experiments.find_experiment_by_name, name=name))

    def search_experiments(self, query: ExperimentQuery, *, visible: Visible = ALL_VISIBLE) -> Page[Experiment]:
        return self._read(partial(search.search_experiments, query=query, visible=visible))

    def summarize_experiments(
        self, *, view_type: ViewType = ViewType.ACTIVE_ONLY, n_days: int = 30
    ) -> tuple[ExperimentSummary, ...]:
        first_day = Transaction.now() // DAY_MS - n_days + 1
        activity = self._activity.get(
            first_day,
            lambda: self._read(
                partial(experiments.load_activity, first_day=first_day, lost_before_ms=self._lost_before_ms())
            ),
        )
        return self._read(
            partial(
                experiments.summarize_experiments,
                view_type=view_type,
                n_days=n_days,
                first_day=first_day,
                activity=activity,
            )
        )

    def rename_experiment(self, experiment_id: ExperimentId, name: str) -> None:
        self._write(partial(experiments.rename_experiment, experiment_id=experiment_id, name=name))

    def delete_experiment(self, experiment_id: ExperimentId) -> None:
        self._write(partial(experiments.delete_experiment, experiment_id=experiment_id))

    def restore_experiment(self, experiment_id: ExperimentId) -> None:
        self._write(partial(experiments.restore_experiment, experiment_id=experiment_id))

    def discard_experiment(self, experiment_id: ExperimentId) -> bool:
        return self._write(partial(experiments.discard_experiment, experiment_id=experiment_id))

    def set_experiment_tag(self, experiment_id: ExperimentId, key: str, value: str) -> None:
        self._write(partial(experiments.set_experiment_tag, experiment_id=experiment_id, key=key, value=value))

    def delete_experiment_tag(self, experiment_id: ExperimentId, key: str) -> None:
        self._write(partial(experiments.delete_experiment_tag, experiment_id=experiment_id, key=key))

    # Workspaces

    def create_workspace(self, name: str, *, description: str = "", artifact_root: str = "") -> Workspace:
        unit = partial(workspaces.create, name=name, description=description, artifact_root=artifact_root)
        return self._write(unit)

    def get_workspace(self, name: str) -> Workspace:
        return self._read(partial(workspaces.get, name=name))

    def list_workspaces(self) -> tuple[Workspace, ...]:
        return self._read(workspaces.list_all)

    def update_workspace(
        self, name: str, *, description: str | None = None, artifact_root: str | None = None
    ) -> Workspace:
        unit = partial(workspaces.update, name=name, description=description, artifact_root=artifact_root)
        return self._write(unit)

    def delete_workspace(
        self,
        name: str,
        *,
        mode: DeletionMode = DeletionMode.RESTRICT,
        to: str = DEFAULT_WORKSPACE,
        dry_run: bool = False,
    ) -> WorkspaceDeletion:
        if dry_run:
            return self._read(partial(deletion.plan, name=name, mode=mode, to=to))
        return self._write(partial(deletion.delete, name=name, mode=mode, to=to))

    def list_trashed_workspaces(self) -> tuple[Workspace, ...]:
        return self._read(workspaces.list_trashed)

    def restore_workspace(self, name: str) -> Workspace:
        return self._write(partial(trash.restore, name=name))

    def purge_workspace(self, name: str, *, dry_run: bool = True) -> WorkspacePurge:
        if dry_run:
            return self._read(partial(trash.plan_purge, name=name))
        return self._write(partial(trash.purge_workspace, name=name))

    # Runs

    def create_run(self, run: NewRun) -> Run:
        return self.submit_run(run).result()

    def submit_run(self, run: NewRun) -> Future[Run]:
        completed = runs.complete(run)
        return self._submit(partial(runs.create_run, run=completed, owner=self._owner), lane=completed.run_id)

    def register_run(self, run: FinishedRun) -> RegisteredRun:
        prepared = registration.prepare_run(run)
        run_id, is_new = self._write(
            partial(registration.register_run, prepared=prepared, owner=self._owner),
            lane=run.idempotency_key or prepared.run.run_id,
        )
        return RegisteredRun(run=self.get_run(run_id), is_new=is_new)

    def check_run(self, run: FinishedRun) -> None:
        registration.prepare_run(run)

    def get_run(self, run_id: RunId) -> Run:
        def query(connection: sa.Connection) -> list[Run]:
            found = connection.execute(sa.select(runs_table).where(runs_table.c.run_id == run_id)).all()
            return rows.load_runs(connection, found, RunColumns(), lost_before_ms=self._lost_before_ms())

        found = self._read(query) if "\x00" not in run_id else []
        if not found:
            raise NotFound("run", run_id)
        return found[0]

    def search_runs(self, query: RunQuery) -> Page[Run]:
        return self._read(partial(search.search_runs, query=query, lost_before_ms=self._lost_before_ms()))

    def changed_runs(
        self,
        experiment_ids: Sequence[ExperimentId],
        *,
        after: int,
        max_results: int = 1000,
        columns: RunColumns = RunColumns(),  # noqa: B008 (frozen)
    ) -> RunChanges:
        return self._read(
            lambda connection: search.changed_runs(
                connection,
                experiment_ids,
                after=after,
                max_results=max_results,
                columns=columns,
                lost_before_ms=self._lost_before_ms(),
            )
        )

    def group_runs(self, query: GroupQuery) -> RunGroups:
        return self._read(partial(search.group_runs, query=query, lost_before_ms=self._lost_before_ms()))

    def read_table(self, query: TableQuery) -> RunTable:
        return self._read(partial(search.read_table, query=query, lost_before_ms=self._lost_before_ms()))

    def search_datasets(self, experiment_ids: Sequence[ExperimentId]) -> tuple[DatasetSummary, ...]:
        return self._read(partial(search.search_datasets, experiment_ids=experiment_ids))

    def list_datasets(
        self,
        *,
        name: str = "",
        text: str = "",
        max_results: int = 100,
        page_token: str = "",
        visible: VisibleDatasets = ALL_DATASETS_VISIBLE,
    ) -> Page[DatasetVersion]:
        find = partial(search.list_datasets, name=name, text=text, max_results=max_results, page_token=page_token)
        return self._read(partial(find, visible=visible))

    def get_dataset(self, name: str, digest: str, *, visible: VisibleDatasets = ALL_DATASETS_VISIBLE) -> Dataset:
        return self._read(partial(search.get_dataset, name=name, digest=digest, visible=visible))

    def update_run(
        self,
        run_id: RunId,
        *,
        status: RunStatus | None = None,
        end_time_ms: int | None = None,
        run_name: str = "",
    ) -> RunInfo:
        return self.submit_update(run_id, status=status, end_time_ms=end_time_ms, run_name=run_name).result()

    def submit_update(
        self,
        run_id: RunId,
        *,
        status: RunStatus | None = None,
        end_time_ms: int | None = None,
        run_name: str = "",
    ) -> Future[RunInfo]:
        unit = partial(runs.update_run, run_id=run_id, status=status, end_time_ms=end_time_ms, run_name=run_name)
        return self._submit(unit, lane=run_id)

    def delete_runs(self, run_ids: Sequence[RunId]) -> None:
        self._write(partial(runs.delete_runs, run_ids=run_ids))

    def restore_runs(self, run_ids: Sequence[RunId]) -> None:
        self._write(partial(runs.restore_runs, run_ids=run_ids))

    def move_runs(self, run_ids: Sequence[RunId], experiment_id: ExperimentId) -> None:
        self._write(partial(corrections.move_runs, run_ids=run_ids, experiment_id=experiment_id))

    def heartbeat(self, run_ids: Sequence[RunId]) -> None:
        self._write(partial(runs.heartbeat, run_ids=run_ids, lost_before_ms=self._lost_before_ms()))

    def log_batch(self, run_id: RunId, batch: RunBatch) -> None:
        self.submit_batch(run_id, batch).result()

    def submit_batch(self, run_id: RunId, batch: RunBatch) -> Future[None]:
        prepared = batches.prepare(batch)
        return self._submit(partial(batches.write_batch, run_id=run_id, batch=prepared), lane=run_id)

    def log_inputs(self, run_id: RunId, uses: Sequence[DatasetUse]) -> None:
        datasets.check_uses(uses)
        self._write(partial(datasets.log_inputs, run_id=run_id, uses=uses), lane=run_id)

    def set_tag(self, run_id: RunId, key: str, value: str) -> None:
        self.log_batch(run_id, RunBatch(tags=((key, value),)))

    def log_model(self, run_id: RunId, model: Mapping[str, object]) -> None:
        self._write(partial(runs.log_model, run_id=run_id, model=model), lane=run_id)

    def delete_tag(self, run_id: RunId, key: str) -> None:
        self._write(partial(runs.delete_tag, run_id=run_id, key=key), lane=run_id)

    def delete_param(self, run_id: RunId, key: str) -> None:
        self._write(partial(runs.delete_param, run_id=run_id, key=key), lane=run_id)

    def delete_metric(self, run_id: RunId, key: str, *, after_step: int | None = None) -> None:
        unit = partial(corrections.delete_metric, run_id=run_id, key=key, after_step=after_step)
        self._write(unit, lane=run_id)

    # Series

    def get_metric_history(
        self, run_id: RunId, key: str, *, max_results: int | None = None, page_token: str = ""
    ) -> Page[Metric]:
        return self._read(
            lambda connection: series.get_metric_history(
                connection, run_id, key, max_results=max_results, page_token=page_token
            )
        )

    def get_series(self, run_ids: Sequence[RunId], keys: Sequence[str]) -> tuple[Series, ...]:
        return self._read(lambda connection: series.get_series(connection, run_ids, keys))

    def sample_series(self, query: SeriesQuery) -> tuple[SampledSeries, ...]:
        return self._read(lambda connection: series.sample_series(connection, query))

    # Keys

    def search_keys(
        self,
        experiment_ids: Sequence[ExperimentId],
        *,
        kinds: Sequence[KeyKind] = (),
        text: str = "",
        max_results: int = 1000,
    ) -> tuple[KeyStats, ...]:
        return self._read(
            partial(search.search_keys, experiment_ids=experiment_ids, kinds=kinds, text=text, max_results=max_results)
        )

    def search_key_values(
        self,
        experiment_ids: Sequence[ExperimentId],
        kind: KeyKind,
        key: str,
        *,
        text: str = "",
        max_results: int = 50,
    ) -> tuple[tuple[str, int], ...]:
        return self._read(
            partial(
                search.search_key_values,
                experiment_ids=experiment_ids,
                kind=kind,
                key=key,
                text=text,
                max_results=max_results,
            )
        )

    # Views

    def save_view(self, *, scope: str, name: str, state: str, view_id: str | None = None) -> SavedView:
        return self._write(partial(views.save_view, scope=scope, name=name, state=state, view_id=view_id))

    def get_view(self, view_id: str) -> SavedView:
        return self._read(lambda connection: views.get_view(connection, view_id))

    def list_views(self, scope: str) -> tuple[SavedView, ...]:
        return self._read(lambda connection: views.list_views(connection, scope))

    def delete_view(self, view_id: str) -> None:
        self._write(partial(views.delete_view, view_id=view_id))

    # The trash

    def purge(
        self,
        *,
        run_ids: Sequence[RunId] = (),
        experiment_ids: Sequence[ExperimentId] = (),
        older_than_ms: int | None = None,
        dry_run: bool = True,
    ) -> PurgeReport:
        def unit(connection: sa.Connection) -> tuple[purge.Scope, PurgeReport]:
            scope = purge.find_scope(
                connection, run_ids=run_ids, experiment_ids=experiment_ids, older_than_ms=older_than_ms
            )
            return scope, purge.describe(connection, scope, dry_run=dry_run)

        def remove(transaction: Transaction) -> PurgeReport:
            scope, report = unit(transaction.connection)
            purge.remove(transaction, scope)
            return report

        return self._read(unit)[1] if dry_run else self._write(remove)

    def measure_records(self) -> RecordsSize:
        return self._read(lambda connection: space.measure(connection, self._engines.path))


def _key_file(settings: StoreSettings, database: Path | None) -> Path | None:
    if settings.secrets_key_file:
        return Path(settings.secrets_key_file)
    return None if database is None else database.with_name(f"{database.name}.key")


def _explain(error: BaseException, uri: str) -> BaseException:
    """Give an error at opening a sentence of its own."""
    if isinstance(error, RunfoldError):
        return error
    return StoreError(f"The store {uri} cannot be opened: {error}")

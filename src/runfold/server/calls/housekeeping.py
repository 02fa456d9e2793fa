"""The trash, and what takes up space."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from runfold.domain.experiment import Experiment
from runfold.domain.run import Run
from runfold.domain.states import ViewType
from runfold.errors import NotFound, NotSupported
from runfold.server.artifacts.roots import Folder
from runfold.server.bind import Answer
from runfold.server.calls.experiments import check_max_results
from runfold.server.services import Services
from runfold.stores.base import ExperimentQuery, RunColumns, RunQuery
from runfold.wire import convert
from runfold.wire.messages import housekeeping as m
from runfold.wire.messages.base import Empty

MAX_TRASH = 10_000
MAX_MEASURED_FILES = 200_000
_NO_COLUMNS = RunColumns(metrics=(), params=(), tags=(), datasets=False)
_PAGE = 1000


def list_trash(services: Services, request: m.ListTrash) -> m.ListTrashReply:
    check_max_results(request.max_results, MAX_TRASH)
    experiments = list(_experiments(services, ViewType.ALL))
    page = services.store.search_runs(
        RunQuery(
            experiment_ids=tuple(experiment.experiment_id for experiment in experiments),
            view_type=ViewType.DELETED_ONLY,
            max_results=request.max_results,
            page_token=request.page_token,
            columns=_NO_COLUMNS,
        )
    )
    deleted = [] if request.page_token else [e for e in experiments if e.lifecycle_stage == "deleted"]
    return m.ListTrashReply(
        experiments=tuple(convert.experiment_out(experiment) for experiment in deleted),
        runs=tuple(convert.record_info_out(run.info) for run in page.items),
        next_page_token=page.next_token,
    )


def purge(services: Services, request: m.Purge) -> m.PurgeReply:
    """Remove records, then their files: a crash between the two leaves files that nothing points to, not the reverse.

    Folders that this server does not keep are named, so that they can be removed where they lie.
    """
    report = services.store.purge(
        run_ids=request.run_ids,
        experiment_ids=request.experiment_ids,
        older_than_ms=request.older_than_ms,
        dry_run=request.dry_run,
    )
    swept = sweep(services, report.artifact_uris, dry_run=request.dry_run)
    return m.PurgeReply(
        n_experiments=report.n_experiments,
        n_runs=report.n_runs,
        n_points=report.n_points,
        n_models=report.n_models,
        n_held=report.n_held,
        n_files=swept.n_files,
        n_bytes=swept.n_bytes,
        is_dry_run=report.is_dry_run,
        unreachable=swept.unreachable,
    )


class Swept(NamedTuple):
    """Files below some folders, and those folders that this server does not keep."""

    n_files: int
    n_bytes: int
    unreachable: tuple[str, ...]


def sweep(services: Services, uris: Sequence[str], *, dry_run: bool) -> Swept:
    """Count the files of records that go, and remove them unless it is a dry run."""
    n_files = n_bytes = 0
    unreachable = []
    for uri in uris:
        folder = _reachable(services, uri)
        if folder is None or folder.path is None:  # a root is nobody's own folder
            unreachable.append(uri)
            continue
        for info in folder.walk():
            n_files += 1
            n_bytes += info.size or 0
        if not dry_run:
            folder.store.delete(folder.path)
    return Swept(n_files, n_bytes, tuple(unreachable))


def measure_storage(services: Services, request: m.MeasureStorage) -> m.MeasureStorageReply:
    """Count files, most bytes first, as far as `MAX_MEASURED_FILES` goes."""
    left = MAX_MEASURED_FILES
    uses: list[m.StorageUse] = []
    for use, folder in _measured(services, request.experiment_id):
        sizes = [info.size or 0 for info in islice(folder.walk(), left)] if folder and left else []
        left -= len(sizes)
        uses.append(
            m.StorageUse(
                experiment_id=use.experiment_id,
                name=use.name,
                run_id=use.run_id,
                n_files=len(sizes),
                n_bytes=sum(sizes),
            )
        )
    uses.sort(key=lambda use: use.n_bytes, reverse=True)
    return m.MeasureStorageReply(uses=tuple(uses), n_bytes=sum(use.n_bytes for use in uses), is_complete=left > 0)


def _measured(services: Services, experiment_id: str) -> Iterator[tuple[m.StorageUse, Folder | None]]:
    """What is to be measured, and the folder to look into; None: not kept here."""
    if experiment_id:
        services.store.get_experiment(experiment_id)
        for run in _runs(services, experiment_id):
            info = run.info
            use = m.StorageUse(
                experiment_id=experiment_id, name=info.run_name, run_id=info.run_id, n_files=0, n_bytes=0
            )
            yield use, _reachable(services, info.artifact_uri)
        return
    for experiment in _experiments(services, ViewType.ALL):
        use = m.StorageUse(experiment_id=experiment.experiment_id, name=experiment.name, n_files=0, n_bytes=0)
        yield use, _reachable(services, experiment.artifact_location)


def _experiments(services: Services, view_type: ViewType) -> Iterator[Experiment]:
    query = ExperimentQuery(view_type=view_type, max_results=_PAGE)
    while True:
        page = services.store.search_experiments(query)
        yield from page.items
        if not page.next_token:
            return
        query = ExperimentQuery(view_type=view_type, max_results=_PAGE, page_token=page.next_token)


def _runs(services: Services, experiment_id: str) -> Iterator[Run]:
    token = ""
    while True:
        page = services.store.search_runs(
            RunQuery(
                experiment_ids=(experiment_id,),
                view_type=ViewType.ALL,
                max_results=_PAGE,
                page_token=token,
                columns=_NO_COLUMNS,
            )
        )
        yield from page.items
        token = page.next_token
        if not token:
            return


def _reachable(services: Services, uri: str) -> Folder | None:
    try:
        return services.files.folder(uri)
    except (NotSupported, NotFound):
        return None


def measure_records(services: Services, request: Empty) -> m.MeasureRecordsReply:
    size = services.store.measure_records()
    return m.MeasureRecordsReply(n_bytes=size.n_bytes, n_free_bytes=size.n_free_bytes)


ANSWERS: Mapping[str, Answer] = {
    "trash/list": list_trash,
    "purge": purge,
    "storage": measure_storage,
    "storage/records": measure_records,
}

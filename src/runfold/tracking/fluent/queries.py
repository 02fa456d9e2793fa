"""Find, read and delete runs."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal, overload

from msgspec import structs

from runfold.domain.run import FinishedRun, RegisteredRun
from runfold.domain.states import ViewType
from runfold.errors import InvalidValue, MissingDependency, Unavailable
from runfold.stores.base import ExperimentQuery, RunQuery, TrackingStore
from runfold.tracking import active, run_columns
from runfold.tracking.run_view import RunView

if TYPE_CHECKING:
    import pandas
    import polars

SEARCH_MAX_RESULTS_PANDAS = 100_000
_PAGE = 1000


def get_run(run_id: str) -> RunView:
    """A run as it is now; what this process logged to it is sent first.

    Raises:
        NotFound: no run has this id.

    Example:
        >>> import runfold
        >>> with runfold.start_run() as run:
        ...     _ = runfold.log_param("depth", 3)
        >>> runfold.get_run(run.info.run_id).data.params
        {'depth': '3'}
    """
    return RunView(_fresh_store().get_run(run_id))


def get_parent_run(run_id: str) -> RunView | None:
    """The run that this one is nested in; None for a run at the top."""
    store = _fresh_store()
    parent = store.get_run(run_id).info.parent_run_id
    return None if parent is None else RunView(store.get_run(parent))


def delete_run(run_id: str) -> None:
    """Move a run to the trash."""
    _fresh_store().delete_runs([run_id])


def restore_run(run_id: str) -> None:
    """Bring a run back from the trash."""
    _fresh_store().restore_runs([run_id])


def register_run(run: FinishedRun) -> RegisteredRun:
    """Record a run that is over, in one go: whole or not at all.

    Example:
        >>> import runfold
        >>> from runfold.domain.run import FinishedRun, NewRun, RunBatch
        >>> paper = FinishedRun(
        ...     run=NewRun(experiment_id="0", run_name="as published", start_time_ms=1_700_000_000_000),
        ...     batch=RunBatch(params=(("depth", "3"),)),
        ...     idempotency_key="paper table 2",
        ... )
        >>> runfold.register_run(paper).is_new
        True
    """
    return active.session().store.register_run(run)


@overload
def search_runs(
    experiment_ids: Sequence[str] | None = ...,
    filter_string: str = ...,
    run_view_type: int = ...,
    max_results: int = ...,
    order_by: Sequence[str] | None = ...,
    output_format: Literal["pandas"] = ...,
    search_all_experiments: bool = ...,
    experiment_names: Sequence[str] | None = ...,
) -> pandas.DataFrame: ...


@overload
def search_runs(
    experiment_ids: Sequence[str] | None = ...,
    filter_string: str = ...,
    run_view_type: int = ...,
    max_results: int = ...,
    order_by: Sequence[str] | None = ...,
    *,
    output_format: Literal["polars"],
    search_all_experiments: bool = ...,
    experiment_names: Sequence[str] | None = ...,
) -> polars.DataFrame: ...


@overload
def search_runs(
    experiment_ids: Sequence[str] | None = ...,
    filter_string: str = ...,
    run_view_type: int = ...,
    max_results: int = ...,
    order_by: Sequence[str] | None = ...,
    *,
    output_format: Literal["list"],
    search_all_experiments: bool = ...,
    experiment_names: Sequence[str] | None = ...,
) -> list[RunView]: ...


def search_runs(
    experiment_ids: Sequence[str] | None = None,
    filter_string: str = "",
    run_view_type: int = ViewType.ACTIVE_ONLY,
    max_results: int = SEARCH_MAX_RESULTS_PANDAS,
    order_by: Sequence[str] | None = None,
    output_format: str = "pandas",
    search_all_experiments: bool = False,
    experiment_names: Sequence[str] | None = None,
) -> pandas.DataFrame | polars.DataFrame | list[RunView]:
    """Find runs by a filter, the newest first unless told otherwise.

    Args:
        experiment_ids, experiment_names: where to look; neither: in the experiment that runs go to now.
        filter_string: such as `metrics.loss < 0.1 AND params.model = 'cnn'`.
        run_view_type: 1: active runs, 2: deleted ones, 3: all.
        order_by: such as `["metrics.loss ASC"]`.
        output_format: `pandas`, `polars` or `list`.
        search_all_experiments: look everywhere when no experiment is named.

    Returns:
        A table with a row per run and the columns run_id, experiment_id, status, artifact_uri, start_time,
        end_time, `metrics.*`, `params.*` and `tags.*`; or a list of runs.

    Raises:
        InvalidValue: the filter does not parse, ids and names are both given, or the format is unknown.
        MissingDependency: pandas or polars is not installed.

    Example:
        >>> import runfold
        >>> with runfold.start_run():
        ...     runfold.log_metric("loss", 0.25)
        >>> [run.data.metrics["loss"] for run in runfold.search_runs("0", "metrics.loss < 0.3", output_format="list")]
        [0.25]
    """
    if output_format not in ("pandas", "polars", "list"):
        raise InvalidValue(f"{output_format!r} is no output format; use 'pandas', 'polars' or 'list'.")
    store = _fresh_store()
    ids = _experiment_ids(store, experiment_ids, experiment_names, search_all_experiments)
    query = RunQuery(
        experiment_ids=ids,
        filter=filter_string or "",
        order_by=tuple(order_by or ()),
        view_type=ViewType(run_view_type),
    )
    runs = list(_runs(store, query, max_results))
    if output_format == "list":
        return runs
    columns = run_columns.columns_of(runs)
    if output_format == "polars":
        return _polars(columns)
    return _pandas(columns)


def _runs(store: TrackingStore, query: RunQuery, max_results: int) -> Iterator[RunView]:
    n_left, token = max_results, ""
    while n_left > 0:
        page = store.search_runs(structs.replace(query, page_token=token, max_results=min(_PAGE, n_left)))
        yield from map(RunView, page.items)
        n_left -= len(page.items)
        token = page.next_token
        if not token:
            return


def _experiment_ids(
    store: TrackingStore, ids: Sequence[str] | None, names: Sequence[str] | None, search_all: bool
) -> tuple[str, ...]:
    if ids and names:
        raise InvalidValue("Give either experiment ids or experiment names.")
    if ids:
        return (ids,) if isinstance(ids, str) else tuple(str(one) for one in ids)
    if names:
        found = [store.find_experiment_by_name(name) for name in ([names] if isinstance(names, str) else names)]
        return tuple(one.experiment_id for one in found if one is not None)
    if search_all:
        return _all_experiment_ids(store)
    chosen = active.state.experiment
    return (chosen.experiment_id if chosen else "0",)


def _all_experiment_ids(store: TrackingStore) -> tuple[str, ...]:
    ids: list[str] = []
    token = ""
    while True:
        page = store.search_experiments(ExperimentQuery(page_token=token))
        ids += [one.experiment_id for one in page.items]
        token = page.next_token
        if not token:
            return tuple(ids)


def _pandas(columns: dict[str, list[object]]) -> pandas.DataFrame:
    try:
        import pandas
    except ImportError:
        raise MissingDependency("pandas", needed_for="search_runs(output_format='pandas')", extra="pandas") from None
    frame = pandas.DataFrame(columns)
    for name in run_columns.TIME_COLUMNS:
        frame[name] = pandas.to_datetime(frame[name], unit="ms", utc=True)
    return frame


def _polars(columns: dict[str, list[object]]) -> polars.DataFrame:
    try:
        import polars
    except ImportError:
        raise MissingDependency("polars", needed_for="search_runs(output_format='polars')", extra="polars") from None
    frame = polars.DataFrame(columns, strict=False)
    times = [polars.col(name).cast(polars.Datetime("ms", "UTC")) for name in run_columns.TIME_COLUMNS]
    return frame.with_columns(times)


def _fresh_store() -> TrackingStore:
    """The store, with what this process has logged; what can't be sent just now is not waited for."""
    session = active.session()
    with contextlib.suppress(Unavailable):
        session.flush_all()
    return session.store

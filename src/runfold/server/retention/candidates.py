"""The runs that a rule looks at, by way of the searches that everybody uses."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from runfold.domain import known_tags
from runfold.domain.access import PlaceKind, Rights, folders_of
from runfold.domain.dataset_access import hidden_from, together
from runfold.domain.experiment import Experiment
from runfold.domain.retention import Candidate, Decision, RetentionRule, decide
from runfold.domain.run import Run
from runfold.domain.states import RunStatus
from runfold.errors import InvalidFilter, NotFound
from runfold.search.fields import RUNS
from runfold.search.parser import parse_field, parse_filter, parse_order
from runfold.search.tree import Group, OrderKey
from runfold.server.retention.authority import manage
from runfold.stores.base import ExperimentQuery, RunColumns, RunQuery, ServedStore, TrackingStore
from runfold.stores.registry import ModelQuery

_PAGE = 1000
_RUNNING = frozenset({RunStatus.RUNNING, RunStatus.SCHEDULED})
_GROUPS = ("", "parent", "experiment")


def weigh(store: ServedStore, rule: RetentionRule, now_ms: int, all_rights: Sequence[Rights] = ()) -> list[Decision]:
    """What a rule means now, run by run.

    Args:
        all_rights: of everybody in whose name it is done: runs of experiments that one of them does not manage are
            neither candidates nor counted, and no filter finds datasets that are denied to one.

    Raises:
        InvalidValue: it makes no rule.
        NotFound: its experiment is gone, or lies elsewhere.
    """
    rule.check()
    parse_filter(rule.filter, RUNS)
    best = _best_by(rule)
    registered = _Registered(store)
    found = (_candidate(run, rule, best, registered) for run in _runs(store, rule, best, all_rights))
    return decide(rule, found, descending=best is not None and best.descending, now_ms=now_ms)


def _best_by(rule: RetentionRule) -> OrderKey | None:
    if not rule.best_by:
        return None
    (key,) = parse_order([rule.best_by], RUNS)
    if key.field.group is not Group.METRIC:
        raise InvalidFilter("The best runs are told by a metric", text=rule.best_by, position=0)
    return key


def _runs(
    store: ServedStore, rule: RetentionRule, best: OrderKey | None, all_rights: Sequence[Rights]
) -> Iterator[Run]:
    experiment_ids = tuple(
        one.experiment_id
        for one in _experiments_of(store, rule)
        if manage(all_rights, one.experiment_id, one.name, one.workspace)
    )
    hidden = together(map(hidden_from, all_rights))
    store = store.hiding(hidden) if hidden else store
    columns = _columns(rule, best)
    token = ""
    while experiment_ids:
        page = store.search_runs(
            RunQuery(
                experiment_ids=experiment_ids,
                filter=rule.filter,
                max_results=_PAGE,
                page_token=token,
                columns=columns,
            )
        )
        yield from page.items
        token = page.next_token
        if not token:
            return


def _experiments_of(store: ServedStore, rule: RetentionRule) -> Iterator[Experiment]:
    if rule.place.kind is PlaceKind.EXPERIMENT:
        found = store.get_experiment(rule.place.key)
        if rule.workspace and found.workspace != rule.workspace:
            raise NotFound("experiment", rule.place.key)
        yield found
        return
    folder = rule.place.key if rule.place.kind is PlaceKind.FOLDER else None
    for workspace in _workspaces(store, rule):
        for one in _experiments(store.in_workspace(workspace)):
            if folder is None or folder in set(folders_of(one.name)):
                yield one


def _workspaces(store: ServedStore, rule: RetentionRule) -> tuple[str, ...]:
    place = rule.place
    match place.kind:
        case PlaceKind.WORKSPACE:
            return (place.key,)
        case PlaceKind.FOLDER:
            return (place.workspace,)
    return tuple(workspace.name for workspace in store.list_workspaces())


def _experiments(store: TrackingStore) -> Iterator[Experiment]:
    token = ""
    while True:
        page = store.search_experiments(ExperimentQuery(max_results=_PAGE, page_token=token))
        yield from page.items
        token = page.next_token
        if not token:
            return


def _columns(rule: RetentionRule, best: OrderKey | None) -> RunColumns:
    params: tuple[str, ...] = ()
    tags: tuple[str, ...] = (known_tags.STARRED,)
    if rule.per not in _GROUPS:
        field = parse_field(rule.per, RUNS)
        if field.group is Group.PARAM:
            params = (field.name,)
        elif field.group is Group.TAG:
            tags = (*tags, field.name)
        else:
            raise InvalidFilter(
                "Runs are grouped per parent, experiment, params.KEY or tags.KEY", text=rule.per, position=0
            )
    metrics = () if best is None else (best.field.name,)
    return RunColumns(metrics=metrics, params=params, tags=tags, datasets=False)


def _candidate(run: Run, rule: RetentionRule, best: OrderKey | None, registered: _Registered) -> Candidate:
    info = run.info
    ended_ms = info.end_time_ms
    if ended_ms is None:
        ended_ms = max(info.start_time_ms, info.last_write_ms or 0, info.heartbeat_ms or 0)
    return Candidate(
        run_id=info.run_id,
        name=info.run_name,
        experiment_id=info.experiment_id,
        artifact_uri=info.artifact_uri,
        group=_group(run, rule.per),
        value=_value(run, best),
        start_time_ms=info.start_time_ms,
        age_from_ms=ended_ms,
        is_running=info.status in _RUNNING and not info.is_lost,
        is_protected=bool(run.tags.get(known_tags.STARRED)),
        is_registered=registered.has(run),
    )


def _group(run: Run, per: str) -> str:
    """Runs without a parent are one group per experiment; so are those without the param or tag one."""
    if not per:
        return ""
    if per == "experiment":
        return run.info.experiment_id
    if per == "parent":
        return f"run:{run.info.parent_run_id}" if run.info.parent_run_id else f"experiment:{run.info.experiment_id}"
    field = parse_field(per, RUNS)
    value = (run.params if field.group is Group.PARAM else run.tags).get(field.name)
    return "" if value is None else f"={value}"


def _value(run: Run, best: OrderKey | None) -> float | None:
    metric = None if best is None else run.metrics.get(best.field.name)
    if metric is None or best is None:
        return None
    value = getattr(metric, best.field.statistic.value)
    return None if value is None or math.isnan(value) else float(value)


class _Registered:
    """Which runs the registry needs: those that versions come from, or have their files in."""

    def __init__(self, store: ServedStore) -> None:
        self._run_ids: set[str] = set()
        self._places: set[str] = set()
        for workspace in store.list_workspaces():
            self._look_into(store.in_workspace(workspace.name))

    def _look_into(self, store: TrackingStore) -> None:
        token = ""
        while True:
            page = store.search_model_versions(ModelQuery(max_results=_PAGE, page_token=token))
            for version in page.items:
                self._run_ids.add(version.run_id)
                self._add(version.storage_location)
            token = page.next_token
            if not token:
                return

    def _add(self, location: str) -> None:
        place = location.rstrip("/")
        while "/" in place:
            self._places.add(place)
            place = place.rpartition("/")[0]

    def has(self, run: Run) -> bool:
        return run.info.run_id in self._run_ids or run.info.artifact_uri.rstrip("/") in self._places

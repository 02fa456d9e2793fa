"""From what somebody typed to the record that they meant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from runfold.errors import InvalidValue, NotFound

if TYPE_CHECKING:
    from runfold.domain.experiment import Experiment
    from runfold.domain.ids import ExperimentId
    from runfold.domain.run import Run
    from runfold.domain.states import ViewType
    from runfold.stores.base import RunQuery, TrackingStore

PAGE = 1000


def find_experiment(store: TrackingStore, text: str) -> Experiment:
    """The experiment of this name, or else of this id; deleted ones too."""
    found = store.find_experiment_by_name(text)
    if found is not None:
        return found
    try:
        return store.get_experiment(text)
    except (NotFound, InvalidValue):
        raise NotFound("experiment", text) from None


def select_experiments(store: TrackingStore, texts: Sequence[str], view: ViewType | None = None) -> list[Experiment]:
    """The experiments that these names, ids, patterns (`vision/*`) or folders (`vision/`) mean; none: all.

    Raises:
        NotFound: one of the texts means nothing.
    """
    if not texts:
        return list(all_experiments(store, view))
    chosen: dict[ExperimentId, Experiment] = {}
    for text in texts:
        for experiment in _meant(store, text, view):
            chosen.setdefault(experiment.experiment_id, experiment)
    return list(chosen.values())


def all_experiments(store: TrackingStore, view: ViewType | None = None) -> Iterator[Experiment]:
    from runfold.domain.states import ViewType
    from runfold.stores.base import ExperimentQuery

    token = ""
    while True:
        query = ExperimentQuery(view_type=view or ViewType.ACTIVE_ONLY, max_results=PAGE, page_token=token)
        page = store.search_experiments(query)
        yield from page.items
        token = page.next_token
        if not token:
            return


def search_all(store: TrackingStore, query: RunQuery, limit: int) -> Iterator[Run]:
    """The first `limit` runs of a search, page by page; 0: all of them."""
    import msgspec

    left = limit or None
    while True:
        page = store.search_runs(msgspec.structs.replace(query, max_results=PAGE if left is None else min(PAGE, left)))
        yield from page.items
        if left is not None:
            left -= len(page.items)
        if not page.next_token or left == 0:
            return
        query = msgspec.structs.replace(query, page_token=page.next_token)


def find_run(store: TrackingStore, text: str) -> Run:
    """The run with this id, or the only one whose id begins with it, or the only one of this name.

    Deleted runs are found by their whole id alone.

    Raises:
        NotFound: no run is meant.
        InvalidValue: several are; the message lists some.
    """
    try:
        return store.get_run(text)
    except (NotFound, InvalidValue):
        pass
    candidates = _candidates(store, text)
    if not candidates:
        raise NotFound("run", text)
    if len(candidates) > 1:
        some = ", ".join(f"{run.info.run_id} ({run.info.run_name})" for run in candidates[:5])
        raise InvalidValue(
            f"{text!r} means several runs: {some}{', ...' if len(candidates) > 5 else ''}. Use a full id."
        )
    return store.get_run(candidates[0].info.run_id)


def _candidates(store: TrackingStore, text: str) -> list[Run]:
    from runfold.domain.ids import is_run_id
    from runfold.stores.base import RunColumns, RunQuery

    quoted = text.replace("'", "''")
    experiments = tuple(experiment.experiment_id for experiment in all_experiments(store))
    nothing = RunColumns(metrics=(), params=(), tags=(), datasets=False)
    conditions = [f"run_name = '{quoted}'"]
    if is_run_id(text):
        conditions.insert(0, f"run_id LIKE '{text}%'")
    for condition in conditions:
        query = RunQuery(experiment_ids=experiments, filter=condition, columns=nothing, max_results=6)
        found = [run for run in store.search_runs(query).items if _fits(run, text)]
        if found:
            return found
    return []


def _fits(run: Run, text: str) -> bool:
    return run.info.run_id.startswith(text) or run.info.run_name == text


def short_ids(ids: Sequence[str]) -> list[str]:
    """Beginnings of ids that still tell them apart, 8 characters at least."""
    for length in range(8, max(map(len, ids), default=0)):
        if len({text[:length] for text in ids}) == len(set(ids)):
            return [text[:length] for text in ids]
    return list(ids)


def _meant(store: TrackingStore, text: str, view: ViewType | None) -> list[Experiment]:
    pattern = f"{text}*" if text.endswith("/") else text
    if any(c in pattern for c in "*?["):
        found = [e for e in all_experiments(store, view) if fnmatchcase(e.name, pattern)]
        if found:
            return found
    return [find_experiment(store, text)]

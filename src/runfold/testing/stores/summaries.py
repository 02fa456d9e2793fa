"""Groups of runs and fields of many runs: what the store works out is what the runs themselves say."""

from __future__ import annotations

import math
import statistics
from itertools import islice

import pytest

from runfold.domain.run import Run
from runfold.domain.states import ViewType
from runfold.errors import InvalidValue
from runfold.stores.base import GroupQuery, RunQuery, TableQuery, TrackingStore
from runfold.testing.stores.records import log, log_texts, new_experiment, new_run
from runfold.testing.stores.searching import FILTERS, filled_experiment

BYS = (
    ("params.lr",),
    ("tags.team", "params.opt"),
    ("status", "params.opt"),
    ("dataset.name", "attributes.run_name"),
    ("user_id",),
    (),
)

Values = tuple[str | None, ...]


def value_of(run: Run, field: str) -> str | None:
    group, _, key = field.rpartition(".")
    if group in ("params", "tags"):
        return (run.params if group == "params" else run.tags).get(key)
    if group == "dataset":
        return ", ".join(sorted({use.dataset.name for use in run.datasets})) or None
    info = run.info
    return {"status": info.status.name, "run_name": info.run_name, "user_id": info.user_id}[key]


def grouped(runs: list[Run], by: tuple[str, ...]) -> dict[Values, list[Run]]:
    groups: dict[Values, list[Run]] = {}
    for run in runs:
        groups.setdefault(tuple(value_of(run, field) for field in by), []).append(run)
    return groups


@pytest.mark.parametrize("by", BYS)
def test_groups_hold_what_the_runs_say(store: TrackingStore, by: tuple[str, ...]) -> None:
    experiment_id = filled_experiment(store)
    for view_type, filter_text in zip((*ViewType, *[ViewType.ALL] * len(FILTERS)), FILTERS, strict=False):
        query = RunQuery(experiment_ids=(experiment_id,), filter=filter_text, view_type=view_type)
        runs = list(store.search_runs(query).items)
        found = store.group_runs(
            GroupQuery(
                experiment_ids=(experiment_id,),
                by=by,
                filter=filter_text,
                view_type=view_type,
                metrics=("metrics.loss", "metrics.`val/acc`.min"),
                max_results=100,
                max_run_ids=100,
            )
        )
        expected = grouped(runs, by)
        assert (found.n_runs, found.n_groups) == (len(runs), len(expected)), filter_text
        assert {group.values: set(group.run_ids) for group in found.groups} == {
            values: {run.info.run_id for run in some} for values, some in expected.items()
        }, filter_text
        for group in found.groups:
            some = expected[group.values]
            losses = [run.metrics["loss"].last for run in some if "loss" in run.metrics]
            accuracies = [run.metrics["val/acc"].min for run in some if "val/acc" in run.metrics]
            for spread, values in zip(group.metrics, (losses, accuracies), strict=True):
                finite = [value for value in values if math.isfinite(value)]
                assert (spread.n, spread.min, spread.max) == (
                    len(finite),
                    min(finite, default=None),
                    max(finite, default=None),
                )


def sweep(store: TrackingStore) -> str:
    """Two models with three seeds each, one of them with a run that has no number."""
    experiment_id = new_experiment(store)
    for model, values in (("cnn", (1.0, 2.0, 6.0)), ("vit", (4.0, 4.5, math.nan))):
        for seed, value in enumerate(values):
            run_id = new_run(store, experiment_id, run_name=f"{model}-{seed}")
            log_texts(store, run_id, params={"model": model, "seed": str(seed), "task": "digits"})
            log(store, run_id, "loss", (0, 0, value))
    return experiment_id


def test_a_group_has_mean_deviation_and_quartiles(store: TrackingStore) -> None:
    query = GroupQuery(experiment_ids=(sweep(store),), by=("params.model",), metrics=("metrics.loss",))
    cnn, vit = store.group_runs(query).groups
    (spread,) = cnn.metrics
    assert (cnn.values, cnn.n_runs, spread.n, spread.mean) == (("cnn",), 3, 3, 3.0)
    assert spread.sd == pytest.approx(statistics.stdev((1.0, 2.0, 6.0)))
    assert (spread.min, spread.q1, spread.median, spread.q3, spread.max) == (1.0, 1.5, 2.0, 4.0, 6.0)
    assert (vit.n_runs, vit.metrics[0].n, vit.metrics[0].mean) == (3, 2, 4.25)


def test_all_but_a_param_leaves_out_what_runs_share(store: TrackingStore) -> None:
    query = GroupQuery(experiment_ids=(sweep(store),), by=("params.seed",), is_all_but=True)
    found = store.group_runs(query)
    assert (found.by, [group.values for group in found.groups]) == (('params."model"',), [("cnn",), ("vit",)])


def test_groups_come_by_their_mean(store: TrackingStore) -> None:
    experiment_id = sweep(store)

    def seeds(order_by: str, max_results: int = 9) -> list[Values]:
        query = GroupQuery(
            experiment_ids=(experiment_id,),
            by=("params.seed",),
            metrics=("metrics.loss",),
            order_by=order_by,
            max_results=max_results,
        )
        return [group.values for group in store.group_runs(query).groups]

    assert seeds("metrics.loss") == [("0",), ("1",), ("2",)]
    assert seeds("metrics.loss DESC", max_results=2) == [("2",), ("1",)]


@pytest.mark.parametrize(
    "wrong",
    [{"by": ("metrics.loss",)}, {"by": ("nonsense",)}, {"by": ("parent.params.a",)}, {"metrics": ("params.a",)},
     {"order_by": "metrics.other"}, {"max_results": 0}],
)  # fmt: skip
def test_groups_that_cannot_be_are_refused(store: TrackingStore, wrong: dict[str, object]) -> None:
    query = {"experiment_ids": (new_experiment(store),), "by": ("params.a",), "metrics": ("metrics.loss",)} | wrong
    with pytest.raises(InvalidValue):
        store.group_runs(GroupQuery(**query))  # type: ignore[arg-type]


def test_a_table_has_the_fields_of_the_runs(store: TrackingStore) -> None:
    experiment_id = filled_experiment(store)
    runs = store.search_runs(RunQuery(experiment_ids=(experiment_id,), filter="params.lr IS NOT NULL")).items
    fields = ("params.lr", "metrics.loss.max", "status", "start_time")
    table = store.read_table(TableQuery(experiment_ids=(experiment_id,), fields=fields, filter="params.lr IS NOT NULL"))
    values = zip(table.run_names, *(column.values for column in table.columns), strict=True)
    rows = dict(zip(table.run_ids, values, strict=True))
    assert table.n_runs == len(runs)
    assert [column.field for column in table.columns] == list(fields)
    assert repr(sorted(rows.items())) == repr(
        sorted(
            (
                run.info.run_id,
                (
                    run.info.run_name,
                    run.params["lr"],
                    run.metrics["loss"].max if "loss" in run.metrics else None,
                    run.info.status.name,
                    float(run.info.start_time_ms),
                ),
            )
            for run in runs
        )
    )


def test_a_table_of_too_many_runs_is_the_same_sample_each_time(store: TrackingStore) -> None:
    query = TableQuery(experiment_ids=(filled_experiment(store),), fields=("params.lr",), max_runs=5)
    first, second = store.read_table(query), store.read_table(query)
    assert (len(set(first.run_ids)), first.n_runs) == (5, 21)
    assert first == second


def test_no_runs_have_no_groups(store: TrackingStore) -> None:
    found = store.group_runs(GroupQuery(experiment_ids=(new_experiment(store),), by=("params.a",)))
    assert (found.groups, found.n_groups, found.n_runs) == ((), 0, 0)
    assert list(islice(store.read_table(TableQuery(experiment_ids=(), fields=("status",))).run_ids, 1)) == []

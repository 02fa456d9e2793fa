"""The meaning of filters where it is easy to get wrong. The stores are held to it by their own tests."""

import math

import pytest

from runfold.domain.metric import MetricSummary
from runfold.domain.run import Run, RunInfo
from runfold.domain.states import RunStatus
from runfold.search.evaluate import Runs, matches, sort_runs
from runfold.search.fields import RUNS
from runfold.search.parser import parse_filter, parse_order


def make(run_id="a", *, metrics=None, params=None, tags=None, **info):
    known = {
        "experiment_id": "0",
        "run_name": "n",
        "status": RunStatus.FINISHED,
        "start_time_ms": 0,
        "artifact_uri": "",
    }
    summaries = {
        key: MetricSummary(key=key, last=value, step=0, timestamp_ms=0, min=value, max=value, count=1)
        for key, value in (metrics or {}).items()
    }
    return Run(
        info=RunInfo(run_id=run_id, **(known | info)),
        metrics=summaries,
        params=params or {},
        tags=tags or {},
    )


def holds(text, run, *others):
    return matches(parse_filter(text, RUNS), run, Runs([run, *others]))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("params.x != 'b'", True),
        ("params.missing != 'b'", False),
        ("params.missing NOT IN ('b')", False),
        ("params.missing NOT LIKE 'b'", False),
        ("NOT (params.missing = 'b')", True),
        ("params.missing IS NULL", True),
        ("params.missing IS NOT NULL", False),
        ("params.x = 1", False),
        ("params.x != 1", False),
        ("params.n = 10", True),
        ("params.n = '10'", False),
        ("params.n > 9", True),
    ],
)
def test_a_run_without_the_value_fulfils_nothing_but_is_null(text, expected):
    assert holds(text, make(params={"x": "a", "n": "1e1"})) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("metrics.m = nan", True),
        ("metrics.m != nan", False),
        ("metrics.m != 1", False),
        ("metrics.m < 1", False),
        ("metrics.m >= 1", False),
        ("metrics.m NOT IN (1)", False),
        ("metrics.m NOT BETWEEN 0 AND 1", False),
        ("metrics.m IS NULL", False),
        ("metrics.missing = nan", False),
    ],
)
def test_nan_is_a_value_that_no_number_is_compared_with(text, expected):
    assert holds(text, make(metrics={"m": math.nan})) is expected


def test_some_child_fulfils_a_condition_on_children():
    parent = make("p")
    good = make("c1", metrics={"acc": 0.95}, parent_run_id="p")
    poor = make("c2", metrics={"acc": 0.5}, parent_run_id="p")

    assert holds("children.metrics.acc > 0.9", parent, good, poor)
    assert not holds("children.metrics.acc > 0.9", parent, poor)
    assert not holds("children.metrics.acc IS NULL", parent)
    assert holds("parent.run_id = 'p'", good, parent)


def test_missing_values_come_last_in_both_directions_and_nan_before_them():
    runs = [
        make("missing"),
        make("nan", metrics={"m": math.nan}),
        make("two", metrics={"m": 2.0}),
        make("inf", metrics={"m": math.inf}),
    ]

    up = sort_runs(runs, parse_order(["metrics.m"], RUNS))
    down = sort_runs(runs, parse_order(["metrics.m DESC"], RUNS))

    assert [run.info.run_id for run in up] == ["two", "inf", "nan", "missing"]
    assert [run.info.run_id for run in down] == ["inf", "two", "nan", "missing"]


def test_params_come_by_number_before_those_by_text():
    runs = [make(value, params={"p": value}) for value in ("b", "10", "9", "a", "1e400")]

    assert [run.info.run_id for run in sort_runs(runs, parse_order(["params.p"], RUNS))] == [
        "9",
        "10",
        "1e400",
        "a",
        "b",
    ]


def test_ties_come_newest_start_first_then_by_run_id():
    runs = [make("b", start_time_ms=1), make("a", start_time_ms=1), make("c", start_time_ms=2)]

    assert [run.info.run_id for run in sort_runs(runs, ())] == ["c", "a", "b"]

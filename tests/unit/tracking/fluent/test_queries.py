from __future__ import annotations

import pandas as pd
import polars as pl
import pytest

import runfold
from runfold.errors import InvalidValue
from runfold.tracking.fluent import queries

pytestmark = pytest.mark.usefixtures("workspace")


@pytest.fixture
def run_ids() -> list[str]:
    """Three runs with losses 0, 1 and 2; the second has a param and a tag of its own."""
    ids = []
    for number in range(3):
        with runfold.start_run(run_name=f"run {number}") as run:
            runfold.log_metric("loss", number)
            if number == 1:
                runfold.log_param("lr", 0.1)
            ids.append(run.info.run_id)
    return ids


def test_a_list_of_runs_in_an_order(run_ids: list[str]) -> None:
    runs = runfold.search_runs(filter_string="metrics.loss < 2", order_by=["metrics.loss DESC"], output_format="list")

    assert [run.info.run_id for run in runs] == [run_ids[1], run_ids[0]]


def test_a_table_of_runs_for_pandas(run_ids: list[str]) -> None:
    frame = runfold.search_runs(order_by=["metrics.loss ASC"])

    assert isinstance(frame, pd.DataFrame)
    assert list(frame.columns[:6]) == ["run_id", "experiment_id", "status", "artifact_uri", "start_time", "end_time"]
    assert list(frame["run_id"]) == run_ids
    assert list(frame["metrics.loss"]) == [0.0, 1.0, 2.0]
    assert list(frame["params.lr"].isna()) == [True, False, True]
    assert str(frame["start_time"].dt.tz) == "UTC"


def test_a_table_of_runs_for_polars(run_ids: list[str]) -> None:
    frame = runfold.search_runs(order_by=["metrics.loss ASC"], output_format="polars")

    assert isinstance(frame, pl.DataFrame)
    assert frame["metrics.loss"].to_list() == [0.0, 1.0, 2.0]
    assert frame["start_time"].dtype == pl.Datetime("ms", "UTC")


def test_a_search_without_a_hit_is_an_empty_table() -> None:
    assert len(runfold.search_runs(filter_string="metrics.loss > 5")) == 0
    assert runfold.search_runs(output_format="polars").height == 0


def test_more_runs_than_a_page_are_all_found(run_ids: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "_PAGE", 2)

    assert len(runfold.search_runs(output_format="list")) == 3
    assert len(runfold.search_runs(max_results=2, output_format="list")) == 2


def test_experiments_are_named_by_id_name_or_all(run_ids: list[str]) -> None:
    runfold.set_experiment("other")
    with runfold.start_run() as run:
        pass

    def found(**where: object) -> set[str]:
        return {one.info.run_id for one in runfold.search_runs(output_format="list", **where)}  # type: ignore[call-overload]

    assert found() == found(experiment_names=["other"]) == {run.info.run_id}
    assert found(experiment_ids=["0"]) == set(run_ids)
    assert found(search_all_experiments=True) == {*run_ids, run.info.run_id}
    with pytest.raises(InvalidValue):
        found(experiment_ids=["0"], experiment_names=["other"])
    with pytest.raises(InvalidValue, match="'arrow'"):
        runfold.search_runs(output_format="arrow")  # type: ignore[call-overload]


def test_a_run_is_deleted_and_restored(run_ids: list[str]) -> None:
    runfold.delete_run(run_ids[0])
    assert runfold.get_run(run_ids[0]).info.lifecycle_stage == "deleted"
    assert len(runfold.search_runs(output_format="list")) == 2

    runfold.restore_run(run_ids[0])
    assert len(runfold.search_runs(output_format="list")) == 3

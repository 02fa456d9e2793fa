"""Training logs itself, whatever the framework, and goes on whatever goes wrong in that."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import catboost
import lightgbm
import pytest
import statsmodels.api as sm
import xgboost
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import runfold
from runfold.errors import StorageFull
from runfold.integrations.autolog import FRAMEWORKS
from runfold.tracking.run_view import RunView

ROWS, KINDS = load_iris(return_X_y=True, as_frame=True)
QUIET = {"max_depth": 2, "verbose": -1, "num_threads": 1}


@pytest.fixture(autouse=True)
def logging_itself(here: Path) -> Iterator[None]:
    runfold.autolog()
    yield
    runfold.autolog(disable=True)


def trained(train: Callable[[], Any]) -> RunView:
    """The run that a training made, as it was recorded."""
    before = runfold.last_active_run()
    train()
    run = runfold.last_active_run()
    assert run is not None
    assert before is None or run.info.run_id != before.info.run_id
    assert runfold.active_run() is None
    return runfold.get_run(run.info.run_id)


def files_of(run: RunView) -> set[str]:
    return {file.path for file in runfold.list_artifacts(run.info.run_id)}


def test_scikit_learn_logs_params_score_data_and_model() -> None:
    model = RandomForestClassifier(n_estimators=3, random_state=0)
    run = trained(lambda: model.fit(ROWS, KINDS))

    assert run.info.status == "FINISHED"
    assert run.data.params["n_estimators"] == "3"
    assert run.data.metrics["training_score"] == pytest.approx(model.score(ROWS, KINDS))
    assert run.data.tags["estimator_name"] == "RandomForestClassifier"
    assert [one.dataset.name for one in run.inputs.dataset_inputs] == ["training data"]
    assert {"model", "feature_importance.json"} <= files_of(run)
    loaded = runfold.models.load_model(f"runs:/{run.info.run_id}/model")
    assert (loaded.predict(ROWS) == model.predict(ROWS)).all()
    assert loaded.example is not None


def test_only_the_outermost_of_nested_fits_is_logged() -> None:
    pipeline = make_pipeline(StandardScaler(), LogisticRegression())
    search = GridSearchCV(pipeline, {"logisticregression__C": [0.1, 1.0]}, cv=2)
    run = trained(lambda: search.fit(ROWS, KINDS))

    assert run.data.tags["estimator_name"] == "GridSearchCV"
    assert "best_logisticregression__C" in run.data.params
    assert run.data.metrics["best_cv_score"] == pytest.approx(search.best_score_)
    assert len(runfold.search_runs(search_all_experiments=True, output_format="list")) == 1


def test_what_only_prepares_data_begins_no_run() -> None:
    StandardScaler().fit(ROWS)

    assert runfold.last_active_run() is None


def test_callbacks_of_lightgbm_may_be_given_by_place() -> None:
    seen: list[int] = []
    own = [lambda env: seen.append(env.iteration)]
    data = lightgbm.Dataset(ROWS, KINDS)
    run = trained(lambda: lightgbm.train(QUIET, data, 2, [data], ["train"], None, None, False, own))

    assert seen == [0, 1]
    assert "train-l2" in run.data.metrics


def test_a_second_training_in_a_run_adds_what_does_not_contradict_the_first() -> None:
    with runfold.start_run() as run:
        LinearRegression().fit(ROWS, KINDS)
        LogisticRegression(fit_intercept=False, max_iter=1000).fit(ROWS, KINDS)

    params = runfold.get_run(run.info.run_id).data.params
    assert (params["fit_intercept"], params["max_iter"]) == ("True", "1000")


def test_a_framework_that_is_not_as_expected_is_imported_all_the_same(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(FRAMEWORKS, "statsmodels", "runfold.integrations.statsmodels.nowhere")
    with caplog.at_level(logging.WARNING, logger="runfold"):
        runfold.statsmodels.autolog()

    assert "statsmodels.nowhere" in caplog.text


def train_xgboost() -> None:
    data = xgboost.DMatrix(ROWS, KINDS)
    xgboost.train({"max_depth": 2}, data, 3, evals=[(data, "train")], verbose_eval=False)


def fit_xgboost() -> None:
    model = xgboost.XGBRegressor(n_estimators=3, max_depth=2)
    model.fit(ROWS, KINDS, eval_set=[(ROWS, KINDS)], verbose=False)


def train_lightgbm() -> None:
    data = lightgbm.Dataset(ROWS, KINDS)
    params = {"objective": "regression", "metric": "rmse", "max_depth": 2, "verbose": -1, "num_threads": 1}
    lightgbm.train(params, data, 3, valid_sets=[data], valid_names=["train"])


def fit_lightgbm() -> None:
    model = lightgbm.LGBMRegressor(n_estimators=3, max_depth=2, verbose=-1, n_jobs=1)
    model.fit(ROWS, KINDS, eval_X=ROWS, eval_y=KINDS)


def fit_catboost() -> None:
    quiet = {"verbose": 0, "allow_writing_files": False, "thread_count": 1}
    catboost.CatBoostRegressor(iterations=3, max_depth=2, **quiet).fit(ROWS, KINDS, eval_set=(ROWS, KINDS))


@pytest.mark.parametrize(
    ("train", "metric"),
    [
        (train_xgboost, "train-rmse"),
        (fit_xgboost, "validation_0-rmse"),
        (train_lightgbm, "train-rmse"),
        (fit_lightgbm, "training-l2"),
        (fit_catboost, "validation-RMSE"),
    ],
)
def test_boosting_logs_each_iteration_importances_and_the_model(train: Callable[[], None], metric: str) -> None:
    run = trained(train)

    history = runfold.Client().get_metric_history(run.info.run_id, metric)
    assert [point.step for point in history] == [0, 1, 2]
    assert run.data.params["max_depth"] == "2"
    assert {"model", "feature_importance.json"} <= files_of(run)
    assert runfold.models.load_model(f"runs:/{run.info.run_id}/model").predict(ROWS.head(2)) is not None


def test_statsmodels_logs_its_measures_and_summary() -> None:
    run = trained(lambda: sm.OLS(KINDS, ROWS).fit())

    assert run.data.metrics["rsquared"] > 0.9
    assert "summary.txt" in files_of(run)


def test_a_current_run_is_logged_to_and_left_open() -> None:
    with runfold.start_run() as run:
        LinearRegression().fit(ROWS, KINDS)
        assert runfold.active_run() is not None
    assert runfold.get_run(run.info.run_id).data.params["fit_intercept"] == "True"


def test_training_goes_on_when_logging_fails_and_says_so_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*arguments: Any) -> None:
        raise StorageFull("the spool")

    monkeypatch.setattr("runfold.tracking.recorder.Recorder.log_params", full)
    with caplog.at_level(logging.WARNING, logger="runfold"):
        for _ in range(2):
            model = LinearRegression().fit(ROWS, KINDS)

    assert model.predict(ROWS).shape == (150,)
    assert len([one for one in caplog.records if "No space left" in one.getMessage()]) == 1


def test_errors_of_training_are_passed_on_and_the_run_has_failed() -> None:
    with pytest.raises(ValueError, match="inconsistent"):
        LinearRegression().fit(ROWS, KINDS[:-1])

    run = runfold.last_active_run()
    assert run is not None
    assert runfold.get_run(run.info.run_id).info.status == "FAILED"


def test_models_of_ones_own_class_are_watched_as_well() -> None:
    class Shifted(LinearRegression):
        def fit(self, rows: Any, targets: Any) -> Shifted:
            return super().fit(rows, targets + 1)  # type: ignore[no-any-return]

    run = trained(lambda: Shifted().fit(ROWS, KINDS))

    assert run.data.tags["estimator_name"] == "Shifted"


def test_it_can_be_turned_off_and_told_what_to_leave_out() -> None:
    runfold.sklearn.autolog(log_models=False, log_datasets=False)
    run = trained(lambda: LinearRegression().fit(ROWS, KINDS))
    assert "model" not in files_of(run)
    assert not run.inputs.dataset_inputs

    runfold.autolog(disable=True)
    LinearRegression().fit(ROWS, KINDS)
    last = runfold.last_active_run()
    assert last is not None
    assert last.info.run_id == run.info.run_id


def test_what_is_imported_later_is_watched_too(tmp_path: Path) -> None:
    program = """
import sys, json, runfold
runfold.set_tracking_uri(sys.argv[1])
runfold.autolog(log_models=False)
assert "sklearn" not in sys.modules
from sklearn.linear_model import LinearRegression
LinearRegression().fit([[1.0], [2.0]], [2.0, 4.0])
print(json.dumps(runfold.last_active_run().info.run_id))
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "store")], capture_output=True, text=True, cwd=tmp_path
    )

    assert done.returncode == 0, done.stderr
    run = runfold.Client(str(tmp_path / "store")).get_run(json.loads(done.stdout.splitlines()[-1]))
    assert run.data.params["fit_intercept"] == "True"

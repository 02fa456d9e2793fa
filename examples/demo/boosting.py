"""Gradient boosting on the diabetes data: a small grid, each point a run nested in the run of the grid.

The best model of each grid is registered; the better of the two is the champion.
"""

from __future__ import annotations

import itertools

from sklearn.ensemble import GradientBoostingRegressor
from sklearn.metrics import mean_squared_error

import runfold
from examples.demo import datasets, pictures, registered

EXPERIMENT = "regression/diabetes/boosting"
STAGES = 250
MODEL = "diabetes-progression"


def train() -> None:
    runfold.set_experiment(EXPERIMENT)
    split = datasets.diabetes()
    candidates: list[tuple[float, int]] = []
    for loss in ("squared_error", "huber"):
        with runfold.start_run(run_name=f"grid-{loss}", description=f"Learning rate by depth, loss `{loss}`."):
            runfold.log_params({"loss": loss, "stages": STAGES})
            split.log_inputs()
            scores = {
                (rate, depth): train_one(split, loss=loss, rate=rate, depth=depth)
                for rate, depth in itertools.product((0.02, 0.05, 0.2), (1, 2, 3))
            }
            (rate, depth), best = min(scores.items(), key=lambda item: item[1])
            runfold.log_metric("best/val_mse", best)
            runfold.log_dict({"learning_rate": rate, "max_depth": depth, "val_mse": best}, "best.json")
            model = make(loss=loss, rate=rate, depth=depth).fit(split.named_rows(), split.y_train)
            candidates.append((best, registered.keep(model, MODEL, split, "Disease progression after a year.")))
    registered.crown(MODEL, min(candidates)[1], "lowest validation error of the two grids")


def train_one(split: datasets.Split, *, loss: str, rate: float, depth: int) -> float:
    """Logs the error of every stage and returns the smallest one on the validation data."""
    with runfold.start_run(run_name=f"rate{rate:g}-depth{depth}", nested=True):
        runfold.log_params({"loss": loss, "learning_rate": rate, "max_depth": depth, "stages": STAGES})
        model = make(loss=loss, rate=rate, depth=depth).fit(split.X_train, split.y_train)
        errors = [mean_squared_error(split.y_test, guesses) for guesses in model.staged_predict(split.X_test)]
        for stage, (train_error, error) in enumerate(zip(model.train_score_, errors, strict=True)):
            runfold.log_metrics({"train/loss": train_error, "val/mse": error}, step=stage)
        if rate == 0.05:
            runfold.log_figure(pictures.importances(split.features, model.feature_importances_), "importances.png")
        return float(min(errors))


def make(*, loss: str, rate: float, depth: int) -> GradientBoostingRegressor:
    return GradientBoostingRegressor(
        loss=loss, learning_rate=rate, max_depth=depth, n_estimators=STAGES, subsample=0.7, random_state=0
    )

"""Autologging of XGBoost: `xgboost.train` and the estimators, with a callback that sees every iteration."""

from __future__ import annotations

from typing import Any

from runfold.integrations.recording import record_data, record_importances, record_model, record_params
from runfold.integrations.watching import Call, Settings, Watcher, quietly, watch
from runfold.tracking.fluent import logging


def turn_on(settings: Settings) -> None:
    import xgboost
    from xgboost import sklearn, training

    known = getattr(training.train, "__runfold_settings__", None)
    if known is not None:
        known.take_over(settings)
        return
    watch(training, "train", _Train(), settings, is_method=False)
    xgboost.train = training.train
    if hasattr(sklearn, "train"):
        sklearn.train = training.train
    for estimator in (sklearn.XGBModel, sklearn.XGBClassifier, sklearn.XGBRanker):
        if "fit" in estimator.__dict__:
            watch(estimator, "fit", _Fit(), settings)


class _Train(Watcher):
    """Metrics of each iteration, wherever they come from; the rest where it is not a part of a `fit`."""

    def before(self, call: Call) -> None:
        call.kwargs["callbacks"] = [*(call.kwargs.get("callbacks") or ()), _callback(call.settings)]
        if not call.is_inner:
            rounds = call.argument(2, "num_boost_round")
            params = dict(call.argument(0, "params") or {})
            record_params(params | {"num_boost_round": 10 if rounds is None else rounds})

    def after(self, call: Call, result: Any) -> None:
        if call.is_inner:
            return
        quietly(call.settings, _record_importances, result)
        quietly(call.settings, record_model, call.settings, result, "xgboost")


class _Fit(Watcher):
    def before(self, call: Call) -> None:
        if not call.is_inner:
            record_params(call.owner.get_params())

    def after(self, call: Call, result: Any) -> None:
        if call.is_inner:
            return
        rows = call.argument(0, "X")
        quietly(call.settings, record_data, call.settings, rows, call.argument(1, "y"))
        quietly(call.settings, _record_importances, call.owner.get_booster())
        quietly(call.settings, record_model, call.settings, call.owner, "xgboost", rows)


def _record_importances(booster: Any) -> None:
    found = booster.get_score(importance_type="gain")
    record_importances(found.keys(), found.values())


def _callback(settings: Settings) -> Any:
    from xgboost.callback import TrainingCallback

    class LogIterations(TrainingCallback):  # type: ignore[misc]
        def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
            if epoch % settings.every == 0:
                quietly(settings, _record_iteration, epoch, evals_log)
            return False

    return LogIterations()


def _record_iteration(epoch: int, evals_log: Any) -> None:
    points = {
        f"{data}-{metric}": float(values[-1][0] if isinstance(values[-1], tuple) else values[-1])
        for data, metrics in evals_log.items()
        for metric, values in metrics.items()
    }
    if points:
        logging.log_metrics(points, step=epoch)

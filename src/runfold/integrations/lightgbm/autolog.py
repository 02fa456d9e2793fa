"""Autologging of LightGBM: `lightgbm.train` and the estimators, with a callback that sees every iteration."""

from __future__ import annotations

from typing import Any

from runfold.integrations.recording import record_data, record_importances, record_model, record_params
from runfold.integrations.watching import Call, Settings, Watcher, quietly, watch
from runfold.tracking.fluent import logging


def turn_on(settings: Settings) -> None:
    import lightgbm
    from lightgbm import engine, sklearn

    known = getattr(engine.train, "__runfold_settings__", None)
    if known is not None:
        known.take_over(settings)
        return
    watch(engine, "train", _Train(), settings, is_method=False)
    lightgbm.train = engine.train
    sklearn.train = engine.train
    for estimator in (sklearn.LGBMModel, sklearn.LGBMClassifier, sklearn.LGBMRegressor, sklearn.LGBMRanker):
        if "fit" in estimator.__dict__:
            watch(estimator, "fit", _Fit(), settings)


class _Train(Watcher):
    """Metrics of each iteration, wherever they come from; the rest where it is not a part of a `fit`."""

    def before(self, call: Call) -> None:
        given = call.argument(8, "callbacks")
        call.give(8, "callbacks", [*(given or ()), _callback(call.settings)])
        if not call.is_inner:
            rounds = call.argument(2, "num_boost_round")
            params = dict(call.argument(0, "params") or {})
            record_params(params | {"num_boost_round": 100 if rounds is None else rounds})

    def after(self, call: Call, result: Any) -> None:
        if call.is_inner:
            return
        quietly(call.settings, _record_importances, result)
        quietly(call.settings, record_model, call.settings, result, "lightgbm")


class _Fit(Watcher):
    def before(self, call: Call) -> None:
        if not call.is_inner:
            record_params(call.owner.get_params())

    def after(self, call: Call, result: Any) -> None:
        if call.is_inner:
            return
        rows = call.argument(0, "X")
        quietly(call.settings, record_data, call.settings, rows, call.argument(1, "y"))
        quietly(call.settings, _record_importances, call.owner.booster_)
        quietly(call.settings, record_model, call.settings, call.owner, "lightgbm", rows)


def _record_importances(booster: Any) -> None:
    record_importances(booster.feature_name(), booster.feature_importance(importance_type="gain"))


def _callback(settings: Settings) -> Any:
    def log_iteration(env: Any) -> None:
        if env.iteration % settings.every == 0 and env.evaluation_result_list:
            quietly(settings, _record_iteration, env)

    log_iteration.order = 30  # type: ignore[attr-defined] # behind LightGBM's own, which may end the training
    return log_iteration


def _record_iteration(env: Any) -> None:
    logging.log_metrics({f"{one[0]}-{one[1]}": float(one[2]) for one in env.evaluation_result_list}, step=env.iteration)

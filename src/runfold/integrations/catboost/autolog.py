"""Autologging of CatBoost: every `fit`; CatBoost keeps the metrics of each iteration until it is done."""

from __future__ import annotations

from typing import Any

from runfold.integrations.recording import record_data, record_importances, record_model, record_params
from runfold.integrations.watching import Call, Settings, Watcher, quietly, watch
from runfold.tracking.fluent import logging


def turn_on(settings: Settings) -> None:
    import catboost

    kinds = (catboost.CatBoost, catboost.CatBoostClassifier, catboost.CatBoostRegressor, catboost.CatBoostRanker)
    known = getattr(catboost.CatBoost.fit, "__runfold_settings__", None)
    if known is not None:
        known.take_over(settings)
        return
    for kind in kinds:
        if "fit" in kind.__dict__:
            watch(kind, "fit", _Fit(), settings)


class _Fit(Watcher):
    def before(self, call: Call) -> None:
        if not call.is_inner:
            record_params(call.owner.get_params())

    def after(self, call: Call, result: Any) -> None:
        if call.is_inner:
            return
        rows = call.argument(0, "X")
        quietly(call.settings, _record_iterations, call)
        quietly(call.settings, record_data, call.settings, rows, call.argument(1, "y"))
        quietly(call.settings, _record_importances, call.owner)
        quietly(call.settings, record_model, call.settings, call.owner, "catboost", rows)


def _record_iterations(call: Call) -> None:
    results = call.owner.get_evals_result()
    series = {f"{data}-{name}": values for data, metrics in results.items() for name, values in metrics.items()}
    for step in range(0, max(map(len, series.values()), default=0), call.settings.every):
        points = {key: float(values[step]) for key, values in series.items() if step < len(values)}
        logging.log_metrics(points, step=step)


def _record_importances(model: Any) -> None:
    record_importances(model.feature_names_, model.get_feature_importance())

"""Autologging of scikit-learn: every `fit` of an estimator that predicts, the outermost of nested ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from runfold.integrations.recording import record_data, record_importances, record_model, record_params
from runfold.integrations.watching import Call, Settings, Watcher, quietly, watch
from runfold.tracking.fluent import artifacts, logging

SCORED_ROWS = 10_000
"""The most rows that are scored after training, so that it costs next to nothing."""

# These have watchers of their own.
_OTHERS = ("xgboost", "lightgbm", "catboost")


def turn_on(settings: Settings) -> None:
    """Watch the estimators that are defined, and those that will be."""
    from sklearn.base import BaseEstimator as base

    known = getattr(base, "__runfold_settings__", None)
    if known is not None:
        known.take_over(settings)
        return
    base.__runfold_settings__ = settings
    for estimator in (base, *_below(base)):
        _watch(estimator, settings)
    before = base.__init_subclass__.__func__

    def init_subclass(cls: type[Any], /, **kwargs: Any) -> None:
        before(cls, **kwargs)
        quietly(settings, _watch, cls, settings)

    base.__init_subclass__ = classmethod(init_subclass)


def _below(base: type) -> Iterator[type]:
    derived: type
    for derived in type.__subclasses__(base):
        yield derived
        yield from _below(derived)


def _watch(estimator: type, settings: Settings) -> None:
    if "fit" in estimator.__dict__ and estimator.__module__.partition(".")[0] not in _OTHERS:
        watch(estimator, "fit", _Fit(), settings)


class _Fit(Watcher):
    def concerns(self, call: Call) -> bool:
        return hasattr(call.owner, "predict")

    def before(self, call: Call) -> None:
        if call.is_inner:
            return
        record_params(call.owner.get_params(deep=True))
        kind = type(call.owner)
        logging.set_tags({"estimator_name": kind.__name__, "estimator_class": f"{kind.__module__}.{kind.__qualname__}"})

    def after(self, call: Call, result: Any) -> None:
        if call.is_inner:
            return
        rows, targets = call.argument(0, "X"), call.argument(1, "y", "Y")
        for record in (_record_score, _record_data, _record_search, _record_importances, _record_model):
            quietly(call.settings, record, call, rows, targets)


def _record_score(call: Call, rows: Any, targets: Any) -> None:
    if targets is not None and hasattr(call.owner, "score") and hasattr(rows, "__getitem__"):
        score = call.owner.score(rows[:SCORED_ROWS], targets[:SCORED_ROWS])
        logging.log_metric("training_score", float(score))


def _record_data(call: Call, rows: Any, targets: Any) -> None:
    record_data(call.settings, rows, targets)


def _record_search(call: Call, rows: Any, targets: Any) -> None:
    """What a search over params found."""
    found = call.owner
    if hasattr(found, "best_params_") and hasattr(found, "cv_results_"):
        record_params({f"best_{name}": value for name, value in found.best_params_.items()})
        logging.log_metric("best_cv_score", float(found.best_score_))
        results = {key: [str(one) for one in values] for key, values in found.cv_results_.items()}
        artifacts.log_dict(results, "cv_results.json")


def _record_importances(call: Call, rows: Any, targets: Any) -> None:
    last = call.owner[-1] if hasattr(call.owner, "steps") else call.owner
    values = getattr(last, "feature_importances_", None)
    if values is not None:
        names = getattr(last, "feature_names_in_", None)
        record_importances(range(len(values)) if names is None else names, values)


def _record_model(call: Call, rows: Any, targets: Any) -> None:
    record_model(call.settings, call.owner, "sklearn", rows)

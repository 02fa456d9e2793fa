"""Quicker ways to call estimators than their own `predict`, which is made for many rows at once.

For a single row, a forest of scikit-learn spends 5 ms on starting the tasks of its trees and 0.3 ms on the trees; the
classes of XGBoost spend 0.7 ms around a prediction of 0.2 ms, and wake threads that then wait for each other. Whoever
takes a shortcut has to compare it with the long way first: it is right for the versions it was compared with.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from runfold.serving.payload import Array

_FORESTS = {
    "RandomForestClassifier": True,
    "ExtraTreesClassifier": True,
    "RandomForestRegressor": False,
    "ExtraTreesRegressor": False,
}
"""Of `sklearn.ensemble`, and whether they choose a class."""
_ROWS_FOR_THREADS = 8192
"""Fewer rows than that are predicted before threads have come to work."""


def shortcut(native: Any, name: str) -> Callable[[Array], Any] | None:
    """A function from (n_rows, n_columns) to what the method of this name answers; None where none is known."""
    library, kind = type(native).__module__.partition(".")[0], type(native).__name__
    if name != "predict":
        return None
    if library == "sklearn" and kind in _FORESTS and getattr(native, "n_outputs_", 0) == 1:
        return _forest(native, is_classifier=_FORESTS[kind])
    if library == "xgboost" and kind == "Booster":
        return _Booster(native).predict
    if library == "xgboost" and kind in ("XGBClassifier", "XGBRegressor"):
        return _wrapped_booster(native, is_classifier=kind == "XGBClassifier")
    return None


def _forest(native: Any, *, is_classifier: bool) -> Callable[[Array], Any]:
    trees = [estimator.tree_ for estimator in native.estimators_]

    def predict(values: Array) -> Any:
        with np.errstate(over="ignore"):
            rows = values.astype(np.float32)
        if not np.isfinite(rows).all():
            return native.predict(values)  # it says what is wrong, or knows what to do about missing values
        votes = np.zeros((len(rows), native.n_classes_ if is_classifier else 1))
        for tree in trees:
            votes += tree.predict(rows)
        votes /= len(trees)
        return native.classes_.take(votes.argmax(axis=1)) if is_classifier else votes[:, 0]

    return predict


class _Booster:
    """A booster that starts threads for large requests alone. Belongs to one thread at a time, as models do."""

    def __init__(self, booster: Any, n_threads: int = 0, **options: Any) -> None:
        self._booster = booster
        self._options = options
        self._n_threads = n_threads  # 0: as many as there are cores
        self._is_single: bool | None = None

    def predict(self, values: Array) -> Any:
        is_single = len(values) < _ROWS_FOR_THREADS
        if is_single is not self._is_single:
            self._booster.set_param({"nthread": 1 if is_single else self._n_threads})
            self._is_single = is_single
        # What `predict` does for a table, without the copy into a matrix of its own.
        return self._booster.inplace_predict(values, validate_features=False, **self._options)


def _wrapped_booster(native: Any, *, is_classifier: bool) -> Callable[[Array], Any]:
    rounds = getattr(native, "best_iteration", None) if native.early_stopping_rounds else None
    options = {"missing": native.missing, **({} if rounds is None else {"iteration_range": (0, rounds + 1)})}
    quick = _Booster(native.get_booster(), max(0, native.n_jobs or 0), **options)
    if not is_classifier:
        return quick.predict
    classes = np.asarray(native.classes_)

    def predict(values: Array) -> Any:
        found = quick.predict(values)
        chosen = found.argmax(axis=1) if found.ndim == 2 else (found > 0.5).astype(np.intp)
        return classes.take(chosen)

    return predict

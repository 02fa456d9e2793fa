"""Quicker ways to call estimators than their own `predict`, which is made for many rows at once.

For a single row, a forest of scikit-learn spends 5 ms on starting the tasks of its trees and 0.3 ms on the trees; a
linear model spends 0.12 ms on looking at its input and 0.003 ms on the product; the classes of XGBoost spend 0.7 ms
around a prediction of 0.2 ms, and wake threads that then wait for each other. Whoever takes a shortcut has to compare
it with the long way first: it is right for the versions it was compared with.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from runfold.serving.payload import Array

Quick = Callable[[Array], Array | None]
"""Answers None for rows of which it is not certain: missing and infinite values, none at all."""

_FORESTS = {
    "RandomForestClassifier": True,
    "ExtraTreesClassifier": True,
    "RandomForestRegressor": False,
    "ExtraTreesRegressor": False,
}
"""Of `sklearn.ensemble`, and whether they choose a class."""
_LINEAR = {
    **dict.fromkeys(("LogisticRegression", "LogisticRegressionCV", "SGDClassifier", "LinearSVC"), True),
    **dict.fromkeys(("LinearRegression", "Ridge", "RidgeCV", "Lasso", "LassoCV", "ElasticNet", "ElasticNetCV"), False),
}
"""Of `sklearn.linear_model` and `sklearn.svm`, and whether they choose a class."""
_ROWS_FOR_THREADS = 8192
"""Fewer rows than that are predicted before threads have come to work."""


def shortcut(native: Any, name: str) -> Callable[[Array], Any] | None:
    """A function from (n_rows, n_columns) to what the method of this name answers; None where none is known."""
    quick = _quick(native) if name == "predict" else None
    if quick is None:
        return None

    def predict(values: Array) -> Any:
        found = quick(values)
        # The estimator says what is wrong with such rows, or knows what to do about missing values.
        return native.predict(values) if found is None else found

    return predict


def _quick(native: Any) -> Quick | None:
    library, kind = type(native).__module__.partition(".")[0], type(native).__name__
    if library == "xgboost" and kind == "Booster":
        return _Booster(native).predict
    if library == "xgboost" and kind in ("XGBClassifier", "XGBRegressor"):
        return _wrapped_booster(native, is_classifier=kind == "XGBClassifier")
    if library != "sklearn":
        return None
    if kind in _FORESTS and getattr(native, "n_outputs_", 0) == 1:
        return _forest(native, is_classifier=_FORESTS[kind])
    if kind == "Pipeline":
        return _pipeline([step for _, step in native.steps])
    return _linear(native, is_classifier=_LINEAR[kind]) if kind in _LINEAR else None


def _linear(native: Any, *, is_classifier: bool) -> Quick | None:
    if not isinstance(native.coef_, np.ndarray):
        return None  # made sparse
    weights, intercept, n_features = native.coef_.T, native.intercept_, native.n_features_in_
    is_column = is_classifier and weights.ndim == 2 and weights.shape[1] == 1

    def predict(values: Array) -> Array | None:
        if not len(values) or values.shape[1] != n_features:
            return None
        with np.errstate(all="ignore"):
            scores = values @ weights + intercept
        if not np.isfinite(scores).all():  # so are the scores of rows that are not
            return None
        if not is_classifier:
            return scores  # type: ignore[no-any-return]
        chosen = (scores.ravel() > 0).astype(np.intp) if is_column or scores.ndim == 1 else scores.argmax(axis=1)
        return native.classes_.take(chosen)  # type: ignore[no-any-return]

    return predict


def _pipeline(steps: Sequence[Any]) -> Quick | None:
    """Columns that are centred and scaled, then an estimator that is known."""
    *scalers, last = steps
    quick = _quick(last)
    if quick is None or not all(type(step).__name__ == "StandardScaler" for step in scalers):
        return None

    def predict(values: Array) -> Array | None:
        if not len(values) or not np.isfinite(values).all():
            return None
        for scaler in scalers:
            if values.shape[1] != scaler.n_features_in_:
                return None
            values = values - scaler.mean_ if scaler.with_mean else values
            values = values / scaler.scale_ if scaler.with_std else values
        return quick(values)

    return predict


def _forest(native: Any, *, is_classifier: bool) -> Quick:
    trees = [estimator.tree_ for estimator in native.estimators_]

    def predict(values: Array) -> Array | None:
        with np.errstate(over="ignore"):
            rows = values.astype(np.float32)
        if not len(rows) or not np.isfinite(rows).all():
            return None
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

    def predict(self, values: Array) -> Array:
        is_single = len(values) < _ROWS_FOR_THREADS
        if is_single is not self._is_single:
            self._booster.set_param({"nthread": 1 if is_single else self._n_threads})
            self._is_single = is_single
        # What `predict` does for a table, without the copy into a matrix of its own.
        return self._booster.inplace_predict(values, validate_features=False, **self._options)  # type: ignore[no-any-return]


def _wrapped_booster(native: Any, *, is_classifier: bool) -> Quick:
    rounds = getattr(native, "best_iteration", None) if native.early_stopping_rounds else None
    options = {"missing": native.missing, **({} if rounds is None else {"iteration_range": (0, rounds + 1)})}
    quick = _Booster(native.get_booster(), max(0, native.n_jobs or 0), **options)
    if not is_classifier:
        return quick.predict
    classes = np.asarray(native.classes_)

    def predict(values: Array) -> Array:
        found = quick.predict(values)
        chosen = found.argmax(axis=1) if found.ndim == 2 else (found > 0.5).astype(np.intp)
        return classes.take(chosen)

    return predict

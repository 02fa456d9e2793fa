"""PFA documents of fitted scikit-learn estimators.

Known are linear and logistic models, decision trees, forests, gradient boosting, and pipelines of scalers that end in
one of these. The input is a record of numbers, one field per feature; the output a number, or for classifiers a record
of the label and the probability of each class. Estimators are told by the name of their class or of the nearest known
ancestor, so that nothing has to be imported to write a document.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from runfold.errors import InvalidValue
from runfold.models.portable.pfa import linear, trees
from runfold.models.portable.pfa.parts import DOUBLES, Expression, Part, double_array
from runfold.models.portable.pfa.scalers import SCALERS, scaled

_PARTS: Mapping[str, Callable[[Any, str], Part]] = {
    **dict.fromkeys(
        ("LinearRegression", "Ridge", "Lasso", "ElasticNet", "SGDRegressor", "HuberRegressor"), linear.regression
    ),
    "LogisticRegression": linear.logistic,
    **dict.fromkeys(("DecisionTreeRegressor", "DecisionTreeClassifier"), trees.tree),
    **dict.fromkeys(("RandomForestRegressor", "RandomForestClassifier"), trees.forest),
    **dict.fromkeys(("ExtraTreesRegressor", "ExtraTreesClassifier"), trees.forest),
    **dict.fromkeys(("GradientBoostingRegressor", "GradientBoostingClassifier"), trees.boosting),
}


def pfa_document(model: Any, name: str = "model") -> dict[str, Any]:
    """A document that scores like `model.predict`, one row at a time.

    Args:
        model: a fitted estimator or pipeline of scikit-learn.
        name: of the document; characters that PFA does not allow become `_`.

    Raises:
        InvalidValue: there is no PFA for this kind of model; the message names it and what is known.
    """
    *before, final = _steps(model)
    write_part = _PARTS[_known(final, _PARTS)]
    names, fields = feature_fields([*before, final])
    symbol = "x_"
    actions: list[Expression] = [{"let": {symbol: double_array([f"input.{field}" for field in fields])}}]
    cells: dict[str, Any] = {}
    for index, step in enumerate(before, start=1):
        expression, needed = scaled(step, _known(step, SCALERS), symbol, f"scaler{index}")
        symbol = f"x{index}_"
        actions.append({"let": {symbol: expression}})
        cells |= needed
    part = write_part(final, symbol)
    output, result = _result(part, final)
    return {
        "name": re.sub(r"\W", "_", name, flags=re.ASCII) or "model",
        "method": "map",
        "input": {"type": "record", "name": "Input", "fields": [{"name": one, "type": "double"} for one in fields]},
        "output": output,
        "cells": {**cells, **part.cells, **result.cells},
        "fcns": part.functions,
        "action": [*actions, *part.steps, *result.steps, result.score],
        "metadata": {"features": "\t".join(names), "estimator": type(final).__name__},
    }


def feature_fields(steps: Sequence[Any]) -> tuple[list[str], list[str]]:
    """The features as the model was trained with (`x0`, `x1`, ... where it knows no names), and fields for them.

    Fields are what PFA allows as names: letters, digits and `_`, each only once.
    """
    known = getattr(steps[0], "feature_names_in_", None)
    names = [f"x{index}" for index in range(int(steps[0].n_features_in_))] if known is None else list(map(str, known))
    fields: list[str] = []
    for index, one in enumerate(names):
        field = re.sub(r"\W", "_", one, flags=re.ASCII)
        fields.append(f"x{index}_{field}" if field[:1].isdigit() or field in ("", *fields) else field)
    return names, fields


def _steps(model: Any) -> list[Any]:
    if any(one.__name__ == "Pipeline" for one in type(model).__mro__):
        return [step for _, step in model.steps if step not in (None, "passthrough")]
    return [model]


def _known(step: Any, names: Sequence[str] | Mapping[str, Any]) -> str:
    for one in type(step).__mro__:
        if one.__name__ in names and one.__module__.startswith("sklearn."):
            return one.__name__
    raise InvalidValue(f"There is no PFA for a {type(step).__name__} at this place. Known are {', '.join(names)}.")


def _result(part: Part, model: Any) -> tuple[Any, Part]:
    """The type of the output, and how it is made of the score."""
    if not hasattr(model, "classes_"):
        return "double", Part(score=part.score)
    labels = model.classes_.tolist()
    kind = "string" if isinstance(labels[0], str) else "boolean" if isinstance(labels[0], bool) else "long"
    if isinstance(labels[0], float):
        kind = "double"
    record = {
        "type": "record",
        "name": "Prediction",
        "fields": [{"name": "label", "type": kind}, {"name": "probabilities", "type": DOUBLES}],
    }
    label = {"cell": "classes", "path": [{"a.argmax": ["probabilities_"]}]}
    return record, Part(
        steps=({"let": {"probabilities_": part.score}},),
        score={"type": "Prediction", "new": {"label": label, "probabilities": "probabilities_"}},
        cells={"classes": {"type": {"type": "array", "items": kind}, "init": labels}},
    )

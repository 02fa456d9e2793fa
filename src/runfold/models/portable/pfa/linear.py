"""Linear and logistic models as PFA: `model.reg.linear` and the link functions (specification 0.8.1)."""

from __future__ import annotations

from typing import Any

from runfold.errors import InvalidValue
from runfold.models.portable.pfa.parts import DOUBLES, Expression, Part, doubles, link_to_probabilities

_ONE_OUTPUT = {
    "type": "record",
    "name": "LinearModel",
    "fields": [{"name": "coeff", "type": DOUBLES}, {"name": "const", "type": "double"}],
}
_SEVERAL_OUTPUTS = {
    "type": "record",
    "name": "LinearModel",
    "fields": [{"name": "coeff", "type": {"type": "array", "items": DOUBLES}}, {"name": "const", "type": DOUBLES}],
}


def regression(model: Any, features: str) -> Part:
    """Estimators with `coef_` and `intercept_`."""
    import numpy as np

    coefficients = np.atleast_2d(model.coef_)
    if len(coefficients) != 1:
        raise InvalidValue(f"This {type(model).__name__} predicts several values at once; PFA is written for one.")
    constant = float(np.ravel(model.intercept_)[0])
    return Part(
        score=_linear(features),
        cells={"linear": {"type": _ONE_OUTPUT, "init": {"coeff": doubles(coefficients), "const": constant}}},
    )


def logistic(model: Any, features: str) -> Part:
    """The classes' probabilities: of two by the logistic function, of more by softmax, or one against the rest."""
    binary = len(model.classes_) == 2
    if binary:
        return Part(
            score=link_to_probabilities(_linear(features), is_binary=True), cells=regression(model, features).cells
        )
    init = {"coeff": [doubles(row) for row in model.coef_], "const": doubles(model.intercept_)}
    cells = {"linear": {"type": _SEVERAL_OUTPUTS, "init": init}}
    # The parameter `multi_class` is gone in scikit-learn 1.8; since then there is softmax alone.
    if getattr(model, "multi_class", "") == "ovr" or model.solver == "liblinear":
        return Part(score=_one_against_the_rest(features), cells=cells)
    return Part(score=link_to_probabilities(_linear(features), is_binary=False), cells=cells)


def _linear(features: str) -> Expression:
    return {"model.reg.linear": [features, {"cell": "linear"}]}


def _one_against_the_rest(features: str) -> Expression:
    share = {"params": [{"x": "double"}], "ret": "double", "do": {"/": ["x", "total_"]}}
    return {
        "do": [
            {"let": {"each_": {"m.link.logit": [_linear(features)]}}},
            {"let": {"total_": {"a.sum": ["each_"]}}},
            {"a.map": ["each_", share]},
        ]
    }

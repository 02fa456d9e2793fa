"""Decision trees, forests and gradient boosting as PFA: `model.tree.simpleTree` (specification 0.8.1).

scikit-learn compares features of 32 bits, `x <= threshold`, and so do these documents. Where a model was trained with
missing values, its trees send them to a side of their own; PFA has no such branch here, and a NaN fails every test.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from runfold.errors import InvalidValue
from runfold.models.portable.pfa.parts import (
    DOUBLES,
    Expression,
    Part,
    double_array,
    item,
    link_to_probabilities,
    single_output,
)

Leaf = Callable[[Any], Any]
"""From the value of a leaf in scikit-learn (outputs x classes) to a tagged score."""

_MAX_TREE_DEPTH = 150
_FEATURES = "features_"


def tree(model: Any, features: str) -> Part:
    single_output(model)
    leaf, kind = _leaf_of(model)
    return Part(
        steps=(_features(features, model),),
        score={"model.tree.simpleTree": [_FEATURES, {"cell": "tree"}]},
        cells={"tree": {"type": _node_type(model, kind), "init": _nodes(model.tree_, leaf)["TreeNode"]}},
    )


def forest(model: Any, features: str) -> Part:
    """The mean of what the trees say, of classifiers that of their probabilities."""
    single_output(model)
    leaf, kind = _leaf_of(model)
    score = _scores("forest")
    functions = {}
    if kind == "double":
        score = {"a.mean": [score]}
    else:
        functions = {"add": _ADD_ARRAYS}
        share = {"params": [{"x": "double"}], "ret": "double", "do": {"/": ["x", float(len(model.estimators_))]}}
        score = {"a.map": [{"a.reduce": [score, {"fcn": "u.add"}]}, share]}
    grown = [_nodes(one.tree_, leaf)["TreeNode"] for one in model.estimators_]
    return Part(
        steps=(_features(features, model),),
        score=score,
        cells={"forest": _forest_cell(_node_type(model, kind), grown)},
        functions=functions,
    )


def boosting(model: Any, features: str) -> Part:
    """A start plus the learning rate times the sum of all trees; of classifiers one sum per class, then a link."""
    raw: list[Expression] = []
    cells: dict[str, Any] = {}
    node_type: Any = _node_type(model, "double")
    rate = float(model.learning_rate)
    for index, start in enumerate(_starts(model)):
        column = [one.tree_ for one in model.estimators_[:, index]]
        grown = [_nodes(one, lambda value: {"double": rate * float(value[0][0])})["TreeNode"] for one in column]
        cells[f"forest{index}"] = _forest_cell(node_type, grown)
        node_type = "TreeNode"
        raw.append({"+": [start, {"a.sum": [_scores(f"forest{index}")]}]})
    return Part(steps=(_features(features, model),), score=_boosted_score(model, raw), cells=cells)


def _boosted_score(model: Any, raw: list[Expression]) -> Expression:
    if not hasattr(model, "classes_"):
        return raw[0]
    if len(raw) > 1:
        return link_to_probabilities(double_array(raw), is_binary=False)
    # The exponential loss of AdaBoost is fitted by half the log-odds (Hastie et al., equation 10.16).
    return link_to_probabilities({"*": [2.0, raw[0]]} if model.loss == "exponential" else raw[0], is_binary=True)


def _starts(model: Any) -> list[float]:
    """What the sum starts from: one number per class or output."""
    import numpy as np

    kind = type(model.init_).__name__
    if kind not in ("DummyRegressor", "DummyClassifier", "str"):
        raise InvalidValue(f"This {type(model).__name__} starts from a {kind}; PFA is written for constant starts.")
    # There is no public name for it. The features do not matter, as the start is constant.
    return [float(one) for one in model._raw_predict_init(np.zeros((1, model.n_features_in_), np.float32))[0]]


def _leaf_of(model: Any) -> tuple[Leaf, str]:
    if not hasattr(model, "classes_"):
        return (lambda value: {"double": float(value[0][0])}), "double"
    # Before scikit-learn 1.3 leaves held counts of samples.
    return (lambda value: {"array": [float(one) for one in value[0] / value[0].sum()]}), "array"


def _nodes(grown: Any, leaf: Leaf) -> Any:
    """The tree as tagged nodes. Children have higher numbers than parents, so they are made first."""
    if grown.max_depth > _MAX_TREE_DEPTH:
        raise InvalidValue(f"A tree of {grown.max_depth} levels is too deep for PFA; set max_depth (at most 150).")
    made: list[Any] = [None] * grown.node_count
    for index in range(grown.node_count - 1, -1, -1):
        left, right = int(grown.children_left[index]), int(grown.children_right[index])
        if left < 0:
            made[index] = leaf(grown.value[index])
            continue
        made[index] = _node(int(grown.feature[index]), "<=", float(grown.threshold[index]), made[left], made[right])
    if "TreeNode" not in made[0]:
        return _node(0, "alwaysTrue", 0.0, made[0], made[0])
    return made[0]


def _node(feature: int, operator: str, value: float, passed: Any, failed: Any) -> Any:
    return {"TreeNode": {"field": f"f{feature}", "operator": operator, "value": value, "pass": passed, "fail": failed}}


def _node_type(model: Any, kind: str) -> Any:
    branches = ["TreeNode", DOUBLES if kind == "array" else "double"]
    symbols = [f"f{index}" for index in range(int(model.n_features_in_))]
    return {
        "type": "record",
        "name": "TreeNode",
        "fields": [
            {"name": "field", "type": {"type": "enum", "name": "TreeField", "symbols": symbols}},
            {"name": "operator", "type": "string"},
            {"name": "value", "type": "double"},
            {"name": "pass", "type": branches},
            {"name": "fail", "type": branches},
        ],
    }


def _features(features: str, model: Any) -> Expression:
    """Trees look at records, so the array of features becomes one, rounded as the trees saw it when they grew."""
    names = [f"f{index}" for index in range(int(model.n_features_in_))]
    kind = {"type": "record", "name": "Features", "fields": [{"name": name, "type": "float"} for name in names]}
    values = {name: {"cast.float": [item(features, index)]} for index, name in enumerate(names)}
    return {"let": {_FEATURES: {"type": kind, "new": values}}}


def _forest_cell(node_type: Any, grown: list[Any]) -> Any:
    return {"type": {"type": "array", "items": node_type}, "init": grown}


def _scores(cell: str) -> Expression:
    each = {
        "params": [{"tree": "TreeNode"}],
        "ret": "double",
        "do": {"model.tree.simpleTree": [_FEATURES, "tree"]},
    }
    return {"a.map": [{"cell": cell}, each]}


_ADD_ARRAYS = {
    "params": [{"left": DOUBLES}, {"right": DOUBLES}],
    "ret": DOUBLES,
    "do": {
        "a.zipmap": [
            "left",
            "right",
            {"params": [{"x": "double"}, {"y": "double"}], "ret": "double", "do": {"+": ["x", "y"]}},
        ]
    },
}

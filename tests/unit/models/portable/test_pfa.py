"""PFA documents score as the estimators they were made of, and hostile ones are refused by name."""

from __future__ import annotations

import contextlib
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import datasets
from sklearn.base import BaseEstimator
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import ElasticNet, LinearRegression, LogisticRegression, SGDRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, PolynomialFeatures, RobustScaler, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from runfold.errors import InvalidValue
from runfold.models.portable.pfa.engine import Engine, read_document
from runfold.models.portable.pfa.write import pfa_document

NUMBERS = datasets.load_diabetes(return_X_y=True)
THREE_CLASSES = datasets.load_iris(return_X_y=True)
TWO_CLASSES = (NUMBERS[0], np.where(NUMBERS[1] > 140, "high", "low"))


def scored(model: BaseEstimator, rows: np.ndarray) -> list[object]:
    engine = read_document(json.dumps(pfa_document(model)))
    return [engine.score(dict(zip(engine.fields, row, strict=True))) for row in rows.tolist()]


@pytest.mark.parametrize(
    "model",
    [
        LinearRegression(),
        ElasticNet(alpha=0.1),
        make_pipeline(StandardScaler(), SGDRegressor(random_state=1)),
        make_pipeline(MinMaxScaler(), RobustScaler(), LinearRegression()),
        DecisionTreeRegressor(random_state=1),
        DecisionTreeRegressor(min_samples_leaf=400),
        make_pipeline(MaxAbsScaler(), RandomForestRegressor(10, random_state=1)),
        GradientBoostingRegressor(n_estimators=20, random_state=1),
        GradientBoostingRegressor(n_estimators=5, init="zero", random_state=1),
    ],
    ids=str,
)
def test_regressors_score_alike(model: BaseEstimator) -> None:
    rows, target = NUMBERS
    model.fit(rows, target)

    np.testing.assert_allclose(scored(model, rows), model.predict(rows), rtol=1e-12)


@pytest.mark.parametrize("data", [TWO_CLASSES, THREE_CLASSES], ids=["two classes", "three classes"])
@pytest.mark.parametrize(
    "model",
    [
        make_pipeline(StandardScaler(), LogisticRegression()),
        DecisionTreeClassifier(max_depth=3, random_state=1),
        RandomForestClassifier(10, max_depth=4, random_state=1),
        ExtraTreesClassifier(5, random_state=1),
        GradientBoostingClassifier(n_estimators=10, random_state=1),
    ],
    ids=str,
)
def test_classifiers_give_the_same_labels_and_probabilities(
    model: BaseEstimator, data: tuple[np.ndarray, np.ndarray]
) -> None:
    rows, target = data
    model.fit(rows, target)

    predictions = scored(model, rows)

    np.testing.assert_allclose([one["probabilities"] for one in predictions], model.predict_proba(rows), rtol=1e-9)
    assert [one["label"] for one in predictions] == model.predict(rows).tolist()


def test_the_exponential_loss_has_a_link_of_its_own() -> None:
    rows, target = TWO_CLASSES
    model = GradientBoostingClassifier(loss="exponential", n_estimators=10, random_state=1).fit(rows, target)

    np.testing.assert_allclose(
        [one["probabilities"] for one in scored(model, rows)], model.predict_proba(rows), rtol=1e-9
    )


def test_features_keep_their_names_as_far_as_pfa_allows() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"age (y)": [1.0, 2.0], "age [y]": [0.5, 0.1], "2nd": [3.0, 4.0]})

    document = pfa_document(LinearRegression().fit(frame, [1, 2]), name="my model")

    assert [field["name"] for field in document["input"]["fields"]] == ["age__y_", "x1_age__y_", "x2_2nd"]
    assert document["metadata"]["features"] == "age (y)\tage [y]\t2nd"
    assert document["name"] == "my_model"


@pytest.mark.parametrize(
    ("model", "named"),
    [
        (SVC(), "SVC"),
        (make_pipeline(PolynomialFeatures(), LinearRegression()), "PolynomialFeatures"),
        (make_pipeline(MinMaxScaler(clip=True), LinearRegression()), "clips"),
    ],
    ids=str,
)
def test_what_has_no_pfa_is_refused_by_name(model: BaseEstimator, named: str) -> None:
    model.fit(*TWO_CLASSES) if isinstance(model, SVC) else model.fit(*NUMBERS)

    with pytest.raises(InvalidValue, match=named):
        pfa_document(model)


def test_several_outputs_are_refused() -> None:
    rows, target = NUMBERS
    model = RandomForestRegressor(2).fit(rows, np.stack([target, target], axis=1))

    with pytest.raises(InvalidValue, match="several values"):
        pfa_document(model)


# From the specification 0.8.1: documents that others write, with cells, user functions, conditions and locals.
EXAMPLES = [
    ({"input": "double", "output": "double", "action": [{"+": ["input", 10]}]}, 2, 12.0),
    (
        {
            "input": "double",
            "output": "double",
            "action": [{"u.square": [{"u.square": "input"}]}],
            "fcns": {"square": {"params": [{"x": "double"}], "ret": "double", "do": {"*": ["x", "x"]}}},
        },
        3,
        81.0,
    ),
    (
        {
            "input": "int",
            "output": "string",
            "action": {
                "cond": [
                    {"if": {"<": ["input", 0]}, "then": [["below"]]},
                    {"if": {"==": ["input", 0]}, "then": [["zero"]]},
                ],
                "else": {"string": "above"},
            },
        },
        0,
        "zero",
    ),
    (
        {
            "input": {"type": "array", "items": "double"},
            "output": "double",
            "cells": {
                "model": {
                    "type": {
                        "type": "record",
                        "name": "Model",
                        "fields": [
                            {"name": "coeff", "type": {"type": "array", "items": "double"}},
                            {"name": "const", "type": "double"},
                        ],
                    },
                    "init": {"coeff": [1, 2, 3, 0, 5], "const": 0.0},
                }
            },
            "action": {"model.reg.linear": ["input", {"cell": "model"}]},
        },
        [0.1, 0.2, 0.3, 0.4, 0.5],
        3.9,
    ),
]


@pytest.mark.parametrize(("document", "value", "expected"), EXAMPLES)
def test_documents_of_others_are_scored(document: dict[str, object], value: object, expected: object) -> None:
    assert Engine(document).score(value) == (pytest.approx(expected) if isinstance(expected, float) else expected)


def test_trees_send_missing_values_their_own_way() -> None:
    branches = ["Node", "string"]
    node = {
        "type": "record",
        "name": "Node",
        "fields": [
            {"name": "field", "type": {"type": "enum", "name": "Field", "symbols": ["x"]}},
            {"name": "operator", "type": "string"},
            {"name": "value", "type": "double"},
            *({"name": name, "type": branches} for name in ("pass", "fail", "missing")),
        ],
    }
    leaves = {"pass": {"string": "small"}, "fail": {"string": "large"}, "missing": {"string": "none"}}
    engine = Engine(
        {
            "input": {"type": "record", "name": "Row", "fields": [{"name": "x", "type": ["null", "double"]}]},
            "output": "string",
            "cells": {"tree": {"type": node, "init": {"field": "x", "operator": "<", "value": 1, **leaves}}},
            "action": {"model.tree.missingWalk": ["input", {"cell": "tree"}, {"fcn": "model.tree.missingTest"}]},
        }
    )

    assert [engine.score({"x": one}) for one in ({"double": 0}, {"double": 2}, None)] == ["small", "large", "none"]


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("[]", "no JSON object"),
        ("{", "not valid JSON"),
        ('{"input": "int"}', "lacks 'output'"),
        ('{"input": "int", "output": "int", "action": {"rand.gaussian": [0, 1]}}', "'rand.gaussian'"),
        ('{"input": "int", "output": "int", "method": "fold", "action": "input"}', "'fold'"),
        ('{"input": "Row", "output": "int", "action": "input"}', "'Row'"),
        ('{"input": "int", "output": "int", "action": {"cell": "none"}}', "'none'"),
        ('{"input": "int", "output": "int", "action": ' + '{"+": [1, ' * 250 + "1" + "]}" * 250 + "}", "nested deeper"),
    ],
)
def test_documents_that_cannot_be_scored_are_refused(document: str, said: str) -> None:
    with pytest.raises(InvalidValue, match=said):
        read_document(document)


@pytest.mark.parametrize(
    ("value", "said"), [({}, "lacks 'x0'"), ({"x0": "one"}, r"Input\.x0 is 'one'; expected double"), (1, "a Input")]
)
def test_inputs_of_other_types_are_refused(value: object, said: str) -> None:
    engine = Engine(pfa_document(LinearRegression().fit([[1.0], [2.0]], [1, 2])))

    with pytest.raises(InvalidValue, match=said):
        engine.score(value)


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["input", "int", "map", "double", "new"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["+", "if", "let", "new", "type", "cell", "fcn", "params", "do"]), inner, max_size=3
        )
    ),
    max_leaves=10,
)


@given(kind=ANY_JSON, action=ANY_JSON, cells=ANY_JSON)
def test_no_document_makes_the_scorer_crash(kind: object, action: object, cells: object) -> None:
    document = {"input": kind, "output": "int", "action": action, "cells": cells}

    with contextlib.suppress(InvalidValue):
        Engine(document).score(1)

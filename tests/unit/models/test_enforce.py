"""Input is held to the signature: columns, types, shapes, params; errors name what was expected and found."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from runfold.errors import InvalidValue
from runfold.mlmodel.schema import (
    Array,
    Column,
    ColumnSchema,
    DataType,
    Object,
    Param,
    Property,
    Tensor,
    TensorSchema,
)
from runfold.models.enforce import enforce_input, enforce_params
from runfold.models.infer import infer_signature

D, L, S = DataType.DOUBLE, DataType.LONG, DataType.STRING
NAMED = ColumnSchema((Column(D, "x"), Column(L, "n"), Column(S, "kind", required=False)))
FRAME = pd.DataFrame({"x": [0.5, 1.5], "n": [1, 2], "kind": ["a", None]})


@pytest.mark.parametrize(
    "data",
    [
        FRAME,
        FRAME[["kind", "n", "x"]],
        FRAME.assign(further=0),
        pl.DataFrame({"x": [0.5, 1.5], "n": [1, 2], "kind": ["a", None]}),
        {"x": [0.5, 1.5], "n": [1, 2], "kind": ["a", None]},
        [{"x": 0.5, "n": 1, "kind": "a"}, {"x": 1.5, "n": 2, "kind": None}],
        [[0.5, 1, "a"], [1.5, 2, None]],
    ],
    ids=["frame", "other order", "further column", "polars", "columns", "records", "rows"],
)
def test_frames_in_any_form_become_the_columns_of_the_signature(data: Any) -> None:
    frame = enforce_input(data, NAMED)

    assert list(frame.columns) == ["x", "n", "kind"]
    assert frame["x"].tolist() == [0.5, 1.5]
    assert frame["n"].tolist() == [1, 2]


def test_optional_columns_may_be_absent() -> None:
    assert list(enforce_input(FRAME[["x", "n"]], NAMED).columns) == ["x", "n"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (FRAME[["x"]], r"lacks 'n' .* it has 'x'"),
        (FRAME.assign(x="high"), r"Column 'x' expects double; the input has .*'high'"),
        (FRAME.assign(n=[1.5, 2.0]), r"Column 'n' expects long; the input has float64"),
        (FRAME.assign(x=[1.0, None]), r"Column 'x' expects double in every row; 1 of 2 are missing"),
        (FRAME.assign(kind=[1, 2]), r"Column 'kind' expects string; the input has int64"),
        (FRAME.assign(x=[2**60 + 1, 1]), r"Column 'x' expects double; the input has int64"),
        (FRAME.assign(x=[True, False]), r"Column 'x' expects double; the input has bool"),
    ],
)
def test_what_does_not_fit_is_told_with_column_expected_and_found(data: Any, message: str) -> None:
    with pytest.raises(InvalidValue, match=message):
        enforce_input(data, NAMED)


@pytest.mark.parametrize(
    ("found", "wanted", "dtype"),
    [
        ("int32", DataType.LONG, "int64"),
        ("float32", DataType.DOUBLE, "float64"),
        ("int64", DataType.DOUBLE, "float64"),
        ("int8", DataType.INTEGER, "int32"),
        ("bool", DataType.BOOLEAN, "bool"),
    ],
)
def test_numbers_are_widened_where_nothing_is_lost(found: str, wanted: DataType, dtype: str) -> None:
    frame = enforce_input(pd.DataFrame({"a": np.array([0, 1], dtype=found)}), ColumnSchema((Column(wanted, "a"),)))

    assert frame["a"].dtype == dtype


def test_times_are_read_from_texts() -> None:
    schema = ColumnSchema((Column(DataType.DATETIME, "t"),))

    assert enforce_input({"t": ["2026-05-03T10:00:00"]}, schema)["t"][0] == pd.Timestamp(2026, 5, 3, 10)
    with pytest.raises(InvalidValue, match="'t' expects datetime"):
        enforce_input({"t": ["yesterday"]}, schema)


def test_nested_values_are_checked_to_the_leaf() -> None:
    kind = Object((Property("size", Array(D)), Property("label", S, required=False)))
    schema = ColumnSchema((Column(kind, "item"),))

    enforce_input([{"item": {"size": [1.0, 2]}}], schema)
    with pytest.raises(InvalidValue, match=r"'item', property 'size',, an item, expects double; it is str 'x'"):
        enforce_input([{"item": {"size": ["x"]}}], schema)
    with pytest.raises(InvalidValue, match="unknown property 'colour'"):
        enforce_input([{"item": {"size": [], "colour": "red"}}], schema)


def test_tensors_are_held_to_shape_and_type() -> None:
    schema = TensorSchema((Tensor("float32", (-1, 2)),))

    assert enforce_input([[1, 2]], schema).dtype == "float32"
    assert enforce_input(pd.DataFrame([[1, 2]], dtype="float32"), schema).shape == (1, 2)
    with pytest.raises(InvalidValue, match=r"expects the shape \[-1, 2\].* it has \[1, 3\]"):
        enforce_input(np.zeros((1, 3), dtype="float32"), schema)
    with pytest.raises(InvalidValue, match="float32; it has float64"):
        enforce_input(np.zeros((1, 2)), schema)


def test_several_tensors_go_by_name() -> None:
    schema = TensorSchema((Tensor("int64", (-1,), "ids"), Tensor("float64", (-1, 2), "values")))

    found = enforce_input({"values": [[1.0, 2.0]], "ids": [1], "further": 0}, schema)
    assert list(found) == ["ids", "values"]
    with pytest.raises(InvalidValue, match="lacks 'values'"):
        enforce_input({"ids": [1]}, schema)


PARAMS = (
    Param("limit", L, 5),
    Param("names", S, ["a"], (-1,)),
    Param("share", D, 0.5),
    Param("flag", DataType.BOOLEAN),
)


def test_params_have_defaults_and_types() -> None:
    assert enforce_params(None, PARAMS) == {"limit": 5, "names": ["a"], "share": 0.5, "flag": None}
    assert enforce_params({"share": 1, "names": ["b", "c"]}, PARAMS)["share"] == 1.0
    for wrong in ({"limit": 1.5}, {"names": "b"}, {"names": [1]}, {"share": True}, {"flag": 1}):
        [name] = wrong
        with pytest.raises(InvalidValue, match=f"'{name}' expects"):
            enforce_params(wrong, PARAMS)


def test_params_nobody_knows_are_refused_with_those_that_are() -> None:
    with pytest.raises(InvalidValue, match="no param 'limits'; it has limit, names"):
        enforce_params({"limits": 1}, PARAMS)
    with pytest.raises(InvalidValue, match="its signature has none"):
        enforce_params({"limit": 1}, ())


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (["a", "b"], ColumnSchema((Column(S),))),
        ("hello", ColumnSchema((Column(S),))),
        ([[1, 2], [3]], ColumnSchema((Column(Array(L)),))),
        ({"a": 1, "b": ["x"]}, ColumnSchema((Column(L, "a"), Column(Array(S), "b")))),
        ([{"a": 1}, {"a": 2.5}], ColumnSchema((Column(D, "a"),))),
        (np.zeros((2, 3), dtype="float32"), TensorSchema((Tensor("float32", (-1, 3)),))),
        (
            {"a": np.zeros((2, 3)), "b": np.array(["x"])},
            TensorSchema((Tensor("float64", (-1, 3), "a"), Tensor("str", (-1,), "b"))),
        ),
        (pd.DataFrame({0: [1], 1: [2.0]}), ColumnSchema((Column(L, 0), Column(D, 1)))),
        (pd.DataFrame({"n": pd.array([1, None], dtype="Int64")}), ColumnSchema((Column(L, "n", required=False),))),
        (pd.DataFrame({"c": pd.Categorical(["x"])}), ColumnSchema((Column(S, "c"),))),
    ],
    ids=range(10),
)
def test_schemas_are_found_as_mlflow_finds_them(data: Any, expected: Any) -> None:
    assert infer_signature(data).inputs == expected

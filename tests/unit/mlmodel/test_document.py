"""The MLmodel file: forms of every release, round trips, and files that are none."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runfold.errors import InvalidValue
from runfold.mlmodel.document import MLmodel, SavedExample, parse_mlmodel, write_mlmodel
from runfold.mlmodel.schema import Column, ColumnSchema, DataType, Param, Signature, Tensor, TensorSchema

FILES = Path(__file__).parent / "files"


def read(name: str) -> MLmodel:
    return parse_mlmodel((FILES / name).read_bytes())


def test_a_file_of_0_4_has_a_path_and_flavours() -> None:
    model = read("0.4.yaml")

    assert model == MLmodel(
        artifact_path="model",
        run_id="7f4e6bd9b1c24b1e9a9a3f4a66a7a3c1",
        utc_time_created="2018-08-14 17:21:35.141862",
        flavors={
            "python_function": {"data": "model.pkl", "loader_module": "mlflow.sklearn"},
            "sklearn": {"pickled_model": "model.pkl", "sklearn_version": "0.19.1"},
        },
    )
    assert model.native_flavors == ("sklearn",)
    assert model.created_ms == 1_534_267_295_141


def test_a_file_of_1_9_has_columns_without_required() -> None:
    model = read("1.9.yaml")

    assert model.signature == Signature(
        inputs=ColumnSchema((Column(DataType.DOUBLE, "x"), Column(DataType.STRING, "kind"))),
        outputs=ColumnSchema((Column(DataType.LONG),)),
    )
    assert model.run_id == "12345678901234567890123456789012"
    assert model.created_ms == 1_592_647_872_000


def test_a_file_of_2_6_has_optional_columns_and_old_params() -> None:
    assert read("2.6.yaml").signature == Signature(
        inputs=ColumnSchema((Column(DataType.DOUBLE, "x", required=False),)),
        outputs=ColumnSchema((Column(DataType.LONG),)),
        params=(Param("limit", DataType.LONG, 5),),
    )


def test_a_file_of_3_18_is_read_whole_and_written_as_it_was() -> None:
    model = read("3.18.yaml")

    assert model.example == SavedExample(
        artifact_path="input_example.json",
        type="dataframe",
        pandas_orient="split",
        serving_input_path="serving_input_example.json",
    )
    assert model.signature == Signature(
        inputs=ColumnSchema((Column(DataType.DOUBLE, "sepal length (cm)"), Column(DataType.DOUBLE, "sepal width"))),
        outputs=TensorSchema((Tensor("int64", (-1,)),)),
        params=(Param("t", DataType.DOUBLE, 0.5), Param("k", DataType.LONG, [1, 2], (-1,))),
    )
    assert model.extra["is_signature_from_type_hint"] is False
    assert parse_mlmodel(write_mlmodel(model)) == model


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(
    flavors=st.dictionaries(
        st.text(min_size=1, max_size=9), st.dictionaries(st.text(max_size=9), plain, max_size=4), min_size=1, max_size=3
    ),
    metadata=st.dictionaries(st.text(max_size=9), plain, max_size=4),
    run_id=st.text(alphabet="0123456789e", max_size=32),
)
def test_what_is_written_is_read_back(flavors: dict[str, Any], metadata: dict[str, Any], run_id: str) -> None:
    model = MLmodel(flavors=flavors, metadata=metadata, run_id=run_id)

    assert parse_mlmodel(write_mlmodel(model)) == model


@given(st.binary(max_size=200))
def test_any_bytes_are_a_model_or_refused(content: bytes) -> None:
    with suppress(InvalidValue):
        parse_mlmodel(content)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "holds no keys"),
        ("[1, 2]", "holds no keys"),
        ("flavors: {}", "names no flavours"),
        ("flavors: {sklearn: 3}", "has no keys"),
        ("flavors: [", "not valid YAML"),
        ("flavors: !!python/object/apply:os.system [ls]", "not valid YAML"),
        ('flavors: {f: {}}\nsignature: {inputs: \'[{"type": "decimal"}]\'}', "'decimal'"),
        ("flavors: {f: {}}\nsignature: {inputs: 'no json'}", "no JSON"),
        ("flavors: {f: {a: " + "[" * 70 + "]" * 70 + "}}", "nested too deeply"),
        ("x0: &a0 [1]\n" + "".join(f"x{n}: &a{n} [{f'*a{n - 1},' * 9}]\n" for n in range(1, 9)), "refers to itself"),
        ("flavors: &a {f: *a}", "nested too deeply"),
        (b"#" * (4 * 2**20 + 1), "at most"),
    ],
    ids=range(12),
)
def test_what_is_no_model_is_refused_with_the_reason(content: str | bytes, reason: str) -> None:
    with pytest.raises(InvalidValue, match=reason):
        parse_mlmodel(content)

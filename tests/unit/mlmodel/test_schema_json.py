"""Signatures as MLflow's JSON texts."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runfold.errors import InvalidValue
from runfold.mlmodel.schema import (
    AnyType,
    Array,
    Column,
    ColumnSchema,
    DataType,
    Map,
    Object,
    Param,
    Property,
    Signature,
    Tensor,
    TensorSchema,
)
from runfold.mlmodel.schema_json import schema_from_json, schema_to_json, signature_from_dict, signature_to_dict

names = st.text(min_size=1, max_size=9)


def objects(inner: st.SearchStrategy) -> st.SearchStrategy:
    entries = st.dictionaries(names, st.tuples(inner, st.booleans()), max_size=3)
    return entries.map(lambda found: Object(tuple(Property(name, *rest) for name, rest in found.items())))


types = st.recursive(
    st.sampled_from(DataType) | st.just(AnyType()),
    lambda inner: inner.map(Array) | inner.map(Map) | objects(inner),
    max_leaves=5,
)
columns = st.builds(Column, types, st.none() | names | st.integers(), st.booleans())
shapes = st.lists(st.integers(-1, 9), max_size=3).map(tuple)
tensors = st.builds(Tensor, st.sampled_from(["float32", "int64", "str", "bool"]), shapes, st.none() | names)
schemas = st.one_of(
    st.none(),
    st.lists(columns, min_size=1, max_size=4).map(tuple).map(ColumnSchema),
    st.lists(tensors, min_size=1, max_size=3).map(tuple).map(TensorSchema),
)
params = st.lists(st.builds(Param, names, st.sampled_from(DataType), st.integers() | st.text(max_size=5)), max_size=3)


@given(st.builds(Signature, schemas, schemas, params.map(tuple)))
def test_a_signature_is_read_back_as_it_was_written(signature: Signature) -> None:
    assert signature_from_dict(signature_to_dict(signature)) == signature


@pytest.mark.parametrize(
    "text",
    [
        '[{"type": "long", "name": "count", "required": false}]',
        '[{"type": "map", "values": {"type": "long"}, "name": "m", "required": true}, {"type": "any", "name": "x", '
        '"required": true}, {"type": "array", "items": {"type": "object", "properties": {"a": {"type": "string", '
        '"required": false}}}, "name": "o", "required": false}]',
        '[{"name": "a", "type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1, 3]}}]',
    ],
)
def test_texts_of_mlflow_are_written_letter_by_letter(text: str) -> None:
    assert schema_to_json(schema_from_json(text)) == text


def test_a_scalar_that_is_required_is_written_as_every_release_of_mlflow_reads_it() -> None:
    assert schema_to_json(schema_from_json('[{"type": "long", "required": true}]')) == '[{"type": "long"}]'
    assert schema_from_json('[{"type": "long"}]') == schema_from_json('[{"type": "long", "optional": false}]')


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('[{"type": "array", "name": "a"}]', r"inputs\[0\].items"),
        ('[{"type": "object", "properties": {"p": {"type": "no"}}}]', r"inputs\[0\].p"),
        ('[{"type": "tensor", "tensor-spec": {"dtype": "f4", "shape": "x"}}]', "shape"),
        ('[{"type": "tensor"}]', "tensor-spec"),
        ("[5]", r"inputs\[0\]"),
        ('{"type": "long"}', "expected a list"),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, place: str) -> None:
    with pytest.raises(InvalidValue, match=place):
        signature_from_dict({"inputs": text})


def test_types_cannot_be_nested_without_end() -> None:
    text = json.dumps({"type": "long"})
    for _ in range(40):
        text = f'{{"type": "array", "items": {text}}}'

    with pytest.raises(InvalidValue, match="deep"):
        schema_from_json(f"[{text}]")

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest

from runfold import data
from runfold.domain.limits import MAX_DATASET_DIGEST
from runfold.errors import InvalidValue


def test_equal_frames_have_equal_digests_whatever_their_index() -> None:
    frame = pd.DataFrame({"x": [1.0, 2.0], "name": ["a", "b"]})

    first = data.from_pandas(frame, source="s3://bucket/points.parquet", targets="x")
    again = data.from_pandas(frame.set_axis([5, 6]), source="elsewhere.csv")
    other = data.from_pandas(frame.rename(columns={"x": "y"}))

    assert first.digest == again.digest != other.digest
    assert len(first.digest) <= MAX_DATASET_DIGEST
    assert (first.name, first.source_type) == ("points.parquet", "s3")
    assert json.loads(first.source) == {"uri": "s3://bucket/points.parquet"}
    assert json.loads(first.profile) == {"num_rows": 2, "num_elements": 4}
    assert [column["name"] for column in json.loads(first.schema)["mlflow_colspec"]] == ["x", "name"]


def test_a_target_must_be_a_column() -> None:
    with pytest.raises(InvalidValue, match="'z'"):
        data.from_pandas(pd.DataFrame({"x": [1]}), targets="z")


def test_polars_frames_are_known_by_their_values() -> None:
    frame = pl.DataFrame({"x": [1, 2, 3], "y": ["a", None, "c"]})
    in_chunks = pl.concat([frame[:1], frame[1:]], rechunk=False)

    assert data.from_polars(frame).digest == data.from_polars(in_chunks).digest
    assert data.from_polars(frame).digest != data.from_polars(frame.reverse()).digest


def test_arrays_are_known_by_values_types_and_shapes() -> None:
    features = np.arange(6).reshape(2, 3)

    dataset = data.from_numpy(features, targets=np.array([0, 1]), name="digits")
    digests = {data.from_numpy(one).digest for one in (features, features.T, features.astype(float))}

    assert dataset.name == "digits"
    assert json.loads(dataset.profile) == {"features_shape": [2, 3], "targets_shape": [2]}
    assert len(digests) == 3


def test_rows_and_files(tmp_path: Path) -> None:
    rows = data.from_rows([{"x": 1}, {"x": 2}], source="https://example.org/points.json")
    (tmp_path / "a.csv").write_text("x\n1\n")
    file = data.from_file(tmp_path / "a.csv")

    assert (rows.name, rows.source_type) == ("points.json", "http")
    assert (file.name, file.source_type) == ("a.csv", "local")
    assert json.loads(file.profile) == {"num_bytes": 4}
    with pytest.raises(InvalidValue, match="no file"):
        data.from_file(tmp_path / "b.csv")


def test_data_without_a_source_came_from_the_code() -> None:
    dataset = data.from_rows([])

    assert (dataset.name, dataset.source_type) == ("dataset", "code")

"""A twin is kept only where it answers as the model does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

from runfold import models
from runfold.errors import AlreadyExists, InvalidValue
from runfold.models.portable import add_twin
from runfold.models.portable.parity import compare

ROWS, KINDS = load_iris(return_X_y=True, as_frame=True)


def saved(tmp_path: Path, model: object, **options: object) -> Path:
    model.fit(ROWS, KINDS)  # type: ignore[attr-defined]
    models.save_model(model, tmp_path / "model", **{"input_example": ROWS.head(20), **options})
    return tmp_path / "model"


def test_a_twin_is_one_more_flavour_of_the_model(tmp_path: Path) -> None:
    model = make_pipeline(StandardScaler(), RandomForestClassifier(5, random_state=1))
    folder = saved(tmp_path, model)

    parity = add_twin(folder, "pfa")

    document = models.get_model_info(folder)
    assert set(document.native_flavors) == {"sklearn", "pfa"}
    assert document.flavors["pfa"]["parity"] == {"rows": 20, "max_difference": 0.0, "tolerance": 1e-5}
    assert parity.rows == 20
    twin = models.load_model(folder, flavor="pfa")
    assert twin.predict(ROWS) == model.predict(ROWS).tolist()
    assert models.load_model(folder).predict(ROWS).tolist() == model.predict(ROWS).tolist()


def test_a_twin_is_written_once(tmp_path: Path) -> None:
    folder = saved(tmp_path, LinearRegression())
    add_twin(folder, "pfa")

    with pytest.raises(AlreadyExists):
        add_twin(folder, "pfa")


@pytest.mark.parametrize(
    ("model", "options", "said"),
    [
        (make_pipeline(PolynomialFeatures(), LinearRegression()), {}, "PolynomialFeatures"),
        (LinearRegression(), {"input_example": None}, "input_example"),
        (LinearRegression(), {"kind": "pmml"}, "pmml"),
    ],
    ids=["unknown", "no example", "no such form"],
)
def test_where_there_is_no_twin_nothing_is_left(
    tmp_path: Path, model: object, options: dict[str, str], said: str
) -> None:
    kind = options.pop("kind", "pfa")
    folder = saved(tmp_path, model, **options)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    with pytest.raises(InvalidValue, match=said):
        add_twin(folder, kind)

    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("expected", "found", "row"),
    [([1.0, 2.0], [1.0, 2.1], 1), (["a", "b"], ["b", "b"], 0), ([1.0, 2.0], [1.0, np.nan], 1)],
)
def test_answers_that_differ_are_shown(expected: list[object], found: list[object], row: int) -> None:
    with pytest.raises(InvalidValue, match=f"row {row} gives"):
        compare(expected, found, tolerance=1e-6, kind="pfa")


def test_missing_numbers_equal_each_other_and_columns_equal_lists() -> None:
    expected = np.array([[1000.0], [np.nan]])

    assert compare(expected, [1000.001, np.nan], tolerance=1e-5, kind="onnx").max_difference == pytest.approx(1e-6)

"""MLflow 2.22 loads the models in ONNX that are saved here, and what it saves is loaded here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LinearRegression

from runfold import models

ROWS = np.linspace(-1, 1, 12, dtype=np.float32).reshape(4, 3)
MODEL = LinearRegression().fit(ROWS, ROWS.sum(axis=1))

LOAD = """
import numpy as np, mlflow.onnx
rows = np.linspace(-1, 1, 12, dtype=np.float32).reshape(4, 3)
(answer,) = mlflow.pyfunc.load_model(sys.argv[1]).predict(rows).values()
print(json.dumps([answer.ravel().tolist(), len(mlflow.onnx.load_model(sys.argv[1]).graph.node)]))
"""
SAVE = """
import onnx, mlflow.onnx
mlflow.onnx.save_model(onnx.load(sys.argv[1]), sys.argv[2], pip_requirements=["onnx"])
print("null")
"""


def test_each_side_calls_what_the_other_saved(tmp_path: Path, mlflow_2: Callable[..., Any]) -> None:
    from skl2onnx import to_onnx

    proto = to_onnx(MODEL, ROWS)
    models.save_model(proto, tmp_path / "ours", input_example=ROWS)
    (tmp_path / "model.onnx").write_bytes(proto.SerializeToString())

    answer, _ = mlflow_2(LOAD, tmp_path / "ours")
    mlflow_2(SAVE, tmp_path / "model.onnx", tmp_path / "theirs")
    (here,) = models.load_model(tmp_path / "theirs").predict(ROWS).values()

    np.testing.assert_allclose(answer, MODEL.predict(ROWS), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(here.ravel(), MODEL.predict(ROWS), rtol=1e-4, atol=1e-5)

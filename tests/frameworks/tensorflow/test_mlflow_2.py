"""MLflow 2.22 loads the models of Keras and TensorFlow that are saved here, and what it saves is loaded here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from runfold import models

ROWS = np.linspace(-1, 1, 12, dtype=np.float32).reshape(4, 3)

LOAD = """
import numpy as np, mlflow.tensorflow
rows = np.linspace(-1, 1, 12, dtype=np.float32).reshape(4, 3)
called = [np.asarray(mlflow.pyfunc.load_model(one).predict(rows)).tolist() for one in sys.argv[1:]]
native = [np.asarray(mlflow.tensorflow.load_model(one)(rows)).tolist() for one in (sys.argv[1], sys.argv[3])]
print(json.dumps({"called": called, "native": native}))
"""
SAVE = """
import keras, numpy as np, tensorflow as tf, mlflow.tensorflow, mlflow.keras
rows = np.linspace(-1, 1, 12, dtype=np.float32).reshape(4, 3)
model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, "relu"), keras.layers.Dense(1)])

class Doubling(tf.Module):
    @tf.function(input_signature=[tf.TensorSpec([None, 3], tf.float32)])
    def __call__(self, rows):
        return rows * 2.0

mlflow.tensorflow.save_model(model, sys.argv[1], pip_requirements=["tensorflow"], input_example=rows)
mlflow.keras.save_model(model, sys.argv[2], pip_requirements=["tensorflow"])
mlflow.tensorflow.save_model(Doubling(), sys.argv[3], pip_requirements=["tensorflow"])
print(json.dumps(np.asarray(model(rows)).tolist()))
"""


class Doubling(tf.Module):
    @tf.function(input_signature=[tf.TensorSpec([None, 3], tf.float32)])
    def __call__(self, rows: Any) -> Any:
        return rows * 2.0


def test_mlflow_calls_what_is_saved_here(tmp_path: Path, mlflow_2: Callable[..., Any]) -> None:
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, "relu"), keras.layers.Dense(1)])
    models.save_model(model, tmp_path / "tensorflow", input_example=ROWS)
    models.save_model(model, tmp_path / "keras", flavor="keras", input_example=ROWS)
    models.save_model(Doubling(), tmp_path / "module", input_example=ROWS)

    answers = mlflow_2(LOAD, *(tmp_path / name for name in ("tensorflow", "keras", "module")))

    for answer in (*answers["called"][:2], answers["native"][0]):
        np.testing.assert_allclose(answer, model(ROWS), rtol=1e-5, atol=1e-6)
    for answer in (answers["called"][2], answers["native"][1]):
        np.testing.assert_allclose(answer, ROWS * 2)


def test_what_mlflow_saved_is_called_here(tmp_path: Path, mlflow_2: Callable[..., Any]) -> None:
    expected = mlflow_2(SAVE, *(tmp_path / name for name in ("tensorflow", "keras", "module")))

    for name in ("tensorflow", "keras"):
        np.testing.assert_allclose(models.load_model(tmp_path / name).predict(ROWS), expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(models.load_model(tmp_path / "module").predict(ROWS), ROWS * 2)

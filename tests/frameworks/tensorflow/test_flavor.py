"""The flavour of Keras and TensorFlow: the shipped suite, both ways with MLflow, and files that hold code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import mlflow
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from runfold import models
from runfold.errors import InvalidValue, PermissionDenied
from runfold.integrations.tensorflow.flavor import FLAVOR
from runfold.testing.flavours import *  # noqa: F403
from runfold.testing.flavours import FlavourCase, forget_digests

# MLflow finds requirements by loading the model in another process, which takes minutes.
QUICKLY: dict[str, Any] = {"pip_requirements": ["tensorflow"]}
ROWS = np.linspace(-1, 1, 12, dtype=np.float32).reshape(4, 3)


def network() -> keras.Model:
    keras.utils.set_random_seed(7)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(8, "relu"), keras.layers.Dense(2)])
    model.compile("sgd", "mse")
    return model


class Doubling(tf.Module):
    @tf.function(input_signature=[tf.TensorSpec([None, 3], tf.float32)])
    def __call__(self, rows: Any) -> Any:
        return rows * 2.0


def answer(model: Any, rows: Any) -> Any:
    return np.asarray(model(rows))


@pytest.fixture(params=["tensorflow", "module"])
def case(request: pytest.FixtureRequest) -> FlavourCase:
    if request.param == "module":
        return FlavourCase(
            flavour=FLAVOR,
            model=Doubling(),
            example=ROWS,
            predict=answer,
            requirement="tensorflow_cpu",
            extra={"serialization_format": "saved_model"},
            serializations=("saved_model",),
            files=("tf2model/saved_model.pb",),
        )
    return FlavourCase(
        flavour=FLAVOR,
        model=network(),
        example=ROWS,
        predict=answer,
        requirement="keras",
        serializations=("keras",),
        files=("data/model.keras",),
    )


def test_mlflow_calls_what_is_saved_here(tmp_path: Path) -> None:
    models.save_model(network(), tmp_path / "keras", input_example=ROWS)
    models.save_model(Doubling(), tmp_path / "module", input_example=ROWS)

    called = mlflow.pyfunc.load_model(str(tmp_path / "keras"))
    models.save_model(network(), tmp_path / "plain", flavor="keras", input_example=ROWS)
    np.testing.assert_allclose(models.load_model(tmp_path / "plain").predict(ROWS), answer(network(), ROWS), rtol=1e-5)
    plain = mlflow.pyfunc.load_model(str(tmp_path / "plain"))
    native = mlflow.tensorflow.load_model(str(tmp_path / "keras"))
    module = mlflow.pyfunc.load_model(str(tmp_path / "module"))

    np.testing.assert_allclose(called.predict(ROWS), answer(network(), ROWS), rtol=1e-5)
    np.testing.assert_allclose(plain.predict(ROWS), answer(network(), ROWS), rtol=1e-5)
    np.testing.assert_allclose(answer(native, ROWS), answer(network(), ROWS), rtol=1e-5)
    np.testing.assert_allclose(module.predict(ROWS), ROWS * 2)


def test_what_mlflow_saved_is_called_here(tmp_path: Path) -> None:
    mlflow.tensorflow.save_model(network(), str(tmp_path / "tensorflow"), **QUICKLY)
    mlflow.keras.save_model(network(), str(tmp_path / "keras"), **QUICKLY)
    mlflow.tensorflow.save_model(Doubling(), str(tmp_path / "module"), **QUICKLY)

    model = models.load_model(tmp_path / "tensorflow")
    module = models.load_model(tmp_path / "module")

    np.testing.assert_allclose(model.predict(ROWS), answer(network(), ROWS), rtol=1e-5)
    np.testing.assert_allclose(models.load_model(tmp_path / "keras").predict(ROWS), answer(network(), ROWS), rtol=1e-5)
    np.testing.assert_allclose(module.predict(ROWS), ROWS * 2)


def test_data_frames_come_back_with_their_index(tmp_path: Path) -> None:
    frame = pd.DataFrame(ROWS, index=[3, 1, 4, 2])
    models.save_model(network(), tmp_path / "model")

    predicted = models.load_model(tmp_path / "model").predict(frame)

    assert list(predicted.index) == [3, 1, 4, 2]
    np.testing.assert_allclose(predicted, answer(network(), ROWS), rtol=1e-5)


def test_functions_as_code_are_made_only_where_that_is_allowed(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((3,)), keras.layers.Lambda(lambda x: x * 2, output_shape=(3,))])
    models.save_model(model, tmp_path / "model")

    with pytest.raises(PermissionDenied, match="allow_pickle"):
        models.load_model(tmp_path / "model")
    loaded = models.load_model(tmp_path / "model", allow_pickle=True)
    np.testing.assert_allclose(loaded.predict(ROWS), ROWS * 2)


@keras.saving.register_keras_serializable(package="tests")
class Scaled(keras.layers.Layer):
    def call(self, rows: Any) -> Any:
        return rows * 3


def test_layers_of_the_authors_own_are_asked_for_by_name(tmp_path: Path) -> None:
    models.save_model(keras.Sequential([keras.Input((3,)), Scaled()]), tmp_path / "model")
    np.testing.assert_allclose(models.load_model(tmp_path / "model").predict(ROWS), ROWS * 3)

    registered = keras.saving.get_custom_objects()
    kept = dict(registered)
    registered.clear()
    try:
        with pytest.raises((InvalidValue, PermissionDenied), match="Scaled"):
            models.load_model(tmp_path / "model")
    finally:
        registered.update(kept)


def test_older_files_of_keras_are_loaded_where_code_is_allowed(tmp_path: Path) -> None:
    models.save_model(network(), tmp_path / "model")
    forget_digests(tmp_path / "model")
    (tmp_path / "model/data/model.keras").unlink()
    network().save(tmp_path / "model/data/model.h5")

    with pytest.raises(PermissionDenied, match="HDF5"):
        models.load_model(tmp_path / "model")
    loaded = models.load_model(tmp_path / "model", allow_pickle=True)
    np.testing.assert_allclose(loaded.predict(ROWS), answer(network(), ROWS), rtol=1e-5)

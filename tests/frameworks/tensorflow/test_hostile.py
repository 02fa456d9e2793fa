"""Files of Keras and SavedModels that are damaged, of another version, or try to run something."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from runfold import models
from runfold.errors import InvalidValue, PermissionDenied
from runfold.testing.flavours import forget_digests

ROWS = np.linspace(-1, 1, 12, dtype=np.float32).reshape(4, 3)


def network() -> keras.Model:
    entrance = keras.Input((3,), name="rows")
    hidden = keras.layers.Dense(4, keras.activations.relu, kernel_regularizer=keras.regularizers.L2(0.1))(entrance)
    scaled = keras.ops.tanh(hidden) * 2 + keras.layers.BatchNormalization()(hidden)
    model = keras.Model(entrance, keras.layers.Dense(1)(keras.layers.Dropout(0.1)(scaled)))
    rate = keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9)
    model.compile(keras.optimizers.Adam(rate), keras.losses.Huber(), metrics=[keras.metrics.RootMeanSquaredError()])
    return model


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    models.save_model(network(), tmp_path / "model", input_example=ROWS)
    forget_digests(tmp_path / "model")
    return tmp_path / "model"


def rewrite(folder: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    path = folder / "data/model.keras"
    with zipfile.ZipFile(path) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    change(members)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def layer(module: str | None, name: str, config: Any, registered: str | None = None) -> dict[str, Any]:
    return {"module": module, "class_name": name, "config": config, "registered_name": registered}


@pytest.mark.parametrize(
    ("made", "named"),
    [
        (layer("os", "function", "system", "system"), r"function os\.system"),
        (layer("builtins", "function", "exec", "exec"), r"builtins\.exec"),
        (layer("subprocess", "Popen", {"args": ["id"]}), r"subprocess\.Popen"),
        (layer("keras.utils", "function", "get_file", "get_file"), r"keras\.utils\.get_file"),
        (layer("keras.src.utils.file_utils", "function", "get_file", "get_file"), "get_file"),
        (layer("keras.saving", "function", "load_model", "load_model"), "load_model"),
        (layer("keras.models", "function", "load_model", "load_model"), "load_model"),
        (layer("keras.config", "function", "enable_unsafe_deserialization"), "enable_unsafe_deserialization"),
        (layer("keras.layers", "StringLookup", {"vocabulary": "/etc/passwd"}), "reads files"),
        (layer("keras.layers", "TFSMLayer", {"filepath": "/tmp/other"}), "reads files"),
        (layer("keras.layers", "TorchModuleWrapper", {"module": "gASVCwAAAA=="}), "reads files"),
        (layer("antigravity", "Layer", {}, "mine>Layer"), r"antigravity\.Layer"),
        ({"class_name": "__lambda__", "config": {"code": "AAAA"}}, "functions as code"),
    ],
)
def test_what_a_model_of_keras_does_not_need_is_not_made(saved: Path, made: dict[str, Any], named: str) -> None:
    def change(members: dict[str, bytes]) -> None:
        config = json.loads(members["config.json"])
        config["config"]["layers"][1]["config"]["activation"] = made
        members["config.json"] = json.dumps(config).encode()

    rewrite(saved, change)

    for load in (models.load_model, models.load_native):
        with pytest.raises(PermissionDenied, match=named):
            load(saved)


def test_layers_losses_schedules_and_operations_of_keras_pass(saved: Path) -> None:
    assert models.load_model(saved).predict(ROWS).shape == (4, 1)


def no_config(members: dict[str, bytes]) -> None:
    del members["config.json"]


def of_the_future(members: dict[str, bytes]) -> None:
    members["metadata.json"] = json.dumps({"keras_version": "9.1.0", "date_saved": ""}).encode()


def no_json(members: dict[str, bytes]) -> None:
    members["config.json"] = b"{" * 5000


def no_class(members: dict[str, bytes]) -> None:
    config = json.loads(members["config.json"])
    config["config"]["layers"][1]["class_name"] = "Denser"
    members["config.json"] = json.dumps(config).encode()


def no_weights(members: dict[str, bytes]) -> None:
    members["model.weights.h5"] = b"\x89HDF\r\n\x1a\n" + b"\0" * 64


def a_way_out(members: dict[str, bytes]) -> None:
    members["assets/../../../outside"] = b"here"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (no_config, "config.json"),
        (of_the_future, r"Keras 9\.1\.0"),
        (no_json, "damaged"),
        (no_class, "Denser"),
        (no_weights, "cannot be read"),
        (a_way_out, "outside"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(saved: Path, change: Callable[[dict[str, bytes]], None], named: str) -> None:
    rewrite(saved, change)

    with pytest.raises(InvalidValue, match=named):
        models.load_model(saved)


class Reading(tf.Module):
    @tf.function(input_signature=[tf.TensorSpec([None], tf.float32)])
    def __call__(self, rows: Any) -> Any:
        return tf.strings.length(tf.io.read_file("/etc/hostname")) + tf.cast(tf.size(rows), tf.int32)


class Writing(tf.Module):
    @tf.function(input_signature=[tf.TensorSpec([None], tf.float32)])
    def __call__(self, rows: Any) -> Any:
        tf.io.write_file("/tmp/never-written-by-a-test", "here")
        return rows


class Printing(tf.Module):
    @tf.function(input_signature=[tf.TensorSpec([None], tf.float32)])
    def __call__(self, rows: Any) -> Any:
        tf.print(rows, output_stream="file:///tmp/never-written-by-a-test")
        return rows


@pytest.mark.parametrize(("module", "named"), [(Reading, "ReadFile"), (Writing, "WriteFile"), (Printing, "PrintV2")])
def test_a_saved_model_that_reaches_for_files_is_loaded_only_where_that_is_allowed(
    tmp_path: Path, module: type[tf.Module], named: str
) -> None:
    models.save_model(module(), tmp_path / "model", serialization_format="saved_model")

    with pytest.raises(PermissionDenied, match=named):
        models.load_model(tmp_path / "model")
    assert models.load_native(tmp_path / "model", allow_pickle=True) is not None


@pytest.mark.parametrize("content", [b"", b"not a graph", b"\x08\x01\x12\xff\xff\xff\xff\x0f"])
def test_a_saved_model_that_is_none_is_said_to_be(tmp_path: Path, content: bytes) -> None:
    class Doubling(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None], tf.float32)])
        def __call__(self, rows: Any) -> Any:
            return rows * 2.0

    models.save_model(Doubling(), tmp_path / "model", serialization_format="saved_model")
    forget_digests(tmp_path / "model")
    assert models.load_model(tmp_path / "model").predict(ROWS[0]).tolist() == (ROWS[0] * 2).tolist()
    (tmp_path / "model/tf2model/saved_model.pb").write_bytes(content)

    with pytest.raises(InvalidValue, match="tf2model"):
        models.load_model(tmp_path / "model")


def test_a_saved_model_without_its_variables_is_said_to_be_damaged(tmp_path: Path) -> None:
    class Scaling(tf.Module):
        def __init__(self) -> None:
            self.factor = tf.Variable(2.0)

        @tf.function(input_signature=[tf.TensorSpec([None], tf.float32)])
        def __call__(self, rows: Any) -> Any:
            return rows * self.factor

    models.save_model(Scaling(), tmp_path / "model", serialization_format="saved_model")
    forget_digests(tmp_path / "model")
    shutil.rmtree(tmp_path / "model/tf2model/variables")

    with pytest.raises(InvalidValue, match="tf2model"):
        models.load_model(tmp_path / "model")

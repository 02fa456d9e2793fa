"""Keras logs its training by itself."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

import runfold
from runfold.mlmodel.schema import Tensor, TensorSchema
from runfold.tracking.run_view import RunView

ROWS = np.linspace(-1, 1, 120, dtype=np.float32).reshape(40, 3)
TARGETS = ROWS.sum(axis=1, keepdims=True)
Trained = Callable[[Callable[[], Any]], RunView]


def network() -> keras.Model:
    keras.utils.set_random_seed(7)
    model = keras.Sequential([keras.Input((3,), name="rows"), keras.layers.Dense(4, "relu"), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.05), "mse", metrics=["mae"])
    return model


def test_each_epoch_the_settings_the_data_and_the_model_are_logged(
    trained: Trained, files_of: Callable[..., set[str]], steps_of: Callable[..., list[int]]
) -> None:
    model = network()
    stopping = keras.callbacks.EarlyStopping(patience=9)
    run = trained(
        lambda: model.fit(
            ROWS, TARGETS, batch_size=8, epochs=3, validation_data=(ROWS, TARGETS), callbacks=[stopping], verbose=0
        )
    )

    assert run.info.status == "FINISHED"
    assert run.data.params["optimizer_name"] == "SGD"
    assert float(run.data.params["optimizer_learning_rate"]) == pytest.approx(0.05)
    assert {run.data.params[key] for key in ("epochs", "batch_size", "loss", "patience")} == {"3", "8", "mse", "9"}
    assert {one.dataset.name for one in run.inputs.dataset_inputs} == {"training data", "eval data"}
    for key in ("loss", "mae", "val_loss", "val_mae"):
        assert steps_of(run, key) == [0, 1, 2]
    assert {"model", "model_summary.txt"} <= files_of(run)
    loaded = runfold.models.load_model(f"runs:/{run.info.run_id}/model")
    np.testing.assert_allclose(loaded.predict(ROWS), model.predict(ROWS, verbose=0), rtol=1e-5)
    assert loaded.example is not None


def test_data_in_batches_leaves_a_signature_without_an_example(trained: Trained) -> None:
    batches = tf.data.Dataset.from_tensor_slices((ROWS, TARGETS)).batch(8)
    run = trained(lambda: network().fit(batches, epochs=1, verbose=0))

    loaded = runfold.models.load_model(f"runs:/{run.info.run_id}/model")
    assert loaded.example is None
    assert loaded.signature.inputs == TensorSchema((Tensor("float32", (-1, 3)),))
    assert loaded.signature.outputs == TensorSchema((Tensor("float32", (-1, 1)),))


def test_callbacks_are_found_wherever_they_are_given(trained: Trained, steps_of: Callable[..., list[int]]) -> None:
    seen = []
    own = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(epoch))
    model = network()
    listed = keras.callbacks.CallbackList([own], add_history=True, model=model)

    def train() -> None:
        with runfold.start_run():
            network().fit(ROWS, TARGETS, 8, 2, 0, [own])
            model.fit(ROWS, TARGETS, 8, 2, 0, callbacks=listed)

    run = trained(train)

    assert seen == [0, 1, 0, 1]
    assert own in listed.callbacks
    assert all(type(one).__name__ != "LogEpochs" for one in listed.callbacks)
    assert steps_of(run, "loss") == [0, 1, 0, 1]


def test_training_within_training_is_a_part_of_it(trained: Trained) -> None:
    from sklearn.base import BaseEstimator, RegressorMixin

    class Wrapped(RegressorMixin, BaseEstimator):
        def fit(self, rows: Any, targets: Any) -> Wrapped:
            self.model_ = network()
            self.model_.fit(rows, targets, epochs=1, verbose=0)
            return self

        def predict(self, rows: Any) -> Any:
            return self.model_.predict(rows, verbose=0).ravel()

    run = trained(lambda: Wrapped().fit(ROWS, TARGETS.ravel()))

    assert run.data.tags["estimator_name"] == "Wrapped"
    assert "optimizer_name" not in run.data.params


def test_what_goes_wrong_in_logging_is_said_once_and_training_goes_on(
    trained: Trained, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*arguments: Any) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr("runfold.tracking.recorder.Recorder.log_metrics", broken)
    with caplog.at_level(logging.WARNING, logger="runfold"):
        run = trained(lambda: network().fit(ROWS, TARGETS, epochs=4, verbose=0))

    assert run.info.status == "FINISHED"
    assert len([one for one in caplog.records if "the disk is gone" in one.getMessage()]) == 1


def test_it_can_be_turned_off_and_on(here: Any) -> None:
    runfold.keras.autolog(disable=True)
    network().fit(ROWS, TARGETS, epochs=1, verbose=0)
    assert runfold.last_active_run() is None

    runfold.tensorflow.autolog(log_models=False, log_every_n_iterations=2)
    network().fit(ROWS, TARGETS, epochs=4, verbose=0)
    run = runfold.last_active_run()
    assert run is not None
    assert [one.step for one in runfold.Client().get_metric_history(run.info.run_id, "loss")] == [0, 2]
    assert "model" not in {one.path for one in runfold.list_artifacts(run.info.run_id)}

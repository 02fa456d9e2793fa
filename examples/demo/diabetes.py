"""Diabetes progression, a regression over epochs.

The classic of this kind is house prices with Keras. Its data would have to be downloaded and TensorFlow is
600 MB, so the same loop runs here on a data set that scikit-learn brings, with its neural network.
"""

from __future__ import annotations

import itertools

import numpy as np
from sklearn.metrics import mean_absolute_error, mean_squared_error, r2_score
from sklearn.neural_network import MLPRegressor

import runfold
from examples.demo import datasets, pictures

EXPERIMENT = "regression/diabetes/epochs"
EPOCHS = 300


def train() -> None:
    runfold.set_experiment(EXPERIMENT)
    split = datasets.diabetes()
    networks = (((16,), 0.01), ((64, 32), 0.003))
    for (hidden, learning_rate), alpha, seed in itertools.product(networks, (0.0001, 10.0), (1, 2)):
        train_network(split, hidden=hidden, learning_rate=learning_rate, alpha=alpha, seed=seed)
    for rate in (0.05, 0.3, 1.1):
        descend_by_hand(split, rate=rate, steps=700)


def train_network(
    split: datasets.Split, *, hidden: tuple[int, ...], learning_rate: float, alpha: float, seed: int
) -> None:
    """Without weight decay the error on the test data soon rises again; with it, it stays where it was best."""
    shape = "x".join(map(str, hidden))
    with runfold.start_run(run_name=f"mlp-{shape}-decay{alpha:g}-seed{seed}", tags={"family": "network"}):
        runfold.log_params(
            {
                "model": "MLPRegressor",
                "hidden": shape,
                "learning_rate": learning_rate,
                "weight_decay": alpha,
                "seed": seed,
                "epochs": EPOCHS,
            }
        )
        split.log_inputs()
        model = MLPRegressor(
            hidden_layer_sizes=hidden, learning_rate_init=learning_rate, alpha=alpha, random_state=seed
        )
        for epoch in range(EPOCHS):
            model.partial_fit(split.X_train, split.y_train)
            guesses = model.predict(split.X_test)
            runfold.log_metrics(
                {
                    "loss": model.loss_,
                    "val/mse": mean_squared_error(split.y_test, guesses),
                    "val/mae": mean_absolute_error(split.y_test, guesses),
                    "val/r2": r2_score(split.y_test, guesses),
                },
                step=epoch,
            )
        runfold.log_figure(pictures.predicted(split.y_test, guesses), "predicted_vs_measured.png")
        rows = "\n".join(f"{y:.4f},{guess:.4f}" for y, guess in zip(split.y_test, guesses, strict=True))
        runfold.log_text(f"measured,predicted\n{rows}\n", "predictions.csv")


def descend_by_hand(split: datasets.Split, *, rate: float, steps: int) -> None:
    """Plain gradient descent on a linear model. Too high a rate diverges to infinity and NaN: worth seeing."""
    with runfold.start_run(run_name=f"gradient-descent-rate{rate:g}"):
        runfold.log_params({"model": "gradient descent", "learning_rate": rate, "steps": steps})
        split.log_inputs()
        n = len(split.X_train)
        X = np.column_stack([np.ones(n), split.X_train])
        weights = np.zeros(X.shape[1])
        with np.errstate(over="ignore", invalid="ignore"):
            for step in range(steps):
                residual = X @ weights - split.y_train
                runfold.log_metric("loss", float(residual @ residual / (2 * n)), step=step)
                weights -= rate * (X.T @ residual) / n
        runfold.set_tag("outcome", "converged" if np.isfinite(weights).all() else "diverged")

"""Handwritten digits: small neural networks trained step by step, three seeds each."""

from __future__ import annotations

import numpy as np
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, log_loss
from sklearn.neural_network import MLPClassifier

import runfold
from examples.demo import datasets, pictures

EXPERIMENT = "classification/digits/networks"
EPOCHS = 20
BATCH = 64
CLASSES = np.arange(10)


def train() -> None:
    runfold.set_experiment(EXPERIMENT)
    split = datasets.digits()
    for hidden, learning_rate in ((32, 0.003), (64, 0.001), (64, 0.01)):
        for seed in (1, 2, 3):
            train_network(split, hidden=hidden, learning_rate=learning_rate, seed=seed)


def train_network(split: datasets.Split, *, hidden: int, learning_rate: float, seed: int) -> None:
    """One point a step for the training loss, one an epoch for the validation metrics."""
    with runfold.start_run(run_name=f"mlp-{hidden}-lr{learning_rate:g}-seed{seed}", tags={"family": "network"}):
        runfold.log_params(
            {"model": "MLPClassifier", "hidden": hidden, "learning_rate": learning_rate, "seed": seed, "batch": BATCH}
        )
        split.log_inputs()
        model = MLPClassifier(hidden_layer_sizes=(hidden,), learning_rate_init=learning_rate, random_state=seed)
        random = np.random.default_rng(seed)
        step = 0
        for epoch in range(EPOCHS):
            for batch in np.array_split(random.permutation(len(split.X_train)), len(split.X_train) // BATCH):
                model.partial_fit(split.X_train[batch], split.y_train[batch], classes=CLASSES)
                runfold.log_metric("loss", model.loss_, step=step)
                step += 1
            probabilities = model.predict_proba(split.X_test)
            guesses = probabilities.argmax(axis=1)
            runfold.log_metrics(
                {
                    "val/loss": log_loss(split.y_test, probabilities, labels=CLASSES),
                    "val/accuracy": accuracy_score(split.y_test, guesses),
                    "val/f1": f1_score(split.y_test, guesses, average="macro"),
                },
                step=step,
            )
            if seed == 1 and epoch % 8 == 0:
                runfold.log_image(pictures.first_layer(model.coefs_[0]), key="first_layer", step=step)
        if seed == 1:
            matrix = confusion_matrix(split.y_test, guesses)
            runfold.log_figure(pictures.confusion(matrix, split.names), "confusion_matrix.png")
        wrong = np.flatnonzero(guesses != split.y_test)
        runfold.log_table(
            {"sample": wrong.tolist(), "digit": split.y_test[wrong].tolist(), "guess": guesses[wrong].tolist()},
            "mistakes.json",
        )

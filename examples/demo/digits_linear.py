"""Handwritten digits: linear models, two penalties at three strengths."""

from __future__ import annotations

import itertools

import numpy as np
from sklearn.linear_model import SGDClassifier

import runfold
from examples.demo import datasets

EXPERIMENT = "classification/digits/linear"
EPOCHS = 40
CLASSES = np.arange(10)


def train() -> None:
    runfold.set_experiment(EXPERIMENT)
    split = datasets.digits()
    for alpha, penalty in itertools.product((1e-5, 1e-3, 1e-1), ("l2", "l1")):
        train_linear(split, alpha=alpha, penalty=penalty)


def train_linear(split: datasets.Split, *, alpha: float, penalty: str) -> None:
    with runfold.start_run(run_name=f"sgd-{penalty}-{alpha:g}", tags={"family": "linear"}):
        runfold.log_params({"model": "SGDClassifier", "alpha": alpha, "penalty": penalty, "seed": 0})
        split.log_inputs()
        model = SGDClassifier(alpha=alpha, penalty=penalty, random_state=0)
        for epoch in range(EPOCHS):
            model.partial_fit(split.X_train, split.y_train, classes=CLASSES)
            runfold.log_metrics(
                {
                    "train/accuracy": model.score(split.X_train, split.y_train),
                    "val/accuracy": model.score(split.X_test, split.y_test),
                    "zero_weights": float(np.mean(np.abs(model.coef_) < 1e-6)),
                },
                step=epoch,
            )

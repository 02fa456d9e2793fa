"""Breast cancer (Wisconsin): families of models compared, over several seeds; one attempt fails."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from sklearn.base import ClassifierMixin
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support, roc_auc_score, roc_curve
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC

import runfold
from examples.demo import datasets, pictures

EXPERIMENT = "classification/breast-cancer"

FAMILIES: dict[str, Callable[[int], ClassifierMixin]] = {
    "random-forest": lambda seed: RandomForestClassifier(n_estimators=80, random_state=seed),
    "boosting": lambda seed: HistGradientBoostingClassifier(max_iter=60, random_state=seed),
    "logistic-regression": lambda seed: LogisticRegression(C=1.0, random_state=seed),
    "support-vectors": lambda seed: SVC(C=3.0, random_state=seed),
    "neighbours": lambda seed: KNeighborsClassifier(7),
}


def train() -> None:
    runfold.set_experiment(EXPERIMENT)
    for name, make in FAMILIES.items():
        for seed in (11, 12, 13):
            train_one(name, make(seed), datasets.breast_cancer(seed))
    with contextlib.suppress(ValueError):
        fail_on_missing_values(datasets.breast_cancer(11))


def train_one(name: str, model: ClassifierMixin, split: datasets.Split) -> None:
    with runfold.start_run(run_name=f"{name}-seed{split.seed}", tags={"family": name}):
        runfold.log_params({"model": type(model).__name__, "seed": split.seed})
        split.log_inputs()
        model.fit(split.X_train, split.y_train)
        guesses = model.predict(split.X_test)
        decide = getattr(model, "decision_function", None)
        certainty = decide(split.X_test) if decide else model.predict_proba(split.X_test)[:, 1]
        precision, recall, f1, _ = precision_recall_fscore_support(split.y_test, guesses, average="binary")
        auc = roc_auc_score(split.y_test, certainty)
        runfold.log_metrics({"precision": precision, "recall": recall, "f1": f1, "roc_auc": auc})
        if split.seed == 11:
            false_positives, true_positives, _ = roc_curve(split.y_test, certainty)
            runfold.log_figure(pictures.roc(false_positives, true_positives, auc), "roc.png")
            matrix = confusion_matrix(split.y_test, guesses)
            runfold.log_figure(pictures.confusion(matrix, split.names), "confusion_matrix.png")


def fail_on_missing_values(split: datasets.Split) -> None:
    """What forgetting to impute looks like: the run ends as FAILED and keeps the end of the trace."""
    with runfold.start_run(run_name="logistic-regression-with-gaps", tags={"family": "logistic-regression"}):
        runfold.log_params({"model": "LogisticRegression", "missing": 0.1, "seed": split.seed})
        LogisticRegression().fit(split.with_gaps(0.1), split.y_train)

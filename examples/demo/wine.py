"""Wine cultivars: cross-validation, each fold a run nested in the run of its model."""

from __future__ import annotations

from statistics import fmean, stdev

from sklearn.base import ClassifierMixin, clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, log_loss
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

import runfold
from examples.demo import datasets, registered

EXPERIMENT = "classification/wine/cross-validation"
MODEL = "wine-cultivar"


def train() -> None:
    runfold.set_experiment(EXPERIMENT)
    whole = datasets.wine()
    models = {
        "logistic-regression": LogisticRegression(C=0.5),
        "support-vectors": SVC(C=2.0, gamma="scale"),
        "random-forest": RandomForestClassifier(n_estimators=60, random_state=0),
    }
    candidates: list[tuple[float, int]] = []
    for name, model in models.items():
        with runfold.start_run(run_name=name, tags={"validation": "5-fold"}):
            settings = {key: value for key, value in model.get_params().items() if isinstance(value, int | float | str)}
            runfold.log_params({"model": type(model).__name__, **settings})
            whole.log_inputs()
            scores = [
                validate_fold(model, whole, number, rows, held_out)
                for number, (rows, held_out) in enumerate(
                    StratifiedKFold(5, shuffle=True, random_state=0).split(whole.X_train, whole.y_train)
                )
            ]
            runfold.log_metrics({"accuracy/mean": fmean(scores), "accuracy/std": stdev(scores)})
            runfold.log_text(model_card(name, scores), "model_card.md")
            fitted = make_pipeline(StandardScaler(), clone(model)).fit(whole.named_rows(), whole.y_train)
            candidates.append((fmean(scores), registered.keep(fitted, MODEL, whole, model_card(name, scores))))
    registered.crown(MODEL, max(candidates)[1], "highest mean accuracy in cross-validation")


def validate_fold(model: ClassifierMixin, whole: datasets.Split, number: int, rows: object, held_out: object) -> float:
    with runfold.start_run(run_name=f"fold-{number}", nested=True):
        runfold.log_param("fold", number)
        fitted = make_pipeline(StandardScaler(), clone(model)).fit(whole.X_train[rows], whole.y_train[rows])
        guesses = fitted.predict(whole.X_train[held_out])
        accuracy = accuracy_score(whole.y_train[held_out], guesses)
        runfold.log_metric("accuracy", accuracy)
        if hasattr(fitted, "predict_proba"):
            probabilities = fitted.predict_proba(whole.X_train[held_out])
            runfold.log_metric("log_loss", log_loss(whole.y_train[held_out], probabilities))
        return float(accuracy)


def model_card(name: str, scores: list[float]) -> str:
    folds = "\n".join(f"| {number} | {score:.3f} |" for number, score in enumerate(scores))
    return f"""# Wine cultivar by {name}

Tells three cultivars of one Italian region apart by 13 chemical measures (178 wines).

| fold | accuracy |
| --- | --- |
{folds}

Mean accuracy {fmean(scores):.3f}, standard deviation {stdev(scores):.3f}.
"""

"""Runs with MLflow alone: saves a model of each flavour, or loads what lies in a folder.

python theirs.py save <folder>      one folder per model, and expected.json
python theirs.py load <folder>      prints, per model, what pyfunc and the native flavour answer
"""

from __future__ import annotations

import importlib
import json
import sys
import warnings
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

warnings.filterwarnings("ignore")
ROWS, KINDS = load_iris(return_X_y=True, as_frame=True)
ROWS.columns = ["a", "b", "c", "d"]


def plain(answer: Any) -> list[Any]:
    return pd.DataFrame(answer).to_numpy().ravel().tolist()


class Scaled(mlflow.pyfunc.PythonModel):
    def load_context(self, context: Any) -> None:
        self.offset = float(Path(context.artifacts["offset"]).read_text())

    def predict(self, context: Any, model_input: pd.DataFrame, params: dict[str, Any] | None = None) -> Any:
        return model_input["a"] * (params or {}).get("factor", 1.0) + self.offset


CODE = """
import mlflow


class Sum(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        return model_input.sum(axis=1)


mlflow.models.set_model(Sum())
"""


def save(folder: Path) -> None:
    import catboost
    import lightgbm
    import statsmodels.api as sm
    import xgboost

    example = ROWS.head(4)
    expected = {}

    def keep(name: str, flavor: str, model: Any, **options: Any) -> None:
        module = importlib.import_module(f"mlflow.{flavor}")
        module.save_model(model, folder / name, input_example=example, pip_requirements=[], **options)
        expected[name] = plain(mlflow.pyfunc.load_model(str(folder / name)).predict(example))

    is_new = int(mlflow.__version__.partition(".")[0]) >= 3
    linear = LogisticRegression(max_iter=1000).fit(ROWS, KINDS)
    keep("sklearn-default", "sklearn", linear)
    keep("sklearn-pickle", "sklearn", linear, serialization_format="pickle")
    keep("xgboost", "xgboost", xgboost.train({"max_depth": 2}, xgboost.DMatrix(ROWS, KINDS), 2))
    keep("xgboost-estimator", "xgboost", xgboost.XGBClassifier(n_estimators=2).fit(ROWS, KINDS))
    quiet = {"verbose": -1, "num_threads": 1}
    keep("lightgbm", "lightgbm", lightgbm.train(quiet, lightgbm.Dataset(ROWS, KINDS), 2))
    keep("lightgbm-estimator", "lightgbm", lightgbm.LGBMClassifier(n_estimators=2, **quiet).fit(ROWS, KINDS))
    forest = catboost.CatBoostClassifier(iterations=2, verbose=0, allow_writing_files=False, thread_count=1)
    keep("catboost", "catboost", forest.fit(ROWS, KINDS))
    keep("statsmodels", "statsmodels", sm.OLS(KINDS, ROWS).fit())
    (folder / "offset.txt").write_text("0.5")
    signature = mlflow.models.infer_signature(example, params={"factor": 2.0})
    own = {"signature": signature, "input_example": example, "pip_requirements": []}
    artifacts = {"offset": str(folder / "offset.txt")}
    mlflow.pyfunc.save_model(folder / "python-pickle", python_model=Scaled(), artifacts=artifacts, **own)
    if hasattr(mlflow.models, "set_model"):
        (folder / "sum.py").write_text(CODE)
        mlflow.pyfunc.save_model(folder / "python-code", python_model=str(folder / "sum.py"), **own)
    for name in sorted(one.name for one in folder.glob("python-*")):
        expected[name] = plain(mlflow.pyfunc.load_model(str(folder / name)).predict(example))
    assert is_new is (folder / "sklearn-default" / "model.skops").exists()
    (folder / "expected.json").write_text(json.dumps(expected))


def load(folder: Path) -> None:
    import xgboost

    example = ROWS.head(4)
    answers: dict[str, dict[str, Any]] = {}
    for path in sorted(one for one in folder.iterdir() if (one / "MLmodel").exists()):
        answers[path.name] = {}
        for how in ("pyfunc", path.name.partition("-")[0]):
            if how == "python":
                continue
            try:
                model = importlib.import_module(f"mlflow.{how}").load_model(str(path))
                rows = xgboost.DMatrix(example) if isinstance(model, xgboost.Booster) else example
                answers[path.name][how] = plain(model.predict(rows))
            except Exception as error:
                answers[path.name][how] = f"{type(error).__name__}: {error}"[:300]
    print(json.dumps(answers))


if __name__ == "__main__":
    {"save": save, "load": load}[sys.argv[1]](Path(sys.argv[2]))

"""Run inside a system's own environment: `save <system> <folder>` trains and saves the models, `direct <folder>
<model> <rows> <seconds>` calls one in its process and prints what that costs.

The models are the same for everyone: same data, same seeds.
"""

from __future__ import annotations

import json
import pickle
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

COLUMNS = [f"x{number}" for number in range(10)]


def rows(n_rows: int, seed: int = 7) -> pd.DataFrame:
    return pd.DataFrame(np.random.default_rng(seed).normal(size=(n_rows, len(COLUMNS))), columns=COLUMNS)


def made() -> dict[str, Any]:
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from xgboost import XGBClassifier

    data = rows(2000, seed=0)
    labels = (data.sum(axis=1) > 0).astype(int)
    return {
        "logistic": LogisticRegression().fit(data, labels),
        "forest": RandomForestClassifier(n_estimators=100, random_state=0).fit(data, labels),
        "xgboost": XGBClassifier(n_estimators=100, random_state=0, n_jobs=1).fit(data, labels),
    }


def save(system: str, folder: Path) -> None:
    for name, model in made().items():
        library = "xgboost" if name == "xgboost" else "sklearn"
        if system == "mlflow":
            import mlflow

            flavor = getattr(mlflow, library)
            signature = mlflow.models.infer_signature(rows(5), model.predict(rows(5)))
            # Its own default refuses to save forests, whose trees it does not trust.
            form = {} if library == "xgboost" else {"serialization_format": "cloudpickle"}
            flavor.save_model(model, str(folder / name), signature=signature, pip_requirements=[], **form)
        else:
            from runfold.models.saving import save_model

            save_model(model, folder / name, input_example=rows(5))
        (folder / f"{name}.pickle").write_bytes(pickle.dumps(model))


def direct(folder: Path, name: str, n_rows: int, seconds: float) -> dict[str, float]:
    model, data = pickle.loads((folder / f"{name}.pickle").read_bytes()), rows(n_rows)
    for _ in range(3):
        model.predict(data)
    times: list[float] = []
    cpu, began = time.process_time(), time.perf_counter()
    while time.perf_counter() - began < seconds:
        start = time.perf_counter()
        model.predict(data)
        times.append(time.perf_counter() - start)
    wall, used = time.perf_counter() - began, time.process_time() - cpu
    times.sort()
    return {
        "requests_per_s": len(times) / wall,
        "cpu_ms_each": used / len(times) * 1e3,
        "p50_ms": times[len(times) // 2] * 1e3,
        "p99_ms": times[int(len(times) * 0.99)] * 1e3,
    }


if __name__ == "__main__":
    if sys.argv[1] == "save":
        save(sys.argv[2], Path(sys.argv[3]))
    else:
        print(json.dumps(direct(Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]), float(sys.argv[5]))))

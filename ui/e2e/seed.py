"""Logs made-up runs through the client, for the tests in a browser: `seed.py <server> <what>`."""

from __future__ import annotations

import json
import math
import random
import sys
import urllib.request

import runfold

MODELS = ("cnn", "vit", "mixer")
RATES = (0.0003, 0.001, 0.01)


def usual() -> None:
    draw = random.Random(7)
    runfold.set_experiment("vision/cifar10")
    for number in range(24):
        log_training(draw, number)
    runfold.set_experiment("vision/sweep")
    with runfold.start_run(run_name="study-1"):
        for number in range(4):
            with runfold.start_run(run_name=f"trial-{number}", nested=True):
                runfold.log_param("width", 2**number)
                runfold.log_metric("score", number / 4)
    runfold.set_experiment("tabular/churn")
    for number in range(3):
        with runfold.start_run(run_name=f"forest-{number}"):
            runfold.log_params({"depth": number + 2, "model": "forest"})
            runfold.log_metric("auc", 0.7 + number / 20)
    log_failure()


def log_training(draw: random.Random, number: int) -> None:
    model, rate = MODELS[number % 3], RATES[number // 3 % 3]
    quality = {"cnn": 0.8, "vit": 0.9, "mixer": 0.7}[model] - abs(math.log10(rate) + 3) / 10
    with runfold.start_run(run_name=f"{model}-{number:02}"):
        runfold.log_params({"model": model, "optimizer.lr": rate, "optimizer.name": "adam", "seed": number // 9})
        runfold.set_tag("team", "search" if number % 2 else "core")
        for step in range(120):
            done = 1 - math.exp(-step / 30)
            runfold.log_metric("val/accuracy", quality * done + draw.gauss(0, 0.004), step=step)
            runfold.log_metric("train/loss", 2.3 - 2 * quality * done + draw.gauss(0, 0.02), step=step)
        if number == 23:
            log_files()


def log_files() -> None:
    import numpy as np

    runfold.log_text("# Report\n\nThe **vision** model is ready.\n", "report.md")
    runfold.log_text("class,accuracy\ncat,0.81\ndog,0.78\n", "tables/per_class.csv")
    runfold.log_dict({"layers": 12}, "config.json")
    runfold.log_table({"digit": [8, 1], "guess": [3, 7]}, "mistakes.json")
    log_parquet()
    for step in (0, 40, 80):
        image = np.full((16, 16, 3), step * 3, dtype=np.uint8)
        runfold.log_image(image, key="predictions", step=step)


def log_parquet() -> None:
    import tempfile
    from pathlib import Path

    import polars as pl

    rows = range(3000)
    frame = pl.DataFrame({"sample": rows, "label": [f"class {row % 7}" for row in rows], "score": [row / 3000 for row in rows]})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scores.parquet"
        frame.write_parquet(path)
        runfold.log_artifact(path, "tables")


def log_failure() -> None:
    try:
        with runfold.start_run(run_name="broken"):
            runfold.log_param("depth", 1)
            raise ValueError("the batch is empty")
    except ValueError:
        pass


def hostile() -> None:
    """Names, values and series that pages have to bear."""
    markup, mirrored = "<img src=x onerror=alert(1)>", "\u202eevil \u0627\u0628\u062a \U0001f98a"
    runfold.set_experiment("hostile names")
    for number, name in enumerate((markup, mirrored, "long-" + "x" * 495)):
        with runfold.start_run(run_name=name, description=f"# {markup}\n\n[click](javascript:alert(1)) **{mirrored}**"):
            runfold.log_params({"payload": markup, "k" * 240: "v" * 5000, "empty": "", "deep.er.key": number})
            runfold.set_tags({"payload": markup, "mirrored": mirrored})
            for step in range(3):
                runfold.log_metric("only nan", math.nan, step=step)
                runfold.log_metric("system/cpu", 10.0 * step, step=step)
            runfold.log_metric("single point", 0.5 + number, step=7)
            runfold.log_metric("infinite", math.inf, step=0)
            runfold.log_metrics({f"layer{key // 100}/w{key:04}": float(key + number) for key in range(1200)}, step=0)
            runfold.log_text(f"<h1>Report</h1><script>parent.document.title = 'taken'</script>{markup}", "report.html")
            runfold.log_text('<svg xmlns="http://www.w3.org/2000/svg" width="90" height="60"><script>alert(1)</script></svg>', "a.svg")
            runfold.log_text(f"name,value\n{markup},1\n", "table.csv")
            runfold.log_text("kept as it is", "no_ending")


def models() -> None:
    """Two versions of a model with an alias that moved, and a model whose name is markup."""
    client = CallOverHttp(sys.argv[1])
    client.post("registered-models/create", name="churn", description="Who leaves within **90 days**.")
    runfold.set_experiment("tabular/models")
    for number, auc in enumerate((0.87, 0.91), start=1):
        with runfold.start_run(run_name=f"boosted-{number}") as run:
            runfold.log_param("depth", 3 + number)
            runfold.log_metric("auc", auc)
            runfold.log_text("flavors:\n  python_function:\n    loader_module: none\n", "model/MLmodel")
            example = {"dataframe_split": {"columns": ["tenure"], "data": [[12]]}}
            runfold.log_dict(example, "model/serving_input_example.json")
        source = f"{run.info.artifact_uri}/model"
        client.post("model-versions/create", name="churn", source=source, run_id=run.info.run_id)
        client.post("registered-models/alias", name="churn", alias="champion", version=str(number))
    markup = "<img src=x onerror=alert(1)>"
    client.post("registered-models/create", name=markup, description=f"# {markup}\n\n[click](javascript:alert(1))")


def scored() -> None:
    """Two versions of a model that a scoring server can load; the first is champion."""
    import pandas as pd
    from sklearn.linear_model import LinearRegression

    runfold.set_experiment("tabular/models")
    rows = pd.DataFrame({"x": [1.0, 2.0, 3.0]})
    for factor, alias in ((2, "champion"), (3, "challenger")):
        with runfold.start_run():
            fitted = LinearRegression().fit(rows, rows["x"] * factor)
            info = runfold.models.log_model(fitted, name="line", input_example=rows[:1])
        runfold.register_model(info.model_uri, "line", alias=alias)


class CallOverHttp:
    """MLflow's calls of the registry, which the client does not make itself."""

    def __init__(self, server: str) -> None:
        self._base = f"{server}/api/2.0/mlflow/"

    def post(self, call: str, **body: str) -> None:
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self._base + call, json.dumps(body).encode(), headers)
        urllib.request.urlopen(request).close()


if __name__ == "__main__":
    runfold.set_tracking_uri(sys.argv[1])
    {"usual": usual, "hostile": hostile, "models": models, "scored": scored}[sys.argv[2]]()

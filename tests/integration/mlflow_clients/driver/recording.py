"""Runs, experiments, params, metrics and data sets, written and read back."""

from __future__ import annotations

import math

import mlflow
from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param, RunTag
from ours import CLIENT, error_of, experiment, fresh, new_run, run_in


def spell(value: float) -> float | str:
    return value if math.isfinite(value) else str(value)


def play_fluent_run() -> object:
    name = fresh("fluent")
    mlflow.set_experiment(name)
    with mlflow.start_run(run_name="first", tags={"team": "vision"}, description="a *try*") as active:
        mlflow.log_param("lr", 0.1)
        mlflow.log_params({"depth": 3, "kind": "tree", "empty": ""})
        for step in range(3):
            mlflow.log_metric("loss", 1.0 / (step + 1), step=step)
        mlflow.log_metrics({"acc": 0.9, "f1": 0.8}, step=7)
        mlflow.set_tag("stage", "dev")
        mlflow.set_tags({"a/b": "1", "größe": "ü"})
        during = CLIENT.get_run(active.info.run_id)
    run = mlflow.get_run(active.info.run_id)
    own_tags = {key: value for key, value in run.data.tags.items() if not key.startswith("mlflow.")}
    return {
        "status": [during.info.status, run.info.status],
        "name": [run.info.run_name, run.data.tags["mlflow.runName"]],
        "params": run.data.params,
        "metrics": run.data.metrics,
        "tags": own_tags,
        "note": run.data.tags["mlflow.note.content"],
        "source": run.data.tags["mlflow.source.type"],
        "has_user": run.data.tags["mlflow.user"] == run.info.user_id != "",
        "ended_after_start": run.info.end_time >= run.info.start_time > 1_600_000_000_000,
        "last_active": mlflow.last_active_run().info.run_id == run.info.run_id,
        "experiment": mlflow.get_experiment(run.info.experiment_id).name == name,
        "artifact_uri": run.info.artifact_uri.endswith(f"/{run.info.run_id}/artifacts"),
    }


def play_nested_runs() -> object:
    mlflow.set_experiment(fresh("nested"))
    with mlflow.start_run(run_name="parent") as parent:
        for number in range(2):
            with mlflow.start_run(run_name=f"child-{number}", nested=True):
                mlflow.log_metric("m", number)
    found = mlflow.search_runs(
        filter_string=f"tags.`mlflow.parentRunId` = '{parent.info.run_id}'",
        order_by=["metrics.m DESC"],
        output_format="list",
    )
    return [run.info.run_name for run in found]


def play_failing_run() -> object:
    mlflow.set_experiment(fresh("failing"))
    try:
        with mlflow.start_run() as active:
            raise ZeroDivisionError
    except ZeroDivisionError:
        pass
    failed = CLIENT.get_run(active.info.run_id).info.status
    CLIENT.set_terminated(active.info.run_id, "KILLED")
    killed = CLIENT.get_run(active.info.run_id).info.status
    with mlflow.start_run(run_id=active.info.run_id):
        resumed = CLIENT.get_run(active.info.run_id).info.status
    return [failed, killed, resumed, CLIENT.get_run(active.info.run_id).info.status]


def play_experiments() -> object:
    name = fresh("experiment")
    experiment_id = CLIENT.create_experiment(name, artifact_location="s3://bucket/here", tags={"k": "v"})
    made = CLIENT.get_experiment(experiment_id)
    CLIENT.set_experiment_tag(experiment_id, "n", "2")
    CLIENT.rename_experiment(experiment_id, f"{name}-renamed")
    renamed = CLIENT.get_experiment_by_name(f"{name}-renamed")
    run_id = run_in(experiment_id)
    CLIENT.delete_experiment(experiment_id)
    deleted = CLIENT.get_experiment(experiment_id)
    codes = {
        "taken": error_of(CLIENT.create_experiment, f"{name}-renamed"),
        "blank": error_of(CLIENT.create_experiment, " "),
        "unknown": error_of(CLIENT.get_experiment, "987654321"),
        "run in deleted": error_of(CLIENT.create_run, experiment_id),
        "delete twice": error_of(CLIENT.delete_experiment, experiment_id),
        "set deleted": error_of(mlflow.set_experiment, f"{name}-renamed") != "no error",
    }
    stages = [CLIENT.get_run(run_id).info.lifecycle_stage]
    CLIENT.restore_experiment(experiment_id)
    stages.append(CLIENT.get_run(run_id).info.lifecycle_stage)
    return {
        "made": [made.name == name, made.artifact_location, made.lifecycle_stage, made.tags],
        "times": made.creation_time <= renamed.last_update_time,
        "renamed": [renamed.experiment_id == experiment_id, renamed.tags],
        "old name": CLIENT.get_experiment_by_name(name),
        "deleted": deleted.lifecycle_stage,
        "runs": stages,
        "codes": codes,
        "default": CLIENT.get_experiment("0").name,
    }


def play_params() -> object:
    run_id = new_run()
    CLIENT.log_param(run_id, "lr", 0.1)
    CLIENT.log_param(run_id, "lr", 0.1)
    codes = {
        "other value": error_of(CLIENT.log_param, run_id, "lr", 0.2),
        "bad key": error_of(CLIENT.log_param, run_id, "a//b", 1),
        "twice in a batch": error_of(CLIENT.log_batch, run_id, params=[Param("x", "1"), Param("x", "1")]),
    }
    CLIENT.log_batch(run_id, params=[Param(f"p{number}", str(number)) for number in range(100)])
    CLIENT.log_param(run_id, "text", "Größe 'quoted' \"double\" \n line 数据 🚀")
    CLIENT.log_param(run_id, "long", "x" * 6000)
    params = CLIENT.get_run(run_id).data.params
    return {"codes": codes, "n": len(params), "lr": params["lr"], "text": params["text"], "long": len(params["long"])}


def play_batch() -> object:
    run_id = new_run()
    now = 1_700_000_000_000
    CLIENT.log_batch(
        run_id,
        metrics=[Metric(f"m{number % 10}", float(number), now + number, number) for number in range(800)],
        params=[Param(f"p{number}", "v") for number in range(100)],
        tags=[RunTag(f"t{number}", "v") for number in range(100)],
    )
    run = CLIENT.get_run(run_id)
    too_many = [Metric("m", 1.0, now, number) for number in range(1001)]
    before = len(CLIENT.get_metric_history(run_id, "m0"))
    refused = error_of(CLIENT.log_batch, run_id, metrics=[Metric("m0", 1.0, now, 9)], params=[Param("p0", "other")])
    return {
        "metrics": run.data.metrics,
        "n_params": len(run.data.params),
        "n_tags": len([key for key in run.data.tags if key.startswith("t")]),
        "refused": refused,
        "nothing of it": len(CLIENT.get_metric_history(run_id, "m0")) == before,
        "too many": error_of(CLIENT.log_batch, run_id, metrics=too_many),
    }


def play_metric_values() -> object:
    run_id = new_run()
    values = [0.5, math.nan, math.inf, -math.inf, 1e-300, -0.25]
    for step, value in enumerate(values):
        CLIENT.log_metric(run_id, "odd", value, timestamp=1000 + step, step=step - 2)
    CLIENT.log_metric(run_id, "late", 1.0, timestamp=5000, step=10)
    CLIENT.log_metric(run_id, "late", 2.0, timestamp=9000, step=5)
    for _ in range(3):
        CLIENT.log_metric(run_id, "same", 3.0, timestamp=77, step=1)
    odd = CLIENT.get_metric_history(run_id, "odd")
    return {
        "odd": [[metric.step, metric.timestamp, spell(metric.value)] for metric in odd],
        "late": [CLIENT.get_run(run_id).data.metrics["late"]],
        "late history": [[m.step, m.value] for m in CLIENT.get_metric_history(run_id, "late")],
        "same": len(CLIENT.get_metric_history(run_id, "same")),
        "unknown": CLIENT.get_metric_history(run_id, "unknown"),
    }


def play_long_history() -> object:
    run_id = new_run()
    n = 26_000
    for start in range(0, n, 1000):
        CLIENT.log_batch(run_id, metrics=[Metric("m", step / 2, step, step) for step in range(start, start + 1000)])
    found = CLIENT.get_metric_history(run_id, "m")
    return [len(found), [metric.step for metric in found] == list(range(n)), found[-1].value]


def play_run_changes() -> object:
    run_id = new_run()
    CLIENT.set_tag(run_id, "t", "1")
    CLIENT.set_tag(run_id, "t", "2")
    CLIENT.set_tag(run_id, "long", "x" * 8000)
    tags = CLIENT.get_run(run_id).data.tags
    CLIENT.delete_tag(run_id, "t")
    CLIENT.update_run(run_id, status="FINISHED", name="renamed")
    run = CLIENT.get_run(run_id)
    CLIENT.delete_run(run_id)
    deleted = CLIENT.get_run(run_id).info.lifecycle_stage
    codes = {
        "write to deleted": error_of(CLIENT.log_metric, run_id, "m", 1.0),
        "tag of deleted": error_of(CLIENT.set_tag, run_id, "t", "1"),
        "missing tag": error_of(CLIENT.delete_tag, new_run(), "absent"),
        "unknown run": error_of(CLIENT.get_run, "0" * 32),
        "log to unknown": error_of(CLIENT.log_metric, "0" * 32, "m", 1.0),
    }
    CLIENT.restore_run(run_id)
    return {
        "tags": [tags["t"], len(tags["long"])],
        "tag gone": "t" not in run.data.tags,
        "renamed": [run.info.status, run.info.run_name, run.data.tags["mlflow.runName"]],
        "stages": [deleted, CLIENT.get_run(run_id).info.lifecycle_stage],
        "codes": codes,
    }


def play_datasets() -> object:
    experiment_id = experiment()
    run_id = run_in(experiment_id)
    wine = Dataset("wine", "abc123", "local", '{"uri": "wine.csv"}', schema='{"c": "int"}', profile='{"num_rows": 3}')
    for _ in range(2):
        CLIENT.log_inputs(run_id, [DatasetInput(wine, [InputTag("mlflow.data.context", "training")])])
    inputs = CLIENT.get_run(run_id).inputs.dataset_inputs
    found = CLIENT.search_runs([experiment_id], "datasets.name = 'wine' AND datasets.context = 'training'")
    return {
        "inputs": [[dict(used.dataset), [dict(tag) for tag in used.tags]] for used in inputs],
        "found": len(found),
        "found inputs": [used.dataset.digest for used in found[0].inputs.dataset_inputs],
        "not found": len(CLIENT.search_runs([experiment_id], "datasets.name = 'beer'")),
    }


def play_asynchronous_logging() -> object:
    """Newer clients can log in the background; older ones are asked to log as ever."""
    mlflow.set_experiment(fresh("asynchronous"))
    in_background = {"synchronous": False} if hasattr(mlflow, "flush_async_logging") else {}
    with mlflow.start_run() as active:
        for step in range(50):
            mlflow.log_metric("m", step, step=step, **in_background)
        mlflow.log_params({"a": 1, "b": 2}, **in_background)
        if in_background:
            mlflow.flush_async_logging()
    run = CLIENT.get_run(active.info.run_id)
    return [len(CLIENT.get_metric_history(run.info.run_id, "m")), run.data.metrics, run.data.params]

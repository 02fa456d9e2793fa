"""Uses a server through the real `mlflow` client; runs in that client's own environment, not in ours.

`python driver.py <server> <folder>` plays every scenario below and prints one JSON object: what each returned, or the
trace of its error. A scenario is a function named `play_...`; it returns plain values, the same whatever the ids and
times are.
"""

from __future__ import annotations

import json
import math
import os
import sys
import time
import traceback
import uuid
from pathlib import Path

import mlflow
from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param, RunTag, ViewType
from mlflow.exceptions import MlflowException

CLIENT = mlflow.MlflowClient()
FOLDER = Path(sys.argv[2] if len(sys.argv) > 2 else ".")


def fresh(name: str) -> str:
    return f"{name}-{uuid.uuid4().hex[:8]}"


def experiment(name: str = "experiment") -> str:
    return CLIENT.create_experiment(fresh(name))


def run_in(experiment_id: str, **kwargs: object) -> str:
    return CLIENT.create_run(experiment_id, **kwargs).info.run_id


def new_run() -> str:
    return run_in(experiment())


def error_of(call: object, *args: object, **kwargs: object) -> str:
    """The error code of a call that must fail."""
    try:
        call(*args, **kwargs)  # type: ignore[operator]
    except MlflowException as error:
        return str(error.error_code)
    return "no error"


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


def play_search_experiments() -> object:
    prefix = fresh("find")
    ids = [CLIENT.create_experiment(f"{prefix}/{letter}", tags={"letter": letter}) for letter in "abcde"]
    CLIENT.delete_experiment(ids[4])
    like = f"name LIKE '{prefix}%'"

    def names(**how: object) -> list[str]:
        return [found.name.rpartition("/")[2] for found in mlflow.search_experiments(**how)]

    first = CLIENT.search_experiments(filter_string=like, max_results=3, order_by=["name ASC"])
    second = CLIENT.search_experiments(filter_string=like, max_results=3, order_by=["name ASC"], page_token=first.token)
    return {
        "active": names(filter_string=like, order_by=["name DESC"]),
        "deleted": names(filter_string=like, view_type=ViewType.DELETED_ONLY),
        "all": sorted(names(filter_string=like, view_type=ViewType.ALL)),
        "by tag": names(filter_string=f"{like} AND tags.letter = 'b'"),
        "default order": names(filter_string=like),
        "pages": [[found.name[-1] for found in page] for page in (first, second)],
        "last token": second.token or "",
        "bad filter": error_of(CLIENT.search_experiments, filter_string="nonsense ="),
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


def play_search_runs() -> object:
    experiment_id, other = experiment(), experiment()
    for number in range(7):
        run_id = run_in(
            experiment_id,
            start_time=1000 + number,
            run_name=f"run-{number}",
            tags={"parity": ["even", "odd"][number % 2]},
        )
        CLIENT.log_param(run_id, "p", ["a", "b", "Ab"][number % 3])
        if number != 3:
            CLIENT.log_metric(run_id, "m", number / 10)
    CLIENT.delete_run(run_id)
    run_in(other, run_name="elsewhere", start_time=1)

    def names(filter_string: str = "", **how: object) -> list[str]:
        found = CLIENT.search_runs([experiment_id], filter_string, **how)
        return [run.info.run_name for run in found]

    pages, token = [], None
    while True:
        page = CLIENT.search_runs([experiment_id, other], max_results=3, page_token=token, order_by=["metrics.m ASC"])
        pages.append([run.info.run_name for run in page])
        token = page.token
        if not token:
            break
    return {
        "default": names(),
        "metric": names("metrics.m > 0.15"),
        "both": names("metrics.m >= 0.1 and params.p = 'b' and tags.parity != 'even'"),
        "like": names("params.p LIKE 'A%'"),
        "ilike": names("params.p ILIKE 'A%'"),
        "name": names("attributes.run_name = 'run-2'"),
        "name without prefix": names("run_name LIKE 'run-%'", order_by=["run_name DESC"]),
        "status": names("attributes.status = 'RUNNING'", order_by=["attributes.start_time ASC"]),
        "start": names("attributes.start_time >= 1004"),
        "in": names("params.p IN ('b', 'Ab')", order_by=["params.p", "start_time"]),
        "by metric": names(order_by=["metrics.m DESC"]),
        "by tag": names(order_by=["tags.parity DESC", "attributes.start_time ASC"]),
        "deleted": names(run_view_type=ViewType.DELETED_ONLY),
        "all": sorted(names(run_view_type=ViewType.ALL)),
        "pages": pages,
        "bad filter": error_of(names, "metrics.m >"),
        "bad order": error_of(names, order_by=["nonsense.m"]),
        "too many": error_of(names, max_results=50_001),
        "none": [run.info.run_name for run in CLIENT.search_runs([], "")],
        "fluent": [
            run.info.run_name
            for run in mlflow.search_runs([experiment_id], "metrics.m < 0.2", max_results=1, output_format="list")
        ],
    }


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


def play_registry() -> object:
    name, other = fresh("churn"), fresh("other")
    run_id = new_run()
    CLIENT.log_metric(run_id, "auc", 0.93)
    CLIENT.create_registered_model(name, {"team": "ml"}, "who leaves")
    CLIENT.create_registered_model(other)
    source = CLIENT.get_run(run_id).info.artifact_uri + "/model"
    versions = [CLIENT.create_model_version(name, source, run_id, {"n": str(n)}) for n in range(3)]
    CLIENT.update_model_version(name, "2", "second")
    CLIENT.set_model_version_tag(name, "1", "k", "v")
    CLIENT.set_registered_model_alias(name, "champion", "2")
    champion = CLIENT.get_model_version_by_alias(name, "champion")
    CLIENT.transition_model_version_stage(name, "1", "Production")
    moved = CLIENT.transition_model_version_stage(name, "2", "production", archive_existing_versions=True)
    latest = {found.current_stage: str(found.version) for found in CLIENT.get_latest_versions(name)}
    found = CLIENT.search_model_versions(f"name = '{name}'")
    CLIENT.delete_model_version(name, "3")
    again = CLIENT.create_model_version(name, source, run_id)
    model = CLIENT.get_registered_model(name)
    CLIENT.rename_registered_model(other, f"{other}-renamed")
    renamed = CLIENT.get_registered_model(f"{other}-renamed")
    codes = {
        "taken": error_of(CLIENT.create_registered_model, name),
        "unknown": error_of(CLIENT.get_registered_model, "no such model"),
        "unknown version": error_of(CLIENT.get_model_version, name, "99"),
        "unknown alias": error_of(CLIENT.get_model_version_by_alias, name, "none"),
        "bad alias": error_of(CLIENT.set_registered_model_alias, name, "v1", "1") != "no error",
        "local source": error_of(CLIENT.create_model_version, name, "/etc"),
    }
    CLIENT.delete_registered_model_alias(name, "champion")
    CLIENT.delete_registered_model(f"{other}-renamed")
    return {
        "numbers": [str(version.version) for version in versions],
        "champion": [str(champion.version), champion.description, champion.run_id == run_id, list(champion.aliases)],
        "moved": moved.current_stage,
        "latest": latest,
        "found": [str(version.version) for version in found],
        "by tag": [str(v.version) for v in CLIENT.search_model_versions(f"name = '{name}' and tags.k = 'v'")],
        "again": str(again.version),
        "model": [model.description, dict(model.tags), {alias: str(v) for alias, v in model.aliases.items()}],
        "models": [m.name == name for m in CLIENT.search_registered_models(f"name LIKE '{name}%'")],
        "uri": CLIENT.get_model_version_download_uri(name, "1") == source,
        "renamed": renamed.name == f"{other}-renamed",
        "codes": codes,
    }


def play_registered_files() -> object:
    """Files of a run registered, found by alias and fetched; MLflow 3 by way of a logged model."""
    name, experiment_id = fresh("files"), experiment()
    run_id = run_in(experiment_id)
    folder = FOLDER / fresh("model")
    folder.mkdir()
    (folder / "MLmodel").write_text("flavors:\n  python_function:\n    loader_module: nowhere\n")
    (folder / "weights.txt").write_text("0.5")
    CLIENT.create_registered_model(name)
    source, model_id = CLIENT.get_run(run_id).info.artifact_uri + "/model", None
    if int(mlflow.__version__.split(".")[0]) < 3:
        CLIENT.log_artifacts(run_id, str(folder), "model")
    else:
        from mlflow.entities import LoggedModelOutput

        logged = CLIENT.create_logged_model(experiment_id, "tree", run_id, {"t": "1"}, {"p": "2"})
        model_id = logged.model_id
        CLIENT.log_model_artifacts(model_id, str(folder))
        CLIENT.finalize_logged_model(model_id, "READY")
        CLIENT.log_outputs(run_id, [LoggedModelOutput(model_id, step=1)])
        CLIENT.log_metric(run_id, "auc", 0.9, model_id=model_id)
        CLIENT.set_logged_model_tags(model_id, {"u": "3"})
        [found] = CLIENT.search_logged_models([experiment_id], "metrics.auc > 0.5 AND params.p = '2'")
        assert (found.model_id, found.tags["t"], found.tags["u"], found.params) == (model_id, "1", "3", {"p": "2"})
        assert found.metrics[0].value == 0.9
        assert CLIENT.get_run(run_id).outputs.model_outputs[0].model_id == model_id
        source = f"models:/{model_id}"
    more = {} if model_id is None else {"model_id": model_id}
    CLIENT.create_model_version(name, source, run_id, **more)
    CLIENT.set_registered_model_alias(name, "champion", "1")
    fetched = []
    for which in ("@champion", "/1", "/latest"):
        local = Path(mlflow.artifacts.download_artifacts(f"models:/{name}{which}"))
        fetched.append(sorted(path.name for path in local.iterdir() if path.name in ("MLmodel", "weights.txt")))
    return fetched


def play_loaded_models() -> object:
    """A model logged and registered in one call, found by search, loaded by every address, and called."""
    import pandas

    name = fresh("loaded")
    folder = FOLDER / fresh("code")
    folder.mkdir()
    (folder / f"{name.replace('-', '_')}.py").write_text(
        "class Model:\n    def predict(self, rows):\n        return rows['x'] * 2\n\n"
        "def _load_pyfunc(path):\n    return Model()\n"
    )
    module = name.replace("-", "_")
    paths = [str(folder / f"{module}.py")]
    is_old = tuple(map(int, mlflow.__version__.split(".")[:2])) < (2, 12)
    code = {"code_path" if is_old else "code_paths": paths}
    place = {"name": "model"} if mlflow.__version__.startswith("3.") else {"artifact_path": "model"}
    given = {"loader_module": module, "pip_requirements": [], "registered_model_name": name, **code, **place}
    runs = []
    for _ in range(2):
        with mlflow.start_run() as run:
            mlflow.pyfunc.log_model(**given)
            runs.append(run.info.run_id)
    with mlflow.start_run(run_id=runs[0]):
        # MLflow 2 keeps a run's models by path: this would change version 1. MLflow 3 gives each model its own folder.
        again = ""
        try:
            mlflow.pyfunc.log_model(**{**given, "registered_model_name": None})
        except Exception as error:
            again = str(error)
    CLIENT.set_registered_model_alias(name, "champion", "1")
    CLIENT.transition_model_version_stage(name, "2", "Production")
    [version] = CLIENT.search_model_versions(f"name = '{name}' AND version_number = 1")
    rows = pandas.DataFrame({"x": [1.0, 2.0]})
    addresses = [
        f"models:/{name}@champion",
        f"models:/{name}/1",
        f"models:/{name}/Production",
        f"models:/{name}/latest",
    ]
    addresses.append(f"runs:/{runs[0]}/model")
    return [
        [list(mlflow.pyfunc.load_model(address).predict(rows)) for address in addresses],
        version.run_id == runs[0],
        [str(found.version) for found in CLIENT.get_latest_versions(name, ["Production"])],
        not again if mlflow.__version__.startswith("3.") else "cannot be changed" in again,
    ]


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


ODD_NAMES = ["two words.txt", "größe-数据.txt", "100%.txt", "a+b&c=d.txt", "semi;colon.txt"]


def play_artifacts() -> object:
    mlflow.set_experiment(fresh("artifacts"))
    tree = FOLDER / fresh("tree")
    (tree / "sub" / "deep").mkdir(parents=True)
    (tree / "top.txt").write_text("top")
    (tree / "sub" / "deep" / "leaf.bin").write_bytes(bytes(range(256)) * 100)
    (tree / "empty.txt").touch()
    big = FOLDER / fresh("big.bin")
    big.write_bytes(os.urandom(12_000_000))
    with mlflow.start_run() as active:
        mlflow.log_text("hello ü", "notes/hello.txt")
        mlflow.log_dict({"a": [1, 2, {"b": None}]}, "config.json")
        mlflow.log_dict({"a": [1, 2]}, "config.yaml")
        mlflow.log_artifacts(str(tree), artifact_path="tree")
        mlflow.log_artifact(str(big), artifact_path="big")
        for name in ODD_NAMES:
            mlflow.log_text(name, f"odd/{name}")
        uri = mlflow.get_artifact_uri("notes/hello.txt")
    run_id = active.info.run_id
    mlflow.start_run(run_id=run_id)
    mlflow.log_text("hello again", "notes/hello.txt")
    mlflow.end_run()

    def listed(path: str | None = None) -> list[list[object]]:
        return [[info.path, info.is_dir, info.file_size] for info in CLIENT.list_artifacts(run_id, path)]

    down = Path(
        mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path="tree", dst_path=str(FOLDER / fresh("d")))
    )
    fetched = CLIENT.download_artifacts(run_id, f"big/{big.name}", str(FOLDER))
    return {
        "root": [entry[:2] for entry in listed()],
        "notes": listed("notes"),
        "tree": listed("tree"),
        "deep": listed("tree/sub/deep"),
        "missing": listed("absent"),
        "of a file": listed("config.json"),
        "odd": sorted(entry[0].removeprefix("odd/") for entry in listed("odd")),
        "odd contents": [mlflow.artifacts.load_text(f"runs:/{run_id}/odd/{name}") for name in ODD_NAMES[:5]],
        "text": mlflow.artifacts.load_text(f"runs:/{run_id}/notes/hello.txt"),
        "dict": mlflow.artifacts.load_dict(f"runs:/{run_id}/config.json"),
        "by uri": mlflow.artifacts.load_text(uri),
        "downloaded": sorted(str(file.relative_to(down)) for file in down.rglob("*") if file.is_file()),
        "same bytes": (down / "sub/deep/leaf.bin").read_bytes() == (tree / "sub/deep/leaf.bin").read_bytes(),
        "big": Path(fetched).read_bytes() == big.read_bytes(),
        "of absent": _raises(lambda: mlflow.artifacts.load_text(f"runs:/{run_id}/absent.txt")),
    }


def _raises(call: object) -> bool:
    try:
        call()  # type: ignore[operator]
    except Exception:  # which one depends on the client's version
        return True
    return False


def play_multipart_upload() -> object:
    """Clients send files in parts where they are told to; a server that cannot take them has to say so at once."""
    os.environ["MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD"] = "true"
    os.environ["MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE"] = "1000000"
    os.environ["MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE"] = "5242880"
    try:
        big = FOLDER / fresh("parts.bin")
        big.write_bytes(os.urandom(11_000_000))
        run_id = new_run()
        CLIENT.log_artifact(run_id, str(big), "parts")
        fetched = CLIENT.download_artifacts(run_id, f"parts/{big.name}", str(FOLDER))
        return [
            [info.file_size for info in CLIENT.list_artifacts(run_id, "parts")],
            Path(fetched).read_bytes() == big.read_bytes(),
        ]
    finally:
        for name in (
            "ENABLE_PROXY_MULTIPART_UPLOAD",
            "MULTIPART_UPLOAD_MINIMUM_FILE_SIZE",
            "MULTIPART_UPLOAD_CHUNK_SIZE",
        ):
            del os.environ[f"MLFLOW_{name}"]


def play_deleting_artifacts() -> object:
    from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

    run_id = new_run()
    for name in ("keep.txt", "folder/one.txt", "folder/two.txt"):
        CLIENT.log_text(run_id, name, name)
    repository = get_artifact_repository(CLIENT.get_run(run_id).info.artifact_uri)
    repository.delete_artifacts("folder/one.txt")
    one = [info.path for info in CLIENT.list_artifacts(run_id, "folder")]
    repository.delete_artifacts("folder")
    return [one, [info.path for info in CLIENT.list_artifacts(run_id)]]


def play_paging_long_lists() -> object:
    experiment_id = experiment()
    for number in range(1, 26):
        run_in(experiment_id, start_time=number)
    seen, token = [], None
    while True:
        page = CLIENT.search_runs([experiment_id], max_results=10, page_token=token)
        seen += [run.info.start_time for run in page]
        token = page.token
        if not token:
            return seen


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


def play_what_is_not_there() -> object:
    """A client must learn at once that there is nothing, and not try again and again."""
    start = time.monotonic()
    code = error_of(CLIENT.get_registered_model, "absent")
    found = CLIENT.search_model_versions("name = 'absent'")
    return [code, len(found), time.monotonic() - start < 10]


def main() -> None:
    scenarios = {name.removeprefix("play_"): play for name, play in globals().items() if name.startswith("play_")}
    results: dict[str, object] = {"version": mlflow.__version__}
    for name, play in scenarios.items():
        try:
            results[name] = play()
        except Exception:
            results[name] = {"error": traceback.format_exc()}
            while mlflow.active_run():
                mlflow.end_run()
    print(json.dumps(results))


if __name__ == "__main__":
    main()

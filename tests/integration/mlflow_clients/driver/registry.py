"""Registered models and their versions, with the files behind them."""

from __future__ import annotations

from pathlib import Path

import mlflow
from ours import CLIENT, FOLDER, error_of, experiment, fresh, new_run, run_in


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

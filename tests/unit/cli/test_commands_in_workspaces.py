"""Every command works in the workspace that is said: generated from the tree of commands, so that none is forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from runfold.cli.app import main
from runfold.config import StoreSettings
from runfold.domain.dataset import Dataset, DatasetUse
from runfold.domain.job import NewJob
from runfold.domain.registered_model import NewModelVersion
from runfold.domain.registered_project import ProjectSettings
from runfold.domain.run import NewRun, RunBatch
from runfold.domain.states import ViewType
from runfold.domain.target import Target, TargetKind
from runfold.stores.base import ExperimentQuery, ServedStore
from runfold.stores.open import open_served_store
from runfold.stores.registry import ModelQuery
from runfold.stores.work import JobQuery

PLACES = ("default", "vision")

READS = {
    "datasets list": "",
    "datasets show": "grapes",
    "experiments columns": "wine",
    "experiments list": "",
    "jobs list": "",
    "models list": "",
    "models show": "churn",
    "models versions": "",
    "projects list": "",
    "runs list": "-e wine",
    "search": "-e wine",
    "secrets list": "",
    "targets list": "",
    "targets show": "gpu",
}
"""What names records or lists them. Equal names, other content: it shows that of its workspace alone."""

WRITES = {
    "experiments create": "more",
    "experiments delete": "wine",
    "experiments rename": "wine wine2",
    "experiments restore": "gone",
    "jobs submit": ".",
    "models alias": "churn/1 champion",
    "models copy": "churn/1 churn2",
    "models create": "more",
    "models delete": "churn -y",
    "models policy": "churn --require owner",
    "models register": "{source} more",
    "models rename": "churn churn2",
    "models tell": "churn --description changed",
    "models transition": "churn/1 staging",
    "models unalias": "churn known",
    "projects forget": "train",
    "projects register": "{folder} --name more",
    "projects rename": "train train2",
    "register": "{folder}/run.json",
    "secrets remove": "key",
    "secrets set": "more",
    "targets add": "more local:",
    "targets edit": "gpu -d changed",
    "targets remove": "gpu",
}
"""What changes records that it names: those of its workspace, and no others."""

OTHERS = {
    # Files, runs, jobs and requests have ids that no other workspace has.
    *("artifacts get", "artifacts ls", "artifacts put", "artifacts rm", "compare", "metrics list", "metrics plot"),
    *("metrics values", "runs delete", "runs end", "runs move", "runs rename", "runs restore", "runs show", "runs tag"),
    *("runs unset", "rerun", "jobs cancel", "jobs log", "jobs retry", "jobs show", "models merge", "models promotion"),
    *("models review", "models withdraw"),
    # These find the model that they name as `models show` does, and take longer.
    *("models build-image", "models diff", "models download", "models files", "models history", "models predict"),
    *("models promote", "models promotions", "models return", "models serve", "models verify", "deployments create"),
    *("deployments update", "projects read", "run", "targets test"),
    # Their arguments or options say whose.
    *("grants explain", "grants list", "grants remove", "grants set", "retention apply", "retention history"),
    *("retention list", "retention plan", "retention remove", "retention set", "usage list", "usage recount"),
    *("usage set", "usage show", "workspaces create", "workspaces list", "workspaces members", "workspaces purge"),
    *("workspaces remove", "workspaces restore", "workspaces show", "workspaces trash", "workspaces update"),
    # The server as a whole, and what was recorded where it was.
    *("agent", "audit archive", "audit export", "audit head", "audit search", "audit verify", "doctor", "jobs agents"),
    *("purge", "sync", "groups add", "groups create", "groups drop", "groups list", "groups remove"),
    *("groups set", "groups update", "tokens create", "tokens list", "tokens revoke"),
    *("users create", "users identities", "users invite", "users link", "users list", "users remove"),
    *("users sign-out", "users unlink", "users update", "webhooks create", "webhooks delete", "webhooks deliveries"),
    *("webhooks list", "webhooks redeliver", "webhooks show", "webhooks test", "webhooks update"),
}


def commands(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    if not isinstance(command, click.Group):
        yield " ".join(path), command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        found = command.get_command(context, name)
        assert found is not None
        yield from commands(found, (*path, name))


def test_of_every_command_that_reaches_a_store_it_is_known_where_it_works() -> None:
    reaching = [
        name for name, command in commands(main) if any("--tracking-uri" in param.opts for param in command.params)
    ]
    assert sorted(reaching) == sorted([*READS, *WRITES, *OTHERS])


class House:
    """A store with records of equal names in two workspaces."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.uri = f"sqlite:///{folder}/store.db"
        self.sources: dict[str, str] = {}
        (folder / "MLproject").write_text("name: train\nentry_points: {main: {command: 'true'}}")
        (folder / "run.json").write_text('{"experiment_name": "wine", "status": "FINISHED"}')
        with self.open() as store:
            store.create_workspace("vision")
            for place in PLACES:
                self._fill(store.in_workspace(place), place)

    def open(self) -> closing[ServedStore]:
        return closing(open_served_store(self.uri, StoreSettings(), artifact_root=f"{self.folder}/artifacts"))

    def _fill(self, store: ServedStore, place: str) -> None:
        mark = f"of-{place}"
        experiment_id = store.create_experiment("wine", tags={"mlflow.note.content": mark})
        store.delete_experiment(store.create_experiment("gone"))
        run = store.create_run(NewRun(experiment_id=experiment_id, run_name=mark)).info
        store.log_batch(run.run_id, RunBatch(params=((mark, "1"),)))
        dataset = Dataset(name="grapes", digest=mark, source_type="local", source=mark)
        store.log_inputs(run.run_id, [DatasetUse(dataset=dataset)])
        model = Path(run.artifact_uri.removeprefix("file://")) / "model"
        model.mkdir(parents=True)
        (model / "MLmodel").write_text("flavors: {python_function: {loader_module: x}}")
        self.sources[place] = f"runs:/{run.run_id}/model"
        store.create_registered_model("churn", description=mark)
        store.create_model_version(NewModelVersion(name="churn", source=self.sources[place], description=mark))
        store.set_model_alias("churn", "known", 1)
        store.create_project(ProjectSettings(name="train", uri=".", description=mark))
        store.create_target(Target(name="gpu", kind=TargetKind.LOCAL, description=mark))
        store.set_secret("key", value="s3cret", description=mark)
        store.submit_job(NewJob(uri=mark))

    def run(self, place: str, words: str) -> str:
        said = words.format(source=self.sources[place], folder=self.folder).split()
        done = CliRunner().invoke(main, ["--workspace", place, *said, "--tracking-uri", self.uri], input="s3cret")
        assert done.exit_code == 0, done.output
        return done.output

    def holds(self, place: str) -> tuple[object, ...]:
        with self.open() as whole:
            store = whole.in_workspace(place)
            experiments = store.search_experiments(ExperimentQuery(view_type=ViewType.ALL)).items
            models = store.search_registered_models(ModelQuery()).items
            return (
                [(one.name, one.lifecycle_stage, one.tags) for one in experiments],
                store.search_model_versions(ModelQuery()).items,
                [(one.name, one.description, one.aliases, store.get_model_policy(one.name)) for one in models],
                store.list_projects(),
                store.list_targets(),
                [one.name for one in store.list_secrets()],
                store.list_jobs(JobQuery()).items,
                sum(one.n_runs for one in store.summarize_experiments()),
            )


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


@pytest.fixture(scope="module")
def unchanged(tmp_path_factory: pytest.TempPathFactory) -> House:
    return House(tmp_path_factory.mktemp("house"))


@pytest.mark.parametrize("command", READS)
def test_what_reads_shows_one_workspace(unchanged: House, command: str) -> None:
    for place, other in (PLACES, PLACES[::-1]):
        said = unchanged.run(place, f"{command} {READS[command]} --json")
        assert f"of-{place}" in said
        assert f"of-{other}" not in said


@pytest.mark.parametrize("command", WRITES)
def test_what_writes_changes_one_workspace(house: House, command: str) -> None:
    before = {place: house.holds(place) for place in PLACES}
    house.run("vision", f"{command} {WRITES[command]}")
    after = {place: house.holds(place) for place in PLACES}
    assert after["default"] == before["default"]
    assert after["vision"] != before["vision"]

"""A command tries to reach what only its agent's account, or somebody else, may see: by our client and by MLflow's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from runfold.config import ClientSettings, StoreSettings
from runfold.domain.access import Grant, Role, parse_place, parse_subject
from runfold.domain.artifact import ArtifactPath
from runfold.domain.job import Job, JobKind, JobState, NewJob
from runfold.domain.states import RunStatus
from runfold.projects.credentials import by_token
from runfold.projects.run import LOG_PATH
from runfold.stores.base import ServedStore
from runfold.stores.open import open_served_store
from tests.integration.mlflow_clients.test_clients import CLIENTS
from tests.integration.servers import ServerProcess

pytestmark = pytest.mark.slow

SCRIPT = """
import json, os, subprocess, sys
import runfold
hidden, elsewhere = sys.argv[1:3]
def tried(act):
    try:
        act()
    except runfold.errors.RunfoldError as error:
        return error.message.split(" ")[0]
    return "done"
found = {
    "own": tried(lambda: runfold.log_metric("loss", 0.5) or runfold.flush()),
    "hidden": tried(lambda: runfold.get_experiment(hidden)),
    "elsewhere": tried(lambda: runfold.get_experiment(elsewhere)),
    "experiments": sorted(one.name for one in runfold.search_experiments()),
    "names": sorted(name for name in os.environ if name.endswith(("_TRACKING_USERNAME", "_TRACKING_PASSWORD"))),
    "token": os.environ["RUNFOLD_TRACKING_TOKEN"][:4],
}
print("FOUND", json.dumps(found), flush=True)
"""
BY_MLFLOW = """
import json, subprocess, sys
code = '''
import json, sys, mlflow
from mlflow import MlflowClient
hidden, elsewhere = sys.argv[1:3]
client = MlflowClient()
def tried(act):
    try:
        act()
    except Exception as error:
        return getattr(error, "error_code", type(error).__name__)
    return "done"
with mlflow.start_run():
    mlflow.log_metric("loss", 0.5)
    found = {
        "hidden": tried(lambda: client.get_experiment(hidden)),
        "elsewhere": tried(lambda: client.get_experiment(elsewhere)),
        "delete": tried(lambda: client.delete_experiment(mlflow.active_run().info.experiment_id)),
        "experiments": sorted(one.name for one in client.search_experiments()),
    }
print("FOUND", json.dumps(found), flush=True)
'''
sys.exit(subprocess.run([sys.argv[3], "-c", code, *sys.argv[1:3]]).returncode)
"""


class House(NamedTuple):
    """A server with the workspace `vision`, where ann may see all but `hidden`, and the agent everything."""

    server: ServerProcess
    records: ServedStore
    tokens: dict[str, str]
    own: str
    hidden: str
    elsewhere: str
    project: Path


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    server = ServerProcess(tmp_path, auth=True)
    with closing(open_served_store(server.store_uri, StoreSettings(), artifact_root="mlflow-artifacts:/")) as records:
        tokens = {}
        records.create_workspace("vision")
        inside = records.in_workspace("vision")
        own, hidden, elsewhere = (
            *(inside.create_experiment(name) for name in ("own", "hidden")),
            records.create_experiment("elsewhere"),
        )
        records.create_user("ann", password="correct horse")
        records.create_user("gpu", is_service=True)
        for who, place, role in (
            *(("ann", "workspace:vision", Role.MANAGER), ("ann", f"experiment:{hidden}", Role.NONE)),
            *(("ann", f"experiment:{elsewhere}", Role.MANAGER), ("gpu", "workspace:vision", Role.CONTRIBUTOR)),
            ("gpu", "everything", Role.CONTRIBUTOR),
        ):
            records.set_grant(Grant(subject=parse_subject(f"user:{who}"), place=parse_place(place), role=role))
        for who in ("ann", "gpu"):
            tokens[who] = records.create_token(who, scope=Role.MANAGER).secret
        project = tmp_path / "project"
        project.mkdir()
        (project / "ours.py").write_text(SCRIPT)
        (project / "mlflows.py").write_text(BY_MLFLOW)
        (project / "MLproject").write_text(
            "entry_points:\n"
            "  ours:\n    command: 'python ours.py {hidden} {elsewhere}'\n"
            "  mlflows:\n    command: 'python mlflows.py {hidden} {elsewhere} {python}'\n"
        )
        server.start()
        try:
            yield House(server, records, tokens, own, hidden, elsewhere, project)
        finally:
            server.stop()


def submit(house: House, entry_point: str, **fields: Any) -> Job:
    work = NewJob(
        **{
            "uri": str(house.project),
            "entry_point": entry_point,
            "experiment_id": house.own,
            "env_manager": "local",
            "parameters": {"hidden": house.hidden, "elsewhere": house.elsewhere},
            **fields,
        }
    )
    with closing(by_token(house.server.uri, house.tokens["ann"], ClientSettings(workspace="vision"))) as session:
        return session.store.submit_job(work)


def run_agent(house: House, *options: str) -> str:
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("RUNFOLD_", "MLFLOW_"))}
    done = subprocess.run(
        [sys.executable, "-m", "runfold", "agent", "-u", house.server.uri, "--until-idle", *options],
        env=environ
        | {
            "RUNFOLD_TRACKING_TOKEN": house.tokens["gpu"],
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "GIT_PYTHON_REFRESH": "quiet",
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{environ['PATH']}",
        },
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def log_of(house: House, job: Job) -> str:
    return house.records.read_job_log(job.job_id).content.decode()


def found(log: str) -> Any:
    return json.loads(next(line for line in log.splitlines() if line.startswith("FOUND "))[6:])


def test_a_command_reaches_what_who_asked_for_it_may_and_nothing_else(house: House) -> None:
    job = submit(house, "ours")
    said = run_agent(house)
    log = log_of(house, job)
    assert house.records.get_job(job.job_id).state is JobState.FINISHED, log
    assert found(log) == {
        "own": "done",
        "hidden": "No",
        "elsewhere": "No",
        "experiments": ["own"],
        "names": [],
        "token": "rfj_",
    }
    run_id = house.records.get_job(job.job_id).run_id
    assert run_id is not None
    info = house.records.get_run(run_id).info
    assert (info.status, info.experiment_id) == (RunStatus.FINISHED, house.own)
    assert "rfj_" not in (said + log).replace('"token": "rfj_"', "")
    again = submit(house, "main", kind=JobKind.RERUN, origin=run_id, uri="", parameters={})
    run_agent(house)
    assert house.records.get_job(again.job_id).state is JobState.FINISHED, log_of(house, again)
    assert found(log_of(house, again))["hidden"] == "No"


def test_mlflows_own_client_in_a_job_works_for_who_asked_for_it(house: House) -> None:
    python = CLIENTS / "3.18.0" / "bin" / "python"
    assert python.exists(), "there is no MLflow 3.18.0 client: run `make mlflow-clients`"
    job = submit(
        house,
        "mlflows",
        parameters={"hidden": house.hidden, "elsewhere": house.elsewhere, "python": str(python)},
    )
    run_agent(house)
    log = log_of(house, job)
    assert house.records.get_job(job.job_id).state is JobState.FINISHED, log
    assert found(log) == {
        "hidden": "RESOURCE_DOES_NOT_EXIST",
        "elsewhere": "RESOURCE_DOES_NOT_EXIST",
        "delete": "PERMISSION_DENIED",
        "experiments": ["own"],
    }


def test_a_run_whose_user_loses_it_is_ended_by_the_agent(house: House) -> None:
    (house.project / "waits.py").write_text(
        "import pathlib, time\npathlib.Path('begun').touch()\n"
        "while not pathlib.Path('go').exists(): time.sleep(0.05)\nprint('done')"
    )
    job = submit(house, "waits.py", parameters={})
    agent = threading.Thread(target=run_agent, args=[house])
    agent.start()
    end = time.monotonic() + 60
    while not (house.project / "begun").exists():
        assert time.monotonic() < end, log_of(house, job)
        time.sleep(0.05)
    denial = Grant(subject=parse_subject("user:ann"), place=parse_place(f"experiment:{house.own}"), role=Role.NONE)
    house.records.set_grant(denial)
    (house.project / "go").touch()
    agent.join()
    ended = house.records.get_job(job.job_id)
    assert ended.run_id is not None
    assert house.records.get_run(ended.run_id).info.status is RunStatus.FINISHED
    with closing(by_token(house.server.uri, house.tokens["gpu"], ClientSettings())) as session:
        uri = session.store.get_run(ended.run_id).info.artifact_uri
        with session.open_files(uri) as files:
            assert "log.txt" in {path.path.name for path in files.list_folder(ArtifactPath(LOG_PATH).parent)}

"""Jobs on targets of a server with users: whose rights their commands have, and where their tokens stand meanwhile."""

from __future__ import annotations

import json
import os
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from runfold.config import ClientSettings, StoreSettings
from runfold.domain.access import Grant, Role, parse_place, parse_subject
from runfold.domain.artifact import ArtifactPath
from runfold.domain.job import Agent, Job, JobState, NewJob, Resources
from runfold.domain.target import Target
from runfold.launch.agent import JobAgent
from runfold.projects.credentials import by_token
from runfold.projects.job import execute_with
from runfold.projects.run import LOG_PATH
from runfold.stores.base import ServedStore
from runfold.stores.open import open_served_store
from runfold.tracking.session import Session
from tests.integration.launch.conftest import until
from tests.integration.servers import ServerProcess

# By itself, since nothing is installed on some targets.
SCRIPT = """
import json, os, sys, time, urllib.error, urllib.request
place, denied = sys.argv[1:3]
def call(path, **fields):
    headers = {"Content-Type": "application/json", "Authorization": "Bearer " + os.environ["MLFLOW_TRACKING_TOKEN"]}
    address = os.environ["MLFLOW_TRACKING_URI"] + "/api/2.0/mlflow/" + path
    try:
        with urllib.request.urlopen(urllib.request.Request(address, json.dumps(fields).encode(), headers)) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
run = os.environ["MLFLOW_RUN_ID"]
found = {
    "token": os.environ["RUNFOLD_TRACKING_TOKEN"],
    "run": run,
    "own": call("runs/log-metric", run_id=run, key="loss", value=0.5, timestamp=1, step=0),
    "denied": call("runs/create", experiment_id=denied),
}
print("the token", os.environ["MLFLOW_TRACKING_TOKEN"], "is shown", flush=True)
with open(place + "/" + run + ".new", "w") as out:
    json.dump(found, out)
os.rename(place + "/" + run + ".new", place + "/" + run + ".json")
while not os.path.exists(place + "/go"):
    time.sleep(0.05)
"""


class House(NamedTuple):
    """A server where ann contributes to the workspace `vision`, but for the experiment `denied`.

    Attributes:
        ann: a session of hers.
        gpu: of the agent's account, a service that contributes there.
        place: where commands say what they have found.
    """

    server: ServerProcess
    records: ServedStore
    ann: Session
    gpu: Session
    own: str
    denied: str
    project: Path
    place: Path

    def submit(self, target: Target, n: int = 1) -> tuple[Job, ...]:
        self.records.in_workspace("vision").create_target(target)
        works = [
            NewJob(
                uri=str(self.project),
                entry_point="probe.py",
                target=target.name,
                experiment_id=self.own,
                env_manager="local",
                resources=Resources(n_cpus=1, memory_gib=0.25) if n > 1 else Resources(),  # room for all at a time
                parameters={"place": str(self.place), "denied": self.denied, "number": str(number)},
            )
            for number in range(n)
        ]
        return self.ann.store.submit_jobs(works)

    @contextmanager
    def agent(self) -> Iterator[None]:
        """Works off what waits."""
        stop = threading.Event()
        agent = JobAgent(self.gpu.store, Agent(name="gpu", n_slots=4), execute_with(self.gpu, ""), tell=lambda _: None)
        work = threading.Thread(target=agent.run, args=[stop], kwargs={"until_idle": True})
        work.start()
        try:
            yield
        finally:
            (self.place / "go").touch()
            work.join(120)
            stop.set()
            assert not work.is_alive()

    def told(self, jobs: Sequence[Job]) -> list[dict[str, Any]]:
        """What commands have said that now wait."""
        end = time.monotonic() + 150
        while len(list(self.place.glob("*.json"))) < len(jobs):
            assert time.monotonic() < end, [self.log_of(job) for job in jobs]
            self._check_go_on(jobs)
            time.sleep(0.05)
        return [json.loads(path.read_text()) for path in self.place.glob("*.json")]

    def _check_go_on(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            ended = self.records.get_job(job.job_id)
            assert not ended.state.is_over, (ended.reason, self.log_of(job))

    def log_of(self, job: Job) -> str:
        return self.records.read_job_log(job.job_id).content.decode()

    def status_of(self, token: str) -> int:
        """Of a call that signs in with a token."""
        request = urllib.request.Request(
            f"{self.server.uri}/api/2.0/mlflow/experiments/get?experiment_id={self.own}",
            headers={"Authorization": f"Bearer {token}"},
        )
        try:
            with urllib.request.urlopen(request) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    def run_log(self, run_id: str) -> str:
        uri = self.gpu.store.get_run(run_id).info.artifact_uri
        with self.gpu.open_files(uri) as files, files.open_read(ArtifactPath(LOG_PATH)) as log:
            return log.read().decode()


@contextmanager
def opened_house(folder: Path) -> Iterator[House]:
    server = ServerProcess(folder, auth=True)
    with closing(open_served_store(server.store_uri, StoreSettings(), artifact_root="mlflow-artifacts:/")) as records:
        records.create_workspace("vision")
        inside = records.in_workspace("vision")
        own, denied = inside.create_experiment("own"), inside.create_experiment("denied")
        records.create_user("ann", password="correct horse")
        records.create_user("gpu", is_service=True)
        for who, where, role in (
            ("ann", "workspace:vision", Role.CONTRIBUTOR),
            ("ann", f"experiment:{denied}", Role.NONE),
            ("gpu", "workspace:vision", Role.CONTRIBUTOR),
        ):
            records.set_grant(Grant(subject=parse_subject(f"user:{who}"), place=parse_place(where), role=role))
        project, place = folder / "project", folder / "place"
        for made in (project, place):
            made.mkdir()
        (project / "MLproject").write_text(
            "entry_points:\n  probe.py:\n    parameters: {number: int}\n"
            "    command: 'python probe.py {place} {denied} {number}'\n"
        )
        (project / "probe.py").write_text(SCRIPT)
        server.start()
        tokens = [records.create_token(who, scope=Role.MANAGER).secret for who in ("ann", "gpu")]
        settings = [ClientSettings(workspace="vision"), ClientSettings()]
        ann, gpu = (by_token(server.uri, token, one) for token, one in zip(tokens, settings, strict=True))
        try:
            with closing(ann), closing(gpu):
                yield House(server, records, ann, gpu, own, denied, project, place)
        finally:
            server.stop()


def argument_lists() -> str:
    """Of all processes of this machine."""
    found = ""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            found += path.read_bytes().decode(errors="replace")
    return found


def texts_in(*folders: Path) -> str:
    """All that lies in folders."""
    found = ""
    for folder in folders:
        for place, _, names in os.walk(folder):
            for name in names:
                path = Path(place, name)
                with suppress(OSError):
                    if path.is_file():
                        found += f"{path}\n{path.read_bytes().decode(errors='replace')}"
    return found


def check_works_for_who_asked(house: House, target: Target, shown: Callable[[], str], *, n: int = 1) -> None:
    """Jobs on a target have the rights of who asked for them, by tokens of their own that stand nowhere and end.

    Args:
        shown: what others can read of the target while jobs run there.
        n: jobs, all of which run at a time.
    """
    jobs = house.submit(target, n)
    with house.agent():
        told = house.told(jobs)
        tokens = [one["token"] for one in told]
        assert len(set(tokens)) == n
        assert [(one["own"], one["denied"]) for one in told] == [(200, 404)] * n
        assert [house.status_of(token) for token in tokens] == [200] * n
        seen = shown() + argument_lists() + repr(house.records.get_job_steps(jobs[0].job_id))
        assert [token for token in tokens if token in seen] == []
    for job in jobs:
        ended = house.records.get_job(job.job_id)
        log = house.log_of(job)
        assert (ended.state, ended.reason) == (JobState.FINISHED, "finished"), log
        assert ended.run_id is not None
        run = house.records.get_run(ended.run_id)
        assert (run.info.user_id, run.tags["mlflow.user"], run.info.experiment_id) == ("ann", "ann", house.own)
        assert {key: one.last for key, one in run.metrics.items()} == {"loss": 0.5}
        kept = house.run_log(ended.run_id)
        assert "the token *** is shown" in kept
        assert [token for token in tokens if token in log + kept] == []
    _check_are_dead(house, tokens)


def check_is_dead_once_cancelled(house: House, target: Target) -> None:
    (job,) = jobs = house.submit(target)
    with house.agent():
        (told,) = house.told(jobs)
        house.ann.store.cancel_job(job.job_id)
        until(lambda: house.records.get_job(job.job_id).state is JobState.CANCELLED, timeout_s=60)
        _check_are_dead(house, [told["token"]])


def _check_are_dead(house: House, tokens: Sequence[str]) -> None:
    """Within a second, as every revocation."""
    end = time.monotonic() + 30
    while [house.status_of(token) for token in tokens] != [401] * len(tokens):
        assert time.monotonic() < end
        time.sleep(0.05)

"""A job of the queue, run as a project."""

from __future__ import annotations

from contextlib import closing
from functools import partial

from runfold.domain import known_tags
from runfold.domain.ids import RunId
from runfold.domain.job import Job, JobKind, JobState
from runfold.domain.target import Target, TargetKind
from runfold.launch.agent import Execute, Execution
from runfold.launch.process import Ending
from runfold.launch.secrets import read_secret
from runfold.launch.targets.base import Tell
from runfold.launch.targets.open import ReadSecret, open_backend
from runfold.projects.environments.prepare import EnvironmentManager
from runfold.projects.executor import Running
from runfold.projects.run import ProjectRequest, RunWatch, run_project
from runfold.tracking.session import Session

JOB_TAG = "runfold.job.id"


class _Watch(RunWatch):
    """Tells the queue how far the run is, and lets it end the command."""

    def __init__(self, execution: Execution) -> None:
        self._execution = execution
        self._run_id: RunId | None = None

    def made(self, run_id: RunId) -> None:
        self._run_id = run_id

    def started(self, process: Running) -> None:
        self._execution.report(JobState.RUNNING, run_id=self._run_id)
        self._execution.on_cancel(process.cancel)


def _tags(job: Job) -> dict[str, str]:
    asked_by = {known_tags.USER: job.work.user_id} if job.work.user_id else {}
    return {**job.work.tags, **asked_by, JOB_TAG: job.job_id}


def execute_with(session: Session, tracking_uri: str, labels: tuple[str, ...] = ()) -> Execute:
    """How an agent runs the jobs that it takes.

    Args:
        tracking_uri: where the commands record.
        labels: what this machine has.
    """

    def execute(execution: Execution) -> Ending:
        work = execution.job.work
        if work.kind is JobKind.TARGET_TEST:
            return _test(session, execution)
        request = ProjectRequest(
            uri=work.uri,
            entry_point=work.entry_point,
            version=work.version,
            parameters=work.parameters,
            experiment_id=work.experiment_id,
            run_name=work.run_name,
            manager=EnvironmentManager(work.env_manager) if work.env_manager else None,
            tags=_tags(execution.job),
            timeout_s=work.timeout_s,
            target=work.target,
            resources=work.resources,
            work_id=execution.job.job_id,
        )
        done = run_project(
            session,
            request,
            tracking_uri=tracking_uri,
            tell=execution.tell,
            tee=execution.write,
            watch=_Watch(execution),
            open_secret=execution.open_secret,
            labels=labels,
        )
        return done.ending

    return execute


def _test(session: Session, execution: Execution) -> Ending:
    """Try whether a target can be used, from here."""
    execution.report(JobState.RUNNING)
    target = session.store.get_target(execution.job.work.target)
    test_target(target, partial(read_secret, open_kept=execution.open_secret), execution.tell)
    return Ending(exit_code=0, reason="the target can be used")


def test_target(target: Target, read: ReadSecret, tell: Tell) -> None:
    """Raises what a run on the target would."""
    tell(f"Target {target.name} ({target.kind}, {target.place})")
    if target.kind is TargetKind.LOCAL:
        tell("It is this machine")
        return
    with closing(open_backend(target, read)) as backend:
        backend.check(tell)
    tell("The target can be used")

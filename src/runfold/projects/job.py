"""A job of the queue: a project to run, a run to have again, code to read, or a target to try."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from functools import partial

import msgspec

from runfold.domain import known_tags
from runfold.domain.ids import RunId
from runfold.domain.job import Job, JobKind, JobState
from runfold.domain.target import Target, TargetKind
from runfold.launch.agent import Execute, Execution
from runfold.launch.insisting import insist
from runfold.launch.process import Ending
from runfold.launch.programs import interruptible
from runfold.launch.secrets import read_secret
from runfold.launch.targets.base import Tell
from runfold.launch.targets.open import ReadSecret, open_backend
from runfold.projects.credentials import acting
from runfold.projects.environments.prepare import EnvironmentManager, manager_of
from runfold.projects.executor import Running
from runfold.projects.reading import read_code
from runfold.projects.rerun import request_of
from runfold.projects.run import ProjectRequest, ProjectRun, RunWatch, run_project
from runfold.projects.verdict import explain, judge
from runfold.tracking.session import Session

Run = Callable[[Session, Execution, ProjectRequest], ProjectRun]

JOB_TAG = "runfold.job.id"
PROJECT_TAG = "runfold.project.registered"


class _Watch(RunWatch):
    """Tells the queue how far the run is, and lets it end the command."""

    def __init__(self, execution: Execution) -> None:
        self._execution = execution
        self._run_id: RunId | None = None

    def made(self, run_id: RunId) -> None:
        self._run_id = run_id

    def started(self, process: Running) -> None:
        # First: the report waits for a server that is away, and the command must not outlive us meanwhile.
        self._execution.on_cancel(process.cancel)
        self._execution.report(JobState.RUNNING, run_id=self._run_id)

    def may_wait(self, waited_s: float) -> bool:
        return self._execution.may_wait()


def execute_with(session: Session, tracking_uri: str, labels: tuple[str, ...] = ()) -> Execute:
    """How an agent runs the jobs that it takes: whatever is done for a job is done with the rights of who asked for it.

    Args:
        session: of the agent.
        tracking_uri: where the commands record when that is no server.
        labels: what this machine has.
    """

    def run(theirs: Session, execution: Execution, request: ProjectRequest) -> ProjectRun:
        return run_project(
            theirs,
            request,
            tracking_uri=theirs.uri if theirs.is_remote else tracking_uri,
            tell=execution.tell,
            tee=execution.write,
            watch=_Watch(execution),
            open_secret=execution.open_secret,
            labels=labels,
            seat=execution.seat,
            brings_credentials=True,
            accept_token=execution.accept_token if theirs is not session else None,
            spare=session,
        )

    def execute(execution: Execution) -> Ending:
        # Until there is a command to end, see `_Watch`.
        with (
            interruptible(execution.on_cancel),
            acting(session, execution.open_token(), execution.job.workspace) as theirs,
        ):
            return prepare_and_run(theirs, execution)

    def prepare_and_run(theirs: Session, execution: Execution) -> Ending:
        match execution.job.work.kind:
            case JobKind.TARGET_TEST:
                return _test(theirs, execution)
            case JobKind.READ_PROJECT:
                return _read(theirs, execution)
            case JobKind.RERUN:
                return _rerun(theirs, execution, run)
        return run(theirs, execution, _request_of(execution.job)).ending

    return execute


def _request_of(job: Job) -> ProjectRequest:
    work = job.work
    return ProjectRequest(
        uri=work.uri,
        entry_point=work.entry_point,
        version=work.version,
        parameters=work.parameters,
        experiment_id=work.experiment_id,
        run_name=work.run_name,
        manager=_manager(job),
        tags=_tags(job),
        timeout_s=work.timeout_s,
        credential=work.credential,
        target=work.target,
        targets=work.targets,
        workspace=job.workspace,
        resources=work.resources,
        work_id=job.job_id,
        array_limit=work.array_limit,
        is_queued=True,
    )


def _manager(job: Job) -> EnvironmentManager | None:
    return manager_of(job.work.env_manager) if job.work.env_manager else None


def _tags(job: Job) -> dict[str, str]:
    asked_by = {known_tags.USER: job.work.user_id} if job.work.user_id else {}
    belongs_to = {PROJECT_TAG: job.work.project} if job.work.project else {}
    return {**job.work.tags, **asked_by, **belongs_to, JOB_TAG: job.job_id}


def _rerun(session: Session, execution: Execution, run: Run) -> Ending:
    """Have a run again, and say in the log whether the same came out."""
    job = execution.job
    work = job.work
    origin = session.store.get_run(work.origin)
    again = request_of(
        session,
        origin,
        parameters=work.parameters,
        without=work.without,
        manager=_manager(job),
        where=work.uri,
    )
    request = msgspec.structs.replace(
        again,
        run_name=work.run_name or again.run_name,
        tags=again.tags | _tags(job),
        timeout_s=work.timeout_s,
        credential=work.credential,
        target=work.target,
        targets=work.targets,
        workspace=job.workspace,
        resources=work.resources,
        work_id=job.job_id,
        array_limit=work.array_limit,
        is_queued=True,
    )
    done = run(session, execution, request)

    def compare() -> None:
        for line in explain(judge(session, origin, session.store.get_run(done.run_id))):
            execution.tell(line)

    insist(compare, may_wait=execution.may_wait, tell=execution.tell)
    return done.ending


def _read(session: Session, execution: Execution) -> Ending:
    """Read the code of a registered project, and have the server keep what it says."""
    work = execution.job.work
    execution.report(JobState.RUNNING)
    execution.tell(f"Reading {work.uri} {work.version}".rstrip())
    reading = read_code(work.uri, version=work.version, credential=work.credential, open_secret=execution.open_secret)
    session.store.in_workspace(execution.job.workspace).record_project_reading(work.project, reading)
    if reading.spec is None:
        execution.tell(reading.problem)
        return Ending(exit_code=1, reason=reading.problem)
    names = ", ".join(entry.name for entry in reading.spec.entry_points) or "none"
    execution.tell(f"Entry points: {names}. Commit: {reading.commit or 'none'}.")
    return Ending(exit_code=0, reason="finished")


def _test(session: Session, execution: Execution) -> Ending:
    """Try whether a target can be used, from here."""
    execution.report(JobState.RUNNING)
    target = session.store.in_workspace(execution.job.workspace).get_target(execution.job.work.target)
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

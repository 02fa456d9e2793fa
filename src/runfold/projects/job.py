"""A job of the queue, run as a project."""

from __future__ import annotations

from runfold.domain import known_tags
from runfold.domain.ids import RunId
from runfold.domain.job import Job, JobState
from runfold.launch.agent import Execute, Execution
from runfold.launch.process import Ending, LocalProcess
from runfold.projects.environments.prepare import EnvironmentManager
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

    def started(self, process: LocalProcess) -> None:
        self._execution.report(JobState.RUNNING, run_id=self._run_id)
        self._execution.on_cancel(process.cancel)


def _tags(job: Job) -> dict[str, str]:
    asked_by = {known_tags.USER: job.work.user_id} if job.work.user_id else {}
    return {**job.work.tags, **asked_by, JOB_TAG: job.job_id}


def execute_with(session: Session, tracking_uri: str) -> Execute:
    """How an agent runs the jobs that it takes.

    Args:
        tracking_uri: where the commands record.
    """

    def execute(execution: Execution) -> Ending:
        work = execution.job.work
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
        )
        done = run_project(
            session,
            request,
            tracking_uri=tracking_uri,
            tell=lambda line: execution.write(f"{line}\n".encode()),
            tee=execution.write,
            watch=_Watch(execution),
            open_secret=execution.open_secret,
        )
        return done.ending

    return execute

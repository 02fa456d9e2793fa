"""Projects started from Python, by the names that `mlflow.projects.run` has for its arguments."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping
from typing import Protocol

from runfold.domain.ids import DEFAULT_EXPERIMENT_ID, RunId
from runfold.domain.job import DEFAULT_QUEUE, JobState, NewJob
from runfold.domain.project import MAIN
from runfold.domain.states import RunStatus
from runfold.errors import InvalidValue, RunfoldError
from runfold.projects.environments.prepare import manager_of
from runfold.projects.executor import Running
from runfold.projects.reading import absolute
from runfold.projects.relay import reachable
from runfold.projects.run import ProjectRequest, RunWatch, run_project
from runfold.tracking import active
from runfold.tracking.delivery import find_or_create_experiment
from runfold.tracking.session import Session
from runfold.tracking.source import user_name

LOCAL, JOBS = "local", "jobs"
POLL_S = 1.0
_STATUS = {JobState.FINISHED: RunStatus.FINISHED, JobState.CANCELLED: RunStatus.KILLED}

_log = logging.getLogger("runfold")


class ProjectFailed(RunfoldError):
    """A project that was waited for did not finish; the message says how it ended."""


class SubmittedRun(Protocol):
    """A project's run that is under way, or over. Safe from any thread."""

    @property
    def run_id(self) -> RunId | None:
        """None until the run exists: its code is fetched and checked first."""
        ...

    def wait(self) -> bool:
        """Return when it is over; whether its command succeeded."""
        ...

    def get_status(self) -> str:
        """`RUNNING`, `FINISHED`, `FAILED` or `KILLED`; `SCHEDULED` before its run exists."""
        ...

    def cancel(self) -> None:
        """End the command with all that it has started; nothing when it is over."""
        ...


def run(
    uri: str,
    entry_point: str = MAIN,
    version: str | None = None,
    experiment_name: str | None = None,
    experiment_id: str | None = None,
    parameters: Mapping[str, object] | None = None,
    backend: str = LOCAL,
    synchronous: bool = True,
    run_name: str | None = None,
    env_manager: str | None = None,
    *,
    credential: str = "",
    target: str = "",
    queue: str = DEFAULT_QUEUE,
) -> SubmittedRun:
    """Run a project: a folder, a Git repository or an archive.

    Args:
        uri: as `runfold run` takes it; behind `#`, a folder inside.
        version: a branch, tag or commit.
        experiment_name, experiment_id: one of them; neither: as the settings say.
        parameters: made texts; checked by the project's types before anything starts.
        backend: `local`: from this process. `jobs`: queued for an agent, which must reach `uri`.
        synchronous: return when the run is over, and raise when it failed.
        env_manager: `local`, `uv` (for MLflow `virtualenv`), `conda` or `docker`; None: as the project asks.
        credential: where the secret of a private repository is found: `secret:NAME` (of jobs alone), `env:VARIABLE`,
            `file:/path` or `command:program`.
        target: where the command is executed, by name; empty: as the project says, or else here.
        queue: of a job.

    Raises:
        InvalidValue, NotFound: the request cannot be run, told by `local` when it is waited for, and by `jobs` in the
            reason of the job.
        ProjectFailed: it was waited for and did not finish.
    """
    session = active.session()
    request = ProjectRequest(
        uri=uri,
        entry_point=entry_point,
        version=version or "",
        credential=credential,
        parameters={name: str(value) for name, value in (parameters or {}).items()},
        experiment_id=_experiment(session, experiment_name, experiment_id),
        run_name=run_name or "",
        manager=None if env_manager is None else manager_of(env_manager),
        target=target,
    )
    submitted: SubmittedRun
    if backend == LOCAL:
        submitted = _LocalRun(session, request)
    elif backend == JOBS:
        submitted = _QueuedRun(session, request, queue)
    else:
        raise InvalidValue(f"backend is {backend!r}; it takes 'local' or 'jobs'. Clusters are targets: target='name'.")
    if synchronous:
        _finish(submitted)
    return submitted


def _experiment(session: Session, name: str | None, experiment_id: str | None) -> str:
    if name is not None and experiment_id is not None:
        raise InvalidValue("Give experiment_name or experiment_id, not both.")
    if experiment_id is not None:
        return experiment_id
    chosen = name or session.settings.experiment_name
    if chosen:
        return find_or_create_experiment(session.store, chosen)
    return session.settings.experiment_id or DEFAULT_EXPERIMENT_ID


def _finish(submitted: SubmittedRun) -> None:
    try:
        is_success = submitted.wait()
    except KeyboardInterrupt:
        submitted.cancel()
        raise
    if not is_success:
        raise ProjectFailed(f"Run {submitted.run_id or '(none was made)'} is {submitted.get_status()}.")


class _LocalRun(RunWatch):
    """A project run by a thread of this process."""

    def __init__(self, session: Session, request: ProjectRequest) -> None:
        self._session = session
        self._request = request
        self._run_id: RunId | None = None
        self._process: Running | None = None
        self._is_cancelled = False
        self._status: RunStatus | None = None
        self._error: RunfoldError | None = None
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._work, name="runfold-project", daemon=True)
        self._thread.start()

    @property
    def run_id(self) -> RunId | None:
        return self._run_id

    def made(self, run_id: RunId) -> None:
        self._run_id = run_id

    def started(self, process: Running) -> None:
        with self._lock:
            self._process = process
            is_late = self._is_cancelled
        if is_late:
            process.cancel()

    def wait(self) -> bool:
        # In steps: Ctrl-C is heard between them.
        while self._thread.is_alive():
            self._thread.join(POLL_S)
        if self._error is not None:
            raise self._error
        return self._status is RunStatus.FINISHED

    def get_status(self) -> str:
        if self._status is not None:
            return self._status.name
        return (RunStatus.RUNNING if self._run_id else RunStatus.SCHEDULED).name

    def cancel(self) -> None:
        with self._lock:
            self._is_cancelled = True
            process = self._process
        if process is not None and self._thread.is_alive():
            process.cancel()

    def _work(self) -> None:
        try:
            with reachable(self._session) as tracking_uri:
                done = run_project(self._session, self._request, tracking_uri=tracking_uri, tell=_log.info, watch=self)
            self._status = done.status
        except RunfoldError as error:
            self._error = error
            self._status = RunStatus.FAILED


class _QueuedRun:
    """A project that an agent runs."""

    def __init__(self, session: Session, request: ProjectRequest, queue: str) -> None:
        self._store = session.store
        self.job_id = session.store.submit_job(
            NewJob(
                uri=absolute(request.uri),
                entry_point=request.entry_point,
                version=request.version,
                credential=request.credential,
                parameters=request.parameters,
                experiment_id=request.experiment_id,
                run_name=request.run_name,
                env_manager=request.manager.value if request.manager else "",
                target=request.target,
                queue=queue,
                user_id=user_name(),
            )
        ).job_id

    @property
    def run_id(self) -> RunId | None:
        return self._store.get_job(self.job_id).run_id

    def wait(self) -> bool:
        while not (job := self._store.get_job(self.job_id)).state.is_over:
            time.sleep(POLL_S)
        return job.state is JobState.FINISHED

    def get_status(self) -> str:
        job = self._store.get_job(self.job_id)
        if job.state.is_over:
            return _STATUS.get(job.state, RunStatus.FAILED).name
        return (RunStatus.RUNNING if job.run_id else RunStatus.SCHEDULED).name

    def cancel(self) -> None:
        if not self._store.get_job(self.job_id).state.is_over:
            self._store.cancel_job(self.job_id)

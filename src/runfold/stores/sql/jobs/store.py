"""The part of the SQL store that keeps jobs."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import sqlalchemy as sa

from runfold.config import StoreSettings
from runfold.domain.job import (
    Agent,
    Job,
    JobChanges,
    JobCounts,
    JobGrid,
    JobId,
    JobLog,
    JobReport,
    JobStep,
    LogMatches,
    NewJob,
)
from runfold.domain.job_access import (
    ALL_JOBS_VISIBLE,
    NOBODY,
    SERVES_ALL,
    Asker,
    JobBearer,
    JobHome,
    Serving,
    VisibleJobs,
)
from runfold.domain.page import Page
from runfold.domain.registered_project import ProjectName, ProjectReading, ProjectSettings, RegisteredProject
from runfold.domain.secret import FoundSecret, Secret, SecretName
from runfold.domain.target import Target, TargetName
from runfold.hosting.sealing import Sealer
from runfold.stores.sql.jobs import (
    agents,
    claims,
    listing,
    logs,
    moves,
    projects,
    reading,
    secrets,
    steps,
    submission,
    targets,
    tokens,
)
from runfold.stores.sql.transaction import Transaction
from runfold.stores.work import JobQuery

AWAIT_POLL_S = 0.1


class SqlJobs:
    """`stores.base.JobStore`, `ProjectStore`, `TargetStore` and `SecretStore`."""

    _settings: StoreSettings
    _sealer: Sealer
    _workspace: str
    _read: Callable[[Callable[[sa.Connection], Any]], Any]
    _write: Callable[..., Any]

    @property
    def _lease_ms(self) -> int:
        return round(self._settings.job_lease_s * 1000)

    def submit_job(self, work: NewJob, *, asker: Asker = NOBODY) -> Job:
        return self._job(partial(submission.submit_job, work=work, asker=asker))

    def submit_jobs(self, works: Sequence[NewJob], *, asker: Asker = NOBODY) -> tuple[Job, ...]:
        submitted: tuple[Job, ...] = self._in_turn(partial(submission.submit_jobs, works=tuple(works), asker=asker))
        return submitted

    def get_job(self, job_id: JobId) -> Job:
        job: Job = self._read(lambda connection: reading.get_job(connection, job_id))
        return job

    def get_job_steps(self, job_id: JobId) -> tuple[JobStep, ...]:
        found: tuple[JobStep, ...] = self._read(lambda connection: steps.get_steps(connection, job_id))
        return found

    def changed_jobs(
        self, *, after: int, max_results: int = 1000, visible: VisibleJobs = ALL_JOBS_VISIBLE
    ) -> JobChanges:
        def read(connection: sa.Connection) -> JobChanges:
            return reading.changed_jobs(connection, after, max_results, *listing.seen_by(connection, visible))

        changes: JobChanges = self._read(read)
        return changes

    def changed_jobs_anywhere(self, *, after: int, max_results: int) -> JobChanges:
        changes: JobChanges = self._read(lambda connection: reading.changed_jobs(connection, after, max_results))
        return changes

    def list_jobs(self, query: JobQuery, *, visible: VisibleJobs = ALL_JOBS_VISIBLE) -> Page[Job]:
        page: Page[Job] = self._read(lambda connection: listing.list_jobs(connection, query, visible))
        return page

    def count_jobs(self, query: JobQuery, *, visible: VisibleJobs = ALL_JOBS_VISIBLE) -> JobCounts:
        counts: JobCounts = self._read(lambda connection: listing.count_jobs(connection, query, visible))
        return counts

    def get_job_grids(self, grids: Sequence[str], *, visible: VisibleJobs = ALL_JOBS_VISIBLE) -> tuple[JobGrid, ...]:
        found: tuple[JobGrid, ...] = self._read(lambda connection: listing.get_job_grids(connection, grids, visible))
        return found

    def homes_of_jobs(self, job_ids: Sequence[JobId]) -> dict[JobId, JobHome]:
        homes: dict[JobId, JobHome] = self._read(lambda connection: reading.homes_of_jobs(connection, job_ids))
        return homes

    def claim_jobs(self, agent: Agent, n_jobs: int, *, serving: Serving = SERVES_ALL) -> tuple[Job, ...]:
        unit = partial(claims.claim_jobs, agent=agent, n_jobs=n_jobs, lease_ms=self._lease_ms, serving=serving)
        claimed: tuple[Job, ...] = self._in_turn(unit)
        return claimed

    def await_jobs(self, agent: Agent, held: Sequence[JobId], wait_s: float, *, serving: Serving = SERVES_ALL) -> bool:
        end = time.monotonic() + wait_s
        while not self._read(lambda connection: claims.has_news(connection, agent, held, serving)):
            if time.monotonic() >= end:
                return False
            time.sleep(min(AWAIT_POLL_S, max(0.0, end - time.monotonic())))
        return True

    def beat_jobs(self, agent: str, held: Sequence[tuple[JobId, int]], *, account: int = 0) -> tuple[JobId, ...]:
        unit = partial(claims.beat_jobs, agent=agent, held=tuple(held), lease_ms=self._lease_ms, account=account)
        stopping: tuple[JobId, ...] = self._in_turn(unit)
        return stopping

    def report_job(self, job_id: JobId, attempt: int, report: JobReport) -> Job:
        return self._job(partial(moves.report_job, job_id=job_id, attempt=attempt, report=report))

    def cancel_job(self, job_id: JobId) -> Job:
        return self._job(partial(moves.cancel_job, job_id=job_id))

    def retry_job(self, job_id: JobId, *, asker: Asker | None = None) -> Job:
        return self._job(partial(moves.retry_job, job_id=job_id, asker=asker))

    def open_job_token(self, agent: str, job_id: JobId, attempt: int, *, digest: str = "") -> str:
        unit = partial(tokens.open_token, agent=agent, job_id=job_id, attempt=attempt, digest=digest)
        secret: str = self._in_turn(unit)
        return secret

    def find_job_token(self, secret: str) -> JobBearer | None:
        found: JobBearer | None = self._read(lambda connection: tokens.find_bearer(connection, secret))
        return found

    def append_job_log(self, job_id: JobId, attempt: int, start: int, content: bytes) -> None:
        unit = partial(logs.append_log, job_id=job_id, attempt=attempt, start=start, content=content)
        self._in_turn(unit)

    def read_job_log(
        self, job_id: JobId, *, attempt: int | None = None, start: int = 0, max_bytes: int = 65_536
    ) -> JobLog:
        log: JobLog = self._read(lambda connection: logs.read_log(connection, job_id, attempt, start, max_bytes))
        return log

    def search_job_log(
        self, job_id: JobId, text: str, *, attempt: int | None = None, after: int = 0, max_results: int = 200
    ) -> LogMatches:
        found: LogMatches = self._read(
            lambda connection: logs.search_log(connection, job_id, text, attempt, after, max_results)
        )
        return found

    def list_agents(self, *, account: int | None = None) -> tuple[Agent, ...]:
        found: tuple[Agent, ...] = self._read(partial(agents.list_agents, now_ms=Transaction.now(), account=account))
        return found

    def create_target(self, target: Target) -> Target:
        return self._target(partial(targets.create_target, target=target))

    def update_target(self, target: Target) -> Target:
        return self._target(partial(targets.update_target, target=target))

    def get_target(self, name: TargetName) -> Target:
        target: Target = self._read(lambda connection: targets.get_target(connection, name))
        return target

    def list_targets(self) -> tuple[Target, ...]:
        found: tuple[Target, ...] = self._read(targets.list_targets)
        return found

    def delete_target(self, name: TargetName) -> None:
        self._in_turn(partial(targets.delete_target, name=name))

    def set_secret(self, name: SecretName, *, value: str = "", reference: str = "", description: str = "") -> Secret:
        sealed = secrets.seal(name, value, self._sealer, self._workspace) if value or not reference else None
        unit = partial(secrets.set_secret, name=name, sealed=sealed, reference=reference, description=description)
        secret: Secret = self._in_turn(unit)
        return secret

    def list_secrets(self) -> tuple[Secret, ...]:
        found: tuple[Secret, ...] = self._read(secrets.list_secrets)
        return found

    def delete_secret(self, name: SecretName) -> None:
        self._in_turn(partial(secrets.delete_secret, name=name))

    def open_secrets(
        self, agent: str, job_id: JobId, attempt: int, names: Sequence[SecretName]
    ) -> tuple[FoundSecret, ...]:
        sealer = self._sealer
        found: tuple[FoundSecret, ...] = self._read(
            lambda connection: secrets.open_secrets(connection, sealer, agent, job_id, attempt, names)
        )
        return found

    def _target(self, unit: Callable[..., Target]) -> Target:
        target: Target = self._in_turn(unit)
        return target

    def create_project(self, settings: ProjectSettings, *, user_id: str = "") -> RegisteredProject:
        return self._project(partial(projects.create_project, settings=settings, user_id=user_id))

    def update_project(self, settings: ProjectSettings) -> RegisteredProject:
        return self._project(partial(projects.update_project, settings=settings))

    def rename_project(self, name: ProjectName, new_name: ProjectName) -> RegisteredProject:
        return self._project(partial(projects.rename_project, name=name, new_name=new_name))

    def record_project_reading(self, name: ProjectName, reading: ProjectReading) -> RegisteredProject:
        return self._project(partial(projects.record_reading, name=name, reading=reading))

    def get_project(self, name: ProjectName) -> RegisteredProject:
        project: RegisteredProject = self._read(lambda connection: projects.get_project(connection, name))
        return project

    def list_projects(self) -> tuple[RegisteredProject, ...]:
        found: tuple[RegisteredProject, ...] = self._read(projects.list_projects)
        return found

    def current_projects(self, names: Sequence[ProjectName]) -> dict[ProjectName, ProjectSettings]:
        found: dict[ProjectName, ProjectSettings] = self._read(
            lambda connection: projects.current_projects(connection, names)
        )
        return found

    def delete_project(self, name: ProjectName) -> None:
        self._in_turn(partial(projects.delete_project, name=name))

    def _project(self, unit: Callable[..., RegisteredProject]) -> RegisteredProject:
        project: RegisteredProject = self._in_turn(unit)
        return project

    def _in_turn(self, unit: Callable[..., Any]) -> Any:
        return self._write(partial(moves.in_turn, unit=unit), lane=moves.LANE)

    def _job(self, unit: Callable[..., Job]) -> Job:
        job: Job = self._in_turn(unit)
        return job

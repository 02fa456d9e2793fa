"""What a records store can do with work: jobs, the targets and projects that they name, and the secrets they need."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from runfold.domain.job import (
    Agent,
    Job,
    JobChanges,
    JobCounts,
    JobGrid,
    JobId,
    JobLog,
    JobReport,
    JobState,
    JobStep,
    LogMatches,
    NewJob,
)
from runfold.domain.job_access import JobBearer, JobHome
from runfold.domain.page import Page
from runfold.domain.registered_project import ProjectName, ProjectReading, ProjectSettings, RegisteredProject
from runfold.domain.secret import FoundSecret, Secret, SecretName
from runfold.domain.target import Target, TargetName


class JobQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which jobs, newest first. No states: all of them; an empty text: every one.

    Attributes:
        grid: those of one grid, see `domain.job.JobGrid`.
        text: every word of it, in any case, is in the job's id, run id, project, code, entry point, parameters, labels,
            queue, target or user.
        is_folded: of a grid, the newest job that fits alone.
    """

    states: tuple[JobState, ...] = ()
    project: str = ""
    queue: str = ""
    target: str = ""
    user_id: str = ""
    grid: str = ""
    text: str = ""
    is_folded: bool = False
    max_results: int = 100
    page_token: str = ""


class JobStore(Protocol):
    """The queue of work. Agents hold jobs by a lease that signs of life renew; see `domain.job` for the states.

    A job lies in a workspace, as its project and target do. Lists, counts and changes are of one workspace; by its id,
    a job is reached from every one, and agents take jobs of all.
    """

    def submit_job(self, work: NewJob) -> Job:
        """Queue a job; one with a known idempotency key is the job that has it.

        A job for a target goes to the target's queue, unless it names one itself.

        Raises:
            NotFound: there is no such target.
        """
        ...

    def submit_jobs(self, works: Sequence[NewJob]) -> tuple[Job, ...]:
        """Queue several jobs, in this order; all of them or, when it raises, none.

        Those that ask the same of the same Slurm target are an array: its cluster gets them as one.
        """
        ...

    def get_job(self, job_id: JobId) -> Job: ...

    def get_job_steps(self, job_id: JobId) -> tuple[JobStep, ...]:
        """What became of a job so far, oldest first, over all of its attempts."""
        ...

    def list_jobs(self, query: JobQuery) -> Page[Job]: ...

    def count_jobs(self, query: JobQuery) -> JobCounts:
        """How many fit. The page and whether grids are folded mean nothing here."""
        ...

    def get_job_grids(self, grids: Sequence[str]) -> tuple[JobGrid, ...]:
        """How the jobs of grids go, in the order of the names; those of a grid that nobody asked for are none."""
        ...

    def changed_jobs(self, *, after: int, max_results: int = 1000) -> JobChanges:
        """Jobs whose state changed since a cursor; none, and the present cursor, for -1."""
        ...

    def claim_jobs(self, agent: Agent, n_jobs: int) -> tuple[Job, ...]:
        """Take up to so many queued jobs of the agent's queues whose labels it has, the most urgent first.

        However many agents ask at the same time, a job goes to one of them. An array's jobs go together, and count as
        one. Makes the agent known, too.
        """
        ...

    def await_jobs(self, agent: Agent, held: Sequence[JobId], wait_s: float) -> bool:
        """Whether an agent should ask: a job is there that it may take, or one that it holds is to end.

        Answers as soon as that is so, or after `wait_s` seconds. Takes nothing.
        """
        ...

    def beat_jobs(self, agent: str, held: Sequence[tuple[JobId, int]]) -> tuple[JobId, ...]:
        """Renew the leases of these (job, attempt).

        Returns:
            Those that the agent is to end: cancelled ones, and those that are not its own any more.
        """
        ...

    def open_job_token(self, agent: str, job_id: JobId, attempt: int, *, digest: str = "") -> str:
        """What the command of a job signs in with, so that it works for who asked for the job; any before ends.

        It is worth something while the agent holds the job, and what the rights of who asked are worth meanwhile,
        within the job's workspace; empty where nobody knows who asked.

        Args:
            digest: SHA-256 of a token that the command's machine has made, `rfj_SECRET.JOB_ID`: it counts from now on
                beside the agent's own, which stays; nothing is given.

        Raises:
            InvalidState: the attempt is not under way with this agent.
            InvalidValue: the digest is none.
        """
        ...

    def report_job(self, job_id: JobId, attempt: int, report: JobReport) -> Job:
        """Say how an attempt goes. A failed one is queued again while the job has tries left.

        Raises:
            InvalidState: the attempt is not under way any more, such as after a lapsed lease.
        """
        ...

    def cancel_job(self, job_id: JobId) -> Job:
        """End a waiting job, or have its agent end it. InvalidState when it is over in another way."""
        ...

    def retry_job(self, job_id: JobId) -> Job:
        """Queue a job again that is over. InvalidState when it is not."""
        ...

    def append_job_log(self, job_id: JobId, attempt: int, start: int, content: bytes) -> None:
        """Add to an attempt's output; a piece sent again changes nothing.

        Raises:
            InvalidValue: the piece does not begin where the log ends.
            InvalidState: another attempt is under way.
            LimitExceeded: the piece or the log is too long.
        """
        ...

    def read_job_log(
        self, job_id: JobId, *, attempt: int | None = None, start: int = 0, max_bytes: int = 65_536
    ) -> JobLog:
        """A part of an attempt's output; None: the last attempt."""
        ...

    def search_job_log(
        self, job_id: JobId, text: str, *, attempt: int | None = None, after: int = 0, max_results: int = 200
    ) -> LogMatches:
        """Lines of an attempt's output that hold a text in any case, from the byte `after` on.

        Raises:
            InvalidValue: the text is empty.
        """
        ...

    def list_agents(self) -> tuple[Agent, ...]:
        """By name, those too that have ended or gone silent. Two accounts may have agents of one name."""
        ...


class ServedWork(Protocol):
    """What a server asks of the queue to know what its callers may do, and whom to wake."""

    def changed_jobs_anywhere(self, *, after: int, max_results: int) -> JobChanges:
        """As `JobStore.changed_jobs`, of all workspaces."""
        ...

    def homes_of_jobs(self, job_ids: Sequence[JobId]) -> dict[JobId, JobHome]:
        """Of those that exist, in whatever workspace."""
        ...

    def find_job_token(self, secret: str) -> JobBearer | None:
        """For whom a job works that has this token; None when it is worth nothing, or not any more."""
        ...

    def current_projects(self, names: Sequence[ProjectName]) -> dict[ProjectName, ProjectSettings]:
        """Registered projects by the names asked for, former ones included; only those that there are."""
        ...


class TargetStore(Protocol):
    """Where jobs are executed. A target holds no secret, only where one is found."""

    def create_target(self, target: Target) -> Target:
        """Add a target. Times in it are the store's, whatever is given.

        Raises:
            AlreadyExists: the name is taken.
            InvalidValue: a field holds what it cannot.
        """
        ...

    def update_target(self, target: Target) -> Target:
        """Replace the target of this name as a whole. Jobs under way go on as they began."""
        ...

    def get_target(self, name: TargetName) -> Target: ...

    def list_targets(self) -> tuple[Target, ...]:
        """By name."""
        ...

    def delete_target(self, name: TargetName) -> None:
        """Forget a target. Jobs that wait for it fail when an agent takes them."""
        ...


class SecretStore(Protocol):
    """Secrets for jobs and targets. What one is comes back to nobody but the agent of a job that names it."""

    def set_secret(self, name: SecretName, *, value: str = "", reference: str = "", description: str = "") -> Secret:
        """Keep a secret, sealed, or the place where agents find it; one of this name is replaced.

        Args:
            value, reference: one of them.

        Raises:
            InvalidValue: the name, value or place can be none; the message does not hold them.
            NotSupported: this store has no key to seal with.
        """
        ...

    def list_secrets(self) -> tuple[Secret, ...]:
        """By name, without what they are."""
        ...

    def delete_secret(self, name: SecretName) -> None: ...

    def open_secrets(
        self, agent: str, job_id: JobId, attempt: int, names: Sequence[SecretName]
    ) -> tuple[FoundSecret, ...]:
        """Give an agent what a job that it holds needs, in the order of the names.

        Raises:
            InvalidState: the attempt is not under way with this agent.
            PermissionDenied: neither the job's parameters nor its target name one of them.
            NotFound: there is no such secret.
        """


class ProjectStore(Protocol):
    """Projects by name. The store keeps what it is told and fetches no code."""

    def create_project(self, settings: ProjectSettings, *, user_id: str = "") -> RegisteredProject:
        """AlreadyExists when the name is taken."""
        ...

    def update_project(self, settings: ProjectSettings) -> RegisteredProject:
        """Replace what is said of the project of this name. Other code (uri, version, folder) ends what was read."""
        ...

    def rename_project(self, name: ProjectName, new_name: ProjectName) -> RegisteredProject:
        """Call it otherwise. Its jobs go with it, and the former name leads to it until another project takes it.

        Raises:
            AlreadyExists: another project has the new name.
        """
        ...

    def record_project_reading(self, name: ProjectName, reading: ProjectReading) -> RegisteredProject:
        """Keep what was read in its code; a reading with a problem leaves the last spec and commit as they are."""
        ...

    def get_project(self, name: ProjectName) -> RegisteredProject: ...

    def list_projects(self) -> tuple[RegisteredProject, ...]:
        """By name."""
        ...

    def delete_project(self, name: ProjectName) -> None:
        """Forget the name, and what was read. Its jobs and runs stay."""
        ...

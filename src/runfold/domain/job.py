"""Jobs: requests to run something, the agents that take them, and how a job goes from one state to the next.

QUEUED -> CLAIMED -> PREPARING -> RUNNING -> FINISHED | FAILED | CANCELLED
   |         \\___________\\___________\\--> LOST     (its agent is silent for longer than its lease)
   +--> CANCELLED                           LOST, FAILED --> QUEUED again, while it has tries left
"""

from __future__ import annotations

import enum

import msgspec

from runfold.domain.ids import ExperimentId, RunId
from runfold.domain.project import MAIN
from runfold.domain.target import TargetName
from runfold.domain.workspace import DEFAULT_WORKSPACE

JobId = str
"""32 hex digits."""

DEFAULT_QUEUE = "default"


class JobKind(enum.StrEnum):
    """What an agent does with a job.

    `PROJECT` runs an entry point. `READ_PROJECT` reads which entry points a registered project has. `RERUN` has a run
    again, as far as the job changes nothing, and says whether the same came out. `TARGET_TEST` tries whether a target
    can be used.
    """

    PROJECT = "project"
    READ_PROJECT = "read-project"
    RERUN = "rerun"
    TARGET_TEST = "target-test"


class JobState(enum.StrEnum):
    QUEUED = "queued"
    CLAIMED = "claimed"
    PREPARING = "preparing"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"

    @property
    def is_held(self) -> bool:
        """An agent has it."""
        return self in (JobState.CLAIMED, JobState.PREPARING, JobState.RUNNING)

    @property
    def is_over(self) -> bool:
        return self in (JobState.FINISHED, JobState.FAILED, JobState.CANCELLED, JobState.LOST)


class Resources(msgspec.Struct, frozen=True, kw_only=True):
    """What a command wants of the machine that runs it. 0: not said."""

    n_cpus: int = 0
    n_gpus: int = 0
    memory_gib: float = 0.0


class NewJob(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants to have run.

    Attributes:
        project: the registered project that it belongs to; empty: none.
        uri, version, entry_point, parameters: of the project, as `runfold run` takes them. Secrets are given as the
            place where the agent finds them, never as themselves. Of a RERUN, `parameters` are those that change.
        without: of a RERUN, parameters that the run was given and the job is not: defaults hold again.
        kind: of a test, `uri` and the fields of a project mean nothing.
        credential: where the agent finds what the repository asks for.
        origin: of a RERUN, the run to have again.
        experiment_id: where its run goes.
        target: where the agent that takes it has it executed, by name; empty: where the project's file says, or else on
            the agent's own machine.
        targets: those that the project's file may choose among; None: any. A server with users says which.
        resources: for targets that share out machines; elsewhere they are told to the command.
        queue: agents say which they serve.
        labels: an agent must have all of them.
        priority: higher ones are taken first; among equals, the older.
        n_tries: how often it may be started in all, when its agent is lost or its command fails.
        timeout_s: its command is ended after it; 0: never.
        array_limit: so many of an array's jobs run at a time; 0: as the target says.
        user_id: who asked for it.
        idempotency_key: a second job with the same key is the first one; empty: none.
    """

    uri: str
    kind: JobKind = JobKind.PROJECT
    project: str = ""
    version: str = ""
    entry_point: str = MAIN
    parameters: dict[str, str] = {}
    without: tuple[str, ...] = ()
    credential: str = ""
    origin: RunId = ""
    experiment_id: ExperimentId = "0"
    target: TargetName = ""
    targets: tuple[TargetName, ...] | None = None
    resources: Resources = Resources()
    run_name: str = ""
    env_manager: str = ""
    tags: dict[str, str] = {}
    queue: str = DEFAULT_QUEUE
    labels: tuple[str, ...] = ()
    priority: int = 0
    n_tries: int = 1
    timeout_s: float = 0.0
    array_limit: int = 0
    user_id: str = ""
    idempotency_key: str = ""


def target_test(name: TargetName, *, queue: str = "", user_id: str = "") -> NewJob:
    """The job in which an agent tries whether a target can be used."""
    return NewJob(
        kind=JobKind.TARGET_TEST, uri=f"target:{name}", target=name, queue=queue or DEFAULT_QUEUE, user_id=user_id
    )


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A job as the store has it.

    Attributes:
        attempt: counts its starts, from 1; 0 before the first. An agent names it with every report, so that one which
            was thought lost cannot speak for the job any more.
        lease_until_ms: without a sign of life until then, it is lost.
        is_cancel_requested: the agent is to end it.
        exit_code, reason: how its command ended.
        run_id: the run of its last attempt.
        array: the same for jobs that go to a cluster as one array; empty: it goes alone.
        workspace: in which its project, target and secrets are named.
    """

    job_id: JobId
    work: NewJob
    state: JobState
    creation_time_ms: int
    attempt: int = 0
    agent: str = ""
    claim_time_ms: int | None = None
    start_time_ms: int | None = None
    end_time_ms: int | None = None
    lease_until_ms: int | None = None
    is_cancel_requested: bool = False
    exit_code: int | None = None
    reason: str = ""
    run_id: RunId | None = None
    array: str = ""
    workspace: str = DEFAULT_WORKSPACE


class JobCounts(msgspec.Struct, frozen=True, kw_only=True):
    """How many jobs there are in each state, and whose they are.

    Attributes:
        states: those alone that some have.
        queues, targets, users: of all jobs, whatever was counted: what there is to choose from.
    """

    states: dict[JobState, int]
    queues: tuple[str, ...]
    targets: tuple[TargetName, ...]
    users: tuple[str, ...]


class JobGrid(msgspec.Struct, frozen=True, kw_only=True):
    """Jobs that were asked for together, one for each combination of parameters.

    Attributes:
        grid: what their tag `runfold.grid` says.
        states: how many of them are in each; those alone that some have.
    """

    grid: str
    states: dict[JobState, int]


class JobReport(msgspec.Struct, frozen=True, kw_only=True):
    """What an agent says of an attempt. What is None stays as it is."""

    state: JobState
    run_id: RunId | None = None
    exit_code: int | None = None
    reason: str = ""


class JobStep(msgspec.Struct, frozen=True, kw_only=True):
    """One change in the life of a job.

    Attributes:
        state: from then on; the same as before when somebody asked for its end.
    """

    time_ms: int
    attempt: int
    state: JobState
    agent: str = ""
    exit_code: int | None = None
    reason: str = ""


class JobChanges(msgspec.Struct, frozen=True, kw_only=True):
    """Jobs that changed.

    Attributes:
        jobs: as they are now, the one that changed first at the front.
        cursor: up to where that is; ask with it for what comes later.
    """

    jobs: tuple[Job, ...]
    cursor: int


class LogMatch(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a log in which a text was found.

    Attributes:
        line: its number, from 1.
        start: the byte that the line begins with.
        text: the line, cut when it is very long.
    """

    line: int
    start: int
    text: str


class LogMatches(msgspec.Struct, frozen=True, kw_only=True):
    """
    Attributes:
        is_complete: there are no more of them.
    """

    attempt: int
    matches: tuple[LogMatch, ...]
    is_complete: bool


class JobLog(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the output of an attempt.

    Attributes:
        start: the byte that it begins with.
        size: bytes of all that is there so far.
        is_whole: the attempt is over, nothing will be added.
    """

    attempt: int
    start: int
    content: bytes
    size: int
    is_whole: bool


class Agent(msgspec.Struct, frozen=True, kw_only=True):
    """Who takes jobs.

    Attributes:
        name: unique in its account; a second agent of the same name there is the same one.
        n_slots: as many jobs at a time; 0 in the last that it says, since it takes no more.
        account: of the user whose agent it is; empty: it has none. Not in what an agent says of itself, nor are the
            three that follow.
        seen_ms: when it last asked or reported, by the store's clock.
        n_held: jobs that it has now.
        is_there: it has not ended, and gave a sign of life lately.
    """

    name: str
    host: str = ""
    queues: tuple[str, ...] = (DEFAULT_QUEUE,)
    labels: tuple[str, ...] = ()
    n_slots: int = 1
    version: str = ""
    account: str = ""
    seen_ms: int = 0
    n_held: int = 0
    is_there: bool = False

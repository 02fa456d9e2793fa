"""Jobs, their logs, and the agents that take them."""

from __future__ import annotations

import enum

from runfold.wire.messages.base import Message


class JobKindName(enum.StrEnum):
    """`domain.job.JobKind`."""

    PROJECT = "project"
    READ_PROJECT = "read-project"
    RERUN = "rerun"
    TARGET_TEST = "target-test"


class JobStateName(enum.StrEnum):
    """`domain.job.JobState`."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    PREPARING = "preparing"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"


class JobResources(Message, frozen=True, kw_only=True):
    """What a command wants of the machine that runs it; 0: not said."""

    n_cpus: int = 0
    n_gpus: int = 0
    memory_gib: float = 0.0


class JobWork(Message, frozen=True, kw_only=True):
    """What is to be run.

    Attributes:
        uri, version, entry_point, parameters: of the project. Secrets are given as the place where the agent finds
            them (`env:NAME`, `file:/path`), never as themselves. Of a rerun, `parameters` are those that change.
        without: of a rerun, parameters that the run was given and the job is not: defaults hold again.
        kind: `read-project` reads which entry points the registered project has; `rerun` has the run `origin` again;
            `target-test` tries whether the target can be used.
        project: the registered project that the job belongs to.
        credential: where the agent finds what the repository asks for.
        origin: of a rerun, the run to have again.
        experiment_id: where its run goes.
        target: where the agent that takes it has it executed, by name; empty: where the project's file says, or else on
            the agent's own machine.
        targets: those that the project's file may choose among; null: any. A server with users says which.
        resources: absent: nothing in particular.
        labels: an agent must have all of them.
        priority: higher ones are taken first; among equals, the older.
        n_tries: how often it may be started in all, when its agent is lost or its command fails.
        timeout_s: its command is ended after it; 0: never.
        array_limit: so many of an array's jobs run at a time; 0: as the target says.
        idempotency_key: a second job with the same key is the first one.
    """

    uri: str
    kind: JobKindName = JobKindName.PROJECT
    project: str = ""
    version: str = ""
    entry_point: str = "main"
    parameters: dict[str, str] = {}
    without: tuple[str, ...] = ()
    credential: str = ""
    origin: str = ""
    experiment_id: str = "0"
    target: str = ""
    targets: tuple[str, ...] | None = None
    resources: JobResources | None = None
    run_name: str = ""
    env_manager: str = ""
    tags: dict[str, str] = {}
    queue: str = "default"
    labels: tuple[str, ...] = ()
    priority: int = 0
    n_tries: int = 1
    timeout_s: float = 0.0
    array_limit: int = 0
    user_id: str = ""
    idempotency_key: str = ""


class JobMessage(Message, frozen=True, kw_only=True):
    """
    Attributes:
        attempt: counts its starts, from 1; 0 before the first.
        lease_until_ms: without a sign of life until then, it is lost.
        run_id: the run of its last attempt.
        array: the same for jobs that go to a cluster as one array; empty: it goes alone.
        workspace: in which its project, target and secrets are named.
    """

    job_id: str
    work: JobWork
    state: JobStateName
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
    run_id: str | None = None
    array: str = ""
    workspace: str = "default"


class AgentMessage(Message, frozen=True, kw_only=True):
    """
    Attributes:
        n_slots: as many jobs at a time; 0: it has ended.
        account: of the user whose agent it is; the server tells it.
        seen_ms: when the server last heard from it.
        n_held: jobs that it has now.
        is_there: it has not ended, and gave a sign of life within the last half minute.
    """

    name: str
    host: str = ""
    queues: tuple[str, ...] = ("default",)
    labels: tuple[str, ...] = ()
    n_slots: int = 1
    version: str = ""
    account: str = ""
    seen_ms: int = 0
    n_held: int = 0
    is_there: bool = False


class SubmitJob(Message, frozen=True, kw_only=True):
    work: JobWork


class SubmitJobs(Message, frozen=True, kw_only=True):
    """At most 1000, queued in this order; all of them or none."""

    works: tuple[JobWork, ...]


class JobRef(Message, frozen=True, kw_only=True):
    job_id: str


class CountJobs(Message, frozen=True, kw_only=True):
    """No states: all of them; an empty text: every one.

    Attributes:
        grid: jobs that were asked for together have the same in their tag `runfold.grid`.
        text: every word of it, in any case, is in the job's id, run id, project, code, entry point, parameters, labels,
            queue, target or user.
    """

    states: tuple[JobStateName, ...] = ()
    project: str = ""
    queue: str = ""
    target: str = ""
    user_id: str = ""
    grid: str = ""
    text: str = ""


class ListJobs(CountJobs, frozen=True, kw_only=True):
    """Newest first.

    Attributes:
        is_folded: of jobs with the same `runfold.grid`, the newest that fits alone.
    """

    is_folded: bool = False
    max_results: int = 100
    page_token: str = ""


class ClaimJobs(Message, frozen=True, kw_only=True):
    """
    Attributes:
        n_jobs: at most so many.
    """

    agent: AgentMessage
    n_jobs: int = 1


class HeldJob(Message, frozen=True, kw_only=True):
    job_id: str
    attempt: int


class AwaitJobs(Message, frozen=True, kw_only=True):
    """
    Attributes:
        agent: no queues: it has no room for another job.
        held: ids of the jobs that it runs.
        wait_s: the answer comes as soon as there is news, or after so many seconds; at most 20.
    """

    agent: AgentMessage
    held: tuple[str, ...] = ()
    wait_s: float = 0.0


class AwaitJobsReply(Message, frozen=True, kw_only=True):
    """
    Attributes:
        has_news: there is a job that the agent may take, or one that it holds is to end.
    """

    has_news: bool = False


class BeatJobs(Message, frozen=True, kw_only=True):
    agent: str
    held: tuple[HeldJob, ...] = ()


class OpenJobToken(Message, frozen=True, kw_only=True):
    """
    Attributes:
        job_id, attempt: under way with the agent.
        digest: SHA-256, in hexadecimal digits, of a token `rfj_SECRET.JOB_ID` that the command's machine has made. It
            counts beside the agent's own, and none is given.
    """

    agent: str
    job_id: str
    attempt: int
    digest: str = ""


class JobTokenReply(Message, frozen=True, kw_only=True):
    """
    Attributes:
        token: shown this one time, and worth something while the agent holds the job; absent where nobody knows who
            asked for it, or where a digest was sent.
    """

    token: str = ""

    def __repr__(self) -> str:
        return "JobTokenReply()"


class ReportJob(Message, frozen=True, kw_only=True):
    """What an agent says of an attempt. What is absent stays as it is."""

    job_id: str
    attempt: int
    state: JobStateName
    run_id: str | None = None
    exit_code: int | None = None
    reason: str = ""


class AppendJobLog(Message, frozen=True, kw_only=True):
    """
    Attributes:
        start: the byte of the attempt's output that the piece begins with.
        content: base64.
    """

    job_id: str
    attempt: int
    start: int
    content: bytes


class WatchJobs(Message, frozen=True, kw_only=True):
    """
    Attributes:
        after: a cursor; -1: from now on.
    """

    after: int = -1


class ReadJobChanges(Message, frozen=True, kw_only=True):
    """
    Attributes:
        after: the cursor of the last answer; -1 for the present one.
    """

    after: int = -1
    max_results: int = 1000


class SearchJobLog(Message, frozen=True, kw_only=True):
    """Lines that hold a text, in any case.

    Attributes:
        attempt: absent: the last one.
        after: the byte to begin at; one past the start of the last match brings those that follow.
    """

    job_id: str
    text: str
    attempt: int | None = None
    after: int = 0
    max_results: int = 200


class ReadJobLog(Message, frozen=True, kw_only=True):
    """
    Attributes:
        attempt: absent: the last one.
    """

    job_id: str
    attempt: int | None = None
    start: int = 0
    max_bytes: int = 65_536


class JobReply(Message, frozen=True, kw_only=True):
    job: JobMessage


class JobsReply(Message, frozen=True, kw_only=True):
    jobs: tuple[JobMessage, ...] = ()
    next_page_token: str = ""


class JobCountsReply(Message, frozen=True, kw_only=True):
    """
    Attributes:
        states: how many fit, by state; those alone that some have.
        queues, targets, users: of all jobs, whatever was counted.
    """

    states: dict[JobStateName, int] = {}
    queues: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    users: tuple[str, ...] = ()


class GetJobGrids(Message, frozen=True, kw_only=True):
    """
    Attributes:
        grids: at most 1000 values of the tag `runfold.grid`.
    """

    grids: tuple[str, ...]


class JobGridMessage(Message, frozen=True, kw_only=True):
    """
    Attributes:
        states: how many of its jobs are in each; those alone that some have.
    """

    grid: str
    states: dict[JobStateName, int] = {}


class JobGridsReply(Message, frozen=True, kw_only=True):
    """
    Attributes:
        grids: in the order that they were asked for.
    """

    grids: tuple[JobGridMessage, ...] = ()


class JobStepMessage(Message, frozen=True, kw_only=True):
    """
    Attributes:
        state: from then on; the same as before when somebody asked for the job's end.
    """

    time_ms: int
    attempt: int
    state: JobStateName
    agent: str = ""
    exit_code: int | None = None
    reason: str = ""


class JobStepsReply(Message, frozen=True, kw_only=True):
    """
    Attributes:
        steps: oldest first, over all attempts.
    """

    steps: tuple[JobStepMessage, ...] = ()


class JobChangesReply(Message, frozen=True, kw_only=True):
    """
    Attributes:
        jobs: those that changed, as they are now; the one that changed first at the front.
        cursor: ask with it for what comes later.
    """

    cursor: int
    jobs: tuple[JobMessage, ...] = ()


class LogMatchMessage(Message, frozen=True, kw_only=True):
    """
    Attributes:
        line: its number, from 1.
        start: the byte that the line begins with.
        text: the line, cut when it is very long.
    """

    line: int
    start: int
    text: str


class LogMatchesReply(Message, frozen=True, kw_only=True):
    """
    Attributes:
        is_complete: there are no more matches.
    """

    attempt: int
    is_complete: bool
    matches: tuple[LogMatchMessage, ...] = ()


class BeatJobsReply(Message, frozen=True, kw_only=True):
    """
    Attributes:
        stop: jobs that the agent is to end.
    """

    stop: tuple[str, ...] = ()


class JobLogReply(Message, frozen=True, kw_only=True):
    """
    Attributes:
        content: base64.
        size: bytes of all that is there so far.
        is_whole: the attempt is over, nothing will be added.
    """

    attempt: int
    start: int
    content: bytes
    size: int
    is_whole: bool


class AgentsReply(Message, frozen=True, kw_only=True):
    agents: tuple[AgentMessage, ...] = ()

"""Jobs, and the agents that take them."""

from __future__ import annotations

import msgspec

from runfold.domain.job import (
    Agent,
    Job,
    JobChanges,
    JobCounts,
    JobGrid,
    JobLog,
    JobState,
    JobStep,
    LogMatches,
    NewJob,
    Resources,
)
from runfold.wire.messages.jobs import (
    AgentMessage,
    JobChangesReply,
    JobCountsReply,
    JobGridMessage,
    JobLogReply,
    JobMessage,
    JobStateName,
    JobStepMessage,
    JobWork,
    LogMatchesReply,
)


def job_work_out(work: NewJob) -> JobWork:
    fields = msgspec.to_builtins(work)
    if work.resources == Resources():
        del fields["resources"]
    return msgspec.convert(fields, JobWork)


def job_work_in(message: JobWork) -> NewJob:
    return msgspec.convert(msgspec.to_builtins(message), NewJob)


def job_state_out(state: JobState) -> JobStateName:
    return JobStateName(state.value)


def job_state_in(name: JobStateName) -> JobState:
    return JobState(name.value)


def job_out(job: Job) -> JobMessage:
    return JobMessage(
        job_id=job.job_id,
        work=job_work_out(job.work),
        state=job_state_out(job.state),
        creation_time_ms=job.creation_time_ms,
        attempt=job.attempt,
        agent=job.agent,
        claim_time_ms=job.claim_time_ms,
        start_time_ms=job.start_time_ms,
        end_time_ms=job.end_time_ms,
        lease_until_ms=job.lease_until_ms,
        is_cancel_requested=job.is_cancel_requested,
        exit_code=job.exit_code,
        reason=job.reason,
        run_id=job.run_id,
        array=job.array,
        workspace=job.workspace,
    )


def job_in(message: JobMessage) -> Job:
    return Job(
        job_id=message.job_id,
        work=job_work_in(message.work),
        state=job_state_in(message.state),
        creation_time_ms=message.creation_time_ms,
        attempt=message.attempt,
        agent=message.agent,
        claim_time_ms=message.claim_time_ms,
        start_time_ms=message.start_time_ms,
        end_time_ms=message.end_time_ms,
        lease_until_ms=message.lease_until_ms,
        is_cancel_requested=message.is_cancel_requested,
        exit_code=message.exit_code,
        reason=message.reason,
        run_id=message.run_id,
        array=message.array,
        workspace=message.workspace,
    )


def job_log_out(log: JobLog) -> JobLogReply:
    return msgspec.convert(log, JobLogReply, from_attributes=True)


def job_log_in(message: JobLogReply) -> JobLog:
    return msgspec.convert(message, JobLog, from_attributes=True)


def agent_out(agent: Agent) -> AgentMessage:
    return msgspec.convert(agent, AgentMessage, from_attributes=True)


def agent_in(message: AgentMessage) -> Agent:
    return msgspec.convert(message, Agent, from_attributes=True)


def job_step_out(step: JobStep) -> JobStepMessage:
    return msgspec.convert(step, JobStepMessage, from_attributes=True)


def job_step_in(message: JobStepMessage) -> JobStep:
    return msgspec.convert(message, JobStep, from_attributes=True)


def job_changes_out(changes: JobChanges) -> JobChangesReply:
    return JobChangesReply(jobs=tuple(map(job_out, changes.jobs)), cursor=changes.cursor)


def job_changes_in(message: JobChangesReply) -> JobChanges:
    return JobChanges(jobs=tuple(map(job_in, message.jobs)), cursor=message.cursor)


def log_matches_out(found: LogMatches) -> LogMatchesReply:
    return msgspec.convert(found, LogMatchesReply, from_attributes=True)


def log_matches_in(message: LogMatchesReply) -> LogMatches:
    return msgspec.convert(message, LogMatches, from_attributes=True)


def job_counts_out(counts: JobCounts) -> JobCountsReply:
    return msgspec.convert(counts, JobCountsReply, from_attributes=True)


def job_counts_in(message: JobCountsReply) -> JobCounts:
    return msgspec.convert(message, JobCounts, from_attributes=True)


def job_grid_out(grid: JobGrid) -> JobGridMessage:
    return msgspec.convert(grid, JobGridMessage, from_attributes=True)


def job_grid_in(message: JobGridMessage) -> JobGrid:
    return msgspec.convert(message, JobGrid, from_attributes=True)

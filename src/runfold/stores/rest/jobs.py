"""Jobs of a server."""

from __future__ import annotations

from collections.abc import Sequence

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
    JobStep,
    LogMatches,
    NewJob,
)
from runfold.domain.page import Page
from runfold.stores.rest.connection import Connection
from runfold.stores.work import JobQuery
from runfold.wire import convert
from runfold.wire.messages import jobs
from runfold.wire.messages.base import Empty


class RestJobs:
    """`stores.base.JobStore`."""

    _connection: Connection

    def submit_job(self, work: NewJob) -> Job:
        request = jobs.SubmitJob(work=convert.job_work_out(work))
        reply = self._connection.call("jobs/submit", request, jobs.JobReply, is_repeatable=bool(work.idempotency_key))
        return convert.job_in(reply.job)

    def submit_jobs(self, works: Sequence[NewJob]) -> tuple[Job, ...]:
        request = jobs.SubmitJobs(works=tuple(map(convert.job_work_out, works)))
        is_repeatable = all(work.idempotency_key for work in works)
        reply = self._connection.call("jobs/submit-many", request, jobs.JobsReply, is_repeatable=is_repeatable)
        return tuple(map(convert.job_in, reply.jobs))

    def get_job(self, job_id: JobId) -> Job:
        return self._job("jobs/get", job_id)

    def list_jobs(self, query: JobQuery) -> Page[Job]:
        request = msgspec.convert(query, jobs.ListJobs, from_attributes=True)
        reply = self._connection.call("jobs/list", request, jobs.JobsReply)
        return Page(items=tuple(map(convert.job_in, reply.jobs)), next_token=reply.next_page_token)

    def count_jobs(self, query: JobQuery) -> JobCounts:
        request = msgspec.convert(query, jobs.CountJobs, from_attributes=True)
        return convert.job_counts_in(self._connection.call("jobs/count", request, jobs.JobCountsReply))

    def get_job_grids(self, grids: Sequence[str]) -> tuple[JobGrid, ...]:
        request = jobs.GetJobGrids(grids=tuple(grids))
        reply = self._connection.call("jobs/grids", request, jobs.JobGridsReply)
        return tuple(map(convert.job_grid_in, reply.grids))

    def get_job_steps(self, job_id: JobId) -> tuple[JobStep, ...]:
        reply = self._connection.call("jobs/steps", jobs.JobRef(job_id=job_id), jobs.JobStepsReply)
        return tuple(map(convert.job_step_in, reply.steps))

    def changed_jobs(self, *, after: int, max_results: int = 1000) -> JobChanges:
        request = jobs.ReadJobChanges(after=after, max_results=max_results)
        return convert.job_changes_in(self._connection.call("jobs/changes", request, jobs.JobChangesReply))

    def claim_jobs(self, agent: Agent, n_jobs: int) -> tuple[Job, ...]:
        request = jobs.ClaimJobs(agent=convert.agent_out(agent), n_jobs=n_jobs)
        # Sent again, it would take more jobs beside those whose answer was lost; these lapse and are found then.
        reply = self._connection.call("jobs/claim", request, jobs.JobsReply, is_repeatable=False)
        return tuple(map(convert.job_in, reply.jobs))

    def await_jobs(self, agent: Agent, held: Sequence[JobId], wait_s: float) -> bool:
        request = jobs.AwaitJobs(agent=convert.agent_out(agent), held=tuple(held), wait_s=wait_s)
        return self._connection.call("jobs/await", request, jobs.AwaitJobsReply).has_news

    def beat_jobs(self, agent: str, held: Sequence[tuple[JobId, int]]) -> tuple[JobId, ...]:
        named = tuple(jobs.HeldJob(job_id=job_id, attempt=attempt) for job_id, attempt in held)
        return self._connection.call("jobs/beat", jobs.BeatJobs(agent=agent, held=named), jobs.BeatJobsReply).stop

    def open_job_token(self, agent: str, job_id: JobId, attempt: int, *, digest: str = "") -> str:
        request = jobs.OpenJobToken(agent=agent, job_id=job_id, attempt=attempt, digest=digest)
        return self._connection.call("jobs/token", request, jobs.JobTokenReply).token

    def report_job(self, job_id: JobId, attempt: int, report: JobReport) -> Job:
        request = jobs.ReportJob(
            job_id=job_id,
            attempt=attempt,
            state=convert.job_state_out(report.state),
            run_id=report.run_id,
            exit_code=report.exit_code,
            reason=report.reason,
        )
        return convert.job_in(self._connection.call("jobs/report", request, jobs.JobReply).job)

    def cancel_job(self, job_id: JobId) -> Job:
        return self._job("jobs/cancel", job_id)

    def retry_job(self, job_id: JobId) -> Job:
        return self._job("jobs/retry", job_id, is_repeatable=False)

    def append_job_log(self, job_id: JobId, attempt: int, start: int, content: bytes) -> None:
        request = jobs.AppendJobLog(job_id=job_id, attempt=attempt, start=start, content=content)
        self._connection.call("jobs/append-log", request, Empty)

    def read_job_log(
        self, job_id: JobId, *, attempt: int | None = None, start: int = 0, max_bytes: int = 65_536
    ) -> JobLog:
        request = jobs.ReadJobLog(job_id=job_id, attempt=attempt, start=start, max_bytes=max_bytes)
        return convert.job_log_in(self._connection.call("jobs/read-log", request, jobs.JobLogReply))

    def search_job_log(
        self, job_id: JobId, text: str, *, attempt: int | None = None, after: int = 0, max_results: int = 200
    ) -> LogMatches:
        request = jobs.SearchJobLog(job_id=job_id, text=text, attempt=attempt, after=after, max_results=max_results)
        return convert.log_matches_in(self._connection.call("jobs/search-log", request, jobs.LogMatchesReply))

    def list_agents(self) -> tuple[Agent, ...]:
        reply = self._connection.call("agents/list", Empty(), jobs.AgentsReply)
        return tuple(map(convert.agent_in, reply.agents))

    def _job(self, name: str, job_id: JobId, *, is_repeatable: bool = True) -> Job:
        request = jobs.JobRef(job_id=job_id)
        return convert.job_in(self._connection.call(name, request, jobs.JobReply, is_repeatable=is_repeatable).job)

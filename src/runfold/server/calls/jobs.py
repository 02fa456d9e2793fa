"""Jobs, their logs, and the agents that take them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import msgspec

from runfold.domain.access import ALL_VISIBLE
from runfold.domain.job import JobReport
from runfold.errors import InvalidValue
from runfold.server.bind import Answer
from runfold.server.calls.experiments import check_max_results
from runfold.server.services import Services
from runfold.stores.work import JobQuery
from runfold.wire import convert
from runfold.wire.messages import jobs
from runfold.wire.messages.base import Empty

MAX_JOBS = 1000
MAX_CLAIMED = 100
MAX_HELD = 1000
MAX_WAIT_S = 20.0
MAX_LOG_PART = 2**20
MAX_SUBMITTED = 1000
MAX_MATCHES = 1000
MAX_GRIDS = 1000


def submit(services: Services, request: jobs.SubmitJob) -> jobs.JobReply:
    job = services.store.submit_job(convert.job_work_in(request.work))
    return jobs.JobReply(job=convert.job_out(job))


def submit_many(services: Services, request: jobs.SubmitJobs) -> jobs.JobsReply:
    if not 0 < len(request.works) <= MAX_SUBMITTED:
        raise InvalidValue(f"{len(request.works)} jobs in one call; it takes 1 to {MAX_SUBMITTED}.")
    submitted = services.store.submit_jobs(tuple(map(convert.job_work_in, request.works)))
    return jobs.JobsReply(jobs=tuple(map(convert.job_out, submitted)))


def get(services: Services, request: jobs.JobRef) -> jobs.JobReply:
    return jobs.JobReply(job=convert.job_out(services.store.get_job(request.job_id)))


def list_jobs(services: Services, request: jobs.ListJobs) -> jobs.JobsReply:
    check_max_results(request.max_results, MAX_JOBS)
    page = services.store.list_jobs(_query(request))
    return jobs.JobsReply(jobs=tuple(map(convert.job_out, page.items)), next_page_token=page.next_token)


def count_jobs(services: Services, request: jobs.CountJobs) -> jobs.JobCountsReply:
    return convert.job_counts_out(services.store.count_jobs(_query(request)))


def _query(request: jobs.CountJobs | jobs.ListJobs) -> JobQuery:
    return msgspec.convert(request, JobQuery, from_attributes=True)


def grids(services: Services, request: jobs.GetJobGrids) -> jobs.JobGridsReply:
    if len(request.grids) > MAX_GRIDS:
        raise InvalidValue(f"{len(request.grids)} grids in one call; it takes at most {MAX_GRIDS}.")
    found = services.store.get_job_grids(request.grids)
    return jobs.JobGridsReply(grids=tuple(map(convert.job_grid_out, found)))


def steps(services: Services, request: jobs.JobRef) -> jobs.JobStepsReply:
    return jobs.JobStepsReply(steps=tuple(map(convert.job_step_out, services.store.get_job_steps(request.job_id))))


def changes(services: Services, request: jobs.ReadJobChanges) -> jobs.JobChangesReply:
    check_max_results(request.max_results, MAX_JOBS)
    changed = services.store.changed_jobs(after=request.after, max_results=request.max_results)
    return convert.job_changes_out(changed)


def claim(services: Services, request: jobs.ClaimJobs) -> jobs.JobsReply:
    if not 0 <= request.n_jobs <= MAX_CLAIMED:
        raise InvalidValue(f"n_jobs is {request.n_jobs}; it takes a number from 0 to {MAX_CLAIMED}.")
    claimed = services.store.claim_jobs(convert.agent_in(request.agent), request.n_jobs)
    return jobs.JobsReply(jobs=tuple(map(convert.job_out, claimed)))


async def await_jobs(services: Services, request: jobs.AwaitJobs) -> jobs.AwaitJobsReply:
    if not 0 <= request.wait_s <= MAX_WAIT_S:
        raise InvalidValue(f"wait_s is {request.wait_s}; it takes a number of seconds from 0 to {MAX_WAIT_S}.")
    _check_held(len(request.held))
    agent = convert.agent_in(request.agent)

    async def look() -> bool:
        return await services.in_thread(partial(services.store.await_jobs, agent, request.held, 0.0))

    serves = ALL_VISIBLE if services.caller is None else services.caller.rights.serves()
    wait = services.job_news.wait
    has_news = await look() or await wait(agent, request.held, request.wait_s, serves=serves, look=look)
    return jobs.AwaitJobsReply(has_news=has_news)


def _check_held(n: int) -> None:
    if n > MAX_HELD:
        raise InvalidValue(f"An agent holds at most {MAX_HELD} jobs; {n} were named.")


def beat(services: Services, request: jobs.BeatJobs) -> jobs.BeatJobsReply:
    _check_held(len(request.held))
    held = tuple((job.job_id, job.attempt) for job in request.held)
    return jobs.BeatJobsReply(stop=services.store.beat_jobs(request.agent, held))


def open_token(services: Services, request: jobs.OpenJobToken) -> jobs.JobTokenReply:
    token = services.store.open_job_token(request.agent, request.job_id, request.attempt, digest=request.digest)
    return jobs.JobTokenReply(token=token)


def report(services: Services, request: jobs.ReportJob) -> jobs.JobReply:
    said = JobReport(
        state=convert.job_state_in(request.state),
        run_id=request.run_id,
        exit_code=request.exit_code,
        reason=request.reason,
    )
    return jobs.JobReply(job=convert.job_out(services.store.report_job(request.job_id, request.attempt, said)))


def cancel(services: Services, request: jobs.JobRef) -> jobs.JobReply:
    return jobs.JobReply(job=convert.job_out(services.store.cancel_job(request.job_id)))


def retry(services: Services, request: jobs.JobRef) -> jobs.JobReply:
    return jobs.JobReply(job=convert.job_out(services.store.retry_job(request.job_id)))


def append_log(services: Services, request: jobs.AppendJobLog) -> Empty:
    services.store.append_job_log(request.job_id, request.attempt, request.start, request.content)
    return Empty()


def read_log(services: Services, request: jobs.ReadJobLog) -> jobs.JobLogReply:
    if not 0 <= request.max_bytes <= MAX_LOG_PART:
        raise InvalidValue(f"max_bytes is {request.max_bytes}; it takes a number from 0 to {MAX_LOG_PART}.")
    if request.start < 0:
        raise InvalidValue(f"start is {request.start}; it takes a number of bytes from 0.")
    log = services.store.read_job_log(
        request.job_id, attempt=request.attempt, start=request.start, max_bytes=request.max_bytes
    )
    return convert.job_log_out(log)


def search_log(services: Services, request: jobs.SearchJobLog) -> jobs.LogMatchesReply:
    check_max_results(request.max_results, MAX_MATCHES)
    found = services.store.search_job_log(
        request.job_id, request.text, attempt=request.attempt, after=request.after, max_results=request.max_results
    )
    return convert.log_matches_out(found)


def list_agents(services: Services, request: Empty) -> jobs.AgentsReply:
    return jobs.AgentsReply(agents=tuple(map(convert.agent_out, services.store.list_agents())))


ANSWERS: Mapping[str, Answer] = {
    "jobs/submit": submit,
    "jobs/submit-many": submit_many,
    "jobs/get": get,
    "jobs/list": list_jobs,
    "jobs/count": count_jobs,
    "jobs/grids": grids,
    "jobs/steps": steps,
    "jobs/changes": changes,
    "jobs/claim": claim,
    "jobs/await": await_jobs,
    "jobs/beat": beat,
    "jobs/token": open_token,
    "jobs/report": report,
    "jobs/cancel": cancel,
    "jobs/retry": retry,
    "jobs/append-log": append_log,
    "jobs/read-log": read_log,
    "jobs/search-log": search_log,
    "agents/list": list_agents,
}

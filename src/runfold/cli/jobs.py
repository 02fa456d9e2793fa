"""`runfold jobs` and `runfold agent`."""

from __future__ import annotations

import os
import platform
import sys
import time
import uuid
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from runfold.cli import formats
from runfold.cli.connect import json_option, with_new_session, with_session, with_store
from runfold.cli.exits import FAILURE
from runfold.cli.output import print_done, print_facts, print_json, print_table
from runfold.cli.pairs import parse_pairs
from runfold.cli.run import ProjectOptions, experiment_id, project_options, tell
from runfold.cli.tables import Column

if TYPE_CHECKING:
    from runfold.domain.job import Job
    from runfold.stores.base import TrackingStore
    from runfold.tracking.session import Session

STATES = ("queued", "claimed", "preparing", "running", "finished", "failed", "cancelled", "lost")
FOLLOW_S = 1.0

JOB = click.argument("job", metavar="JOB")
QUEUE = click.option("-q", "--queue", default="default", show_default=True, help="Queue of the job.")


@click.group()
def jobs() -> None:
    """Queue work for agents, and look after it.

    A JOB is an id or the beginning of one.
    """


@jobs.command()
@project_options
@QUEUE
@click.option("-l", "--label", "labels", multiple=True, help="What the agent must have, such as gpu. Repeatable.")
@click.option("--priority", type=int, default=0, show_default=True, help="Higher ones are taken first.")
@click.option("--tries", "n_tries", type=click.IntRange(1), default=1, show_default=True, help="Starts in all.")
@click.option(
    "--vary",
    "varied",
    multiple=True,
    metavar="NAME=VALUES",
    help="A parameter's values, as in 0.1,0.2 or '0..1 by 0.25': a job for every combination. Repeatable.",
)
@click.option("--array-limit", type=click.IntRange(0), default=0, help="So many run at a time on a Slurm target.")
@json_option
@with_session
def submit(
    session: Session,
    queue: str,
    labels: tuple[str, ...],
    priority: int,
    n_tries: int,
    varied: tuple[str, ...],
    array_limit: int,
    as_json: bool,
    **given: Any,
) -> None:
    """Queue a project for an agent to run. Takes the options of `runfold run`.

    The agent fetches the project itself: URI is a place that it can reach. Prints the id of the job; with --vary, one
    in a line.

    \b
      runfold jobs submit . -P data=wine.csv --vary alpha=0.1,0.2 --vary 'l1_ratio=0..1 by 0.5'
    """
    import msgspec

    from runfold.domain import known_tags
    from runfold.domain.job import NewJob
    from runfold.projects.grid import combinations, list_values
    from runfold.tracking.source import user_name

    options = ProjectOptions(**given)
    work = NewJob(
        uri=_address(session.store, options.uri),
        version=options.version,
        credential=options.credential,
        entry_point=options.entry_point,
        experiment_id=experiment_id(session, options.experiment),
        run_name=options.run_name,
        env_manager=options.env_manager or "",
        queue=queue,
        labels=labels,
        priority=priority,
        n_tries=n_tries,
        timeout_s=options.timeout_s,
        target=options.target,
        resources=options.resources,
        array_limit=array_limit,
        user_id=user_name(),
    )
    given_values = dict(parse_pairs(options.parameters))
    grid = combinations({name: list_values(values) for name, values in parse_pairs(varied)})
    tags = {known_tags.GRID: uuid.uuid4().hex} if varied else {}
    works = [msgspec.structs.replace(work, parameters=given_values | row, tags=tags) for row in grid]
    submitted = session.store.submit_jobs(works)
    print_done("\n".join(job.job_id for job in submitted), submitted if varied else submitted[0], as_json=as_json)
    _tell_if_nobody_takes(session.store, submitted[0])


def _address(store: TrackingStore, uri: str) -> str:
    """What agents are told. A path from here must lead somewhere; a full one may be that of another machine."""
    from runfold.errors import InvalidValue
    from runfold.projects.fetch import is_repository
    from runfold.projects.reading import absolute

    address, place = absolute(uri), uri.partition("#")[0]
    if is_repository(place) or Path(place).is_absolute() or Path(address.partition("#")[0]).exists():
        return address
    for known in store.list_projects():
        if known.settings.name == uri:
            code = "#".join(filter(None, [known.settings.uri, known.settings.folder]))
            raise InvalidValue(f"{uri!r} is no folder here, but a registered project. Submit its code: {code}")
    raise InvalidValue(
        f"{uri!r} is no folder or archive here. If agents have it on another machine, give its full path."
    )


def _tell_if_nobody_takes(store: TrackingStore, job: Job) -> None:
    from runfold.errors import PermissionDenied

    queue, labels = job.work.queue, job.work.labels
    with suppress(PermissionDenied):  # who may not see agents is not told of them
        if not any(
            agent.is_there and queue in agent.queues and set(labels) <= set(agent.labels)
            for agent in store.list_agents()
        ):
            options = "".join(f" --label {label}" for label in labels)
            tell(f"It waits: no agent is there that takes it. Start one with `runfold agent --queue {queue}{options}`.")


@jobs.command("list")
@click.option("-s", "--state", "states", multiple=True, type=click.Choice(STATES), help="Repeatable. Default: all.")
@click.option("-q", "--queue", default="", help="Default: every queue.")
@click.option("-n", "--limit", default=50, show_default=True, type=click.IntRange(1, 1000), help="Most jobs.")
@json_option
@with_store
def list_jobs(store: TrackingStore, states: tuple[str, ...], queue: str, limit: int, as_json: bool) -> None:
    """List jobs, newest first."""
    from runfold.domain.job import JobState
    from runfold.stores.work import JobQuery

    query = JobQuery(states=tuple(map(JobState, states)), queue=queue, max_results=limit)
    found = store.list_jobs(query).items
    if as_json:
        print_json(found)
        return
    now_ms = int(time.time() * 1000)
    columns = [Column(title) for title in ("job", "state", "age", "duration", "queue", "entry point", "project", "run")]
    print_table(columns, [_row(job, now_ms) for job in found], empty="There are no such jobs.")


def _row(job: Job, now_ms: int) -> list[str]:
    return [
        job.job_id[:12],
        job.state.value,
        formats.age(job.creation_time_ms, now_ms=now_ms),
        _duration(job, now_ms),
        job.work.queue,
        job.work.entry_point,
        job.work.uri,
        (job.run_id or "")[:12],
    ]


def _duration(job: Job, now_ms: int) -> str:
    if job.start_time_ms is None:
        return ""
    return formats.duration((job.end_time_ms or now_ms) - job.start_time_ms)


@jobs.command()
@JOB
@json_option
@with_store
def show(store: TrackingStore, job: str, as_json: bool) -> None:
    """Show all that is known of a job, except its log."""
    found = find_job(store, job)
    if as_json:
        print_json(found)
        return
    work = found.work
    print_facts(
        [
            ("job", found.job_id),
            ("state", found.state.value + (", to be cancelled" if found.is_cancel_requested else "")),
            ("reason", found.reason),
            ("exit code", "" if found.exit_code is None else str(found.exit_code)),
            ("project", f"{work.uri} {work.version}".strip()),
            ("entry point", work.entry_point),
            ("parameters", " ".join(f"{name}={value}" for name, value in work.parameters.items())),
            ("target", work.target),
            ("queue", " ".join([work.queue, *work.labels])),
            ("attempt", f"{found.attempt} of {work.n_tries}"),
            ("agent", found.agent),
            ("asked for", f"{formats.moment(found.creation_time_ms)} by {work.user_id or 'nobody known'}"),
            ("duration", _duration(found, int(time.time() * 1000))),
            ("run", found.run_id or ""),
        ]
    )


@jobs.command()
@JOB
@click.option("-f", "--follow", is_flag=True, help="Go on until the job is over; exit with 1 unless it finished.")
@click.option("--attempt", type=click.IntRange(1), help="Default: the last one.")
@with_store
def log(store: TrackingStore, job: str, follow: bool, attempt: int | None) -> None:
    """Print the output of a job."""
    from runfold.domain.job import JobState

    found = find_job(store, job)
    start = 0
    while True:
        part = store.read_job_log(found.job_id, attempt=attempt, start=start)
        sys.stdout.buffer.write(part.content)
        start += len(part.content)
        if start < part.size:
            continue
        if part.is_whole or not follow:
            break
        sys.stdout.buffer.flush()
        time.sleep(FOLLOW_S)
    if follow and store.get_job(found.job_id).state is not JobState.FINISHED:
        click.get_current_context().exit(FAILURE)


@jobs.command()
@JOB
@json_option
@with_store
def cancel(store: TrackingStore, job: str, as_json: bool) -> None:
    """End a job: a waiting one at once, a running one by its agent."""
    ended = store.cancel_job(find_job(store, job).job_id)
    said = "is cancelled" if ended.state.is_over else "will be ended by its agent"
    print_done(f"Job {ended.job_id} {said}.", ended, as_json=as_json)


@jobs.command()
@JOB
@json_option
@with_store
def retry(store: TrackingStore, job: str, as_json: bool) -> None:
    """Queue a job again that is over."""
    queued = store.retry_job(find_job(store, job).job_id)
    print_done(f"Job {queued.job_id} waits in queue {queued.work.queue}.", queued, as_json=as_json)
    _tell_if_nobody_takes(store, queued)


@jobs.command()
@json_option
@with_store
def agents(store: TrackingStore, as_json: bool) -> None:
    """List the agents that have asked for jobs."""
    found = store.list_agents()
    if as_json:
        print_json(found)
        return
    now_ms = int(time.time() * 1000)
    print_table(
        [Column(title) for title in ("agent", "state", "host", "queues", "labels", "busy", "seen")],
        [
            [
                agent.name,
                "there" if agent.is_there else "silent" if agent.n_slots else "ended",
                agent.host,
                " ".join(agent.queues),
                " ".join(agent.labels),
                f"{agent.n_held} of {agent.n_slots}" if agent.is_there else "",
                formats.age(agent.seen_ms, now_ms=now_ms),
            ]
            for agent in found
        ],
        empty="No agent has asked for jobs yet; `runfold agent` starts one.",
    )


def find_job(store: TrackingStore, text: str) -> Job:
    """The job with this id, or the only one of the last thousand whose id begins with it.

    Raises:
        NotFound: no job is meant.
        InvalidValue: several are.
    """
    from runfold.errors import InvalidValue, NotFound
    from runfold.stores.work import JobQuery

    try:
        return store.get_job(text)
    except (NotFound, InvalidValue):
        pass
    found = [job for job in store.list_jobs(JobQuery(max_results=1000)).items if text and job.job_id.startswith(text)]
    if not found:
        raise NotFound("job", text)
    if len(found) > 1:
        raise InvalidValue(f"{text!r} means {len(found)} jobs. Use a full id.")
    return found[0]


@click.command()
@click.option("-q", "--queue", "queues", multiple=True, default=("default",), show_default=True, help="Repeatable.")
@click.option("-l", "--label", "labels", multiple=True, help="What this machine has, such as gpu. Repeatable.")
@click.option("-n", "--slots", type=click.IntRange(1, 100), default=1, show_default=True, help="Jobs at a time.")
@click.option("--name", default="", help="Name of the agent. Default: the host's name and the process's number.")
@click.option("--until-idle", is_flag=True, help="Stop when there is nothing to do any more.")
@with_new_session
def agent(
    session: Session,
    queues: tuple[str, ...],
    labels: tuple[str, ...],
    slots: int,
    name: str,
    until_idle: bool,
) -> None:
    """Take jobs from the queues and run them on this machine, until SIGTERM or Ctrl-C.

    A job runs as the user of the agent, with the agent's environment: start one only where you would run what others
    may queue.
    """
    from runfold.projects.agent import describe_agent, run_agent

    me = describe_agent(name or f"{platform.node()}-{os.getpid()}", queues=queues, labels=labels, n_slots=slots)
    run_agent(session, me, tell=tell, until_idle=until_idle)

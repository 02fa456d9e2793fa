"""Jobs that are submitted together to a Slurm target: the cluster gets them as arrays, so one agent takes them."""

from __future__ import annotations

import uuid
from collections.abc import Hashable, Iterable, Sequence

import sqlalchemy as sa

from runfold.domain.job import JobKind, JobState, NewJob
from runfold.domain.target import TargetKind
from runfold.stores.sql.jobs.tables import jobs
from runfold.stores.sql.jobs.targets import find_target
from runfold.stores.sql.transaction import Transaction

MAX_TASKS = 100
"""Of one array: an agent follows each of them."""


def choose_arrays(connection: sa.Connection, works: Sequence[NewJob]) -> tuple[str, ...]:
    """The array of each job; those that ask the same of the same cluster get the same one. Empty: it goes alone."""
    members: dict[Hashable, list[int]] = {}
    for number, work in enumerate(works):
        if _is_for_arrays(connection, work):
            members.setdefault(_kind(work), []).append(number)
    chosen = [""] * len(works)
    for numbers in members.values():
        for first in range(0, len(numbers), MAX_TASKS):
            tasks = numbers[first : first + MAX_TASKS]
            name = uuid.uuid4().hex if len(tasks) > 1 else ""
            for number in tasks:
                chosen[number] = name
    return tuple(chosen)


def _is_for_arrays(connection: sa.Connection, work: NewJob) -> bool:
    is_run = work.kind in (JobKind.PROJECT, JobKind.RERUN)
    target = find_target(connection, work.target) if work.target and is_run else None
    return target is not None and target.kind is TargetKind.SLURM


def _kind(work: NewJob) -> Hashable:
    return work.kind, work.target, work.resources, work.timeout_s, work.array_limit, work.queue, work.labels


def waiting_beside(transaction: Transaction, number: int) -> Iterable[tuple[int, int]]:
    """Number and attempt of the queued jobs of a job's array, without itself."""
    array = transaction.connection.execute(sa.select(jobs.c.array).where(jobs.c.id == number)).scalar()
    if not array:  # in one query with the rest, all jobs that go alone would be read
        return []
    beside = (
        sa.select(jobs.c.id, jobs.c.attempt)
        .where(jobs.c.array == array, jobs.c.id != number)
        .where(jobs.c.state == JobState.QUEUED.value)
        .order_by(jobs.c.id)
    )
    return [(row.id, row.attempt) for row in transaction.connection.execute(beside)]

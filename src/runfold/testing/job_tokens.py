"""The suite of tokens of jobs, for a fixture `desk`; it needs a store with users.

The store must count a job as lost after `testing.stores.JOB_LEASE_S`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import NamedTuple, Protocol

import pytest

from runfold.domain.access import Grant, Place, PlaceKind, Role, Subject, SubjectKind, User
from runfold.domain.job import Agent, Job, JobReport, JobState, NewJob
from runfold.domain.registered_project import ProjectSettings
from runfold.domain.workspace import DEFAULT_WORKSPACE, DeletionMode
from runfold.errors import InvalidState, InvalidValue, NotFound
from runfold.stores.base import TrackingStore
from runfold.testing.stores.records import unique, wait_for

PASSWORD = "correct horse battery"  # noqa: S105 - of users that tests make
OVER = [JobState.FINISHED, JobState.FAILED, JobState.CANCELLED]


class Desk(Protocol):
    """Where jobs are asked for.

    Attributes:
        store: of an administrator, whose account is the agent's, too.
    """

    store: TrackingStore

    def submit(self, user: User, work: NewJob, workspace: str = DEFAULT_WORKSPACE) -> Job:
        """As somebody."""
        ...

    def known_as(self, token: str) -> str:
        """The name of whom a token is of, if it lets anybody in at all; else nothing."""
        ...


class Held(NamedTuple):
    """A job that an agent has taken, with its token."""

    job: Job
    agent: Agent
    token: str
    user: User


def agent_of(queue: str) -> Agent:
    return Agent(name=unique("agent"), queues=(queue,), n_slots=1)


@pytest.fixture
def take(desk: Desk) -> Callable[..., Held]:
    """Has somebody ask for a job, and an agent take it."""

    def make(workspace: str = DEFAULT_WORKSPACE, **fields: object) -> Held:
        user = desk.store.create_user(unique("user"), password=PASSWORD)
        place = Place(PlaceKind.WORKSPACE, workspace)
        subject = Subject(SubjectKind.USER, user.name)
        desk.store.set_grant(Grant(subject=subject, place=place, role=Role.CONTRIBUTOR))
        queue = unique("queue")
        work = NewJob(**{"uri": "/p", "queue": queue, **fields})  # type: ignore[arg-type]
        desk.submit(user, work, workspace)
        agent = agent_of(queue)
        (job,) = desk.store.claim_jobs(agent, 1)
        return Held(job, agent, desk.store.open_job_token(agent.name, job.job_id, job.attempt), user)

    return make


def is_dead(desk: Desk, token: str) -> bool:
    """What was found out a moment ago may be believed for another second."""
    return wait_for(lambda: not desk.known_as(token))


def made_there(job: Job) -> tuple[str, str]:
    """A token, as the machine of a command makes it, and its digest."""
    token = f"rfj_{unique('secret')}.{job.job_id}"
    return token, hashlib.sha256(token.encode()).hexdigest()


def test_a_token_is_of_who_asked_while_an_agent_holds_the_job(desk: Desk, take: Callable[..., Held]) -> None:
    held = take()
    assert held.token.startswith("rfj_")
    assert desk.known_as(held.token) == held.user.name
    desk.store.report_job(held.job.job_id, 1, JobReport(state=JobState.RUNNING))
    assert desk.known_as(held.token) == held.user.name
    assert desk.known_as(held.token + "x") == desk.known_as("rfj_" + held.job.job_id) == ""


@pytest.mark.parametrize("state", OVER, ids=lambda state: state.value)
def test_a_token_ends_with_its_job(desk: Desk, take: Callable[..., Held], state: JobState) -> None:
    held = take()
    if state is JobState.CANCELLED:
        desk.store.cancel_job(held.job.job_id)
        assert desk.known_as(held.token) == held.user.name
    desk.store.report_job(held.job.job_id, 1, JobReport(state=state))
    assert is_dead(desk, held.token)
    with pytest.raises(InvalidState):
        desk.store.open_job_token(held.agent.name, held.job.job_id, 1)


def test_a_lease_that_lapses_ends_the_token_and_the_next_agent_gets_another(
    desk: Desk, take: Callable[..., Held]
) -> None:
    held = take(n_tries=2)
    second = agent_of(held.job.work.queue)
    (again,) = wait_for(lambda: desk.store.claim_jobs(second, 1))
    assert (again.job_id, again.attempt) == (held.job.job_id, 2)
    assert is_dead(desk, held.token)
    for agent, attempt in ((held.agent.name, 1), (second.name, 1), (held.agent.name, 2)):
        with pytest.raises(InvalidState):
            desk.store.open_job_token(agent, again.job_id, attempt)
    assert desk.known_as(desk.store.open_job_token(second.name, again.job_id, 2)) == held.user.name


def test_a_job_that_is_lost_for_good_has_no_token(desk: Desk, take: Callable[..., Held]) -> None:
    held = take()
    other = agent_of(unique("queue"))

    def is_over() -> bool:
        desk.store.claim_jobs(other, 1)  # whoever asks for jobs finds what is lost
        return desk.store.get_job(held.job.job_id).state.is_over

    wait_for(is_over)
    assert is_dead(desk, held.token)


def test_no_other_agent_gets_a_token(desk: Desk, take: Callable[..., Held]) -> None:
    held = take()
    with pytest.raises(InvalidState):
        desk.store.open_job_token(unique("agent"), held.job.job_id, 1)
    with pytest.raises(NotFound):
        desk.store.open_job_token(held.agent.name, "0" * 32, 1)
    assert desk.known_as(held.token) == held.user.name


def test_a_new_token_ends_the_one_before(desk: Desk, take: Callable[..., Held]) -> None:
    held = take()
    own, digest = made_there(held.job)
    desk.store.open_job_token(held.agent.name, held.job.job_id, 1, digest=digest)
    second = desk.store.open_job_token(held.agent.name, held.job.job_id, 1)
    assert is_dead(desk, held.token)
    assert is_dead(desk, own)
    assert desk.known_as(second) == held.user.name


def test_a_token_that_was_made_elsewhere_counts_beside_the_agents(desk: Desk, take: Callable[..., Held]) -> None:
    held = take()
    own, digest = made_there(held.job)
    assert desk.known_as(own) == ""
    assert desk.store.open_job_token(held.agent.name, held.job.job_id, 1, digest=digest) == ""
    assert [desk.known_as(token) for token in (own, held.token)] == [held.user.name] * 2
    assert desk.known_as(f"rfj_{digest}.{held.job.job_id}") == ""
    desk.store.report_job(held.job.job_id, 1, JobReport(state=JobState.FINISHED))
    assert is_dead(desk, own)
    assert is_dead(desk, held.token)


def test_a_digest_that_was_seen_is_worth_nothing_to_another_job(desk: Desk, take: Callable[..., Held]) -> None:
    held, thief = take(), take()
    own, digest = made_there(held.job)
    desk.store.open_job_token(thief.agent.name, thief.job.job_id, 1, digest=digest)
    assert desk.known_as(own) == ""
    desk.store.open_job_token(held.agent.name, held.job.job_id, 1, digest=digest)
    assert desk.known_as(own) == held.user.name
    assert desk.known_as(own.replace(held.job.job_id, thief.job.job_id)) == ""


@pytest.mark.parametrize(
    "digest", ["x", "0" * 63, "A" * 64, "0" * 64 + "\n"], ids=["short", "a digit less", "capitals", "a line"]
)
def test_what_is_no_digest_is_refused(desk: Desk, take: Callable[..., Held], digest: str) -> None:
    held = take()
    with pytest.raises(InvalidValue):
        desk.store.open_job_token(held.agent.name, held.job.job_id, 1, digest=digest)
    assert desk.known_as(held.token) == held.user.name


@pytest.mark.parametrize("is_deleted", [False, True], ids=["switched off", "deleted"])
def test_who_is_gone_has_no_token(desk: Desk, take: Callable[..., Held], is_deleted: bool) -> None:
    held = take()
    if is_deleted:
        desk.store.delete_user(held.user.name)
    else:
        desk.store.update_user(held.user.name, is_active=False)
    assert is_dead(desk, held.token)


def test_a_project_that_is_deleted_leaves_the_job_its_token(desk: Desk, take: Callable[..., Held]) -> None:
    name = unique("project")
    desk.store.create_project(ProjectSettings(name=name, uri="/p"))
    held = take(project=name)
    desk.store.delete_project(name)
    assert desk.known_as(held.token) == held.user.name
    desk.store.report_job(held.job.job_id, 1, JobReport(state=JobState.FAILED))
    assert is_dead(desk, held.token)


def test_a_workspace_in_the_trash_takes_its_jobs_tokens_along(desk: Desk, take: Callable[..., Held]) -> None:
    name = unique("lab")[:60]
    desk.store.create_workspace(name)
    held = take(name, experiment_id=desk.store.in_workspace(name).create_experiment(unique("experiment")))
    assert desk.known_as(held.token) == held.user.name
    desk.store.delete_workspace(name, mode=DeletionMode.TRASH)
    assert is_dead(desk, held.token)

"""Secrets: kept, named by jobs, given to the agents of these alone."""

from __future__ import annotations

import pytest

from runfold.domain.job import Agent, Job, JobReport, JobState, NewJob
from runfold.domain.secret import FoundSecret, Secret
from runfold.domain.target import SshSettings, Target, TargetKind
from runfold.errors import InvalidState, InvalidValue, NotFound, PermissionDenied
from runfold.stores.base import TrackingStore
from runfold.testing.stores.records import unique

VALUE = "hunter22 ü"


def find(store: TrackingStore, name: str) -> Secret:
    return next(secret for secret in store.list_secrets() if secret.name == name)


def claim_one(store: TrackingStore, **fields: object) -> Job:
    queue = unique("queue")
    store.submit_job(NewJob(uri="/p", queue=queue, **fields))  # type: ignore[arg-type]
    (job,) = store.claim_jobs(Agent(name=unique("agent"), queues=(queue,)), 1)
    return job


def give(store: TrackingStore, job: Job, *names: str) -> tuple[FoundSecret, ...]:
    return store.open_secrets(job.agent, job.job_id, job.attempt, names)


def test_a_secret_is_listed_without_what_it_is(store: TrackingStore) -> None:
    name = unique("secret")
    kept = store.set_secret(name, value=VALUE, description="Schlüssel")
    assert (kept.name, kept.description, kept.reference) == (name, "Schlüssel", "")
    assert find(store, name) == kept
    assert VALUE not in repr(store.list_secrets())


def test_the_agent_of_a_job_that_names_a_secret_gets_it(store: TrackingStore) -> None:
    name, other = unique("secret"), unique("secret")
    store.set_secret(name, value=VALUE)
    store.set_secret(other, reference="command:pass show wine")
    job = claim_one(store, parameters={"token": f"secret:{name}", "other": f"secret:{other}"})
    opened = give(store, job, other, name)
    assert opened == (
        FoundSecret(name=other, reference="command:pass show wine"),
        FoundSecret(name=name, value=VALUE),
    )
    assert VALUE not in repr(opened)


def test_nobody_else_gets_it(store: TrackingStore) -> None:
    name = unique("secret")
    store.set_secret(name, value=VALUE)
    job = claim_one(store, parameters={"token": f"secret:{name}"})
    for agent, attempt in (("somebody", 1), (job.agent, 2)):
        with pytest.raises(InvalidState):
            store.open_secrets(agent, job.job_id, attempt, [name])
    with pytest.raises(PermissionDenied):
        give(store, claim_one(store, parameters={"token": name}), name)
    store.report_job(job.job_id, 1, JobReport(state=JobState.FINISHED))
    with pytest.raises(InvalidState):
        give(store, job, name)


def test_the_credential_of_a_jobs_target_comes_with_it(store: TrackingStore) -> None:
    name, other = unique("secret"), unique("secret")
    for secret in (name, other):
        store.set_secret(secret, value=VALUE)
    target = unique("target")
    store.create_target(Target(name=target, kind=TargetKind.SSH, ssh=SshSettings(host="h", key=f"secret:{name}")))
    job = claim_one(store, target=target)
    assert give(store, job, name) == (FoundSecret(name=name, value=VALUE),)
    with pytest.raises(PermissionDenied):
        give(store, job, other)


def test_a_secret_is_replaced_and_forgotten(store: TrackingStore) -> None:
    name = unique("secret")
    first = store.set_secret(name, value="old one")
    again = store.set_secret(name, reference="env:HERE")
    assert (again.reference, again.creation_time_ms) == ("env:HERE", first.creation_time_ms)
    job = claim_one(store, parameters={"token": f"secret:{name}"})
    assert give(store, job, name) == (FoundSecret(name=name, reference="env:HERE"),)
    store.delete_secret(name)
    with pytest.raises(NotFound):
        store.delete_secret(name)
    with pytest.raises(NotFound):
        give(store, job, name)


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "two words", "value": VALUE},
        {"name": "", "value": VALUE},
        {"value": ""},
        {"value": VALUE, "reference": "env:X"},
        {"value": f"{VALUE}\x00"},
        {"value": VALUE * 10_000},
        {"reference": VALUE},
        {"reference": "secret:other"},
    ],
)
def test_what_can_be_no_secret_is_refused_and_not_repeated(store: TrackingStore, fields: dict[str, str]) -> None:
    given = {"name": unique("secret"), **fields}
    with pytest.raises(InvalidValue) as refused:
        store.set_secret(given.pop("name"), **given)
    assert VALUE not in refused.value.message

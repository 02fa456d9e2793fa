"""Secrets: sealed, or the places where agents find them."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from runfold.domain.job import Job, JobId
from runfold.domain.limits import check_text
from runfold.domain.secret import (
    ELSEWHERE,
    FoundSecret,
    Secret,
    SecretName,
    check_reference,
    check_secret_name,
    kept_name,
)
from runfold.errors import InvalidState, InvalidValue, LimitExceeded, NotFound, PermissionDenied
from runfold.hosting.sealing import Sealer
from runfold.stores.sql.jobs.queue import get_job
from runfold.stores.sql.jobs.tables import secrets
from runfold.stores.sql.jobs.targets import find_target, list_targets
from runfold.stores.sql.transaction import Transaction

MAX_SECRET = 64 * 1024
_MAX_DESCRIPTION = 8_000


def seal(name: SecretName, value: str, sealer: Sealer) -> str:
    """
    Raises:
        InvalidValue: the name or value can be none; the message does not hold the value.
        NotSupported: there is no place for a key.
    """
    check_secret_name(name)
    if not value or "\0" in value:
        raise InvalidValue(f"The value of secret {name!r} is empty or holds a NUL character.")
    if len(value) > MAX_SECRET:
        raise LimitExceeded(f"Secret {name!r} has {len(value)} characters; at most {MAX_SECRET} are kept.")
    return sealer.seal(value, purpose=_purpose(name))


def set_secret(
    transaction: Transaction, *, name: SecretName, sealed: str | None, reference: str, description: str
) -> Secret:
    check_secret_name(name)
    check_text("description", description)
    if len(description) > _MAX_DESCRIPTION:
        raise LimitExceeded(f"A description has at most {_MAX_DESCRIPTION} characters.")
    if (sealed is None) == (not reference):
        raise InvalidValue(f"Secret {name!r} needs a value or the place where it is found: one of them.")
    if reference:
        check_reference(f"secret {name!r}", reference)
        if reference.partition(":")[0] not in ELSEWHERE:
            raise InvalidValue(f"Secret {name!r} cannot be found under the name of another one.")
    values = {
        "description": description,
        "reference": reference,
        "sealed": sealed,
        "last_update_time": transaction.now_ms,
    }
    changed = transaction.connection.execute(sa.update(secrets).where(secrets.c.name == name).values(**values))
    if changed.rowcount == 0:
        transaction.connection.execute(sa.insert(secrets).values(name=name, creation_time=transaction.now_ms, **values))
    return next(secret for secret in list_secrets(transaction.connection) if secret.name == name)


def list_secrets(connection: sa.Connection) -> tuple[Secret, ...]:
    """By name."""
    return tuple(
        Secret(
            name=row.name,
            description=row.description,
            reference=row.reference,
            creation_time_ms=row.creation_time,
            last_update_time_ms=row.last_update_time,
        )
        for row in connection.execute(sa.select(secrets).order_by(secrets.c.name))
    )


def delete_secret(transaction: Transaction, name: SecretName) -> None:
    is_name = "\0" not in name
    if not is_name or transaction.run("DELETE FROM secrets WHERE name = ?", (name,)).rowcount == 0:
        raise NotFound("secret", name)


def open_secrets(
    connection: sa.Connection, sealer: Sealer, agent: str, job_id: JobId, attempt: int, names: Sequence[SecretName]
) -> tuple[FoundSecret, ...]:
    """What the agent of a job that is under way needs for it."""
    job = get_job(connection, job_id)
    if job.agent != agent or job.attempt != attempt or not job.state.is_held:
        raise InvalidState(f"Attempt {attempt} of job {job_id} is not under way with the agent {agent!r}.")
    for name in names:
        if name not in _needs(connection, job):
            raise PermissionDenied(
                f"Job {job_id} does not name the secret {name!r}. A job gets what its parameters name, as in "
                f"-P token=secret:{name}, and the credential of its target."
            )
    return tuple(_open(connection, sealer, name) for name in names)


def _needs(connection: sa.Connection, job: Job) -> set[SecretName]:
    """What its parameters name, its own credential and those of its target; its project chooses one if it does not."""
    named = job.work.target
    targets = [find_target(connection, named)] if named else list_targets(connection)
    references = [job.work.credential, *job.work.parameters.values()]
    references += [ref for target in targets if target for ref in target.references]
    return {name for reference in references if (name := kept_name(reference))}


def _open(connection: sa.Connection, sealer: Sealer, name: SecretName) -> FoundSecret:
    row = connection.execute(sa.select(secrets.c.sealed, secrets.c.reference).where(secrets.c.name == name)).first()
    if row is None:
        raise NotFound("secret", name)
    if row.sealed is None:
        return FoundSecret(name=name, reference=row.reference)
    return FoundSecret(name=name, value=sealer.open(row.sealed, purpose=_purpose(name)))


def _purpose(name: SecretName) -> str:
    return f"secret {name}"

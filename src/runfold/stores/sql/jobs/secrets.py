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
from runfold.domain.workspace import DEFAULT_WORKSPACE
from runfold.errors import InvalidState, InvalidValue, LimitExceeded, NotFound, PermissionDenied
from runfold.hosting.sealing import Sealer
from runfold.stores.sql.jobs.reading import get_job
from runfold.stores.sql.jobs.tables import secrets
from runfold.stores.sql.jobs.targets import find_target, list_targets
from runfold.stores.sql.transaction import Transaction
from runfold.stores.sql.workspaces import find_number, workspace_of

MAX_SECRET = 64 * 1024
_MAX_DESCRIPTION = 8_000


def seal(name: SecretName, value: str, sealer: Sealer, workspace: str) -> str:
    """
    Args:
        workspace: its name.

    Raises:
        InvalidValue: the name or value can be none; the message does not hold the value.
        NotSupported: there is no place for a key.
    """
    check_secret_name(name)
    if not value or "\0" in value:
        raise InvalidValue(f"The value of secret {name!r} is empty or holds a NUL character.")
    if len(value) > MAX_SECRET:
        raise LimitExceeded(f"Secret {name!r} has {len(value)} characters; at most {MAX_SECRET} are kept.")
    return sealer.seal(value, purpose=_purpose(name, workspace))


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
    connection = transaction.connection
    workspace = workspace_of(connection, to_write=True)
    changed = connection.execute(sa.update(secrets).where(_is_called(name, workspace)).values(**values))
    if changed.rowcount == 0:
        made = {"name": name, "workspace": workspace, "creation_time": transaction.now_ms}
        connection.execute(sa.insert(secrets).values(**made, **values))
    return next(secret for secret in list_secrets(connection) if secret.name == name)


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
        for row in connection.execute(
            sa.select(secrets).where(secrets.c.workspace == workspace_of(connection)).order_by(secrets.c.name)
        )
    )


def delete_secret(transaction: Transaction, name: SecretName) -> None:
    here = _is_called(name, workspace_of(transaction.connection))
    if "\0" in name or transaction.connection.execute(sa.delete(secrets).where(here)).rowcount == 0:
        raise NotFound("secret", name)


def _is_called(name: SecretName, workspace: int) -> sa.ColumnElement[bool]:
    return (secrets.c.workspace == workspace) & (secrets.c.name == name)


def open_secrets(
    connection: sa.Connection, sealer: Sealer, agent: str, job_id: JobId, attempt: int, names: Sequence[SecretName]
) -> tuple[FoundSecret, ...]:
    """What the agent of a job that is under way needs for it."""
    job = get_job(connection, job_id)
    if job.agent != agent or job.attempt != attempt or not job.state.is_held:
        raise InvalidState(f"Attempt {attempt} of job {job_id} is not under way with the agent {agent!r}.")
    workspace = find_number(connection, job.workspace)
    needed = _needs(connection, job, workspace)
    for name in names:
        if name not in needed:
            raise PermissionDenied(
                f"Job {job_id} does not name the secret {name!r}. A job gets what its parameters name, as in "
                f"-P token=secret:{name}, and the credential of its target."
            )
    return tuple(_open(connection, sealer, name, job.workspace, workspace) for name in names)


def _needs(connection: sa.Connection, job: Job, workspace: int) -> set[SecretName]:
    """What its parameters name, its own credential and those of its target; its project chooses one if it does not."""
    named, of_these = job.work.target, job.work.targets
    if named:
        targets = [find_target(connection, named, workspace=workspace)]
    else:
        targets = [
            target
            for target in list_targets(connection, workspace=workspace)
            if of_these is None or target.name in of_these
        ]
    references = [job.work.credential, *job.work.parameters.values()]
    references += [ref for target in targets if target for ref in target.references]
    return {name for reference in references if (name := kept_name(reference))}


def _open(connection: sa.Connection, sealer: Sealer, name: SecretName, workspace: str, number: int) -> FoundSecret:
    row = connection.execute(sa.select(secrets.c.sealed, secrets.c.reference).where(_is_called(name, number))).first()
    if row is None:
        raise NotFound("secret", name)
    if row.sealed is None:
        return FoundSecret(name=name, reference=row.reference)
    return FoundSecret(name=name, value=sealer.open(row.sealed, purpose=_purpose(name, workspace)))


def _purpose(name: SecretName, workspace: str) -> str:
    """What is sealed for a name in one workspace opens for no other."""
    return f"secret {name}" if workspace == DEFAULT_WORKSPACE else f"secret {workspace}/{name}"

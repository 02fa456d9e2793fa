"""The token of a job: with it, the job's command works for who asked for the job, for as long as its attempt lasts.

It is worth something while an agent holds the job, so that nothing has to be prolonged or revoked: the next attempt,
the end and the loss of a job end it.

The job's row has the SHA-256 of a token. Where a command has made one of its own, since nothing secret could be brought
to it, it has 128 bits of each: of the agent's, then of the command's, which names the job that it is of.
"""

from __future__ import annotations

import re
import secrets
from typing import Any

import msgspec
import sqlalchemy as sa

from runfold.domain.access import Place, PlaceKind, parse_place
from runfold.domain.job import JobId
from runfold.domain.job_access import Asker, JobBearer
from runfold.errors import InvalidState, InvalidValue, LimitExceeded, NotFound, PermissionDenied
from runfold.stores.sql.access.credentials import digest_of
from runfold.stores.sql.access.tables import users
from runfold.stores.sql.access.users import user_of
from runfold.stores.sql.jobs.tables import HELD, jobs
from runfold.stores.sql.transaction import Transaction
from runfold.stores.sql.workspaces import names_of

PREFIX = "rfj_"
MAX_CHILDREN = 1000
"""Jobs that one job may ask for."""
_HALF = 32
_DIGEST = re.compile("[0-9a-f]{64}")


def acting_of(asker: Asker) -> dict[str, Any]:
    """For whom a job works, as its row has it."""
    places = msgspec.json.encode([place.text for place in asker.places]).decode()
    return {"acting": asker.user, "places": places}


def open_token(transaction: Transaction, agent: str, job_id: JobId, attempt: int, digest: str = "") -> str:
    """A new token in place of the one before; empty when nobody knows who asked for the job.

    Args:
        digest: of one that was made elsewhere, which counts beside the agent's; none is made then.
    """
    if digest and not _DIGEST.fullmatch(digest):
        raise InvalidValue("The digest of a token is its SHA-256 in 64 lower-case hexadecimal digits.")
    this = jobs.c.job_id == job_id
    row = None
    if "\0" not in job_id:
        row = transaction.connection.execute(
            sa.select(jobs.c.agent, jobs.c.attempt, jobs.c.state, jobs.c.acting, jobs.c.token_digest).where(this)
        ).first()
    if row is None:
        raise NotFound("job", job_id)
    if (row.agent, row.attempt) != (agent, attempt) or row.state not in HELD:
        raise InvalidState(f"Attempt {attempt} of job {job_id} is not under way with the agent {agent!r}.")
    if not row.acting:
        return ""
    secret = "" if digest else PREFIX + secrets.token_urlsafe(32)
    before = row.token_digest or secrets.token_hex(_HALF)
    kept = before[:_HALF] + digest[:_HALF] if digest else digest_of(secret)
    transaction.connection.execute(sa.update(jobs).where(this).values(token_digest=kept))
    return secret


def find_bearer(connection: sa.Connection, secret: str) -> JobBearer | None:
    """None for a token that is worth nothing, or not any more."""
    row = connection.execute(
        sa.select(jobs.c.job_id, jobs.c.workspace.label("lies_in"), jobs.c.places, users)
        .join(users, users.c.id == jobs.c.acting)
        .where(*_has_token(secret), jobs.c.state.in_(HELD), users.c.is_active)
    ).first()
    if row is None:
        return None
    workspace = names_of(connection, {row.lies_in})[row.lies_in]
    places = tuple(map(parse_place, msgspec.json.decode(row.places, type=list[str])))
    return JobBearer(user=user_of(row), job_id=row.job_id, places=places or (Place(PlaceKind.WORKSPACE, workspace),))


def _has_token(secret: str) -> tuple[sa.ColumnElement[bool], ...]:
    half = digest_of(secret)[:_HALF]
    job_id = secret.partition(".")[2]
    if job_id:
        is_of_command = sa.func.substr(jobs.c.token_digest, _HALF + 1) == half
        return jobs.c.job_id == job_id.replace("\0", ""), is_of_command
    return jobs.c.token_digest >= half, jobs.c.token_digest < half + "g"  # as an index finds what begins so


def check_may_submit(connection: sa.Connection, job_id: JobId) -> int:
    """The number of a job that asks for another one by its token.

    Raises:
        PermissionDenied: it was asked for in that way itself.
        LimitExceeded: it has asked for too many.
    """
    row = connection.execute(sa.select(jobs.c.id, jobs.c.parent).where(jobs.c.job_id == job_id)).one()
    if row.parent:
        raise PermissionDenied("A job that another job has submitted submits none itself.")
    n = connection.execute(sa.select(sa.func.count()).where(jobs.c.parent == row.id)).scalar_one()
    if n >= MAX_CHILDREN:
        raise LimitExceeded(f"A job submits at most {MAX_CHILDREN} jobs, and {job_id} has.")
    number: int = row.id
    return number

"""Programs that wait to be let in by a browser (after RFC 8628, the device grant of OAuth 2.0)."""

from __future__ import annotations

import secrets
from typing import Any

import sqlalchemy as sa

from runfold.domain.access import BUILT_IN, NewToken, Role, User
from runfold.domain.limits import check_text
from runfold.domain.waiting import CODE_LENGTH, CODE_LETTERS, NewWaiting, WaitingProgram, code_typed
from runfold.errors import InvalidValue, NotFound, PermissionDenied, Unauthenticated, Unavailable
from runfold.stores.sql.access.credentials import create_token, digest_of
from runfold.stores.sql.access.roles import number_of
from runfold.stores.sql.access.tables import users, waiting_programs
from runfold.stores.sql.access.users import find_user
from runfold.stores.sql.transaction import Transaction

LIFETIME_MS = 600_000
MAX_WAITING = 500
MAX_WAITING_AT_ADDRESS = 50
_MAX_NAME = 200
_MAX_DAYS = 3660
_DAY_MS = 86_400_000


def begin_waiting(transaction: Transaction, program: str, *, address: str, scope: Role, days: int) -> NewWaiting:
    check_text("name of a program", program)
    number = number_of(scope)
    if len(program) > _MAX_NAME or not program.isprintable():
        raise InvalidValue(f"The name of a program has at most {_MAX_NAME} printable characters.")
    if not scope.abilities or not 1 <= days <= _MAX_DAYS:
        raise InvalidValue(f"A token has a scope, and lasts 1 to {_MAX_DAYS} days.")
    transaction.run("DELETE FROM waiting_programs WHERE expires <= ?", (transaction.now_ms,))
    _check_room(transaction.connection, address)
    secret = secrets.token_urlsafe(32)
    code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
    values = {
        "code": code,
        "program": program,
        "address": address,
        "scope": number,
        "days": days,
        "expires": transaction.now_ms + LIFETIME_MS,
    }
    transaction.connection.execute(
        sa.insert(waiting_programs).values(digest=digest_of(secret), is_refused=False, **values)
    )
    return NewWaiting(waiting=get_waiting(transaction.connection, code, transaction.now_ms), secret=secret)


def get_waiting(connection: sa.Connection, code: str, now_ms: int) -> WaitingProgram:
    return _waiting_of(_find(connection, code, now_ms))


def decide_waiting(transaction: Transaction, code: str, *, user: str, lets_in: bool) -> WaitingProgram:
    found = _find(transaction.connection, code, transaction.now_ms)
    owner = find_user(transaction.connection, users.c.name == user)
    transaction.connection.execute(
        sa.update(waiting_programs)
        .where(waiting_programs.c.digest == found.digest)
        .values(user_id=owner.number if owner is not None and lets_in else None, is_refused=not lets_in)
    )
    return _waiting_of(found)


def collect_waiting(transaction: Transaction, secret: str) -> NewToken | None:
    which = waiting_programs.c.digest == digest_of(secret)
    found = transaction.connection.execute(sa.select(waiting_programs).where(which)).first()
    if found is None or found.expires <= transaction.now_ms:
        raise Unauthenticated("Nobody let this program in, and it has waited too long. Sign in again.")
    if found.is_refused:
        raise PermissionDenied("The program was not let in: somebody who is signed in said no.")
    if found.user_id is None:
        return None
    transaction.connection.execute(sa.delete(waiting_programs).where(which))
    owner = _active(transaction.connection, found.user_id)
    expires_ms = transaction.now_ms + found.days * _DAY_MS
    return create_token(transaction, owner.name, name=found.program, scope=BUILT_IN[found.scope], expires_ms=expires_ms)


def _active(connection: sa.Connection, number: int) -> User:
    owner = find_user(connection, users.c.id == number)
    if owner is None or not owner.is_active:
        raise Unauthenticated("Who let this program in has no account any more.")
    return owner


def _check_room(connection: sa.Connection, address: str) -> None:
    """Nobody fills the table, or keeps others from it."""
    count = sa.select(sa.func.count()).select_from(waiting_programs)
    n_waiting = connection.execute(count).scalar_one()
    n_here = connection.execute(count.where(waiting_programs.c.address == address)).scalar_one()
    if n_waiting >= MAX_WAITING or n_here >= MAX_WAITING_AT_ADDRESS:
        raise Unavailable("Too many programs wait to be let in. Try again in some minutes.", retry_after_s=60)


def _find(connection: sa.Connection, code: str, now_ms: int) -> sa.Row[Any]:
    """One that nobody has decided on."""
    typed = code_typed(code)
    found = None
    if "\0" not in typed:
        found = connection.execute(
            sa.select(waiting_programs).where(
                waiting_programs.c.code == typed,
                waiting_programs.c.expires > now_ms,
                waiting_programs.c.user_id.is_(None),
                ~waiting_programs.c.is_refused,
            )
        ).first()
    if found is None:
        raise NotFound("waiting program", code[:20])
    return found


def _waiting_of(row: sa.Row[Any]) -> WaitingProgram:
    return WaitingProgram(
        code=row.code,
        program=row.program,
        address=row.address,
        scope=BUILT_IN[row.scope],
        days=row.days,
        expires_ms=row.expires,
    )

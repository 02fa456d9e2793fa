"""Credentials: passwords that are tried, tokens, and the code by which the first administrator is made."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from runfold.domain.access import (
    EVERY_ABILITY,
    Ability,
    NewToken,
    Place,
    Role,
    Token,
    User,
    check_limits,
    parse_place,
    told,
)
from runfold.domain.limits import check_text
from runfold.errors import InvalidValue, NotFound, PermissionDenied, TooManyAttempts, Unauthenticated
from runfold.stores.sql.access.grants import check_place
from runfold.stores.sql.access.roles import find_role, numbers_of, role_of
from runfold.stores.sql.access.tables import access_state, access_tokens, failed_sign_ins, roles, users
from runfold.stores.sql.access.users import create_user, get_user, has_admin, user_of
from runfold.stores.sql.access.versions import note_change
from runfold.stores.sql.transaction import Transaction

FREE_ATTEMPTS = 5
"""In vain, before a name has to wait; from then on twice as long each time."""
MAX_WAIT_MS = 300_000
_FORGET_FAILURES_MS = 24 * 3600 * 1000
_SETUP_MS = 24 * 3600 * 1000
_MAX_TOKEN_NAME = 250
_SHOWN = 8
_NOTE_USE_MS = 300_000


# --- passwords


def find_stored_password(connection: sa.Connection, name: str, *, now_ms: int) -> tuple[User | None, str]:
    """The user of a name, and the hash to compare with, which is empty when nobody can sign in by this name.

    Raises:
        TooManyAttempts: the name has to wait.
    """
    failed = connection.execute(
        sa.select(failed_sign_ins).where(failed_sign_ins.c.name_digest == digest_of(name))
    ).first()
    if failed is not None and failed.n_failures >= FREE_ATTEMPTS:
        wait_ms = min(MAX_WAIT_MS, 1000 * 2 ** min(failed.n_failures - FREE_ATTEMPTS, 20))
        left_ms = failed.last_failure + wait_ms - now_ms
        if left_ms > 0:
            raise TooManyAttempts(retry_after_s=max(1.0, left_ms / 1000))
    row = connection.execute(sa.select(users).where(users.c.name == name)).first() if "\0" not in name else None
    if row is None or not row.is_active:
        return None, ""
    return user_of(row), row.password


def note_attempt(transaction: Transaction, name: str, *, was_right: bool) -> None:
    digest = digest_of(name)
    if was_right:
        transaction.run("DELETE FROM failed_sign_ins WHERE name_digest = ?", (digest,))
        return
    transaction.run(
        "INSERT INTO failed_sign_ins (name_digest, n_failures, last_failure) VALUES (?, 1, ?) "
        "ON CONFLICT (name_digest) DO UPDATE "
        "SET n_failures = failed_sign_ins.n_failures + 1, last_failure = excluded.last_failure",
        (digest, transaction.now_ms),
    )
    transaction.run("DELETE FROM failed_sign_ins WHERE last_failure < ?", (transaction.now_ms - _FORGET_FAILURES_MS,))


def had_failures(connection: sa.Connection, name: str) -> bool:
    found = sa.select(failed_sign_ins.c.n_failures).where(failed_sign_ins.c.name_digest == digest_of(name))
    return connection.execute(found).first() is not None


# --- tokens


def create_token(
    transaction: Transaction,
    user: str,
    *,
    name: str,
    scope: Role,
    expires_ms: int | None,
    places: Sequence[Place] = (),
    most: Ability = EVERY_ABILITY,
) -> NewToken:
    owner = get_user(transaction.connection, user)
    number, role_id = numbers_of(transaction, scope)
    more = find_role(transaction.connection, scope.name).abilities & ~most
    if more:
        raise PermissionDenied(f"A token makes no other one that can do more than it can itself: {told(more)}.")
    check_limits(places)
    for place in places:
        check_place(transaction.connection, place)
    check_text("name of a token", name)
    if len(name) > _MAX_TOKEN_NAME or scope.name == Role.NONE.name:
        raise InvalidValue(f"A token has a name of at most {_MAX_TOKEN_NAME} characters, and a scope.")
    if expires_ms is not None and expires_ms <= transaction.now_ms:
        raise InvalidValue("A token must expire in the future.")
    secret = f"rft_{secrets.token_urlsafe(32)}"
    values = {
        "token_id": uuid.uuid4().hex,
        "name": name,
        "scope": number,
        "role_id": role_id,
        "beginning": secret[:_SHOWN],
        "creation_time": transaction.now_ms,
        "expires": expires_ms,
        "places": msgspec.json.encode([place.text for place in places]).decode(),
    }
    transaction.connection.execute(
        sa.insert(access_tokens).values(user_id=owner.number, digest=digest_of(secret), **values)
    )
    (token,) = _tokens(transaction.connection, access_tokens.c.token_id == values["token_id"])
    return NewToken(token=token, secret=secret)


def list_tokens(connection: sa.Connection, user: str) -> tuple[Token, ...]:
    return _tokens(connection, access_tokens.c.user_id == get_user(connection, user).number)


def revoke_token(transaction: Transaction, token_id: str, *, user: str | None) -> None:
    which = access_tokens.c.token_id == token_id
    if user is not None:
        which &= access_tokens.c.user_id == get_user(transaction.connection, user).number
    gone = "\0" not in token_id and transaction.connection.execute(sa.delete(access_tokens).where(which)).rowcount
    if not gone:
        raise NotFound("token", token_id)
    note_change(transaction)


def find_token(connection: sa.Connection, secret: str, *, now_ms: int) -> tuple[User, Token] | None:
    which = access_tokens.c.digest == digest_of(secret)
    found = _tokens(connection, which)
    if not found or (found[0].expires_ms is not None and found[0].expires_ms <= now_ms):
        return None
    row = connection.execute(
        sa.select(users).join(access_tokens, access_tokens.c.user_id == users.c.id).where(which)
    ).first()
    return None if row is None or not row.is_active else (user_of(row), found[0])


def is_use_news(token: Token, *, now_ms: int) -> bool:
    """Whether the use of a token is worth a write."""
    return token.last_use_ms is None or token.last_use_ms < now_ms - _NOTE_USE_MS


def note_use(transaction: Transaction, token_id: str) -> None:
    transaction.run("UPDATE access_tokens SET last_use = ? WHERE token_id = ?", (transaction.now_ms, token_id))


def _tokens(connection: sa.Connection, which: sa.ColumnElement[bool]) -> tuple[Token, ...]:
    found = connection.execute(
        sa.select(access_tokens, users.c.name.label("owner"), roles.c.name.label("own_scope"), roles.c.abilities)
        .join(users, users.c.id == access_tokens.c.user_id)
        .outerjoin(roles, roles.c.id == access_tokens.c.role_id)
        .where(which)
        .order_by(access_tokens.c.creation_time.desc(), access_tokens.c.token_id)
    )
    return tuple(map(_token_of, found))


def _token_of(row: sa.Row[Any]) -> Token:
    return Token(
        token_id=row.token_id,
        user=row.owner,
        name=row.name,
        scope=role_of(row.scope, row.own_scope, row.abilities),
        beginning=row.beginning,
        creation_time_ms=row.creation_time,
        expires_ms=row.expires,
        last_use_ms=row.last_use,
        places=tuple(map(parse_place, msgspec.json.decode(row.places, type=list[str]))),
    )


# --- the first administrator


def begin_setup(transaction: Transaction) -> str:
    """A new code, which replaces the one before; empty when there is an administrator."""
    if has_admin(transaction.connection):
        return ""
    code = new_code()
    transaction.connection.execute(
        sa.update(access_state).values(setup_digest=digest_of(code), setup_expires=transaction.now_ms + _SETUP_MS)
    )
    return code


def finish_setup(transaction: Transaction, code: str, name: str, password: str) -> User:
    """`password`: hashed."""
    check_setup_code(transaction.connection, code, now_ms=transaction.now_ms)
    transaction.connection.execute(sa.update(access_state).values(setup_digest="", setup_expires=0))
    return create_user(transaction, name, password=password, is_admin=True, is_service=False)


def check_setup_code(connection: sa.Connection, code: str, *, now_ms: int) -> None:
    """Raises Unauthenticated."""
    state = connection.execute(sa.select(access_state)).one()
    is_right = secrets.compare_digest(state.setup_digest, digest_of(code)) and state.setup_expires > now_ms
    if not is_right or has_admin(connection):
        raise Unauthenticated("This code for setting up the first administrator is not valid, or not any more.")


def new_code() -> str:
    """What people give to a command: other signs could begin with a dash, and be taken for an option."""
    return secrets.token_hex(24)


def digest_of(secret: str) -> str:
    """Of a secret that has at least 192 random bits, so nothing slower is needed; and of names that were tried."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()

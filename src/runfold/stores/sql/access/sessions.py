"""Sessions of browsers."""

from __future__ import annotations

import secrets
import uuid
from typing import Any

import sqlalchemy as sa

from runfold.domain.access import User
from runfold.domain.identity import BY_PASSWORD, ProviderSession
from runfold.domain.sessions import NewSession, Session
from runfold.errors import NotFound
from runfold.stores.sql.access.credentials import digest_of
from runfold.stores.sql.access.tables import identities, sessions, users
from runfold.stores.sql.access.users import get_user, user_of
from runfold.stores.sql.access.versions import note_change
from runfold.stores.sql.transaction import Transaction

NOTE_USE_MS = 300_000
_MAX_AGENT = 300
_MAX_ADDRESS = 100
_MAX_SID = 255
LINK_MS = 600_000
"""How long a user may stay at the provider, while an account here is being linked to one there."""


def begin_session(
    transaction: Transaction,
    user: str,
    *,
    agent: str,
    address: str,
    lifetime_ms: int,
    at_provider: ProviderSession = BY_PASSWORD,
) -> NewSession:
    owner = get_user(transaction.connection, user)
    now_ms, secret = transaction.now_ms, secrets.token_urlsafe(32)
    transaction.run("DELETE FROM sessions WHERE expires <= ?", (now_ms,))
    values = {
        "session_id": uuid.uuid4().hex,
        "user_id": owner.number,
        "agent": agent.replace("\0", "")[:_MAX_AGENT],
        "address": address.replace("\0", "")[:_MAX_ADDRESS],
        "creation_time": now_ms,
        "last_use": now_ms,
        "expires": now_ms + lifetime_ms,
        "issuer": at_provider.issuer,
        "sid": at_provider.sid[:_MAX_SID],
        "id_token": at_provider.id_token,
    }
    transaction.connection.execute(sa.insert(sessions).values(digest=digest_of(secret), **values))
    (begun,) = _select(transaction.connection, sessions.c.session_id == values["session_id"])
    return NewSession(session=begun, secret=secret)


def find_session(connection: sa.Connection, secret: str, *, idle_ms: int, now_ms: int) -> tuple[User, Session] | None:
    is_alive = (sessions.c.expires > now_ms) & (sessions.c.last_use > now_ms - idle_ms)
    which = (sessions.c.digest == digest_of(secret)) & is_alive
    found = _select(connection, which)
    row = connection.execute(sa.select(users).join(sessions, sessions.c.user_id == users.c.id).where(which)).first()
    return (user_of(row), found[0]) if found and row is not None and row.is_active else None


def note_use(transaction: Transaction, session_id: str) -> None:
    transaction.run("UPDATE sessions SET last_use = ? WHERE session_id = ?", (transaction.now_ms, session_id))


def list_sessions(connection: sa.Connection, user: str, *, now_ms: int) -> tuple[Session, ...]:
    owner = get_user(connection, user)
    return _select(connection, (sessions.c.user_id == owner.number) & (sessions.c.expires > now_ms))


def end_session(transaction: Transaction, session_id: str, *, user: str | None) -> None:
    which = sessions.c.session_id == session_id
    if user is not None:
        which &= sessions.c.user_id == get_user(transaction.connection, user).number
    gone = "\0" not in session_id and transaction.connection.execute(sa.delete(sessions).where(which)).rowcount
    if not gone:
        raise NotFound("session", session_id)
    note_change(transaction)


def end_sessions(transaction: Transaction, user: str) -> None:
    owner = get_user(transaction.connection, user)
    transaction.run("DELETE FROM sessions WHERE user_id = ?", (owner.number,))
    note_change(transaction)


def begin_link(transaction: Transaction, session_id: str) -> str:
    """One at a time in each session: it ends with the session, and the one before ends with it."""
    secret = secrets.token_urlsafe(32)
    begun = transaction.connection.execute(
        sa.update(sessions)
        .where(sessions.c.session_id == session_id)
        .values(link_digest=digest_of(secret), link_expires=transaction.now_ms + LINK_MS)
    )
    if not begun.rowcount:
        raise NotFound("session", session_id)
    return secret


def take_link(transaction: Transaction, session_id: str, secret: str) -> int | None:
    is_theirs = (sessions.c.session_id == session_id) & (sessions.c.link_digest == digest_of(secret))
    expires: int | None = transaction.connection.execute(sa.select(sessions.c.link_expires).where(is_theirs)).scalar()
    if expires is None or expires <= transaction.now_ms:
        return None
    # Of two who have read it, one takes it.
    taken = transaction.connection.execute(sa.update(sessions).where(is_theirs).values(link_digest="", link_expires=0))
    return expires - LINK_MS if taken.rowcount else None


def provider_session(connection: sa.Connection, session_id: str) -> ProviderSession:
    found = connection.execute(
        sa.select(sessions.c.issuer, sessions.c.sid, sessions.c.id_token).where(sessions.c.session_id == session_id)
    ).first()
    return BY_PASSWORD if found is None else ProviderSession(issuer=found[0], sid=found[1], id_token=found[2])


def end_provider_sessions(transaction: Transaction, issuer: str, *, subject: str, sid: str) -> tuple[str, ...]:
    which = sessions.c.issuer == issuer
    if sid:
        which &= sessions.c.sid == sid[:_MAX_SID]
    if subject or not sid:
        owner = sa.select(identities.c.user_id).where(identities.c.issuer == issuer, identities.c.subject == subject)
        which &= sessions.c.user_id.in_(owner)
    gone = _select(transaction.connection, which)
    if gone:
        ids = [session.session_id for session in gone]
        transaction.connection.execute(sa.delete(sessions).where(sessions.c.session_id.in_(ids)))
        note_change(transaction)
    return tuple(sorted({session.user for session in gone}))


def _select(connection: sa.Connection, which: sa.ColumnElement[bool]) -> tuple[Session, ...]:
    found = connection.execute(
        sa.select(sessions, users.c.name.label("owner"))
        .join(users, users.c.id == sessions.c.user_id)
        .where(which)
        .order_by(sessions.c.last_use.desc(), sessions.c.session_id)
    )
    return tuple(map(_session_of, found))


def _session_of(row: sa.Row[Any]) -> Session:
    return Session(
        session_id=row.session_id,
        user=row.owner,
        agent=row.agent,
        address=row.address,
        creation_time_ms=row.creation_time,
        last_use_ms=row.last_use,
        expires_ms=row.expires,
    )

"""One-time links by which a user chooses a password: when invited, or after having forgotten it."""

from __future__ import annotations

import sqlalchemy as sa

from runfold.domain.access import User
from runfold.domain.sessions import Invitation
from runfold.errors import InvalidState, Unauthenticated
from runfold.stores.sql.access.credentials import digest_of, new_code
from runfold.stores.sql.access.tables import invitations, users
from runfold.stores.sql.access.users import find_user, get_user, update_user
from runfold.stores.sql.transaction import Transaction

_LIFETIME_MS = 7 * 24 * 3600 * 1000


def invite_user(transaction: Transaction, name: str) -> Invitation:
    """In place of an earlier one."""
    user = get_user(transaction.connection, name)
    if user.is_service or not user.is_active:
        raise InvalidState(f"{name!r} cannot sign in by password: the account is a service's, or switched off.")
    code, expires_ms = new_code(), transaction.now_ms + _LIFETIME_MS
    transaction.run("DELETE FROM invitations WHERE user_id = ? OR expires <= ?", (user.number, transaction.now_ms))
    transaction.connection.execute(
        sa.insert(invitations).values(user_id=user.number, digest=digest_of(code), expires=expires_ms)
    )
    return Invitation(user=name, code=code, expires_ms=expires_ms)


def accept_invitation(transaction: Transaction, code: str, password: str) -> User:
    """`password`: hashed."""
    user = invited_by(transaction.connection, code, now_ms=transaction.now_ms)
    transaction.run("DELETE FROM invitations WHERE user_id = ?", (user.number,))
    return update_user(transaction, user.name, password=password, is_admin=None, is_active=None)


def invited_by(connection: sa.Connection, code: str, *, now_ms: int) -> User:
    """Raises Unauthenticated when the code is not valid, or not any more."""
    found = connection.execute(
        sa.select(invitations.c.user_id).where(invitations.c.digest == digest_of(code), invitations.c.expires > now_ms)
    ).scalar()
    user = None if found is None else find_user(connection, users.c.id == found)
    if user is None or not user.is_active:
        raise Unauthenticated("This link is not valid, or not any more. Ask an administrator for another.")
    return user

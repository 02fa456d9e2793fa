"""Users whom a provider of OpenID Connect vouches for."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from runfold.domain.access import User
from runfold.domain.identity import Identity, IdentityRules, LinkedIdentity, SignInWays
from runfold.errors import AlreadyExists, InvalidState, InvalidValue, NotFound, Unauthenticated
from runfold.stores.sql.access.groups import find_group, list_groups, set_group
from runfold.stores.sql.access.tables import identities, users
from runfold.stores.sql.access.users import (
    create_user,
    find_user,
    get_user,
    has_admin,
    update_user,
)
from runfold.stores.sql.access.versions import note_change
from runfold.stores.sql.transaction import Transaction

_MAX_ISSUER, _MAX_SUBJECT, _MAX_SHOWN = 500, 255, 255
"""Of the columns; OpenID Connect Core 1.0, section 2, has subjects of at most 255 characters."""


def sign_in_identity(transaction: Transaction, identity: Identity, rules: IdentityRules) -> User:
    user = _known(transaction.connection, identity) or _new(transaction, identity, rules)
    if not user.is_active:
        raise Unauthenticated(f"The account {user.name!r} is switched off.")
    _note_sign_in(transaction, identity)
    _join_groups(transaction, user, identity, rules)
    return _with_standing(transaction, user, identity, rules)


def get_ways(connection: sa.Connection, user: str) -> SignInWays:
    owner = get_user(connection, user)
    (ways,) = _ways(connection, users.c.id == owner.number)
    return ways


def list_ways(connection: sa.Connection) -> tuple[SignInWays, ...]:
    return tuple(_ways(connection, sa.true()))


def link_identity(transaction: Transaction, user: str, *, issuer: str, subject: str, shown: str) -> LinkedIdentity:
    _check_words(issuer, subject)
    owner = get_user(transaction.connection, user)
    if owner.is_service:
        raise InvalidValue(f"The service account {user!r} signs in by tokens alone.")
    linked = _known(transaction.connection, Identity(issuer=issuer, subject=subject, name=user))
    if linked is not None and linked.number != owner.number:
        hint = (
            "Whom the provider knows by it signs in as another user here; that link would have to be taken back first."
        )
        raise AlreadyExists("identity", subject, hint)
    if linked is None:
        _link(transaction, owner, Identity(issuer=issuer, subject=subject, name=user, shown=shown))
    known = get_ways(transaction.connection, user).identities
    return next(one for one in known if (one.issuer, one.subject) == (issuer, subject))


def unlink_identity(transaction: Transaction, user: str, *, issuer: str, subject: str) -> None:
    owner = get_user(transaction.connection, user)
    ways = get_ways(transaction.connection, user)
    if (issuer, subject) not in ((one.issuer, one.subject) for one in ways.identities):
        raise NotFound("identity", subject)
    if len(ways.identities) == 1 and not ways.has_password:
        raise InvalidState(
            f"{user!r} has no password, so nothing would be left to sign in by. Let them choose one first, by "
            f"`runfold users invite {user}`; or to keep them out, switch the account off."
        )
    transaction.run("DELETE FROM identities WHERE issuer = ? AND subject = ?", (issuer, subject))
    transaction.run("DELETE FROM sessions WHERE user_id = ? AND issuer = ?", (owner.number, issuer))
    note_change(transaction)


def _check_words(issuer: str, subject: str) -> None:
    for word, value, most in (("issuer", issuer, _MAX_ISSUER), ("subject", subject, _MAX_SUBJECT)):
        if not value or len(value) > most or not value.isprintable():
            raise InvalidValue(f"The {word} of an identity has 1 to {most} printable characters.")


def _ways(connection: sa.Connection, which: sa.ColumnElement[bool]) -> Iterator[SignInWays]:
    found = connection.execute(
        sa.select(users.c.name, users.c.password != "", identities)
        .outerjoin(identities, identities.c.user_id == users.c.id)
        .where(which)
        .order_by(users.c.name, identities.c.issuer, identities.c.subject)
    )
    for (user, has_password), rows in groupby(found, key=lambda row: (row[0], bool(row[1]))):
        linked = tuple(_linked(user, row) for row in rows if row.issuer is not None)
        yield SignInWays(user=user, has_password=has_password, identities=linked)


def _linked(user: str, row: sa.Row[Any]) -> LinkedIdentity:
    return LinkedIdentity(
        user=user,
        issuer=row.issuer,
        subject=row.subject,
        shown=row.shown,
        since_ms=row.creation_time,
        last_sign_in_ms=row.last_sign_in,
    )


def _known(connection: sa.Connection, identity: Identity) -> User | None:
    number = connection.execute(
        sa.select(identities.c.user_id).where(
            identities.c.issuer == identity.issuer, identities.c.subject == identity.subject
        )
    ).scalar()
    return None if number is None else find_user(connection, users.c.id == number)


def _new(transaction: Transaction, identity: Identity, rules: IdentityRules) -> User:
    """A name that is taken is not theirs: whoever could choose a name there would have the account here."""
    if not rules.makes_users:
        raise Unauthenticated(f"{identity.name!r} ({identity.subject}) has no account here.")
    if find_user(transaction.connection, users.c.name == identity.name) is not None:
        raise AlreadyExists("user", identity.name)
    user = create_user(transaction, identity.name, password="", is_admin=False, is_service=False)
    _link(transaction, user, identity)
    return user


def _link(transaction: Transaction, user: User, identity: Identity) -> None:
    transaction.connection.execute(
        sa.insert(identities).values(
            issuer=identity.issuer,
            subject=identity.subject,
            user_id=user.number,
            shown=_shown(identity),
            creation_time=transaction.now_ms,
        )
    )


def _note_sign_in(transaction: Transaction, identity: Identity) -> None:
    transaction.connection.execute(
        sa.update(identities)
        .where(identities.c.issuer == identity.issuer, identities.c.subject == identity.subject)
        .values(last_sign_in=transaction.now_ms, shown=_shown(identity))
    )


def _shown(identity: Identity) -> str:
    return identity.shown[:_MAX_SHOWN] if identity.shown.isprintable() else ""


def _with_standing(transaction: Transaction, user: User, identity: Identity, rules: IdentityRules) -> User:
    is_admin = rules.admin_group in identity.groups
    if not rules.admin_group or is_admin is user.is_admin:
        return user
    if not is_admin and not has_admin(transaction.connection, beside=user):
        return user
    return update_user(transaction, user.name, password=None, is_admin=is_admin, is_active=None)


def _join_groups(transaction: Transaction, user: User, identity: Identity, rules: IdentityRules) -> None:
    members = {group.name: set(group.members) for group in list_groups(transaction.connection)}
    for name in sorted(rules.groups):
        belongs = name in identity.groups
        before = members.get(name, set())
        if belongs is (user.name in before) and (find_group(transaction.connection, name) is not None or not belongs):
            continue
        set_group(transaction, name, sorted(before | {user.name} if belongs else before - {user.name}))

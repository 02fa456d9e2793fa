"""Users whom a provider of OpenID Connect vouches for."""

from __future__ import annotations

import sqlalchemy as sa

from runfold.domain.access import User
from runfold.domain.identity import Identity, IdentityRules, LinkedIdentity
from runfold.errors import AlreadyExists, InvalidState, InvalidValue, NotFound, Unauthenticated
from runfold.stores.sql.access.tables import identities, users
from runfold.stores.sql.access.users import (
    create_user,
    find_group,
    find_user,
    get_user,
    list_groups,
    set_group,
    update_user,
)
from runfold.stores.sql.access.versions import note_change
from runfold.stores.sql.transaction import Transaction

_MAX_ISSUER, _MAX_SUBJECT = 500, 255
"""Of the columns; OpenID Connect Core 1.0, section 2, has subjects of at most 255 characters."""


def sign_in_identity(transaction: Transaction, identity: Identity, rules: IdentityRules) -> User:
    user = _known(transaction.connection, identity) or _new(transaction, identity, rules)
    if not user.is_active:
        raise Unauthenticated(f"The account {user.name!r} is switched off.")
    _join_groups(transaction, user, identity, rules)
    is_admin = rules.admin_group in identity.groups
    if rules.admin_group and is_admin is not user.is_admin:
        return update_user(transaction, user.name, password=None, is_admin=is_admin, is_active=None)
    return user


def list_identities(connection: sa.Connection, user: str) -> tuple[LinkedIdentity, ...]:
    owner = get_user(connection, user)
    found = connection.execute(
        sa.select(identities.c.issuer, identities.c.subject)
        .where(identities.c.user_id == owner.number)
        .order_by(identities.c.issuer, identities.c.subject)
    )
    return tuple(LinkedIdentity(user=user, issuer=issuer, subject=subject) for issuer, subject in found)


def link_identity(transaction: Transaction, user: str, *, issuer: str, subject: str) -> LinkedIdentity:
    _check_words(issuer, subject)
    owner = get_user(transaction.connection, user)
    if owner.is_service:
        raise InvalidValue(f"The service account {user!r} signs in by tokens alone.")
    linked = _known(transaction.connection, Identity(issuer=issuer, subject=subject, name=user))
    if linked is not None and linked.number != owner.number:
        raise AlreadyExists("identity", subject)
    if linked is None:
        transaction.run(
            "INSERT INTO identities (issuer, subject, user_id) VALUES (?, ?, ?)", (issuer, subject, owner.number)
        )
    return LinkedIdentity(user=user, issuer=issuer, subject=subject)


def unlink_identity(transaction: Transaction, user: str, *, issuer: str, subject: str) -> None:
    owner = get_user(transaction.connection, user)
    linked = list_identities(transaction.connection, user)
    if LinkedIdentity(user=user, issuer=issuer, subject=subject) not in linked:
        raise NotFound("identity", subject)
    if len(linked) == 1 and not _has_password(transaction.connection, owner):
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


def _has_password(connection: sa.Connection, user: User) -> bool:
    return bool(connection.execute(sa.select(users.c.password).where(users.c.id == user.number)).scalar())


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
    transaction.connection.execute(
        sa.insert(identities).values(issuer=identity.issuer, subject=identity.subject, user_id=user.number)
    )
    return user


def _join_groups(transaction: Transaction, user: User, identity: Identity, rules: IdentityRules) -> None:
    members = {group.name: set(group.members) for group in list_groups(transaction.connection)}
    for name in sorted(rules.groups):
        belongs = name in identity.groups
        before = members.get(name, set())
        if belongs is (user.name in before) and (find_group(transaction.connection, name) is not None or not belongs):
            continue
        set_group(transaction, name, sorted(before | {user.name} if belongs else before - {user.name}))

"""Users whom a provider of OpenID Connect vouches for."""

from __future__ import annotations

import sqlalchemy as sa

from runfold.domain.access import User
from runfold.domain.identity import Identity, IdentityRules
from runfold.errors import AlreadyExists, Unauthenticated
from runfold.stores.sql.access.tables import identities, users
from runfold.stores.sql.access.users import create_user, find_group, find_user, list_groups, set_group, update_user
from runfold.stores.sql.transaction import Transaction


def sign_in_identity(transaction: Transaction, identity: Identity, rules: IdentityRules) -> User:
    user = _known(transaction.connection, identity) or _new(transaction, identity, rules)
    if not user.is_active:
        raise Unauthenticated(f"The account {user.name!r} is switched off.")
    _join_groups(transaction, user, identity, rules)
    is_admin = rules.admin_group in identity.groups
    if rules.admin_group and is_admin is not user.is_admin:
        return update_user(transaction, user.name, password=None, is_admin=is_admin, is_active=None)
    return user


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

"""Roles of one's own, and which role a row means.

A row that names a built-in role keeps its number and no `role_id`; one that names a role of one's own keeps the number
of `none` beside its id, so that whoever does not look at the id sees a denial.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from runfold.domain.access import (
    BUILT_IN,
    NOTHING,
    Ability,
    Role,
    UsedRole,
    built_in,
    check_is_own,
    check_own_role,
    no_role,
    parse_abilities,
    words_of,
)
from runfold.errors import AlreadyExists, InvalidState, InvalidValue, NotFound
from runfold.stores.sql.access.tables import access_tokens, grants, roles
from runfold.stores.sql.access.versions import note_change
from runfold.stores.sql.transaction import Transaction

_NUMBERS = {role.name: number for number, role in enumerate(BUILT_IN)}


def list_roles(connection: sa.Connection) -> tuple[UsedRole, ...]:
    n_grants, n_tokens = _counts(connection, grants, grants.c.role), _counts(connection, access_tokens, _SCOPE)
    own = connection.execute(sa.select(roles).order_by(roles.c.name)).all()
    keyed = [((number, None), role) for number, role in enumerate(BUILT_IN)]
    keyed += [((0, row.id), _own(row.name, row.abilities, row.description)) for row in own]
    return tuple(
        UsedRole(role=role, n_grants=n_grants.get(key, 0), n_tokens=n_tokens.get(key, 0)) for key, role in keyed
    )


def create_role(transaction: Transaction, role: Role) -> Role:
    check_own_role(role)
    values = (role.name, _kept(role.abilities), role.description, transaction.now_ms, transaction.now_ms)
    made = transaction.row(
        "INSERT INTO roles (name, abilities, description, creation_time, last_update_time) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (name) DO NOTHING RETURNING id",
        values,
    )
    if made is None:
        raise AlreadyExists("role", role.name)
    return role


def update_role(
    transaction: Transaction, name: str, *, new_name: str | None, description: str | None, abilities: Ability | None
) -> Role:
    check_is_own(name)
    note_change(transaction)  # first, as in all that change grants: so no two of them wait for each other in a circle
    number, before = _hold_alone(transaction, name)
    after = Role(
        before.name if new_name is None else new_name,
        before.abilities if abilities is None else abilities,
        before.description if description is None else description,
    )
    check_own_role(after)
    taken = transaction.row("SELECT id FROM roles WHERE name = ? AND id <> ?", (after.name, number))
    if taken is not None:
        raise AlreadyExists("role", after.name)
    transaction.run(
        "UPDATE roles SET name = ?, abilities = ?, description = ?, last_update_time = ? WHERE id = ?",
        (after.name, _kept(after.abilities), after.description, transaction.now_ms, number),
    )
    return after


def delete_role(transaction: Transaction, name: str) -> None:
    check_is_own(name)
    note_change(transaction)
    number, _ = _hold_alone(transaction, name)
    uses = [
        (_count_of(transaction, "grants", number), "grant"),
        (_count_of(transaction, "access_tokens", number), "token"),
    ]
    told = [f"{n} {word}{'' if n == 1 else 's'}" for n, word in uses if n]
    if told:
        raise InvalidState(f"The role {name!r} is in use by {' and '.join(told)}; give these another role first.")
    transaction.run("DELETE FROM roles WHERE id = ?", (number,))


def numbers_of(transaction: Transaction, role: Role) -> tuple[int, int | None]:
    """What a row keeps that names this role, which is there until the commit.

    Raises:
        InvalidValue: there is no such role.
    """
    if role.name in _NUMBERS:
        return _NUMBERS[role.name], None
    held = "\0" not in role.name and transaction.hold_row("SELECT id FROM roles WHERE name = ?", (role.name,))
    if not held:
        raise InvalidValue(no_role(role.name, _names(transaction.connection)))
    return 0, int(held[0])


def find_role(connection: sa.Connection, name: str) -> Role:
    """Raises InvalidValue when there is none of this name."""
    known = built_in(name)
    if known is not None:
        return known
    which = roles.c.name == name
    row = None if "\0" in name else connection.execute(sa.select(roles).where(which)).first()
    if row is None:
        raise InvalidValue(no_role(name, _names(connection)))
    return _own(row.name, row.abilities, row.description)


def role_of(number: int, name: str | None, abilities: str | None) -> Role:
    """Of a row, by its number, and by what a join with `roles` found."""
    return BUILT_IN[number] if name is None or abilities is None else _own(name, abilities)


def number_of(role: Role) -> int:
    """Of a built-in role, where no other is allowed. InvalidValue for any other."""
    if role.name not in _NUMBERS:
        raise InvalidValue(no_role(role.name, ()))
    return _NUMBERS[role.name]


_SCOPE = access_tokens.c.scope


def _counts(
    connection: sa.Connection, table: sa.Table, number: sa.ColumnElement[int]
) -> dict[tuple[int, int | None], int]:
    counted = sa.select(number, table.c.role_id, sa.func.count()).group_by(number, table.c.role_id)
    return {(built_in_number, role_id): n for built_in_number, role_id, n in connection.execute(counted)}


def _count_of(transaction: Transaction, table: str, number: int) -> int:
    found = transaction.row(f"SELECT COUNT(*) FROM {table} WHERE role_id = ?", (number,))  # noqa: S608
    return int(found[0]) if found else 0


def _hold_alone(transaction: Transaction, name: str) -> tuple[int, Role]:
    """Nobody grants it meanwhile, or makes a token of it. Raises NotFound."""
    query = "SELECT id, name, abilities, description FROM roles WHERE name = ?"
    held = None if "\0" in name else transaction.hold_row(query, (name,), alone=True)
    if held is None:
        raise NotFound("role", name)
    return int(held[0]), _own(*held[1:])


def _names(connection: sa.Connection) -> list[str]:
    return list(connection.execute(sa.select(roles.c.name).order_by(roles.c.name)).scalars())


def _kept(abilities: Ability) -> str:
    """Words, so that nothing kept changes its meaning when abilities are added or put in another order."""
    return " ".join(words_of(abilities))


@lru_cache(maxsize=1000)
def _own(name: str, abilities: str, description: Any = "") -> Role:
    return Role(name, parse_abilities(abilities.split()) if abilities else NOTHING, description)

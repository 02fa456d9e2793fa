"""Groups and their members."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from runfold.domain.access import Group, check_account_name, check_description, full_group_name
from runfold.domain.workspace import DEFAULT_WORKSPACE
from runfold.errors import AlreadyExists, InvalidValue, NotFound
from runfold.stores.sql.access.tables import group_members, user_groups, users
from runfold.stores.sql.access.users import get_user
from runfold.stores.sql.access.versions import note_change
from runfold.stores.sql.transaction import Transaction
from runfold.stores.sql.workspaces import find_number, names_of

THE_SERVER = 0
"""In place of the number of a workspace, of groups that belong to none."""

_END_GROUP = (
    "DELETE FROM group_members WHERE group_id = ?",
    "DELETE FROM grants WHERE subject_kind = 'group' AND subject_id = ?",
    "DELETE FROM user_groups WHERE id = ?",
)


def create_group(transaction: Transaction, name: str, *, workspace: str = "", description: str = "") -> Group:
    note_change(transaction)
    if workspace == DEFAULT_WORKSPACE:
        raise InvalidValue("The groups of the default workspace are those of the server: name no workspace.")
    check_account_name("group", name)
    full = full_group_name(workspace, name)
    check_account_name("group", full)
    check_description("group", description)
    # Held until the commit: a group must not outlive the workspace that is deleted meanwhile.
    home = find_number(transaction.connection, workspace, to_write=True) if workspace else THE_SERVER
    made = transaction.row(
        "INSERT INTO user_groups (name, description, workspace) VALUES (?, ?, ?) ON CONFLICT DO NOTHING RETURNING id",
        (full, description, home),
    )
    if made is None:
        raise AlreadyExists("group", full)
    return get_group(transaction.connection, full)


def set_group(transaction: Transaction, name: str, members: Sequence[str]) -> Group:
    note_change(transaction)
    check_account_name("group", name)
    numbers = {get_user(transaction.connection, member).number for member in members}
    number = find_group(transaction.connection, name)
    if number is None:
        number = create_group(transaction, name).number
    transaction.run("DELETE FROM group_members WHERE group_id = ?", (number,))
    transaction.run_many(
        "INSERT INTO group_members (group_id, user_id) VALUES (?, ?)", [(number, one) for one in sorted(numbers)]
    )
    return get_group(transaction.connection, name)


def update_group(transaction: Transaction, name: str, *, new_name: str | None, description: str | None) -> Group:
    note_change(transaction)
    before = get_group(transaction.connection, name)
    full = name
    if new_name is not None:
        check_account_name("group", new_name)
        full = full_group_name(before.workspace, new_name)
        check_account_name("group", full)
        if full != name and find_group(transaction.connection, full) is not None:
            raise AlreadyExists("group", full)
    if description is not None:
        check_description("group", description)
    transaction.run(
        "UPDATE user_groups SET name = ?, description = ? WHERE id = ?",
        (full, before.description if description is None else description, before.number),
    )
    return get_group(transaction.connection, full)


def add_member(transaction: Transaction, group: str, user: str) -> Group:
    note_change(transaction)
    number, user_number = _pair(transaction.connection, group, user)
    added = transaction.run(
        "INSERT INTO group_members (group_id, user_id) VALUES (?, ?) ON CONFLICT DO NOTHING", (number, user_number)
    )
    if added.rowcount == 0:
        raise AlreadyExists("member", user, f"The user is in the group {group!r}.")
    return get_group(transaction.connection, group)


def remove_member(transaction: Transaction, group: str, user: str) -> Group:
    note_change(transaction)
    gone = transaction.run(
        "DELETE FROM group_members WHERE group_id = ? AND user_id = ?", _pair(transaction.connection, group, user)
    )
    if gone.rowcount == 0:
        raise NotFound(f"member of {group}", user)
    return get_group(transaction.connection, group)


def _pair(connection: sa.Connection, group: str, user: str) -> tuple[int, int]:
    return get_group(connection, group).number, get_user(connection, user).number


def find_group(connection: sa.Connection, name: str) -> int | None:
    if "\0" in name:
        return None
    return connection.execute(sa.select(user_groups.c.id).where(user_groups.c.name == name)).scalar()


def get_group(connection: sa.Connection, name: str) -> Group:
    found = _select(connection, user_groups.c.name == name) if "\0" not in name else ()
    if not found:
        raise NotFound("group", name)
    return found[0]


def list_groups(connection: sa.Connection) -> tuple[Group, ...]:
    return _select(connection, sa.true())


def _select(connection: sa.Connection, which: sa.ColumnElement[bool]) -> tuple[Group, ...]:
    found = connection.execute(
        sa.select(user_groups, users.c.name.label("user_name"), users.c.id.label("user_id"))
        .outerjoin(group_members, group_members.c.group_id == user_groups.c.id)
        .outerjoin(users, users.c.id == group_members.c.user_id)
        .where(which)
        .order_by(user_groups.c.name, users.c.name)
    ).all()
    rows = {row.id: row for row in found}
    members: dict[int, list[tuple[str, int]]] = {number: [] for number in rows}
    for row in found:
        if row.user_id is not None:
            members[row.id].append((row.user_name, row.user_id))
    homes = names_of(connection, {row.workspace for row in rows.values()} - {THE_SERVER}) | {THE_SERVER: ""}
    return tuple(
        Group(
            name=row.name,
            members=tuple(name for name, _ in members[number]),
            number=number,
            member_numbers=tuple(user for _, user in members[number]),
            description=row.description,
            workspace=homes[row.workspace],
        )
        for number, row in rows.items()
    )


def delete_group(transaction: Transaction, name: str) -> None:
    _end(transaction, get_group(transaction.connection, name).number)


def forget_groups(transaction: Transaction, workspace: int) -> None:
    """Those of a workspace that is gone."""
    found = transaction.connection.execute(sa.select(user_groups.c.id).where(user_groups.c.workspace == workspace))
    for number in found.scalars().all():
        _end(transaction, number)


def _end(transaction: Transaction, number: int) -> None:
    note_change(transaction)
    for statement in _END_GROUP:
        transaction.run(statement, (number,))

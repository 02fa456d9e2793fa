"""The deletion of a workspace, in one transaction: nobody adds to it meanwhile."""

from __future__ import annotations

import sqlalchemy as sa

from runfold.domain.access import PlaceKind
from runfold.domain.job import JobState
from runfold.domain.workspace import DEFAULT_WORKSPACE, DeletionMode, WorkspaceDeletion
from runfold.errors import InvalidState, InvalidValue, MoveQuotaExceeded, NotFound
from runfold.stores.sql.access.groups import forget_groups
from runfold.stores.sql.access.versions import forget_place, note_change
from runfold.stores.sql.jobs.moves import cancel_job
from runfold.stores.sql.jobs.tables import HELD, jobs
from runfold.stores.sql.quotas.counting import forget_workspace
from runfold.stores.sql.quotas.listing import list_workspace_usage
from runfold.stores.sql.retention.tables import retention_rules
from runfold.stores.sql.tables import DEFAULT_WORKSPACE_ID, workspaces
from runfold.stores.sql.tenants.contents import contents_of
from runfold.stores.sql.tenants.moving import clashes, move_all
from runfold.stores.sql.transaction import Transaction
from runfold.stores.sql.workspaces import KIND, find_number, is_called

MAX_NAMED = 100
_MAX_TOLD = 5


def plan(connection: sa.Connection, name: str, *, mode: DeletionMode, to: str) -> WorkspaceDeletion:
    """What a deletion would do now."""
    _check(name, mode, to)
    return _weighed(connection, find_number(connection, name), name, mode, to)


def _check(name: str, mode: DeletionMode, to: str) -> None:
    if name == DEFAULT_WORKSPACE:
        raise InvalidValue("The default workspace stays: it holds what nobody put elsewhere.")
    if mode is DeletionMode.MOVE and to == name:
        raise InvalidValue(f"What the workspace {name!r} holds cannot go to the workspace that is deleted.")


def _weighed(connection: sa.Connection, number: int, name: str, mode: DeletionMode, to: str) -> WorkspaceDeletion:
    moves = mode is DeletionMode.MOVE
    found = clashes(connection, number, _target(connection, to)) if moves else []
    kept = list_workspace_usage(connection, Transaction.now(), [name, to]) if moves else ()
    usages = {usage.owner.name: usage for usage in kept}
    return WorkspaceDeletion(
        name=name,
        mode=mode,
        to=to if moves else "",
        contents=contents_of(connection, number, name),
        clashes=tuple(found[:MAX_NAMED]),
        n_clashes=len(found),
        excesses=usages[to].excesses(usages[name]) if moves else (),
        is_dry_run=True,
    )


def _target(connection: sa.Connection, to: str) -> int:
    return DEFAULT_WORKSPACE_ID if to == DEFAULT_WORKSPACE else find_number(connection, to)


def delete(transaction: Transaction, name: str, *, mode: DeletionMode, to: str) -> WorkspaceDeletion:
    _check(name, mode, to)
    number = _hold(transaction.connection, name, to if mode is DeletionMode.MOVE else name)
    found = _weighed(transaction.connection, number, name, mode, to)
    match mode:
        case DeletionMode.RESTRICT:
            _check_is_empty(found)
            forget(transaction, number, name)
        case DeletionMode.MOVE:
            _check_moves(found)
            move_all(transaction, number, _target(transaction.connection, to))
            forget(transaction, number, name)
        case DeletionMode.TRASH:
            _trash(transaction, number, name)
    return WorkspaceDeletion(name=name, mode=mode, to=found.to, contents=found.contents)


def _hold(connection: sa.Connection, name: str, other: str) -> int:
    """Keep both workspaces until the commit, in an order of their own: two moves must not wait for each other."""
    query = sa.select(workspaces.c.name, workspaces.c.id).where(is_called(name) | is_called(other))
    held = dict(connection.execute(query.order_by(workspaces.c.id).with_for_update()).all())
    for one in (name, other):
        if one not in held:
            raise NotFound(KIND, one)
    return int(held[name])


def _check_is_empty(found: WorkspaceDeletion) -> None:
    if not found.contents.is_empty:
        raise InvalidState(
            f"The workspace {found.name!r} still holds {', '.join(found.contents.told())}. Have it moved to another "
            "workspace, or sent to the trash with the workspace; or delete it, and purge the trash."
        )


def _check_moves(found: WorkspaceDeletion) -> None:
    if found.n_clashes:
        more = f" and {found.n_clashes - _MAX_TOLD} more" if found.n_clashes > _MAX_TOLD else ""
        raise InvalidState(
            f"The workspace {found.to!r} has these names, too: {', '.join(found.clashes[:_MAX_TOLD])}{more}. Rename or "
            "delete one of each; experiments in the trash keep their names until they are purged."
        )
    if found.excesses:
        raise MoveQuotaExceeded(f"the workspace {found.to!r}", [one.told for one in found.excesses])


def _trash(transaction: Transaction, number: int, name: str) -> None:
    """Hidden, not changed: so all of it comes back as it was, but for jobs, which end."""
    going_on = jobs.c.state.in_((JobState.QUEUED.value, *HELD))
    query = sa.select(jobs.c.job_id).where(jobs.c.workspace == number, going_on).order_by(jobs.c.id)
    for job_id in transaction.connection.execute(query).scalars().all():
        cancel_job(transaction, job_id)
    transaction.run("UPDATE workspaces SET deleted_time = ? WHERE id = ?", (transaction.now_ms, number))
    _send_users_home(transaction, name)
    note_change(transaction)


def forget(transaction: Transaction, number: int, name: str) -> None:
    """The last of a workspace that holds nothing. Rules of the server that name it rest: another may be called so."""
    _send_users_home(transaction, name)
    forget_groups(transaction, number)
    for table in ("retention_items", "retention_rules", "grants"):
        transaction.run(f"DELETE FROM {table} WHERE workspace = ?", (number,))  # noqa: S608 (constants)
    named = (retention_rules.c.place == f"workspace:{name}") | retention_rules.c.place.startswith(
        f"workspace:{name}/", autoescape=True
    )
    transaction.connection.execute(sa.update(retention_rules).where(named).values(is_active=False))
    forget_place(transaction, PlaceKind.WORKSPACE, name)
    transaction.next_change()
    forget_workspace(transaction, number)
    transaction.run("DELETE FROM workspaces WHERE id = ?", (number,))


def _send_users_home(transaction: Transaction, name: str) -> None:
    transaction.run("UPDATE users SET workspace = ? WHERE workspace = ?", (DEFAULT_WORKSPACE, name))

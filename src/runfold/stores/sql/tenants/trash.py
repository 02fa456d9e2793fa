"""Workspaces in the trash: they come back as they were, or go for good with all they hold."""

from __future__ import annotations

import sqlalchemy as sa

from runfold.domain.workspace import Workspace, WorkspacePurge
from runfold.errors import NotFound
from runfold.stores.sql import purge
from runfold.stores.sql.access.versions import note_change
from runfold.stores.sql.jobs.tables import jobs
from runfold.stores.sql.registry.models import delete_model
from runfold.stores.sql.registry.tables import registered_models
from runfold.stores.sql.tables import experiments
from runfold.stores.sql.tenants.contents import contents_of
from runfold.stores.sql.tenants.deletion import forget
from runfold.stores.sql.transaction import Transaction
from runfold.stores.sql.workspaces import find_trashed, get, working_in

_KIND = "workspace in the trash"
_NAMED = ("registered_projects", "former_project_names", "targets", "secrets", "saved_views")


def restore(transaction: Transaction, name: str) -> Workspace:
    _bring_back(transaction, name)
    note_change(transaction)
    return get(transaction.connection, name)


def _bring_back(transaction: Transaction, name: str) -> int:
    changed = transaction.row(
        "UPDATE workspaces SET deleted_time = NULL WHERE name = ? AND deleted_time IS NOT NULL RETURNING id",
        (name.replace("\0", ""),),
    )
    if changed is None:
        raise NotFound(_KIND, name)
    return int(changed[0])


def plan_purge(connection: sa.Connection, name: str) -> WorkspacePurge:
    number = find_trashed(connection, name)
    if number is None:
        raise NotFound(_KIND, name)
    contents = contents_of(connection, number, name)
    return WorkspacePurge(name=name, contents=contents, artifact_uris=tuple(_folders(connection, number)))


def _folders(connection: sa.Connection, number: int) -> list[str]:
    query = sa.select(experiments.c.id).where(experiments.c.workspace == number)
    return purge.folders_of_experiments(connection, connection.execute(query).scalars().all())


def purge_workspace(transaction: Transaction, name: str) -> WorkspacePurge:
    """
    Raises:
        NotFound: no workspace of the trash is called so.
        InvalidState: registered versions of other workspaces have their files in it.
    """
    number = _bring_back(transaction, name)  # what ends records finds them, and nobody else sees it before the commit
    connection = transaction.connection
    contents = contents_of(connection, number, name)
    with working_in(connection, name):
        of_models = sa.select(registered_models.c.name).where(registered_models.c.workspace == number)
        for model in connection.execute(of_models.order_by(registered_models.c.id)).scalars().all():
            delete_model(transaction, model)
    scope = _trash_experiments(transaction, number)
    purge.remove(transaction, scope)
    _remove_jobs(transaction, number)
    for table in _NAMED:
        transaction.run(f"DELETE FROM {table} WHERE workspace = ?", (number,))  # noqa: S608 (constants)
    forget(transaction, number, name)
    return WorkspacePurge(name=name, contents=contents, artifact_uris=tuple(scope.artifact_uris), is_dry_run=False)


def _trash_experiments(transaction: Transaction, number: int) -> purge.Scope:
    """A purge takes only what is in the trash."""
    change = transaction.next_change()
    transaction.run(
        "UPDATE runs SET lifecycle_stage = 'deleted', deleted_time = ?, change = ? WHERE lifecycle_stage = 'active' "
        "AND experiment_id IN (SELECT id FROM experiments WHERE workspace = ?)",
        (transaction.now_ms, change, number),
    )
    transaction.run(
        "UPDATE experiments SET lifecycle_stage = 'deleted', deleted_time = ? "
        "WHERE workspace = ? AND lifecycle_stage = 'active'",
        (transaction.now_ms, number),
    )
    ids = [str(row[0]) for row in transaction.rows("SELECT id FROM experiments WHERE workspace = ?", (number,))]
    if not ids:
        return purge.Scope([], [], [], [], 0)
    return purge.find_scope(transaction.connection, run_ids=(), experiment_ids=ids, older_than_ms=None)


def _remove_jobs(transaction: Transaction, number: int) -> None:
    inside = "SELECT id FROM jobs WHERE workspace = ?"
    for table in ("job_steps", "job_logs"):
        transaction.run(f"DELETE FROM {table} WHERE job IN ({inside})", (number,))  # noqa: S608 (constants)
    transaction.connection.execute(sa.delete(jobs).where(jobs.c.workspace == number))

"""All that lies in a workspace goes to another one. Files stay where they are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from runfold.domain.access import RECORDS_BY_NAME, PlaceKind
from runfold.errors import InvalidState
from runfold.stores.sql.access.tables import grants
from runfold.stores.sql.access.versions import note_change
from runfold.stores.sql.jobs.tables import former_project_names, jobs, registered_projects, secrets, targets
from runfold.stores.sql.quotas.counting import count_moved_workspace
from runfold.stores.sql.registry.tables import registered_models
from runfold.stores.sql.tables import experiments, saved_views
from runfold.stores.sql.transaction import Transaction

_NAMED = (
    ("experiment", experiments),
    ("model", registered_models),
    ("project", registered_projects),
    ("target", targets),
    ("secret", secrets),
)
"""What is found by a name, in one workspace once."""
_RECORDS = tuple(kind.value for kind in (PlaceKind.EXPERIMENT, *RECORDS_BY_NAME))
_UNIQUE_VIOLATION = "23505"


def clashes(connection: sa.Connection, number: int, to: int) -> list[str]:
    """Names that both workspaces have, such as `model:churn`; those of experiments in the trash included."""
    found: list[str] = []
    for word, table in _NAMED:
        there = table.alias()
        query = (
            sa.select(table.c.name)
            .join(there, (there.c.name == table.c.name) & (there.c.workspace == to))
            .where(table.c.workspace == number)
            .order_by(table.c.name)
        )
        found += [f"{word}:{name}" for name in connection.execute(query).scalars()]
    return found


def move_all(transaction: Transaction, number: int, to: int) -> None:
    """Who may do what is decided by the other workspace from then on: what was granted on records stays on them, what
    was granted on folders, datasets and new records ends, since others' may have these names there. Denials of datasets
    stay.
    """
    connection = transaction.connection
    # Experiments first, as who begins a run holds one before the counter. What does not fit is rolled back.
    _drop_grants(connection, number, to)
    _drop_former_names(connection, number, to)
    with _names_are_free():
        for table in (*(table for _, table in _NAMED), former_project_names, saved_views, jobs, grants):
            connection.execute(sa.update(table).where(table.c.workspace == number).values(workspace=to))
    transaction.next_change()
    count_moved_workspace(transaction, number, to=to)
    note_change(transaction)


def _drop_grants(connection: sa.Connection, number: int, to: int) -> None:
    """What goes along is granted on records, and what is denied of datasets, where the other workspace says nothing."""
    there = grants.alias()
    columns = (grants.c.subject_kind, grants.c.subject_id, grants.c.place_kind, grants.c.place_key)
    is_said = sa.exists().where(there.c.workspace == to, *(there.c[column.name] == column for column in columns))
    of_dataset = grants.c.place_kind == PlaceKind.DATASET.value
    stays = grants.c.place_kind.in_(_RECORDS) | (of_dataset & (grants.c.role == 0) & ~is_said)
    connection.execute(sa.delete(grants).where(grants.c.workspace == number, ~stays))


def _drop_former_names(connection: sa.Connection, number: int, to: int) -> None:
    """Where the other workspace knows a name, old links lead to what it means there."""
    former = former_project_names
    for table in (former, registered_projects):
        taken = sa.select(table.c.name).where(table.c.workspace == to).scalar_subquery()
        connection.execute(sa.delete(former).where(former.c.workspace == number, former.c.name.in_(taken)))
    own = sa.select(registered_projects.c.name).where(registered_projects.c.workspace == number).scalar_subquery()
    connection.execute(sa.delete(former).where(former.c.workspace == to, former.c.name.in_(own)))


@contextmanager
def _names_are_free() -> Iterator[None]:
    """On PostgreSQL somebody may take a name in between."""
    try:
        yield
    except sa.exc.IntegrityError as error:
        original: Any = error.orig
        if getattr(original, "sqlstate", "") != _UNIQUE_VIOLATION:
            raise
        raise InvalidState("A name was taken in the other workspace just now; look again at what clashes.") from error

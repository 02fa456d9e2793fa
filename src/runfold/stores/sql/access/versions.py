"""The number by which server processes notice that what they remember of rights is out of date."""

from __future__ import annotations

import sqlalchemy as sa

from runfold.domain.access import PlaceKind
from runfold.stores.sql.tables import DEFAULT_WORKSPACE_ID
from runfold.stores.sql.transaction import Transaction


def note_change(transaction: Transaction) -> None:
    """Call with every change of accounts and grants, and of where a run lies or what an experiment is called.

    Before it, where grants are changed: whoever does that then comes one after the other.
    """
    transaction.run("UPDATE access_state SET version = version + 1 WHERE id = 0")


def read_version(connection: sa.Connection) -> int:
    return int(connection.exec_driver_sql("SELECT version FROM access_state WHERE id = 0").scalar_one())


def forget_place(transaction: Transaction, kind: PlaceKind, key: str, *, workspace: int = DEFAULT_WORKSPACE_ID) -> None:
    """Take back what was granted on a record that is gone, so that it falls to no later one of its name."""
    note_change(transaction)
    transaction.run(
        "DELETE FROM grants WHERE place_kind = ? AND place_key = ? AND workspace = ?", (kind.value, key, workspace)
    )


def forget_experiment(transaction: Transaction, number: int) -> None:
    """The same for an experiment, in whatever workspace: its number is never given again."""
    note_change(transaction)
    kind = PlaceKind.EXPERIMENT.value
    transaction.run("DELETE FROM grants WHERE place_kind = ? AND place_key = ?", (kind, str(number)))


def move_place(
    transaction: Transaction, kind: PlaceKind, key: str, new_key: str, *, workspace: int = DEFAULT_WORKSPACE_ID
) -> None:
    note_change(transaction)
    transaction.run(
        "UPDATE grants SET place_key = ? WHERE place_kind = ? AND place_key = ? AND workspace = ?",
        (new_key, kind.value, key, workspace),
    )

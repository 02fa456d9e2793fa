"""Points of series per owner: counted when runs are stamped, half a second after they were written to.

To count them with every batch, all writers would wait for one row. Instead the stamp compares what the summaries of a
run's series say with what its owners were charged, and charges the difference: no batch is slower for it, and what a
process that died has not counted is counted with the run's next stamp. At a quota, a little more than it is kept
therefore: what one process writes in half a second.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from runfold.errors import PointQuotaExceeded
from runfold.stores.sql.quotas.counting import Account, accounts_of, add, name_of, read

if TYPE_CHECKING:
    from runfold.stores.sql.transaction import Transaction

_AT_A_TIME = 500


class FullAccounts:
    """Those that kept as many points as they may when this process last counted. Shared by its writer threads.

    Whether it is still so is looked up where it matters; all others pay for one look at an empty set.
    """

    def __init__(self) -> None:
        self._accounts: frozenset[Account] = frozenset()
        self._lock = threading.Lock()

    def __bool__(self) -> bool:
        return bool(self._accounts)

    def among(self, accounts: Iterable[Account]) -> list[Account]:
        return [account for account in accounts if account in self._accounts]

    def note(self, account: Account, *, is_full: bool) -> None:
        if is_full is not (account in self._accounts):
            with self._lock:
                self._accounts = self._accounts | {account} if is_full else self._accounts - {account}


class Uncounted(NamedTuple):
    """A run whose owners were charged with `before` points, while it has `now`."""

    run: int
    owner: int | None
    workspace: int
    before: int
    now: int


def uncounted(transaction: Transaction, numbers: Sequence[int]) -> list[Uncounted]:
    """Those of these runs that have other points than was counted."""
    found: list[Uncounted] = []
    for start in range(0, len(numbers), _AT_A_TIME):
        some = numbers[start : start + _AT_A_TIME]
        marks = ", ".join("?" * len(some))
        rows = transaction.rows(
            "SELECT r.id, r.owner_id, e.workspace, r.n_points, COALESCE(CAST((SELECT sum(count) "  # noqa: S608 (marks)
            "FROM latest_metrics WHERE run = r.id) AS BIGINT), 0) "
            f"FROM runs r JOIN experiments e ON e.id = r.experiment_id WHERE r.id IN ({marks})",
            some,
        )
        found += [one for one in map(Uncounted._make, rows) if one.before != one.now]
    return found


def count(transaction: Transaction, numbers: Sequence[int]) -> None:
    """Charge the owners of these runs with what was logged since they were last charged.

    The change counter and the runs are held.
    """
    found = uncounted(transaction, numbers)
    transaction.run_many("UPDATE runs SET n_points = ? WHERE id = ?", [(one.now, one.run) for one in found])
    for one in found:
        for account in accounts_of(one.owner, one.workspace):
            kept = add(transaction, account, n_points=one.now - one.before)
            transaction.full.note(account, is_full=kept.n_points >= kept.max_points >= 0)


def check_room(transaction: Transaction, run: int) -> None:
    """Before points are added to a run.

    Raises:
        PointQuotaExceeded: one of its owners keeps as many as they may.
    """
    if not transaction.full:
        return
    found = transaction.row(
        "SELECT r.owner_id, e.workspace FROM runs r JOIN experiments e ON e.id = r.experiment_id WHERE r.id = ?",
        (run,),
    )
    assert found is not None, "found a moment ago, in the same transaction"
    for account in transaction.full.among(accounts_of(found[0], found[1])):
        kept = read(transaction, account)
        if kept.n_points >= kept.max_points >= 0:
            raise PointQuotaExceeded(name_of(transaction, account), limit=kept.max_points, n_kept=kept.n_points)
        transaction.full.note(account, is_full=False)

"""Counts of runs, bytes and points per owner: kept with every write, so that nobody has to count.

Whatever is kept counts for two owners: the user whose it is, or nobody, and the workspace that it lies in. Whoever
changes a row of `usage` holds the change counter first (`Transaction.next_change`). Of two transactions one then waits
before it holds anything that the other may want, and on PostgreSQL, too, a quota is met exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from runfold.domain.quota import Amount, Holder, OwnerKind, excesses
from runfold.errors import ByteQuotaExceeded, MoveQuotaExceeded, NotFound, PointQuotaExceeded, RunQuotaExceeded

if TYPE_CHECKING:
    from runfold.stores.sql.transaction import Transaction

_TABLES = ("runs", "logged_models")
_AT_A_TIME = 500
_DEFAULTS = {
    OwnerKind.USER: OwnerKind.DEFAULT.value,
    OwnerKind.WORKSPACE: OwnerKind.EVERY_WORKSPACE.value,
}
"""Whose quota holds where the owner's own says nothing."""
_READ = """
    SELECT COALESCE(own.n_runs, 0), COALESCE(own.n_bytes, 0), COALESCE(own.n_points, 0),
        COALESCE(own.max_runs, other.max_runs, -1), COALESCE(own.max_bytes, other.max_bytes, -1),
        COALESCE(own.max_points, other.max_points, -1)
    FROM (SELECT 1 AS one) AS here
    LEFT JOIN usage AS own ON own.owner_kind = ? AND own.owner_id = ?
    LEFT JOIN usage AS other ON other.owner_kind = ? AND other.owner_id = 0
"""


class Account(NamedTuple):
    """Whose row of `usage` it is: of a user, a workspace, or nobody."""

    kind: OwnerKind
    number: int


class Kept(NamedTuple):
    """What an owner keeps and may, and what of it the transaction added. A limit below 0 is none."""

    n_runs: int
    n_bytes: int
    n_points: int
    max_runs: int
    max_bytes: int
    max_points: int
    runs_added: int = 0
    bytes_added: int = 0
    points_added: int = 0


def accounts_of(owner: int | None, workspace: int) -> tuple[Account, Account]:
    """
    Args:
        owner: number of a user; None: nobody's.
    """
    whose = Account(OwnerKind.NOBODY, 0) if owner is None else Account(OwnerKind.USER, owner)
    return whose, Account(OwnerKind.WORKSPACE, workspace)


def count_new_run(transaction: Transaction, owner: int | None, workspace: int) -> None:
    """Raises RunQuotaExceeded, and the unit is rolled back. The change counter is held."""
    _count_run(transaction, accounts_of(owner, workspace))


def _count_run(transaction: Transaction, accounts: Sequence[Account]) -> None:
    for account in accounts:
        kept = add(transaction, account, n_runs=1)
        if kept.n_runs > kept.max_runs >= 0:
            raise RunQuotaExceeded(name_of(transaction, account), kept.max_runs)


def charge(transaction: Transaction, holder: Holder, n_bytes: int) -> None:
    """Count bytes that a file adds, or takes away where `n_bytes` is negative.

    Raises:
        NotFound: the record is gone.
        ByteQuotaExceeded: one of its owners may not add that many.
    """
    transaction.next_change()
    table = CHECKED[holder.table]
    changed = transaction.row(
        f"UPDATE {table} SET n_bytes = n_bytes + ? WHERE id = ? RETURNING experiment_id",  # noqa: S608 (constants)
        (n_bytes, holder.number),
    )
    if changed is None:
        raise NotFound("record", holder.key)
    # Asked for now: a run may have moved since its holder was looked up.
    workspace = workspace_of_experiment(transaction, changed[0])
    accounts = accounts_of(holder.owner_number, workspace)
    _count_bytes(transaction, accounts, n_bytes, decides=n_bytes > 0)


def count_files_of_new_run(transaction: Transaction, number: int, accounts: Sequence[Account], n_bytes: int) -> None:
    """Raises ByteQuotaExceeded. The change counter is held."""
    _count_bytes(transaction, accounts, n_bytes, decides=True)
    transaction.run("UPDATE runs SET n_bytes = ? WHERE id = ?", (n_bytes, number))


def count_points_of_new_run(transaction: Transaction, number: int, accounts: Sequence[Account], n_points: int) -> None:
    """Raises PointQuotaExceeded. The change counter is held."""
    _count_points(transaction, accounts, n_points)
    transaction.run("UPDATE runs SET n_points = ? WHERE id = ?", (n_points, number))


def _count_bytes(transaction: Transaction, accounts: Sequence[Account], n_bytes: int, *, decides: bool) -> None:
    for account in accounts:
        kept = add(transaction, account, n_bytes=n_bytes)
        if decides and kept.n_bytes > kept.max_bytes >= 0:
            raise ByteQuotaExceeded(
                name_of(transaction, account), limit=kept.max_bytes, n_kept=kept.n_bytes - n_bytes, n_bytes=n_bytes
            )


def _count_points(transaction: Transaction, accounts: Sequence[Account], n_points: int) -> None:
    for account in accounts:
        kept = add(transaction, account, n_points=n_points)
        if kept.n_points > kept.max_points >= 0:
            raise PointQuotaExceeded(
                name_of(transaction, account), limit=kept.max_points, n_kept=kept.n_points - n_points
            )


CHECKED = {table: table for table in _TABLES}
"""Names of tables may not come from elsewhere."""


def count_moved_runs(transaction: Transaction, numbers: Sequence[int], *, to: int) -> None:
    """Runs are about to move into an experiment of a workspace, with the models that they logged: the counts of those
    that lie in other ones go there.

    The change counter and the runs are held.

    Raises:
        MoveQuotaExceeded: the workspace may not keep all of them.
    """
    total = Amount()
    for start in range(0, len(numbers), _AT_A_TIME):
        some = numbers[start : start + _AT_A_TIME]
        marks = ", ".join("?" * len(some))
        for number, *counts in transaction.rows(
            "SELECT e.workspace, CAST(sum(kept.n) AS BIGINT), CAST(sum(kept.n_bytes) AS BIGINT), "  # noqa: S608 (marks)
            "CAST(sum(kept.n_points) AS BIGINT) FROM ("
            f"SELECT experiment_id, 1 AS n, n_bytes, n_points FROM runs WHERE id IN ({marks}) "
            "UNION ALL SELECT m.experiment_id, 0, m.n_bytes, 0 FROM logged_models m "
            "JOIN runs r ON r.run_id = m.source_run_id AND r.experiment_id = m.experiment_id "
            f"WHERE r.id IN ({marks})) AS kept "
            "JOIN experiments e ON e.id = kept.experiment_id WHERE e.workspace <> ? GROUP BY e.workspace",
            (*some, *some, to),
        ):
            moved = Amount(*counts)
            add(
                transaction,
                Account(OwnerKind.WORKSPACE, number),
                n_runs=-moved.n_runs,
                n_bytes=-moved.n_bytes,
                n_points=-moved.n_points,
            )
            total = Amount(*(one + more for one, more in zip(total, moved, strict=True)))
    _add_moved(transaction, total, to=to)


def count_moved_workspace(transaction: Transaction, number: int, *, to: int) -> None:
    """All that a workspace keeps is about to go to another one. The change counter is held.

    Raises:
        MoveQuotaExceeded: as above.
    """
    write(transaction)
    kept = read(transaction, Account(OwnerKind.WORKSPACE, number))
    _add_moved(transaction, Amount(kept.n_runs, kept.n_bytes, kept.n_points), to=to)


def _add_moved(transaction: Transaction, moved: Amount, *, to: int) -> None:
    if not any(moved):
        return
    there = Account(OwnerKind.WORKSPACE, to)
    kept = add(transaction, there, n_runs=moved.n_runs, n_bytes=moved.n_bytes, n_points=moved.n_points)
    before = (kept.n_runs - moved.n_runs, kept.n_bytes - moved.n_bytes, kept.n_points - moved.n_points)
    limits = Amount(kept.max_runs, kept.max_bytes, kept.max_points)
    over = excesses(moved, kept=Amount(*before), limits=limits)
    if over:
        raise MoveQuotaExceeded(name_of(transaction, there), [one.told for one in over])


def count_purged(transaction: Transaction, *, runs: Sequence[int], models: Sequence[int]) -> None:
    """Before the rows of these go: what they were counted with goes from their owners. The change counter is held."""
    for table, points, numbers in (("runs", "n_points", runs), ("logged_models", "0", models)):
        for start in range(0, len(numbers), _AT_A_TIME):
            some = numbers[start : start + _AT_A_TIME]
            marks = ", ".join("?" * len(some))
            found = transaction.rows(
                f"SELECT t.owner_id, e.workspace, count(*), CAST(sum(t.n_bytes) AS BIGINT), "  # noqa: S608 (constants)
                f"CAST(sum({points}) AS BIGINT) FROM {table} t JOIN experiments e ON e.id = t.experiment_id "
                f"WHERE t.id IN ({marks}) GROUP BY t.owner_id, e.workspace",
                some,
            )
            for owner, workspace, n, n_bytes, n_points in found:
                n_runs = n if table == "runs" else 0
                for account in accounts_of(owner, workspace):
                    add(transaction, account, n_runs=-n_runs, n_bytes=-n_bytes, n_points=-n_points)


def add(transaction: Transaction, account: Account, *, n_runs: int = 0, n_bytes: int = 0, n_points: int = 0) -> Kept:
    """Read once per transaction, and written at its end: the change counter keeps others away until then."""
    kept = transaction.kept.get(account)
    if kept is None:
        kept = read(transaction, account)
    kept = transaction.kept[account] = kept._replace(
        n_runs=kept.n_runs + n_runs,
        n_bytes=kept.n_bytes + n_bytes,
        n_points=kept.n_points + n_points,
        runs_added=kept.runs_added + n_runs,
        bytes_added=kept.bytes_added + n_bytes,
        points_added=kept.points_added + n_points,
    )
    return kept


def read(transaction: Transaction, account: Account) -> Kept:
    """As the database has it."""
    row = transaction.row(_READ, (account.kind.value, account.number, _DEFAULTS.get(account.kind, "")))
    assert row is not None, "a row of its own is joined to what is there"
    return Kept(*row)


def write(transaction: Transaction) -> None:
    """Before the commit, and before anybody changes a quota."""
    transaction.run_many(
        "INSERT INTO usage AS old (owner_kind, owner_id, n_runs, n_bytes, n_points) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (owner_kind, owner_id) DO UPDATE SET n_runs = old.n_runs + excluded.n_runs, "
        "n_bytes = old.n_bytes + excluded.n_bytes, n_points = old.n_points + excluded.n_points",
        [
            (account.kind.value, account.number, kept.runs_added, kept.bytes_added, kept.points_added)
            for account, kept in transaction.kept.items()
        ],
    )
    transaction.kept = {}


def forget_workspace(transaction: Transaction, number: int) -> None:
    """What it kept is gone already. The change counter is held."""
    write(transaction)
    transaction.run("DELETE FROM usage WHERE owner_kind = ? AND owner_id = ?", (OwnerKind.WORKSPACE.value, number))
    transaction.run("DELETE FROM workspace_request_counts WHERE workspace = ?", (number,))


def workspace_of_experiment(transaction: Transaction, experiment: int) -> int:
    found = transaction.row("SELECT workspace FROM experiments WHERE id = ?", (experiment,))
    assert found is not None, "what lies in an experiment keeps it"
    return int(found[0])


def name_of(transaction: Transaction, account: Account) -> str:
    """In words, for those who are refused."""
    if account.kind is OwnerKind.WORKSPACE:
        found = transaction.row("SELECT name FROM workspaces WHERE id = ?", (account.number,))
        return f"the workspace {found[0] if found else ''!r} (shared by all who work in it)"
    found = transaction.row("SELECT name FROM users WHERE id = ?", (account.number,))
    return f"the user {found[0]!r}" if found else "a user who is gone"

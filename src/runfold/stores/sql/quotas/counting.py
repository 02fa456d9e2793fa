"""Counts of runs and bytes per owner: kept with every write, so that nobody has to count.

Whoever changes a row of `usage` holds the change counter first (`Transaction.next_change`). Of two transactions one
then waits before it holds anything that the other may want, and on PostgreSQL, too, a quota is met exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from runfold.domain.quota import Holder, OwnerKind
from runfold.errors import ByteQuotaExceeded, NotFound, RunQuotaExceeded

if TYPE_CHECKING:
    from runfold.stores.sql.transaction import Transaction

_TABLES = ("runs", "logged_models")
_AT_A_TIME = 500
_READ = """
    SELECT COALESCE(own.n_runs, 0), COALESCE(own.n_bytes, 0),
        COALESCE(own.max_runs, other.max_runs, -1), COALESCE(own.max_bytes, other.max_bytes, -1)
    FROM (SELECT 1 AS one) AS here
    LEFT JOIN usage AS own ON own.owner_kind = ? AND own.owner_id = ?
    LEFT JOIN usage AS other ON other.owner_kind = 'default' AND other.owner_id = 0
"""


class Kept(NamedTuple):
    """What an owner keeps and may, and what of it the transaction added. A limit below 0 is none."""

    n_runs: int
    n_bytes: int
    max_runs: int
    max_bytes: int
    runs_added: int = 0
    bytes_added: int = 0


def count_new_run(transaction: Transaction, owner: int | None) -> None:
    """Raises RunQuotaExceeded, and the unit is rolled back. The change counter is held."""
    kept = _add(transaction, owner, n_runs=1)
    if owner is not None and kept.n_runs > kept.max_runs >= 0:
        raise RunQuotaExceeded(_name(transaction, owner), kept.max_runs)


def charge(transaction: Transaction, holder: Holder, n_bytes: int, *, is_there: bool = False) -> None:
    """Count bytes that a file adds, or takes away where `n_bytes` is negative.

    Raises:
        NotFound: the record is gone.
        ByteQuotaExceeded: its owner may not add that many; with `is_there` that is not asked.
    """
    transaction.next_change()
    _count_bytes(transaction, holder.owner_number, n_bytes, decides=n_bytes > 0 and not is_there)
    _set_bytes(transaction, holder, f"{_CHECKED[holder.table]}.n_bytes + ?", n_bytes)


def count_files_of_new_run(transaction: Transaction, number: int, owner: int | None, n_bytes: int) -> None:
    """Raises ByteQuotaExceeded. The change counter is held."""
    _count_bytes(transaction, owner, n_bytes, decides=True)
    transaction.run("UPDATE runs SET n_bytes = ? WHERE id = ?", (n_bytes, number))


def _count_bytes(transaction: Transaction, owner: int | None, n_bytes: int, *, decides: bool) -> None:
    kept = _add(transaction, owner, n_bytes=n_bytes)
    if decides and owner is not None and kept.n_bytes > kept.max_bytes >= 0:
        name = _name(transaction, owner)
        raise ByteQuotaExceeded(name, limit=kept.max_bytes, n_kept=kept.n_bytes - n_bytes, n_bytes=n_bytes)


_CHECKED = {table: table for table in _TABLES}
"""Names of tables may not come from elsewhere."""


def _set_bytes(transaction: Transaction, holder: Holder, value: str, n_bytes: int) -> None:
    table = _CHECKED[holder.table]
    changed = transaction.row(
        f"UPDATE {table} SET n_bytes = {value} WHERE id = ? RETURNING id",  # noqa: S608 (constants)
        (n_bytes, holder.number),
    )
    if changed is None:
        raise NotFound("record", holder.key)


def count_purged(transaction: Transaction, *, runs: Sequence[int], models: Sequence[int]) -> None:
    """Before the rows of these go: what they were counted with goes from their owners. The change counter is held."""
    for table, numbers in (("runs", runs), ("logged_models", models)):
        for start in range(0, len(numbers), _AT_A_TIME):
            some = numbers[start : start + _AT_A_TIME]
            marks = ", ".join("?" * len(some))
            found = transaction.rows(
                f"SELECT owner_id, count(*), CAST(sum(n_bytes) AS BIGINT) FROM {table} "  # noqa: S608 (constants)
                f"WHERE id IN ({marks}) GROUP BY owner_id ORDER BY owner_id",
                some,
            )
            for owner, n, n_bytes in found:
                _add(transaction, owner, n_runs=-n if table == "runs" else 0, n_bytes=-n_bytes)


def _add(transaction: Transaction, owner: int | None, *, n_runs: int = 0, n_bytes: int = 0) -> Kept:
    """Read once per transaction, and written at its end: the change counter keeps others away until then."""
    kept = transaction.kept.get(owner)
    if kept is None:
        kind = OwnerKind.NOBODY if owner is None else OwnerKind.USER
        row = transaction.row(_READ, (kind.value, owner or 0))
        assert row is not None, "a row of its own is joined to what is there"
        kept = Kept(*row)
    kept = transaction.kept[owner] = kept._replace(
        n_runs=kept.n_runs + n_runs,
        n_bytes=kept.n_bytes + n_bytes,
        runs_added=kept.runs_added + n_runs,
        bytes_added=kept.bytes_added + n_bytes,
    )
    return kept


def write(transaction: Transaction) -> None:
    """Before the commit, and before anybody changes a quota."""
    transaction.run_many(
        "INSERT INTO usage AS old (owner_kind, owner_id, n_runs, n_bytes) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (owner_kind, owner_id) DO UPDATE "
        "SET n_runs = old.n_runs + excluded.n_runs, n_bytes = old.n_bytes + excluded.n_bytes",
        [
            (OwnerKind.NOBODY.value if owner is None else OwnerKind.USER.value, owner or 0, *kept[-2:])
            for owner, kept in transaction.kept.items()
        ],
    )
    transaction.kept = {}


def _name(transaction: Transaction, owner: int) -> str:
    found = transaction.row("SELECT name FROM users WHERE id = ?", (owner,))
    return f"the user {found[0]!r}" if found else "a user who is gone"

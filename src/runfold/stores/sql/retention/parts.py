"""What passes did, counted by experiment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import msgspec
import sqlalchemy as sa

from runfold.domain.retention import Going, PassPart, RetentionPass
from runfold.stores.sql.experiments import parse_id
from runfold.stores.sql.retention.tables import retention_pass_parts
from runfold.stores.sql.transaction import Transaction, chunks


def retired_parts(going: Sequence[Going]) -> list[PassPart]:
    by_experiment: dict[str, list[int]] = defaultdict(list)
    for one in going:
        by_experiment[one.experiment_id].append(one.n_bytes)
    return [
        PassPart(experiment_id=experiment_id, n_retired=len(sizes), n_bytes=sum(sizes))
        for experiment_id, sizes in by_experiment.items()
    ]


def note_parts(transaction: Transaction, of: RetentionPass, parts: Sequence[PassPart]) -> None:
    """Add them to the pass. The lease is held, so nobody else does."""
    transaction.run_many(
        "INSERT INTO retention_pass_parts AS old (pass_id, experiment_id, n_retired, n_bytes, n_purged) "
        "VALUES (?, ?, ?, ?, ?) ON CONFLICT (pass_id, experiment_id) DO UPDATE SET "
        "n_retired = old.n_retired + excluded.n_retired, n_bytes = old.n_bytes + excluded.n_bytes, "
        "n_purged = old.n_purged + excluded.n_purged",
        [(of.number, parse_id(one.experiment_id), one.n_retired, one.n_bytes, one.n_purged) for one in parts],
    )
    transaction.run(
        "UPDATE retention_passes SET n_retired = n_retired + ?, n_bytes = n_bytes + ?, n_purged = n_purged + ? "
        "WHERE id = ?",
        (
            sum(one.n_retired for one in parts),
            sum(one.n_bytes for one in parts),
            sum(one.n_purged for one in parts),
            of.number,
        ),
    )


def with_parts(connection: sa.Connection, passes: Iterable[RetentionPass]) -> tuple[RetentionPass, ...]:
    found = list(passes)
    parts: dict[int, list[PassPart]] = defaultdict(list)
    columns = retention_pass_parts.c
    for some in chunks([one.number for one in found], 500):
        query = sa.select(retention_pass_parts).where(columns.pass_id.in_(some)).order_by(columns.experiment_id)
        for row in connection.execute(query):
            parts[row.pass_id].append(
                PassPart(
                    experiment_id=str(row.experiment_id),
                    n_retired=row.n_retired,
                    n_bytes=row.n_bytes,
                    n_purged=row.n_purged,
                )
            )
    return tuple(msgspec.structs.replace(one, parts=tuple(parts[one.number])) for one in found)

"""Folding: journal rows become compressed series.

Long series go to `metric_chunks`, sorted, in pieces of up to 64k points. What is too short for a chunk is
gathered in one journal row a run, so that a run with ten metrics of one point each costs one small row, and
so does one with thousands of keys. Exact duplicates collapse on the way.

The numbers are crunched outside any write transaction. The swap then deletes the rows that were read and
inserts the new ones; if one of the old rows is gone by then, somebody else folded or deleted, and nothing is
done. Rows are never changed in place, which is what makes this safe with any number of processes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

import sqlalchemy as sa

from runfold.errors import RunfoldError
from runfold.stores.sql.points import Columns, concatenate, decode, encode_column, encode_compressed, in_step_order
from runfold.stores.sql.quotas.points import count
from runfold.stores.sql.series import decode_chunk
from runfold.stores.sql.tables import metric_chunks, metric_journal
from runfold.stores.sql.transaction import Transaction, chunks

K = TypeVar("K", int, str)

MAX_CHUNK = 65_536
# A series shorter than this waits in the gathered journal row, unless that row grows too long.
MIN_CHUNK = 256
MAX_GATHERED = 16_384
# A new piece takes up the chunk before it unless that one is so many times longer: each point is then
# rewritten only a few times however slowly a series grows.
GROWTH = 4
# One fold reads at most so many journal rows; the rest waits for the next.
MAX_ROWS = 2_000


class Pending(NamedTuple):
    """A run whose journal has not been folded yet."""

    run: int
    n_rows: int
    n_points: int
    last_seq: int

    @property
    def is_lone(self) -> bool:
        """One row, too short to gain from folding."""
        return self.n_rows == 1 and self.n_points <= MIN_CHUNK


class ChunkRow(NamedTuple):
    """A row of `metric_chunks`, packed before any transaction begins: compressing takes its time."""

    n_points: int
    first_step: int
    first_timestamp: int
    last_step: int
    last_timestamp: int
    steps: bytes
    timestamps: bytes
    point_values: bytes


class Swap(NamedTuple):
    """What replaces what.

    Attributes:
        chunks: key numbers and rows.
        gathered: the short series.
        duplicates: by key number, how many points collapsed.
    """

    run: int
    old_journal: list[int]
    old_chunks: list[int]
    chunks: list[tuple[int, ChunkRow]]
    gathered: dict[int, Columns]
    duplicates: dict[int, int]


def find_pending(connection: sa.Connection) -> list[Pending]:
    """Runs with journal rows as requests brought them."""
    table = metric_journal.c
    return [
        Pending(*row)
        for row in connection.execute(
            sa.select(table.run, sa.func.count(), sa.func.sum(table.n_points), sa.func.max(table.seq))
            .where(table.is_folded == 0)
            .group_by(table.run)
        )
    ]


def settle(transaction: Transaction, pending: Sequence[Pending]) -> None:
    """Let lone short rows stand as they are: a run that logged one small batch needs no rewriting.

    A run that has such a row already is passed over, or rows would pile up one by one; so is one with chunks,
    where the row may repeat what they hold. They are folded instead.
    """
    transaction.run_many(
        "UPDATE metric_journal SET is_folded = 1 WHERE seq = ? "
        "AND NOT EXISTS (SELECT 1 FROM metric_journal AS other WHERE other.run = ? AND other.is_folded = 1) "
        "AND NOT EXISTS (SELECT 1 FROM metric_chunks WHERE metric_chunks.run = ?)",
        [(run.last_seq, run.run, run.run) for run in pending],
    )


def plan(connection: sa.Connection, run: int) -> Swap | None:
    """Read what a run has in its journal, and work out what should stand there instead."""
    table = metric_journal.c
    found = connection.execute(
        sa.select(table.seq, table.payload).where(table.run == run).order_by(table.seq).limit(MAX_ROWS)
    ).all()
    if not found:
        return None
    parts: dict[int, list[Columns]] = {}
    for row in found:
        for key_id, points in decode(row.payload).items():
            parts.setdefault(key_id, []).append(points)
    raw = {key_id: concatenate(some) for key_id, some in parts.items()}
    series = {key_id: in_step_order(points) for key_id, points in raw.items()}
    swap = Swap(
        run=run,
        old_journal=[row.seq for row in found],
        old_chunks=[],
        chunks=[],
        gathered={},
        duplicates={key_id: len(raw[key_id].steps) - len(series[key_id].steps) for key_id in raw},
    )
    chunk_rows = _chunk_rows(connection, run)
    long = choose_long(series)
    # What falls among points in chunks may repeat them, and goes there too.
    long.update(key_id for key_id, points in series.items() if _overlapping(points, chunk_rows.get(key_id, [])))
    swap.gathered.update({key_id: points for key_id, points in series.items() if key_id not in long})
    for key_id in sorted(long):
        _merge(connection, swap, key_id, series[key_id], chunk_rows.get(key_id, []))
    return swap


def choose_long(series: Mapping[K, Columns]) -> set[K]:
    """Keys whose points go to chunks; the others are gathered."""
    long = {key_id for key_id, points in series.items() if len(points.steps) >= MIN_CHUNK}
    n_gathered = sum(len(points.steps) for key_id, points in series.items() if key_id not in long)
    for key_id in sorted(series.keys() - long, key=lambda key_id: -len(series[key_id].steps)):
        if n_gathered <= MAX_GATHERED:
            break
        long.add(key_id)
        n_gathered -= len(series[key_id].steps)
    return long


def _chunk_rows(connection: sa.Connection, run: int) -> dict[int, list[Any]]:
    """Extents of the chunks of a run by key number, in the order of their points."""
    table = metric_chunks.c
    extent = (table.first_step, table.first_timestamp, table.last_step, table.last_timestamp)
    query = sa.select(table.id, table.key_id, table.n_points, *extent).where(table.run == run)
    found: dict[int, list[Any]] = {}
    for row in connection.execute(query.order_by(table.key_id, *extent, table.id)):
        found.setdefault(row.key_id, []).append(row)
    return found


def _extent(points: Columns) -> tuple[tuple[int, int], tuple[int, int]]:
    """Step and time of the first and of the last of some sorted points."""
    steps, timestamps = points.steps, points.timestamps
    return (int(steps[0]), int(timestamps[0])), (int(steps[-1]), int(timestamps[-1]))


def _overlapping(points: Columns, chunk_rows: Sequence[Any]) -> list[Any]:
    """Chunks among whose points some of these may fall."""
    first, last = _extent(points)
    return [
        row
        for row in chunk_rows
        if (row.last_step, row.last_timestamp) >= first and (row.first_step, row.first_timestamp) <= last
    ]


def _merge(connection: sa.Connection, swap: Swap, key_id: int, points: Columns, existing: list[Any]) -> None:
    """Add a series to its chunks: join those that overlap it, and short ones at the end."""
    _, last = _extent(points)
    joined = _overlapping(points, existing)
    n_points = len(points.steps) + sum(row.n_points for row in joined)
    for row in reversed(existing):
        if row in joined:
            continue
        if row.n_points >= MAX_CHUNK or row.n_points > GROWTH * n_points:
            break
        if (row.first_step, row.first_timestamp) > last:
            break
        joined.append(row)
        n_points += row.n_points
    if joined:
        swap.old_chunks.extend(row.id for row in joined)
        old = connection.execute(sa.select(metric_chunks).where(metric_chunks.c.id.in_([row.id for row in joined])))
        merged = in_step_order(concatenate([*(decode_chunk(row) for row in old), points]))
        swap.duplicates[key_id] += n_points - len(merged.steps)
        points = merged
    swap.chunks.extend((key_id, row) for row in pack(points))


def pack(points: Columns) -> list[ChunkRow]:
    """A series as rows of at most `MAX_CHUNK` points, in order."""
    rows = []
    for start in range(0, len(points.steps), MAX_CHUNK):
        piece = Columns(*(column[start : start + MAX_CHUNK] for column in points))  # type: ignore[arg-type]
        first, last = _extent(piece)
        columns = encode_column(piece.steps), encode_column(piece.timestamps), encode_column(piece.values)
        rows.append(ChunkRow(len(piece.steps), *first, *last, *columns))
    return rows


def apply(transaction: Transaction, swap: Swap) -> None:
    """Put a planned swap into effect.

    Raises:
        Overtaken: something that was read is gone.
    """
    has_duplicates = any(swap.duplicates.values())
    if has_duplicates:
        transaction.next_change()  # before the run, as everybody who counts: see `quotas.counting`
    if transaction.read_run("SELECT 1 FROM runs WHERE id = ?", (swap.run,), alone=has_duplicates) is None:
        raise Overtaken
    for table, column, numbers in (
        ("metric_journal", "seq", swap.old_journal),
        ("metric_chunks", "id", swap.old_chunks),
    ):
        for some in chunks(sorted(numbers), 500):
            marks = ", ".join("?" * len(some))
            cursor = transaction.run(f"DELETE FROM {table} WHERE {column} IN ({marks})", some)  # noqa: S608 (constants)
            if cursor.rowcount != len(some):
                raise Overtaken
    write_chunks(transaction, swap.run, swap.chunks)
    if swap.gathered:
        write_gathered(transaction, swap.run, swap.gathered)
    transaction.run_many(
        "UPDATE latest_metrics SET count = count - ? WHERE run = ? AND key_id = ?",
        [(n, swap.run, key_id) for key_id, n in sorted(swap.duplicates.items()) if n],
    )
    if has_duplicates:
        count(transaction, [swap.run])


class Overtaken(RunfoldError):
    """Somebody else changed the same rows first; the swap must not happen."""


def write_chunks(transaction: Transaction, run: int, rows: Iterable[tuple[int, ChunkRow]]) -> None:
    """Insert packed pieces of series, by key number."""
    transaction.run_many(
        "INSERT INTO metric_chunks (run, key_id, n_points, first_step, first_timestamp, last_step, last_timestamp, "
        "steps, timestamps, point_values) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(run, key_id, *row) for key_id, row in rows],
    )


def write_gathered(transaction: Transaction, run: int, series: dict[int, Columns]) -> None:
    """Insert short series as one journal row that counts as folded."""
    transaction.run(
        "INSERT INTO metric_journal (run, digest, n_points, is_folded, payload) VALUES (?, 0, ?, 1, ?)",
        (run, sum(len(points.steps) for points in series.values()), encode_compressed(series)),
    )

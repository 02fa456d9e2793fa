"""Log-batch: the hottest write. Checked and packed in the caller's thread, then one short unit.

The rules are MLflow's: a batch is applied whole or not at all; repeating it changes nothing; a param is
written once; tags are overwritten.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from runfold.domain import known_tags
from runfold.domain.ids import MAX_RUN_ID
from runfold.domain.keys import KeyKind
from runfold.domain.limits import MAX_PARAM_VALUE, MAX_TAG_VALUE, check_key, check_text
from runfold.domain.metric import Metric
from runfold.domain.param import as_number
from runfold.domain.run import RunBatch
from runfold.errors import InvalidValue, NotFound
from runfold.stores.sql.points import columns_of, encode_plain, in_step_order
from runfold.stores.sql.quotas.points import check_room
from runfold.stores.sql.registry.measured import linked_points, write_linked
from runfold.stores.sql.transaction import Transaction, chunks


class Summary(NamedTuple):
    """What a batch adds to `latest_metrics` for one key; NaN is None."""

    value: float | None
    step: int
    timestamp: int
    min: float | None
    max: float | None
    n_points: int


class PreparedPoints(NamedTuple):
    """The points of one batch, grouped by key: columns lie key after key."""

    keys: list[str]
    counts: list[int]
    steps: list[int]
    timestamps: list[int]
    values: list[float]
    summaries: list[Summary]


class PreparedBatch(NamedTuple):
    points: PreparedPoints | None
    params: dict[str, tuple[str, float | None]]
    tags: dict[str, str]
    linked: list[Metric]


class OpenRun(NamedTuple):
    """A run that may be written to."""

    id: int
    experiment: int


def prepare(batch: RunBatch) -> PreparedBatch:
    """Check a batch and bring it into the shape in which it is written.

    Raises:
        InvalidValue: a key, value or time that cannot be accepted, or a param key that comes twice.
    """
    return PreparedBatch(
        points=prepare_points(batch.metrics) if batch.metrics else None,
        params=_prepare_params(batch.params),
        tags=prepare_tags(batch.tags),
        linked=linked_points(batch.metrics),
    )


def prepare_points(metrics: Sequence[Metric]) -> PreparedPoints:
    grouped: dict[str, tuple[list[int], list[int], list[float]]] = {}
    for metric in metrics:
        columns = grouped.get(metric.key)
        if columns is None:
            grouped[metric.key] = columns = ([], [], [])
        columns[0].append(metric.step)
        columns[1].append(metric.timestamp_ms)
        columns[2].append(metric.value)
    prepared = PreparedPoints([], [], [], [], [], [])
    for key, (steps, timestamps, values) in grouped.items():
        _check_key_once("metric", key)
        if min(timestamps) < 0:
            raise InvalidValue(f"Metric {key!r} has timestamp {min(timestamps)}; it must be Unix milliseconds, >= 0.")
        if len(set(steps)) < len(steps):
            steps, timestamps, values = _distinct(steps, timestamps, values)
        prepared.keys.append(key)
        prepared.counts.append(len(steps))
        prepared.steps.extend(steps)
        prepared.timestamps.extend(timestamps)
        prepared.values.extend(values)
        prepared.summaries.append(summarize(steps, timestamps, values))
    return prepared


def _distinct(steps: list[int], timestamps: list[int], values: list[float]) -> tuple[list[int], list[int], list[float]]:
    """Each point once: points that come twice in one request must not count twice."""
    points = in_step_order(columns_of(steps, timestamps, values))
    return points.steps.tolist(), points.timestamps.tolist(), points.values.tolist()


def summarize(steps: list[int], timestamps: list[int], values: list[float]) -> Summary:
    """The last point by (step, timestamp, value), with NaN before every number, and the extremes."""
    if len(values) == 1:
        value = None if values[0] != values[0] else values[0]
        return Summary(value, steps[0], timestamps[0], value, value, 1)
    has_nan = any(value != value for value in values)
    numbers = [value for value in values if value == value] if has_nan else values
    low, high = (min(numbers), max(numbers)) if numbers else (None, None)
    if has_nan:
        ordered = [float("-inf") if value != value else value for value in values]
        is_number = [value == value for value in values]
        step, timestamp, _, is_last_number, last = max(
            zip(steps, timestamps, ordered, is_number, values, strict=True), key=lambda point: point[:4]
        )
        return Summary(last if is_last_number else None, step, timestamp, low, high, len(values))
    step, timestamp, last = max(zip(steps, timestamps, values, strict=True))
    return Summary(last, step, timestamp, low, high, len(values))


def _prepare_params(params: Iterable[tuple[str, str]]) -> dict[str, tuple[str, float | None]]:
    prepared: dict[str, tuple[str, float | None]] = {}
    for key, value in params:
        _check_key_once("param", key)
        if key in prepared:
            raise InvalidValue(f"Param {key!r} comes twice in one request; send each param once.")
        check_text(f"value of param {key!r}", value)
        prepared[key] = value[:MAX_PARAM_VALUE], as_number(value)
    return prepared


def prepare_tags(tags: Iterable[tuple[str, str]]) -> dict[str, str]:
    prepared: dict[str, str] = {}
    for key, value in tags:
        _check_key_once("tag", key)
        check_text(f"value of tag {key!r}", value)
        prepared[key] = value[:MAX_TAG_VALUE]
    if len(prepared.get(known_tags.PARENT_RUN, "")) > MAX_RUN_ID:
        raise InvalidValue(f"The id of a parent run has at most {MAX_RUN_ID} characters.")
    return prepared


@lru_cache(maxsize=65_536)
def _check_key_once(kind: str, key: str) -> None:
    """Remember keys that passed: a training loop sends the same ones again and again."""
    check_key(kind, key)


def find_open_run(transaction: Transaction, run_id: str, *, alone: bool = False) -> OpenRun:
    """Raises NotFound when there is no such run, InvalidValue when it is deleted.

    Args:
        alone: keep other writers away until the commit.
    """
    query = "SELECT id, experiment_id, lifecycle_stage FROM runs WHERE run_id = ?"
    found = transaction.read_run(query, (run_id,), alone=alone)
    if found is None:
        raise NotFound("run", run_id)
    if found[2] != "active":
        raise InvalidValue(f"The run {run_id!r} is deleted and takes no more records; restore it first.")
    return OpenRun(found[0], found[1])


def write_batch(transaction: Transaction, run_id: str, batch: PreparedBatch) -> None:
    """The unit of log-batch."""
    run = find_open_run(transaction, run_id)
    if batch.points is not None:
        write_points(transaction, run, batch.points)
    if batch.params:
        write_params(transaction, run, run_id, batch.params)
    if batch.tags:
        write_tags(transaction, run, batch.tags)
    if batch.linked:
        write_linked(transaction, run_id, batch.linked)
    transaction.touched.add(run.id)


def write_points(transaction: Transaction, run: OpenRun, points: PreparedPoints) -> None:
    """One journal row for all points, and the summaries of their series."""
    ids = transaction.key_ids(run.experiment, KeyKind.METRIC, points.keys)
    key_ids = [ids[key] for key in points.keys]
    payload = encode_plain(key_ids, points.counts, points.steps, points.timestamps, points.values)
    digest = int.from_bytes(hashlib.blake2b(payload, digest_size=8).digest(), "little", signed=True)
    if transaction.row("SELECT 1 FROM metric_journal WHERE run = ? AND digest = ?", (run.id, digest)):
        return  # a repeated request
    check_room(transaction, run.id)
    transaction.run(
        "INSERT INTO metric_journal (run, digest, n_points, payload) VALUES (?, ?, ?, ?)",
        (run.id, digest, len(points.values), payload),
    )
    upsert_summaries(transaction, run.id, dict(zip(key_ids, points.summaries, strict=True)))


def upsert_summaries(transaction: Transaction, run: int, summaries: dict[int, Summary]) -> None:
    """Merge what is known of series with what a batch adds."""
    transaction.count_new(_missing(transaction, "latest_metrics", run, list(summaries)))
    transaction.run_many(
        """
        INSERT INTO latest_metrics AS old (run, key_id, value, step, timestamp, min, max, count)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (run, key_id) DO UPDATE SET
            value = CASE WHEN (excluded.step, excluded.timestamp) > (old.step, old.timestamp)
                           OR ((excluded.step, excluded.timestamp) = (old.step, old.timestamp)
                               AND (old.value IS NULL OR excluded.value > old.value))
                         THEN excluded.value ELSE old.value END,
            timestamp = CASE WHEN (excluded.step, excluded.timestamp) > (old.step, old.timestamp)
                             THEN excluded.timestamp ELSE old.timestamp END,
            step = CASE WHEN excluded.step > old.step THEN excluded.step ELSE old.step END,
            min = CASE WHEN old.min IS NULL OR excluded.min < old.min
                       THEN COALESCE(excluded.min, old.min) ELSE old.min END,
            max = CASE WHEN old.max IS NULL OR excluded.max > old.max
                       THEN COALESCE(excluded.max, old.max) ELSE old.max END,
            count = old.count + excluded.count
        """,
        [(run, key_id, *summaries[key_id]) for key_id in sorted(summaries)],
    )


def write_params(
    transaction: Transaction, run: OpenRun, run_id: str, params: dict[str, tuple[str, float | None]]
) -> None:
    """Write params that are new; refuse the whole unit when one is there with another value."""
    ids = transaction.key_ids(run.experiment, KeyKind.PARAM, params)
    missing = _missing(transaction, "params", run.id, list(ids.values()))
    new = [name for name in params if ids[name] in missing]
    transaction.run_many(
        "INSERT INTO params (run, key_id, value, number) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        [(run.id, ids[name], *params[name]) for name in sorted(new)],
    )
    transaction.count_new(ids[name] for name in new)
    # Read back rather than trusted: on PostgreSQL another writer may have been first.
    stored = _values(transaction, "params", run.id, list(ids.values()))
    for name, (value, _) in params.items():
        if stored[ids[name]] != value:
            raise InvalidValue(
                f"Param {name!r} of run {run_id!r} is {_short(stored[ids[name]])} already and cannot become "
                f"{_short(value)}: params are written once. Log it under another key, or in a new run."
            )


def write_tags(transaction: Transaction, run: OpenRun, tags: dict[str, str]) -> None:
    """Set tags; the two that name and nest a run change its row as well."""
    ids = transaction.key_ids(run.experiment, KeyKind.TAG, tags)
    transaction.count_new(_missing(transaction, "tags", run.id, list(ids.values())))
    transaction.run_many(
        "INSERT INTO tags (run, key_id, value) VALUES (?, ?, ?) "
        "ON CONFLICT (run, key_id) DO UPDATE SET value = excluded.value",
        [(run.id, ids[name], tags[name]) for name in sorted(tags)],
    )
    if known_tags.RUN_NAME in tags:
        transaction.run("UPDATE runs SET name = ? WHERE id = ?", (tags[known_tags.RUN_NAME], run.id))
    if known_tags.PARENT_RUN in tags:
        transaction.run("UPDATE runs SET parent_run_id = ? WHERE id = ?", (tags[known_tags.PARENT_RUN], run.id))


def _missing(transaction: Transaction, table: str, run: int, key_ids: list[int]) -> set[int]:
    """Which of these keys the run does not have yet."""
    missing = set(key_ids) - _existing(transaction, table, run, key_ids)
    if missing and transaction.waits_for_run(run):
        missing -= _existing(transaction, table, run, list(missing))
    return missing


def _existing(transaction: Transaction, table: str, run: int, key_ids: list[int]) -> set[int]:
    found: set[int] = set()
    for chunk in chunks(key_ids, 500):
        marks = ", ".join("?" * len(chunk))
        rows = transaction.rows(
            f"SELECT key_id FROM {table} WHERE run = ? AND key_id IN ({marks})",  # noqa: S608 (table is a constant)
            (run, *chunk),
        )
        found.update(row[0] for row in rows)
    return found


def _values(transaction: Transaction, table: str, run: int, key_ids: list[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for chunk in chunks(key_ids, 500):
        marks = ", ".join("?" * len(chunk))
        found.update(
            transaction.rows(
                f"SELECT key_id, value FROM {table} WHERE run = ? AND key_id IN ({marks})",  # noqa: S608 (constant)
                (run, *chunk),
            )
        )
    return found


def _short(value: str) -> str:
    return repr(value if len(value) <= 80 else f"{value[:77]}...")

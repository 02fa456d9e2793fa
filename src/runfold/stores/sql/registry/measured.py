"""Points of metrics that belong to logged models as well as to a run."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from runfold.domain.limits import MAX_DATASET_DIGEST, MAX_DATASET_NAME
from runfold.domain.metric import Metric
from runfold.domain.model_limits import check_words
from runfold.stores.sql.transaction import Transaction, chunks


def linked_points(metrics: Iterable[Metric]) -> list[Metric]:
    """The points of a batch that belong to a logged model: of each series of a model the greatest one.

    Raises:
        LimitExceeded: the name or digest of a dataset is too long.
    """
    newest: dict[tuple[str, str, str, str], Metric] = {}
    for point in metrics:
        if point.model_id:
            series = (point.model_id, point.key, point.dataset_name, point.dataset_digest)
            before = newest.get(series)
            if before is None or (point.step, point.timestamp_ms) >= (before.step, before.timestamp_ms):
                newest[series] = point
    for model_id, _, name, digest in newest:
        check_words("model id", model_id, 256)
        check_words("dataset name", name, MAX_DATASET_NAME)
        check_words("dataset digest", digest, MAX_DATASET_DIGEST)
    return [newest[series] for series in sorted(newest)]


def write_linked(transaction: Transaction, run_id: str, points: Sequence[Metric]) -> None:
    """Note points on the models they belong to. A model that is not there is passed over, as in MLflow."""
    model_ids = sorted({point.model_id for point in points})
    numbers: dict[str, int] = {}
    for some in chunks(model_ids, 500):
        marks = ", ".join("?" * len(some))
        numbers.update(
            transaction.rows(f"SELECT model_id, id FROM logged_models WHERE model_id IN ({marks})", some)  # noqa: S608
        )
    transaction.run_many(
        """
        INSERT INTO logged_model_metrics AS old
            (model, key, run_id, dataset_name, dataset_digest, value, step, timestamp)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (model, key, run_id, dataset_name, dataset_digest) DO UPDATE SET
            value = excluded.value, step = excluded.step, timestamp = excluded.timestamp
        WHERE (excluded.step, excluded.timestamp) >= (old.step, old.timestamp)
        """,
        [
            (
                numbers[point.model_id],
                point.key,
                run_id,
                point.dataset_name,
                point.dataset_digest,
                None if math.isnan(point.value) else point.value,
                point.step,
                point.timestamp_ms,
            )
            for point in points
            if point.model_id in numbers
        ],
    )

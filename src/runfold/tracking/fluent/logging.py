"""Log params, metrics, tags and datasets to the current run.

None of these waits for a network: a call checks what it is given, writes it to the spool and returns. Without a
current run, one is begun.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from runfold.domain.dataset import Dataset, DatasetUse
from runfold.errors import InvalidValue
from runfold.tracking.fluent.runs import run_to_log_to
from runfold.tracking.loggables import Pairs, PointLike, now_ms, points_of, texts_of

CONTEXT_TAG = "mlflow.data.context"


def log_metric(
    key: str,
    value: float,
    step: int | None = None,
    synchronous: bool | None = None,
    timestamp: int | None = None,
    run_id: str | None = None,
) -> None:
    """Log one point of a metric. Takes a few microseconds.

    Args:
        key: letters, digits, `_ - . : /` and spaces; `/` makes folders.
        value: any number; NaN and infinities are kept.
        step: any whole number; None: 0.
        synchronous: True waits until the point is durable.
        timestamp: Unix time in milliseconds; None: now.
        run_id: a run to log to instead of the current one; its state stays as it is.

    Raises:
        InvalidValue: the key or value can't be logged.

    Example:
        >>> import runfold
        >>> with runfold.start_run():
        ...     for step in range(3):
        ...         runfold.log_metric("loss", 1 / (step + 1), step=step)
    """
    run = run_to_log_to(run_id)
    run.recorder.log_metric(key, value, timestamp if timestamp is not None else now_ms(), 0 if step is None else step)
    if synchronous:
        run.flush()


def log_metrics(
    metrics: Mapping[str, float],
    step: int | None = None,
    synchronous: bool | None = None,
    run_id: str | None = None,
    timestamp: int | None = None,
) -> None:
    """Log one point of each of several metrics, all with the same step and time.

    Raises:
        InvalidValue: a key or value can't be logged; then none of them is.
    """
    run = run_to_log_to(run_id)
    run.recorder.log_metrics(metrics, timestamp if timestamp is not None else now_ms(), 0 if step is None else step)
    if synchronous:
        run.flush()


def log_param(key: str, value: Any, synchronous: bool | None = None) -> Any:
    """Log a param; any value is kept as its text.

    Returns:
        The value, so that a call can stand in an expression.

    Raises:
        InvalidValue: the key can't be logged, or the param has another value already.

    Example:
        >>> import runfold
        >>> with runfold.start_run():
        ...     learning_rate = runfold.log_param("learning_rate", 0.01)
        >>> learning_rate
        0.01
    """
    log_params({key: value}, synchronous=synchronous)
    return value


def log_params(params: Mapping[str, Any], synchronous: bool | None = None, run_id: str | None = None) -> None:
    """Log several params. Raises InvalidValue as `log_param` does; then none of them is logged."""
    run = run_to_log_to(run_id)
    run.recorder.log_params(params)
    if synchronous:
        run.flush()


def set_tag(key: str, value: Any, synchronous: bool | None = None) -> None:
    """Set a tag of the current run, replacing the value it had."""
    set_tags({key: value}, synchronous=synchronous)


def set_tags(tags: Mapping[str, Any], synchronous: bool | None = None) -> None:
    """Set several tags of the current run."""
    run = run_to_log_to()
    run.recorder.set_tags(tags)
    if synchronous:
        run.flush()


def delete_tag(key: str) -> None:
    """Remove a tag of the current run.

    Raises:
        NotFound: the run has no such tag.
    """
    run = run_to_log_to()
    run.flush()
    run.session.store.delete_tag(run.info.run_id, key)


def log_batch(
    metrics: Iterable[PointLike] = (),
    params: Pairs = (),
    tags: Pairs = (),
    synchronous: bool | None = None,
) -> None:
    """Log points, params and tags to the current run.

    Args:
        metrics: `runfold.Metric`, or objects with `key`, `value`, `timestamp` and `step`.
        params, tags: a mapping, pairs, or objects with `key` and `value`.
    """
    run = run_to_log_to()
    run.recorder.log_params(texts_of(params))
    run.recorder.set_tags(texts_of(tags))
    for point in points_of(metrics):
        run.recorder.log_metric(point.key, point.value, point.timestamp_ms, point.step)
    if synchronous:
        run.flush()


def log_input(
    dataset: Dataset | Any,
    context: str | None = None,
    tags: Mapping[str, str] | None = None,
    *,
    is_output: bool = False,
) -> None:
    """Note that the current run used a dataset.

    Args:
        dataset: from `runfold.data`, or an MLflow dataset.
        context: what for, such as `training` or `evaluation`.
        tags: of this use.
        is_output: the run made it.

    Example:
        >>> import runfold, runfold.data
        >>> dataset = runfold.data.from_rows([{"x": 1, "y": 2}], name="points")
        >>> with runfold.start_run():
        ...     runfold.log_input(dataset, context="training")
    """
    log_inputs([dataset], [context], [dict(tags or {})], is_output=is_output)


def log_inputs(
    datasets: Sequence[Dataset | Any],
    contexts: Sequence[str | None] | None = None,
    tags_list: Sequence[Mapping[str, str] | None] | None = None,
    *,
    is_output: bool = False,
) -> None:
    """Note that the current run used several datasets.

    Raises:
        InvalidValue: the lists are not equally long, or one is no dataset.
    """
    some_contexts = contexts or [None] * len(datasets)
    some_tags = tags_list or [None] * len(datasets)
    if not len(datasets) == len(some_contexts) == len(some_tags):
        raise InvalidValue(
            f"{len(datasets)} datasets, {len(some_contexts)} contexts and {len(some_tags)} tags: give one each."
        )
    uses = []
    for dataset, context, tags in zip(datasets, some_contexts, some_tags, strict=True):
        all_tags = dict(tags or {}) | ({CONTEXT_TAG: context} if context else {})
        uses.append(DatasetUse(dataset=_dataset(dataset), tags=all_tags, is_output=is_output))
    run_to_log_to().recorder.log_inputs(uses)


def _dataset(dataset: Any) -> Dataset:
    if isinstance(dataset, Dataset):
        return dataset
    if hasattr(dataset, "to_dict"):  # a dataset of MLflow's: its entity as a dict
        try:
            found = dataset.to_dict()
            return Dataset(
                name=found["name"],
                digest=found["digest"],
                source_type=found["source_type"],
                source=found["source"],
                schema=found.get("schema") or "",
                profile=found.get("profile") or "",
            )
        except (KeyError, TypeError):
            pass
    raise InvalidValue(f"{type(dataset).__name__} is no dataset; make one with runfold.data, such as from_pandas.")

"""What autologging of every framework logs: params, metrics, data, importances and the model."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from runfold.data.describe import from_numpy, from_pandas
from runfold.domain import limits
from runfold.errors import InvalidValue
from runfold.integrations.watching import Settings, quietly
from runfold.mlmodel.schema import Signature
from runfold.models.logging import log_model
from runfold.tracking.fluent import artifacts, logging

MAX_PARAMS = 200
EXAMPLE_ROWS = 5
MAX_BARS = 30

_UNFIT = re.compile(r"[^/\w.\- :]")


def record_params(params: Mapping[str, Any]) -> None:
    """Log params; of objects the text, of very long texts the beginning.

    Raises:
        InvalidValue: one has another value already, as in the second of two trainings of one run; others are logged.
    """
    texts = {_key(key): str(value)[: limits.MAX_PARAM_VALUE] for key, value in params.items() if value is not None}
    some = dict(list(texts.items())[:MAX_PARAMS])
    try:
        logging.log_params(some)
    except InvalidValue:
        for key, text in some.items():
            with suppress(InvalidValue):
                logging.log_params({key: text})
        raise


def record_metrics(metrics: Mapping[str, Any], step: int = 0, *, run_id: str | None = None) -> None:
    """Log what of a framework's measures is a number."""
    points = {_key(key): number for key, value in metrics.items() if (number := _number(value)) is not None}
    if points:
        logging.log_metrics(points, step=step, run_id=run_id)


def _key(name: object) -> str:
    """A name as keys may be; what else frameworks put into theirs becomes `_`."""
    return _UNFIT.sub("_", str(name))[: limits.MAX_KEY]


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError, RuntimeError):  # PyTorch raises the last for tensors of several values
        return None


def record_data(settings: Settings, rows: Any, targets: Any = None, *, context: str = "train") -> None:
    if not settings.datasets or rows is None:
        return
    name = "training data" if context == "train" else f"{context} data"
    if hasattr(rows, "dtypes") and hasattr(rows, "columns"):
        logging.log_input(from_pandas(rows, name=name), context)
    elif hasattr(rows, "dtype") and hasattr(rows, "shape"):
        wanted = targets if hasattr(targets, "dtype") and hasattr(targets, "shape") else None
        logging.log_input(from_numpy(rows, targets=wanted, name=name), context)


def record_importances(names: Iterable[Any], values: Iterable[float]) -> None:
    """Keep how much each feature matters, as numbers and, with matplotlib, as a picture."""
    pairs = sorted(((str(name), float(value)) for name, value in zip(names, values, strict=False)), key=lambda p: -p[1])
    artifacts.log_dict(dict(pairs), "feature_importance.json")
    if "matplotlib" not in sys.modules or not pairs:
        return
    from matplotlib.figure import Figure

    shown = pairs[:MAX_BARS][::-1]
    figure = Figure(figsize=(6, 1 + 0.25 * len(shown)), layout="constrained")
    axes = figure.subplots()
    axes.barh([name for name, _ in shown], [value for _, value in shown])
    axes.set_xlabel("importance")
    artifacts.log_figure(figure, "feature_importance.png")


def record_model(
    settings: Settings, model: Any, flavor: str, rows: Any = None, *, signature: Signature | None = None
) -> None:
    """Log the model in its safe format. Without an example if it cannot be called with one.

    Args:
        signature: where there is no example that tells it.
    """
    if not settings.models:
        return
    example = first_rows(rows) if settings.examples else None
    if example is not None and quietly(settings, _log, model, flavor, example):
        return
    log_model(model, flavor=flavor, signature=signature)


def _log(model: Any, flavor: str, example: Any) -> bool:
    log_model(model, flavor=flavor, input_example=example)
    return True


def first_rows(rows: Any) -> Any:
    """The first rows of data that can be cut, those of each input if there are several by name; None of other data."""
    if isinstance(rows, Mapping) and rows:
        parts = {str(name): first_rows(one) for name, one in rows.items()}
        return None if any(one is None for one in parts.values()) else parts
    if hasattr(rows, "head") and hasattr(rows, "dtypes"):
        return rows.head(EXAMPLE_ROWS)
    if hasattr(rows, "shape") and hasattr(rows, "dtype") and getattr(rows, "ndim", 0) >= 2:
        return rows[:EXAMPLE_ROWS]
    return None

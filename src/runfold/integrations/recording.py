"""What autologging of every framework logs: params, data, importances and the model."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import Any

from runfold.data.describe import from_numpy, from_pandas
from runfold.domain import limits
from runfold.integrations.watching import Settings, quietly
from runfold.models.logging import log_model
from runfold.tracking.fluent import artifacts, logging

MAX_PARAMS = 200
EXAMPLE_ROWS = 5
MAX_BARS = 30


def record_params(params: Mapping[str, Any]) -> None:
    """Log params; of objects the text, of very long texts the beginning."""
    texts = {str(key): str(value)[: limits.MAX_PARAM_VALUE] for key, value in params.items() if value is not None}
    logging.log_params(dict(list(texts.items())[:MAX_PARAMS]))


def record_data(settings: Settings, rows: Any, targets: Any = None, *, context: str = "train") -> None:
    if not settings.datasets or rows is None:
        return
    if hasattr(rows, "dtypes") and hasattr(rows, "columns"):
        logging.log_input(from_pandas(rows, name="training data"), context)
    elif hasattr(rows, "dtype") and hasattr(rows, "shape"):
        wanted = targets if hasattr(targets, "dtype") and hasattr(targets, "shape") else None
        logging.log_input(from_numpy(rows, targets=wanted, name="training data"), context)


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


def record_model(settings: Settings, model: Any, flavor: str, rows: Any = None) -> None:
    """Log the model in its safe format. Without an example if it cannot be called with one."""
    if not settings.models:
        return
    example = _example(rows) if settings.examples else None
    if example is not None and quietly(settings, _log, model, flavor, example):
        return
    log_model(model, flavor=flavor)


def _log(model: Any, flavor: str, example: Any) -> bool:
    log_model(model, flavor=flavor, input_example=example)
    return True


def _example(rows: Any) -> Any:
    """The first rows, copied, of data that can be cut; None of other data."""
    if hasattr(rows, "head") and hasattr(rows, "dtypes"):
        return rows.head(EXAMPLE_ROWS)
    if hasattr(rows, "shape") and hasattr(rows, "dtype") and getattr(rows, "ndim", 0) >= 2:
        return rows[:EXAMPLE_ROWS]
    return None

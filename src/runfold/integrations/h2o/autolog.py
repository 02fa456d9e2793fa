"""Autologging of H2O: every `train` of an estimator, and AutoML. H2O keeps the measures of each scoring to the end."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from runfold.domain.dataset import Dataset
from runfold.integrations.recording import (
    EXAMPLE_ROWS,
    record_importances,
    record_metrics,
    record_model,
    record_params,
)
from runfold.integrations.watching import Call, Settings, Watcher, quietly, watch
from runfold.tracking.fluent import artifacts, logging

_MEASURES = {"train": "training_metrics", "valid": "validation_metrics", "xval": "cross_validation_metrics"}
_TIME_COLUMNS = ("timestamp", "duration", "iterations", "number_of_trees", "epochs")


def turn_on(settings: Settings) -> None:
    from h2o.automl import H2OAutoML
    from h2o.estimators.estimator_base import H2OEstimator

    known = getattr(H2OEstimator.train, "__runfold_settings__", None)
    if known is not None:
        known.take_over(settings)
        return
    watch(H2OEstimator, "train", _Train(), settings)
    watch(H2OAutoML, "train", _AutoML(), settings)


class _Train(Watcher):
    def before(self, call: Call) -> None:
        if call.is_inner:
            return
        kind = type(call.owner)
        logging.set_tags({"estimator_name": kind.__name__, "estimator_class": f"{kind.__module__}.{kind.__qualname__}"})
        quietly(call.settings, _record_data, call)

    def after(self, call: Call, result: Any) -> None:
        if call.is_inner:
            return
        _record_trained(call, call.owner)


class _AutoML(_Train):
    def after(self, call: Call, result: Any) -> None:
        if call.is_inner:
            return
        quietly(call.settings, _record_leaderboard, call)
        if call.owner.leader is not None:
            _record_trained(call, call.owner.leader)


def _record_trained(call: Call, model: Any) -> None:
    settings = call.settings
    quietly(settings, lambda: record_params(_params_of(model)))
    for record in (_record_measures, _record_iterations, _record_importances):
        quietly(settings, record, settings, model)
    quietly(settings, record_model, settings, model, "h2o", quietly(settings, _example, call, model))


def _params_of(model: Any) -> dict[str, Any]:
    """As they were in the end, with what H2O chose itself; without those that are off or empty."""
    found = model.actual_params
    return {key: _named(value) for key, value in found.items() if value not in (None, [], "", "AUTO")}


def _named(value: Any) -> Any:
    """Of references to frames, models and columns the name alone."""
    if isinstance(value, dict):
        return value.get("name") or value.get("column_name")
    return value


def _record_data(call: Call) -> None:
    if not call.settings.datasets:
        return
    for name, context, position in (("training_frame", "train", 2), ("validation_frame", "eval", 5)):
        frame = call.argument(position, name)
        if frame is not None:
            logging.log_input(_described(frame, f"{'training' if context == 'train' else context} data"), context)


def _described(frame: Any, name: str) -> Dataset:
    """By columns, size and H2O's own checksum, which the server reckons where the data lie."""
    import h2o

    columns = [{"type": kind, "name": column, "required": False} for column, kind in frame.types.items()]
    details = h2o.api(f"GET /3/Frames/{frame.frame_id}/light")["frames"][0]
    content = json.dumps([columns, frame.nrow, details.get("checksum")])
    return Dataset(
        name=name,
        digest=hashlib.sha256(content.encode()).hexdigest()[:32],
        source_type="code",
        source='{"tags":{}}',
        schema=json.dumps({"mlflow_colspec": columns}),
        profile=json.dumps({"num_rows": frame.nrow, "num_elements": frame.nrow * frame.ncol}),
    )


def _record_measures(settings: Settings, model: Any) -> None:
    output = model._model_json["output"]
    for name, key in _MEASURES.items():
        measured = getattr(output.get(key), "_metric_json", None) or {}
        numbers = {f"{name}_{key.lower()}": value for key, value in measured.items() if _is_number(value)}
        record_metrics({key: value for key, value in numbers.items() if not key.endswith(("_time", "_nobs"))})


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _record_iterations(settings: Settings, model: Any) -> None:
    history = model._model_json["output"].get("scoring_history")
    if history is None:
        return
    names = history.col_header
    for row in history.cell_values[:: settings.every]:
        values = dict(zip(names, row, strict=False))
        step = next((values[name] for name in _TIME_COLUMNS[2:] if _is_number(values.get(name))), None)
        points = {key: one for key, one in values.items() if key and key not in _TIME_COLUMNS and _is_number(one)}
        if step is not None:
            record_metrics(points, int(step))


def _record_importances(settings: Settings, model: Any) -> None:
    if model._model_json["output"].get("variable_importances") is not None:
        rows = model.varimp(use_pandas=False)
        record_importances([row[0] for row in rows], [row[1] for row in rows])


def _record_leaderboard(call: Call) -> None:
    artifacts.log_text(call.owner.leaderboard.get_frame_data(), "leaderboard.csv")


def _example(call: Call, model: Any) -> Any:
    """The first rows of the columns that the model takes."""
    frame = call.argument(2, "training_frame")
    if not (call.settings.models and call.settings.examples) or frame is None:
        return None
    names = [name for name in model._model_json["output"]["names"] if name in frame.columns]
    response = model.actual_params.get("response_column")
    target = _named(response)
    return frame[[name for name in names if name != target]].head(EXAMPLE_ROWS).as_data_frame()

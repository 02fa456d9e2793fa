"""Autologging of Spark ML: every `fit` of an estimator, the outermost of nested ones, and what evaluators find."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from runfold.domain.dataset import Dataset
from runfold.integrations.recording import (
    EXAMPLE_ROWS,
    record_importances,
    record_metrics,
    record_model,
    record_params,
)
from runfold.integrations.watching import Call, Settings, Watcher, listen, quietly, watch
from runfold.tracking import active
from runfold.tracking.fluent import artifacts, logging

_INPUT_PARAMS = ("inputCol", "inputCols", "featuresCol", "featuresCols", "userCol", "itemCol", "itemsCol")
_OUTPUT_PARAMS = ("outputCol", "outputCols", "predictionCol", "probabilityCol", "rawPredictionCol")
_INNER_PARAMS = ("stages", "estimator", "estimatorParamMaps", "evaluator", "classifier")


def turn_on(settings: Settings) -> None:
    from pyspark.ml import base, evaluation

    known = getattr(base.Estimator.fit, "__runfold_settings__", None)
    if known is not None:
        known.take_over(settings)
        return
    watch(base.Estimator, "fit", _Fit(), settings)
    listen(evaluation.Evaluator, "evaluate", _hear_evaluation, settings)


class _Fit(Watcher):
    def spreads(self, call: Call) -> bool:
        return any(call.owner.hasParam(name) for name in ("estimatorParamMaps", "classifier"))

    def before(self, call: Call) -> None:
        if call.is_inner:
            return
        kind = type(call.owner)
        logging.set_tags({"estimator_name": kind.__name__, "estimator_class": f"{kind.__module__}.{kind.__qualname__}"})
        for record in (_record_params, _record_data):
            quietly(call.settings, record, call)

    def after(self, call: Call, result: Any) -> None:
        if call.is_inner or not hasattr(result, "transform"):
            return
        best = getattr(result, "bestModel", result)
        quietly(call.settings, _record_search, call, result)
        quietly(call.settings, _record_iterations, call.settings, best)
        quietly(call.settings, _record_importances, best)
        quietly(call.settings, record_model, call.settings, best, "spark", quietly(call.settings, _example, call, best))


def _record_params(call: Call) -> None:
    given = call.argument(1, "params")
    owner = call.owner.copy(given) if isinstance(given, Mapping) else call.owner
    record_params(dict(_params_of(owner)))


def _params_of(owner: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Params of an estimator; those of what it is made of with the name of its class before them."""
    values = {param.name: value for param, value in owner.extractParamMap().items()}
    for name, value in values.items():
        if name not in _INNER_PARAMS:
            yield f"{prefix}{name}", value
    inner = [*(values.get("stages") or ()), values.get("estimator"), values.get("classifier")]
    if "stages" in values:
        yield f"{prefix}stages", ", ".join(type(stage).__name__ for stage in values["stages"])
    if values.get("evaluator") is not None:
        yield f"{prefix}evaluator", type(values["evaluator"]).__name__
    taken: set[str] = set()
    for number, one in enumerate((one for one in inner if hasattr(one, "extractParamMap")), start=1):
        name = type(one).__name__
        yield from _params_of(one, f"{prefix}{name}." if name not in taken else f"{prefix}{name}_{number}.")
        taken.add(name)


def _record_data(call: Call) -> None:
    """Columns and plan: the content itself would take a job to read."""
    table = call.argument(0, "dataset")
    if not call.settings.datasets or not hasattr(table, "schema"):
        return
    columns = [
        {"type": field.dataType.simpleString(), "name": field.name, "required": not field.nullable}
        for field in table.schema.fields
    ]
    plan = f"{json.dumps(columns)}{table.semanticHash()}"
    logging.log_input(
        Dataset(
            name="training data",
            digest=hashlib.sha256(plan.encode()).hexdigest()[:32],
            source_type="code",
            source='{"tags":{}}',
            schema=json.dumps({"mlflow_colspec": columns}),
        ),
        "train",
    )


def _record_search(call: Call, result: Any) -> None:
    """What a search over params found: the measure of each, and the params of the best."""
    scores = getattr(result, "avgMetrics", None) or getattr(result, "validationMetrics", None)
    if not scores:
        return
    owner = call.owner
    tried = [{param.name: str(value) for param, value in one.items()} for one in owner.getEstimatorParamMaps()]
    evaluator = owner.getEvaluator()
    best = (max if evaluator.isLargerBetter() else min)(range(len(scores)), key=lambda index: scores[index])
    record_params({f"best_{name}": value for name, value in tried[best].items()})
    measure = _measure(evaluator)
    record_metrics({f"best_{measure}": scores[best]})
    rows = [{**params, measure: score} for params, score in zip(tried, scores, strict=True)]
    artifacts.log_dict({"tried": rows}, "search_results.json")


def _measure(evaluator: Any) -> str:
    return str(evaluator.getMetricName()) if evaluator.hasParam("metricName") else "score"


def _record_iterations(settings: Settings, model: Any) -> None:
    """What was minimised, which Spark keeps with the model; its other measures would take a job each."""
    last = _last(model)
    if not getattr(last, "hasSummary", False):
        return
    history = getattr(last.summary, "objectiveHistory", None) or ()
    for step in range(0, len(history), settings.every):
        record_metrics({"objective": history[step]}, step)
    record_metrics({"iterations": getattr(last.summary, "totalIterations", None)})


def _last(model: Any) -> Any:
    return model.stages[-1] if getattr(model, "stages", None) else model


def _record_importances(model: Any) -> None:
    last = _last(model)
    values = getattr(last, "featureImportances", None)
    if values is None:
        return
    numbers = values.toArray().tolist()
    assemblers = [stage for stage in getattr(model, "stages", []) if type(stage).__name__ == "VectorAssembler"]
    names = assemblers[-1].getInputCols() if assemblers else []
    # Vectors among the columns have several features each.
    record_importances(names if len(names) == len(numbers) else range(len(numbers)), numbers)


def _example(call: Call, model: Any) -> Any:
    """The first rows of the columns that the model takes, as a data frame."""
    table = call.argument(0, "dataset")
    if not (call.settings.models and call.settings.examples and hasattr(table, "limit")):
        return None
    names = [name for name in input_columns(model) if name in table.columns]
    frame = table.select(*names).limit(EXAMPLE_ROWS).toPandas() if names else None
    if frame is None or not len(frame):
        return None
    for name in frame.columns:
        if hasattr(frame[name].iloc[0], "toArray"):
            frame[name] = [vector.toArray().tolist() for vector in frame[name]]
    return frame


def input_columns(model: Any) -> list[str]:
    """Columns that a fitted model or pipeline takes, without those that it makes itself."""
    wanted: dict[str, None] = {}
    made: set[str] = set()
    for stage in getattr(model, "stages", [model]):
        wanted |= dict.fromkeys(name for name in _columns(stage, _INPUT_PARAMS) if name not in made)
        made.update(_columns(stage, _OUTPUT_PARAMS))
    return list(wanted)


def _columns(stage: Any, params: tuple[str, ...]) -> list[str]:
    values = [stage.getOrDefault(one) for one in params if stage.hasParam(one) and stage.isDefined(one)]
    return [name for value in values for name in ([value] if isinstance(value, str) else value)]


def _hear_evaluation(call: Call, result: Any) -> None:
    if active.current_run() is not None and isinstance(result, float):
        record_metrics({_measure(call.owner): result})

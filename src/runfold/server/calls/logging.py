"""What training scripts send while they run. The hot calls wait for the group commit without a thread each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from runfold.domain import limits
from runfold.domain.logged_model import ModelUse
from runfold.domain.metric import Metric
from runfold.domain.run import RunBatch
from runfold.errors import InvalidValue, LimitExceeded
from runfold.server.bind import Answer
from runfold.server.services import Services
from runfold.wire import convert
from runfold.wire.messages.base import Empty
from runfold.wire.messages.datasets import LogDatasets, LogInputs
from runfold.wire.messages.logged_models import LogOutputs
from runfold.wire.messages.metrics import LogBatch, LogMetric, LogParam
from runfold.wire.messages.runs import DeleteTag, LogModel, SetTag

_DONE = b"{}"


async def log_batch(services: Services, request: LogBatch) -> bytes:
    _check_batch_size(request)
    await services.committed(services.store.submit_batch(request.run_id, convert.batch_in(request)))
    return _DONE


async def log_metric(services: Services, request: LogMetric) -> bytes:
    point = Metric(
        request.key,
        request.value,
        request.timestamp,
        request.step,
        request.model_id,
        request.dataset_name,
        request.dataset_digest,
    )
    batch = RunBatch(metrics=(point,))
    await services.committed(services.store.submit_batch(convert.run_id_in(request), batch))
    return _DONE


async def log_param(services: Services, request: LogParam) -> bytes:
    batch = RunBatch(params=((request.key, request.value),))
    await services.committed(services.store.submit_batch(convert.run_id_in(request), batch))
    return _DONE


async def set_tag(services: Services, request: SetTag) -> bytes:
    batch = RunBatch(tags=((request.key, request.value),))
    await services.committed(services.store.submit_batch(convert.run_id_in(request), batch))
    return _DONE


def delete_tag(services: Services, request: DeleteTag) -> Empty:
    services.store.delete_tag(request.run_id, request.key)
    return Empty()


def log_inputs(services: Services, request: LogInputs) -> Empty:
    _check_n_datasets(len(request.datasets))
    services.store.log_inputs(request.run_id, tuple(convert.input_in(use) for use in request.datasets))
    if request.models:
        services.store.log_model_uses(
            request.run_id, tuple(ModelUse(model_id=model.model_id) for model in request.models)
        )
    return Empty()


def log_outputs(services: Services, request: LogOutputs) -> Empty:
    uses = tuple(ModelUse(model_id=model.model_id, is_output=True, step=model.step) for model in request.models)
    services.store.log_model_uses(request.run_id, uses)
    return Empty()


def log_datasets(services: Services, request: LogDatasets) -> Empty:
    _check_n_datasets(len(request.datasets))
    services.store.log_inputs(request.run_id, tuple(convert.use_in(use) for use in request.datasets))
    return Empty()


def log_model(services: Services, request: LogModel) -> Empty:
    """Append to the list of models in a tag, as MLflow's servers do."""
    services.store.log_model(request.run_id, _parse_model(request.model_json))
    return Empty()


def _parse_model(text: str) -> dict[str, Any]:
    try:
        model = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidValue(f"Invalid value for parameter 'model_json': it is not valid JSON: {error}.") from None
    needed = ("artifact_path", "flavors", "utc_time_created", "run_id")
    missing = [name for name in needed if not isinstance(model, dict) or name not in model]
    if missing:
        raise InvalidValue(f"Invalid value for parameter 'model_json': it lacks {', '.join(missing)}.")
    known: dict[str, Any] = model
    return known


def _check_batch_size(request: LogBatch) -> None:
    n_metrics, n_params, n_tags = len(request.metrics), len(request.params), len(request.tags)
    for what, n, most in (
        ("metrics", n_metrics, limits.MAX_BATCH_METRICS),
        ("params", n_params, limits.MAX_BATCH_PARAMS),
        ("tags", n_tags, limits.MAX_BATCH_TAGS),
        ("entries", n_metrics + n_params + n_tags, limits.MAX_BATCH_TOTAL),
    ):
        if n > most:
            raise LimitExceeded(f"The batch holds {n} {what}; at most {most} are taken in one request. Send several.")


def _check_n_datasets(n: int) -> None:
    if n > limits.MAX_INPUT_DATASETS:
        raise LimitExceeded(f"{n} datasets are too many for one request; send at most {limits.MAX_INPUT_DATASETS}.")


ANSWERS: Mapping[str, Answer] = {
    "mlflow:runs/log-batch": log_batch,
    "mlflow:runs/log-metric": log_metric,
    "mlflow:runs/log-parameter": log_param,
    "mlflow:runs/set-tag": set_tag,
    "mlflow:runs/delete-tag": delete_tag,
    "mlflow:runs/log-inputs": log_inputs,
    "mlflow:runs/outputs": log_outputs,
    "mlflow:runs/log-model": log_model,
    "runs/log-datasets": log_datasets,
}

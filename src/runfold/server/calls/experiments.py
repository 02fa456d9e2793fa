"""Experiments."""

from __future__ import annotations

from collections.abc import Mapping

from runfold.errors import InvalidValue, LimitExceeded, NotFound
from runfold.server.bind import Answer
from runfold.server.services import Services
from runfold.stores.base import ExperimentQuery
from runfold.wire import convert
from runfold.wire.messages import experiments as m
from runfold.wire.messages.base import Empty
from runfold.wire.messages.datasets import SearchDatasets, SearchDatasetsReply

MAX_RESULTS = 50_000
MAX_DATASET_EXPERIMENTS = 20
MAX_DAYS = 366


def create(services: Services, request: m.CreateExperiment) -> m.CreateExperimentReply:
    services.files.check_location(request.artifact_location)
    experiment_id = services.store.create_experiment(
        request.name, artifact_location=request.artifact_location, tags=convert.tags_in(request.tags)
    )
    return m.CreateExperimentReply(experiment_id=experiment_id)


def get(services: Services, request: m.GetExperiment) -> m.ExperimentReply:
    return m.ExperimentReply(experiment=convert.experiment_out(services.store.get_experiment(request.experiment_id)))


def get_by_name(services: Services, request: m.GetExperimentByName) -> m.ExperimentReply:
    experiment = services.store.find_experiment_by_name(request.experiment_name)
    if experiment is None:
        raise NotFound("experiment", request.experiment_name)
    return m.ExperimentReply(experiment=convert.experiment_out(experiment))


def search(services: Services, request: m.SearchExperiments) -> m.SearchExperimentsReply:
    check_max_results(request.max_results, MAX_RESULTS)
    page = services.store.search_experiments(
        ExperimentQuery(
            filter=request.filter,
            order_by=request.order_by,
            view_type=convert.view_type_in(request.view_type),
            max_results=request.max_results,
            page_token=request.page_token,
        )
    )
    return m.SearchExperimentsReply(
        experiments=tuple(convert.experiment_out(found) for found in page.items), next_page_token=page.next_token
    )


def rename(services: Services, request: m.UpdateExperiment) -> Empty:
    if request.new_name:
        services.store.rename_experiment(request.experiment_id, request.new_name)
    else:
        services.store.get_experiment(request.experiment_id)
    return Empty()


def delete(services: Services, request: m.ExperimentRef) -> Empty:
    services.store.delete_experiment(request.experiment_id)
    return Empty()


def restore(services: Services, request: m.ExperimentRef) -> Empty:
    services.store.restore_experiment(request.experiment_id)
    return Empty()


def discard(services: Services, request: m.ExperimentRef) -> m.DiscardExperimentReply:
    return m.DiscardExperimentReply(is_gone=services.store.discard_experiment(request.experiment_id))


def set_tag(services: Services, request: m.SetExperimentTag) -> Empty:
    services.store.set_experiment_tag(request.experiment_id, request.key, request.value)
    return Empty()


def delete_tag(services: Services, request: m.DeleteExperimentTag) -> Empty:
    services.store.delete_experiment_tag(request.experiment_id, request.key)
    return Empty()


def search_datasets(services: Services, request: SearchDatasets) -> SearchDatasetsReply:
    if len(request.experiment_ids) > MAX_DATASET_EXPERIMENTS:
        raise LimitExceeded(
            f"{len(request.experiment_ids)} experiments are too many for one listing of datasets; "
            f"name at most {MAX_DATASET_EXPERIMENTS}."
        )
    found = services.store.search_datasets(request.experiment_ids)
    return SearchDatasetsReply(dataset_summaries=tuple(convert.dataset_summary_out(summary) for summary in found))


def list_all(services: Services, request: m.ListExperiments) -> m.ListExperimentsReply:
    if not 0 < request.n_days <= MAX_DAYS:
        raise InvalidValue(f"Invalid value for parameter 'n_days': {request.n_days}; give 1 to {MAX_DAYS}.")
    summaries = services.store.summarize_experiments(
        view_type=convert.view_type_in(request.view_type), n_days=request.n_days
    )
    return m.ListExperimentsReply(experiments=tuple(convert.summary_out(summary) for summary in summaries))


def check_max_results(max_results: int, most: int) -> None:
    """Raises InvalidValue as MLflow does, when a page is to hold nothing or too much."""
    if not 0 < max_results <= most:
        raise InvalidValue(f"Invalid value {max_results} for parameter 'max_results': give at least 1, at most {most}.")


ANSWERS: Mapping[str, Answer] = {
    "mlflow:experiments/create": create,
    "mlflow:experiments/get": get,
    "mlflow:experiments/get-by-name": get_by_name,
    "mlflow:experiments/search": search,
    "mlflow:experiments/update": rename,
    "mlflow:experiments/delete": delete,
    "mlflow:experiments/restore": restore,
    "mlflow:experiments/set-experiment-tag": set_tag,
    "mlflow:experiments/delete-experiment-tag": delete_tag,
    "mlflow:experiments/search-datasets": search_datasets,
    "experiments/discard": discard,
    "experiments/list": list_all,
}

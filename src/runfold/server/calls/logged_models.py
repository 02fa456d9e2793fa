"""Logged models (MLflow 3)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from starlette.types import Receive, Scope, Send

from runfold.domain.logged_model import LoggedModel, NewLoggedModel
from runfold.domain.page import Page
from runfold.errors import InvalidValue
from runfold.server.artifacts import transfers
from runfold.server.artifacts.roots import list_below
from runfold.server.bind import Answer, Handler
from runfold.server.calls.models import wants_any
from runfold.server.services import Services
from runfold.stores.registry import DatasetRef, LoggedModelQuery
from runfold.wire import convert
from runfold.wire.decode import RequestReader
from runfold.wire.endpoints import Endpoint
from runfold.wire.messages import logged_models as m
from runfold.wire.messages.base import Empty

# MLflow enforces none; a page has to end somewhere.
MAX_RESULTS = 10_000
_file = RequestReader(m.LoggedModelFile)


def create(services: Services, request: m.CreateLoggedModel) -> m.LoggedModelReply:
    made = services.store.create_logged_model(
        NewLoggedModel(
            experiment_id=request.experiment_id,
            name=request.name,
            model_type=request.model_type,
            source_run_id=request.source_run_id,
            params={param.key: param.value for param in request.params},
            tags=convert.tags_in(request.tags),
        )
    )
    return _reply(made)


def create_in_run(services: Services, request: m.CreateLoggedModelRecord) -> m.LoggedModelReply:
    if not request.artifact_path:
        raise InvalidValue("The artifact_path says where in the run the files lie; it must not be empty.")
    made = services.store.create_logged_model(
        NewLoggedModel(
            experiment_id=request.experiment_id,
            name=request.name,
            artifact_path=request.artifact_path,
            model_type=request.model_type,
            source_run_id=request.source_run_id,
            params=request.params,
            tags=request.tags,
        )
    )
    return _reply(made)


def get(services: Services, request: m.LoggedModelRef) -> m.LoggedModelReply:
    return _reply(services.store.get_logged_model(request.model_id))


def finalize(services: Services, request: m.FinalizeLoggedModel) -> m.LoggedModelReply:
    status = convert.logged_status_in(request.status)
    return _reply(services.store.finalize_logged_model(request.model_id, status))


def delete(services: Services, request: m.LoggedModelRef) -> Empty:
    services.store.delete_logged_model(request.model_id)
    return Empty()


def search(services: Services, request: m.SearchLoggedModels) -> m.SearchLoggedModelsReply:
    found: Page[LoggedModel] = Page()
    if wants_any(request.max_results, MAX_RESULTS):
        found = services.store.search_logged_models(
            LoggedModelQuery(
                experiment_ids=request.experiment_ids,
                filter=request.filter,
                order_by=tuple(
                    item.field_name if item.ascending else f"{item.field_name} DESC" for item in request.order_by
                ),
                datasets=tuple(
                    DatasetRef(name=dataset.dataset_name, digest=dataset.dataset_digest) for dataset in request.datasets
                ),
                order_datasets=tuple(
                    DatasetRef(name=item.dataset_name, digest=item.dataset_digest) if item.dataset_name else None
                    for item in request.order_by
                ),
                max_results=request.max_results,
                page_token=request.page_token,
            )
        )
    return m.SearchLoggedModelsReply(
        models=tuple(map(convert.logged_model_out, found.items)), next_page_token=found.next_token
    )


def set_tags(services: Services, request: m.SetLoggedModelTags) -> m.LoggedModelReply:
    return _reply(services.store.set_logged_model_tags(request.model_id, convert.tags_in(request.tags)))


def delete_tag(services: Services, request: m.DeleteLoggedModelTag) -> Empty:
    services.store.delete_logged_model_tag(request.model_id, request.tag_key)
    return Empty()


def log_params(services: Services, request: m.LogLoggedModelParams) -> Empty:
    services.store.log_logged_model_params(request.model_id, {param.key: param.value for param in request.params})
    return Empty()


def list_files(services: Services, request: m.ListLoggedModelFiles) -> m.ListLoggedModelFilesReply:
    """Paths are relative to the model, whatever folder is listed."""
    model = services.store.get_logged_model(request.model_id)
    folder = services.files.folder(model.artifact_uri)
    found = list_below(folder, request.artifact_directory_path)
    return m.ListLoggedModelFilesReply(
        root_uri=model.artifact_uri,
        files=tuple(convert.file_out(info.path.relative_to(folder.path).text, info) for info in found),
    )


async def download_file(services: Services, endpoint: Endpoint, scope: Scope, receive: Receive, send: Send) -> None:
    request = _file.read_query(str(scope["query_string"], "latin-1"), scope["path_fields"])
    model = await services.in_thread(partial(services.store.get_logged_model, request.model_id))
    folder = services.files.folder(model.artifact_uri)
    await transfers.download(services, folder, folder.file(request.artifact_file_path), scope, send)


def _reply(model: LoggedModel) -> m.LoggedModelReply:
    return m.LoggedModelReply(model=convert.logged_model_out(model))


ANSWERS: Mapping[str, Answer] = {
    "logged-models/create": create_in_run,
    "mlflow:logged-models": create,
    "mlflow:GET logged-models/{model_id}": get,
    "mlflow:PATCH logged-models/{model_id}": finalize,
    "mlflow:DELETE logged-models/{model_id}": delete,
    "mlflow:logged-models/search": search,
    "mlflow:logged-models/{model_id}/tags": set_tags,
    "mlflow:logged-models/{model_id}/tags/{tag_key}": delete_tag,
    "mlflow:logged-models/{model_id}/params": log_params,
    "mlflow:logged-models/{model_id}/artifacts/directories": list_files,
}
HANDLERS: Mapping[str, Handler] = {"mlflow:logged-models/{model_id}/artifacts/files": download_file}

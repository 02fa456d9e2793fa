"""Registered models, their versions and aliases, as MLflow's clients call them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from starlette.types import Receive, Scope, Send

from runfold.domain.page import Page
from runfold.domain.registered_model import ModelVersion, NewModelVersion, RegisteredModel, Stage
from runfold.errors import InvalidValue
from runfold.server.artifacts import transfers
from runfold.server.bind import Answer, Handler
from runfold.server.registration.registering import register
from runfold.server.services import Services
from runfold.stores.registry import ModelQuery
from runfold.wire import convert
from runfold.wire.decode import RequestReader
from runfold.wire.endpoints import Endpoint
from runfold.wire.messages import models as m
from runfold.wire.messages.base import Empty

MAX_MODELS = 1000
MAX_VERSIONS = 200_000
_file = RequestReader(m.ModelVersionFile)

# --- registered models


def create_model(services: Services, request: m.CreateRegisteredModel) -> m.RegisteredModelReply:
    made = services.store.create_registered_model(
        request.name, description=request.description, tags=convert.tags_in(request.tags)
    )
    return _model(made)


def get_model(services: Services, request: m.RegisteredModelRef) -> m.RegisteredModelReply:
    return _model(services.store.get_registered_model(request.name))


def search_models(services: Services, request: m.SearchRegisteredModels) -> m.SearchRegisteredModelsReply:
    query = ModelQuery(filter=request.filter, order_by=request.order_by, page_token=request.page_token)
    found: Page[RegisteredModel] = Page()
    if wants_any(request.max_results, MAX_MODELS):
        query = _with_limit(query, request.max_results)
        found = services.store.search_registered_models(query)
    return m.SearchRegisteredModelsReply(
        registered_models=tuple(map(convert.registered_model_out, found.items)), next_page_token=found.next_token
    )


def rename_model(services: Services, request: m.RenameRegisteredModel) -> m.RegisteredModelReply:
    return _model(services.store.rename_registered_model(request.name, request.new_name))


def update_model(services: Services, request: m.UpdateRegisteredModel) -> m.RegisteredModelReply:
    return _model(services.store.update_registered_model(request.name, description=request.description))


def delete_model(services: Services, request: m.RegisteredModelRef) -> Empty:
    services.store.delete_registered_model(request.name)
    return Empty()


def latest_versions(services: Services, request: m.GetLatestVersions) -> m.ModelVersionsReply:
    found = services.store.latest_model_versions(request.name, [Stage.parse(stage) for stage in request.stages])
    return m.ModelVersionsReply(model_versions=tuple(map(convert.model_version_out, found)))


def set_model_tag(services: Services, request: m.SetRegisteredModelTag) -> Empty:
    services.store.set_registered_model_tag(request.name, request.key, request.value)
    return Empty()


def delete_model_tag(services: Services, request: m.DeleteRegisteredModelTag) -> Empty:
    services.store.delete_registered_model_tag(request.name, request.key)
    return Empty()


def set_alias(services: Services, request: m.SetAlias) -> Empty:
    services.store.set_model_alias(request.name, request.alias, request.version)
    return Empty()


def delete_alias(services: Services, request: m.AliasRef) -> Empty:
    services.store.delete_model_alias(request.name, request.alias)
    return Empty()


def get_by_alias(services: Services, request: m.AliasRef) -> m.ModelVersionReply:
    return _version(services.store.get_model_version_by_alias(request.name, request.alias))


# --- versions


def create_version(services: Services, request: m.CreateModelVersion) -> m.ModelVersionReply:
    new = NewModelVersion(
        name=request.name,
        source=request.source,
        run_id=request.run_id,
        run_link=request.run_link,
        model_id=request.model_id,
        description=request.description,
        tags=convert.tags_in(request.tags),
    )
    return _version(register(services, new))


def get_version(services: Services, request: m.ModelVersionRef) -> m.ModelVersionReply:
    return _version(services.store.get_model_version(request.name, request.version))


def search_versions(services: Services, request: m.SearchModelVersions) -> m.SearchModelVersionsReply:
    query = ModelQuery(filter=request.filter, order_by=request.order_by, page_token=request.page_token)
    found: Page[ModelVersion] = Page()
    if wants_any(request.max_results, MAX_VERSIONS):
        found = services.store.search_model_versions(_with_limit(query, request.max_results))
    return m.SearchModelVersionsReply(
        model_versions=tuple(map(convert.model_version_out, found.items)), next_page_token=found.next_token
    )


def update_version(services: Services, request: m.UpdateModelVersion) -> m.ModelVersionReply:
    return _version(services.store.update_model_version(request.name, request.version, description=request.description))


def transition(services: Services, request: m.TransitionModelVersion) -> m.ModelVersionReply:
    return _version(
        services.store.transition_model_version(
            request.name,
            request.version,
            Stage.parse(request.stage),
            archive_existing=request.archive_existing_versions,
        )
    )


def delete_version(services: Services, request: m.ModelVersionRef) -> Empty:
    services.store.delete_model_version(request.name, request.version)
    return Empty()


def get_download_uri(services: Services, request: m.ModelVersionRef) -> m.DownloadUriReply:
    version = services.store.get_model_version(request.name, request.version)
    version.check_ready()
    return m.DownloadUriReply(artifact_uri=version.storage_location)


def set_version_tag(services: Services, request: m.SetModelVersionTag) -> Empty:
    services.store.set_model_version_tag(request.name, request.version, request.key, request.value)
    return Empty()


def delete_version_tag(services: Services, request: m.DeleteModelVersionTag) -> Empty:
    services.store.delete_model_version_tag(request.name, request.version, request.key)
    return Empty()


async def download_version_file(
    services: Services, endpoint: Endpoint, scope: Scope, receive: Receive, send: Send
) -> None:
    request = _file.read_query(str(scope["query_string"], "latin-1"))
    version = await services.in_thread(partial(services.store.get_model_version, request.name, request.version))
    folder = services.files.folder_of_version(version)
    await transfers.download(services, folder, folder.file(request.path), scope, send)


def wants_any(max_results: int, most: int) -> bool:
    """Whether a page has any rows: MLflow answers zero, and less, with an empty one.

    Raises:
        InvalidValue: more rows are asked for than a page may have.
    """
    if max_results > most:
        raise InvalidValue(f"Invalid value {max_results} for parameter 'max_results': at most {most} are allowed.")
    return max_results > 0


def _with_limit(query: ModelQuery, max_results: int) -> ModelQuery:
    return ModelQuery(
        filter=query.filter, order_by=query.order_by, page_token=query.page_token, max_results=max_results
    )


def _model(model: RegisteredModel) -> m.RegisteredModelReply:
    return m.RegisteredModelReply(registered_model=convert.registered_model_out(model))


def _version(version: ModelVersion) -> m.ModelVersionReply:
    return m.ModelVersionReply(model_version=convert.model_version_out(version))


ANSWERS: Mapping[str, Answer] = {
    "mlflow:registered-models/create": create_model,
    "mlflow:registered-models/get": get_model,
    "mlflow:registered-models/search": search_models,
    "mlflow:registered-models/rename": rename_model,
    "mlflow:registered-models/update": update_model,
    "mlflow:registered-models/delete": delete_model,
    "mlflow:registered-models/get-latest-versions": latest_versions,
    "mlflow:registered-models/set-tag": set_model_tag,
    "mlflow:registered-models/delete-tag": delete_model_tag,
    "mlflow:POST registered-models/alias": set_alias,
    "mlflow:DELETE registered-models/alias": delete_alias,
    "mlflow:GET registered-models/alias": get_by_alias,
    "mlflow:model-versions/create": create_version,
    "mlflow:model-versions/get": get_version,
    "mlflow:model-versions/search": search_versions,
    "mlflow:model-versions/update": update_version,
    "mlflow:model-versions/transition-stage": transition,
    "mlflow:model-versions/delete": delete_version,
    "mlflow:model-versions/get-download-uri": get_download_uri,
    "mlflow:model-versions/set-tag": set_version_tag,
    "mlflow:model-versions/delete-tag": delete_version_tag,
}
HANDLERS: Mapping[str, Handler] = {"model-versions/get-artifact": download_version_file}

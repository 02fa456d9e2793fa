"""Registered models, versions and aliases as whole records."""

from __future__ import annotations

from collections.abc import Mapping

from runfold.domain.model_files import compare, summed_up
from runfold.errors import LimitExceeded
from runfold.server.artifacts.roots import list_below
from runfold.server.bind import Answer
from runfold.server.calls.models import MAX_MODELS
from runfold.server.registration.registering import register, verify
from runfold.server.services import Services
from runfold.stores.registry import ModelQuery
from runfold.wire import convert
from runfold.wire.messages import registry as m
from runfold.wire.messages.base import Empty

MAX_LOCATIONS = 1000


def create_model(services: Services, request: m.CreateModelRecord) -> m.ModelRecordReply:
    made = services.store.create_registered_model(
        request.name, description=request.description, user_id=request.user_id, tags=request.tags
    )
    return m.ModelRecordReply(model=convert.model_record_out(made))


def get_model(services: Services, request: m.GetModelRecord) -> m.ModelRecordReply:
    return m.ModelRecordReply(model=convert.model_record_out(services.store.get_registered_model(request.name)))


def search_models(services: Services, request: m.SearchModelRecords) -> m.SearchModelRecordsReply:
    page = services.store.search_registered_models(_query(request))
    return m.SearchModelRecordsReply(
        models=tuple(map(convert.model_record_out, page.items)), next_page_token=page.next_token
    )


def register_version(services: Services, request: m.RegisterModelVersion) -> m.VersionRecordReply:
    made = register(services, convert.new_version_in(request))
    return m.VersionRecordReply(version=convert.version_record_out(made))


def get_version(services: Services, request: m.GetVersionRecord) -> m.VersionRecordReply:
    found = services.store.get_model_version(request.name, request.version)
    return m.VersionRecordReply(version=convert.version_record_out(found))


def list_files(services: Services, request: m.ListVersionFiles) -> m.ListVersionFilesReply:
    version = services.store.get_model_version(request.name, request.version)
    folder = services.files.folder_of_version(version)
    found = list_below(folder, request.path)
    return m.ListVersionFilesReply(
        files=tuple(convert.file_out(info.path.relative_to(folder.path).text, info) for info in found)
    )


def registered_files(services: Services, request: m.GetVersionRecord) -> m.RegisteredFilesReply:
    found = services.store.list_model_version_files(request.name, request.version)
    return m.RegisteredFilesReply(files=convert.listing_out(found))


def search_versions(services: Services, request: m.SearchVersionRecords) -> m.VersionRecordsReply:
    page = services.store.search_model_versions(_query(request))
    return m.VersionRecordsReply(
        versions=tuple(map(convert.version_record_out, page.items)), next_page_token=page.next_token
    )


def update_card(services: Services, request: m.UpdateModelCard) -> m.VersionRecordReply:
    changed = services.store.update_model_card(request.name, request.version, convert.card_changes_in(request))
    return m.VersionRecordReply(version=convert.version_record_out(changed))


def verify_version(services: Services, request: m.GetVersionRecord) -> m.VerifyReply:
    version = services.store.get_model_version(request.name, request.version)
    listing = verify(services, version)
    found, registered = convert.files_out(summed_up(listing)), convert.files_out(version.files)
    assert found is not None, "there are files to compare"
    assert registered is not None, "there are files to compare"
    before = services.store.list_model_version_files(request.name, request.version)
    files = tuple(map(convert.file_check_out, compare(before, listing))) if before else ()
    return m.VerifyReply(is_unchanged=found == registered, registered=registered, found=found, files=files)


def get_policy(services: Services, request: m.GetModelPolicy) -> m.ModelPolicyReply:
    if request.name:
        services.store.get_registered_model(request.name)
    return m.ModelPolicyReply(policy=convert.policy_out(services.store.get_model_policy(request.name)))


def set_policy(services: Services, request: m.SetModelPolicy) -> m.ModelPolicyReply:
    services.store.set_model_policy(request.name, convert.policy_in(request.policy), user_id=request.user_id)
    return get_policy(services, m.GetModelPolicy(name=request.name))


def versions_at(services: Services, request: m.FindVersionsAt) -> m.VersionRecordsReply:
    if len(request.locations) > MAX_LOCATIONS:
        raise LimitExceeded(f"{len(request.locations)} locations in one call; at most {MAX_LOCATIONS} are allowed.")
    found = services.store.find_versions_at(request.locations, also_below=request.also_below)
    return m.VersionRecordsReply(versions=tuple(map(convert.version_record_out, found)))


def set_alias(services: Services, request: m.MoveAlias) -> m.VersionRecordReply:
    services.store.set_model_alias(
        request.name, request.alias, request.version, user_id=request.user_id, reason=request.reason
    )
    return get_version(services, m.GetVersionRecord(name=request.name, version=request.version))


def delete_alias(services: Services, request: m.RemoveAlias) -> Empty:
    services.store.delete_model_alias(request.name, request.alias, user_id=request.user_id, reason=request.reason)
    return Empty()


def get_alias(services: Services, request: m.GetAliasAt) -> m.VersionRecordReply:
    found = services.store.get_model_version_by_alias(request.name, request.alias, at_ms=request.at_ms)
    return m.VersionRecordReply(version=convert.version_record_out(found))


def alias_history(services: Services, request: m.GetAliasHistory) -> m.AliasHistoryReply:
    moves = services.store.list_alias_moves(request.name, request.alias)
    return m.AliasHistoryReply(moves=tuple(map(convert.alias_move_out, moves)))


def return_alias(services: Services, request: m.RemoveAlias) -> m.VersionRecordReply:
    found = services.store.return_model_alias(
        request.name, request.alias, user_id=request.user_id, reason=request.reason
    )
    return m.VersionRecordReply(version=convert.version_record_out(found))


def _query(request: m.SearchModelRecords | m.SearchVersionRecords) -> ModelQuery:
    if request.max_results > MAX_MODELS:
        raise LimitExceeded(f"max_results is {request.max_results}; at most {MAX_MODELS} are allowed.")
    return ModelQuery(
        filter=request.filter,
        order_by=request.order_by,
        max_results=request.max_results,
        page_token=request.page_token,
    )


ANSWERS: Mapping[str, Answer] = {
    "models/create": create_model,
    "models/get": get_model,
    "models/search": search_models,
    "model-versions/register": register_version,
    "model-versions/get": get_version,
    "model-versions/files": list_files,
    "model-versions/registered-files": registered_files,
    "model-versions/search": search_versions,
    "model-versions/update-card": update_card,
    "model-versions/verify": verify_version,
    "model-versions/at": versions_at,
    "model-policies/get": get_policy,
    "model-policies/set": set_policy,
    "model-aliases/set": set_alias,
    "model-aliases/delete": delete_alias,
    "model-aliases/get": get_alias,
    "model-aliases/history": alias_history,
    "model-aliases/return": return_alias,
}

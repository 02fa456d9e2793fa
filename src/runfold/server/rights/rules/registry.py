"""Who may do what with logged and registered models, and with requests to promote them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from runfold.domain.access import Ability
from runfold.domain.registered_model import CardChanges, NewModelVersion
from runfold.server.rights.permit import Permit
from runfold.server.rights.rules.datasets import check_noting, check_taking_along
from runfold.server.rights.rules.rule import Rule, Work, rules, then_look_again


def _new_logged_model(permit: Permit, needed: Ability, work: Work, model: Any) -> Any:
    """One that points into a run is part of it: whether there is such a run is not told to who may not change it."""
    permit.check_experiments([model.experiment_id], needed)
    if model.artifact_path:
        permit.check_runs([model.source_run_id], needed)
    return work(model)


def _logged_model(permit: Permit, needed: Ability, work: Work, model_id: str, /, *args: Any, **kwargs: Any) -> Any:
    permit.check_logged_models([model_id], needed)
    return work(model_id, *args, **kwargs)


def _model(permit: Permit, needed: Ability, work: Work, name: str, /, *args: Any, **kwargs: Any) -> Any:
    permit.check_model(name, needed)
    return work(name, *args, **kwargs)


def _signed_model(permit: Permit, needed: Ability, work: Work, name: str, /, *args: Any, **kwargs: Any) -> Any:
    """What goes into a history bears the caller's name, whatever name was sent."""
    permit.check_model(name, needed)
    return work(name, *args, **{**kwargs, "user_id": permit.caller.user.name})


def _create_model(permit: Permit, needed: Ability, work: Work, name: str, **kwargs: Any) -> Any:
    if not permit.caller.rights.may_create_model(permit.workspace):
        raise permit.denied(Ability.REGISTER)
    return then_look_again(permit, work, name, **{**kwargs, "user_id": permit.caller.user.name})


def _card(permit: Permit, needed: Ability, work: Work, name: str, version: int, changes: CardChanges) -> Any:
    permit.check_model(name, needed)
    check_noting(permit, permit.workspace, [dataset.name for dataset in changes.datasets or ()])
    return work(name, version, changes)


def _rename_model(permit: Permit, needed: Ability, work: Work, name: str, new_name: str) -> Any:
    permit.check_model(name, needed)
    return then_look_again(permit, work, name, new_name)


def _delete_model(permit: Permit, needed: Ability, work: Work, name: str) -> Any:
    permit.check_model(name, needed)
    return then_look_again(permit, work, name)


def _create_version(permit: Permit, needed: Ability, work: Work, version: NewModelVersion) -> Any:
    """Where its files lie was checked before they were read (`server.registering`)."""
    permit.check_model(version.name, needed)
    if version.run_id:
        permit.check_runs([version.run_id], Ability.READ)
    check_noting(permit, permit.workspace, [dataset.name for dataset in version.card.datasets])
    for home in permit.homes_in_path([one for one in (version.run_id, version.model_id) if one]):
        check_taking_along(permit, home.workspace, permit.workspace)
    return work(msgspec.structs.replace(version, user_id=permit.caller.user.name))


def _search_models(permit: Permit, needed: Ability, work: Work, query: Any) -> Any:
    return work(query, visible=permit.caller.visible_models(permit.workspace))


def _find_versions_at(permit: Permit, needed: Ability, work: Work, locations: Sequence[str], **kwargs: Any) -> Any:
    rights = permit.caller.rights
    return tuple(
        version
        for version in work(locations, **kwargs)
        if version.workspace == permit.workspace and rights.on_model(version.name, permit.workspace)
    )


def _model_policy(permit: Permit, needed: Ability, work: Work, name: str) -> Any:
    """The policy of the server is everybody's to know: they have to keep it."""
    if name:
        permit.check_model(name, needed)
    return work(name)


def _new_promotion(permit: Permit, needed: Ability, work: Work, new: Any) -> Any:
    permit.check_model(new.name, needed)
    return work(msgspec.structs.replace(new, user_id=permit.caller.user.name))


def _promotion(permit: Permit, needed: Ability, work: Work, request_id: str, /, *args: Any, **kwargs: Any) -> Any:
    name = permit.store.get_promotion(request_id).name
    permit.check("promotion request", request_id, permit.caller.rights.on_model(name, permit.workspace), needed)
    return work(request_id, *args, **kwargs)


def _merge_promotion(permit: Permit, needed: Ability, work: Work, request_id: str, *, user_id: str = "") -> Any:
    return _promotion(permit, needed, work, request_id, user_id=permit.caller.user.name)


def _review_promotion(permit: Permit, needed: Ability, work: Work, request_id: str, review: Any) -> Any:
    signed = msgspec.structs.replace(review, user_id=permit.caller.user.name)
    return _promotion(permit, needed, work, request_id, signed)


def _list_promotions(permit: Permit, needed: Ability, work: Work, name: str = "", states: Any = ()) -> Any:
    if name:
        permit.check_model(name, needed)
    rights = permit.caller.rights
    return tuple(promotion for promotion in work(name, states) if rights.on_model(promotion.name, permit.workspace))


REGISTRY: Mapping[str, Rule] = {
    # logged models
    **rules(Ability.RECORD, _new_logged_model, "create_logged_model"),
    **rules(Ability.READ, _logged_model, "get_logged_model"),
    **rules(
        Ability.RECORD,
        _logged_model,
        *("finalize_logged_model", "set_logged_model_tags", "delete_logged_model_tag"),
        "log_logged_model_params",
    ),
    **rules(Ability.ORGANIZE, _logged_model, "delete_logged_model"),
    # registered models
    **rules(Ability.REGISTER, _create_model, "create_registered_model"),
    **rules(Ability.READ, _search_models, "search_registered_models", "search_model_versions"),
    **rules(
        Ability.READ,
        _model,
        *("get_registered_model", "get_model_version", "latest_model_versions", "get_model_version_by_alias"),
        *("list_alias_moves", "list_model_version_files"),
    ),
    **rules(
        Ability.REGISTER,
        _model,
        *("update_registered_model", "set_registered_model_tag", "delete_registered_model_tag"),
        "update_model_version",
        *("set_model_version_tag", "delete_model_version_tag"),
    ),
    **rules(Ability.REGISTER, _card, "update_model_card"),
    **rules(Ability.PROMOTE, _model, "transition_model_version"),
    **rules(Ability.PROMOTE, _signed_model, "set_model_alias", "delete_model_alias", "return_model_alias"),
    **rules(Ability.REGISTER, _create_version, "create_model_version"),
    **rules(Ability.DELETE, _rename_model, "rename_registered_model"),
    **rules(Ability.DELETE, _delete_model, "delete_registered_model"),
    **rules(Ability.DELETE, _model, "delete_model_version"),
    **rules(Ability.READ, _find_versions_at, "find_versions_at"),
    **rules(Ability.READ, _model_policy, "get_model_policy"),
    # promotions
    **rules(Ability.REGISTER, _new_promotion, "create_promotion"),
    **rules(Ability.READ, _promotion, "get_promotion"),
    **rules(Ability.READ, _list_promotions, "list_promotions"),
    **rules(Ability.PROMOTE, _review_promotion, "review_promotion"),
    **rules(Ability.PROMOTE, _merge_promotion, "merge_promotion"),
    **rules(Ability.REGISTER, _promotion, "withdraw_promotion"),
}

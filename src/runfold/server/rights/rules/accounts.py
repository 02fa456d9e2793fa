"""Who may do what with accounts, tokens and grants."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import msgspec

from runfold.domain.access import (
    EVERY_ABILITY,
    NOTHING,
    RECORDS_BY_NAME,
    Ability,
    Grant,
    Place,
    PlaceKind,
    Subject,
    SubjectKind,
    UsedRole,
)
from runfold.domain.sharing import Sharer
from runfold.domain.standing import NO_CHANGE, Change
from runfold.domain.workspace import DEFAULT_WORKSPACE
from runfold.errors import NotFound, PermissionDenied
from runfold.server.rights.access import Caller
from runfold.server.rights.permit import Permit
from runfold.server.rights.rules.groups import check_is_known
from runfold.server.rights.rules.places import check_place
from runfold.server.rights.rules.rule import Rule, Work, rules, then_look_again

_ASKS_FOR_OLD = "account/password"
"""Who finds a browser signed in does not get the account for good."""
_OWN_LINKS = ("account/finish-link", "account/unlink")
"""Calls that have asked for the password."""


def _own_account(permit: Permit, needed: Ability, work: Work, name: str, /, *args: Any, **kwargs: Any) -> Any:
    """Of others only administrators see or change anything; to everybody else they do not exist."""
    caller = permit.caller
    if caller.rights.within and Ability.ACCOUNT in needed:
        raise PermissionDenied("A token that is limited to some places does not manage its account.")
    if not caller.rights.administers and (name != caller.user.name or needed not in caller.rights.most):
        raise NotFound("user", name) if name != caller.user.name else permit.denied(needed)
    return work(name, *args, **kwargs)


def _create_token(permit: Permit, needed: Ability, work: Work, user: str, /, **kwargs: Any) -> Any:
    """A place that the caller may not read is not found, as if it were not there.

    Who calls by a token makes no other one that can do more.
    """
    for place in kwargs.get("places", ()):
        match place.kind:
            case PlaceKind.WORKSPACE | PlaceKind.FOLDER | PlaceKind.NEW:
                permit.check_entry(place.workspace if place.is_named else place.key)
            case kind if kind is not PlaceKind.EVERYTHING:
                check_place(permit, place, Ability.READ)
    return _own_account(permit, needed, partial(work, most=permit.caller.rights.most), user, **kwargs)


def _update_user(permit: Permit, needed: Ability, work: Work, name: str, /, **changes: Any) -> Any:
    """Everybody may change their own password, and nothing else of an account."""
    if changes.keys() != {"password"}:
        permit.check_admin()
    elif name == permit.caller.user.name and permit.endpoint.name != _ASKS_FOR_OLD:
        _check_more_than_a_key(permit.caller)
    return _own_account(permit, needed, partial(then_look_again, permit, work), name, **changes)


def _check_more_than_a_key(caller: Caller) -> None:
    """A stolen token or session, which ends, must not become the account, which stays."""
    if caller.session_id:
        raise PermissionDenied(f"By a browser, one's own password is changed with the old one: {_ASKS_FOR_OLD}.")
    if caller.token_id and not caller.rights.administers:
        raise PermissionDenied(
            f"With a token, one's own password is changed with the old one: {_ASKS_FOR_OLD}, or sign in by password."
        )


def _link(permit: Permit, needed: Ability, work: Work, user: str, /, **identity: Any) -> Any:
    """Everybody may link their own account, where that asks for the password; administrators those of others."""
    if permit.endpoint.name not in _OWN_LINKS:
        permit.check_admin()
    return _own_account(permit, needed, partial(then_look_again, permit, work), user, **identity)


def _end_sessions(permit: Permit, needed: Ability, work: Work, name: str) -> Any:
    return _own_account(permit, needed, partial(then_look_again, permit, work), name)


def _end_session(permit: Permit, needed: Ability, work: Work, session_id: str, *, user: str | None = None) -> Any:
    caller = permit.caller
    if not caller.rights.administers and user != caller.user.name:
        raise NotFound("session", session_id)
    return then_look_again(permit, work, session_id, user=user)


def _revoke_token(permit: Permit, needed: Ability, work: Work, token_id: str, *, user: str | None = None) -> Any:
    caller = permit.caller
    if not caller.rights.administers and user != caller.user.name:
        raise NotFound("token", token_id)
    return then_look_again(permit, work, token_id, user=user)


def _set_grant(permit: Permit, needed: Ability, work: Work, grant: Grant) -> Any:
    sharer = _as_sharer(permit, grant.place, needed)
    check_is_known(permit, grant.subject)
    return then_look_again(permit, partial(work, **sharer), grant)


def _remove_grant(permit: Permit, needed: Ability, work: Work, subject: Subject, place: Place) -> Any:
    return then_look_again(permit, partial(work, **_as_sharer(permit, place, needed)), subject, place)


def _as_sharer(permit: Permit, place: Place, needed: Ability) -> dict[str, Sharer]:
    """How the write is to be checked; not at all for who can do everything there."""
    try:
        check_place(permit, place, EVERY_ABILITY)
    except PermissionDenied:
        check_place(permit, place, needed)
        return {"sharer": Sharer(user=permit.caller.user.name, most=permit.caller.rights.most)}
    return {}


def _list_grants(
    permit: Permit, needed: Ability, work: Work, *, subject: Subject | None = None, place: Place | None = None
) -> Any:
    is_about_oneself = subject == Subject(SubjectKind.USER, permit.caller.user.name)
    if place is not None:
        check_place(permit, place, Ability.SHARE)
    elif not is_about_oneself:
        permit.check_admin()
    found = work(subject=subject, place=place)
    return tuple(grant for grant in found if _is_told(permit, grant)) if is_about_oneself else found


def _is_told(permit: Permit, grant: Grant) -> bool:
    """To who is denied a dataset the denial does not name it."""
    place = grant.place
    return place.kind is not PlaceKind.DATASET or place.key not in permit.caller.hidden_datasets.in_workspace(
        place.workspace
    )


def _explain_access(
    permit: Permit, needed: Ability, work: Work, place: Place, *, user: str = "", change: Change = NO_CHANGE
) -> Any:
    """Who manages a record is told all of it; others their own standing, at what they can read, as it is."""
    if user == permit.caller.user.name and change == NO_CHANGE:
        if place.kind in (PlaceKind.EXPERIMENT, PlaceKind.DATASET, *RECORDS_BY_NAME):
            check_place(permit, place, needed)
        elif not permit.caller.rights.may_enter(place.workspace if place.is_named else place.key or DEFAULT_WORKSPACE):
            raise NotFound("workspace", place.workspace if place.is_named else place.key)
        return msgspec.structs.replace(work(place, user=user), grants=())
    check_place(permit, place, Ability.SHARE)
    return work(place, user=user, change=change)


def _list_roles(permit: Permit, needed: Ability, work: Work) -> Any:
    """What roles there are is everybody's to know who has signed in; by how much they are used, administrators'."""
    found = work()
    if permit.caller.rights.administers:
        return found
    return tuple(UsedRole(role=used.role) for used in found)


ACCOUNTS: Mapping[str, Rule] = {
    **rules(Ability.READ, _own_account, "get_user", "list_tokens", "list_sessions", "get_ways", "get_usage"),
    **rules(Ability.ACCOUNT, _create_token, "create_token"),
    **rules(Ability.ACCOUNT, _update_user, "update_user"),
    **rules(Ability.ACCOUNT, _link, "link_identity", "unlink_identity"),
    **rules(NOTHING, _revoke_token, "revoke_token"),
    **rules(NOTHING, _end_session, "end_session"),
    **rules(Ability.READ, _end_sessions, "end_sessions"),
    **rules(Ability.SHARE, _set_grant, "set_grant"),
    **rules(Ability.SHARE, _remove_grant, "remove_grant"),
    **rules(NOTHING, _list_roles, "list_roles"),
    **rules(Ability.READ, _list_grants, "list_grants"),
    **rules(Ability.READ, _explain_access, "explain_access"),
}

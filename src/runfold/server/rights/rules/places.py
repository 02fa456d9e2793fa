"""What one may do with the places that grants are about."""

from __future__ import annotations

from runfold.domain.access import RECORDS_BY_NAME, Ability, Place, PlaceKind, word_for
from runfold.domain.workspace import DEFAULT_WORKSPACE
from runfold.server.rights.permit import Permit


def check_place(permit: Permit, place: Place, needed: Ability) -> None:
    match place.kind:
        case PlaceKind.EXPERIMENT:
            permit.check_experiments([place.key], needed)
        case kind if kind in RECORDS_BY_NAME:
            granted = permit.caller.rights.on_record(kind, place.key, place.workspace)
            permit.check(word_for(kind), place.key, granted, needed)
        case PlaceKind.DATASET:
            permit.check_dataset(place.key, place.workspace, needed)
        case PlaceKind.WORKSPACE | PlaceKind.FOLDER | PlaceKind.NEW if not permit.caller.rights.administers:
            _check_area(permit, place.workspace if place.is_named else place.key, needed)
        case _:
            permit.check_admin()


def _check_area(permit: Permit, workspace: str, needed: Ability) -> None:
    """Who manages a workspace decides on its members, on its folders, and on what is new in it."""
    if workspace == DEFAULT_WORKSPACE and not permit.caller.rights.on_workspace(workspace):
        permit.check_admin()
    permit.check_workspace(workspace, needed)

"""What a caller may do, told to the caller: pages show what one may do, and say of the rest what it needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from runfold.domain.access import NOTHING, Ability, Place, PlaceKind, Rights, Role, level_of, parse_place
from runfold.domain.ids import ExperimentId
from runfold.domain.job_access import JobHome, abilities_on_job
from runfold.errors import InvalidValue
from runfold.server.rights.permit import Permit
from runfold.stores.access import Home

MOST_ASKED = 500
_JOB = "job:"
_ANY = "x"
"""Stands for the name of what one would begin."""


class OwnRole(msgspec.Struct, frozen=True, kw_only=True):
    """
    Attributes:
        record: as it was asked for: a place, or `job:ID`.
        abilities: none for what is not the caller's to read, as for what is not there.
        begins: whether the caller may begin something of their own there; of folders and workspaces.
    """

    record: str
    abilities: Ability
    begins: bool = False

    @property
    def role(self) -> Role:
        return level_of(self.abilities)


OwnRoles = Callable[[Sequence[str]], tuple[OwnRole, ...]]


def own_roles(permit: Permit, records: Sequence[str]) -> tuple[OwnRole, ...]:
    """By what was weighed already; where experiments and jobs lie is looked up for all of them at once.

    Raises:
        InvalidValue: for too many, or what is no place.
    """
    if len(records) > MOST_ASKED:
        raise InvalidValue(f"At most {MOST_ASKED} records are asked about at once.")
    places = {record: parse_place(record) for record in records if not record.startswith(_JOB)}
    caller = permit.caller
    homes = permit.homes_of_experiments([one.key for one in places.values() if _is_numbered(one)])
    jobs = permit.store.homes_of_jobs([record.removeprefix(_JOB) for record in records if record not in places])
    answers = []
    for record in records:
        place = places.get(record)
        if place is None:
            granted = _on_job(caller.rights, caller.user.number, jobs.get(record.removeprefix(_JOB)))
            answers.append(OwnRole(record=record, abilities=granted))
        else:
            answers.append(_at(caller.rights, record, place, homes))
    return tuple(answers)


def _is_numbered(place: Place) -> bool:
    return place.kind is PlaceKind.EXPERIMENT and place.key.isascii() and place.key.isdigit()


def _on_job(rights: Rights, user: int, home: JobHome | None) -> Ability:
    return NOTHING if home is None else abilities_on_job(rights, user, home)


def _at(rights: Rights, record: str, place: Place, homes: dict[ExperimentId, Home]) -> OwnRole:
    match place.kind:
        case PlaceKind.EVERYTHING:
            return OwnRole(record=record, abilities=rights.on_everything())
        case PlaceKind.WORKSPACE:
            begins = rights.may_create_model(place.key)
            return OwnRole(record=record, abilities=rights.on_workspace(place.key), begins=begins)
        case PlaceKind.FOLDER:
            inside = f"{place.key}/{_ANY}"
            granted = rights.on_experiment("", inside, place.workspace)
            begins = rights.may_create_experiment(inside, place.workspace)
            return OwnRole(record=record, abilities=granted, begins=begins)
        case PlaceKind.EXPERIMENT:
            home = homes.get(str(int(place.key))) if _is_numbered(place) else None
            at_home = None if home is None else rights.on_experiment(home.experiment_id, home.name, home.workspace)
            return OwnRole(record=record, abilities=at_home or NOTHING)
        case kind:
            return OwnRole(record=record, abilities=rights.on_record(kind, place.key, place.workspace))

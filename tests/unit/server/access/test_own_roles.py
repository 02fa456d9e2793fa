"""Callers are told what they may do with many records at once; of foreign ones, the same as of missing ones."""

from __future__ import annotations

from typing import Any

import pytest

from runfold.domain.access import Role, parse_place
from runfold.server.rights.own import MOST_ASKED
from tests.unit.server.access.conftest import NAMED, Team


def asked(team: Team, who: str, *records: str) -> dict[str, Any]:
    answer = team.post(who, "account/roles", records=list(records))
    assert answer.status_code == 200, answer.text
    told = answer.json()["roles"]
    assert [one["record"] for one in told] == list(records)
    return {one["record"]: one["role"] for one in told}


def records_of(team: Team) -> tuple[str, ...]:
    return (f"experiment:{team.experiment_id}", f"job:{team.job_id}", *(f"{kind}:{team.model}" for kind in NAMED))


@pytest.mark.parametrize("who", ["stranger", "reader", "contributor", "manager"])
def test_everybody_is_told_their_own_role_on_each_record(team: Team, who: str) -> None:
    role = "none" if who == "stranger" else who
    assert asked(team, who, *records_of(team)) == dict.fromkeys(records_of(team), role)


def test_the_scope_of_a_token_caps_what_is_told(team: Team) -> None:
    assert set(asked(team, "manager by a read token", *records_of(team)).values()) == {"reader"}
    assert set(asked(team, "admin by a log token", *records_of(team)).values()) == {"contributor"}
    assert set(asked(team, "admin", *records_of(team)).values()) == {"manager"}


def test_foreign_records_are_told_as_missing_ones(team: Team) -> None:
    missing = ("experiment:999999", "experiment:none", "job:absent", "model:absent", "workspace:absent")
    foreign = (*records_of(team), f"workspace:{team.tenant}", f"workspace:{team.tenant}/folder:x")
    told = team.post("stranger", "account/roles", records=[*foreign, *missing]).json()["roles"]
    assert {(one["role"], one.get("begins", False)) for one in told} == {("none", False)}


def test_where_one_may_begin_something_is_told_of_folders_and_workspaces(team: Team) -> None:
    places = ["workspace:default", f"workspace:{team.tenant}", "folder:neighbours", "folder:new"]
    begins = {
        who: [one.get("begins", False) for one in team.post(who, "account/roles", records=places).json()["roles"]]
        for who in ("stranger", "tenant", "neighbour", "manager by a read token")
    }
    assert begins == {
        "stranger": [True, False, True, True],
        "tenant": [True, True, True, True],
        "neighbour": [True, False, True, True],
        "manager by a read token": [False, False, False, False],
    }


def test_a_token_that_is_limited_to_one_place_has_a_role_there_alone(team: Team) -> None:
    place = parse_place(f"experiment:{team.experiment_id}")
    team.tokens["limited"] = team.store.create_token("manager", scope=Role.CONTRIBUTOR, places=(place,)).secret
    told = asked(team, "limited", *records_of(team), "workspace:default", "everything")
    assert [record for record, role in told.items() if role != "none"] == [f"experiment:{team.experiment_id}"]


def test_what_is_no_record_and_too_many_of_them_are_refused(team: Team) -> None:
    for records in (["run:x"], ["experiment"], ["everything"] * (MOST_ASKED + 1)):
        assert team.post("reader", "account/roles", records=records).status_code == 400
    assert team.post("", "account/roles", records=["everything"]).status_code == 401

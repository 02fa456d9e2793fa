"""Who may do what and why: told in full to who manages a record, to others of themselves alone."""

from __future__ import annotations

from tests.unit.server.access.conftest import Team


def test_who_manages_a_record_is_told_who_may_do_what_with_it(team: Team) -> None:
    place = f"experiment:{team.experiment_id}"
    told = team.post("manager", "grants/explain", place=place).json()
    roles = {one["user"]["name"]: one["role"] for one in told["standings"]}
    assert {name: roles[name] for name in ("stranger", "reader", "contributor", "manager", "admin")} == {
        "stranger": "none",
        "reader": "reader",
        "contributor": "contributor",
        "manager": "manager",
        "admin": "manager",
    }
    assert told["way"] == [place, "folder:theirs", "workspace:default", "everything"]
    change = [{"subject": "everyone", "place": place, "role": "reader"}]
    would = team.post("manager", "grants/explain", place=place, granted=change, user="stranger").json()
    assert [(one["before"], one["role"]) for one in would["standings"]] == [("none", "reader")]
    assert team.mlflow("stranger", "GET", "experiments/get", experiment_id=team.experiment_id).status_code == 404


def test_others_are_told_of_themselves_alone_and_strangers_nothing(team: Team) -> None:
    for place in (f"experiment:{team.experiment_id}", f"model:{team.model}"):
        own = team.post("reader", "grants/explain", place=place, user="reader").json()
        assert [one["user"]["name"] for one in own["standings"]] == ["reader"]
        assert "grants" not in own
        for fields in ({}, {"user": "admin"}, {"user": "reader", "removed": [{"subject": "everyone", "place": place}]}):
            assert team.post("reader", "grants/explain", place=place, **fields).status_code == 403
        for user in ("", "stranger", "reader"):
            assert team.post("stranger", "grants/explain", place=place, user=user).status_code == 404
    assert team.post("reader", "grants/explain", place="everything", user="reader").status_code == 200
    assert team.post("manager", "grants/explain", place="everything").status_code == 403

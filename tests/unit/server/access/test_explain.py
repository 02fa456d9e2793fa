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


def test_of_projects_and_targets_it_tells_the_same(team: Team) -> None:
    for kind in ("project", "target"):
        place = f"{kind}:{team.model}"
        told = team.post("manager", "grants/explain", place=place).json()
        assert told["way"] == [place, "workspace:default", "everything"]
        roles = {one["user"]["name"]: one["role"] for one in told["standings"]}
        assert (roles["reader"], roles["stranger"], roles["tenant"]) == ("reader", "none", "none")
        change = [{"subject": "everyone", "place": place, "role": "reader"}]
        would = team.post("manager", "grants/explain", place=place, granted=change, user="stranger").json()
        assert [(one["before"], one["role"]) for one in would["standings"]] == [("none", "reader")]
        assert team.post("reader", "grants/explain", place=place).status_code == 403
        for hidden in (place, f"{kind}:absent"):
            assert team.post("stranger", "grants/explain", place=hidden, user="stranger").status_code == 404


def test_the_audit_names_what_was_done_to_which_project_target_and_job(team: Team) -> None:
    asked = team.post("contributor", "jobs/cancel", job_id=team.job_id)
    assert asked.status_code == 200
    assert team.post("reader", "targets/delete", name=team.model).status_code == 403
    told = team.post("admin", "audit/search", filter="", max_results=20).text
    for named in (f"job:{team.job_id}", f"target:{team.model}"):
        assert named in told

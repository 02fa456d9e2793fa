"""Rules of retention of workspaces: who keeps them, and how far they reach."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from runfold.domain.access import Role, parse_place
from runfold.domain.registered_model import NewModelVersion
from runfold.domain.retention import Going, RetentionRule, RuleKey
from runfold.domain.run import NewRun
from runfold.domain.states import LifecycleStage, RunStatus
from runfold.errors import InvalidState, NotFound
from runfold.stores.audit import AuditQuery
from runfold.testing.stores.records import unique
from tests.unit.server.access.conftest import PASSWORD, Team


class Vision:
    """A workspace with two managers, `ann` and `bob`, a contributor, and two experiments with an old run each."""

    def __init__(self, team: Team) -> None:
        self.team = team
        self.name = unique("vision")
        team.store.create_workspace(self.name)
        self.ann, self.bob, self.carl = (unique(name) for name in ("ann", "bob", "carl"))
        for user, role in ((self.ann, Role.MANAGER), (self.bob, Role.MANAGER), (self.carl, Role.CONTRIBUTOR)):
            team.store.create_user(user, password=PASSWORD)
            team.tokens[user] = team.store.create_token(user, scope=Role.MANAGER).secret
            self.grant(user, f"workspace:{self.name}", role)
        inside = team.store.in_workspace(self.name)
        self.open, self.closed = (inside.create_experiment(name) for name in ("team/open", "team/closed"))
        self.open_run, self.closed_run = (self.old_run(one) for one in (self.open, self.closed))

    def grant(self, user: str, place: str, role: Role) -> None:
        self.team.grant(f"user:{user}", place, role.name)

    def old_run(self, experiment_id: str) -> str:
        run_id = self.team.store.create_run(NewRun(experiment_id=experiment_id, start_time_ms=1)).info.run_id
        self.team.store.update_run(run_id, status=RunStatus.FINISHED, end_time_ms=1000)
        return run_id

    def rule(self, who: str, name: str = "old", **fields: Any) -> Any:
        return self.team.post(who, "retention/save", name=name, workspace=self.name, **fields)

    def plan(self, who: str, **fields: Any) -> Any:
        return self.team.post(who, "retention/plan", name="old", workspace=self.name, **fields)

    def apply(self, who: str) -> dict[str, Any]:
        answer = self.team.post(who, "retention/apply", name="old", workspace=self.name)
        assert answer.status_code == 200, answer.text
        done: dict[str, Any] = answer.json()["retention_pass"]
        return done

    def is_there(self, run_id: str) -> bool:
        return self.team.store.get_run(run_id).info.lifecycle_stage is LifecycleStage.ACTIVE


@pytest.fixture
def vision(team: Team) -> Vision:
    return Vision(team)


def test_who_manages_a_workspace_keeps_its_rules(vision: Vision) -> None:
    made = vision.rule(vision.ann, keep_last=0)
    assert made.json()["rule"]["kept_by"] == vision.ann
    assert made.json()["rule"]["place"] == f"workspace:{vision.name}"
    planned = vision.plan(vision.bob).json()
    assert {one["run_id"] for one in planned["going"]} == {vision.open_run, vision.closed_run}
    assert vision.apply(vision.bob)["n_retired"] == 2
    for who in (vision.ann, vision.bob, "admin"):
        listed = vision.team.post(who, "retention/list").json().get("rules", [])
        assert (vision.name, "old") in [(one.get("workspace"), one["name"]) for one in listed]
        passes = vision.team.post(who, "retention/passes", workspace=vision.name).json()["passes"]
        assert [(one["by"], one["n_retired"]) for one in passes] == [(vision.bob, 2)]
    gone = vision.team.post(vision.bob, "retention/delete", name="old", workspace=vision.name)
    assert gone.status_code == 200
    assert vision.team.post(vision.ann, "retention/list", workspace=vision.name).json() == {}


def test_others_neither_keep_nor_see_them(vision: Vision) -> None:
    vision.rule(vision.ann)
    calls = {"save": {"filter": ""}, "plan": {}, "apply": {}, "delete": {}, "list": {}, "passes": {}}
    for who, status in ((vision.carl, 403), ("stranger", 404), ("tenant", 404), ("manager", 404)):
        for call, fields in calls.items():
            answer = vision.team.post(who, f"retention/{call}", name="old", workspace=vision.name, **fields)
            assert answer.status_code == status, (who, call, answer.text)
        assert "old" not in vision.team.post(who, "retention/list").text
        assert vision.team.post(who, "retention/passes").json() == {}
    assert vision.is_there(vision.open_run)


def test_a_manager_of_a_workspace_does_not_reach_the_rules_of_the_server(vision: Vision) -> None:
    for call in ("save", "plan", "apply", "delete"):
        assert vision.team.post(vision.ann, f"retention/{call}", name="old").status_code == 403
    for call in ("list", "passes"):
        assert vision.team.post(vision.ann, f"retention/{call}", workspace="").status_code == 403
    for place in (f"experiment:{vision.team.experiment_id}", "workspace:default", "workspace:tenants/folder:a"):
        assert vision.rule(vision.ann, place=place).status_code in (400, 404)
        assert vision.plan(vision.ann, place=place).status_code in (400, 404)


def test_a_token_is_worth_what_it_says(vision: Vision) -> None:
    store, tokens = vision.team.store, vision.team.tokens
    tokens["log"] = store.create_token(vision.ann, scope=Role.CONTRIBUTOR).secret
    elsewhere = (parse_place("workspace:default"),)
    tokens["elsewhere"] = store.create_token(vision.ann, scope=Role.MANAGER, places=elsewhere).secret
    tokens["folder"] = store.create_token(
        vision.ann, scope=Role.MANAGER, places=(parse_place(f"workspace:{vision.name}/folder:team"),)
    ).secret
    for who, status in (("log", 403), ("elsewhere", 404), ("folder", 403)):
        assert vision.rule(who).status_code == status


def test_what_its_keeper_does_not_manage_is_neither_counted_nor_touched(vision: Vision) -> None:
    vision.rule(vision.ann)
    for role in (Role.NONE, Role.READER, Role.CONTRIBUTOR):
        vision.grant(vision.ann, f"experiment:{vision.closed}", role)
        planned = vision.plan(vision.ann)
        assert (planned.json()["n_going"], planned.json()["n_staying"]) == (1, 0)
        assert vision.closed_run not in planned.text
        assert vision.plan(vision.ann, place=f"experiment:{vision.closed}").json()["n_going"] == 0
    assert vision.rule(vision.ann, "other", place=f"experiment:{vision.closed}").status_code == 403
    assert vision.apply("admin")["n_retired"] == 1
    assert (vision.is_there(vision.open_run), vision.is_there(vision.closed_run)) == (False, True)


def test_who_asks_for_a_pass_goes_no_further_than_their_own_rights(vision: Vision) -> None:
    vision.rule(vision.ann)
    vision.grant(vision.bob, f"experiment:{vision.closed}", Role.NONE)
    assert vision.apply(vision.bob)["n_retired"] == 1
    assert vision.is_there(vision.closed_run)
    assert vision.apply(vision.ann)["n_retired"] == 1


def test_the_history_counts_what_its_reader_may_read(vision: Vision) -> None:
    """A rule of a co-manager goes on in an experiment that is denied to who reads what its passes did."""
    vision.rule(vision.ann, trash_days=0)
    vision.team.store.set_tag(vision.open_run, "runfold.starred", "true")
    vision.grant(vision.bob, f"experiment:{vision.closed}", Role.NONE)
    assert vision.apply(vision.ann)["n_retired"] == 1
    vision.team.store.delete_tag(vision.open_run, "runfold.starred")
    assert vision.apply(vision.ann)["n_purged"] == 1
    expected = {vision.ann: [(1, 1), (1, 0)], "admin": [(1, 1), (1, 0)], vision.bob: [(1, 0), (0, 0)]}
    for who, counts in expected.items():
        for fields in ({"workspace": vision.name}, {}):
            passes = vision.team.post(who, "retention/passes", **fields).json()["passes"]
            told = [
                (one.get("n_retired", 0), one.get("n_purged", 0))
                for one in passes
                if one.get("workspace") == vision.name
            ]
            assert told == counts, (who, fields)
    vision.grant(vision.bob, f"experiment:{vision.closed}", Role.READER)
    passes = vision.team.post(vision.bob, "retention/passes", workspace=vision.name).json()["passes"]
    assert [one.get("n_retired", 0) for one in passes] == [1, 1], "by what may be read now"


def test_the_history_of_an_experiment_that_is_gone_is_for_administrators(vision: Vision) -> None:
    vision.rule(vision.ann)
    assert vision.apply(vision.ann)["n_retired"] == 2
    vision.team.store.delete_experiment(vision.closed)
    vision.team.store.purge(experiment_ids=[vision.closed], dry_run=False)
    for who, n in ((vision.ann, 1), ("admin", 2)):
        (done,) = vision.team.post(who, "retention/passes", workspace=vision.name).json()["passes"]
        assert done["n_retired"] == n, who


def test_what_waits_in_the_trash_is_purged_by_who_may(vision: Vision) -> None:
    vision.rule(vision.ann, trash_days=0)
    assert vision.apply(vision.ann)["n_retired"] == 2
    vision.grant(vision.bob, f"experiment:{vision.closed}", Role.READER)
    assert vision.apply(vision.bob)["n_purged"] == 1
    vision.team.store.get_run(vision.closed_run)
    assert vision.apply(vision.ann)["n_purged"] == 1
    with pytest.raises(NotFound):
        vision.team.store.get_run(vision.closed_run)


@pytest.mark.parametrize("how", ["demoted", "switched off", "gone"])
def test_a_rule_rests_when_its_keeper_manages_the_workspace_no_more(vision: Vision, how: str) -> None:
    vision.rule(vision.ann, next_time_ms=1)
    store = vision.team.store
    if how == "demoted":
        vision.grant(vision.ann, f"workspace:{vision.name}", Role.CONTRIBUTOR)
    elif how == "switched off":
        assert vision.team.post("admin", "users/update", name=vision.ann, is_active=False).status_code == 200
    else:
        assert vision.team.post("admin", "users/delete", name=vision.ann).status_code == 200
    (listed,) = vision.team.post(vision.bob, "retention/list", workspace=vision.name).json()["rules"]
    assert "saves it again" in listed["rests"]
    done = vision.apply(vision.bob)
    assert ("saves it again" in done["error"], done.get("n_retired", 0)) == (True, 0)
    assert vision.is_there(vision.open_run)
    assert RuleKey(vision.name, "old") not in store.due_retention_rules(), "it is not tried again every minute"
    assert "rests" not in vision.rule(vision.bob).json()["rule"]
    assert vision.apply(vision.bob)["n_retired"] == 2


def test_a_pass_ends_when_its_keeper_loses_the_role_meanwhile(vision: Vision) -> None:
    """Between what was looked at and each step."""
    retention = vision.team.client.app.state.services.retention  # type: ignore[attr-defined]
    vision.rule(vision.ann)
    asked = iter(range(2))

    def authority() -> tuple[()]:
        if next(asked) == 1:
            vision.grant(vision.ann, f"workspace:{vision.name}", Role.READER)
        return ()

    done = retention.apply(RuleKey(vision.name, "old"), authority=authority)
    assert (done.n_retired, "any more" in done.error) == (0, True)
    assert vision.is_there(vision.open_run)


def test_a_rule_that_nobody_keeps_rests_on_a_server_with_users(vision: Vision) -> None:
    """As one that was made before the server had any."""
    vision.team.store.save_retention_rule(RetentionRule(name="old", workspace=vision.name))
    assert "Nobody keeps" in vision.apply("admin")["error"]


def test_runs_that_are_starred_registered_or_moved_meanwhile_stay(vision: Vision) -> None:
    store = vision.team.store
    rule = store.save_retention_rule(RetentionRule(name="old", workspace=vision.name))
    starred, registered, moved, old = (vision.old_run(vision.open) for _ in range(4))
    going = [
        Going(run_id=one, name="", experiment_id=vision.open, n_bytes=0) for one in (starred, registered, moved, old)
    ]
    begun = store.begin_retention_pass(rule.key, "me", by="", lease_s=300)
    store.set_tag(starred, "runfold.starred", "true")
    model = store.create_registered_model(unique("model")).name
    store.create_model_version(NewModelVersion(name=model, source="s3://elsewhere/m", run_id=registered))
    store.move_runs([moved], vision.closed)
    store.retire(begun, "me", going, path="", lease_s=300)
    assert [vision.is_there(one) for one in (starred, registered, moved, old)] == [True, True, True, False]
    assert store.end_retention_pass(begun, "me").n_retired == 1


def test_a_rule_that_is_removed_meanwhile_goes_no_further(vision: Vision) -> None:
    store = vision.team.store
    rule = store.save_retention_rule(RetentionRule(name="old", workspace=vision.name))
    begun = store.begin_retention_pass(rule.key, "me", by="", lease_s=300)
    store.delete_retention_rule("old", workspace=vision.name)
    with pytest.raises(InvalidState):
        store.retire(begun, "me", (), path="", lease_s=300)
    assert store.end_retention_pass(begun, "me", error="gone").error == "gone"


def test_rules_of_one_name_in_two_workspaces_are_carried_out_side_by_side(team: Team) -> None:
    both = [Vision(team), Vision(team)]
    for one in both:
        one.rule(one.ann)
    with ThreadPoolExecutor(4) as threads:
        answers = list(
            threads.map(
                lambda n: both[n % 2].team.post("admin", "retention/apply", name="old", workspace=both[n % 2].name),
                range(8),
            )
        )
    assert {answer.status_code for answer in answers} <= {200, 400}
    assert sum(one.json()["retention_pass"].get("n_retired", 0) for one in answers if one.status_code == 200) == 4


def test_the_audit_says_whose_rule_it_was(vision: Vision) -> None:
    vision.rule(vision.ann)
    vision.apply(vision.ann)
    query = AuditQuery(filter=f"object = 'run:{vision.open_run}'")
    (found,) = vision.team.store.search_audit(query).items
    assert (found.act.user, found.act.action) == (vision.ann, "retention/retire")
    assert f"in={vision.name} rule='old'" in found.act.detail
    query = AuditQuery(filter=f"user = '{vision.ann}' AND action = 'retention/save'")
    (saved,) = vision.team.store.search_audit(query).items
    assert (saved.act.object, f"workspace={vision.name}" in saved.act.detail) == ("retention-rule:old", True)

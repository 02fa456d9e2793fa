"""Who shares without being able to do everything gives, and takes away, no more than they can do themselves."""

from __future__ import annotations

import pytest

from runfold.domain.access import Ability, Role
from runfold.testing.stores.records import unique
from tests.unit.server.access.conftest import OWN_ROLES, PASSWORD, Team

SHARES = OWN_ROLES["sharer"].name


class Shared:
    """An experiment in a folder, a sharer of it, and somebody else.

    Attributes:
        sharer, other: users, by names that `team` knows their tokens by.
    """

    def __init__(self, team: Team) -> None:
        self.team = team
        self.folder = unique("folder")
        self.place = f"experiment:{team.store.create_experiment(f'{self.folder}/wine')}"
        self.sharer, self.other = self.user(), self.user()
        team.grant(f"user:{self.sharer}", self.place, SHARES)

    def user(self) -> str:
        name = unique("user")
        self.team.store.create_user(name, password=PASSWORD)
        self.team.tokens[name] = self.team.store.create_token(name, scope=Role.MANAGER).secret
        return name

    def group(self, *members: str) -> str:
        return f"group:{self.team.store.set_group(unique('group'), members).name}"

    def grant(self, role: str, subject: str = "", *, who: str = "", place: str = "") -> int:
        subject, place = subject or f"user:{self.other}", place or self.place
        return self.team.post(who or self.sharer, "grants/set", subject=subject, place=place, role=role).status_code

    def remove(self, subject: str = "") -> int:
        subject = subject or f"user:{self.other}"
        return self.team.post(self.sharer, "grants/remove", subject=subject, place=self.place).status_code

    def abilities(self, user: str = "") -> set[str]:
        asked = {"place": self.place, "user": user or self.other}
        (standing,) = self.team.post("admin", "grants/explain", **asked).json()["standings"]
        return set(standing.get("abilities", ()))


@pytest.fixture
def shared(team: Team) -> Shared:
    return Shared(team)


def test_one_grants_what_one_has_and_takes_it_back(shared: Shared) -> None:
    for role in ("reader", SHARES, "none", "reader"):
        assert shared.grant(role) == 200
    assert shared.abilities() == {"read"}
    assert shared.remove() == 200
    assert shared.abilities() == set()


def test_one_grants_no_more_than_one_has(shared: Shared) -> None:
    for subject in ("", f"user:{shared.sharer}", "everyone", shared.group(), shared.group(shared.other)):
        for role in ("contributor", "manager", OWN_ROLES["promoter"].name, OWN_ROLES["keeper"].name):
            assert shared.grant(role, subject) == 403
    assert shared.abilities() == set()
    assert shared.abilities(shared.sharer) == {"read", "share"}


def test_what_one_could_not_do_is_named(shared: Shared) -> None:
    sent = {"subject": f"user:{shared.other}", "place": shared.place, "role": OWN_ROLES["promoter"].name}
    refused = shared.team.post(shared.sharer, "grants/set", **sent).json()["message"]
    assert "not what they cannot do themselves: promote" in refused


@pytest.mark.parametrize("role", ["reader", "none", SHARES])
def test_one_takes_nothing_away_that_one_does_not_have(shared: Shared, role: str) -> None:
    """Neither what was granted, to somebody or a group without members, nor what a farther place gives."""
    group, inherits = shared.group(), shared.user()
    for subject in (f"user:{shared.other}", group):
        shared.team.grant(subject, shared.place, "contributor")
        assert (shared.grant(role, subject), shared.remove(subject)) == (403, 403)
    shared.team.grant(f"user:{inherits}", f"folder:{shared.folder}", "contributor")
    assert shared.grant(role, f"user:{inherits}") == 403
    assert "record" in shared.abilities() & shared.abilities(inherits)


def test_one_lifts_a_denial_only_of_what_one_has(shared: Shared) -> None:
    reads = shared.user()
    for user, role in ((shared.other, "contributor"), (reads, "reader")):
        shared.team.grant(f"user:{user}", f"folder:{shared.folder}", role)
        shared.team.grant(f"user:{user}", shared.place, "none")
    assert (shared.remove(), shared.remove(f"user:{reads}")) == (403, 200)
    assert (shared.abilities(), shared.abilities(reads)) == (set(), {"read"})


def test_a_group_counts_with_all_its_members(shared: Shared) -> None:
    """One of them would lose, by a nearer grant, what the folder gives them."""
    shared.team.grant(f"user:{shared.other}", f"folder:{shared.folder}", "manager")
    assert shared.grant("reader", shared.group(shared.other, shared.user())) == 403
    assert shared.grant("reader", "everyone") == 403
    assert shared.grant("reader", shared.group(shared.user())) == 200


def test_a_group_that_one_is_in_gives_one_no_more(shared: Shared) -> None:
    own = shared.group(shared.sharer)
    assert shared.grant("manager", own) == 403
    assert shared.grant("reader", own) == 200


def test_what_new_records_get_takes_everything(shared: Shared) -> None:
    shared.team.grant(f"user:{shared.sharer}", f"folder:{shared.folder}", SHARES)
    new = f"new:{shared.folder}"
    assert shared.grant("reader", place=new) == 403
    assert shared.grant("reader", who="admin", place=new) == 200


def test_a_workspace_is_shared_by_the_same_rule(shared: Shared) -> None:
    name = unique("vision")
    shared.team.store.create_workspace(name)
    place = f"workspace:{name}"
    shared.team.grant(f"user:{shared.sharer}", place, SHARES)
    assert [shared.grant(role, place=place) for role in ("reader", "contributor")] == [200, 403]
    inside = f"workspace:{name}/folder:team"
    assert [shared.grant(role, place=inside) for role in ("reader", "contributor")] == [200, 403]


@pytest.mark.parametrize("owner", ["manager", "admin"])
def test_a_token_shares_no_more_than_its_scope(team: Team, owner: str) -> None:
    scope = OWN_ROLES["sharer"]
    team.tokens["shares"] = team.store.create_token(owner, scope=scope).secret
    other = Shared(team).other
    sent = {"subject": f"user:{other}", "place": f"experiment:{team.experiment_id}"}
    assert team.post("shares", "grants/set", **sent, role="contributor").status_code == 403
    assert team.post("shares", "grants/set", **sent, role="reader").status_code == 200
    assert team.post("shares", "grants/set", **{**sent, "subject": "user:contributor"}, role="none").status_code == 403
    assert team.post("shares", "grants/remove", **sent).status_code == 200


def test_a_token_makes_no_token_that_can_do_more(team: Team) -> None:
    scope = team.store.create_role(Role(unique("accounts"), Ability.READ | Ability.ACCOUNT))
    team.tokens["accounts"] = team.store.create_token("manager", scope=scope).secret
    assert team.post("accounts", "tokens/create", scope="manager").status_code == 403
    assert team.post("accounts", "tokens/create", scope="contributor").status_code == 403
    for own in ("reader", scope.name):
        made = team.post("accounts", "tokens/create", scope=own)
        assert (made.status_code, made.json()["token"]["scope"]) == (200, own)
    assert team.post("accounts", "tokens/create", scope="nobody").status_code == 400


def test_mlflows_calls_are_held_to_it(shared: Shared) -> None:
    about = {"experiment_id": shared.place.removeprefix("experiment:"), "username": shared.other}
    calls, team, who = "experiments/permissions", shared.team, shared.sharer
    assert team.mlflow(who, "POST", f"{calls}/create", **about, permission="EDIT").status_code == 403
    assert team.mlflow(who, "POST", f"{calls}/create", **about, permission="READ").status_code == 200
    assert team.mlflow(who, "PATCH", f"{calls}/update", **about, permission="MANAGE").status_code == 403
    shared.team.grant(f"user:{shared.other}", shared.place, OWN_ROLES["promoter"].name)
    told = shared.team.mlflow("admin", "GET", f"{calls}/get", **about).json()["experiment_permission"]
    assert told["permission"] == "READ"  # the biggest built-in role contained: MLflow has no word for others
    assert shared.team.mlflow(shared.sharer, "DELETE", f"{calls}/delete", **about).status_code == 403
    assert shared.team.mlflow("admin", "PATCH", f"{calls}/update", **about, permission="EDIT").status_code == 200
    assert "record" in shared.abilities()


def test_groups_of_the_server_and_roles_are_administrators(shared: Shared) -> None:
    """Whoever could put people into groups, or widen a role, would share by it."""
    calls = (
        ("groups/set", {"name": "g", "members": [shared.sharer]}),
        ("roles/create", {"name": "r", "abilities": ["read"]}),
        ("roles/update", {"name": SHARES, "abilities": ["read", "delete"]}),
        ("roles/delete", {"name": SHARES}),
    )
    for who in (shared.sharer, "manager", "keeper"):
        assert {shared.team.post(who, call, **fields).status_code for call, fields in calls} == {403}


@pytest.mark.parametrize("role", ["none", "reader", "contributor"])
def test_who_shares_a_workspace_alone_changes_no_group_that_has_a_role(shared: Shared, role: str) -> None:
    """To take somebody out of a group that is denied something is to grant it to them."""
    team = shared.team
    team.grant(f"user:{shared.sharer}", f"workspace:{team.tenant}", SHARES)
    made = team.post("tenant", "groups/create", name=unique("g"), workspace=team.tenant).json()["group"]["name"]
    assert team.post("tenant", "groups/add-member", name=made, user=shared.sharer).status_code == 200
    team.grant(f"group:{made}", f"workspace:{team.tenant}", role)
    for call, fields in (
        ("remove-member", {"user": shared.sharer}),
        ("add-member", {"user": shared.other}),
        ("delete", {}),
    ):
        assert team.post(shared.sharer, f"groups/{call}", name=made, **fields).status_code == 403, call
    assert team.post("tenant", "groups/remove-member", name=made, user=shared.sharer).status_code == 200


def test_roles_are_told_to_all_and_their_use_to_administrators(team: Team) -> None:
    listed = team.post("stranger", "roles/list").json()["roles"]
    told = next(one for one in listed if one["name"] == SHARES)
    assert told == {"name": SHARES, "abilities": ["read", "share"]}
    assert [one["name"] for one in listed if one.get("is_built_in")] == ["none", "reader", "contributor", "manager"]
    counted = next(one for one in team.post("admin", "roles/list").json()["roles"] if one["name"] == SHARES)
    assert counted["n_grants"] >= 4
    assert team.ask("", "POST", "/api/runfold/v1/roles/list", json={}).status_code == 401


def test_a_changed_role_holds_from_the_next_call_on(shared: Shared) -> None:
    role = shared.team.store.create_role(Role(unique("changing"), Ability.READ))
    shared.team.grant(f"user:{shared.other}", shared.place, role.name)
    about = {"experiment_id": shared.place.removeprefix("experiment:"), "key": "k", "value": "v"}
    tag = "experiments/set-experiment-tag"
    assert shared.team.mlflow(shared.other, "POST", tag, **about).status_code == 403
    wider = {"name": role.name, "abilities": ["read", "record"]}
    assert shared.team.post("admin", "roles/update", **wider).status_code == 200
    assert shared.team.mlflow(shared.other, "POST", tag, **about).status_code == 200
    own = shared.team.post(shared.other, "account/roles", records=[shared.place]).json()["roles"]
    assert own == [{"record": shared.place, "role": "reader", "abilities": ["read", "record"]}]
    assert shared.team.post("admin", "roles/update", name=role.name, abilities=["read"]).status_code == 200
    assert shared.team.mlflow(shared.other, "POST", tag, **about).status_code == 403


def test_what_is_done_to_a_role_is_in_the_audit(team: Team) -> None:
    name = unique("audited")
    assert team.post("admin", "roles/create", name=name, abilities=["read", "promote"]).status_code == 200
    assert team.post("admin", "roles/update", name=name, abilities=["read"]).status_code == 200
    assert team.post("admin", "roles/delete", name=name).status_code == 200
    records = team.post("admin", "audit/search", filter=f"object = 'role:{name}'").json()["records"]
    found = {(one["action"], one.get("detail", "")) for one in records}
    assert found == {
        ("roles/create", "abilities=read,promote"),
        ("roles/update", "abilities=read"),
        ("roles/delete", ""),
    }

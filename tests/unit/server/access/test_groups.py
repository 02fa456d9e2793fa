"""Groups of workspaces: who looks after them, and that nobody gets more by them than somebody could have granted."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from runfold.domain.access import Grant, Role, parse_place, parse_subject
from tests.unit.server.access.conftest import PASSWORD, Team

numbers = itertools.count()


def unique(word: str) -> str:
    return f"{word}-{next(numbers)}"


def code(answer: Any) -> str:
    return str(answer.json().get("error_code", "done"))


def add_user(team: Team, *grants: tuple[str, str]) -> str:
    """Somebody with a token who has these roles on these places."""
    name = unique("member")
    team.store.create_user(name, password=PASSWORD)
    team.tokens[name] = team.store.create_token(name, scope=Role.MANAGER).secret
    for role, place in grants:
        team.grant(f"user:{name}", place, role)
    return name


def grant(team: Team, group: str, place: str, role: Role) -> int:
    """Returns: its number."""
    team.store.set_grant(Grant(subject=parse_subject(f"group:{group}"), place=parse_place(place), role=role))
    kept = team.store.list_group_grants(group=group)
    return next(one.number for one in kept if one.grant.place == parse_place(place))


def test_managers_of_a_workspace_look_after_its_groups(team: Team) -> None:
    name, member = unique("group"), add_user(team)
    made = team.post("tenant", "groups/create", name=name, workspace=team.tenant, description="d").json()["group"]
    full = f"{team.tenant}/{name}"
    assert made == {"name": full, "number": made["number"], "description": "d", "workspace": team.tenant}
    assert code(team.post("tenant", "groups/add-member", name=full, user=member)) == "done"
    assert code(team.post("tenant", "groups/update", name=full, description="e")) == "done"
    here = f"workspace:{team.tenant}"
    assert code(team.post("tenant", "grants/set", subject=f"group:{full}", place=here, role="reader")) == "done"
    assert team.store.rights_of(team.store.get_user(member), most=Role.MANAGER).may_enter(team.tenant)
    listed = team.post("tenant", "groups/list").json()["groups"]
    assert [group["description"] for group in listed if group["name"] == full] == ["e"]
    assert all(group["name"].startswith(f"{team.tenant}/") for group in listed)
    assert code(team.post("tenant", "groups/remove-member", name=full, user=member)) == "done"
    assert code(team.post("tenant", "groups/delete", name=full)) == "done"


def test_groups_of_the_server_are_for_administrators(team: Team) -> None:
    name, member = unique("group"), add_user(team, ("manager", "everything"), ("manager", "workspace:default"))
    assert code(team.post(member, "groups/create", name=name)) == "PERMISSION_DENIED"
    team.store.set_group(name, [member])
    for call, fields in (("update", {"description": "x"}), ("add-member", {"user": "stranger"}), ("delete", {})):
        assert code(team.post(member, f"groups/{call}", name=name, **fields)) == "PERMISSION_DENIED"
        assert code(team.post("tenant", f"groups/{call}", name=name, **fields)) == "RESOURCE_DOES_NOT_EXIST"


def test_members_see_their_groups_and_no_other_member(team: Team) -> None:
    name, own, other = unique("group"), add_user(team), add_user(team)
    number = team.store.set_group(name, [own, other]).number
    kept = grant(team, name, f"experiment:{team.experiment_id}", Role.READER)
    grant(team, name, f"model:{team.model}", Role.NONE)
    user = team.store.get_user(own).number
    listed = team.post(own, "groups/list").json()["groups"]
    assert listed == [{"name": name, "members": [own], "number": number, "member_numbers": [user]}]
    told = team.post(own, "groups/grants", name=name).json()["grants"]
    assert [one["number"] for one in told] == [kept], "a denial names a record to those who may not read it"
    assert code(team.post("tenant", "groups/grants", name=name)) == "RESOURCE_DOES_NOT_EXIST"
    assert team.post("tenant", "groups/grants", number=kept).json() == {}


def test_a_limited_token_tells_nothing_of_groups(team: Team) -> None:
    name, own = unique("group"), add_user(team, ("manager", f"experiment:{team.experiment_id}"))
    team.store.set_group(name, [own])
    place = parse_place(f"experiment:{team.experiment_id}")
    limited = team.store.create_token(own, scope=Role.MANAGER, places=(place,)).secret
    team.tokens[f"limited {own}"] = limited
    assert team.post(f"limited {own}", "groups/list").json() == {}


@pytest.mark.parametrize("place", ["everything", "workspace:default", "model:their-model", "folder:theirs", "new"])
def test_a_group_of_a_workspace_gets_nothing_outside_of_it(team: Team, place: str) -> None:
    name = team.store.create_group(unique("group"), workspace=team.tenant).name
    answer = team.post("admin", "grants/set", subject=f"group:{name}", place=place, role="reader")
    assert answer.status_code == 400
    assert "lies outside of it" in answer.json()["message"]
    assert team.store.list_group_grants(group=name) == ()


def test_an_experiment_elsewhere_is_outside_of_a_workspace(team: Team) -> None:
    name = team.store.create_group(unique("group"), workspace=team.tenant).name
    own = team.store.in_workspace(team.tenant).create_experiment(unique("own"))
    for experiment, status in ((team.experiment_id, 400), (own, 200)):
        place = f"experiment:{experiment}"
        answer = team.post("admin", "grants/set", subject=f"group:{name}", place=place, role="reader")
        assert answer.status_code == status, answer.text


def test_who_is_put_into_a_group_gets_no_more_than_could_be_granted(team: Team) -> None:
    """A manager from whom one experiment is kept does not reach it by the group that has it."""
    inside = team.store.in_workspace(team.tenant)
    secret = inside.create_experiment(unique("secret"))
    name = team.store.create_group(unique("group"), workspace=team.tenant).name
    grant(team, name, f"experiment:{secret}", Role.MANAGER)
    ann = add_user(team, ("manager", f"workspace:{team.tenant}"), ("none", f"experiment:{secret}"))
    for call, fields in (("add-member", {"user": ann}), ("delete", {})):
        answer = team.post(ann, f"groups/{call}", name=name, **fields)
        assert (code(answer), secret in answer.json()["message"]) == ("PERMISSION_DENIED", False)
    assert team.post(ann, "groups/grants", name=name).json() == {}, "it names what is not hers to read"
    assert code(team.post("tenant", "groups/add-member", name=name, user=ann)) == "done"


def test_who_only_reads_a_workspace_changes_none_of_its_groups(team: Team) -> None:
    name = team.store.create_group(unique("group"), workspace=team.tenant).name
    ben = add_user(team, ("contributor", f"workspace:{team.tenant}"))
    assert code(team.post(ben, "groups/create", name="x", workspace=team.tenant)) == "PERMISSION_DENIED"
    assert code(team.post(ben, "groups/add-member", name=name, user=ben)) == "RESOURCE_DOES_NOT_EXIST"
    team.store.add_member(name, ben)
    assert code(team.post(ben, "groups/add-member", name=name, user="stranger")) == "PERMISSION_DENIED"


def test_a_group_of_another_workspace_is_as_one_that_is_not_there(team: Team) -> None:
    """To who may grant something, too."""
    other = unique("other")
    team.store.create_workspace(other)
    theirs = team.store.create_group("theirs", workspace=other).name
    here = f"workspace:{team.tenant}"
    answers = [
        team.post("tenant", "grants/set", subject=f"group:{name}", place=here, role="reader").json()
        for name in (theirs, f"{other}/nobodys")
    ]
    assert {answer["error_code"] for answer in answers} == {"RESOURCE_DOES_NOT_EXIST"}
    assert answers[0]["message"].replace(theirs, f"{other}/nobodys") == answers[1]["message"]


def test_groups_end_with_their_workspace(team: Team) -> None:
    home, member = unique("ending"), add_user(team)
    team.store.create_workspace(home)
    name = team.store.create_group("all", workspace=home).name
    team.store.add_member(name, member)
    grant(team, name, f"workspace:{home}", Role.MANAGER)
    team.store.delete_workspace(home)
    team.store.create_workspace(home)
    assert name not in [group.name for group in team.store.list_groups()]
    assert not team.store.rights_of(team.store.get_user(member), most=Role.MANAGER).may_enter(home)

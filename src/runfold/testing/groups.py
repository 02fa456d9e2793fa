"""The suite of groups, for a fixture `store` of an administrator, and `user` of `testing.accounts`."""

from __future__ import annotations

import pytest

from runfold.domain.access import Grant, Group, Place, PlaceKind, Role, Subject, SubjectKind, User
from runfold.domain.workspace import DEFAULT_WORKSPACE
from runfold.errors import AlreadyExists, InvalidValue, NotFound
from runfold.stores.base import TrackingStore
from runfold.testing.stores.records import unique


@pytest.fixture
def home(store: TrackingStore) -> str:
    return store.create_workspace(unique("home")).name


def find(store: TrackingStore, name: str) -> Group | None:
    return next((group for group in store.list_groups() if group.name == name), None)


def grant(store: TrackingStore, group: str, place: Place, role: Role = Role.READER) -> Grant:
    made = Grant(subject=Subject(SubjectKind.GROUP, group), place=place, role=role)
    store.set_grant(made)
    return made


def test_a_group_is_its_members(store: TrackingStore, user: User) -> None:
    name = unique("group")
    assert store.set_group(name, [user.name]).members == (user.name,)
    assert store.set_group(name, []).members == ()
    with pytest.raises(NotFound):
        store.set_group(name, [unique("nobody")])
    assert name in [group.name for group in store.list_groups()]
    store.delete_group(name)
    with pytest.raises(NotFound):
        store.delete_group(name)


def test_a_group_of_a_workspace_has_its_name_in_front(store: TrackingStore, home: str) -> None:
    made = store.create_group("labelling", workspace=home, description="They label.")
    assert made == Group(name=f"{home}/labelling", number=made.number, description="They label.", workspace=home)
    assert made.short_name == "labelling"
    assert find(store, made.name) == made
    with pytest.raises(AlreadyExists):
        store.create_group("labelling", workspace=home)


def test_a_group_needs_a_workspace_that_there_is(store: TrackingStore) -> None:
    with pytest.raises(NotFound):
        store.create_group("g", workspace=unique("nowhere"))
    with pytest.raises(InvalidValue):
        store.create_group("g", workspace=DEFAULT_WORKSPACE)
    for name, description in (("", ""), ("a:b", ""), (unique("group"), "x" * 1025), ("n" * 129, "")):
        with pytest.raises(InvalidValue):
            store.create_group(name, description=description)


def test_a_group_takes_another_name_with_all_it_has(store: TrackingStore, user: User, home: str) -> None:
    before = store.create_group(unique("old"), workspace=home)
    store.add_member(before.name, user.name)
    kept = grant(store, before.name, Place(PlaceKind.WORKSPACE, home))
    other = store.create_group(unique("other"), workspace=home)
    with pytest.raises(AlreadyExists):
        store.update_group(before.name, new_name=other.short_name)
    changed = store.update_group(before.name, new_name="new", description="d")
    assert (changed.name, changed.number, changed.description) == (f"{home}/new", before.number, "d")
    assert changed.members == (user.name,)
    assert [one.grant.place for one in store.list_group_grants(group=changed.name)] == [kept.place]
    assert store.update_group(changed.name, new_name="new") == changed
    with pytest.raises(NotFound):
        store.update_group(before.name, description="x")


def test_members_come_and_go_one_by_one(store: TrackingStore, user: User) -> None:
    group = store.create_group(unique("group")).name
    other = store.create_user(unique("other"))
    store.add_member(group, other.name)
    added = store.add_member(group, user.name)
    assert dict(zip(added.members, added.member_numbers, strict=True)) == {
        user.name: user.number,
        other.name: other.number,
    }
    with pytest.raises(AlreadyExists):
        store.add_member(group, user.name)
    assert store.remove_member(group, user.name).members == (other.name,)
    with pytest.raises(NotFound):
        store.remove_member(group, user.name)
    for change in (store.add_member, store.remove_member):
        with pytest.raises(NotFound):
            change(unique("nothing"), user.name)
        with pytest.raises(NotFound):
            change(group, unique("nobody"))


def test_a_grant_keeps_its_number_and_leaves_it_to_no_other(store: TrackingStore) -> None:
    group = store.create_group(unique("group")).name
    model = store.create_registered_model(unique("model")).name
    place, new = Place(PlaceKind.MODEL, model), Place(PlaceKind.NEW)
    grant(store, group, place)
    grant(store, group, new)
    first, second = store.list_group_grants(group=group)
    assert (first.grant.place, second.grant.place) == (place, new)
    assert first.number < second.number
    assert grant(store, group, place, Role.MANAGER) == store.list_group_grants(number=first.number)[0].grant
    store.rename_registered_model(model, f"{model}-renamed")
    assert store.list_group_grants(number=first.number)[0].grant.place.key == f"{model}-renamed"
    store.remove_grant(second.grant.subject, new)
    grant(store, group, new)
    assert store.list_group_grants(number=second.number) == ()
    assert store.list_group_grants(group=group)[1].number > second.number
    with pytest.raises(NotFound):
        store.list_group_grants(group=unique("nothing"))


def test_what_is_granted_to_users_is_not_among_that_of_groups(store: TrackingStore, user: User) -> None:
    store.set_grant(Grant(subject=Subject(SubjectKind.USER, user.name), place=Place(PlaceKind.NEW), role=Role.READER))
    assert user.name not in [one.grant.subject.name for one in store.list_group_grants()]


def test_nothing_outside_of_its_workspace_is_granted_to_a_group(store: TrackingStore, home: str) -> None:
    group = store.create_group("labelling", workspace=home).name
    experiment = store.create_experiment(unique("elsewhere"))
    outside = (
        *(Place(PlaceKind.EVERYTHING), Place(PlaceKind.WORKSPACE, DEFAULT_WORKSPACE)),
        *(Place(PlaceKind.NEW), Place(PlaceKind.FOLDER, "f"), Place(PlaceKind.EXPERIMENT, experiment)),
    )
    for place in outside:
        with pytest.raises(InvalidValue):
            grant(store, group, place)
    inside = (Place(PlaceKind.WORKSPACE, home), Place(PlaceKind.NEW, workspace=home))
    for place in inside:
        grant(store, group, place)
    assert [one.grant.place for one in store.list_group_grants(group=group)] == list(inside)


def test_groups_end_with_their_workspace(store: TrackingStore, user: User, home: str) -> None:
    group = store.create_group("labelling", workspace=home).name
    store.add_member(group, user.name)
    grant(store, group, Place(PlaceKind.WORKSPACE, home))
    store.delete_workspace(home)
    assert find(store, group) is None
    assert group not in [one.grant.subject.name for one in store.list_group_grants()]

"""The suite of roles of one's own, for a fixture `store` of an administrator."""

from __future__ import annotations

import pytest

from runfold.domain.access import (
    BUILT_IN,
    EVERY_ABILITY,
    Ability,
    Grant,
    Place,
    PlaceKind,
    Role,
    Subject,
    SubjectKind,
    UsedRole,
    User,
)
from runfold.domain.standing import Change
from runfold.errors import AlreadyExists, InvalidState, InvalidValue, NotFound
from runfold.stores.base import TrackingStore
from runfold.testing.accounts import PASSWORD
from runfold.testing.stores.records import unique

PROMOTES = Ability.READ | Ability.PROMOTE


@pytest.fixture
def member(store: TrackingStore) -> User:
    return store.create_user(unique("member"), password=PASSWORD)


@pytest.fixture
def promoter(store: TrackingStore) -> Role:
    return store.create_role(Role(unique("promoter"), PROMOTES, "Moves aliases."))


@pytest.fixture
def model(store: TrackingStore) -> Place:
    return Place(PlaceKind.MODEL, store.create_registered_model(unique("model")).name)


def grant_of(member: User, role: Role, place: Place) -> Grant:
    return Grant(subject=Subject(SubjectKind.USER, member.name), place=place, role=role)


def listed(store: TrackingStore, name: str) -> UsedRole:
    return next(used for used in store.list_roles() if used.role.name == name)


def test_roles_are_listed_with_the_built_in_ones_first(store: TrackingStore, promoter: Role) -> None:
    found = [used.role for used in store.list_roles()]
    assert tuple(found[: len(BUILT_IN)]) == BUILT_IN
    assert promoter in found
    own = [role.name for role in found[len(BUILT_IN) :]]
    assert own == sorted(own)
    assert promoter.description == "Moves aliases."


def test_a_role_is_made_once_and_can_read(store: TrackingStore, promoter: Role) -> None:
    with pytest.raises(AlreadyExists):
        store.create_role(Role(promoter.name, EVERY_ABILITY))
    for refused in (
        Role(unique("blind"), Ability.PROMOTE),
        Role("reader", EVERY_ABILITY),
        Role("Admin", EVERY_ABILITY),
        Role("a:b", EVERY_ABILITY),
        Role("a\0b", EVERY_ABILITY),
        Role(unique("long"), EVERY_ABILITY, "x" * 1001),
    ):
        with pytest.raises(InvalidValue):
            store.create_role(refused)


def test_a_grant_and_a_token_hold_a_role_of_ones_own(
    store: TrackingStore, member: User, promoter: Role, model: Place
) -> None:
    grant = grant_of(member, promoter, model)
    store.set_grant(grant)
    (kept,) = store.list_grants(subject=grant.subject)
    assert (kept.role.name, kept.role.abilities) == (promoter.name, PROMOTES)
    (standing,) = store.explain_access(model, user=member.name).standings
    assert (standing.role, standing.abilities) == (promoter.name, PROMOTES)
    made = store.create_token(member.name, scope=promoter).token
    assert store.list_tokens(member.name) == (made,)
    assert (made.scope.name, made.scope.abilities) == (promoter.name, PROMOTES)
    used = listed(store, promoter.name)
    assert (used.n_grants, used.n_tokens) == (1, 1)
    store.set_grant(grant_of(member, Role.READER, model))
    assert listed(store, promoter.name).n_grants == 0


def test_a_role_counts_by_its_name(store: TrackingStore, member: User, promoter: Role, model: Place) -> None:
    store.set_grant(grant_of(member, Role(promoter.name, EVERY_ABILITY), model))
    (kept,) = store.list_grants(subject=Subject(SubjectKind.USER, member.name))
    assert kept.role.abilities == PROMOTES
    assert store.create_token(member.name, scope=Role(promoter.name)).token.scope.abilities == PROMOTES


def test_a_role_that_is_not_there_is_told_with_those_there_are(
    store: TrackingStore, member: User, promoter: Role, model: Place
) -> None:
    absent = Role(unique("absent"), PROMOTES)
    grant = grant_of(member, absent, model)
    with pytest.raises(InvalidValue, match="none, reader, contributor, manager"):
        store.set_grant(grant)
    with pytest.raises(InvalidValue, match="none, reader, contributor, manager"):
        store.create_token(member.name, scope=absent)
    with pytest.raises(InvalidValue, match=absent.name):
        store.explain_access(model, user=member.name, change=Change(granted=(grant,)))
    with pytest.raises(NotFound):
        store.update_role(absent.name, description="x")
    with pytest.raises(NotFound):
        store.delete_role(absent.name)


def test_a_role_changes_for_all_who_have_it(store: TrackingStore, member: User, promoter: Role, model: Place) -> None:
    store.set_grant(grant_of(member, promoter, model))
    wider = PROMOTES | Ability.DELETE
    changed = store.update_role(promoter.name, abilities=wider)
    assert changed == Role(promoter.name, wider, promoter.description)
    (standing,) = store.explain_access(model, user=member.name).standings
    assert standing.abilities == wider
    renamed = store.update_role(promoter.name, new_name=unique("renamed"), description="")
    assert (renamed.abilities, renamed.description) == (wider, "")
    (kept,) = store.list_grants(subject=Subject(SubjectKind.USER, member.name))
    assert kept.role.name == renamed.name
    assert store.update_role(renamed.name) == renamed


def test_a_change_that_would_be_no_role_is_none(store: TrackingStore, promoter: Role) -> None:
    other = store.create_role(Role(unique("other"), Ability.READ))
    with pytest.raises(AlreadyExists):
        store.update_role(promoter.name, new_name=other.name)
    with pytest.raises(InvalidValue):
        store.update_role(promoter.name, new_name="manager")
    with pytest.raises(InvalidValue):
        store.update_role(promoter.name, abilities=Ability.PROMOTE)
    assert listed(store, promoter.name).role == promoter


def test_the_built_in_roles_stay_as_they_are(store: TrackingStore) -> None:
    with pytest.raises(InvalidState, match="built in"):
        store.update_role("reader", abilities=EVERY_ABILITY)
    with pytest.raises(InvalidState, match="built in"):
        store.delete_role("manager")


def test_a_role_in_use_is_not_deleted(store: TrackingStore, member: User, promoter: Role, model: Place) -> None:
    store.set_grant(grant_of(member, promoter, model))
    token = store.create_token(member.name, scope=promoter).token
    with pytest.raises(InvalidState, match="1 grant and 1 token"):
        store.delete_role(promoter.name)
    store.remove_grant(Subject(SubjectKind.USER, member.name), model)
    with pytest.raises(InvalidState, match="by 1 token;"):
        store.delete_role(promoter.name)
    store.revoke_token(token.token_id)
    store.delete_role(promoter.name)
    assert promoter.name not in [used.role.name for used in store.list_roles()]


def test_what_several_groups_give_together_is_told(store: TrackingStore, member: User, model: Place) -> None:
    roles = (Role(unique("promoter"), PROMOTES), Role(unique("sharer"), Ability.READ | Ability.SHARE))
    for role in roles:
        store.create_role(role)
        group = Subject(SubjectKind.GROUP, unique("group"))
        store.set_group(group.name, [member.name])
        store.set_grant(Grant(subject=group, place=model, role=role))
    (standing,) = store.explain_access(model, user=member.name).standings
    assert (standing.role, standing.abilities) == ("reader", PROMOTES | Ability.SHARE)
    assert {grant.role.name for grant in standing.deciding} == {role.name for role in roles}

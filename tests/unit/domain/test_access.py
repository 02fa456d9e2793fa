from __future__ import annotations

import pytest

from runfold.domain.access import (
    BUILT_IN,
    EVERY_ABILITY,
    NOTHING,
    Ability,
    Grant,
    Place,
    PlaceKind,
    Rights,
    Role,
    Subject,
    SubjectKind,
    User,
    check_own_role,
    level_of,
    parse_abilities,
    parse_place,
    parse_role,
    parse_subject,
    weigh,
    words_of,
)
from runfold.errors import InvalidValue

ANN = User(number=1, name="ann")
USER, GROUP, EVERYONE = SubjectKind


def rights(*grants: tuple[SubjectKind, str, Role], user: User = ANN, most: Role = Role.MANAGER) -> Rights:
    weighed = (Grant(subject=Subject(kind), place=parse_place(place), role=role) for kind, place, role in grants)
    return weigh(user, weighed, most=most.abilities)


def test_nothing_granted_is_nothing_allowed_but_to_begin_something_of_ones_own() -> None:
    none = rights()
    assert none.on_experiment("1", "a/b") is none.on_model("m") is none.on_everything() is NOTHING
    assert not none.visible_experiments().includes("1", "a/b")
    assert none.may_create_experiment("a/b")
    assert none.may_create_model()


def test_the_nearest_place_decides() -> None:
    given = rights(
        (USER, "everything", Role.READER),
        (USER, "folder:a", Role.NONE),
        (USER, "folder:a/b", Role.CONTRIBUTOR),
        (USER, "experiment:7", Role.MANAGER),
    )
    assert [level_of(given.on_experiment("1", name)) for name in ("x", "a", "a/x", "a/b/x", "a/bc")] == [
        Role.READER,
        Role.READER,
        Role.NONE,
        Role.CONTRIBUTOR,
        Role.NONE,
    ]
    assert level_of(given.on_experiment("7", "a/x")) is Role.MANAGER
    assert level_of(given.on_model("m")) is Role.READER
    assert not given.may_create_experiment("a/x")
    assert given.may_create_experiment("a/b/x")


def test_on_one_place_the_user_goes_before_groups_and_those_before_everyone() -> None:
    one = (EVERYONE, "model:m", Role.MANAGER)
    two = (GROUP, "model:m", Role.READER)
    three = (USER, "model:m", Role.CONTRIBUTOR)
    assert level_of(rights(one, two, three).on_model("m")) is Role.CONTRIBUTOR
    assert level_of(rights(three, two, one).on_model("m")) is Role.CONTRIBUTOR
    assert level_of(rights(one, two).on_model("m")) is Role.READER


@pytest.mark.parametrize(
    ("roles", "decides"),
    [((Role.READER, Role.MANAGER), Role.MANAGER), ((Role.MANAGER, Role.NONE, Role.READER), Role.NONE)],
)
def test_of_several_groups_a_denial_decides_else_the_highest_role(roles: tuple[Role, ...], decides: Role) -> None:
    assert rights(*((GROUP, "model:m", role) for role in roles)).on_model("m") == decides.abilities


def test_a_token_goes_no_further_than_its_scope() -> None:
    reads = rights((USER, "experiment:1", Role.MANAGER), most=Role.READER)
    assert level_of(reads.on_experiment("1", "x")) is Role.READER
    assert not reads.may_create_experiment("x")
    admin = rights(user=User(number=2, name="root", is_admin=True), most=Role.CONTRIBUTOR)
    assert level_of(admin.on_experiment("1", "x")) is Role.CONTRIBUTOR
    assert not admin.administers


@pytest.mark.parametrize("text", ["", "user", "user:", "everyone:x", "robot:x", "USER:x"])
def test_what_is_no_subject_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        parse_subject(text)


@pytest.mark.parametrize("text", ["", "experiment", "folder:", "everything:x", "job:x"])
def test_what_is_no_place_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        parse_place(text)


@pytest.mark.parametrize("text", ["new", "new:team/vision", "workspace:vision/new", "workspace:vision/new:team"])
def test_a_place_is_written_as_it_is_read(text: str) -> None:
    assert parse_place(text).text == text


def test_folders_are_named_without_slashes_around_them() -> None:
    assert parse_place("folder:/team/vision/") == Place(PlaceKind.FOLDER, "team/vision")


def test_roles_are_words() -> None:
    own = Role("promoter", Ability.READ | Ability.PROMOTE)
    assert parse_role("promoter", (own,)) is own
    assert [parse_role(role.name) for role in BUILT_IN] == list(BUILT_IN)
    with pytest.raises(InvalidValue, match="none, reader, contributor, manager, promoter"):
        parse_role("owner", (own,))


def test_a_role_of_ones_own_gives_what_it_is_made_of_and_a_scope_caps_it() -> None:
    promoter = Role("promoter", Ability.READ | Ability.PROMOTE)
    sharer = Role("sharer", Ability.READ | Ability.SHARE)
    assert rights((USER, "model:m", promoter)).on_model("m") == Ability.READ | Ability.PROMOTE
    together = rights((GROUP, "model:m", promoter), (GROUP, "model:m", sharer)).on_model("m")
    assert together == Ability.READ | Ability.PROMOTE | Ability.SHARE
    assert rights((USER, "model:m", promoter), most=sharer).on_model("m") == Ability.READ
    assert rights((USER, "model:m", sharer), most=promoter).visible_models().includes("m", "")
    root = User(number=2, name="root", is_admin=True)
    assert not rights(user=root, most=promoter).administers


@pytest.mark.parametrize("name", ["reader", "Manager", "none", "admin", "everything", "read", "log", "", "a:b", " x"])
def test_a_role_of_ones_own_has_a_name_that_means_nothing_else(name: str) -> None:
    with pytest.raises(InvalidValue):
        check_own_role(Role(name, EVERY_ABILITY))


def test_a_role_of_ones_own_can_read() -> None:
    with pytest.raises(InvalidValue, match="must be able to read"):
        check_own_role(Role("blind", Ability.PROMOTE))
    check_own_role(Role("reads", Ability.READ))


def test_abilities_are_words() -> None:
    assert parse_abilities(words_of(EVERY_ABILITY)) == EVERY_ABILITY
    assert words_of(Ability.SHARE | Ability.READ) == ("read", "share")
    with pytest.raises(InvalidValue, match="read, record"):
        parse_abilities(["fly"])

"""The suite of accounts and grants, for a fixture `store` of an administrator; `testing.stores` goes without it."""

from __future__ import annotations

import pytest

from runfold.domain.access import (
    RECORDS_BY_NAME,
    Grant,
    Place,
    PlaceKind,
    Role,
    Subject,
    SubjectKind,
    User,
    parse_place,
    parse_subject,
)
from runfold.domain.identity import LinkedIdentity, SignInWays
from runfold.domain.registered_project import ProjectSettings
from runfold.domain.standing import Change
from runfold.domain.target import Target, TargetKind
from runfold.errors import AlreadyExists, InvalidState, InvalidValue, NotFound, Unauthenticated
from runfold.stores.base import TrackingStore
from runfold.testing.stores.records import unique

PASSWORD = "correct horse battery"  # noqa: S105 - of users that tests make


@pytest.fixture
def user(store: TrackingStore) -> User:
    return store.create_user(unique("user"), password=PASSWORD)


def subject_of(user: User) -> Subject:
    return Subject(SubjectKind.USER, user.name)


def granted(store: TrackingStore, user: User, place: Place) -> list[Role]:
    """To the user, on the place; a server also grants to who makes a record."""
    return [grant.role for grant in store.list_grants(place=place) if grant.subject == subject_of(user)]


def test_users_read_back_and_are_listed(store: TrackingStore, user: User) -> None:
    robot = store.create_user(unique("robot"), is_service=True)
    assert store.get_user(user.name) == user
    assert (user.is_admin, user.is_service, user.is_active) == (False, False, True)
    assert robot.is_service
    names = [one.name for one in store.list_users()]
    assert {user.name, robot.name} <= set(names)
    assert names == sorted(names)


def test_a_user_name_is_taken_once(store: TrackingStore, user: User) -> None:
    with pytest.raises(AlreadyExists):
        store.create_user(user.name, password=PASSWORD)
    store.delete_user(user.name)
    with pytest.raises(NotFound):
        store.get_user(user.name)
    assert store.create_user(user.name, password=PASSWORD).number != user.number


@pytest.mark.parametrize("name", ["", " ", "a:b", "a\nb", " a", "n" * 129, "a\0b"])
def test_names_that_cannot_be_typed_or_sent_are_refused(store: TrackingStore, name: str) -> None:
    with pytest.raises(InvalidValue):
        store.create_user(name, password=PASSWORD)


def test_short_passwords_are_refused_and_services_have_none(store: TrackingStore, user: User) -> None:
    with pytest.raises(InvalidValue) as refused:
        store.create_user(unique("user"), password="hunter2")  # noqa: S106
    assert "hunter2" not in str(refused.value)
    with pytest.raises(InvalidValue):
        store.update_user(user.name, password="short")  # noqa: S106
    with pytest.raises(InvalidValue):
        store.create_user(unique("robot"), password=PASSWORD, is_service=True)


def test_a_user_changes_in_what_is_given(store: TrackingStore, user: User) -> None:
    store.create_user(unique("admin"), password=PASSWORD, is_admin=True)
    assert store.update_user(user.name, is_admin=True).is_admin
    switched_off = store.update_user(user.name, is_active=False)
    assert (switched_off.is_admin, switched_off.is_active) == (True, False)
    assert store.update_user(user.name) == switched_off
    with pytest.raises(NotFound):
        store.update_user(unique("nobody"), is_admin=True)


def test_a_token_tells_its_secret_once(store: TrackingStore, user: User) -> None:
    made = store.create_token(user.name, name="laptop", scope=Role.CONTRIBUTOR)
    (listed,) = store.list_tokens(user.name)
    assert listed == made.token
    assert made.secret.startswith(listed.beginning)
    assert len(made.secret) > 40
    assert made.secret not in repr(listed)


def test_a_token_is_revoked_by_its_owner_alone(store: TrackingStore, user: User) -> None:
    token = store.create_token(user.name, scope=Role.READER).token
    other = store.create_user(unique("other"), password=PASSWORD)
    with pytest.raises(NotFound):
        store.revoke_token(token.token_id, user=other.name)
    store.revoke_token(token.token_id, user=user.name)
    assert store.list_tokens(user.name) == ()
    with pytest.raises(NotFound):
        store.revoke_token(token.token_id)


def test_a_new_password_ends_the_tokens(store: TrackingStore, user: User) -> None:
    store.create_token(user.name, scope=Role.READER)
    store.update_user(user.name, password=PASSWORD + "!")
    assert store.list_tokens(user.name) == ()


def test_a_token_needs_a_scope_a_user_and_time_to_live(store: TrackingStore, user: User) -> None:
    with pytest.raises(InvalidValue):
        store.create_token(user.name, scope=Role.NONE)
    with pytest.raises(InvalidValue):
        store.create_token(user.name, scope=Role.READER, expires_ms=1)
    with pytest.raises(NotFound):
        store.create_token(unique("nobody"), scope=Role.READER)


def test_one_role_is_granted_to_a_subject_on_a_place(store: TrackingStore, user: User) -> None:
    place = Place(PlaceKind.EXPERIMENT, store.create_experiment(unique("experiment")))
    for role in (Role.READER, Role.MANAGER):
        store.set_grant(Grant(subject=subject_of(user), place=place, role=role))
        assert granted(store, user, place) == [role]
        assert store.list_grants(subject=subject_of(user)) == (Grant(subject=subject_of(user), place=place, role=role),)
    store.remove_grant(subject_of(user), place)
    assert granted(store, user, place) == []
    with pytest.raises(NotFound):
        store.remove_grant(subject_of(user), place)


def test_grants_name_what_is_there(store: TrackingStore, user: User) -> None:
    folder = Place(PlaceKind.FOLDER, unique("team"))
    for subject, place in [
        (Subject(SubjectKind.USER, unique("nobody")), folder),
        (Subject(SubjectKind.GROUP, unique("nobody")), folder),
        (subject_of(user), Place(PlaceKind.EXPERIMENT, "999999999")),
        *((subject_of(user), Place(kind, unique("absent"))) for kind in RECORDS_BY_NAME),
    ]:
        with pytest.raises(NotFound):
            store.set_grant(Grant(subject=subject, place=place, role=Role.READER))
    store.set_grant(Grant(subject=subject_of(user), place=folder, role=Role.READER))


def test_a_dataset_can_be_denied_before_it_is_recorded(store: TrackingStore, user: User) -> None:
    place = Place(PlaceKind.DATASET, unique("dataset"))
    store.set_grant(Grant(subject=subject_of(user), place=place, role=Role.NONE))
    (standing,) = store.explain_access(place, user=user.name).standings
    assert (standing.role, [grant.place for grant in standing.deciding]) == ("none", [place])
    assert store.create_token(user.name, scope=Role.READER, places=[place]).token.places == (place,)
    store.remove_grant(subject_of(user), place)
    with pytest.raises(InvalidValue):
        store.set_grant(Grant(subject=subject_of(user), place=Place(PlaceKind.DATASET, "n" * 501), role=Role.NONE))


def test_what_was_granted_on_a_model_follows_its_name_and_ends_with_it(store: TrackingStore, user: User) -> None:
    old, new = unique("model"), unique("model")
    store.create_registered_model(old)
    store.set_grant(Grant(subject=subject_of(user), place=Place(PlaceKind.MODEL, old), role=Role.READER))
    store.rename_registered_model(old, new)
    (moved,) = store.list_grants(subject=subject_of(user))
    assert (moved.place, moved.role) == (Place(PlaceKind.MODEL, new), Role.READER)
    store.delete_registered_model(new)
    assert store.list_grants(subject=subject_of(user)) == ()


def test_what_was_granted_on_a_project_or_target_ends_with_it(store: TrackingStore, user: User) -> None:
    old, new = unique("project"), unique("project")
    store.create_project(ProjectSettings(name=old, uri="/p"))
    store.create_target(Target(name=old, kind=TargetKind.LOCAL))
    for kind in (PlaceKind.PROJECT, PlaceKind.TARGET):
        store.set_grant(Grant(subject=subject_of(user), place=Place(kind, old), role=Role.READER))
    store.rename_project(old, new)
    places = [grant.place for grant in store.list_grants(subject=subject_of(user))]
    assert places == [Place(PlaceKind.PROJECT, new), Place(PlaceKind.TARGET, old)]
    store.delete_project(new)
    store.delete_target(old)
    assert store.list_grants(subject=subject_of(user)) == ()


def test_grants_go_with_who_had_them(store: TrackingStore, user: User) -> None:
    group, folder = unique("group"), Place(PlaceKind.FOLDER, unique("team"))
    store.set_group(group, [user.name])
    for subject in (subject_of(user), Subject(SubjectKind.GROUP, group)):
        store.set_grant(Grant(subject=subject, place=folder, role=Role.READER))
    store.delete_user(user.name)
    store.delete_group(group)
    assert store.list_grants(place=folder) == ()


@pytest.mark.parametrize("text", ["user:ann", "group:a b", "everyone"])
def test_subjects_read_back(text: str) -> None:
    assert parse_subject(text).text == text


@pytest.mark.parametrize(
    "text",
    [
        *("experiment:0", "model:a/b", "folder:team/vision", "everything", "workspace:vision"),
        *("workspace:vision/model:a", "project:train", "target:gpu", "workspace:vision/target:a100"),
    ],
)
def test_places_read_back(text: str) -> None:
    assert parse_place(text).text == text


def test_who_is_invited_chooses_a_password_once(store: TrackingStore) -> None:
    name = unique("newcomer")
    store.create_user(name)
    made = store.invite_user(name)
    assert (made.user, made.code in repr(store.get_user(name))) == (name, False)
    with pytest.raises(InvalidValue):
        store.accept_invitation(made.code, "short")
    assert store.accept_invitation(made.code, PASSWORD).name == name
    with pytest.raises(Unauthenticated):
        store.accept_invitation(made.code, PASSWORD)


def test_an_invitation_ends_with_the_next_one_with_the_user_and_with_a_new_password(store: TrackingStore) -> None:
    name = unique("newcomer")
    store.create_user(name)
    first, second = store.invite_user(name), store.invite_user(name)
    store.update_user(name, password=PASSWORD)
    third = store.invite_user(name)
    store.delete_user(name)
    for made in (first, second, third):
        with pytest.raises(Unauthenticated):
            store.accept_invitation(made.code, PASSWORD)


def test_who_does_not_sign_in_by_password_is_not_invited(store: TrackingStore, user: User) -> None:
    robot = store.create_user(unique("robot"), is_service=True)
    store.update_user(user.name, is_active=False)
    for name in (robot.name, user.name):
        with pytest.raises(InvalidState):
            store.invite_user(name)
    with pytest.raises(NotFound):
        store.invite_user(unique("nobody"))


def test_somebody_of_a_provider_is_linked_to_one_user(store: TrackingStore, user: User) -> None:
    store.update_user(user.name, password=PASSWORD)
    issuer, subject = "https://id.example.com", unique("subject")
    assert store.get_ways(user.name).identities == ()
    made = store.link_identity(user.name, issuer=issuer, subject=subject)
    assert made == store.link_identity(user.name, issuer=issuer, subject=subject)
    assert made.since_ms is not None
    assert made == LinkedIdentity(user=user.name, issuer=issuer, subject=subject, since_ms=made.since_ms)
    assert store.get_ways(user.name).identities == (made,)
    other = store.create_user(unique("other")).name
    with pytest.raises(AlreadyExists):
        store.link_identity(other, issuer=issuer, subject=subject)
    store.link_identity(other, issuer="https://elsewhere.example.com", subject=subject)
    with pytest.raises(NotFound):
        store.unlink_identity(other, issuer=issuer, subject=subject)
    store.unlink_identity(user.name, issuer=issuer, subject=subject)
    assert store.get_ways(user.name).identities == ()


def test_it_is_told_by_what_everybody_signs_in(store: TrackingStore, user: User) -> None:
    invited = store.create_user(unique("invited")).name
    subject = unique("subject")
    made = store.link_identity(
        user.name, issuer="https://id.example.com", subject=subject, shown=f"{user.name}@example.com"
    )
    assert made.shown == f"{user.name}@example.com"
    everybody = {ways.user: ways for ways in store.list_ways()}
    assert everybody[user.name] == SignInWays(user=user.name, has_password=True, identities=(made,))
    assert everybody[user.name] == store.get_ways(user.name)
    assert everybody[invited] == SignInWays(user=invited, has_password=False)
    with pytest.raises(NotFound):
        store.get_ways(unique("nobody"))


def test_who_has_no_password_keeps_a_way_to_sign_in(store: TrackingStore) -> None:
    name = store.create_user(unique("linked")).name
    first, second = unique("subject"), unique("subject")
    for subject in (first, second):
        store.link_identity(name, issuer="https://id.example.com", subject=subject)
    store.unlink_identity(name, issuer="https://id.example.com", subject=first)
    with pytest.raises(InvalidState, match="nothing would be left to sign in by"):
        store.unlink_identity(name, issuer="https://id.example.com", subject=second)
    store.update_user(name, password=PASSWORD)
    store.unlink_identity(name, issuer="https://id.example.com", subject=second)


@pytest.mark.parametrize(("issuer", "subject"), [("", "1"), ("https://id.example.com", ""), ("a" * 501, "1")])
def test_an_identity_is_named_by_issuer_and_subject(
    store: TrackingStore, user: User, issuer: str, subject: str
) -> None:
    with pytest.raises(InvalidValue):
        store.link_identity(user.name, issuer=issuer, subject=subject)


def test_nothing_is_linked_to_a_service_or_nobody(store: TrackingStore) -> None:
    robot = store.create_user(unique("robot"), is_service=True).name
    with pytest.raises(InvalidValue):
        store.link_identity(robot, issuer="https://id.example.com", subject=unique("subject"))
    with pytest.raises(NotFound):
        store.link_identity(unique("nobody"), issuer="https://id.example.com", subject="1")


def test_a_user_without_browsers_has_no_sessions(store: TrackingStore, user: User) -> None:
    assert store.list_sessions(user.name) == ()
    store.end_sessions(user.name)
    with pytest.raises(NotFound):
        store.end_session("f" * 32)


def test_who_may_do_what_is_told_with_the_grants_that_decide(store: TrackingStore, user: User) -> None:
    group, folder = unique("group"), unique("team")
    experiment = Place(PlaceKind.EXPERIMENT, store.create_experiment(f"{folder}/wine"))
    store.set_group(group, [user.name])
    near = Grant(subject=subject_of(user), place=experiment, role=Role.MANAGER)
    far = Grant(subject=Subject(SubjectKind.GROUP, group), place=Place(PlaceKind.FOLDER, folder), role=Role.READER)
    store.set_grant(far)
    report = store.explain_access(experiment, user=user.name)
    assert report.way == (
        *(experiment, far.place),
        *(Place(PlaceKind.WORKSPACE, "default"), Place(PlaceKind.EVERYTHING)),
    )
    (standing,) = report.standings
    assert (standing.role, standing.before, standing.deciding) == ("reader", "reader", (far,))
    (standing,) = store.explain_access(experiment, user=user.name, change=Change(granted=(near,))).standings
    assert (standing.role, standing.before) == ("manager", "reader")
    assert (standing.grants, standing.deciding) == ((near, far), (near,))
    taken_back = Change(removed=((far.subject, far.place),))
    (standing,) = store.explain_access(experiment, user=user.name, change=taken_back).standings
    assert (standing.role, standing.before, standing.grants) == ("none", "reader", ())
    assert granted(store, user, experiment) == []
    assert user.name in [one.user.name for one in store.explain_access(experiment).standings]


def test_what_is_granted_on_new_records_is_kept_for_them(store: TrackingStore, user: User) -> None:
    folder = Place(PlaceKind.NEW, unique("team"))
    store.set_grant(Grant(subject=subject_of(user), place=folder, role=Role.NONE))
    assert granted(store, user, folder) == [Role.NONE]
    with pytest.raises(InvalidValue, match="once there are some"):
        store.explain_access(folder)
    with pytest.raises(InvalidValue, match="limited to records"):
        store.create_token(user.name, scope=Role.READER, places=[folder])
    store.remove_grant(subject_of(user), folder)
    assert granted(store, user, folder) == []


def test_what_is_not_there_is_not_explained(store: TrackingStore, user: User) -> None:
    for place, name in [
        (Place(PlaceKind.EXPERIMENT, "999999999"), user.name),
        (Place(PlaceKind.MODEL, unique("absent")), user.name),
        (Place(PlaceKind.FOLDER, unique("team")), unique("nobody")),
    ]:
        with pytest.raises(NotFound):
            store.explain_access(place, user=name)

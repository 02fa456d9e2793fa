"""Accounts and grants in SQLite: the shipped suite, and what a server asks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runfold.config import StoreSettings
from runfold.domain.access import Grant, Place, PlaceKind, Role, Subject, SubjectKind, User, Visible
from runfold.domain.identity import Identity, IdentityRules
from runfold.domain.run import NewRun
from runfold.errors import InvalidState, NotFound, TooManyAttempts, Unauthenticated
from runfold.hosting import passwords
from runfold.stores.access import Home
from runfold.stores.base import ExperimentQuery
from runfold.stores.registry import ModelQuery
from runfold.stores.sql.access.credentials import FREE_ATTEMPTS
from runfold.stores.sql.store import SqlStore
from runfold.testing.accounts import *  # noqa: F403 - the suite is its tests
from runfold.testing.accounts import PASSWORD, granted, subject_of
from runfold.testing.groups import *  # noqa: F403 - the suite is its tests
from runfold.testing.roles import *  # noqa: F403 - likewise
from runfold.testing.stores.records import unique


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStore]:
    folder: Path = tmp_path_factory.mktemp("store")
    opened = SqlStore(f"sqlite:///{folder}/runfold.db", StoreSettings(durability="process"))
    yield opened
    opened.close()


def test_no_code_for_a_command_is_taken_for_an_option(tmp_path: Path) -> None:
    with closing(SqlStore(f"sqlite:///{tmp_path}/runfold.db", StoreSettings(durability="process"))) as store:
        store.create_user("ann")
        codes = [code for _ in range(20) for code in (store.begin_setup(), store.invite_user("ann").code)]
    assert [code for code in codes if not code.isalnum()] == []


def test_the_right_password_signs_in_and_no_other(store: SqlStore, user: User) -> None:
    assert store.sign_in(user.name, PASSWORD) == user
    answers = []
    for name, password in [(user.name, PASSWORD + "x"), (user.name, ""), (unique("nobody"), PASSWORD), ("a\0", "x")]:
        with pytest.raises(Unauthenticated) as refused:
            store.sign_in(name, password)
        answers.append(str(refused.value))
    assert len(set(answers)) == 1


def test_services_and_who_is_switched_off_do_not_sign_in_by_password(store: SqlStore, user: User) -> None:
    robot = store.create_user(unique("robot"), is_service=True)
    store.update_user(user.name, is_active=False)
    for name, password in [(robot.name, ""), (user.name, PASSWORD)]:
        with pytest.raises(Unauthenticated):
            store.sign_in(name, password)


def test_the_last_administrator_stays_one_whatever_the_provider_says(tmp_path: Path) -> None:
    rules = IdentityRules(admin_group="admins")
    ann = Identity(issuer="https://id.example.com", subject="1", name="ann", groups=frozenset())
    with closing(SqlStore(f"sqlite:///{tmp_path}/runfold.db", StoreSettings(durability="process"))) as store:
        store.create_user("ann", password=PASSWORD, is_admin=True)
        store.link_identity("ann", issuer=ann.issuer, subject=ann.subject)
        assert store.sign_in_identity(ann, rules).is_admin
        store.create_user("ben", password=PASSWORD, is_admin=True)
        assert not store.sign_in_identity(ann, rules).is_admin


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """What is spent on passwords from now on: memory and passes, each time."""
    spent: list[tuple[int, int]] = []
    derive = passwords._derive

    def noted(password: str, salt: bytes, memory_kib: int, passes: int) -> bytes:
        spent.append((memory_kib, passes))
        return derive(password, salt, memory_kib, passes)

    monkeypatch.setattr(passwords, "_derive", noted)
    return spent


def test_the_same_is_done_for_a_wrong_password_whoever_the_name_belongs_to(
    store: SqlStore, user: User, work: list[tuple[int, int]]
) -> None:
    """So the time that it takes tells nothing; and once a name has to wait, nothing is done for anybody."""
    off = store.create_user(unique("off"), password=PASSWORD).name
    store.update_user(off, is_active=False)
    by_provider = store.create_user(unique("linked")).name
    store.link_identity(by_provider, issuer="https://id.example.com", subject=unique("subject"))
    robot = store.create_user(unique("robot"), is_service=True).name
    work.clear()
    seen = {}
    for name in (user.name, off, by_provider, robot, unique("nobody")):
        answers = []
        for n in range(FREE_ATTEMPTS + 1):
            work_before = len(work)
            with pytest.raises((Unauthenticated, TooManyAttempts)) as refused:
                store.sign_in(name, f"guess {n}")
            answers.append((type(refused.value), tuple(work[work_before:])))
        seen[name] = answers
    assert len({tuple(answers) for answers in seen.values()}) == 1
    hashed = answers[0][1]
    assert len(hashed) == 1, "the password is worked for"
    assert answers[-1] == (TooManyAttempts, ())


def test_no_password_is_worked_for_by_a_code_that_nobody_gave(store: SqlStore, work: list[tuple[int, int]]) -> None:
    """Strangers may call these as often as they like."""
    for refused in (
        lambda: store.accept_invitation("f" * 48, PASSWORD),
        lambda: store.finish_setup("f" * 48, "mallory", PASSWORD),
    ):
        with pytest.raises(Unauthenticated):
            refused()
    assert work == []
    name = store.create_user(unique("invited")).name
    store.accept_invitation(store.invite_user(name).code, PASSWORD)
    assert len(work) == 1


@pytest.mark.parametrize("is_known", [True, False])
def test_a_name_has_to_wait_after_some_vain_attempts_whether_anybody_has_it(
    store: SqlStore, user: User, is_known: bool
) -> None:
    name = user.name if is_known else unique("nobody")
    for _ in range(FREE_ATTEMPTS):
        with pytest.raises(Unauthenticated):
            store.sign_in(name, "wrong password")
    with pytest.raises(TooManyAttempts) as refused:
        store.sign_in(name, PASSWORD)
    assert refused.value.retry_after_s >= 1


def test_a_success_forgets_the_failures_before_it(store: SqlStore, user: User) -> None:
    for _ in range(3):
        for _ in range(FREE_ATTEMPTS - 1):
            with pytest.raises(Unauthenticated):
                store.sign_in(user.name, "wrong password")
        store.sign_in(user.name, PASSWORD)


def test_a_token_is_found_by_its_secret_until_it_ends(store: SqlStore, user: User) -> None:
    made = store.create_token(user.name, scope=Role.READER)
    found = store.find_token(made.secret)
    assert found is not None
    assert found[0] == user
    assert store.list_tokens(user.name)[0].last_use_ms is not None
    assert store.find_token(made.secret + "x") is None
    store.revoke_token(made.token.token_id)
    assert store.find_token(made.secret) is None


def test_secrets_are_not_in_the_database(tmp_path: Path) -> None:
    store = SqlStore(f"sqlite:///{tmp_path}/runfold.db", StoreSettings(durability="process"))
    store.create_user("ann", password=PASSWORD)
    secret = store.create_token("ann", scope=Role.READER).secret
    code = store.begin_setup()
    store.close()
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"ann" in kept
    assert not [text for text in (PASSWORD, secret, code) if text.encode() in kept]


def test_the_first_administrator_is_made_once_by_the_last_code(tmp_path: Path) -> None:
    store = SqlStore(f"sqlite:///{tmp_path}/runfold.db", StoreSettings(durability="process"))
    old, code = store.begin_setup(), store.begin_setup()
    for wrong in (old, "", code + "x"):
        with pytest.raises(Unauthenticated):
            store.finish_setup(wrong, "root", PASSWORD)
    assert store.finish_setup(code, "root", PASSWORD).is_admin
    with pytest.raises(Unauthenticated):
        store.finish_setup(code, "second", PASSWORD)
    assert store.begin_setup() == ""
    for change in ({"is_admin": False}, {"is_active": False}):
        with pytest.raises(InvalidState):
            store.update_user("root", **change)
    with pytest.raises(InvalidState):
        store.delete_user("root")
    assert store.get_user("root").is_admin
    store.close()


def test_rights_are_weighed_from_all_grants_that_concern_a_user(store: SqlStore, user: User) -> None:
    group, stranger = unique("group"), store.create_user(unique("stranger"))
    store.set_group(group, [user.name])
    subjects = [Subject(SubjectKind.GROUP, group), Subject(SubjectKind.USER, stranger.name)]
    for subject, key in zip(subjects, ["vision", "speech"], strict=True):
        store.set_grant(Grant(subject=subject, place=Place(PlaceKind.FOLDER, key), role=Role.CONTRIBUTOR))
    assert store.rights_of(user, most=Role.MANAGER).areas["default"].folders == {"vision": Role.CONTRIBUTOR.abilities}
    foreign = store.rights_of(stranger, most=Role.MANAGER).areas["default"].folders
    assert foreign == {"speech": Role.CONTRIBUTOR.abilities}


def test_the_version_grows_with_whatever_decisions_depend_on(store: SqlStore, user: User) -> None:
    one, other = (store.create_experiment(unique("experiment")) for _ in range(2))
    run_id = store.create_run(NewRun(experiment_id=one)).info.run_id
    token = store.create_token(user.name, scope=Role.READER).token
    grant = Grant(
        subject=Subject(SubjectKind.USER, user.name), place=Place(PlaceKind.EXPERIMENT, one), role=Role.READER
    )
    for change in (
        lambda: store.set_grant(grant),
        lambda: store.remove_grant(grant.subject, grant.place),
        lambda: store.set_group(unique("group"), [user.name]),
        lambda: store.rename_experiment(one, unique("renamed")),
        lambda: store.move_runs([run_id], other),
        lambda: store.revoke_token(token.token_id),
        lambda: store.update_user(user.name, is_active=False),
        lambda: store.delete_user(user.name),
    ):
        before = store.access_version()
        change()
        assert store.access_version() > before


def test_records_are_led_home(store: SqlStore) -> None:
    name = unique("experiment")
    experiment_id = store.create_experiment(name)
    run_id = store.create_run(NewRun(experiment_id=experiment_id)).info.run_id
    uri = f"mlflow-artifacts:/{experiment_id}/{run_id}/artifacts"
    assert store.homes_of_runs([run_id, "absent", "a\0b"]) == {run_id: Home(experiment_id, name, uri)}
    assert store.homes_of_experiments([experiment_id, "99999999"])[experiment_id].name == name


NAMES = ["a", "a/b", "a/b/c", "a/bc", "ab", "b", "b/a", "ä/b", "a_b/c", "axb/c"]
FOLDERS = ["a", "a/b", "b", "ä", "a_b", "A"]


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SqlStore, dict[str, str]]]:
    folder: Path = tmp_path_factory.mktemp("named")
    opened = SqlStore(f"sqlite:///{folder}/runfold.db", StoreSettings(durability="process"))
    ids = {name: opened.create_experiment(name) for name in NAMES} | {"Default": "0"}
    for name in NAMES:
        opened.create_registered_model(name.replace("/", "-"))
    yield opened, ids
    opened.close()


@given(
    by_default=st.booleans(),
    folders=st.dictionaries(st.sampled_from(FOLDERS), st.booleans()),
    names=st.dictionaries(st.sampled_from(NAMES), st.booleans()),
    page=st.integers(1, 4),
)
def test_a_search_finds_in_pages_what_is_visible_and_nothing_else(
    named: tuple[SqlStore, dict[str, str]],
    by_default: bool,
    folders: dict[str, bool],
    names: dict[str, bool],
    page: int,
) -> None:
    store, ids = named
    records = {ids[name]: seen for name, seen in names.items()}
    visible = Visible(by_default=by_default, folders=folders, records=records)
    found: list[str] = []
    token = ""
    while True:
        query = ExperimentQuery(max_results=page, page_token=token)
        answer = store.search_experiments(query, visible=visible)
        found += [experiment.name for experiment in answer.items]
        assert len(answer.items) == page or not answer.next_token
        if not (token := answer.next_token):
            break
    assert sorted(found) == sorted(name for name, key in ids.items() if visible.includes(key, name))


def test_searches_of_models_find_what_is_visible(named: tuple[SqlStore, dict[str, str]]) -> None:
    store, _ = named
    visible = Visible(by_default=False, records={"a": True, "b": False})
    assert [model.name for model in store.search_registered_models(ModelQuery(), visible=visible).items] == ["a"]
    assert store.search_model_versions(ModelQuery(), visible=visible).items == ()


@pytest.mark.parametrize("by_default", [True, False])
@pytest.mark.parametrize("folder", [None, True, False])
@pytest.mark.parametrize("n_seen", [0, 5])
def test_thousands_of_decisions_mean_the_same_as_few(
    named: tuple[SqlStore, dict[str, str]], by_default: bool, folder: bool | None, n_seen: int
) -> None:
    store, ids = named
    absent = {str(number): number % 2 == 0 for number in range(10_000, 15_000)}
    here = {key: number < n_seen for number, key in enumerate(sorted(ids.values())[:10])}
    folders = {} if folder is None else {"a": folder}
    visible = Visible(by_default=by_default, folders=folders, records=absent | here)
    found = store.search_experiments(ExperimentQuery(max_results=1000), visible=visible).items
    assert {experiment.name for experiment in found} == {
        name for name, key in ids.items() if visible.includes(key, name)
    }


def test_who_makes_something_manages_it_or_there_is_nothing_to_manage(store: SqlStore, user: User) -> None:
    def place_of(made: str) -> Place:
        return Place(PlaceKind.EXPERIMENT, made)

    experiment_id = store.making_manager(user.name, place_of).create_experiment(unique("experiment"))
    assert granted(store, user, place_of(experiment_id)) == [Role.MANAGER]
    name = unique("experiment")
    with pytest.raises(NotFound):
        store.making_manager(unique("nobody"), place_of).create_experiment(name)
    assert store.find_experiment_by_name(name) is None


def test_a_new_record_gets_what_is_granted_on_new_ones(store: SqlStore, user: User) -> None:
    maker, folder, group = store.create_user(unique("maker")), unique("team"), unique("group")
    store.set_group(group, [])
    auditors, everyone = Subject(SubjectKind.GROUP, group), Subject(SubjectKind.EVERYONE)
    for subject, key, role in [
        (auditors, "", Role.READER),
        (everyone, "", Role.CONTRIBUTOR),
        (everyone, folder, Role.NONE),
        (subject_of(maker), folder, Role.READER),
        (subject_of(user), f"{folder}/else", Role.MANAGER),
    ]:
        store.set_grant(Grant(subject=subject, place=Place(PlaceKind.NEW, key), role=role))
    try:
        made = store.making_manager(maker.name, lambda number: Place(PlaceKind.EXPERIMENT, number))
        inside = Place(PlaceKind.EXPERIMENT, made.create_experiment(f"{folder}/drafts/{unique('x')}"))
        beside = store.making_manager(maker.name, lambda model: Place(PlaceKind.MODEL, model.name))
        model = Place(PlaceKind.MODEL, beside.create_registered_model(unique("model")).name)
    finally:
        for subject in (auditors, everyone):
            store.remove_grant(subject, Place(PlaceKind.NEW))

    def roles_on(place: Place) -> dict[Subject, Role]:
        """Of these subjects: others of this store may have been granted something on new records, too."""
        asked = {auditors, everyone, subject_of(maker), subject_of(user)}
        return {grant.subject: grant.role for grant in store.list_grants(place=place) if grant.subject in asked}

    own = {subject_of(maker): Role.MANAGER}
    assert roles_on(inside) == {auditors: Role.READER, everyone: Role.NONE} | own
    assert roles_on(model) == {auditors: Role.READER, everyone: Role.CONTRIBUTOR} | own


def test_what_is_granted_on_new_records_changes_nothing_that_there_is(store: SqlStore, user: User) -> None:
    experiment_id = store.create_experiment(f"{unique('team')}/x")
    name = store.homes_of_experiments([experiment_id])[experiment_id].name
    new = Place(PlaceKind.NEW, name.partition("/")[0])
    store.set_grant(Grant(subject=subject_of(user), place=new, role=Role.MANAGER))
    rights = store.rights_of(user, most=Role.MANAGER)
    assert not rights.on_experiment(experiment_id, name)


def test_the_agent_beside_a_server_has_one_token_that_lives_as_long_as_it_is_prolonged(store: SqlStore) -> None:
    account = unique("agent")
    first = store.admit_agent(account, name="box", lifetime_ms=60_000)
    second = store.admit_agent(account, name="box", lifetime_ms=60_000)
    assert store.list_tokens(account) == (second.token,)
    assert store.find_token(first.secret) is None
    store.prolong_token(second.token.token_id, lifetime_ms=3_600_000)
    found = store.find_token(second.secret)
    assert found is not None
    assert (found[1].expires_ms or 0) > (second.token.expires_ms or 0)
    assert store.rights_of(found[0], most=found[1].scope).on_everything() == Role.CONTRIBUTOR.abilities
    with pytest.raises(NotFound):
        store.prolong_token(first.token.token_id, lifetime_ms=60_000)


def test_an_account_that_is_a_persons_or_switched_off_admits_no_agent(store: SqlStore, user: User) -> None:
    account = unique("agent")
    store.admit_agent(account, name="box", lifetime_ms=60_000)
    store.update_user(account, is_active=False)
    for name in (account, user.name):
        with pytest.raises(InvalidState, match=name):
            store.admit_agent(name, name="box", lifetime_ms=60_000)
    assert store.list_tokens(account) == store.list_tokens(user.name) == ()

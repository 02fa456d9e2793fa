"""Accounts and grants over a real PostgreSQL: the shipped suite, and what a server asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from runfold.config import StoreSettings
from runfold.domain.access import Grant, Place, PlaceKind, Role, Subject, SubjectKind, User, Visible
from runfold.domain.run import NewRun
from runfold.errors import TooManyAttempts, Unauthenticated
from runfold.stores.base import ExperimentQuery
from runfold.stores.registry import ModelQuery
from runfold.stores.sql.access.credentials import FREE_ATTEMPTS
from runfold.stores.sql.store import SqlStore
from runfold.testing.accounts import *  # noqa: F403 - the suite is its tests
from runfold.testing.accounts import PASSWORD
from runfold.testing.groups import *  # noqa: F403 - the suite is its tests
from runfold.testing.roles import *  # noqa: F403 - likewise
from runfold.testing.stores.records import unique


@pytest.fixture(scope="module")
def store(new_postgres_database: Callable[[], str]) -> Iterator[SqlStore]:
    opened = SqlStore(new_postgres_database(), StoreSettings())
    yield opened
    opened.close()


def test_one_signs_in_by_password_and_by_token(store: SqlStore, user: User) -> None:
    assert store.sign_in(user.name, PASSWORD) == user
    made = store.create_token(user.name, scope=Role.READER)
    found = store.find_token(made.secret)
    assert found is not None
    assert found[0] == user
    for _ in range(FREE_ATTEMPTS):
        with pytest.raises(Unauthenticated):
            store.sign_in(user.name, "wrong password")
    with pytest.raises(TooManyAttempts):
        store.sign_in(user.name, PASSWORD)


def test_the_first_administrator_is_made_by_a_code(new_postgres_database: Callable[[], str]) -> None:
    store = SqlStore(new_postgres_database(), StoreSettings())
    assert store.finish_setup(store.begin_setup(), "root", PASSWORD).is_admin
    assert store.begin_setup() == ""
    store.close()


def test_rights_are_weighed_and_records_led_home(store: SqlStore, user: User) -> None:
    group, name = unique("group"), unique("experiment")
    experiment_id = store.create_experiment(name)
    run_id = store.create_run(NewRun(experiment_id=experiment_id)).info.run_id
    store.set_group(group, [user.name])
    place = Place(PlaceKind.EXPERIMENT, experiment_id)
    before = store.access_version()
    store.set_grant(Grant(subject=Subject(SubjectKind.GROUP, group), place=place, role=Role.CONTRIBUTOR))
    assert store.access_version() > before
    home = store.homes_of_runs([run_id, "absent"])[run_id]
    rights = store.rights_of(user, most=Role.MANAGER)
    assert rights.on_experiment(home.experiment_id, home.name) == Role.CONTRIBUTOR.abilities


def test_searches_find_what_is_visible(store: SqlStore) -> None:
    folder = unique("team")
    one, _ = (store.create_experiment(f"{folder}/{name}") for name in ("one", "two"))
    for visible, found in (
        (Visible(by_default=False, folders={folder: True}), ["one", "two"]),
        (Visible(by_default=False, folders={folder: True}, records={one: False}), ["two"]),
        (Visible(by_default=False, records={one: True}), ["one"]),
    ):
        query = ExperimentQuery(filter=f"name LIKE '{folder}/%'", order_by=("name",))
        names = [experiment.name for experiment in store.search_experiments(query, visible=visible).items]
        assert names == [f"{folder}/{name}" for name in found]
    model = unique("it's a model")
    store.create_registered_model(model)
    visible = Visible(by_default=False, records={model: True, "o'ther": False})
    assert [found.name for found in store.search_registered_models(ModelQuery(), visible=visible).items] == [model]

"""Sessions of browsers in SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from runfold.config import StoreSettings
from runfold.domain.access import User
from runfold.errors import NotFound
from runfold.stores.sql.access.sessions import NOTE_USE_MS
from runfold.stores.sql.store import SqlStore
from runfold.testing.accounts import PASSWORD
from runfold.testing.stores.records import unique
from tests.conftest import NewDatabase

HOUR_MS = 3_600_000


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStore]:
    uri = f"sqlite:///{tmp_path_factory.mktemp('store')}/runfold.db"
    if request.param == "postgresql":
        new_database: NewDatabase = request.getfixturevalue("new_postgres_database")
        uri = new_database()
    opened = SqlStore(uri, StoreSettings(durability="process"))
    yield opened
    opened.close()


@pytest.fixture
def user(store: SqlStore) -> User:
    return store.create_user(unique("user"), password=PASSWORD)


def begin(store: SqlStore, user: User, *, lifetime_ms: int = HOUR_MS) -> str:
    return store.begin_session(user.name, agent="Browser", address="192.0.2.7", lifetime_ms=lifetime_ms).secret


@contextmanager
def beside(store: SqlStore) -> Iterator[sa.Connection]:
    """The database itself, without the store."""
    url = sa.make_url(store.uri)
    engine = sa.create_engine(url.set(drivername="postgresql+psycopg") if url.drivername != "sqlite" else url)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def rewind(store: SqlStore, session_id: str, ms: int) -> None:
    """As if the session had been used last so long ago."""
    with beside(store) as connection:
        connection.execute(
            sa.text("UPDATE sessions SET last_use = last_use - :ms WHERE session_id = :id"),
            {"ms": ms, "id": session_id},
        )


def test_a_session_is_found_by_its_secret_and_the_secret_is_not_kept(store: SqlStore, user: User) -> None:
    secret = begin(store, user)
    found = store.find_session(secret, idle_ms=HOUR_MS, is_use=True)
    assert found is not None
    assert found[0] == user
    assert (found[1].agent, found[1].address) == ("Browser", "192.0.2.7")
    assert store.list_sessions(user.name) == (found[1],)
    assert store.find_session(secret + "x", idle_ms=HOUR_MS, is_use=True) is None
    with beside(store) as connection:
        kept = connection.execute(sa.text("SELECT * FROM sessions")).all()
    assert kept
    assert secret not in str(kept)


def test_a_session_ends_when_nobody_uses_it_and_at_the_latest_when_it_is_over(store: SqlStore, user: User) -> None:
    secret = begin(store, user)
    (session,) = store.list_sessions(user.name)
    rewind(store, session.session_id, HOUR_MS)
    assert store.find_session(secret, idle_ms=HOUR_MS, is_use=True) is None
    assert store.find_session(secret, idle_ms=2 * HOUR_MS, is_use=True) is not None
    assert store.find_session(begin(store, user, lifetime_ms=0), idle_ms=HOUR_MS, is_use=True) is None


def test_use_is_noted_and_a_mere_look_is_not(store: SqlStore, user: User) -> None:
    secret = begin(store, user)
    (session,) = store.list_sessions(user.name)
    rewind(store, session.session_id, NOTE_USE_MS + 1)
    store.find_session(secret, idle_ms=HOUR_MS, is_use=False)
    assert store.list_sessions(user.name)[0].last_use_ms < session.last_use_ms
    store.find_session(secret, idle_ms=HOUR_MS, is_use=True)
    assert store.list_sessions(user.name)[0].last_use_ms >= session.last_use_ms


@pytest.mark.parametrize("how", ["session", "all", "password", "switched off", "deleted"])
def test_a_session_ends_with(store: SqlStore, user: User, how: str) -> None:
    secret, version = begin(store, user), store.access_version()
    match how:
        case "session":
            store.end_session(store.list_sessions(user.name)[0].session_id, user=user.name)
        case "all":
            store.end_sessions(user.name)
        case "password":
            store.update_user(user.name, password=PASSWORD + "!")
        case "switched off":
            store.update_user(user.name, is_active=False)
        case _:
            store.delete_user(user.name)
    assert store.find_session(secret, idle_ms=HOUR_MS, is_use=True) is None
    assert store.access_version() > version


def test_nobody_ends_a_session_of_somebody_else(store: SqlStore, user: User) -> None:
    begin(store, user)
    (session,) = store.list_sessions(user.name)
    other = store.create_user(unique("other"), password=PASSWORD)
    with pytest.raises(NotFound):
        store.end_session(session.session_id, user=other.name)
    assert store.list_sessions(user.name) == (session,)

"""Streams that were opened with rights which another process ends."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterator
from contextlib import closing
from urllib.parse import urlsplit

import httpx2
import pytest

from runfold.config import StoreSettings
from runfold.domain.access import Grant, Role, parse_place, parse_subject
from runfold.domain.run import NewRun
from runfold.stores.sql.store import SqlStore
from runfold.testing.accounts import PASSWORD
from runfold.testing.stores.records import unique
from tests.conftest import NewDatabase
from tests.integration.servers import ServerProcess


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    new_database: NewDatabase = request.getfixturevalue("new_postgres_database")
    uri = new_database() if request.param == "postgresql" else None
    started = ServerProcess(tmp_path_factory.mktemp("server"), store_uri=uri, processes=2, auth=True)
    try:
        started.start()
        yield started
    finally:
        started.stop()


@pytest.fixture
def records(server: ServerProcess) -> Iterator[SqlStore]:
    with closing(SqlStore(server.store_uri, StoreSettings())) as store:
        yield store


class Reader:
    """Somebody who may read an experiment because a group may that they are in, and not yet another one."""

    def __init__(self, server: ServerProcess, records: SqlStore) -> None:
        self.name, self.group = unique("reader"), unique("group")
        self.theirs, self.later = (records.create_experiment(unique("theirs")) for _ in range(2))
        self.subject, self.place = parse_subject(f"group:{self.group}"), parse_place(f"experiment:{self.theirs}")
        records.create_user(self.name, password=PASSWORD)
        records.set_group(self.group, [self.name])
        records.set_grant(Grant(subject=self.subject, place=self.place, role=Role.READER))
        self.token = records.create_token(self.name, scope=Role.READER)
        self._server, self._records = server, records

    def by_token(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token.secret}"}

    def by_browser(self) -> dict[str, str]:
        headers = {"X-Runfold-Page": "1", "Origin": self._server.uri}
        signing_in = {"name": self.name, "password": PASSWORD}
        with httpx2.Client(base_url=self._server.uri, headers=headers) as browser:
            assert browser.post("/api/runfold/v1/sessions/create", json=signing_in).status_code == 200
            return {"Cookie": "; ".join(f"{name}={value}" for name, value in browser.cookies.items())}

    def may_read(self, place: str) -> None:
        """From now on, by a grant of their own."""
        subject = parse_subject(f"user:{self.name}")
        self._records.set_grant(Grant(subject=subject, place=parse_place(place), role=Role.READER))


class Following:
    """An open stream of events."""

    def __init__(self, server: ServerProcess, path: str, headers: dict[str, str]) -> None:
        address = urlsplit(server.uri)
        self._connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
        self._connection.request("GET", f"/api/runfold/v1/{path}", headers=headers)
        self._answer = self._connection.getresponse()
        assert self._answer.status == 200

    def until(self, text: str) -> str:
        """What is told until a text is told, that included."""
        told = ""
        while text not in told:
            line = self._answer.readline().decode()
            assert line, "the stream has ended"
            told += line
        return told

    def rest(self) -> str:
        """What is told until the server ends the stream."""
        return self._answer.read().decode()

    def close(self) -> None:
        self._connection.close()


Change = Callable[[SqlStore, Reader], object]
ENDS: dict[str, Change] = {
    "token revoked": lambda records, reader: records.revoke_token(reader.token.token.token_id),
    "user switched off": lambda records, reader: records.update_user(reader.name, is_active=False),
    "user deleted": lambda records, reader: records.delete_user(reader.name),
    "signed out everywhere": lambda records, reader: records.end_sessions(reader.name),
    "password changed": lambda records, reader: records.update_user(reader.name, password=PASSWORD + "!"),
}
NARROWS: dict[str, Change] = {
    "grant taken back": lambda records, reader: records.remove_grant(reader.subject, reader.place),
    "out of the group": lambda records, reader: records.set_group(reader.group, []),
    "denied by name": lambda records, reader: records.set_grant(
        Grant(subject=parse_subject(f"user:{reader.name}"), place=reader.place, role=Role.NONE)
    ),
}
_BY_BROWSER = {"signed out everywhere", "password changed", "out of the group"}


@pytest.mark.parametrize("how", ENDS)
def test_a_stream_ends_with_what_its_reader_is_known_by(server: ServerProcess, records: SqlStore, how: str) -> None:
    reader = Reader(server, records)
    headers = reader.by_browser() if how in _BY_BROWSER else reader.by_token()
    with closing(Following(server, f"runs/events?experiment_ids={reader.theirs}", headers)) as stream:
        records.create_run(NewRun(experiment_id=reader.theirs, run_name="seen"))
        stream.until("seen")
        ENDS[how](records, reader)
        assert "seen" not in stream.rest()


@pytest.mark.parametrize("how", NARROWS)
def test_a_stream_tells_nothing_more_of_what_may_no_longer_be_read(
    server: ServerProcess, records: SqlStore, how: str
) -> None:
    reader = Reader(server, records)
    headers = reader.by_browser() if how in _BY_BROWSER else reader.by_token()
    path = f"runs/events?experiment_ids={reader.theirs}&experiment_ids={reader.later}"
    with closing(Following(server, path, headers)) as stream:
        run_id = records.create_run(NewRun(experiment_id=reader.theirs, run_name="seen")).info.run_id
        stream.until("seen")
        NARROWS[how](records, reader)
        # Who is told of the other experiment is known by rights that are no older than this grant.
        reader.may_read(f"experiment:{reader.later}")
        records.create_run(NewRun(experiment_id=reader.later, run_name="granted"))
        stream.until("granted")

        records.update_run(run_id, run_name="secret")
        records.create_run(NewRun(experiment_id=reader.theirs, run_name="secret"))
        records.create_run(NewRun(experiment_id=reader.later, run_name="last"))
        assert "secret" not in stream.until("last")

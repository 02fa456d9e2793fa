"""The stream of jobs: through whatever server of a database, with rights that end, and after a break."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest

from runfold.config import ClientSettings, StoreSettings
from runfold.domain.access import Grant, Role, parse_place, parse_subject
from runfold.domain.job import Agent, Job, JobReport, JobState, NewJob
from runfold.stores.rest.store import RestStore
from runfold.stores.sql.store import SqlStore
from runfold.testing.accounts import PASSWORD
from tests.integration.servers import ServerProcess

pytestmark = pytest.mark.slow


@pytest.fixture(params=["sqlite", "postgresql"])
def servers(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[ServerProcess, ServerProcess]]:
    """Two servers with users on one database, which know nothing of each other."""
    uri = f"sqlite:///{tmp_path}/runfold.db"
    if request.param == "postgresql":
        new_database: Callable[[], str] = request.getfixturevalue("new_postgres_database")
        uri = new_database()
    with ExitStack() as stack:
        pair = tuple(ServerProcess(tmp_path, store_uri=uri, auth=True) for _ in range(2))
        for server in pair:
            stack.callback(server.stop)
            server.start()
        yield pair[0], pair[1]


@pytest.fixture
def records(servers: tuple[ServerProcess, ServerProcess]) -> Iterator[SqlStore]:
    with closing(SqlStore(servers[0].store_uri, StoreSettings())) as store:
        store.create_user("ann", password=PASSWORD)
        everything = parse_place("everything")
        store.set_grant(Grant(subject=parse_subject("user:ann"), place=everything, role=Role.CONTRIBUTOR))
        yield store


class Listener:
    """A page that follows jobs."""

    def __init__(self, server: ServerProcess, secret: str, last_id: str = "") -> None:
        address = urlsplit(server.uri)
        self._connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
        headers = {"Authorization": f"Bearer {secret}"} | ({"Last-Event-ID": last_id} if last_id else {})
        self._connection.request("GET", "/api/runfold/v1/jobs/events", headers=headers)
        self._stream = self._connection.getresponse()
        self.status = self._stream.status
        self.last_id = last_id
        self.n_held: dict[str, int] = {}

    def close(self) -> None:
        self._connection.close()

    def events(self) -> Iterator[tuple[str, Any]]:
        """Name and data of each, until the server ends the stream."""
        name = ""
        for line in iter(self._stream.readline, b""):
            field, _, value = line.decode().strip().partition(": ")
            if field == "event":
                name = value
            elif field == "id":
                self.last_id = value
            elif field == "data":
                data = msgspec.json.decode(value)
                if name == "agents":
                    self.n_held = {agent["name"]: agent.get("n_held", 0) for agent in data.get("agents", ())}
                yield name, data

    def states_of(self, job: Job, until: JobState) -> list[str]:
        """Those that the job is told to be in."""
        seen: list[str] = []
        for name, data in self.events():
            told = data.get("jobs", ()) if name == "changes" else ()
            seen += [one["state"] for one in told if one["job_id"] == job.job_id]
            if until.value in seen:
                return seen
        raise AssertionError(f"the stream ended after {seen}")


def test_a_listener_at_one_server_sees_what_an_agent_tells_another_until_its_token_ends(
    servers: tuple[ServerProcess, ServerProcess], records: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoken_to, listened_at = servers
    token = records.create_token("ann", scope=Role.CONTRIBUTOR)
    monkeypatch.setenv("RUNFOLD_TRACKING_TOKEN", records.create_token("ann", scope=Role.CONTRIBUTOR).secret)
    with closing(RestStore(spoken_to.uri, ClientSettings())) as store:
        with closing(Listener(listened_at, token.secret)) as listener:
            assert listener.status == 200
            next(listener.events())  # what it begins with: where the stream is
            job = store.submit_job(NewJob(uri="/p"))
            assert listener.states_of(job, JobState.QUEUED) == ["queued"]
            store.claim_jobs(Agent(name="box"), 1)
            assert listener.states_of(job, JobState.CLAIMED) == ["claimed"]
            # Told with the job, or a moment before it.
            while listener.n_held != {"box": 1}:
                next(listener.events())

        # It is away while the job ends, and comes back to the other server.
        store.report_job(job.job_id, 1, JobReport(state=JobState.RUNNING))
        store.report_job(job.job_id, 1, JobReport(state=JobState.FINISHED, exit_code=0))
        with closing(Listener(spoken_to, token.secret, listener.last_id)) as again:
            assert again.states_of(job, JobState.FINISHED) == ["finished"]
            later = store.submit_job(NewJob(uri="/p"))
            assert again.states_of(later, JobState.QUEUED) == ["queued"]

            records.revoke_token(token.token.token_id)
            for _ in again.events():  # ends when the server has noticed
                pass
            unseen = store.submit_job(NewJob(uri="/p"))
        with closing(Listener(listened_at, token.secret, again.last_id)) as refused:
            assert refused.status == 401
    with closing(Listener(listened_at, records.create_token("ann", scope=Role.READER).secret, again.last_id)) as reader:
        assert reader.states_of(unseen, JobState.QUEUED) == ["queued"]

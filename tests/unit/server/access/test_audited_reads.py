"""Who read what, on a server that notes it: every call of the table that reads, and readers who stop before the end."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from functools import partial

import pytest
from starlette.types import Message

from runfold.server.audit.trail import Care, care_for
from runfold.wire.endpoints import ENDPOINTS, Body, Endpoint
from tests.unit.server.access.conftest import Team, a_team
from tests.unit.server.access.test_matrix import send

READS = [
    pytest.param(endpoint, method, path, id=f"{method} {path}")
    for endpoint in ENDPOINTS
    if care_for(endpoint, reads=True) is Care.READ and not endpoint.waits and endpoint.answers is not Body.EVENTS
    for method in endpoint.methods
    for path in endpoint.paths
]
FILE = "note.txt"


@pytest.fixture(scope="module")
def noting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    with a_team(tmp_path_factory.mktemp("noting"), audit_reads=True) as team:
        path = file_of(team)
        assert team.ask("manager", "PUT", path, content=b"x" * 100).status_code == 200
        yield team


def file_of(team: Team) -> str:
    return f"/api/2.0/mlflow-artifacts/artifacts/{team.experiment_id}/{team.run_id}/artifacts/{FILE}"


def noted(team: Team, who: str, action: str) -> list[str]:
    """The objects that somebody read by a call."""
    team.store.record_acts([]).result()
    acts = [record.act for record in team.store.read_audit(after=0)]
    return [act.object for act in acts if (act.user, act.action, str(act.result)) == (who, action, "allowed")]


@pytest.mark.parametrize(("endpoint", "method", "path"), READS)
def test_every_call_that_reads_is_noted(noting: Team, endpoint: Endpoint, method: str, path: str) -> None:
    answer = send(noting, "admin", endpoint, method, path)
    assert answer.status_code < 500 or answer.status_code == 501, answer.text
    if answer.status_code < 400:
        assert noted(noting, "admin", endpoint.name) != []


def test_all_that_reads_records_is_among_them() -> None:
    """What is told of no record at all stands here, so that a new call cannot be forgotten."""
    care = {endpoint.name: care_for(endpoint, reads=True) for endpoint in ENDPOINTS if not endpoint.is_write}
    unnoted = {name for name, one in care.items() if one in (Care.REFUSALS, Care.NOW_AND_THEN)}
    public = {endpoint.name for endpoint in ENDPOINTS if endpoint.permission.value == "public"}
    assert unnoted <= public | {"jobs/await", "jobs/claim"}


def test_a_read_says_of_which_object(noting: Team) -> None:
    assert noting.post("reader", "runs/get", run_id=noting.run_id).status_code == 200
    assert noted(noting, "reader", "runs/get") == [f"run:{noting.run_id}"]
    assert noting.ask("reader", "GET", file_of(noting)).status_code == 200
    place = file_of(noting).partition("artifacts/artifacts/")[2] or file_of(noting).partition("/artifacts/")[2]
    assert noted(noting, "reader", "mlflow-artifacts:GET artifacts/{path}") == [f"file:{place}"]


def test_what_was_not_there_was_not_read(noting: Team) -> None:
    assert noting.ask("contributor", "GET", file_of(noting) + ".none").status_code == 404
    assert noted(noting, "contributor", "mlflow-artifacts:GET artifacts/{path}") == []


async def read_a_little(team: Team, who: str, path: str, query: str = "") -> None:
    """Ask, and be cut off as soon as something comes."""
    begun = asyncio.Event()
    headers = {"host": "localhost", "authorization": f"Bearer {team.tokens[who]}"}
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("localhost", 80),
    }

    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: Message) -> None:
        if message["type"] == "http.response.body":
            begun.set()
            await asyncio.Event().wait()  # the client takes no more

    call = asyncio.ensure_future(team.client.app(scope, receive, send))
    await begun.wait()
    call.cancel()
    await asyncio.wait([call])


@pytest.mark.parametrize(
    ("action", "query"), [("mlflow-artifacts:GET artifacts/{path}", ""), ("runs/events", "experiment_ids=0")]
)
def test_who_hangs_up_has_read(noting: Team, action: str, query: str) -> None:
    portal = noting.client.portal
    assert portal is not None
    path = "/api/runfold/v1/runs/events" if query else file_of(noting)
    portal.call(partial(read_a_little, noting, "manager", path, query))
    assert noted(noting, "manager", action) != []

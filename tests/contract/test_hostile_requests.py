"""Every call of the table against requests that no honest client sends, on both databases, by three kinds of callers.

`FUZZ_REQUESTS` says how many requests each call gets from each caller (`make fuzz` sends many, of new seeds).
"""

from __future__ import annotations

import itertools
import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import monotonic
from urllib.parse import unquote_to_bytes

import pytest
from starlette.types import ASGIApp, Message

from runfold.config import StoreSettings
from runfold.domain.access import Role
from runfold.stores.sql.store import SqlStore
from runfold.wire.endpoints import ENDPOINTS, Body, Endpoint
from tests.contract.hostile import Attempt, attempts
from tests.unit.server.access.conftest import Team, a_team
from tests.unit.server.access.test_matrix import about_them

N_REQUESTS = int(os.environ.get("FUZZ_REQUESTS", "2"))
SEED = os.environ.get("FUZZ_SEED", "1")
WITHIN_S = 20.0
SECRETS = ("secret-run", "secret-param", "their-model-text")
# What a store or artifact store cannot do, and says so.
HONEST = (501,)
_ENDS = (
    "delete",
    "purge",
    "rename",
    "remove",
    "users/",
    "sign-out",
    "groups/",
    "restore",
    "archive",
    "move",
    "account",
)
CALLS = sorted(
    (
        pytest.param(endpoint, method, endpoint.paths[-1], id=f"{method} {endpoint.paths[-1]}")
        for endpoint in ENDPOINTS
        if endpoint.answers is not Body.EVENTS and not endpoint.waits
        for method in endpoint.methods
    ),
    # What ends records comes last, so that the others find them.
    key=lambda one: any(word in one.values[0].path for word in _ENDS),
)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def team(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    folder = tmp_path_factory.mktemp("hostile")
    uri = f"sqlite:///{folder}/runfold.db"
    if request.param == "postgresql":
        new_database: Callable[[], str] = request.getfixturevalue("new_postgres_database")
        uri = new_database()
    with a_team(folder, SqlStore(uri, StoreSettings(durability="process"))) as made:
        yield made


@dataclass
class Answer:
    status: int = 0
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes = b""


async def ask(app: ASGIApp, attempt: Attempt, authorization: str) -> Answer:
    """As a server calls an application: nothing on the way repairs what was sent."""
    path, _, query = attempt.target.partition("?")
    own = [("host", "localhost"), *attempt.headers, *([("authorization", authorization)] if authorization else [])]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": attempt.method,
        "scheme": "http",
        "path": unquote_to_bytes(path).decode("utf-8", "replace"),
        "raw_path": path.encode(),
        "query_string": query.encode("utf-8", "surrogatepass"),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in own],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    left = iter(attempt.pieces)
    n_left = itertools.count(len(attempt.pieces) - 1, -1)
    answer = Answer()

    async def receive() -> Message:
        piece = next(left, None)
        if piece is None and attempt.pieces:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": piece or b"", "more_body": next(n_left) > 0}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer.status, answer.headers = message["status"], tuple(message["headers"])
        else:
            answer.body += message.get("body", b"")

    await app(scope, receive, send)
    return answer


def send(team: Team, who: str, endpoint: Endpoint, method: str, path: str) -> Iterator[tuple[Attempt, str]]:
    """Requests and what was told, after what holds for everybody was checked."""
    app, portal = team.client.app, team.client.portal
    assert portal is not None
    authorization = f"Bearer {team.tokens[who]}" if who else ""
    made = attempts(endpoint, method, path, about_them(team), random.Random(f"{SEED} {who} {method} {path}"))
    for attempt in itertools.islice(made, N_REQUESTS):
        started = monotonic()
        answer = portal.call(ask, app, attempt, authorization)
        told = f"{answer.headers} {answer.body.decode(errors='replace')}"
        assert 200 <= answer.status < 500 or answer.status in HONEST, (who, attempt, told[:2000])
        assert monotonic() - started < WITHIN_S, (who, attempt)
        assert "Traceback" not in told, (who, attempt, told)
        yield attempt, told


@pytest.mark.slow
@pytest.mark.parametrize(("endpoint", "method", "path"), CALLS)
def test_no_odd_request_breaks_the_server_or_learns_anything(
    team: Team, endpoint: Endpoint, method: str, path: str
) -> None:
    for who in ("", "stranger"):
        for attempt, told in send(team, who, endpoint, method, path):
            sent = f"{attempt.target} {attempt.pieces!r}"
            assert not [one for one in SECRETS if one in told and one not in sent], (who, attempt, told)


# After the strangers: what an administrator does at random may show something to others, as it may be meant to.
@pytest.mark.slow
@pytest.mark.parametrize(("endpoint", "method", "path"), CALLS)
def test_no_odd_request_of_an_administrator_breaks_the_server(
    team: Team, endpoint: Endpoint, method: str, path: str
) -> None:
    assert len(list(send(team, "admin", endpoint, method, path))) == N_REQUESTS


@pytest.mark.slow
def test_the_server_works_after_all_that(team: Team) -> None:
    """Whatever was changed: somebody new can sign in and work."""
    team.store.create_user("afterwards", password="correct horse battery", is_admin=True)
    team.tokens["afterwards"] = team.store.create_token("afterwards", scope=Role.MANAGER).secret
    made = team.mlflow("afterwards", "POST", "experiments/create", name="after all that")
    assert made.status_code == 200, made.text

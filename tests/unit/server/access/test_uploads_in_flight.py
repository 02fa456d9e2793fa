"""Uploads during which their right ends: a file takes as long to send as its sender likes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from functools import partial
from urllib.parse import quote, urlsplit

import pytest
from starlette.types import Message

from runfold.domain.access import Grant, Role, parse_place, parse_subject
from runfold.domain.run import NewRun
from runfold.testing.accounts import PASSWORD
from runfold.testing.stores.records import unique
from tests.unit.server.access.conftest import Team

PROXY = "/api/2.0/mlflow-artifacts"


class Sender:
    """Somebody with a run in an experiment to which they may contribute, who sends slowly."""

    def __init__(self, team: Team) -> None:
        self._team = team
        self.name = unique("sender")
        self.experiment_id = team.store.create_experiment(unique("sent"))
        self.run_id = team.store.create_run(NewRun(experiment_id=self.experiment_id)).info.run_id
        self.place = f"experiment:{self.experiment_id}"
        team.store.create_user(self.name, password=PASSWORD)
        self._grant(Role.CONTRIBUTOR)
        self.token = team.store.create_token(self.name, scope=Role.CONTRIBUTOR)

    def _grant(self, role: Role) -> None:
        subject, place = parse_subject(f"user:{self.name}"), parse_place(self.place)
        self._team.store.set_grant(Grant(subject=subject, place=place, role=role))

    def reads_only(self) -> None:
        self._team.grant(f"user:{self.name}", self.place, "reader")

    def has_no_grant(self) -> None:
        fields = {"subject": f"user:{self.name}", "place": self.place}
        assert self._team.post("admin", "grants/remove", **fields).status_code == 200

    def has_no_token(self) -> None:
        answer = self._team.post("admin", "tokens/revoke", token_id=self.token.token.token_id)
        assert answer.status_code == 200

    def send(self, method: str, path: str, body: bytes, midway: Callable[[], object]) -> int:
        """Send a body in two parts. Returns the status of the answer."""
        portal = self._team.client.portal
        assert portal is not None
        return portal.call(partial(self._send, method, path, body, midway))

    async def _send(self, method: str, path: str, body: bytes, midway: Callable[[], object]) -> int:
        parts, sent = iter((body[:1], body[1:])), list[Message]()
        address = urlsplit(path)
        headers = {"host": "localhost", "authorization": f"Bearer {self.token.secret}", "x-runfold-upload": "1"}
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": address.path,
            "raw_path": address.path.encode(),
            "query_string": address.query.encode(),
            "root_path": "",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "client": ("127.0.0.1", 1),
            "server": ("localhost", 80),
        }

        async def receive() -> Message:
            part = next(parts)
            if part != body[:1]:
                await asyncio.to_thread(midway)
            return {"type": "http.request", "body": part, "more_body": part == body[:1]}

        async def send(message: Message) -> None:
            sent.append(message)

        await self._team.client.app(scope, receive, send)
        status: int = sent[0]["status"]
        return status


@pytest.fixture
def sender(team: Team) -> Sender:
    return Sender(team)


def file_of(sender: Sender, way: str) -> tuple[str, str]:
    """Method and path by which a file is sent."""
    if way == "proxied":
        return "PUT", f"{PROXY}/artifacts/{sender.experiment_id}/{sender.run_id}/artifacts/late.txt"
    return "POST", f"/ajax-api/2.0/mlflow/upload-artifact?run_uuid={sender.run_id}&path={quote('late.txt')}"


@pytest.mark.parametrize("way", ["proxied", "of a run"])
@pytest.mark.parametrize(
    ("ends", "status"), [(Sender.reads_only, 403), (Sender.has_no_grant, 404), (Sender.has_no_token, 401)]
)
def test_an_upload_whose_right_ended_on_the_way_leaves_nothing(
    team: Team, sender: Sender, way: str, ends: Callable[[Sender], None], status: int
) -> None:
    assert sender.send(*file_of(sender, way), b"late", lambda: ends(sender)) == status
    found = team.mlflow("admin", "GET", "artifacts/list", run_id=sender.run_id)
    assert (found.status_code, found.json().get("files", [])) == (200, [])


@pytest.mark.parametrize("way", ["proxied", "of a run"])
def test_an_upload_whose_right_lasts_is_kept(team: Team, sender: Sender, way: str) -> None:
    assert sender.send(*file_of(sender, way), b"late", lambda: None) == 200
    found = team.mlflow("admin", "GET", "artifacts/list", run_id=sender.run_id).json()["files"]
    assert [(one["path"], int(one["file_size"])) for one in found] == [("late.txt", 4)]


PARTS: dict[str, dict[str, object]] = {
    "create": {"path": "late.txt", "num_parts": 2},
    "complete": {"path": "late.txt", "upload_id": "u", "parts": []},
    "abort": {"path": "late.txt", "upload_id": "u"},
}


@pytest.mark.parametrize("call", PARTS)
def test_parts_are_refused_to_whose_right_ended_on_the_way(sender: Sender, call: str) -> None:
    path = f"{PROXY}/mpu/{call}/{sender.experiment_id}/{sender.run_id}/artifacts"
    assert sender.send("POST", path, json.dumps(PARTS[call]).encode(), sender.has_no_grant) == 404


def test_a_batch_whose_right_ended_on_the_way_is_not_logged(team: Team, sender: Sender) -> None:
    batch = {"run_id": sender.run_id, "params": [{"key": "late", "value": "1"}]}
    path = "/api/2.0/mlflow/runs/log-batch"
    assert sender.send("POST", path, json.dumps(batch).encode(), sender.reads_only) == 403
    assert team.store.get_run(sender.run_id).params == {}

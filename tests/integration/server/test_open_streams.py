"""Streams that were opened with rights which end."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from runfold.config import StoreSettings
from runfold.domain.access import Grant, Role, parse_place, parse_subject
from runfold.domain.run import NewRun
from runfold.stores.sql.store import SqlStore
from runfold.testing.accounts import PASSWORD
from tests.integration.servers import ServerProcess


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    started = ServerProcess(tmp_path, auth=True)
    started.start()
    yield started
    started.stop()


def test_a_stream_ends_when_its_token_is_revoked_elsewhere(server: ServerProcess) -> None:
    with closing(SqlStore(server.store_uri, StoreSettings())) as records:
        experiment_id = records.create_experiment("theirs")
        records.create_user("ada", password=PASSWORD)
        token = records.create_token("ada", scope=Role.READER)
        subject, place = parse_subject("user:ada"), parse_place(f"experiment:{experiment_id}")
        records.set_grant(Grant(subject=subject, place=place, role=Role.READER))
        address = urlsplit(server.uri)
        with closing(http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)) as connection:
            path = f"/api/runfold/v1/runs/events?experiment_ids={experiment_id}"
            connection.request("GET", path, headers={"Authorization": f"Bearer {token.secret}"})
            stream = connection.getresponse()
            assert stream.status == 200
            records.create_run(NewRun(experiment_id=experiment_id, run_name="seen"))
            while b"seen" not in stream.readline():
                assert not stream.isclosed()

            records.revoke_token(token.token.token_id)

            assert b"seen" not in stream.read()  # returns when the server has ended the stream

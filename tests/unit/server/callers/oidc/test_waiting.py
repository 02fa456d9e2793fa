"""Strangers who wait for a provider that says nothing: anybody may begin to sign in, and bring a code."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from threading import Event
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from runfold.artifacts.local import LocalArtifacts
from runfold.config import ServerSettings, StoreSettings
from runfold.domain.access import Role
from runfold.server import create_app
from runfold.server.services import MAX_THREADS
from runfold.stores.sql.store import SqlStore
from tests.unit.server.callers.oidc.house import House, open_house


@pytest.fixture
def house() -> Iterator[House]:
    with open_house() as house:
        yield house


def test_they_hold_up_nobody_else(tmp_path: Path, house: House) -> None:
    asyncio.run(_by_the_dozen(tmp_path, house))


async def _by_the_dozen(tmp_path: Path, house: House) -> None:
    is_over = Event()
    house.replies["/token"] = lambda handler: is_over.wait(60) and None
    settings = ServerSettings(auth=True, oidc_issuer=house.issuer, oidc_client_id="runfold")
    store = SqlStore(f"sqlite:///{tmp_path}/records.db", StoreSettings())
    store.create_user("ann", password="correct horse battery", is_admin=True)
    token = store.create_token("ann", scope=Role.MANAGER).secret
    app = create_app(settings, store, LocalArtifacts(tmp_path / "files"))

    def browser() -> httpx2.AsyncClient:
        return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://localhost")

    async def begin(stranger: httpx2.AsyncClient) -> str:
        led = (await stranger.get("/oidc/start")).headers["location"]
        return parse_qs(urlsplit(led).query)["state"][0]

    async def bring_a_code(stranger: httpx2.AsyncClient, state: str) -> str:
        back = await stranger.get("/oidc/callback", params={"code": "x", "state": state})
        return str(back.headers["location"])

    async with app.router.lifespan_context(app), browser() as ann, AsyncExitStack() as strangers:
        begun = [await strangers.enter_async_context(browser()) for _ in range(3 * MAX_THREADS)]
        states = [await begin(stranger) for stranger in begun]
        waiting = [asyncio.create_task(bring_a_code(*both)) for both in zip(begun, states, strict=True)]
        try:
            done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED, timeout=60)
            assert {task.result() for task in done} == {"/sign-in?reason=away"}, "too many are told to come again"
            answer = await ann.get("/api/runfold/v1/account", headers={"Authorization": f"Bearer {token}"})
            assert (answer.status_code, house.n_asked["/token"] < MAX_THREADS) == (200, True)
        finally:
            is_over.set()
        assert set(await asyncio.gather(*waiting)) == {"/sign-in?reason=away"}

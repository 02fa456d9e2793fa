"""Changes as server-sent events."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from starlette.types import Message

from runfold.artifacts.local import LocalArtifacts
from runfold.config import ServerSettings, StoreSettings
from runfold.domain.job import Agent, JobReport, JobState, NewJob
from runfold.domain.run import NewRun
from runfold.server import create_app
from runfold.stores.base import TrackingStore
from runfold.stores.open import open_store

pytestmark = pytest.mark.anyio


class Page:
    """A page that follows changes: what it got, and how it leaves."""

    def __init__(self, last_event_id: str = "", query: str = "experiment_ids=0&after=0", of: str = "runs") -> None:
        headers = [(b"host", b"localhost")]
        if last_event_id:
            headers.append((b"last-event-id", last_event_id.encode()))
        self.scope = {
            "type": "http",
            "method": "GET",
            "path": f"/api/runfold/v1/{of}/events",
            "query_string": query.encode(),
            "headers": headers,
        }
        self.text = ""
        self.status = 0
        self.is_complete = False
        self.gone = asyncio.Event()
        self.news = asyncio.Event()

    async def receive(self) -> Message:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        else:
            self.text += message.get("body", b"").decode()
            self.is_complete = not message.get("more_body", False)
            self.news.set()

    async def until(self, reached: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not reached():
                self.news.clear()
                await self.news.wait()

    @property
    def events(self) -> list[dict[str, Any]]:
        return self.events_of("changes")

    def events_of(self, kind: str) -> list[dict[str, Any]]:
        events = [dict(line.split(": ", 1) for line in text.splitlines() if line) for text in self.text.split("\n\n")]
        return [msgspec.json.decode(event["data"]) for event in events if event.get("event") == kind]

    @property
    def run_names(self) -> list[list[str]]:
        return [[run["info"]["run_name"] for run in event["runs"]] for event in self.events]

    @property
    def agents(self) -> list[list[tuple[str, bool, int]]]:
        told = [event.get("agents", ()) for event in self.events_of("agents")]
        return [[(one["name"], one.get("is_there", False), one.get("n_held", 0)) for one in all] for all in told]

    @property
    def job_states(self) -> list[list[str]]:
        return [[job["state"] for job in event.get("jobs", ())] for event in self.events]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[TrackingStore]:
    store = open_store(str(tmp_path / "runfold.db"), StoreSettings(durability="process"))
    yield store
    store.close()


async def test_a_page_gets_what_is_there_and_then_what_changes(store: TrackingStore, tmp_path: Path) -> None:
    app = create_app(ServerSettings(), store, LocalArtifacts(tmp_path))
    store.create_run(NewRun(experiment_id="0", run_name="first"))
    page = Page()
    stream = asyncio.ensure_future(app(page.scope, page.receive, page.send))
    await page.until(lambda: page.run_names == [["first"]])
    store.create_run(NewRun(experiment_id="0", run_name="second"))
    await page.until(lambda: page.run_names == [["first"], ["second"]])
    page.gone.set()
    await stream
    assert page.is_complete


async def test_a_page_that_returns_goes_on_where_it_was(store: TrackingStore, tmp_path: Path) -> None:
    is_stopping = asyncio.Event()
    app = create_app(ServerSettings(), store, LocalArtifacts(tmp_path), is_stopping=is_stopping.is_set)
    store.create_run(NewRun(experiment_id="0", run_name="first"))
    is_stopping.set()
    first = Page()
    await app(first.scope, first.receive, first.send)
    cursor = first.text.split("id: ")[1].split("\n")[0]
    again = Page(last_event_id=cursor)
    await app(again.scope, again.receive, again.send)
    assert (first.run_names, again.run_names) == ([["first"]], [[]])
    assert again.is_complete


@pytest.mark.parametrize(
    ("last_event_id", "query"), [("x", "experiment_ids=0"), ("", ""), ("", "experiment_ids=0&after=x")]
)
async def test_a_request_that_makes_no_sense_is_a_4xx(
    store: TrackingStore, tmp_path: Path, last_event_id: str, query: str
) -> None:
    app = create_app(ServerSettings(), store, LocalArtifacts(tmp_path))
    page = Page(last_event_id, query)
    await app(page.scope, page.receive, page.send)
    assert page.status == 400


async def test_a_page_follows_jobs(store: TrackingStore, tmp_path: Path) -> None:
    app = create_app(ServerSettings(), store, LocalArtifacts(tmp_path))
    page = Page(query="", of="jobs")
    stream = asyncio.ensure_future(app(page.scope, page.receive, page.send))
    await page.until(lambda: page.job_states == [[]])
    job = store.submit_job(NewJob(uri="/p"))
    await page.until(lambda: page.job_states == [[], ["queued"]])
    store.cancel_job(job.job_id)
    await page.until(lambda: page.job_states == [[], ["queued"], ["cancelled"]])
    page.gone.set()
    await stream


@pytest.mark.parametrize("of_another_process", [False, True])
async def test_a_page_follows_agents(store: TrackingStore, tmp_path: Path, of_another_process: bool) -> None:
    me = Agent(name="box")
    other = open_store(str(tmp_path / "runfold.db"), StoreSettings(durability="process"))
    speaks_to = other if of_another_process else store
    app = create_app(ServerSettings(), store, LocalArtifacts(tmp_path))
    page = Page(query="", of="jobs")
    stream = asyncio.ensure_future(app(page.scope, page.receive, page.send))
    try:
        await page.until(lambda: page.agents == [[]])
        speaks_to.claim_jobs(me, 0)
        await page.until(lambda: page.agents[1:] == [[("box", True, 0)]])
        job = speaks_to.submit_job(NewJob(uri="/p"))
        speaks_to.claim_jobs(me, 1)
        await page.until(lambda: page.agents[2:] == [[("box", True, 1)]])
        speaks_to.report_job(job.job_id, 1, JobReport(state=JobState.FINISHED))
        speaks_to.beat_jobs(me.name, [])
        await page.until(lambda: page.agents[3:] == [[("box", True, 0)]])
        speaks_to.claim_jobs(msgspec.structs.replace(me, n_slots=0), 0)
        await page.until(lambda: page.agents[4:] == [[("box", False, 0)]])
    finally:
        page.gone.set()
        await stream
        other.close()

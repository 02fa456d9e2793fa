"""What the calls work with; made once by `create_app`, found on `app.state.services`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from runfold.config import ServerSettings
from runfold.hosting.meter import Meter
from runfold.server.access import Access
from runfold.server.files import RunFiles
from runfold.server.scoring import ScoringServers
from runfold.server.wakeup import Wakeup
from runfold.server.webhooks.courier import Courier
from runfold.stores.base import TrackingStore

T = TypeVar("T")

MLFLOW_VERSION = "3.7.0"
"""The release of MLflow whose calls are answered. Clients read it to decide what they may ask for."""
MAX_THREADS = 40


class Streams:
    """Counts the open streams of events. Used from the event loop's thread alone."""

    def __init__(self) -> None:
        self.n_open = 0


@dataclass(frozen=True, kw_only=True)
class Services:
    """
    Attributes:
        version: of this release of Runfold.
        openapi: writes the table of calls as a document; asked for rarely, so not kept.
        is_stopping: tells open streams to end, so that the server can.
        threads: run what blocks: reads, and writes that wait for their commit.
    """

    settings: ServerSettings
    store: TrackingStore
    files: RunFiles
    scoring: ScoringServers
    courier: Courier
    access: Access
    version: str
    meter: Meter
    openapi: Callable[[], bytes]
    is_stopping: Callable[[], bool]
    streams: Streams = field(default_factory=Streams)
    threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(MAX_THREADS, "runfold-call"))
    wakeup: Wakeup = field(default_factory=Wakeup)

    def committed(self, future: Future[T]) -> Awaitable[T]:
        """Wait for a submitted write without a thread."""
        return self.wakeup.wait(future)

    def in_thread(self, work: Callable[[], T]) -> Awaitable[T]:
        """Run what blocks in a thread."""
        return self.wakeup.wait(self.threads.submit(work))

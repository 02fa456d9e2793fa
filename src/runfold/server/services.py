"""What the calls work with; made once by `create_app`, found on `app.state.services`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from runfold.config import ServerSettings
from runfold.domain.access import Ability
from runfold.domain.workspace import DEFAULT_WORKSPACE
from runfold.errors import NotSupported
from runfold.hosting.meter import Meter
from runfold.server.artifacts.kept import KeptFiles
from runfold.server.artifacts.recount import Recounter
from runfold.server.artifacts.roots import Folder, RunFiles
from runfold.server.callers.door import Door
from runfold.server.job_news import JobNews
from runfold.server.registration.registrar import Registrar
from runfold.server.retention.authority import Authority, unlimited
from runfold.server.retention.passes import Retention
from runfold.server.retention.schedule import Schedule
from runfold.server.rights.access import NO_USERS, Access, Caller
from runfold.server.rights.own import OwnRoles
from runfold.server.scoring import ScoringServers
from runfold.server.wakeup import Wakeup
from runfold.server.webhooks.courier import Courier
from runfold.stores.base import Backlog, TrackingStore
from runfold.stores.registry import RegistryStore
from runfold.stores.work import ServedWork

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
        door: where people come in by a browser; None on a server without users.
        version: of this release of Runfold.
        openapi: writes the table of calls as a document; asked for rarely, so not kept.
        store: the records; of a call on a server with users, as far as its caller may reach them.
        caller: of the call; None where nobody is asked.
        workspace: in which the call is made.
        check_folder: raises NotFound when the files of a folder are not the caller's to read, and PermissionDenied when
            they are, but the caller may not do what is asked for.
        keeping: whose rights limit what a rule of a workspace (empty: of the server) does for the caller; raises
            NotFound and PermissionDenied when its rules are not theirs to keep.
        own_roles: what the caller may do with some records; nothing is known of it where nobody is asked.
        all_versions: the registry whoever calls, for what holds whoever calls: files of registered versions stay.
        all_jobs: the queue whoever calls, to know which agents to wake.
        kept: counts files against quotas; recounter: counts anew what there is.
        retention: carries out rules of what is kept; schedule: when their time has come.
        backlog: what all servers of the store still have to do, whoever asks.
        job_news: tells agents that wait of jobs.
        is_stopping: tells open streams to end, so that the server can.
        threads: run what blocks: reads, and writes that wait for their commit.
    """

    settings: ServerSettings
    store: TrackingStore
    files: RunFiles
    scoring: ScoringServers
    courier: Courier
    registrar: Registrar
    access: Access
    door: Door | None
    version: str
    meter: Meter
    openapi: Callable[[], bytes]
    is_stopping: Callable[[], bool]
    kept: KeptFiles
    recounter: Recounter
    retention: Retention
    schedule: Schedule
    backlog: Callable[[], Backlog]
    caller: Caller | None = None
    workspace: str = DEFAULT_WORKSPACE
    check_folder: Callable[[Folder, Ability], None] = lambda folder, needed: None
    keeping: Callable[[str], Authority] = lambda workspace: unlimited
    own_roles: OwnRoles = lambda records: ()
    all_versions: RegistryStore
    all_jobs: ServedWork
    job_news: JobNews = field(init=False)
    streams: Streams = field(default_factory=Streams)
    threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(MAX_THREADS, "runfold-call"))
    wakeup: Wakeup = field(default_factory=Wakeup)

    def __post_init__(self) -> None:
        object.__setattr__(self, "job_news", JobNews(self.all_jobs, self.in_thread, self.is_stopping))

    def of_call(self, store: TrackingStore, workspace: str, **more: object) -> Services:
        """The same for one call. Every call is given one: `dataclasses.replace` would take a tenth of its time."""
        own = object.__new__(Services)
        own.__dict__.update(self.__dict__, store=store, workspace=workspace, **more)
        return own

    @property
    def known_caller(self) -> Caller:
        """Raises NotSupported on a server without users."""
        if self.caller is None:
            raise NotSupported(NO_USERS)
        return self.caller

    @property
    def known_door(self) -> Door:
        """Raises NotSupported on a server without users."""
        if self.door is None:
            raise NotSupported(NO_USERS)
        return self.door

    def committed(self, future: Future[T]) -> Awaitable[T]:
        """Wait for a submitted write without a thread."""
        return self.wakeup.wait(future)

    def in_thread(self, work: Callable[[], T]) -> Awaitable[T]:
        """Run what blocks in a thread."""
        return self.wakeup.wait(self.threads.submit(work))

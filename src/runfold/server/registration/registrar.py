"""The part of a server process that reads the files of large models after their registration was answered.

Every process of every server runs one. They share the work by claiming versions in the store, as couriers do. What a
process leaves behind, killed for instance, others take over when its lease ends; a version that has ended several of
them is given up.
"""

from __future__ import annotations

import asyncio
import logging
import threading

from runfold.artifacts.model_files import inspect_model
from runfold.domain.model_policy import ModelPolicy
from runfold.domain.registered_model import PendingVersion, completed
from runfold.errors import ArtifactError, NotFound, RunfoldError, Unavailable
from runfold.server.artifacts.roots import RunFiles
from runfold.stores.base import ServedStore

log = logging.getLogger("runfold.server")

LEASE_S = 30.0
"""After which another process takes over what this one is silent about."""
LEASE_MS = int(LEASE_S * 1000)
POLL_S = 1.0
"""Between looks for what waits."""
N_PARALLEL = 2
MAX_ATTEMPTS = 3
PAUSE_S = 30.0
"""Between attempts to read files that could not be read."""


class _Stopped(Exception):
    """The server is about to end, the version is not this server's any more, or it has to be read once more."""


class Registrar:
    def __init__(self, store: ServedStore, files: RunFiles) -> None:
        self._store = store
        self._files = files
        self._look = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_stopping = False
        self._work: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to look for versions, in the running event loop."""
        self._loop = asyncio.get_running_loop()
        self._work = [asyncio.create_task(self._serve()) for _ in range(N_PARALLEL)]

    def look(self) -> None:
        """Look now rather than at the next time. From any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._look.set)

    async def stop(self) -> None:
        """Claim nothing more, and give back what is being read."""
        self._is_stopping = True
        self._look.set()
        await asyncio.gather(*self._work)

    async def _serve(self) -> None:
        while not self._is_stopping:
            self._look.clear()
            try:
                claimed = await asyncio.to_thread(self._store.claim_registration, lease_ms=LEASE_MS)
                if claimed is not None:
                    await self._register(claimed)
            except RunfoldError as error:
                log.warning("Versions to register will be looked for again: %s", error.message)
                claimed = None
            except Exception:  # the edge of a background task
                log.exception("Registering versions failed and will be tried again")
                claimed = None
            if claimed is None:
                await self._pause()

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(POLL_S):
                await self._look.wait()
        except TimeoutError:
            pass

    async def _register(self, pending: PendingVersion) -> None:
        is_lost = threading.Event()
        renewal = asyncio.create_task(self._renew(pending, is_lost))
        try:
            await asyncio.to_thread(self._read, pending, is_lost)
        finally:
            renewal.cancel()

    async def _renew(self, pending: PendingVersion, is_lost: threading.Event) -> None:
        while not is_lost.is_set():
            await asyncio.sleep(LEASE_S / 3)
            try:
                if not await asyncio.to_thread(self._store.keep_registration, pending, lease_ms=LEASE_MS):
                    is_lost.set()
            except RunfoldError as error:
                log.warning("The lease of %s will be renewed again: %s", _named(pending), error.message)

    def _read(self, pending: PendingVersion, is_lost: threading.Event) -> None:
        if pending.n_attempts > MAX_ATTEMPTS:
            self._fail(pending, "The server ended, or could not read the files, each time it tried.")
            return
        try:
            self._inspect(pending, is_lost)
        except _Stopped:
            self._store.release_registration(pending)
        except (Unavailable, ArtifactError, OSError) as error:
            told = error.message if isinstance(error, RunfoldError) else str(error)
            if pending.n_attempts == MAX_ATTEMPTS:
                self._fail(pending, f"Its files could not be read: {told}")
                return
            log.warning("The files of %s will be read again: %s", _named(pending), told)
            self._store.release_registration(pending, in_ms=int(PAUSE_S * 1000), is_attempt=True)
        except RunfoldError as error:
            self._fail(pending, error.message)

    def _inspect(self, pending: PendingVersion, is_lost: threading.Event) -> None:
        def check_going() -> None:
            if self._is_stopping or is_lost.is_set():
                raise _Stopped

        folder = self._files.folder(pending.version.storage_location)
        is_scanned = self._policy(pending.version.name).scans
        found = inspect_model(folder.store, folder.path, scans=is_scanned, on_read=check_going)
        if not found.listing:
            raise NotFound("folder of the model", pending.version.storage_location)
        version = self._store.find_registration(pending)
        policy = None if version is None else self._policy(version.name)
        if version is None or policy is None or (policy.scans and not is_scanned):
            raise _Stopped
        read = found.card if found.has_document else None
        policy.check(
            completed(version.card, found.card), description=version.description, read=read, dangers=found.dangers
        )
        if self._store.finish_registration(pending, card=found.card, listing=found.listing):
            files = found.files
            log.info("%s is registered: %d files, %d bytes", _named(pending), files.n_files, files.size_bytes)

    def _policy(self, name: str) -> ModelPolicy:
        return self._store.get_model_policy(name).under(self._store.get_model_policy(""))

    def _fail(self, pending: PendingVersion, message: str) -> None:
        if self._store.fail_registration(pending, message):
            log.warning("The registration of %s failed: %s", _named(pending), message)


def _named(pending: PendingVersion) -> str:
    return f"{pending.version.name!r} version {pending.version.version}"

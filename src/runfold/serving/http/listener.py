"""The connections of one process: accepted, watched over, and brought to an end."""

from __future__ import annotations

import asyncio
import logging
import socket
from contextlib import suppress
from email.utils import formatdate

from runfold.config import ServingSettings
from runfold.serving.http.connection import Connection
from runfold.serving.http.messages import Application

log = logging.getLogger("runfold.serving")

MAX_CONNECTIONS = 4096
_BACKLOG = 2048
_LOOK_S = 0.25
_SCRATCH_BYTES = 256 * 1024


class Listener:
    """Accepts connections until it is stopped.

    Attributes:
        scratch: where bytes are received before it is known what they are; connections share it, since each uses it
            up before the loop goes on.
        date: now, as answers say it.
    """

    def __init__(self, application: Application, settings: ServingSettings, loop: asyncio.AbstractEventLoop) -> None:
        self.application = application
        self.loop = loop
        self.now = loop.time
        self.max_body_bytes = settings.max_body_bytes
        self.body_timeout_s = settings.body_timeout_s
        self.scratch = memoryview(bytearray(_SCRATCH_BYTES))
        self.date = formatdate(usegmt=True)
        self.is_stopping = False
        self._is_quiet = asyncio.Event()
        self._connections: set[Connection] = set()
        self._listening: socket.socket
        self._server: asyncio.Server | None = None
        self._look = loop.call_later(_LOOK_S, self._look_around)

    async def open(self, listening: socket.socket) -> None:
        self._listening = listening
        self._server = await self.loop.create_server(lambda: Connection(self), sock=listening, backlog=_BACKLOG)

    async def close(self, patience_s: float) -> None:
        """Accept no more, and wait for what is being answered."""
        self.is_stopping = True
        if self._server is not None:
            await self._accept_the_last()
            self._server.close()
        for connection in list(self._connections):
            connection.stop()
        with suppress(TimeoutError):
            async with asyncio.timeout(patience_s):
                self.note_idle()
                await self._is_quiet.wait()
        await asyncio.sleep(0)  # what was written last leaves
        self._look.cancel()

    async def _accept_the_last(self) -> None:
        """Those that the kernel has let in and nobody has accepted would be cut off."""
        with suppress(OSError):  # there are no more
            while True:
                accepted, _ = self._listening.accept()
                accepted.setblocking(False)
                await self.loop.connect_accepted_socket(lambda: Connection(self), accepted)

    def admit(self, connection: Connection) -> bool:
        """Whether there is room for another connection."""
        if len(self._connections) >= MAX_CONNECTIONS:
            log.warning("%s connections are open, and no more may", MAX_CONNECTIONS)
            return False
        self._connections.add(connection)
        return True

    def forget(self, connection: Connection) -> None:
        self._connections.discard(connection)
        self.note_idle()

    def note_idle(self) -> None:
        """Called when a connection may have nothing left to do."""
        if self.is_stopping and all(connection.is_idle for connection in self._connections):
            self._is_quiet.set()

    def _look_around(self) -> None:
        self.date = formatdate(usegmt=True)
        now = self.loop.time()
        for connection in [c for c in self._connections if c.deadline < now]:
            connection.expire()
        self._look = self.loop.call_later(_LOOK_S, self._look_around)

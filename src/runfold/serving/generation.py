"""The serving processes of one environment, and the addresses where they listen."""

from __future__ import annotations

import logging
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress

import msgspec

from runfold.config import ServingSettings
from runfold.serving.container.environment import Home
from runfold.serving.process import READY, Assignment

log = logging.getLogger("runfold.serving")

_KILL_AFTER_S = 2.0
"""Beyond the time that a process has for what is in flight."""
_MAX_PAUSE_S = 30.0


class Process:
    """One serving process."""

    def __init__(self, assignment: Assignment, home: Home, listening: socket.socket) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            passed = [theirs.fileno(), listening.fileno()]
            command = [home.python, "-P", "-m", "runfold.serving.process", *map(str, passed)]
            self._process = subprocess.Popen(  # noqa: S603 (own words, no shell)
                command, env=home.environ, stdin=subprocess.DEVNULL, pass_fds=passed
            )
        self._control = ours
        with suppress(BrokenPipeError):  # it has ended; that shows by itself
            ours.sendall(msgspec.json.encode(assignment) + b"\n")
        ours.setblocking(False)
        self.has_answered = False
        self.has_failed = False

    def look(self) -> None:
        """See whether it has begun to answer, or has ended without."""
        has_ended = self.has_ended  # asked first: what it said before its end can be read after it
        with suppress(BlockingIOError, ConnectionError):
            self.has_answered = self.has_answered or self._control.recv(len(READY)) == READY
        self.has_failed = has_ended and not self.has_answered

    @property
    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def stop(self) -> None:
        self._process.terminate()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        self._control.close()


class Addresses:
    """The sockets where processes listen, one for each, all at one address: the kernel spreads connections over them.

    They outlive a generation: the next one accepts what was connected and not yet accepted when the one before left.
    """

    def __init__(self, settings: ServingSettings) -> None:
        self._settings = settings
        self._sockets = [_bound(settings) for _ in range(settings.processes)]

    def __iter__(self) -> Iterator[socket.socket]:
        return iter(self._sockets)

    def renew(self, place: int) -> socket.socket:
        """Have a socket whose process has died replaced, so that nobody waits at it while others serve."""
        self._sockets[place].close()
        self._sockets[place] = _bound(self._settings)
        return self._sockets[place]

    def close(self) -> None:
        for listening in self._sockets:
            listening.close()


class Generation:
    """The processes of one environment."""

    def __init__(self, assignment: Assignment, home: Home, addresses: Addresses) -> None:
        self._assignment = assignment
        self._home = home
        self._addresses = addresses
        self._processes = [Process(assignment, home, listening) for listening in addresses]
        self._is_wanted = True
        self._n_deaths = 0
        self._again_at = 0.0
        self._kill_at = 0.0
        self.has_served = False

    @property
    def environment(self) -> str:
        return self._home.digest

    def look(self) -> None:
        """See what has become of them, and replace those that have ended."""
        for process in self._processes:
            process.look()
        self.has_served = self.has_served or all(process.has_answered for process in self._processes)
        if self.is_ready:
            self._n_deaths = 0
        if not self.has_served or time.monotonic() < self._again_at:
            return
        for place, process in enumerate(self._processes):
            if process.has_ended:
                process.close()
                log.warning("a serving process has ended; another one takes its place")
                self._processes[place] = Process(self._assignment, self._home, self._addresses.renew(place))
                self._again_at = time.monotonic() + min(_MAX_PAUSE_S, 2**self._n_deaths / 2)
                self._n_deaths += 1
                return

    @property
    def is_ready(self) -> bool:
        """Whether all of them answer."""
        return all(process.has_answered and not process.has_ended for process in self._processes)

    @property
    def has_failed(self) -> bool:
        """Whether one has ended without ever answering, before all of them did."""
        return not self.has_served and any(process.has_failed for process in self._processes)

    def stop(self) -> None:
        """Begin to end them, in order."""
        self._kill_at = time.monotonic() + self._assignment.settings.shutdown_timeout_s + _KILL_AFTER_S
        for process in self._processes:
            process.stop()

    def has_left(self) -> bool:
        """Whether all of them are gone; kills those that had their time."""
        if time.monotonic() > self._kill_at:
            for process in self._processes:
                process.kill()
        if all(process.has_ended for process in self._processes):
            for process in self._processes:
                process.close()
            return True
        return False


def _bound(settings: ServingSettings) -> socket.socket:
    """A socket at the address of the server, which others may share; it does not listen yet."""
    family, kind, protocol, _, address = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0]
    bound = socket.socket(family, kind, protocol)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    bound.bind(address)
    return bound

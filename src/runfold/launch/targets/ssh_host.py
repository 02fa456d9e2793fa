"""A machine that one logs in to by SSH. The connection is made when it is needed, and made again when it was lost."""

from __future__ import annotations

import asyncio
import getpass
import threading
from collections.abc import Coroutine, Iterable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import asyncssh

from runfold.domain.target import SshSettings
from runfold.errors import InvalidValue, PermissionDenied, Unauthenticated, Unavailable
from runfold.launch.targets.host import COMMAND_TIMEOUT_S, LOOPBACK, Done

T = TypeVar("T")

CONNECT_TIMEOUT_S = 30.0
UPLOAD_TIMEOUT_S = 4 * 3600.0
# A connection that carries nothing for so long is taken for lost.
KEEPALIVE_S = 10
KEEPALIVE_COUNT = 3
_KNOWN_HOSTS = ("~/.ssh/known_hosts", "/etc/ssh/ssh_known_hosts")


class SshHost:
    """`launch.targets.host.Host`, by asyncssh: an event loop in a thread of its own.

    Args:
        key: the private key as text; None: the keys and the SSH agent of the user.
    """

    def __init__(self, settings: SshSettings, key: str | None = None) -> None:
        self.name = f"{settings.user}@{settings.host}" if settings.user else settings.host
        self._settings = settings
        self._options = _options(settings, key)
        self._connection: asyncssh.SSHClientConnection | None = None
        # Ports over there that lead to servers here: the port, and where to.
        self._forwards: dict[tuple[str, int], int] = {}
        self._loop = asyncio.new_event_loop()
        self._connecting = asyncio.Lock()
        self._thread = threading.Thread(target=self._loop.run_forever, name="runfold-ssh", daemon=True)
        self._thread.start()

    def run(self, script: str, content: Iterable[bytes] = ()) -> Done:
        return self._wait(self._run(script, content))

    def reachable_from_there(self, uri: str) -> str:
        """A server that listens on this machine's loopback alone is reached through the connection."""
        parts = urlsplit(uri)
        if parts.hostname not in LOOPBACK:
            return uri
        port = self._wait(self._forward(parts.hostname, parts.port or 80))
        return parts._replace(netloc=f"127.0.0.1:{port}").geturl()

    def close(self) -> None:
        async def end() -> None:
            if self._connection is not None:
                self._connection.close()
                await self._connection.wait_closed()

        self._wait(end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _run(self, script: str, content: Iterable[bytes]) -> Done:
        connection = await self._connected()
        timeout_s = UPLOAD_TIMEOUT_S if content else COMMAND_TIMEOUT_S
        try:
            process = await connection.create_process(script, encoding=None)
            async with asyncio.timeout(timeout_s):
                _, output, errors = await asyncio.gather(
                    _feed(process, content), process.stdout.read(), process.stderr.read()
                )
                await process.wait_closed()
        except TimeoutError:
            raise Unavailable(f"A command on {self.name} gave no answer within {timeout_s:g} s.") from None
        except (asyncssh.Error, OSError) as error:
            raise Unavailable(f"The connection to {self.name} was lost: {_said(error)}.") from None
        if process.exit_status is None:
            raise Unavailable(f"The connection to {self.name} was lost while a command ran.")
        code = process.returncode if process.returncode is not None else -1
        return Done(code=code, output=bytes(output), errors=bytes(errors).decode(errors="replace"))

    async def _connected(self) -> asyncssh.SSHClientConnection:
        async with self._connecting:
            if self._connection is None or self._connection.is_closed():
                self._connection = await self._connect()
                for (host, port), there in self._forwards.items():
                    await self._open_forward(self._connection, there, host, port)
            return self._connection

    async def _connect(self) -> asyncssh.SSHClientConnection:
        try:
            return await asyncssh.connect(self._settings.host, **self._options)
        except asyncssh.HostKeyNotVerifiable:
            raise Unauthenticated(await self._untrusted()) from None
        except asyncssh.PermissionDenied as error:
            user = self._options.get("username") or getpass.getuser()
            raise PermissionDenied(
                f"{self._settings.host} does not let {user!r} in: {_said(error)}. Put the public key into "
                f"~/.ssh/authorized_keys there, or name another key: -s key=file:~/.ssh/id or -s key=secret:NAME."
            ) from None
        except (asyncssh.Error, OSError, TimeoutError) as error:
            raise Unavailable(f"{self.name} cannot be reached by SSH: {_said(error)}.") from None

    async def _untrusted(self) -> str:
        """What to do about a host that cannot show the key we know."""
        try:
            port = self._options.get("port", ())
            key = await asyncssh.get_server_host_key(self._settings.host, port, config=None)
            line = key.export_public_key().decode().strip() if key else ""
        except (asyncssh.Error, OSError):
            line = ""
        shown = f" It shows '{line}' ({key.get_fingerprint()})." if line and key else ""
        return (
            f"{self._settings.host} is not trusted: it has another host key than the one that is known, or none is "
            f"known.{shown} When that is what the host's owner says its key is, name it with -s host_key=... on the "
            "target, or add the host to ~/.ssh/known_hosts where the job's agent runs."
        )

    async def _forward(self, host: str, port: int) -> int:
        connection = await self._connected()
        if (host, port) not in self._forwards:
            self._forwards[host, port] = await self._open_forward(connection, 0, host, port)
        return self._forwards[host, port]

    async def _open_forward(self, connection: asyncssh.SSHClientConnection, there: int, host: str, port: int) -> int:
        try:
            listener = await connection.forward_remote_port("127.0.0.1", there, host, port)
        except asyncssh.ChannelListenError:
            connection.close()
            raise Unavailable(
                f"{self.name} opens no port that leads to the tracking server at {host}:{port}, which listens on this "
                "machine alone. Have its sshd allow AllowTcpForwarding, or give the target an address of the server "
                "that the host can use: --server http://..."
            ) from None
        return int(listener.get_port())


async def _feed(process: Any, content: Iterable[bytes]) -> None:
    try:
        for piece in content:
            process.stdin.write(piece)
            await process.stdin.drain()
        process.stdin.write_eof()
    except (BrokenPipeError, asyncssh.Error):
        return  # the script has ended before it read all; its exit code says why


def _options(settings: SshSettings, key: str | None) -> dict[str, Any]:
    options: dict[str, Any] = {
        "connect_timeout": CONNECT_TIMEOUT_S,
        "login_timeout": CONNECT_TIMEOUT_S,
        "keepalive_interval": KEEPALIVE_S,
        "keepalive_count_max": KEEPALIVE_COUNT,
        # Nobody is there who could be asked.
        "preferred_auth": ("publickey", "gssapi-with-mic"),
    }
    if settings.user:
        options["username"] = settings.user
    if settings.port:
        options["port"] = settings.port
    try:
        if settings.host_key:
            options["known_hosts"] = ([asyncssh.import_public_key(settings.host_key)], [], [])
        else:
            found = (str(path) for name in _KNOWN_HOSTS if (path := Path(name).expanduser()).exists())
            # Without this, a missing file would stand for trust in everybody.
            options["known_hosts"] = list(found)
        if key is not None:
            options |= {"client_keys": [asyncssh.import_private_key(key)], "agent_path": None}
    except asyncssh.KeyEncryptionError:
        raise InvalidValue("The private key of the target has a passphrase; use an SSH agent for it.") from None
    except asyncssh.KeyImportError:
        raise InvalidValue("The target's key or host key is none: give one in OpenSSH's format.") from None
    return options


def _said(error: BaseException) -> str:
    return (str(error) or type(error).__name__).rstrip(".")

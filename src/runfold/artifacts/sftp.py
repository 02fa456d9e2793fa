"""Artifacts on a machine that is reached by SSH.

Uploads grow in the folder `.runfold-part` at the root and are renamed to their place when they are complete,
which needs the `posix-rename@openssh.com` extension that OpenSSH has had since 2008.
"""

from __future__ import annotations

import getpass
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, cast

import asyncssh
import sshfs
from fsspec import AbstractFileSystem
from fsspec.exceptions import FSTimeoutError

from runfold.artifacts.base import Chunk, Writer
from runfold.artifacts.checks import Checksum
from runfold.artifacts.location import Location, ServerAccess
from runfold.artifacts.remote import ErrorKinds, FsspecArtifacts
from runfold.domain.artifact import STAGING_NAME, ArtifactPath, FileInfo
from runfold.errors import InvalidState, InvalidValue, NotFound

_KNOWN_HOSTS = ("~/.ssh/known_hosts", "/etc/ssh/ssh_known_hosts")


def open_sftp(location: Location, server: ServerAccess | None = None) -> SftpArtifacts:
    """`sftp://user@host:port/absolute/path`, with the keys, the agent and the `~/.ssh/config` of the user.

    The host must be known: it is looked up in the user's and the system's `known_hosts`.
    """
    if not location.host:
        raise InvalidValue(f"{location.uri!r} names no host; write sftp://user@host/path.")

    def connect() -> AbstractFileSystem:
        known = [str(path) for name in _KNOWN_HOSTS if (path := Path(name).expanduser()).exists()]
        options: dict[str, Any] = {"port": location.port} if location.port else {}
        return sshfs.SSHFileSystem(
            location.host.strip("[]"),
            username=location.user or getpass.getuser(),
            # Without this, sshfs would talk to any host that answers.
            known_hosts=known,
            skip_instance_cache=True,
            timeout=30,
            **options,
        )

    errors = ErrorKinds(
        unauthenticated=(asyncssh.PermissionDenied, asyncssh.HostKeyNotVerifiable, asyncssh.KeyImportError),
        lost=(asyncssh.Error, FSTimeoutError),
    )
    return SftpArtifacts(location.uri, f"/{location.path}", connect, errors)


class SftpArtifacts(FsspecArtifacts):
    """A folder on an SFTP server."""

    def write(self, path: ArtifactPath, *, size: int | None = None, digest: str | None = None) -> Writer:
        checksum = Checksum(path, size=size, digest=digest)
        with suppress(NotFound):
            if self.stat(path).is_dir:
                raise InvalidState(f"{path.text!r} is a folder; delete it first to store a file there.")
        part = f"{self.place(None)}/{STAGING_NAME}/{uuid.uuid4().hex}"
        with self.errors_of(path):
            self.fs.makedirs(self.fs._parent(part), exist_ok=True)
            return SftpWriter(self, path, part, self.fs.open(part, "wb"), checksum)

    def delete(self, path: ArtifactPath) -> None:
        with self.errors_of(path), suppress(FileNotFoundError, asyncssh.SFTPError):
            self.fs.rm(self.place(path), recursive=True)

    def open_file(self, path: ArtifactPath) -> BinaryIO:
        return cast("BinaryIO", self.fs.open(self.place(path), "rb"))

    def publish(self, path: ArtifactPath, part: str) -> None:
        """Renames a finished part to its place; the writer's last step."""
        place = self.place(path)
        self.fs.makedirs(self.fs._parent(place), exist_ok=True)
        self.fs.mv(part, place)


class SftpWriter(Writer):
    def __init__(self, store: SftpArtifacts, path: ArtifactPath, part: str, file: Any, checksum: Checksum) -> None:
        self._store = store
        self._path = path
        self._part = part
        self._file = file
        self._checksum = checksum

    def write(self, chunk: Chunk) -> None:
        self._checksum.add(chunk)
        with self._store.errors_of(self._path):
            self._file.write(bytes(chunk))

    def commit(self) -> FileInfo:
        try:
            self._checksum.check()
            with self._store.errors_of(self._path):
                with suppress(asyncssh.SFTPOpUnsupported):
                    self._file.fsync()
                self._file.close()
                self._store.publish(self._path, self._part)
        except BaseException:
            self._give_up()
            raise
        return FileInfo(self._path, is_dir=False, size=self._checksum.size, digest=self._checksum.digest)

    def abort(self) -> None:
        if not self._file.closed:
            self._give_up()

    def _give_up(self) -> None:
        with self._store.errors_of(self._path), suppress(FileNotFoundError):
            self._file.close()
            self._store.fs.rm_file(self._part)

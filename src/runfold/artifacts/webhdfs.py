"""Artifacts in HDFS, by its REST interface (Hadoop, "WebHDFS REST API"), which HttpFS and many gateways speak too.

The name node answers with the address of a data node for reads and writes. Uploads go to the folder `.runfold-part` at
the root and are renamed to their place when they are complete.
"""

from __future__ import annotations

import getpass
import os
import uuid
from collections.abc import Collection
from contextlib import suppress
from typing import TypeVar
from urllib.parse import urlencode

import msgspec
import urllib3

from runfold.artifacts.base import ArtifactStore, Reader, Writer
from runfold.artifacts.checks import check_range
from runfold.artifacts.http import Answer, HttpSite, error_of, quoted
from runfold.artifacts.http_reader import HttpReader
from runfold.artifacts.http_writer import HttpWriter
from runfold.artifacts.location import Location, ServerAccess
from runfold.domain.artifact import STAGING_NAME, ArtifactPath, FileInfo, join
from runfold.errors import ArtifactError, InvalidState, InvalidValue, NotFound, RunfoldError

T = TypeVar("T")

NAME_NODE_PORT = 9870
"""Where a name node of Hadoop 3 answers HTTP."""


class _Status(msgspec.Struct, rename="camel"):
    type: str
    length: int = 0
    modification_time: int = 0
    path_suffix: str = ""


class _Found(msgspec.Struct, rename="pascal"):
    file_status: _Status


class _Statuses(msgspec.Struct, rename="pascal"):
    file_status: list[_Status]


class _Listing(msgspec.Struct, rename="pascal"):
    file_statuses: _Statuses


def open_webhdfs(location: Location, server: ServerAccess | None = None) -> WebHdfsArtifacts:
    """`webhdfs://name-node:9870/path`, `swebhdfs:` for TLS, or `hdfs://name-node[:rpc port]/path`.

    The port of an `hdfs:` location is not that of HTTP, which is taken to be `NAME_NODE_PORT`. The user is
    `HADOOP_USER_NAME` or whoever runs the process; Kerberos is not spoken.
    """
    if not location.host:
        raise InvalidValue(f"{location.uri!r} names no name node; write {location.scheme}://host:port/path.")
    scheme = "https" if location.scheme == "swebhdfs" else "http"
    port = NAME_NODE_PORT if location.scheme == "hdfs" or location.port is None else location.port
    user = location.user or os.environ.get("HADOOP_USER_NAME") or getpass.getuser()
    return WebHdfsArtifacts(location.uri, HttpSite(f"{scheme}://{location.host}:{port}"), location.path, user)


class WebHdfsArtifacts(ArtifactStore):
    """The folder `root` of an HDFS."""

    def __init__(self, uri: str, site: HttpSite, root: str, user: str) -> None:
        self.uri = uri
        self._site = site
        self._root = root
        self._user = user

    def list_folder(self, folder: ArtifactPath | None = None) -> list[FileInfo]:
        try:
            answer = self._call("GET", "LISTSTATUS", folder)
        except (NotFound, InvalidState):
            return []
        found = []
        for status in _decode(answer.body, _Listing).file_statuses.file_status:
            # The listing of a file is the file itself, without a name.
            if status.path_suffix and status.type in ("FILE", "DIRECTORY"):
                with suppress(InvalidValue):
                    found.append(_info(join(folder, status.path_suffix), status))
        return sorted(found, key=lambda info: info.path)

    def stat(self, path: ArtifactPath) -> FileInfo:
        status = _decode(self._call("GET", "GETFILESTATUS", path).body, _Found).file_status
        if status.type not in ("FILE", "DIRECTORY"):
            raise NotFound("artifact", path.text)
        return _info(path, status)

    def open_read(self, path: ArtifactPath, *, start: int = 0, stop: int | None = None) -> Reader:
        info = self.stat(path)
        if info.is_dir:
            raise NotFound("artifact", path.text)
        start, stop = check_range(path, info.size or 0, start, stop)
        return WebHdfsReader(self, self._site, self._url("OPEN", path.text), info, start, stop)

    def open_at(self, path: ArtifactPath, start: int, stop: int) -> urllib3.BaseHTTPResponse:
        """An answer whose body is the bytes from `start` to `stop`."""
        answer = self._call("GET", "OPEN", path, ok=(307,), offset=start, length=stop - start)
        address = answer.headers.get("Location", "")
        response = self._site.send("GET", address, path=path)
        if response.status != 200:
            response.close()
            raise error_of(response.status, response.headers, b"", path=path, url=address)
        return response

    def write(self, path: ArtifactPath, *, size: int | None = None, digest: str | None = None) -> Writer:
        with suppress(NotFound):
            if self.stat(path).is_dir:
                raise InvalidState(f"{path.text!r} is a folder; delete it first to store a file there.")
        part = f"{STAGING_NAME}/{uuid.uuid4().hex}"
        answer = self._send("PUT", self._url("CREATE", part, overwrite="true"), path, ok=(307,))
        return HttpWriter(
            self._site,
            answer.headers.get("Location", ""),
            path,
            size=size,
            digest=digest,
            finish=lambda info: self._publish(part, info),
            undo=lambda: self._discard(part),
        )

    def delete(self, path: ArtifactPath) -> None:
        with suppress(NotFound, InvalidState):
            self._call("DELETE", "DELETE", path, recursive="true")

    def close(self) -> None:
        self._site.close()

    def _publish(self, part: str, info: FileInfo) -> FileInfo:
        if info.path.parent is not None:
            self._call("PUT", "MKDIRS", info.path.parent)
        # Without an option, a rename onto a file that exists is answered with 200 and `false`.
        url = self._url("RENAME", part, destination=f"/{self._place(info.path.text)}", renameoptions="OVERWRITE")
        self._send("PUT", url, info.path)
        return info

    def _discard(self, part: str) -> None:
        with suppress(RunfoldError):
            self._send("DELETE", self._url("DELETE", part), None)

    def _call(
        self,
        method: str,
        operation: str,
        path: ArtifactPath | None,
        ok: Collection[int] = (200,),
        **parameters: object,
    ) -> Answer:
        return self._send(method, self._url(operation, path.text if path else "", **parameters), path, ok)

    def _send(self, method: str, url: str, path: ArtifactPath | None, ok: Collection[int] = (200,)) -> Answer:
        return self._site.call(method, url, path=path, ok=ok)

    def _url(self, operation: str, below: str, **parameters: object) -> str:
        query = urlencode({"op": operation, "user.name": self._user, **parameters})
        return f"{self._site.url}/webhdfs/v1/{quoted(self._place(below))}?{query}"

    def _place(self, below: str) -> str:
        return "/".join(part for part in (self._root, below) if part)


class WebHdfsReader(HttpReader):
    def __init__(
        self, store: WebHdfsArtifacts, site: HttpSite, url: str, info: FileInfo, start: int, stop: int
    ) -> None:
        super().__init__(site, url, info, start, stop)
        self._store = store

    def ask_for_rest(self) -> urllib3.BaseHTTPResponse:
        path = self.info.path
        if self._store.stat(path) != self.info:
            raise ArtifactError(f"{path.text!r} was replaced while it was read. Read it again.")
        return self._store.open_at(path, self._position, self.stop)


def _info(path: ArtifactPath, status: _Status) -> FileInfo:
    if status.type == "DIRECTORY":
        return FileInfo(path, is_dir=True)
    version = f"{status.modification_time}-{status.length}"
    return FileInfo(path, is_dir=False, size=status.length, version=version)


def _decode(data: bytes, type_: type[T]) -> T:
    try:
        return msgspec.json.decode(data, type=type_)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ArtifactError(f"The name node's answer is not what WebHDFS gives: {error}.") from error

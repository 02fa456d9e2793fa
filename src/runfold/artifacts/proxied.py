"""Artifacts that a tracking server keeps: `mlflow-artifacts:` locations.

Speaks the artifact proxy of MLflow's REST API (`/api/2.0/mlflow-artifacts/`), so it works with MLflow's
server too. Beyond it, an upload whose digest is known carries it in `Repr-Digest` (RFC 9530), and a server
that knows the field refuses other bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar
from urllib.parse import urlencode, urlsplit

import msgspec

from runfold.artifacts.base import (
    ArtifactStore,
    MultipartUpload,
    PartTarget,
    PresignedRequest,
    Reader,
    UploadedPart,
    Writer,
)
from runfold.artifacts.http import HttpSite, quoted
from runfold.artifacts.http_reader import open_url
from runfold.artifacts.http_writer import HttpWriter
from runfold.artifacts.location import Location, ServerAccess
from runfold.domain.artifact import ArtifactPath, FileInfo, join
from runfold.errors import ArtifactError, InvalidValue, NotFound, NotSupported
from runfold.wire.messages import artifacts as files
from runfold.wire.messages.base import Message

T = TypeVar("T")

_API = "api/2.0/mlflow-artifacts"


def open_proxied(location: Location, server: ServerAccess | None) -> ProxiedArtifacts:
    """The store behind `mlflow-artifacts:/path` or `mlflow-artifacts://host:port/path`.

    The credentials of `server` go to that server only: a location naming another host is asked without them.
    """
    if server is None:
        raise InvalidValue(
            f"The artifact location {location.uri!r} belongs to a tracking server, and none is given. "
            "Set the tracking URI to an http(s) address."
        )
    base = urlsplit(server.uri)
    if base.scheme not in ("http", "https"):
        raise InvalidValue(
            f"The artifact location {location.uri!r} belongs to a tracking server reached by http(s), "
            f"but the tracking URI is {server.uri!r}."
        )
    if location.host and (location.host, location.port) != (base.hostname, base.port):
        server = ServerAccess(f"{base.scheme}://{location.authority}", ca_file=server.ca_file)
    return ProxiedArtifacts(server, ArtifactPath.or_root(location.path))


class ProxiedArtifacts(ArtifactStore):
    """The folder `root` of a tracking server's artifacts."""

    def __init__(self, server: ServerAccess, root: ArtifactPath | None) -> None:
        self._root = root
        self._site = HttpSite(
            server.uri,
            headers=server.headers,
            ca_file=server.ca_file,
            client_cert_file=server.client_cert_file,
            verify=server.verify,
        )
        self.uri = f"mlflow-artifacts:/{root or ''}"

    def list_folder(self, folder: ArtifactPath | None = None) -> list[FileInfo]:
        seen_by_server = folder if self._root is None else join(self._root, folder) if folder else self._root
        query = urlencode({"path": str(seen_by_server)}) if seen_by_server else ""
        answer = self._site.call(
            "GET", f"{self._site.url}/{_API}/artifacts?{query}".rstrip("?"), path=folder, ok=(200, 404)
        )
        if answer.status == 404:
            return []
        listing = _decode(answer.body, files.ListProxiedArtifactsReply)
        return sorted((_info(folder, file) for file in listing.files), key=lambda info: info.path)

    def stat(self, path: ArtifactPath) -> FileInfo:
        # A HEAD request would make MLflow's server fetch the whole file.
        for info in self.list_folder(path.parent):
            if info.path == path:
                return info
        raise NotFound("artifact", path.text)

    def open_read(self, path: ArtifactPath, *, start: int = 0, stop: int | None = None) -> Reader:
        return open_url(self._site, self._url(path), path, start=start, stop=stop, stat=self.stat)

    def write(self, path: ArtifactPath, *, size: int | None = None, digest: str | None = None) -> Writer:
        return HttpWriter(self._site, self._url(path), path, size=size, digest=digest)

    def delete(self, path: ArtifactPath) -> None:
        self._site.call("DELETE", self._url(path), path=path, ok=(200, 202, 204, 404))

    def presign_read(self, path: ArtifactPath, *, expires_s: int) -> PresignedRequest:
        answer = self._site.call("GET", self._url(path, "presigned"), path=path, ok=(200, 404))
        if answer.status == 404:
            raise NotSupported(f"The server at {self._site.url} gives no presigned downloads.")
        found = _decode(answer.body, files.PresignedReply)
        return PresignedRequest(found.url, {header.name: header.value for header in found.headers})

    def create_multipart(self, path: ArtifactPath, *, parts: int, expires_s: int) -> MultipartUpload:
        found = self._multipart("create", path, files.CreateMultipartUpload(path=path.name, num_parts=parts))
        upload = _decode(found, files.CreateMultipartUploadReply)
        targets = (PartTarget(part.part_number, part.url, part.headers) for part in upload.credentials)
        return MultipartUpload(upload.upload_id, tuple(sorted(targets, key=lambda part: part.number)))

    def complete_multipart(self, path: ArtifactPath, upload_id: str, parts: Sequence[UploadedPart]) -> FileInfo:
        sent = tuple(files.MultipartPart(part_number=part.number, etag=part.etag) for part in parts)
        message = files.CompleteMultipartUpload(path=path.name, upload_id=upload_id, parts=sent)
        self._multipart("complete", path, message)
        return self.stat(path)

    def abort_multipart(self, path: ArtifactPath, upload_id: str) -> None:
        self._multipart("abort", path, files.AbortMultipartUpload(path=path.name, upload_id=upload_id))

    def close(self) -> None:
        self._site.close()

    def _multipart(self, step: str, path: ArtifactPath, message: Message) -> bytes:
        answer = self._site.call(
            "POST",
            f"{self._site.url}/{_API}/mpu/{step}/{quoted(str(self._root or ''), str(path.parent or ''))}",
            path=path,
            ok=(200,),
            headers={"Content-Type": "application/json"},
            body=msgspec.json.encode(message),
        )
        return answer.body

    def _url(self, path: ArtifactPath, resource: str = "artifacts") -> str:
        return f"{self._site.url}/{_API}/{resource}/{quoted(join(self._root, path).text)}"


def _info(folder: ArtifactPath | None, file: files.FileInfoMessage) -> FileInfo:
    """What the server says of one file, its name checked: it may become a local path."""
    try:
        name = ArtifactPath(file.path)
    except InvalidValue as error:
        raise ArtifactError(f"The server lists a name that cannot be used. {error.message}") from error
    if len(name.names) != 1:
        raise ArtifactError(f"The server lists {file.path!r} in a folder, which is not a name in it.")
    return FileInfo(join(folder, name), is_dir=file.is_dir, size=None if file.is_dir else file.file_size)


def _decode(data: bytes, type_: type[T]) -> T:
    try:
        return msgspec.json.decode(data, type=type_, strict=False)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ArtifactError(f"The server's answer is not what the artifact API gives: {error}.") from error

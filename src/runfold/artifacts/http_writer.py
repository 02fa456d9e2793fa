"""Uploads by PUT: what is written piece by piece becomes the body of one request."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Collection, Iterator

import urllib3

from runfold.artifacts.base import Chunk, Writer
from runfold.artifacts.checks import Checksum, digest_to_field
from runfold.artifacts.http import UPLOAD_TIMEOUT_S, HttpSite, error_of
from runfold.domain.artifact import ArtifactPath, FileInfo

SMALL_BYTES = 4 << 20
"""Up to this size an upload is kept in memory and sent at the end, so that it can be repeated."""

STORED = (200, 201, 202, 204)


class HttpWriter(Writer):
    """One PUT of `url`.

    Small files are sent in one piece when they are complete, larger ones stream while they are written. The
    last bytes are held back until size and digest are known to be right, so a server that takes only whole
    bodies never stores a wrong one.

    Args:
        finish: makes the file visible after the PUT, where that takes more, and tells what is there now.
        undo: cleans up after an upload that was given up.
    """

    def __init__(
        self,
        site: HttpSite,
        url: str,
        path: ArtifactPath,
        *,
        size: int | None,
        digest: str | None,
        finish: Callable[[FileInfo], FileInfo] = lambda info: info,
        undo: Callable[[], None] = lambda: None,
    ) -> None:
        self._site = site
        self._url = url
        self._path = path
        self._size = size
        self._checksum = Checksum(path, size=size, digest=digest)
        self._headers = {"Content-Type": "application/octet-stream"}
        if digest:
            self._headers["Repr-Digest"] = digest_to_field(digest)
        self._finish = finish
        self._undo = undo
        self._held: list[bytes] = []
        self._n_held = 0
        self._stream: _Stream | None = None
        self._is_open = True

    def write(self, chunk: Chunk) -> None:
        self._checksum.add(chunk)
        if self._stream is None and self._n_held + len(chunk) > SMALL_BYTES:
            self._stream = _Stream(self._site, self._url, self._path, self._headers, self._size)
        if self._stream is not None:
            self._release()
        if chunk:
            self._held.append(bytes(chunk))
            self._n_held += len(chunk)

    def commit(self) -> FileInfo:
        try:
            self._checksum.check()
            if self._stream is None:
                body = b"".join(self._held)
                self._site.call("PUT", self._url, path=self._path, ok=STORED, headers=self._headers, body=body)
            else:
                self._release()
                self._stream.finish(ok=STORED)
            info = FileInfo(self._path, is_dir=False, size=self._checksum.size, digest=self._checksum.digest)
            info = self._finish(info)
        except BaseException:
            self.abort()
            raise
        self._is_open = False
        return info

    def abort(self) -> None:
        if not self._is_open:
            return
        self._is_open = False
        if self._stream is not None:
            self._stream.cancel()
        self._undo()

    def _release(self) -> None:
        assert self._stream is not None
        for chunk in self._held:
            self._stream.send(chunk)
        self._held.clear()
        self._n_held = 0


class _Cancelled(Exception):
    """Breaks a request off in the middle of its body."""


class _Stream:
    """A request in a thread of its own, whose body is what `send` hands over."""

    def __init__(self, site: HttpSite, url: str, path: ArtifactPath, headers: dict[str, str], size: int | None) -> None:
        self._site = site
        self._url = url
        self._path = path
        self._headers = headers if size is None else {**headers, "Content-Length": str(size)}
        self._chunks: queue.Queue[bytes | None] = queue.Queue(maxsize=2)
        self._is_cancelled = False
        self._response: urllib3.BaseHTTPResponse | None = None
        self._answer = b""
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="runfold-upload", daemon=True)
        self._thread.start()

    def send(self, chunk: bytes) -> None:
        """Hands over the next bytes; raises what made the request fail, as soon as that is known."""
        while True:
            if not self._thread.is_alive():
                self._raise_failure(ok=())
            try:
                self._chunks.put(chunk, timeout=0.2)
                return
            except queue.Full:
                continue

    def finish(self, ok: Collection[int]) -> None:
        while self._thread.is_alive():
            try:
                self._chunks.put(None, timeout=0.2)
                break
            except queue.Full:
                continue
        self._thread.join()
        self._raise_failure(ok)

    def cancel(self) -> None:
        self._is_cancelled = True
        while self._thread.is_alive():
            try:
                self._chunks.put(None, timeout=0.2)
            except queue.Full:
                continue
            self._thread.join(timeout=0.2)

    def _run(self) -> None:
        try:
            self._response = self._site.send(
                "PUT",
                self._url,
                path=self._path,
                headers=self._headers,
                body=self._body(),
                read_timeout_s=UPLOAD_TIMEOUT_S,
            )
            self._answer = self._response.read(1 << 16)
            self._response.release_conn()
        except Exception as error:
            self._error = error

    def _body(self) -> Iterator[bytes]:
        while True:
            chunk = self._chunks.get()
            if self._is_cancelled:
                raise _Cancelled
            if chunk is None:
                return
            yield chunk

    def _raise_failure(self, ok: Collection[int]) -> None:
        if self._error is not None:
            raise self._error
        assert self._response is not None
        if self._response.status not in ok:
            raise error_of(self._response.status, self._response.headers, self._answer, path=self._path, url=self._url)

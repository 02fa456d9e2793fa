"""A download that goes on where it broke off."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator

import urllib3
from urllib3.exceptions import HTTPError

from runfold.artifacts.base import CHUNK_BYTES, Reader
from runfold.artifacts.checks import check_range
from runfold.artifacts.http import HttpSite, error_of, unreachable
from runfold.domain.artifact import ArtifactPath, FileInfo
from runfold.errors import ArtifactError, Unavailable

ATTEMPTS = 5
"""How often in a row a download may break off, without a byte in between, before it fails."""

_CONTENT_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")


def open_url(
    site: HttpSite,
    url: str,
    path: ArtifactPath,
    *,
    start: int,
    stop: int | None,
    stat: Callable[[ArtifactPath], FileInfo],
) -> HttpReader:
    """Opens a file behind a URL; `stat` is asked where the answer alone does not tell its size."""
    if start or stop is not None:
        info = stat(path)
        start, stop = check_range(path, info.size or 0, start, stop)
        return HttpReader(site, url, info, start, stop)
    response = site.send("GET", url, path=path)
    if response.status != 200:
        raise _error(site, response, path, url)
    size = _length(response)
    if size is None:
        size = stat(path).size or 0
    info = FileInfo(path, is_dir=False, size=size, version=version_of(response))
    return HttpReader(site, url, info, 0, size, response)


def version_of(response: urllib3.BaseHTTPResponse) -> str | None:
    """The entity tag without quotes; a weak one may belong to other bytes and does not count."""
    tag = response.headers.get("ETag", "")
    return tag.strip('"') if tag and not tag.startswith("W/") else None


class HttpReader(Reader):
    """The bytes from `start` to `stop` of a URL.

    When the connection is lost, the rest is asked for. It is taken only if the size, and the entity tag where
    the server gives one, are still the same.
    """

    def __init__(
        self,
        site: HttpSite,
        url: str,
        info: FileInfo,
        start: int,
        stop: int,
        response: urllib3.BaseHTTPResponse | None = None,
    ) -> None:
        self._site = site
        self._url = url
        self.info = info
        self.start = start
        self.stop = stop
        self._position = start
        self._version = info.version
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        failures = 0
        while self._position < self.stop:
            try:
                chunk = self._next_chunk()
            except Unavailable:
                failures += 1
                self.close()
                if failures == ATTEMPTS:
                    raise
                time.sleep(0.1 * 2**failures)
                continue
            failures = 0
            self._position += len(chunk)
            yield chunk

    def close(self) -> None:
        if self._response is None:
            return
        if self._position == self.stop:
            self._response.release_conn()
        else:
            self._response.close()
        self._response = None

    def _next_chunk(self) -> bytes:
        try:
            if self._response is None:
                self._response = self._ask_for_rest()
            chunk = self._response.read(min(CHUNK_BYTES, self.stop - self._position))
        except HTTPError as error:
            raise unreachable(self._url, error) from error
        if not chunk:
            raise Unavailable(f"{self.info.path.text!r} broke off after {self._position} bytes.")
        return chunk

    def _ask_for_rest(self) -> urllib3.BaseHTTPResponse:
        path = self.info.path
        byte_range = f"bytes={self._position}-{self.stop - 1}"
        response = self._site.send("GET", self._url, path=path, headers={"Range": byte_range})
        if response.status not in (200, 206):
            raise _error(self._site, response, path, self._url)
        size, first = _length(response), 0
        if response.status == 206:
            match = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
            if match is None or int(match[1]) != self._position:
                response.close()
                raise ArtifactError(f"The server sent another part of {path.text!r} than {byte_range}.")
            size, first = int(match[2]) if match[2] != "*" else None, self._position
        self._refuse_another_version(response, size)
        # A server that knows no ranges begins anew.
        while first < self._position and (skipped := response.read(min(CHUNK_BYTES, self._position - first))):
            first += len(skipped)
        return response

    def _refuse_another_version(self, response: urllib3.BaseHTTPResponse, size: int | None) -> None:
        version = version_of(response)
        has_changed = version and self._version and version != self._version
        if has_changed or size not in (None, self.info.size):
            response.close()
            raise ArtifactError(f"{self.info.path.text!r} was replaced while it was read. Read it again.")
        self._version = version


def _length(response: urllib3.BaseHTTPResponse) -> int | None:
    value = response.headers.get("Content-Length", "")
    return int(value) if value.isdecimal() else None


def _error(site: HttpSite, response: urllib3.BaseHTTPResponse, path: ArtifactPath, url: str) -> Exception:
    try:
        body = response.read(1 << 16)
    except HTTPError:
        body = b""
    finally:
        response.close()
    return error_of(response.status, response.headers, body, path=path, url=url)

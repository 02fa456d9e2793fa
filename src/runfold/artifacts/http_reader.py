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
    """Opens a file behind a URL; `stat` is asked for its size where the answer does not tell it."""
    is_whole = start == 0 and stop is None
    if not is_whole and (start < 0 or (stop is not None and stop <= start)):
        return _open_nothing(site, url, stat(path), start, stop)
    response = site.send("GET", url, path=path, headers={} if is_whole else _range(start, stop))
    if response.status == 416:
        response.close()
        return _open_nothing(site, url, stat(path), start, stop)
    if response.status not in (200, 206):
        raise _error(response, path, url)
    size, first = _size_and_first(response, path)
    if size is None:
        size = stat(path).size or 0
    info = FileInfo(path, is_dir=False, size=size, version=version_of(response))
    start, stop = check_range(path, size, start, stop)
    _skip(response, start - first)
    return HttpReader(site, url, info, start, stop, response)


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
                self._response = self.ask_for_rest()
            chunk = self._response.read(min(CHUNK_BYTES, self.stop - self._position))
        except HTTPError as error:
            raise unreachable(self._url, error) from error
        if not chunk:
            raise Unavailable(f"{self.info.path.text!r} broke off after {self._position} bytes.")
        return chunk

    def ask_for_rest(self) -> urllib3.BaseHTTPResponse:
        """An answer whose body goes on where this reader is, of the same version of the file."""
        path = self.info.path
        response = self._site.send("GET", self._url, path=path, headers=_range(self._position, self.stop))
        if response.status not in (200, 206):
            raise _error(response, path, self._url)
        size, first = _size_and_first(response, path)
        self._refuse_another_version(response, size)
        _skip(response, self._position - first)
        return response

    def _refuse_another_version(self, response: urllib3.BaseHTTPResponse, size: int | None) -> None:
        version = version_of(response)
        has_changed = version and self.info.version and version != self.info.version
        if has_changed or size not in (None, self.info.size):
            response.close()
            raise ArtifactError(f"{self.info.path.text!r} was replaced while it was read. Read it again.")


def _open_nothing(site: HttpSite, url: str, info: FileInfo, start: int, stop: int | None) -> HttpReader:
    """A reader of no bytes, or the complaint about the range: HTTP has no word for an empty range."""
    return HttpReader(site, url, info, *check_range(info.path, info.size or 0, start, stop))


def _range(start: int, stop: int | None) -> dict[str, str]:
    return {"Range": f"bytes={start}-{'' if stop is None else stop - 1}"}


def _size_and_first(response: urllib3.BaseHTTPResponse, path: ArtifactPath) -> tuple[int | None, int]:
    """The size of the whole file, where told, and which byte the answer begins with."""
    if response.status == 200:
        length = response.headers.get("Content-Length", "")
        return int(length) if length.isdecimal() else None, 0
    match = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
    if match is None:
        response.close()
        raise ArtifactError(f"The server sent a part of {path.text!r} and does not say which.")
    return int(match[2]) if match[2] != "*" else None, int(match[1])


def _skip(response: urllib3.BaseHTTPResponse, n_bytes: int) -> None:
    """Reads what was not asked for: a server that knows no ranges begins anew."""
    if n_bytes < 0:
        response.close()
        raise ArtifactError("The server sent another part of the file than it was asked for.")
    while n_bytes and (skipped := response.read(min(CHUNK_BYTES, n_bytes))):
        n_bytes -= len(skipped)


def _error(response: urllib3.BaseHTTPResponse, path: ArtifactPath, url: str) -> Exception:
    try:
        body = response.read(1 << 16)
    except HTTPError:
        body = b""
    finally:
        response.close()
    return error_of(response.status, response.headers, body, path=path, url=url)

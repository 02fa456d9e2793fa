"""Uploads in parts that go straight to the store, several at once, past the server that brokers them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urlsplit

from runfold.artifacts.base import MAX_PARTS, ArtifactStore, PartTarget, UploadedPart
from runfold.domain.artifact import ArtifactPath, FileInfo
from runfold.errors import ArtifactError, InvalidValue, NotFound, NotSupported

if TYPE_CHECKING:
    from runfold.artifacts.http import HttpSite

MULTIPART_BYTES = 64 << 20
"""From this size on it is tried."""
PART_BYTES = 16 << 20
"""Size of a part, as long as no more than `MAX_PARTS` are needed."""
WORKERS = 4
EXPIRES_S = 24 * 3600


def upload_in_parts(
    store: ArtifactStore, file: BinaryIO, path: ArtifactPath, size: int, on_moved: Callable[[int], None]
) -> FileInfo | None:
    """Uploads the first `size` bytes of a file, or returns `None` where the store has no multipart uploads.

    A part that fails is sent again alone. A failure in the end leaves nothing behind.
    """
    part_bytes = max(PART_BYTES, -(-size // MAX_PARTS))
    n_parts = -(-size // part_bytes)
    try:
        upload = store.create_multipart(path, parts=n_parts, expires_s=EXPIRES_S)
    except (NotSupported, NotFound, InvalidValue):  # 501, 404 or 400, by age of the server
        return None
    try:
        if len(upload.parts) != n_parts:
            raise ArtifactError(f"The server gave {len(upload.parts)} addresses for {n_parts} parts of {path.text!r}.")
        parts = _PartSender(path, file, size, part_bytes, on_moved).send_all(upload.parts)
        info = store.complete_multipart(path, upload.upload_id, parts)
    except BaseException:
        store.abort_multipart(path, upload.upload_id)
        raise
    if info.size not in (None, size):
        raise ArtifactError(f"{path.text!r} was stored with {info.size} bytes, {size} were sent. Upload it again.")
    return info


class _PartSender:
    def __init__(
        self, path: ArtifactPath, file: BinaryIO, size: int, part_bytes: int, on_moved: Callable[[int], None]
    ) -> None:
        self._path = path
        self._file = file
        self._size = size
        self._part_bytes = part_bytes
        self._on_moved = on_moved
        self._reading = threading.Lock()

    def send_all(self, targets: tuple[PartTarget, ...]) -> list[UploadedPart]:
        # Here, so that who moves local files only need not load an HTTP client.
        from runfold.artifacts.http import HttpSite

        origin = urlsplit(targets[0].url)
        if origin.scheme not in ("http", "https"):
            raise ArtifactError(f"The server names an address for parts of {self._path.text!r} that is not http(s).")
        # No credentials: the addresses are signed, and lead to another server than the one that gave them.
        site = HttpSite(f"{origin.scheme}://{origin.netloc}")
        with ThreadPoolExecutor(WORKERS, thread_name_prefix="runfold-part") as pool:
            sending = [pool.submit(self._send, site, target) for target in targets]
            try:
                return [future.result() for future in sending]
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
            finally:
                site.close()

    def _send(self, site: HttpSite, target: PartTarget) -> UploadedPart:
        body = self._read_part(target.number)
        answer = site.call("PUT", target.url, path=self._path, ok=(200, 201), headers=target.headers, body=body)
        self._on_moved(len(body))
        return UploadedPart(target.number, answer.headers.get("ETag", ""))

    def _read_part(self, number: int) -> bytes:
        start = (number - 1) * self._part_bytes
        with self._reading:
            self._file.seek(start)
            return self._file.read(min(self._part_bytes, self._size - start))

"""Transfers of files: streamed both ways with flat memory, and never run by a browser as a page of ours."""

from __future__ import annotations

import asyncio
import mimetypes
import re
from collections.abc import Callable, Iterator
from functools import partial
from urllib.parse import quote

from starlette.types import Receive, Scope, Send

from runfold.artifacts.base import CHUNK_BYTES, Reader, Writer
from runfold.artifacts.checks import digest_from_field
from runfold.domain.artifact import ArtifactPath, FileInfo
from runfold.errors import InvalidState, InvalidValue
from runfold.server.artifacts.kept import Place
from runfold.server.artifacts.roots import Folder
from runfold.server.services import Services
from runfold.server.web.http import Refused, body_chunks, check_size, content_length, header, send_json
from runfold.server.web.security import FILE_POLICY

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
# Shown as plain text by clients that ask; everything a browser could run is sent as opaque bytes.
_TEXT_NAMES = frozenset({"mlmodel", "mlproject", "dockerfile", "makefile", "license", "readme"})
_TEXT_SUFFIXES = frozenset(
    {"txt", "log", "md", "json", "jsonl", "yaml", "yml", "py", "r", "csv", "tsv", "toml", "ini", "cfg", "conf", "sh"}
    | {"sql", "properties", "patch", "diff", "ipynb"}
)
_PLAIN_KINDS = frozenset(
    {"image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp", "image/avif", "application/pdf"}
    | {"audio/x-wav", "audio/wav", "audio/mpeg", "audio/ogg", "video/mp4", "video/webm"}
)


async def download(services: Services, folder: Folder, path: ArtifactPath, scope: Scope, send: Send) -> None:
    """Answer with a file or the range of it that the request asks for."""
    reader = await services.in_thread(partial(_open, folder, path, header(scope, b"range"), scope))
    try:
        status = 206 if (reader.start, reader.stop) != (0, reader.info.size) else 200
        headers = list(_file_headers(reader, path, status))
        if _is_known(scope, reader.info):
            await send({"type": "http.response.start", "status": 304, "headers": headers[1:]})
            await send({"type": "http.response.body"})
            return
        await send({"type": "http.response.start", "status": status, "headers": headers})
        if scope["method"] != "HEAD":
            await _send_chunks(services, iter(reader), send)
        await send({"type": "http.response.body"})
    finally:
        reader.close()


async def _send_chunks(services: Services, chunks: Iterator[bytes], send: Send) -> None:
    while True:
        chunk = await services.in_thread(partial(next, chunks, b""))
        if not chunk:
            return
        await send({"type": "http.response.body", "body": chunk, "more_body": True})


def _open(folder: Folder, path: ArtifactPath, asked: str, scope: Scope) -> Reader:
    match = _RANGE.fullmatch(asked)
    info = folder.store.stat(path) if match else None
    if match is None or info is None or info.size is None or not _range_is_current(scope, info):
        return folder.store.open_read(path)
    start, stop = _bounds(match[1], match[2], info.size)
    if start is None or start >= info.size:
        raise Refused(
            416,
            "INVALID_PARAMETER_VALUE",
            f"The range {asked!r} lies outside the file of {info.size} bytes.",
            headers={"Content-Range": f"bytes */{info.size}"},
        )
    return folder.store.open_read(path, start=start, stop=stop)


def _bounds(first: str, last: str, size: int) -> tuple[int | None, int | None]:
    """Start and stop of a range; a range without a start counts from the end. Start None: it makes no sense."""
    if first:
        stop = int(last) + 1 if last else None
        return (None, None) if stop is not None and stop <= int(first) else (int(first), stop)
    n = int(last) if last else 0
    return (max(0, size - n), None) if n else (None, None)


def _range_is_current(scope: Scope, info: FileInfo) -> bool:
    condition = header(scope, b"if-range")
    return not condition or condition == _entity_tag(info)


def _is_known(scope: Scope, info: FileInfo) -> bool:
    known = header(scope, b"if-none-match")
    tag = _entity_tag(info)
    return bool(tag) and tag in (part.strip() for part in known.split(","))


def _entity_tag(info: FileInfo) -> str:
    return f'"{info.version}"' if info.version else ""


def _file_headers(reader: Reader, path: ArtifactPath, status: int) -> Iterator[tuple[bytes, bytes]]:
    yield b"content-length", str(reader.stop - reader.start).encode()
    yield b"content-type", _media_type(path.name).encode()
    yield b"content-disposition", _disposition(path.name).encode()
    yield b"content-security-policy", FILE_POLICY.encode()
    yield b"cache-control", b"private, no-cache"
    yield b"accept-ranges", b"bytes"
    tag = _entity_tag(reader.info)
    if tag:
        yield b"etag", tag.encode("latin-1", "replace")
    if status == 206:
        yield b"content-range", f"bytes {reader.start}-{reader.stop - 1}/{reader.info.size}".encode()


def _media_type(name: str) -> str:
    stem, _, suffix = name.lower().rpartition(".")
    if suffix in _TEXT_SUFFIXES or (stem or suffix) in _TEXT_NAMES or name.lower() in _TEXT_NAMES:
        return "text/plain; charset=utf-8"
    kind = mimetypes.guess_type(name)[0]
    return kind if kind in _PLAIN_KINDS else "application/octet-stream"


def _disposition(name: str) -> str:
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


async def upload(
    services: Services,
    folder: Folder,
    path: ArtifactPath,
    scope: Scope,
    receive: Receive,
    send: Send,
    *,
    limit: int,
    check: Callable[[], object],
) -> None:
    """Store the body as a file; it appears when all of it has arrived.

    Args:
        limit: bytes; 0: none.
        check: raises when the file may not be written. Asked before the body is read and again when all of it is here,
            since rights may end and a version may be registered in the hours that this can take.

    Raises:
        ByteQuotaExceeded: the owner of the run may not keep as much; known before the body is read where its length is.
    """
    size = content_length(scope)
    if limit:
        check_size(size or 0, limit)
    if header(scope, b"content-encoding") not in ("", "identity"):
        raise Refused(415, "BAD_REQUEST", "Compressed uploads are not accepted; send the file as it is.")
    digest = digest_from_field(header(scope, b"repr-digest"))
    place, writer = await services.in_thread(partial(_begin, services, folder, path, size, digest, check))
    try:
        n_bytes = await _receive_into(services, writer, receive, place, limit)
        info = await services.in_thread(partial(_commit, writer, place, n_bytes, check))
    except BaseException:
        await asyncio.shield(services.in_thread(writer.abort))
        raise
    tag = _entity_tag(info).encode("latin-1", "replace")
    await send_json(send, 200, b"{}", [(b"etag", tag)] if tag else [])


def _begin(
    services: Services,
    folder: Folder,
    path: ArtifactPath,
    size: int | None,
    digest: str | None,
    check: Callable[[], object],
) -> tuple[Place, Writer]:
    check()
    place = services.kept.place(folder, path)
    place.check(size or 0)
    try:
        return place, folder.store.write(path, size=size, digest=digest)
    except InvalidState as error:
        raise InvalidValue(error.message) from error


def _commit(writer: Writer, place: Place, n_bytes: int, check: Callable[[], object]) -> FileInfo:
    check()
    place.charge(n_bytes)
    try:
        return writer.commit()
    except BaseException:
        place.take_back()
        raise


async def _receive_into(services: Services, writer: Writer, receive: Receive, place: Place, limit: int) -> int:
    """Write what arrives in large pieces, and say how many bytes it was.

    A client may take as long as it likes as long as something arrives.
    """
    pending: list[bytes] = []
    n_pending = n_total = 0
    async for chunk in body_chunks(receive, timeout_s=services.settings.request_timeout_s):
        pending.append(chunk)
        n_pending += len(chunk)
        n_total += len(chunk)
        if limit:
            check_size(n_total, limit)
        if place.room is not None and n_total > place.room:
            await services.in_thread(partial(place.check, n_total))
        if n_pending >= CHUNK_BYTES:
            await services.in_thread(partial(writer.write, b"".join(pending)))
            pending, n_pending = [], 0
    if pending:
        await services.in_thread(partial(writer.write, b"".join(pending)))
    return n_total

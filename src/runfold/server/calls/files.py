"""Files of runs: listed, moved up and down, deleted."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from itertools import pairwise
from typing import TypeVar

import msgspec
from starlette.types import Receive, Scope, Send

from runfold.artifacts.base import PresignedRequest, UploadedPart
from runfold.domain.access import Ability
from runfold.domain.artifact import ArtifactPath, join
from runfold.errors import (
    ByteQuotaExceeded,
    InvalidState,
    InvalidValue,
    NotFound,
    NotSupported,
    PermissionDenied,
    RunfoldError,
)
from runfold.server.artifacts import transfers
from runfold.server.artifacts.roots import PROXY_SCHEME, Folder, list_below
from runfold.server.artifacts.unchanging import check_changeable
from runfold.server.bind import Answer, Handler
from runfold.server.services import Services
from runfold.server.web.http import read_body, send_bytes, send_json
from runfold.wire import convert
from runfold.wire.decode import RequestReader
from runfold.wire.endpoints import Endpoint
from runfold.wire.messages import artifacts as m
from runfold.wire.messages.base import Empty

T = TypeVar("T")

MAX_AJAX_UPLOAD = 10 * 2**20
MAX_DIGESTED = 2 * 2**30
PRESIGNED_S = 3600
# MLflow's clients send a file whole when a refusal begins with these words, and give up when it does not.
MULTIPART_NOT_SUPPORTED = "Multipart upload is not supported for the current artifact repository."
MAX_PRESIGNED_S = 7 * 24 * 3600
_run_file = RequestReader(m.RunFile)
_create_upload = RequestReader(m.CreateMultipartUpload)
_complete_upload = RequestReader(m.CompleteMultipartUpload)
_abort_upload = RequestReader(m.AbortMultipartUpload)

# --- files of a run, named by the run


def list_run_files(services: Services, request: m.ListArtifacts) -> m.ListArtifactsReply:
    """Paths are relative to the run, whatever folder is listed."""
    run = services.store.get_run(convert.run_id_in(request))
    folder = services.files.folder(run.info.artifact_uri)
    found = list_below(folder, request.path)
    return m.ListArtifactsReply(
        root_uri=run.info.artifact_uri,
        files=tuple(convert.file_out(info.path.relative_to(folder.path).text, info) for info in found),
    )


def presign_upload(services: Services, request: m.PresignRunFile) -> m.PresignedUrlReply:
    folder = _run_folder(services, m.RunFile(run_id=request.run_id, path=request.path), to_write=True)
    path = folder.file(request.path)
    check_changeable(services, folder, path)
    services.kept.place(folder, path).check(1)  # how many there will be nobody tells
    found = folder.store.presign_write(path, expires_s=_expiry(request))
    return m.PresignedUrlReply(presigned_url=found.url, headers=_headers(found))


def presign_download(services: Services, request: m.PresignRunFile) -> m.PresignedUrlReply:
    folder = _run_folder(services, m.RunFile(run_id=request.run_id, path=request.path))
    path = folder.file(request.path)
    found = folder.store.presign_read(path, expires_s=_expiry(request))
    size = folder.store.stat(path).size
    return m.PresignedUrlReply(presigned_url=found.url, headers=_headers(found), file_size=size)


def _expiry(request: m.PresignRunFile) -> int:
    if not 0 < request.expiration <= MAX_PRESIGNED_S:
        raise InvalidValue(
            f"Invalid value {request.expiration} for parameter 'expiration': give 1 to {MAX_PRESIGNED_S} seconds."
        )
    return request.expiration


def _headers(found: PresignedRequest) -> tuple[m.PresignedHeader, ...]:
    return tuple(m.PresignedHeader(name=name, value=value) for name, value in found.headers.items())


def delete_run_file(services: Services, request: m.DeleteArtifact) -> Empty:
    run = services.store.get_run(request.run_id)
    folder = services.files.folder(run.info.artifact_uri)
    path = folder.file(request.path)
    check_changeable(services, folder, path, deletes=True)
    with services.kept.deleting(folder, path):
        folder.store.delete(path)
    return Empty()


def digest_run_file(services: Services, request: m.DigestArtifact) -> m.DigestArtifactReply:
    """From the store where it knows; else the file is read once, with flat memory."""
    folder = _run_folder(services, m.RunFile(run_id=request.run_id, path=request.path))
    with folder.store.open_read(folder.file(request.path)) as reader:
        size = reader.stop - reader.start
        if reader.info.digest:
            return m.DigestArtifactReply(digest=reader.info.digest, n_bytes=size)
        if size > MAX_DIGESTED:
            raise InvalidValue(
                f"The file {request.path!r} has {size} bytes, and the server reads at most {MAX_DIGESTED} for a "
                "digest; download it and compute the digest there."
            )
        digest = hashlib.sha256()
        for chunk in reader:
            digest.update(chunk)
    return m.DigestArtifactReply(digest=f"sha256:{digest.hexdigest()}", n_bytes=size)


async def download_run_file(services: Services, endpoint: Endpoint, scope: Scope, receive: Receive, send: Send) -> None:
    request = _run_file.read_query(str(scope["query_string"], "latin-1"))
    folder = await services.in_thread(partial(_run_folder, services, request))
    await transfers.download(services, folder, folder.file(request.path), scope, send)


async def upload_run_file(services: Services, endpoint: Endpoint, scope: Scope, receive: Receive, send: Send) -> None:
    request = _run_file.read_query(str(scope["query_string"], "latin-1"))
    folder = await services.in_thread(partial(_run_folder, services, request, to_write=True))
    path = folder.file(request.path)

    def check() -> None:
        _run_folder(services, request, to_write=True)
        check_changeable(services, folder, path)

    await transfers.upload(services, folder, path, scope, receive, send, limit=MAX_AJAX_UPLOAD, check=check)


def _run_folder(services: Services, request: m.RunFile, *, to_write: bool = False) -> Folder:
    run = services.store.get_run(convert.run_id_in(request))
    if to_write and run.info.deleted_time_ms is not None:
        raise InvalidValue(f"The run {run.info.run_id!r} is deleted; restore it before you add files.")
    return services.files.folder(run.info.artifact_uri)


# --- the proxy: files named by where they lie in the server's store


def list_proxied(services: Services, request: m.ListProxiedArtifacts) -> m.ListProxiedArtifactsReply:
    """Paths are relative to the folder that is listed."""
    found = list_below(_root(services), request.path)
    return m.ListProxiedArtifactsReply(files=tuple(convert.file_out(info.path.name, info) for info in found))


async def download_proxied(services: Services, endpoint: Endpoint, scope: Scope, receive: Receive, send: Send) -> None:
    await transfers.download(services, _root(services), ArtifactPath(scope["path_rest"]), scope, send)


async def upload_proxied(services: Services, endpoint: Endpoint, scope: Scope, receive: Receive, send: Send) -> None:
    path = ArtifactPath(scope["path_rest"])
    limit, check = services.settings.max_artifact_bytes, partial(_check_proxied_upload, services, path)
    await transfers.upload(services, _root(services), path, scope, receive, send, limit=limit, check=check)


def _check_proxied_upload(services: Services, path: ArtifactPath) -> None:
    """Whatever was checked before the body came: it may have taken its time."""
    services.check_folder(Folder(services.files.store, path), Ability.RECORD)
    check_changeable(services, _root(services), path)


async def delete_proxied(services: Services, endpoint: Endpoint, scope: Scope, receive: Receive, send: Send) -> None:
    path = ArtifactPath(scope["path_rest"])
    await services.in_thread(partial(_delete_below_run, services, path))
    await send_json(send, 200, b"{}")


def _delete_below_run(services: Services, path: ArtifactPath) -> None:
    """Delete what lies inside a run; never a run's folder itself or anything above one."""
    if not _lies_in_a_run(services, path):
        raise PermissionDenied(
            f"{path.text!r} does not lie inside the files of a run, so it cannot be deleted here. To remove all files "
            "of a run, delete the run and purge the trash."
        )
    check_changeable(services, _root(services), path, deletes=True)
    with services.kept.deleting(_root(services), path):
        services.files.store.delete(path)


def _lies_in_a_run(services: Services, path: ArtifactPath) -> bool:
    for number, (name, below) in enumerate(pairwise(path.names)):
        if below != "artifacts":
            continue
        try:
            folder = services.files.folder(services.store.get_run(name).info.artifact_uri)
        except (NotFound, NotSupported):
            continue
        if folder.store is services.files.store and folder.path is not None:
            root = folder.path.names
            return number < len(root) < len(path.names) and path.names[: len(root)] == root
    return False


async def create_multipart(services: Services, endpoint: Endpoint, scope: Scope, receive: Receive, send: Send) -> None:
    request = _create_upload.read_body(await _body(services, scope, receive))
    if not 0 < request.num_parts <= 10_000:
        raise InvalidValue(f"Invalid value {request.num_parts} for parameter 'num_parts': give 1 to 10000.")
    path = _upload_path(scope, request.path)
    await services.in_thread(partial(_check_proxied_upload, services, path))
    await services.in_thread(lambda: services.kept.place(_root(services), path).check(1))
    create = partial(services.files.store.create_multipart, path, parts=request.num_parts, expires_s=PRESIGNED_S)
    found = await _in_parts(services, create)
    reply = m.CreateMultipartUploadReply(
        upload_id=found.upload_id,
        credentials=tuple(
            m.MultipartCredential(url=part.url, part_number=part.number, headers=part.headers) for part in found.parts
        ),
    )
    await send_json(send, 200, msgspec.json.encode(reply))


async def complete_multipart(
    services: Services, endpoint: Endpoint, scope: Scope, receive: Receive, send: Send
) -> None:
    request = _complete_upload.read_body(await _body(services, scope, receive))
    parts = [UploadedPart(part.part_number, part.etag) for part in request.parts]
    path = _upload_path(scope, request.path)
    await _in_parts(services, partial(_complete, services, path, request.upload_id, parts))
    await send_json(send, 200, b"{}")


def _complete(services: Services, path: ArtifactPath, upload_id: str, parts: list[UploadedPart]) -> None:
    """The parts went to the object store directly: only now can they be counted.

    Who may not write there any more, or not as much, leaves nothing behind: nobody else would throw the parts away.
    """
    store = services.files.store
    try:
        _check_proxied_upload(services, path)
        place = services.kept.place(_root(services), path)
        place.charge(store.measure_multipart(path, upload_id))
    except (PermissionDenied, NotFound, InvalidState, ByteQuotaExceeded):
        # Why it is refused is what the caller is told, whether or not there was anything to throw away.
        with suppress(RunfoldError):
            store.abort_multipart(path, upload_id)
        raise
    try:
        store.complete_multipart(path, upload_id, parts)
    except BaseException:
        place.take_back()
        raise


async def abort_multipart(services: Services, endpoint: Endpoint, scope: Scope, receive: Receive, send: Send) -> None:
    request = _abort_upload.read_body(await _body(services, scope, receive))
    path = _upload_path(scope, request.path)
    await services.in_thread(partial(services.check_folder, Folder(services.files.store, path), Ability.RECORD))
    await _in_parts(services, partial(services.files.store.abort_multipart, path, request.upload_id))
    await send_json(send, 200, b"{}")


async def _in_parts(services: Services, call: Callable[[], T]) -> T:
    try:
        return await services.in_thread(call)
    except NotSupported:
        raise NotSupported(MULTIPART_NOT_SUPPORTED) from None


async def presign(services: Services, endpoint: Endpoint, scope: Scope, receive: Receive, send: Send) -> None:
    path = ArtifactPath(scope["path_rest"])
    store = services.files.store
    found = await services.in_thread(partial(store.presign_read, path, expires_s=PRESIGNED_S))
    info = await services.in_thread(partial(store.stat, path))
    reply = m.PresignedReply(url=found.url, headers=_headers(found), file_size=info.size)
    await send_json(send, 200, msgspec.json.encode(reply))


async def not_served(services: Services, endpoint: Endpoint, scope: Scope, receive: Receive, send: Send) -> None:
    """The answer of every call above on a server that keeps no files; MLflow's clients expect no JSON here."""
    text = b"This server keeps no files: it was started with --no-serve-artifacts."
    await send_bytes(send, 503, text, b"text/plain; charset=utf-8")


async def _body(services: Services, scope: Scope, receive: Receive) -> bytes:
    return await read_body(scope, receive, services.settings.max_body_bytes, services.settings.request_timeout_s)


def _upload_path(scope: Scope, name: str) -> ArtifactPath:
    """Where an upload goes. MLflow's clients put the folder into the address, and into the body the path that the
    file has on their machine, of whatever system: its last name counts."""
    return join(ArtifactPath(scope["path_rest"].removesuffix("/")), re.split(r"[/\\]", name)[-1])


def _root(services: Services) -> Folder:
    return services.files.folder(f"{PROXY_SCHEME}:/")


ANSWERS: Mapping[str, Answer] = {
    "mlflow:artifacts/list": list_run_files,
    "mlflow-artifacts:GET artifacts": list_proxied,
    "mlflow:artifacts/presigned-upload-url": presign_upload,
    "mlflow:artifacts/presigned-download-url": presign_download,
    "artifacts/delete": delete_run_file,
    "artifacts/digest": digest_run_file,
}
HANDLERS: Mapping[str, Handler] = {
    "get-artifact": download_run_file,
    "mlflow:upload-artifact": upload_run_file,
    "mlflow-artifacts:GET artifacts/{path}": download_proxied,
    "mlflow-artifacts:PUT artifacts/{path}": upload_proxied,
    "mlflow-artifacts:DELETE artifacts/{path}": delete_proxied,
    "mlflow-artifacts:POST mpu/create/{path}": create_multipart,
    "mlflow-artifacts:POST mpu/complete/{path}": complete_multipart,
    "mlflow-artifacts:POST mpu/abort/{path}": abort_multipart,
    "mlflow-artifacts:GET presigned/{path}": presign,
}

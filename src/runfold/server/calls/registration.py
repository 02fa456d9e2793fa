"""Finished runs, recorded from one document each."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping
from functools import partial

import msgspec
from starlette.types import Receive, Scope, Send

from runfold.domain.artifact import ArtifactPath, join
from runfold.domain.ids import DEFAULT_EXPERIMENT_ID
from runfold.domain.run import FinishedRun, NewRun
from runfold.errors import (
    AlreadyExists,
    InvalidValue,
    LimitExceeded,
    NotFound,
    QueueFull,
    RunfoldError,
    StorageFull,
    Unavailable,
)
from runfold.server.artifacts.roots import Folder
from runfold.server.bind import Answer, Handler
from runfold.server.calls.runs import check_own_id
from runfold.server.services import Services
from runfold.server.web.http import body_chunks
from runfold.wire import convert
from runfold.wire.decode import RequestReader
from runfold.wire.endpoints import Body, Endpoint
from runfold.wire.errors import body_of, meaning_of
from runfold.wire.messages.registration import RegisterLineReply, RegisterRun, RegisterRunReply
from runfold.wire.registration import finished_run, inline_files

MAX_UNDER_WAY = 8
_BUSY = frozenset(meaning_of(kind).error_code for kind in (QueueFull(0), StorageFull(""), Unavailable("")))
_document = RequestReader(RegisterRun)


def register(services: Services, request: RegisterRun) -> RegisterRunReply:
    """Record a run and its inline files: all or nothing.

    The files go first, for they can be taken back: until the record is there nobody sees them.
    """
    check_own_id(request.run_id)
    contents = inline_files(request.artifacts)
    experiment_id, is_new = _experiment_id(services, request)
    try:
        return _register(services, finished_run(request, experiment_id), contents)
    except NotFound as error:
        # Whoever had made the experiment took it back a moment ago: it is made anew.
        if error.kind != "experiment" or not request.experiment_name:
            raise
        return register(services, request)
    except BaseException:
        if is_new:
            services.store.discard_experiment(experiment_id)
        raise


def _register(services: Services, run: FinishedRun, contents: Mapping[ArtifactPath, bytes]) -> RegisterRunReply:
    if contents:
        services.store.check_run(run)  # files come before the record, but not before the right to make it
    written = _write_files(services, run.run, contents)
    if written is not None:
        run = msgspec.structs.replace(run, n_bytes=sum(map(len, contents.values())))
    try:
        registered = services.store.register_run(run)
    except BaseException:
        _take_back(services, run.run, written)
        raise
    if not registered.is_new and registered.run.info.run_id != run.run.run_id:
        _take_back(services, run.run, written)
    return RegisterRunReply(run=convert.record_out(registered.run), is_new=registered.is_new)


def _experiment_id(services: Services, request: RegisterRun) -> tuple[str, bool]:
    """The experiment that the run goes to, and whether it was made for it."""
    if bool(request.experiment_id) == bool(request.experiment_name):
        raise InvalidValue("Give one of 'experiment_id' and 'experiment_name'.")
    if request.experiment_id:
        return services.store.get_experiment(request.experiment_id).experiment_id, False
    found = services.store.find_experiment_by_name(request.experiment_name)
    if found is not None:
        return found.experiment_id, False
    # A run that is refused must not leave a new experiment behind.
    services.store.check_run(finished_run(request, DEFAULT_EXPERIMENT_ID))
    if request.run_id and not request.idempotency_key and _exists(services, request.run_id):
        raise AlreadyExists("run", request.run_id)
    try:
        return services.store.create_experiment(request.experiment_name), True
    except AlreadyExists:  # somebody else was first
        return _experiment_id(services, request)


def _write_files(services: Services, run: NewRun, contents: Mapping[ArtifactPath, bytes]) -> Folder | None:
    """Write inline files where the run will look for them; None when there is nothing to write."""
    if not contents or run.run_id is None or _exists(services, run.run_id):
        return None  # of a run that is there already nothing is overwritten
    experiment = services.store.get_experiment(run.experiment_id)
    home = services.files.folder(experiment.artifact_location)
    folder = Folder(home.store, join(join(home.path, run.run_id), "artifacts"))
    try:
        for path, content in contents.items():
            with folder.store.write(folder.file(path.text), size=len(content)) as writer:
                writer.write(content)
    except BaseException:
        _take_back(services, run, folder)
        raise
    return folder


def _take_back(services: Services, run: NewRun, folder: Folder | None) -> None:
    """Delete the files of a run that was not recorded; another request may have recorded it meanwhile."""
    if folder is not None and folder.path is not None and run.run_id is not None and not _exists(services, run.run_id):
        folder.store.delete(folder.path)


def _exists(services: Services, run_id: str) -> bool:
    try:
        services.store.get_run(run_id)
    except NotFound:
        return False
    return True


async def register_stream(services: Services, endpoint: Endpoint, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer each line with a line, in order. A line that fails does not keep the next from being tried.

    A few lines are under way at a time, so that they share a commit. When the store takes no more, the line that it
    refused is the last one that is answered: nothing after it can be recorded either.
    """
    headers = [(b"content-type", Body.LINES.value.encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    under_way: deque[asyncio.Future[RegisterLineReply]] = deque()
    try:
        async for number, line in _lines(services, receive):
            work = services.in_thread(partial(_register_line, services, number, line))
            under_way.append(asyncio.ensure_future(work))
            if len(under_way) == MAX_UNDER_WAY and not await _answer_line(under_way.popleft(), send):
                break
        else:
            while under_way and await _answer_line(under_way.popleft(), send):
                pass
    finally:
        for left in under_way:
            left.cancel()
    await send({"type": "http.response.body"})


async def _answer_line(work: asyncio.Future[RegisterLineReply], send: Send) -> bool:
    """Send the answer to a line. False when it makes no sense to go on."""
    reply = await work
    await send({"type": "http.response.body", "body": msgspec.json.encode(reply) + b"\n", "more_body": True})
    return reply.error_code not in _BUSY


def _register_line(services: Services, number: int, line: bytes | None) -> RegisterLineReply:
    try:
        if line is None:
            raise LimitExceeded(f"The line is longer than {services.settings.max_body_bytes} bytes.")
        done = register(services, _document.read_body(line))
    except RunfoldError as error:
        told = body_of(error)
        return RegisterLineReply(line=number, error_code=told.error_code, message=told.message)
    return RegisterLineReply(line=number, run_id=done.run.info.run_id, is_new=done.is_new)


async def _lines(services: Services, receive: Receive) -> AsyncIterator[tuple[int, bytes | None]]:
    """Lines of a body that are not blank, with their numbers; None for one that is too long."""
    most = services.settings.max_body_bytes
    parts: list[bytes] = []
    size = number = 0
    async for chunk in _and_an_end(body_chunks(receive, timeout_s=services.settings.request_timeout_s)):
        *ends, rest = chunk.split(b"\n")
        for end in ends:
            number += 1
            line = b"".join([*parts, end])
            if size + len(end) > most:
                yield number, None
            elif line.strip():
                yield number, line
            parts, size = [], 0
        size += len(rest)
        parts = [] if size > most else parts
        parts.append(rest)


async def _and_an_end(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The last line may lack its end."""
    async for chunk in chunks:
        yield chunk
    yield b"\n"


ANSWERS: Mapping[str, Answer] = {"runs/register": register}
HANDLERS: Mapping[str, Handler] = {"runs/register-stream": register_stream}

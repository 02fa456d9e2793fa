"""Finished runs, recorded from one document each."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from functools import partial

import msgspec
from starlette.types import Receive, Scope, Send

from runfold.domain.artifact import ArtifactPath, join
from runfold.domain.run import NewRun
from runfold.errors import AlreadyExists, InvalidValue, LimitExceeded, NotFound, RunfoldError, Unavailable
from runfold.server.bind import Answer, Handler
from runfold.server.calls.runs import check_own_id
from runfold.server.files import Folder
from runfold.server.http import body_chunks, slow_body
from runfold.server.services import Services
from runfold.wire import convert
from runfold.wire.decode import RequestReader
from runfold.wire.endpoints import Body, Endpoint
from runfold.wire.errors import body_of
from runfold.wire.messages.registration import RegisterLineReply, RegisterRun, RegisterRunReply
from runfold.wire.registration import finished_run, inline_files

_document = RequestReader(RegisterRun)


def register(services: Services, request: RegisterRun) -> RegisterRunReply:
    """Record a run and its inline files: all or nothing.

    The files go first, for they can be taken back: until the record is there nobody sees them.
    """
    check_own_id(request.run_id)
    contents = dict(inline_files(request.artifacts))
    run = finished_run(request, _experiment_id(services, request))
    written = _write_files(services, run.run, contents)
    try:
        registered = services.store.register_run(run)
    except BaseException:
        _take_back(services, run.run, written)
        raise
    if not registered.is_new and registered.run.info.run_id != run.run.run_id:
        _take_back(services, run.run, written)
    return RegisterRunReply(run=convert.record_out(registered.run), is_new=registered.is_new)


def _experiment_id(services: Services, request: RegisterRun) -> str:
    if bool(request.experiment_id) == bool(request.experiment_name):
        raise InvalidValue("Give one of 'experiment_id' and 'experiment_name'.")
    if request.experiment_id:
        return services.store.get_experiment(request.experiment_id).experiment_id
    found = services.store.find_experiment_by_name(request.experiment_name)
    if found is not None:
        return found.experiment_id
    try:
        return services.store.create_experiment(request.experiment_name)
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
    """Answer each line with a line, in order. A line that fails does not keep the next from being tried."""
    headers = [(b"content-type", Body.LINES.value.encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    async for number, line in _lines(services, receive):
        reply = await services.in_thread(partial(_register_line, services, number, line))
        await send({"type": "http.response.body", "body": msgspec.json.encode(reply) + b"\n", "more_body": True})
    await send({"type": "http.response.body"})


def _register_line(services: Services, number: int, line: bytes | None) -> RegisterLineReply:
    try:
        if line is None:
            raise LimitExceeded(f"The line is longer than {services.settings.max_body_bytes} bytes.")
        done = register(services, _document.read_body(line))
    except Unavailable:
        raise  # nothing after this line can be recorded either; the client sees the answers end
    except RunfoldError as error:
        told = body_of(error)
        return RegisterLineReply(line=number, error_code=told.error_code, message=told.message)
    return RegisterLineReply(line=number, run_id=done.run.info.run_id, is_new=done.is_new)


async def _lines(services: Services, receive: Receive) -> AsyncIterator[tuple[int, bytes | None]]:
    """Lines of a body that are not blank, with their numbers; None for one that is too long."""
    most, timeout_s = services.settings.max_body_bytes, services.settings.request_timeout_s
    rest, is_too_long, number = b"", False, 0
    chunks = aiter(body_chunks(receive))
    while True:
        try:
            async with asyncio.timeout(timeout_s):
                chunk = await anext(chunks, None)
        except TimeoutError:
            raise slow_body(timeout_s) from None
        *whole, rest = (rest + (b"\n" if chunk is None else chunk)).split(b"\n")
        for line in whole:
            number += 1
            if is_too_long or len(line) > most:
                is_too_long = False
                yield number, None
            elif line.strip():
                yield number, line
        if len(rest) > most:
            rest, is_too_long = b"", True
        if chunk is None:
            return


ANSWERS: Mapping[str, Answer] = {"runs/register": register}
HANDLERS: Mapping[str, Handler] = {"runs/register-stream": register_stream}

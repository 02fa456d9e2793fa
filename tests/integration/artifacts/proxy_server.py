"""The artifact proxy of MLflow's REST API over a local folder, as small as it can be: `proxy_server.py PORT FOLDER`.

The header `X-Break-After: N` makes it drop the connection after N bytes of a download.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path

from anyio import to_thread
from granian.constants import Interfaces
from granian.server.embed import Server
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from runfold.artifacts.base import CHUNK_BYTES
from runfold.artifacts.checks import digest_from_field
from runfold.artifacts.local import LocalArtifacts
from runfold.domain.artifact import ArtifactPath
from runfold.errors import NotFound, RunfoldError

API = "/api/2.0/mlflow-artifacts/artifacts"


def create_app(store: LocalArtifacts) -> Starlette:
    async def put(request: Request) -> Response:
        length = request.headers.get("Content-Length")
        digest = digest_from_field(request.headers.get("Repr-Digest", ""))
        size = int(length) if length else None
        with store.write(path_of(request), size=size, digest=digest) as writer:
            async for chunk in in_large_chunks(request.stream()):
                await to_thread.run_sync(writer.write, chunk)
        return Response(status_code=200)

    async def get(request: Request) -> Response:
        info = store.stat(path_of(request))
        start, stop = byte_range(request, info.size or 0)
        reader = store.open_read(info.path, start=start, stop=stop)
        headers = {"Content-Length": str(reader.stop - reader.start), "ETag": f'"{info.version}"'}
        if "Range" in request.headers:
            headers["Content-Range"] = f"bytes {reader.start}-{reader.stop - 1}/{info.size}"
        status = 206 if "Range" in request.headers else 200
        n_bytes = int(request.headers.get("X-Break-After", sys.maxsize))
        return StreamingResponse(broken_off(reader, n_bytes), status, headers)

    async def delete(request: Request) -> Response:
        store.delete(path_of(request))
        return JSONResponse({})

    async def list_files(request: Request) -> Response:
        folder = ArtifactPath.or_root(request.query_params.get("path", ""))
        files = [
            {"path": info.path.name, "is_dir": info.is_dir} | ({} if info.is_dir else {"file_size": info.size})
            for info in store.list_folder(folder)
        ]
        return JSONResponse({"files": files} if files else {})

    return Starlette(
        routes=[
            Route(API, list_files, methods=["GET"]),
            Route(API + "/{path:path}", put, methods=["PUT"]),
            Route(API + "/{path:path}", get, methods=["GET"]),
            Route(API + "/{path:path}", delete, methods=["DELETE"]),
        ],
        exception_handlers={RunfoldError: explain},
    )


def path_of(request: Request) -> ArtifactPath:
    return ArtifactPath(request.path_params["path"])


def byte_range(request: Request, size: int) -> tuple[int, int]:
    if "Range" not in request.headers:
        return 0, size
    first, _, last = request.headers["Range"].removeprefix("bytes=").partition("-")
    if int(first) >= size:
        raise HTTPException(416)
    return int(first), int(last) + 1 if last else size


async def in_large_chunks(stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    gathered = bytearray()
    async for chunk in stream:
        gathered += chunk
        if len(gathered) >= CHUNK_BYTES:
            yield bytes(gathered)
            gathered.clear()
    yield bytes(gathered)


def broken_off(reader, n_bytes):  # type: ignore[no-untyped-def]
    with reader:
        for chunk in reader:
            if n_bytes < len(chunk):
                yield chunk[:n_bytes]
                raise ConnectionAbortedError
            n_bytes -= len(chunk)
            yield chunk


async def explain(request: Request, error: Exception) -> Response:
    assert isinstance(error, RunfoldError)
    status = 404 if isinstance(error, NotFound) else 400
    code = "RESOURCE_DOES_NOT_EXIST" if status == 404 else "INVALID_PARAMETER_VALUE"
    return JSONResponse({"error_code": code, "message": error.message}, status)


if __name__ == "__main__":
    import asyncio

    app = create_app(LocalArtifacts(Path(sys.argv[2])))
    asyncio.run(Server(app, port=int(sys.argv[1]), interface=Interfaces.ASGI).serve())

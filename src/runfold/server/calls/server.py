"""The server itself: whether it lives, what it is, what it measures."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from starlette.types import Receive, Scope, Send

from runfold.errors import RunfoldError, Unavailable
from runfold.hosting.meter import MEDIA_TYPE
from runfold.server.bind import Answer, Handler
from runfold.server.services import MLFLOW_VERSION, Services
from runfold.server.web.http import send_bytes, send_json
from runfold.wire.endpoints import Endpoint
from runfold.wire.messages.base import Empty
from runfold.wire.messages.housekeeping import ServerInfo

_TEXT = b"text/plain; charset=utf-8"


def info(services: Services, request: Empty) -> ServerInfo:
    settings = services.settings
    return ServerInfo(
        name="runfold",
        version=services.version,
        mlflow_version=MLFLOW_VERSION,
        api_versions=("v1",),
        max_body_bytes=settings.max_body_bytes,
        max_artifact_bytes=settings.max_artifact_bytes,
        max_history_points=settings.max_history_points,
        artifact_root=settings.default_artifact_root,
        is_authenticated=settings.auth,
        sign_in_provider=settings.oidc_label if settings.auth and settings.oidc_issuer else "",
        sign_in_issuer=settings.oidc_issuer if settings.auth else "",
    )


async def health(services: Services, endpoint: Endpoint, scope: Scope, receive: Receive, send: Send) -> None:
    await send_bytes(send, 200, b"OK", _TEXT)


async def ready(services: Services, endpoint: Endpoint, scope: Scope, receive: Receive, send: Send) -> None:
    """Raises Unavailable or StoreError, which become 5xx."""
    load = services.store.load()
    if load.n_waiting >= load.limit:
        raise Unavailable(f"{load.n_waiting} writes wait to be written, as many as the store takes.")
    await services.in_thread(services.store.ping)
    await send_bytes(send, 200, b"OK", _TEXT)


async def version(services: Services, endpoint: Endpoint, scope: Scope, receive: Receive, send: Send) -> None:
    await send_bytes(send, 200, MLFLOW_VERSION.encode(), _TEXT)


async def metrics(services: Services, endpoint: Endpoint, scope: Scope, receive: Receive, send: Send) -> None:
    load = services.store.load()
    gauges = {
        "runfold_writes_waiting": ("Writes in the queue of the store.", load.n_waiting),
        "runfold_writes_total": ("Writes that were committed.", load.n_units),
        "runfold_commits_total": ("Group commits; writes per commit is the size of the groups.", load.n_commits),
        "runfold_event_streams": ("Pages that follow changes.", services.streams.n_open),
    }
    shared = await services.in_thread(partial(_shared_figures, services))
    await send_bytes(send, 200, services.meter.write(gauges) + shared, MEDIA_TYPE)


def _shared_figures(services: Services) -> bytes:
    """What is counted in the store, the same whichever process is asked. A store that cannot answer says nothing."""
    try:
        backlog = services.backlog()
    except RunfoldError:
        return b""
    figures = (
        ("runfold_webhook_deliveries_waiting", "gauge", "Deliveries that wait for webhooks.", backlog.n_deliveries),
        ("runfold_webhook_events_dropped_total", "counter", "Events that no webhook was told of.", backlog.n_dropped),
        ("runfold_versions_pending", "gauge", "Versions whose files wait to be read.", backlog.n_pending_versions),
    )
    lines = (f"# HELP {name} {means}\n# TYPE {name} {kind}\n{name} {n}\n" for name, kind, means, n in figures)
    return "".join(lines).encode()


async def openapi(services: Services, endpoint: Endpoint, scope: Scope, receive: Receive, send: Send) -> None:
    await send_json(send, 200, await services.in_thread(services.openapi))


ANSWERS: Mapping[str, Answer] = {"server/info": info}
HANDLERS: Mapping[str, Handler] = {
    "health": health,
    "ready": ready,
    "version": version,
    "metrics": metrics,
    "openapi.json": openapi,
}

"""Puts the server together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from importlib.metadata import version

import msgspec
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.types import ASGIApp

from runfold.artifacts.base import ArtifactStore
from runfold.config import ServerSettings
from runfold.hosting.meter import Meter
from runfold.server.artifacts.kept import KeptFiles
from runfold.server.artifacts.recount import Recounter
from runfold.server.artifacts.roots import RunFiles
from runfold.server.audit.trail import Trail
from runfold.server.bind import TableRoute, table_route
from runfold.server.callers.door import Door
from runfold.server.callers.oidc.links import OidcLinks
from runfold.server.callers.oidc.login import OidcLogin
from runfold.server.callers.oidc.questions import Questions
from runfold.server.callers.own_threads import OwnThreads, password_threads, provider_threads
from runfold.server.callers.rates import Limited, Limits, WorkspaceRates
from runfold.server.callers.sessions import Sessions
from runfold.server.callers.sign_in import SignIn
from runfold.server.calls import (
    accounts,
    audit,
    datasets,
    experiments,
    files,
    groups,
    housekeeping,
    jobs,
    keys_and_views,
    links,
    logged_models,
    logging,
    mlflow_access,
    mlflow_roles,
    models,
    oidc,
    programs,
    projects,
    promotions,
    quotas,
    registration,
    registry,
    retention,
    runs,
    scoring,
    secrets,
    series,
    server,
    sessions,
    streams,
    targets,
    webhooks,
    workspaces,
)
from runfold.server.registration.registrar import Registrar
from runfold.server.retention.passes import Retention
from runfold.server.retention.schedule import Schedule
from runfold.server.rights.access import Access, OpenToAll
from runfold.server.scoring import ScoringServers
from runfold.server.services import Services
from runfold.server.web.edge import Edge
from runfold.server.web.proxies import Proxies
from runfold.server.web.security import Guard
from runfold.server.web.ui import WebApplication
from runfold.server.webhooks.courier import Courier
from runfold.server.webhooks.destinations import Destinations
from runfold.stores.base import ServedStore
from runfold.wire.endpoints import ENDPOINTS
from runfold.wire.openapi import document

ANSWERS = {
    **experiments.ANSWERS,
    **datasets.ANSWERS,
    **workspaces.ANSWERS,
    **runs.ANSWERS,
    **logging.ANSWERS,
    **series.ANSWERS,
    **keys_and_views.ANSWERS,
    **files.ANSWERS,
    **registration.ANSWERS,
    **jobs.ANSWERS,
    **targets.ANSWERS,
    **secrets.ANSWERS,
    **projects.ANSWERS,
    **models.ANSWERS,
    **registry.ANSWERS,
    **promotions.ANSWERS,
    **logged_models.ANSWERS,
    **scoring.ANSWERS,
    **webhooks.ANSWERS,
    **accounts.ANSWERS,
    **sessions.ANSWERS,
    **programs.ANSWERS,
    **audit.ANSWERS,
    **groups.ANSWERS,
    **mlflow_access.ANSWERS,
    **mlflow_roles.ANSWERS,
    **housekeeping.ANSWERS,
    **quotas.ANSWERS,
    **retention.ANSWERS,
    **server.ANSWERS,
}
HANDLERS = {
    **files.HANDLERS,
    **registration.HANDLERS,
    **models.HANDLERS,
    **logged_models.HANDLERS,
    **streams.HANDLERS,
    **sessions.HANDLERS,
    **oidc.HANDLERS,
    **links.HANDLERS,
    **workspaces.HANDLERS,
    **programs.HANDLERS,
    **server.HANDLERS,
}


def create_app(
    settings: ServerSettings,
    store: ServedStore,
    artifacts: ArtifactStore,
    *,
    is_stopping: Callable[[], bool] = lambda: False,
) -> Starlette:
    """The server as an ASGI application.

    Args:
        store: what holds the records; closed when the application shuts down.
        artifacts: what `mlflow-artifacts:` stands for; closed likewise.
        is_stopping: True once the process is to end, so that streams of events end before the rest.

    Raises:
        LookupError: a call of the table has no function, or no permission.
    """
    release = version("runfold")
    proxies = Proxies(settings.trusted_proxies, has_tls=bool(settings.tls_cert))
    meter = Meter()
    sessions, passwords = Sessions(store, settings, proxies), password_threads()
    run_files = RunFiles(settings, artifacts)
    kept = KeptFiles(store, run_files)
    passes = Retention(store, run_files, kept, has_users=settings.auth)
    services = Services(
        settings=settings,
        store=store,
        all_versions=store,
        all_jobs=store,
        files=run_files,
        scoring=ScoringServers(settings.scoring_servers),
        courier=Courier(store, Destinations(settings.webhook_hosts)),
        registrar=Registrar(store, run_files),
        access=_access(settings, store, proxies, sessions, passwords),
        door=_door(settings, store, proxies, sessions, passwords) if settings.auth else None,
        version=release,
        meter=meter,
        openapi=lambda: msgspec.json.encode(document(ENDPOINTS, version=release, prefix=settings.static_prefix)),
        is_stopping=is_stopping,
        kept=kept,
        recounter=Recounter(store, run_files, kept),
        retention=passes,
        schedule=Schedule(store, passes),
        backlog=store.backlog,
    )
    app = _Application(
        routes=[_routes(services)],
        middleware=[
            Middleware(Edge, guard=Guard(settings), meter=meter, store_uri=store.uri, prefix=settings.static_prefix)
        ],
        lifespan=partial(_lifespan, services=services),
    )
    app.router.redirect_slashes = False
    app.router.default = WebApplication(settings.static_prefix)
    app.state.services = services
    return app


def _door(
    settings: ServerSettings, store: ServedStore, proxies: Proxies, sessions: Sessions, passwords: OwnThreads
) -> Door:
    questions = Questions(settings, proxies)
    login = OidcLogin(store, settings, sessions, questions, proxies)
    links = OidcLinks(store, settings, questions, proxies)
    return Door(store, sessions, passwords, provider_threads(), login, links)


def _access(
    settings: ServerSettings, store: ServedStore, proxies: Proxies, sessions: Sessions, passwords: OwnThreads
) -> Access:
    access: Access = OpenToAll()
    if settings.auth:
        workspaces = WorkspaceRates()
        access = Trail(SignIn(store, sessions, passwords, workspaces), store, proxies, reads=settings.audit_reads)
        limits = Limits(settings.max_requests_per_s, settings.max_requests_per_s_of_token)
        return Limited(access, limits, proxies, store, workspaces)
    limits = Limits(settings.max_requests_per_s)
    return Limited(access, limits, proxies) if limits.of_caller > 0 else access


def _routes(services: Services) -> TableRoute:
    if services.settings.serve_artifacts:
        return table_route(ENDPOINTS, ANSWERS, HANDLERS, services)
    refused = {endpoint.name for endpoint in ENDPOINTS if endpoint.name.startswith("mlflow-artifacts:")}
    answers = {name: answer for name, answer in ANSWERS.items() if name not in refused}
    return table_route(ENDPOINTS, answers, HANDLERS | dict.fromkeys(refused, files.not_served), services)


class _Application(Starlette):
    """Starlette without the two layers of its own around each request: `Edge` makes an answer of every fault."""

    def build_middleware_stack(self) -> ASGIApp:
        app: ASGIApp = self.router
        for layer, arguments, options in reversed(self.user_middleware):
            app = layer(app, *arguments, **options)
        return app


@asynccontextmanager
async def _lifespan(app: Starlette, *, services: Services) -> AsyncIterator[None]:
    services.courier.start()
    services.registrar.start()
    services.schedule.start()
    yield
    # The server has drained: nothing is in flight, so threads and store may end.
    await services.schedule.stop()
    await services.registrar.stop()
    await services.courier.stop()
    services.access.close()
    if services.door is not None:
        services.door.close()
    services.threads.shutdown()
    services.store.close()
    services.files.close()
    services.scoring.close()

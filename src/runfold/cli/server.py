"""`runfold server`."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

import click

from runfold import config
from runfold.cli.settings_options import settings_options
from runfold.errors import InvalidValue

MAX_SLOTS = 100
_CREDENTIALS = [
    f"{family}_TRACKING_{kind}" for family in ("RUNFOLD", "MLFLOW") for kind in ("TOKEN", "USERNAME", "PASSWORD")
]


@click.command()
@settings_options(config.ServerSettings, config.StoreSettings)
def server(**given: object) -> None:
    """Start the server and its web application.

    Every option is also a setting: environment variable RUNFOLD_<NAME>, or a line in runfold.toml
    (or the file that RUNFOLD_CONFIG names). Options win over the environment, and that over the file.

    \b
    A laptop:     runfold server --agent-slots 2       (it also runs jobs)
    A team:       runfold server --host 0.0.0.0 --allowed-hosts ml.example.com \\
                    --store postgresql://runfold@db/runfold --artifacts s3://bucket/runfold --processes 4
    """
    from runfold.server import serve

    chosen = {name: value for name, value in given.items() if value not in (None, ())}
    settings, stored = config.load(config.ServerSettings, chosen), config.load(config.StoreSettings, chosen)
    if not settings.agent_slots:
        serve(settings, stored)
        return
    with _agent(settings, stored) as end_agent:
        serve(settings, stored, before_stop=end_agent)


@contextmanager
def _agent(settings: config.ServerSettings, stored: config.StoreSettings) -> Iterator[Callable[[], None]]:
    """An agent beside the server; gives what ends it."""
    from runfold.hosting.processes import check_address
    from runfold.projects.agent import agent_beside, describe_agent
    from runfold.server.serve import address_of

    if settings.tls_cert or not 1 <= settings.agent_slots <= MAX_SLOTS:
        raise InvalidValue(
            f"The setting agent_slots is {settings.agent_slots}; it takes a number up to {MAX_SLOTS}, and a server "
            "without HTTPS, whose certificate may not be made out to this machine. Start `runfold agent` by itself."
        )
    # First: a server that runs there has such an agent, too, which must not lose its token.
    check_address(settings.host, settings.port)
    is_everywhere = settings.host in ("0.0.0.0", "::")  # noqa: S104 - compared, not listened on
    near = replace(settings, host="127.0.0.1") if is_everywhere else settings
    me = describe_agent(
        f"{platform.node()}-{settings.port}", queues=("default",), labels=(), n_slots=settings.agent_slots
    )
    with _token(settings, stored, me.name) as token:
        kinds = {"log_format": settings.log_format, "log_level": settings.log_level}
        with agent_beside(address_of(near), me, token=token, **kinds) as end:
            yield end


@contextmanager
def _token(settings: config.ServerSettings, stored: config.StoreSettings, agent: str) -> Iterator[str]:
    """What the agent signs in with; empty: nothing, or what the environment says."""
    from runfold.server.callers.agent_account import agent_token
    from runfold.stores.open import open_served_store

    if not settings.auth or any(os.environ.get(name) for name in _CREDENTIALS):
        yield ""
        return
    open_store = partial(open_served_store, settings.store, stored, artifact_root=settings.default_artifact_root)
    with agent_token(open_store, f"agent {agent}") as token:
        yield token

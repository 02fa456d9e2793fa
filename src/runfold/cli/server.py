"""`runfold server`."""

from __future__ import annotations

import platform
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace

import click

from runfold import config
from runfold.cli.settings_options import settings_options
from runfold.errors import InvalidValue

MAX_SLOTS = 100


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
    with _agent(settings) as end_agent:
        serve(settings, stored, before_stop=end_agent)


def _agent(settings: config.ServerSettings) -> AbstractContextManager[Callable[[], None]]:
    from runfold.projects.agent import agent_beside, describe_agent
    from runfold.server.serve import address_of
    from runfold.stores.rest.access import access_to

    if settings.tls_cert or not 1 <= settings.agent_slots <= MAX_SLOTS:
        raise InvalidValue(
            f"The setting agent_slots is {settings.agent_slots}; it takes a number up to {MAX_SLOTS}, and a server "
            "without HTTPS, whose certificate may not be made out to this machine. Start `runfold agent` by itself."
        )
    is_everywhere = settings.host in ("0.0.0.0", "::")  # noqa: S104 - compared, not listened on
    near = replace(settings, host="127.0.0.1") if is_everywhere else settings
    if settings.auth and "Authorization" not in access_to(address_of(near)).headers:
        raise InvalidValue(
            "The server asks who its callers are, and its agent has nothing to say. Set RUNFOLD_TRACKING_TOKEN to a "
            "token of the scope log, of a user who may run jobs (docs/how-to/access.md)."
        )
    me = describe_agent(
        f"{platform.node()}-{settings.port}", queues=("default",), labels=(), n_slots=settings.agent_slots
    )
    return agent_beside(address_of(near), me, log_format=settings.log_format, log_level=settings.log_level)

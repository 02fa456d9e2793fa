"""`runfold server`."""

from __future__ import annotations

import os
import platform
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import click

from runfold import config
from runfold.cli.settings_options import settings_options
from runfold.errors import InvalidValue

if TYPE_CHECKING:
    from runfold.server.callers.agent_account import AgentBeside

MAX_SLOTS = 100
_CREDENTIALS = [
    f"{family}_TRACKING_{kind}" for family in ("RUNFOLD", "MLFLOW") for kind in ("TOKEN", "USERNAME", "PASSWORD")
]
# Where a server is reached from its own machine that listens on every address.
_LOOPBACK_OF = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, not listened on


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
    serve(settings, stored, agent=_agent(settings) if settings.agent_slots else None)


def _agent(settings: config.ServerSettings) -> AgentBeside:
    from runfold.projects.agent import agent_beside, describe_agent
    from runfold.server.callers.agent_account import AgentBeside
    from runfold.server.serve import address_of

    if settings.tls_cert or not 1 <= settings.agent_slots <= MAX_SLOTS:
        raise InvalidValue(
            f"The setting agent_slots is {settings.agent_slots}; it takes a number up to {MAX_SLOTS}, and a server "
            "without HTTPS, whose certificate may not be made out to this machine. Start `runfold agent` by itself."
        )
    near = replace(settings, host=_LOOPBACK_OF.get(settings.host, settings.host))
    me = describe_agent(
        f"{platform.node()}-{settings.port}", queues=("default",), labels=(), n_slots=settings.agent_slots
    )
    start = partial(agent_beside, address_of(near), me, log_format=settings.log_format, log_level=settings.log_level)
    is_told = any(os.environ.get(name) for name in _CREDENTIALS)
    return AgentBeside("" if is_told else f"agent {me.name}", start)

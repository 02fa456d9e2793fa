"""`runfold server`."""

from __future__ import annotations

import click

from runfold import config
from runfold.cli.settings_options import settings_options


@click.command()
@settings_options(config.ServerSettings, config.StoreSettings)
def server(**given: object) -> None:
    """Start the server and its web application.

    Every option is also a setting: environment variable RUNFOLD_<NAME>, or a line in runfold.toml
    (or the file that RUNFOLD_CONFIG names). Options win over the environment, and that over the file.

    \b
    A laptop:     runfold server
    A team:       runfold server --host 0.0.0.0 --allowed-hosts ml.example.com \\
                    --store postgresql://runfold@db/runfold --artifacts s3://bucket/runfold --processes 4
    """
    from runfold.server import serve

    chosen = {name: value for name, value in given.items() if value not in (None, ())}
    serve(config.load(config.ServerSettings, chosen), config.load(config.StoreSettings, chosen))

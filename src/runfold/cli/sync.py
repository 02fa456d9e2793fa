"""`runfold sync`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from runfold.cli.connect import json_option, tracking_uri_option
from runfold.cli.exits import FAILURE
from runfold.cli.output import print_json


@click.command()
@click.argument(
    "folders", nargs=-1, metavar="[FOLDER]...", type=click.Path(exists=True, file_okay=False, path_type=Path)
)
@tracking_uri_option
@json_option
def sync(folders: Sequence[Path], tracking_uri: str | None, as_json: bool) -> None:
    """Send what training scripts could not: records and files kept on this machine's disk.

    Looks in the spool folders of this user and of ./.runfold, or in FOLDER. What a running script still writes is
    left to that script. Twice does no harm. Each record goes where it was meant to go, or to --tracking-uri.

    Exits with 1 when something could not be sent; it stays where it is.
    """
    from runfold.tracking.sync import sync as send

    done = send(list(folders) or None, tracking_uri=tracking_uri)
    if as_json:
        print_json(done)
    for spool in done if not as_json else ():
        place = f"run {spool.run_id} to {spool.tracking_uri}"
        if spool.is_delivered:
            click.echo(f"Sent {place}")
        else:
            click.echo(f"Could not send {place}: {spool.problem} It stays in {spool.path}.", err=True)
        for refusal in spool.refused:
            click.echo(f"  refused: {refusal}", err=True)
        if spool.n_damaged_bytes:
            click.echo(f"  {spool.n_damaged_bytes} bytes were cut short and could not be read", err=True)
    if not done and not as_json:
        click.echo("Nothing waits to be sent.")
    if any(not spool.is_delivered or spool.refused for spool in done):
        click.get_current_context().exit(FAILURE)

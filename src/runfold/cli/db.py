"""`runfold db`."""

from __future__ import annotations

from pathlib import Path

import click

from runfold import config
from runfold.cli import formats
from runfold.cli.connect import json_option
from runfold.cli.exits import FAILURE
from runfold.cli.output import print_json

STORE = click.option(
    "--store",
    metavar="URI",
    help="sqlite:///path or postgresql://... Default: RUNFOLD_STORE, or ./.runfold/runfold.db.",
)


@click.group()
def db() -> None:
    """Look after the database of a records store."""


@db.command()
@STORE
@json_option
def upgrade(store: str | None, as_json: bool) -> None:
    """Bring a store that an older release wrote to this release's schema; stop its servers first.

    A SQLite store is backed up beside itself before anything changes. A PostgreSQL store should be backed up
    with its own tools, such as pg_dump. Nothing changes unless everything does.
    """
    from runfold.stores.sql import upkeep

    done = upkeep.upgrade(_uri(store), config.load(config.StoreSettings))
    if as_json:
        print_json({"found": done.found, "now": done.now, "backup": str(done.backup) if done.backup else None})
    elif done.found == done.now:
        click.echo(f"The store has schema version {done.now} already.")
    else:
        kept = f" The store as it was lies in {done.backup}." if done.backup else ""
        click.echo(f"Upgraded the store from schema version {done.found} to {done.now}.{kept}")


@db.command()
@STORE
@click.option("--repair", is_flag=True, help="Mend what can be worked out from the records.")
@json_option
def check(store: str | None, repair: bool, as_json: bool) -> None:
    """Look for damage: the file, every series, counts, rows that belong to nothing.

    Exits with 1 when there is a fault that was not repaired.
    """
    from runfold.stores.sql import upkeep

    findings = upkeep.check(_uri(store), config.load(config.StoreSettings), repair=repair)
    if as_json:
        print_json([finding._asdict() for finding in findings])
    else:
        for finding in findings:
            mark = "repaired" if finding.is_repaired else "FAULT" if finding.is_fault else "ok"
            click.echo(f"{mark:8}  {finding.text}")
    if any(finding.is_fault and not finding.is_repaired for finding in findings):
        click.get_current_context().exit(FAILURE)


@db.command()
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@STORE
@json_option
def backup(target: Path, store: str | None, as_json: bool) -> None:
    """Copy a SQLite store to the file TARGET, while it is in use.

    The copy is the state of one moment. Files of runs are not in it; copy the artifact folder after it.
    """
    from runfold.stores.sql import upkeep

    n_bytes = upkeep.backup(_uri(store), target, config.load(config.StoreSettings))
    if as_json:
        print_json({"path": str(target), "n_bytes": n_bytes})
    else:
        click.echo(f"Wrote {target} ({formats.size(n_bytes)}).")


def _uri(given: str | None) -> str:
    return given or config.load(config.ServerSettings).store

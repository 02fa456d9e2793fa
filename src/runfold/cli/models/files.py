"""Commands for the files of a version."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec import to_builtins

from runfold.cli import formats
from runfold.cli.connect import json_option, with_session
from runfold.cli.exits import FAILURE
from runfold.cli.models.naming import find
from runfold.cli.output import print_done, print_json, print_table
from runfold.cli.tables import Column

if TYPE_CHECKING:
    from runfold.registry.verifying import Verified
    from runfold.tracking.session import Session


@click.command()
@click.argument("version")
@json_option
@with_session
def files(session: Session, version: str, as_json: bool) -> None:
    """List the files of a version as they were registered, with their digests (sha256)."""
    found = find(session.store, version)
    found.check_ready()
    listing = session.store.list_model_version_files(found.name, found.version)
    if as_json:
        print_json(listing)
        return
    columns = [Column("path"), Column("size", is_number=True), Column("sha256")]
    rows = [[file.path, formats.size(file.size_bytes), file.sha256] for file in listing]
    print_table(columns, rows, empty="Its files were not listed when it was registered.")


@click.command()
@click.argument("version")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="Folder to put them into. Default: the name and number of the version, in the working folder.",
)
@json_option
@with_session
def download(session: Session, version: str, output: Path | None, as_json: bool) -> None:
    """Fetch the files of a version. A fetch that was cut goes on where it stopped when it is repeated."""
    from runfold.artifacts.transfer import download as fetch

    found = find(session.store, version)
    found.check_ready()
    target = output or Path(f"{found.name}-{found.version}".replace("/", "-"))
    with session.open_files(found.storage_location) as store:
        written = fetch(store, None, target)
    print_done(f"Wrote {written}", {"path": str(written)}, as_json=as_json)


@click.command()
@click.argument("version")
@json_option
@with_session
def verify(session: Session, version: str, as_json: bool) -> None:
    """Read the files of a version again: is each the one that was registered? Exit code 1: one is not."""
    from runfold.registry.verifying import verify as verify_in

    found = find(session.store, version)
    verified = verify_in(session, found)
    named = f"{found.name} version {found.version}"
    if as_json:
        print_json({"is_unchanged": verified.is_unchanged, **to_builtins(verified)})
    elif verified.is_unchanged:
        now = verified.found
        click.echo(f"{named} is unchanged: {now.n_files} files ({formats.size(now.size_bytes)}), {now.digest}.")
    else:
        _print_differences(named, verified)
    if not verified.is_unchanged:
        click.get_current_context().exit(FAILURE)


def _print_differences(named: str, verified: Verified) -> None:
    click.echo(f"{named} CHANGED: it was registered as {verified.registered.digest}, and is {verified.found.digest}.")
    if not verified.files:
        return
    columns = [Column("file"), Column("state"), Column("size then", is_number=True), Column("size now", is_number=True)]
    rows = [
        [
            check.path,
            check.state.value,
            formats.size(check.registered.size_bytes) if check.registered else "",
            formats.size(check.found.size_bytes) if check.found else "",
        ]
        for check in verified.differences
    ]
    print_table([*columns], rows)
    n_same = len(verified.files) - len(verified.differences)
    click.echo(f"{n_same} of {verified.registered.n_files} registered files are the same.")


file_commands = (files, download, verify)

"""`runfold secrets`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from runfold.cli import formats
from runfold.cli.connect import json_option, with_new_session, with_store
from runfold.cli.output import print_done, print_json, print_table
from runfold.cli.tables import Column

if TYPE_CHECKING:
    from runfold.stores.base import TrackingStore
    from runfold.tracking.session import Session

NAME = click.argument("name", metavar="SECRET")


@click.group()
def secrets() -> None:
    """Keep secrets for jobs and targets.

    Jobs and targets name them as secret:NAME. The server keeps a secret sealed, with a key outside its database, and
    gives it to the agent of a job that names it, and to nobody else.
    """


@secrets.command("set")
@NAME
@click.option(
    "--from",
    "reference",
    default="",
    metavar="WHERE",
    help="Keep only where agents find it: env:VARIABLE, file:/path, command:program.",
)
@click.option("-d", "--description", default="", help="For people.")
@json_option
@with_new_session
def set_secret(session: Session, name: str, reference: str, description: str, as_json: bool) -> None:
    """Keep a secret; one of this name is replaced.

    Asks for it on a terminal, or reads it from standard input, so that it stands in no list of processes and no
    history of a shell:

    \b
      runfold secrets set wine-key < key.txt
    """
    value = "" if reference else _read(name)
    kept = session.store.set_secret(name, value=value, reference=reference, description=description)
    print_done(f"Secret {kept.name} is kept; name it as secret:{kept.name}.", kept, as_json=as_json)


def _read(name: str) -> str:
    if sys.stdin.isatty():
        return str(click.prompt(f"Secret {name}", hide_input=True, confirmation_prompt=True))
    return sys.stdin.read().rstrip("\r\n")


@secrets.command("list")
@json_option
@with_store
def list_secrets(store: TrackingStore, as_json: bool) -> None:
    """List the secrets, without what they are."""
    found = store.list_secrets()
    if as_json:
        print_json(found)
        return
    print_table(
        [Column("secret"), Column("found"), Column("description"), Column("changed")],
        [
            [
                secret.name,
                secret.reference or "kept, sealed",
                secret.description,
                formats.moment(secret.last_update_time_ms),
            ]
            for secret in found
        ],
        empty="No secrets are kept.",
    )


@secrets.command()
@NAME
@json_option
@with_store
def remove(store: TrackingStore, name: str, as_json: bool) -> None:
    """Forget a secret. Jobs that name it fail from now on."""
    store.delete_secret(name)
    print_done(f"Secret {name} is gone.", {"name": name}, as_json=as_json)

"""`runfold tokens`."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from runfold.cli import formats
from runfold.cli.connect import json_option, with_store
from runfold.cli.login import DAY_MS, DAYS, SCOPES
from runfold.cli.output import print_done, print_json, print_table
from runfold.cli.tables import Column

if TYPE_CHECKING:
    from runfold.stores.base import TrackingStore

USER = click.option("--user", default="", help="Whose; the one who is signed in otherwise.")


@click.group()
def tokens() -> None:
    """Keep tokens, by which programs sign in to a server that was started with --auth."""


@tokens.command()
@click.argument("name")
@click.option("--scope", type=click.Choice(list(SCOPES)), default="log", show_default=True, help="The most it may do.")
@click.option(
    "--only", "places", multiple=True, metavar="PLACE", help="Worth something there alone, as for grants. Repeatable."
)
@DAYS
@USER
@json_option
@with_store
def create(
    store: TrackingStore, name: str, scope: str, places: tuple[str, ...], days: int, user: str, as_json: bool
) -> None:
    """Make a token; it is shown this one time.

    \b
      runfold tokens create nightly --only experiment:12 --only model:churn
      runfold tokens create board --scope read --only workspace:vision
    """
    from runfold.domain.access import parse_place, parse_role

    expires_ms = time.time_ns() // 1_000_000 + days * DAY_MS
    only = tuple(map(parse_place, places))
    made = store.create_token(user, name=name, scope=parse_role(SCOPES[scope]), expires_ms=expires_ms, places=only)
    if as_json:
        print_json({"token_id": made.token.token_id, "secret": made.secret, "expires_ms": expires_ms})
    else:
        click.echo(made.secret)
        click.echo("Keep it now: it is not shown again. Clients take it from RUNFOLD_TRACKING_TOKEN.", err=True)


@tokens.command("list")
@USER
@json_option
@with_store
def list_tokens(store: TrackingStore, user: str, as_json: bool) -> None:
    """List tokens, newest first."""
    found = store.list_tokens(user)
    if as_json:
        print_json(found)
        return
    words = {role: scope for scope, role in SCOPES.items()}
    rows = [
        [
            token.token_id,
            token.name,
            words.get(token.scope.name, token.scope.name),
            ", ".join(place.text for place in token.places) or "everywhere",
            token.beginning,
            "never" if token.last_use_ms is None else formats.moment(token.last_use_ms),
            "never" if token.expires_ms is None else formats.moment(token.expires_ms),
        ]
        for token in found
    ]
    columns = [Column(title) for title in ("token", "name", "scope", "where", "begins", "last use", "ends")]
    print_table(columns, rows, empty="There are no tokens.")


@tokens.command()
@click.argument("token_id")
@USER
@json_option
@with_store
def revoke(store: TrackingStore, token_id: str, user: str, as_json: bool) -> None:
    """End a token."""
    store.revoke_token(token_id, user=user or None)
    print_done(f"The token {token_id} has ended.", {"token_id": token_id}, as_json=as_json)

"""Commands that move aliases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from runfold.cli.connect import json_option, with_store
from runfold.cli.models.naming import find, say, user_name
from runfold.cli.output import print_done

if TYPE_CHECKING:
    from runfold.stores.base import TrackingStore

REASON = click.option("--reason", default="", help="Kept in the history of the alias.")


@click.command()
@click.argument("version")
@click.argument("alias")
@REASON
@json_option
@with_store
def alias(store: TrackingStore, version: str, alias: str, reason: str, as_json: bool) -> None:
    """Point an alias to a version: runfold models alias churn/3 champion"""
    found = find(store, version)
    store.set_model_alias(found.name, alias, found.version, user_id=user_name(), reason=reason)
    say(found, f"{found.name}@{alias} is version {found.version} now.", as_json=as_json)


@click.command()
@click.argument("name")
@click.argument("alias")
@REASON
@json_option
@with_store
def unalias(store: TrackingStore, name: str, alias: str, reason: str, as_json: bool) -> None:
    """Remove an alias; its history stays."""
    store.delete_model_alias(name, alias, user_id=user_name(), reason=reason)
    print_done(f"{name}@{alias} points nowhere now.", {"name": name, "alias": alias}, as_json=as_json)


@click.command("return")
@click.argument("name")
@click.argument("alias")
@REASON
@json_option
@with_store
def return_(store: TrackingStore, name: str, alias: str, reason: str, as_json: bool) -> None:
    """Point an alias back to the version it pointed to before."""
    version = store.return_model_alias(name, alias, user_id=user_name(), reason=reason)
    say(version, f"{name}@{alias} is version {version.version} again.", as_json=as_json)


alias_commands = (alias, unalias, return_)

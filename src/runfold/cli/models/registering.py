"""Commands that make registered models and versions, and delete them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from runfold.cli.connect import json_option, open_session, with_new_session, with_session, with_store
from runfold.cli.models.naming import CARD, as_uri, card_fields, find, names_version, say, user_name
from runfold.cli.output import print_done
from runfold.cli.pairs import parse_pairs

if TYPE_CHECKING:
    from runfold.stores.base import TrackingStore
    from runfold.tracking.session import Session


@click.command()
@click.argument("name")
@click.option("--description", default="", help="What it is for, in Markdown.")
@click.option("--tag", "tags", multiple=True, metavar="KEY=VALUE", help="Tag to set. Repeatable.")
@json_option
@with_new_session
def create(session: Session, name: str, description: str, tags: tuple[str, ...], as_json: bool) -> None:
    """Make a name without versions; `register` makes one by itself."""
    made = session.store.create_registered_model(
        name, description=description, user_id=user_name(), tags=dict(parse_pairs(tags))
    )
    print_done(f"Made the registered model {name}.", made, as_json=as_json)


@click.command()
@click.argument("model_uri")
@click.argument("name")
@click.option("--description", default="", help="What it is for, in Markdown.")
@click.option("--alias", default="", help="Alias to point to the new version.")
@click.option("--tag", "tags", multiple=True, metavar="KEY=VALUE", help="Tag to set. Repeatable.")
@click.option(
    "--set", "told", multiple=True, metavar="FIELD=TEXT", help=f"What to tell of it, of {', '.join(CARD)}. Repeatable."
)
@click.option(
    "--wait",
    "wait_s",
    default=300.0,
    show_default=True,
    type=click.FloatRange(0),
    metavar="SECONDS",
    help="How long to wait for a server that has to read a large model; 0: not at all.",
)
@json_option
@with_new_session
def register(
    session: Session,
    model_uri: str,
    name: str,
    description: str,
    alias: str,
    tags: tuple[str, ...],
    told: tuple[str, ...],
    wait_s: float,
    as_json: bool,
) -> None:
    """Register a model under a name, which is made if it is new: runfold models register runs:/ID/model churn"""
    import msgspec

    from runfold.domain.registered_model import ModelCard
    from runfold.registry.registering import register as register_in

    version = register_in(
        session,
        model_uri,
        name,
        tags=dict(parse_pairs(tags)),
        description=description,
        card=msgspec.structs.replace(ModelCard(), **card_fields(told)),
        alias=alias,
        wait_s=wait_s,
    )
    sentence = f"Registered {name} version {version.version}."
    if version.status != "READY":
        sentence = f"{name} version {version.version} is ready once the server has read its files."
    say(version, sentence, as_json=as_json)


@click.command()
@click.argument("version")
@click.argument("name")
@click.option("--to", metavar="URI", help="Server or store to copy to, with the files. Default: the same.")
@json_option
@with_session
def copy(session: Session, version: str, name: str, to: str | None, as_json: bool) -> None:
    """Register a version again under another name, or on another server: runfold models copy churn/3 churn-live"""
    from runfold.registry.copying import copy_version

    target = session if to is None else open_session(to)
    try:
        copied = copy_version(session, as_uri(version), name, target)
    finally:
        if target is not session:
            target.close()
    say(copied, f"Copied to {name} version {copied.version}.", as_json=as_json)


@click.command()
@click.argument("name")
@click.argument("new_name")
@json_option
@with_store
def rename(store: TrackingStore, name: str, new_name: str, as_json: bool) -> None:
    """Rename a registered model; versions, aliases and their history go along."""
    renamed = store.rename_registered_model(name, new_name)
    print_done(f"{name} is called {new_name} now.", renamed, as_json=as_json)


@click.command()
@click.argument("model", metavar="NAME | VERSION")
@click.option("-y", "--yes", is_flag=True, help="Do not ask before a whole model is deleted.")
@json_option
@with_store
def delete(store: TrackingStore, model: str, yes: bool, as_json: bool) -> None:
    """Delete a version for ever, or a whole registered model: runfold models delete churn/3

    Files stay, and the number of a version is never given again. A model goes with its versions, aliases, their
    history, its promotion requests and its policy.
    """
    if names_version(model):
        found = find(store, model)
        store.delete_model_version(found.name, found.version)
        say(found, f"Deleted {found.name} version {found.version}.", as_json=as_json)
        return
    named = store.get_registered_model(model)
    if not yes:
        if not sys.stdin.isatty():
            raise click.UsageError(
                f"{model!r} is a whole model; name a version, such as {model}/3, {model}@champion or {model}/latest, "
                "or add --yes to delete all of it."
            )
        click.confirm(f"Delete {model} with {named.n_versions} versions for ever?", abort=True, err=True)
    store.delete_registered_model(model)
    document = {"name": model, "n_versions": named.n_versions}
    print_done(f"Deleted {model} with {named.n_versions} versions.", document, as_json=as_json)


registering_commands = (create, register, copy, rename, delete)

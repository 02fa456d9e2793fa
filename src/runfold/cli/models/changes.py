"""Commands that tell more of models and versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from runfold.cli.connect import json_option, with_store
from runfold.cli.models.naming import CARD, card_fields, find, names_version, say
from runfold.cli.output import print_done
from runfold.cli.pairs import parse_pairs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runfold.stores.base import TrackingStore


@click.command()
@click.argument("model", metavar="NAME | VERSION")
@click.option("--description", help="What it is for, in Markdown.")
@click.option(
    "--set",
    "told",
    multiple=True,
    metavar="FIELD=TEXT",
    help=f"What to tell of a version, of {', '.join(CARD)}; an empty text forgets. Repeatable.",
)
@click.option("--tag", "tags", multiple=True, metavar="KEY=VALUE", help="Tag to set. Repeatable.")
@click.option("--untag", "gone", multiple=True, metavar="KEY", help="Tag to remove. Repeatable.")
@json_option
@with_store
def tell(
    store: TrackingStore,
    model: str,
    description: str | None,
    told: tuple[str, ...],
    tags: tuple[str, ...],
    gone: tuple[str, ...],
    as_json: bool,
) -> None:
    """Tell more of a version: runfold models tell churn/3 --set owner=ada --set licence=MIT

    A name alone means the registered model itself, which has a description and tags.
    """
    if names_version(model):
        _tell_of_version(store, model, description, told, parse_pairs(tags), gone, as_json=as_json)
        return
    if told:
        raise click.UsageError(f"--set tells of a version: name one, such as {model}/3 or {model}/latest.")
    named = store.get_registered_model(model)
    if description is not None:
        store.update_registered_model(model, description=description)
    for key, value in parse_pairs(tags):
        store.set_registered_model_tag(model, key, value)
    for key in gone:
        store.delete_registered_model_tag(model, key)
    print_done(f"Noted for {model}.", {"name": named.name}, as_json=as_json)


def _tell_of_version(
    store: TrackingStore,
    text: str,
    description: str | None,
    told: tuple[str, ...],
    tags: Sequence[tuple[str, str]],
    gone: tuple[str, ...],
    *,
    as_json: bool,
) -> None:
    import msgspec

    from runfold.domain.registered_model import CardChanges

    found = find(store, text)
    if told:
        changes = msgspec.structs.replace(CardChanges(), **card_fields(told))
        store.update_model_card(found.name, found.version, changes)
    if description is not None:
        store.update_model_version(found.name, found.version, description=description)
    for key, value in tags:
        store.set_model_version_tag(found.name, found.version, key, value)
    for key in gone:
        store.delete_model_version_tag(found.name, found.version, key)
    say(found, f"Noted for {found.name} version {found.version}.", as_json=as_json)


@click.command()
@click.argument("version")
@click.argument("stage", type=click.Choice(["None", "Staging", "Production", "Archived"], case_sensitive=False))
@click.option("--archive-existing", is_flag=True, help="Move other versions of that stage to Archived.")
@json_option
@with_store
def transition(store: TrackingStore, version: str, stage: str, archive_existing: bool, as_json: bool) -> None:
    """Put a version into a stage; aliases do the same, with a history."""
    from runfold.domain.registered_model import Stage

    found = find(store, version)
    to = Stage.parse(stage)
    store.transition_model_version(found.name, found.version, to, archive_existing=archive_existing)
    say(found, f"{found.name} version {found.version} is in {to.value} now.", as_json=as_json)


telling_commands = (tell, transition)

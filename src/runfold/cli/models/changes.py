"""Commands that register models and move aliases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from runfold.cli.connect import json_option, open_session, with_new_session, with_session, with_store
from runfold.cli.models.naming import as_uri, find
from runfold.cli.output import print_done
from runfold.cli.pairs import parse_pairs

if TYPE_CHECKING:
    from runfold.domain.registered_model import ModelVersion
    from runfold.stores.base import TrackingStore
    from runfold.tracking.session import Session

REASON = click.option("--reason", default="", help="Kept in the history of the alias.")
_CARD = ("algorithm", "framework", "task", "target_platform", "owner", "licence")


def _user() -> str:
    from runfold.registry.aliases import user_name

    return user_name()


@click.command()
@click.argument("model_uri")
@click.argument("name")
@click.option("--description", default="", help="What it is for, in Markdown.")
@click.option("--alias", default="", help="Alias to point to the new version.")
@click.option("--tag", "tags", multiple=True, metavar="KEY=VALUE", help="Tag to set. Repeatable.")
@click.option(
    "--set", "told", multiple=True, metavar="FIELD=TEXT", help=f"What to tell of it, of {', '.join(_CARD)}. Repeatable."
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
        card=msgspec.structs.replace(ModelCard(), **_card_fields(told)),
        alias=alias,
    )
    _say(version, f"Registered {name} version {version.version}.", as_json=as_json)


def _card_fields(told: tuple[str, ...]) -> dict[str, str]:
    fields = dict(parse_pairs(told))
    unknown = sorted(fields.keys() - set(_CARD))
    if unknown:
        raise click.BadParameter(f"{', '.join(unknown)} cannot be told; only {', '.join(_CARD)}.", param_hint="--set")
    return fields


def _say(version: ModelVersion, sentence: str, *, as_json: bool) -> None:
    print_done(sentence, {"name": version.name, "version": version.version}, as_json=as_json)


@click.command()
@click.argument("version")
@click.argument("alias")
@REASON
@json_option
@with_store
def alias(store: TrackingStore, version: str, alias: str, reason: str, as_json: bool) -> None:
    """Point an alias to a version: runfold models alias churn/3 champion"""
    found = find(store, version)
    store.set_model_alias(found.name, alias, found.version, user_id=_user(), reason=reason)
    _say(found, f"{found.name}@{alias} is version {found.version} now.", as_json=as_json)


@click.command()
@click.argument("name")
@click.argument("alias")
@REASON
@json_option
@with_store
def unalias(store: TrackingStore, name: str, alias: str, reason: str, as_json: bool) -> None:
    """Remove an alias; its history stays."""
    store.delete_model_alias(name, alias, user_id=_user(), reason=reason)
    print_done(f"{name}@{alias} points nowhere now.", {"name": name, "alias": alias}, as_json=as_json)


@click.command()
@click.argument("version")
@click.option("--description", help="What it is for, in Markdown.")
@click.option(
    "--set", "told", multiple=True, metavar="FIELD=TEXT", help=f"What to tell of it, of {', '.join(_CARD)}. Repeatable."
)
@click.option("--tag", "tags", multiple=True, metavar="KEY=VALUE", help="Tag to set. Repeatable.")
@json_option
@with_store
def tell(
    store: TrackingStore,
    version: str,
    description: str | None,
    told: tuple[str, ...],
    tags: tuple[str, ...],
    as_json: bool,
) -> None:
    """Tell more of a version: runfold models tell churn/3 --set owner=ada --set licence=MIT"""
    import msgspec

    from runfold.domain.registered_model import CardChanges

    found = find(store, version)
    if told:
        changes = msgspec.structs.replace(CardChanges(), **_card_fields(told))
        store.update_model_card(found.name, found.version, changes)
    if description is not None:
        store.update_model_version(found.name, found.version, description=description)
    for key, value in parse_pairs(tags):
        store.set_model_version_tag(found.name, found.version, key, value)
    _say(found, f"Noted for {found.name} version {found.version}.", as_json=as_json)


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
    _say(found, f"{found.name} version {found.version} is in {to.value} now.", as_json=as_json)


@click.command("return")
@click.argument("name")
@click.argument("alias")
@REASON
@json_option
@with_store
def return_(store: TrackingStore, name: str, alias: str, reason: str, as_json: bool) -> None:
    """Point an alias back to the version it pointed to before."""
    version = store.return_model_alias(name, alias, user_id=_user(), reason=reason)
    _say(version, f"{name}@{alias} is version {version.version} again.", as_json=as_json)


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
    _say(copied, f"Copied to {name} version {copied.version}.", as_json=as_json)


@click.command()
@click.argument("version")
@json_option
@with_store
def delete(store: TrackingStore, version: str, as_json: bool) -> None:
    """Delete a version for ever: runfold models delete churn/3. Its files stay; its number is never given again."""
    found = find(store, version)
    store.delete_model_version(found.name, found.version)
    _say(found, f"Deleted {found.name} version {found.version}.", as_json=as_json)


register_commands = (register, tell, transition, alias, unalias, return_, copy, delete)

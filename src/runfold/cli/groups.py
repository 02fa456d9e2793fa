"""`runfold groups`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from runfold.cli.connect import json_option, with_store
from runfold.cli.output import print_done, print_json, print_table
from runfold.cli.tables import Column

if TYPE_CHECKING:
    from runfold.stores.base import TrackingStore

GROUP = click.argument("name", metavar="GROUP")
MEMBER = click.argument("user", metavar="USER")
DESCRIPTION = click.option("-d", "--description", help="What it is for.")


@click.group()
def groups() -> None:
    """Keep the groups of a server that was started with --auth."""


@groups.command("create")
@GROUP
@click.option("--of-workspace", "workspace", default="", help="Whose managers look after it; its name goes before.")
@DESCRIPTION
@json_option
@with_store
def create_group(store: TrackingStore, name: str, workspace: str, description: str | None, as_json: bool) -> None:
    """Make a group without members, of the server or of a workspace."""
    made = store.create_group(name, workspace=workspace, description=description or "")
    print_done(f"The group {made.name} has no members yet.", made, as_json=as_json)


@groups.command("set")
@GROUP
@click.argument("members", nargs=-1, metavar="[USER]...")
@json_option
@with_store
def set_group(store: TrackingStore, name: str, members: tuple[str, ...], as_json: bool) -> None:
    """Make a group of these users, or replace its members by them."""
    made = store.set_group(name, members)
    print_done(f"The group {made.name} has {len(made.members)} members.", made, as_json=as_json)


@groups.command("update")
@GROUP
@click.option("--rename", "new_name", help="Another name, within its workspace.")
@DESCRIPTION
@json_option
@with_store
def update_group(store: TrackingStore, name: str, new_name: str | None, description: str | None, as_json: bool) -> None:
    """Change a group's name or description."""
    changed = store.update_group(name, new_name=new_name, description=description)
    print_done(f"The group {changed.name} is changed.", changed, as_json=as_json)


@groups.command("add")
@GROUP
@MEMBER
@json_option
@with_store
def add_member(store: TrackingStore, name: str, user: str, as_json: bool) -> None:
    """Put a user into a group."""
    changed = store.add_member(name, user)
    print_done(f"{user} is in the group {name}.", changed, as_json=as_json)


@groups.command("drop")
@GROUP
@MEMBER
@json_option
@with_store
def remove_member(store: TrackingStore, name: str, user: str, as_json: bool) -> None:
    """Take a user out of a group."""
    changed = store.remove_member(name, user)
    print_done(f"{user} is not in the group {name} any more.", changed, as_json=as_json)


@groups.command("list")
@json_option
@with_store
def list_groups(store: TrackingStore, as_json: bool) -> None:
    """List the groups with their members: those that you look after, and those that you are in."""
    found = store.list_groups()
    if as_json:
        print_json(found)
        return
    rows = [[group.name, ", ".join(group.members), group.description] for group in found]
    print_table([Column("group"), Column("members"), Column("description")], rows, empty="There are no groups.")


@groups.command("remove")
@GROUP
@json_option
@with_store
def remove_group(store: TrackingStore, name: str, as_json: bool) -> None:
    """Remove a group and what was granted to it."""
    store.delete_group(name)
    print_done(f"The group {name} is gone.", {"name": name}, as_json=as_json)

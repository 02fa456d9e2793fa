"""`runfold workspaces`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from runfold.cli.connect import json_option, with_store
from runfold.cli.output import print_done, print_json, print_table
from runfold.cli.tables import Column

if TYPE_CHECKING:
    from runfold.stores.base import TrackingStore

NAME = click.argument("name", metavar="WORKSPACE")
DESCRIPTION = click.option("-d", "--description", help="For people.")
ARTIFACT_ROOT = click.option(
    "--artifact-root", metavar="URI", help="Below which its new experiments keep their files; else where others do."
)


@click.group()
def workspaces() -> None:
    """Keep the workspaces of a server: tenants, each with names, members and rights of its own.

    \b
      runfold workspaces create vision
      runfold grants set contributor group:vision workspace:vision
      export RUNFOLD_WORKSPACE=vision
    """


@workspaces.command("create")
@NAME
@DESCRIPTION
@ARTIFACT_ROOT
@json_option
@with_store
def create_workspace(
    store: TrackingStore, name: str, description: str | None, artifact_root: str | None, as_json: bool
) -> None:
    """Add a workspace. It is closed to everyone until something is granted on it."""
    made = store.create_workspace(name, description=description or "", artifact_root=artifact_root or "")
    print_done(f"{made.name} is a workspace.", made, as_json=as_json)


@workspaces.command("list")
@json_option
@with_store
def list_workspaces(store: TrackingStore, as_json: bool) -> None:
    """List the workspaces that you may enter."""
    found = store.list_workspaces()
    if as_json:
        print_json(found)
        return
    rows = [(one.name, one.description, one.artifact_root) for one in found]
    columns = [Column("workspace"), Column("description"), Column("files")]
    print_table(columns, rows, empty="There are no workspaces that you may enter.")


@workspaces.command("update")
@NAME
@DESCRIPTION
@ARTIFACT_ROOT
@json_option
@with_store
def update_workspace(
    store: TrackingStore, name: str, description: str | None, artifact_root: str | None, as_json: bool
) -> None:
    """Change the description of a workspace, or where its new files go."""
    changed = store.update_workspace(name, description=description, artifact_root=artifact_root)
    print_done(f"{changed.name} is changed.", changed, as_json=as_json)


@workspaces.command("show")
@NAME
@json_option
@with_store
def show_workspace(store: TrackingStore, name: str, as_json: bool) -> None:
    """Show what a workspace says of itself."""
    found = store.get_workspace(name)
    if as_json:
        print_json(found)
        return
    rows = [("workspace", found.name), ("description", found.description), ("files", found.artifact_root)]
    print_table([Column("what"), Column("value")], rows, empty="")


@workspaces.command("members")
@NAME
@click.option("--set", "given", nargs=2, multiple=True, metavar="ROLE SUBJECT", help="Give a role on all in it.")
@click.option("--remove", "taken", multiple=True, metavar="SUBJECT", help="Take back what it has there.")
@json_option
@with_store
def show_members(
    store: TrackingStore, name: str, given: tuple[tuple[str, str], ...], taken: tuple[str, ...], as_json: bool
) -> None:
    """List who has which role on a workspace, after the changes that are asked for; for its managers.

    \b
      runfold workspaces members vision --set contributor group:vision --set manager user:ann
      runfold workspaces members vision --remove user:ben

    A SUBJECT is user:NAME, group:NAME or everyone; a ROLE is none, reader, contributor or manager. `runfold grants
    explain workspace:vision` says what everybody may do in the end, and why.
    """
    from runfold.domain.access import Grant, Place, PlaceKind, parse_role, parse_subject

    place = Place(PlaceKind.WORKSPACE, name)
    # All that is asked for is read before anything is changed.
    changes = [Grant(subject=parse_subject(subject), place=place, role=parse_role(role)) for role, subject in given]
    leaving = [parse_subject(subject) for subject in taken]
    for grant in changes:
        store.set_grant(grant)
    for subject in leaving:
        store.remove_grant(subject, place)
    rows = [(grant.subject.text, grant.role.word) for grant in store.list_grants(place=place)]
    if as_json:
        print_json([dict(zip(("subject", "role"), row, strict=True)) for row in rows])
        return
    print_table([Column("who"), Column("role")], rows, empty="Nothing is granted on it.")


@workspaces.command("remove")
@NAME
@json_option
@with_store
def remove_workspace(store: TrackingStore, name: str, as_json: bool) -> None:
    """Remove a workspace that holds nothing, with what is granted on it."""
    store.delete_workspace(name)
    print_done(f"{name} is gone.", {"name": name}, as_json=as_json)

"""`runfold workspaces`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from runfold.cli import formats
from runfold.cli.connect import json_option, with_session, with_store
from runfold.cli.exits import FAILURE
from runfold.cli.output import print_done, print_json, print_table
from runfold.cli.purge import Files, confirm, measure, remove_folders
from runfold.cli.tables import Column

if TYPE_CHECKING:
    from runfold.domain.workspace import WorkspaceContents, WorkspaceDeletion, WorkspacePurge
    from runfold.stores.base import TrackingStore
    from runfold.tracking.session import Session

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
    rows = [(grant.subject.text, grant.role.name) for grant in store.list_grants(place=place)]
    if as_json:
        print_json([dict(zip(("subject", "role"), row, strict=True)) for row in rows])
        return
    print_table([Column("who"), Column("role")], rows, empty="Nothing is granted on it.")


_YES = click.option("--yes", is_flag=True, help="Do it without asking.")
_DRY_RUN = click.option("--dry-run", is_flag=True, help="Only say what would be done.")


@workspaces.command("remove")
@NAME
@click.option("--move-to", metavar="WORKSPACE", help="What it holds goes to this one, such as default.")
@click.option("--trash", "to_trash", is_flag=True, help="What it holds goes to the trash with it.")
@_YES
@_DRY_RUN
@json_option
@with_store
def remove_workspace(
    store: TrackingStore, name: str, move_to: str | None, to_trash: bool, yes: bool, dry_run: bool, as_json: bool
) -> None:
    """Remove a workspace, with what is granted on it and its rules of retention.

    One that holds something is not removed unless you say where that goes. Says first what it holds, and asks; without
    a terminal to ask on, it needs --yes. To give a workspace another name, create one and move everything there.
    """
    from runfold.domain.workspace import DEFAULT_WORKSPACE, DeletionMode

    if move_to is not None and to_trash:
        raise click.UsageError("Give --move-to or --trash, not both.")
    mode = DeletionMode.MOVE if move_to is not None else DeletionMode.TRASH if to_trash else DeletionMode.RESTRICT
    to = move_to or DEFAULT_WORKSPACE
    if dry_run or mode is not DeletionMode.RESTRICT:
        plan = store.delete_workspace(name, mode=mode, to=to, dry_run=True)
        if dry_run:
            _show_deletion(plan, as_json=as_json)
            return
        if not yes:
            _show_deletion(plan, as_json=False)
            confirm(f"Send the workspace {name} to the trash?" if to_trash else f"Move all this to {to}?")
    done = store.delete_workspace(name, mode=mode, to=to)
    ends = {DeletionMode.MOVE: f"{name} is gone; what it held lies in {to}.", DeletionMode.TRASH: _in_trash(name)}
    print_done(ends.get(mode, f"{name} is gone."), done, as_json=as_json)


def _in_trash(name: str) -> str:
    return f"{name} is in the trash: `runfold workspaces restore {name}` brings it back, `purge` ends it for good."


def _show_deletion(plan: WorkspaceDeletion, *, as_json: bool) -> None:
    if as_json:
        print_json(plan)
        return
    _show_contents(plan.contents)
    for clash in plan.clashes:
        click.echo(f"{plan.to} has this name, too: {clash}", err=True)
    if plan.n_clashes > len(plan.clashes):
        click.echo(f"... and {plan.n_clashes - len(plan.clashes)} more.", err=True)
    for excess in plan.excesses:
        click.echo(f"It does not fit into the quota of {plan.to}: {excess.told}", err=True)


def _show_contents(contents: WorkspaceContents) -> None:
    counts = (
        ("experiments", contents.n_experiments),
        ("runs", contents.n_runs),
        ("registered models", contents.n_models),
        ("model versions", contents.n_versions),
        ("projects", contents.n_projects),
        ("targets", contents.n_targets),
        ("secrets", contents.n_secrets),
        ("saved views", contents.n_views),
        ("jobs", contents.n_jobs),
        ("jobs under way", contents.n_running),
        ("rules of retention", contents.n_rules),
        ("grants", contents.n_grants),
    )
    rows = [(word, str(n)) for word, n in counts if n]
    if contents.n_bytes:
        rows.append(("files", formats.size(contents.n_bytes)))
    print_table([Column("it holds"), Column("how much")], rows, empty="It holds nothing.")


@workspaces.command("trash")
@json_option
@with_store
def list_trash(store: TrackingStore, as_json: bool) -> None:
    """List the workspaces in the trash."""
    found = store.list_trashed_workspaces()
    if as_json:
        print_json(found)
        return
    rows = [(one.name, formats.moment(one.deleted_time_ms or 0), one.description) for one in found]
    columns = [Column("workspace"), Column("removed"), Column("description")]
    print_table(columns, rows, empty="No workspace is in the trash.")


@workspaces.command("restore")
@NAME
@json_option
@with_store
def restore_workspace(store: TrackingStore, name: str, as_json: bool) -> None:
    """Bring a workspace back from the trash, as it was; jobs that were cancelled can be tried again."""
    print_done(f"{name} is back.", store.restore_workspace(name), as_json=as_json)


@workspaces.command("purge")
@NAME
@_YES
@_DRY_RUN
@json_option
@with_session
def purge_workspace(session: Session, name: str, yes: bool, dry_run: bool, as_json: bool) -> None:
    """Remove a workspace of the trash for good, with all that it holds and its files.

    Says first what would go, and asks; without a terminal to ask on, it needs --yes.
    """
    plan = session.store.purge_workspace(name)
    files = measure(session, plan)
    if not dry_run and not yes:
        _show_purge(plan, files, as_json=False)
        confirm(f"Remove all this for good with the workspace {name}?")
    if not dry_run:
        plan = session.store.purge_workspace(name, dry_run=False)
        files = files._replace(unreachable=remove_folders(session, plan.artifact_uris))
    _show_purge(plan, files, as_json=as_json)
    if files.unreachable and not dry_run:
        click.get_current_context().exit(FAILURE)


def _show_purge(plan: WorkspacePurge, files: Files, *, as_json: bool) -> None:
    if as_json:
        import msgspec

        print_json({**msgspec.to_builtins(plan), **files._asdict()})
        return
    _show_contents(plan.contents)
    verb = "would go" if plan.is_dry_run else "went"
    click.echo(
        f"All this {verb} with the workspace {plan.name}, and {files.n_files} files ({formats.size(files.n_bytes)})."
    )
    for line in files.unreachable:
        click.echo(f"Files that cannot be reached from here: {line}", err=True)

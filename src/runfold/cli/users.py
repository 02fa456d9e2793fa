"""`runfold users`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from runfold.cli import formats
from runfold.cli.connect import json_option, with_store
from runfold.cli.login import DEFAULT_DAYS, keep_new_token, read_password
from runfold.cli.output import print_done, print_json, print_table
from runfold.cli.tables import Column
from runfold.domain.links import invitation_path

if TYPE_CHECKING:
    from runfold.domain.access import User
    from runfold.stores.base import TrackingStore

NAME = click.argument("name", metavar="USER")


@click.group()
def users() -> None:
    """Keep the users of a server that was started with --auth."""


@users.command()
@click.argument("server", metavar="URL")
@click.argument("code")
@click.option("--user", "name", help="Name of the administrator; asked for otherwise.")
def setup(server: str, code: str, name: str | None) -> None:
    """Make the first administrator, by the code that the server printed, and sign in."""
    from runfold.stores.open import open_store

    chosen = name or str(click.prompt("Name of the administrator"))
    password = read_password(f"New password of {chosen}", is_new=True)
    store = open_store(server)
    try:
        store.finish_setup(code, chosen, password)
    finally:
        store.close()
    keep_new_token(server, chosen, password, days=DEFAULT_DAYS)


@users.command("create")
@NAME
@click.option("--admin", "is_admin", is_flag=True, help="May do everything.")
@click.option("--service", "is_service", is_flag=True, help="A program: no password, it signs in by tokens.")
@json_option
@with_store
def create_user(store: TrackingStore, name: str, is_admin: bool, is_service: bool, as_json: bool) -> None:
    """Add a user. The password is asked for on a terminal, or read from standard input."""
    password = "" if is_service else read_password(f"New password of {name}", is_new=True)
    made = store.create_user(name, password=password, is_admin=is_admin, is_service=is_service)
    print_done(f"{made.name} is a user.", made, as_json=as_json)


@users.command("invite")
@NAME
@click.option("--new", "is_new", is_flag=True, help="Make the user first, without a password.")
@json_option
@with_store
def invite_user(store: TrackingStore, name: str, is_new: bool, as_json: bool) -> None:
    """Make a link by which a user chooses a password, once and within a week.

    For new users, and for those who forgot theirs: the one they have stays until then.
    """
    if is_new:
        store.create_user(name)
    made = store.invite_user(name)
    link = f"{store.uri}{invitation_path(made.user, made.code)}"
    shown = {"user": made.user, "link": link, "expires_ms": made.expires_ms}
    print_done(
        f"{name} chooses a password here, until {formats.moment(made.expires_ms)}: {link}", shown, as_json=as_json
    )


@users.command("sign-out")
@NAME
@json_option
@with_store
def sign_out(store: TrackingStore, name: str, as_json: bool) -> None:
    """End all sessions of a user in browsers. Tokens stay; `--switch-off` ends those, too."""
    store.end_sessions(name)
    print_done(f"{name} is signed out of all browsers.", {"name": name}, as_json=as_json)


SUBJECT = click.argument("subject", metavar="SUBJECT")
ISSUER = click.option("--issuer", metavar="URL", required=True, help="Of the provider, as its tokens say it.")


@users.command("link")
@NAME
@SUBJECT
@ISSUER
@json_option
@with_store
def link(store: TrackingStore, name: str, subject: str, issuer: str, as_json: bool) -> None:
    """Let whom a provider knows as SUBJECT sign in as a user who has an account already.

    The server's log names subject and issuer when it refuses somebody whose name is taken. Be sure that it is them.
    """
    made = store.link_identity(name, issuer=issuer, subject=subject)
    print_done(f"{subject} of {issuer} signs in as {name}.", made, as_json=as_json)


@users.command("unlink")
@NAME
@SUBJECT
@ISSUER
@json_option
@with_store
def unlink(store: TrackingStore, name: str, subject: str, issuer: str, as_json: bool) -> None:
    """Take that back. Refused where a user would have no way left to sign in."""
    store.unlink_identity(name, issuer=issuer, subject=subject)
    print_done(f"{subject} of {issuer} signs in as {name} no more.", {"name": name}, as_json=as_json)


@users.command("identities")
@NAME
@json_option
@with_store
def list_identities(store: TrackingStore, name: str, as_json: bool) -> None:
    """List by whom of a provider a user signs in."""
    ways = store.get_ways(name)
    if as_json:
        print_json(ways.identities)
        return
    rows = [
        [one.issuer, one.subject, one.shown, formats.moment(one.since_ms), formats.moment(one.last_sign_in_ms)]
        for one in ways.identities
    ]
    columns = [Column(title) for title in ("issuer", "subject", "known as", "linked", "last sign-in")]
    print_table(columns, rows, empty=f"{name} is linked to no provider.")
    if not ways.has_password:
        click.echo(f"{name} has no password.", err=True)


@users.command("list")
@json_option
@with_store
def list_users(store: TrackingStore, as_json: bool) -> None:
    """List the users."""
    found = store.list_users()
    if as_json:
        print_json(found)
        return
    rows = [[user.name, _standing(user), formats.moment(user.creation_time_ms)] for user in found]
    print_table([Column("user"), Column("standing"), Column("since")], rows, empty="There are no users.")


def _standing(user: User) -> str:
    words = [word for word, holds in (("administrator", user.is_admin), ("service", user.is_service)) if holds]
    return ", ".join([*words, *([] if user.is_active else ["switched off"])])


@users.command("update")
@NAME
@click.option("--admin/--no-admin", "is_admin", default=None, help="May do everything, or not any more.")
@click.option("--switch-on/--switch-off", "is_active", default=None, help="May sign in, or not any more.")
@click.option("--workspace", help="In which their calls are made that name none.")
@click.option("--password", "changes_password", is_flag=True, help="Ask for a new password; tokens end.")
@json_option
@with_store
def update_user(
    store: TrackingStore,
    name: str,
    is_admin: bool | None,
    is_active: bool | None,
    workspace: str | None,
    changes_password: bool,
    as_json: bool,
) -> None:
    """Change a user's standing or password."""
    password = read_password(f"New password of {name}", is_new=True) if changes_password else None
    changed = store.update_user(name, password=password, is_admin=is_admin, is_active=is_active, workspace=workspace)
    print_done(f"{changed.name} is changed.", changed, as_json=as_json)


@users.command("remove")
@NAME
@json_option
@with_store
def remove_user(store: TrackingStore, name: str, as_json: bool) -> None:
    """Remove a user with tokens, memberships and grants. What they recorded stays."""
    store.delete_user(name)
    print_done(f"{name} is gone.", {"name": name}, as_json=as_json)

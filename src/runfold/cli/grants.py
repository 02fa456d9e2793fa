"""`runfold grants`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from runfold.cli.connect import json_option, with_store
from runfold.cli.output import print_done, print_json, print_table
from runfold.cli.tables import Column

if TYPE_CHECKING:
    from runfold.stores.base import TrackingStore

ROLES = ("none", "reader", "contributor", "manager")
SUBJECT = click.argument("subject")
PLACE = click.argument("place")


@click.group()
def grants() -> None:
    """Say who may do what, on a server that was started with --auth.

    \b
      runfold grants set contributor group:vision folder:vision
      runfold grants set reader everyone everything
      runfold grants set none user:ben experiment:12

    A SUBJECT is user:NAME, group:NAME or everyone; a PLACE is experiment:ID, model:NAME, folder:NAME (of experiments)
    or everything. The nearest place decides.
    """


@grants.command("set")
@click.argument("role", type=click.Choice(ROLES))
@SUBJECT
@PLACE
@json_option
@with_store
def set_grant(store: TrackingStore, role: str, subject: str, place: str, as_json: bool) -> None:
    """Give a role, instead of the one that the subject has on that place."""
    from runfold.domain.access import Grant, parse_place, parse_role, parse_subject

    store.set_grant(Grant(subject=parse_subject(subject), place=parse_place(place), role=parse_role(role)))
    document = {"subject": subject, "place": place, "role": role}
    print_done(f"{subject} has the role {role} on {place}.", document, as_json=as_json)


@grants.command("remove")
@SUBJECT
@PLACE
@json_option
@with_store
def remove_grant(store: TrackingStore, subject: str, place: str, as_json: bool) -> None:
    """Take a role back, or a denial."""
    from runfold.domain.access import parse_place, parse_subject

    store.remove_grant(parse_subject(subject), parse_place(place))
    print_done(f"{subject} has no role of its own on {place}.", {"subject": subject, "place": place}, as_json=as_json)


@grants.command("list")
@click.option("--of", "subject", default="", metavar="SUBJECT", help="What was granted to it.")
@click.option("--on", "place", default="", metavar="PLACE", help="What was granted there.")
@json_option
@with_store
def list_grants(store: TrackingStore, subject: str, place: str, as_json: bool) -> None:
    """List grants: all of them, of a subject, or on a place."""
    from runfold.domain.access import parse_place, parse_subject

    found = store.list_grants(
        subject=parse_subject(subject) if subject else None, place=parse_place(place) if place else None
    )
    rows = [[grant.subject.text, grant.role.word, grant.place.text] for grant in found]
    if as_json:
        print_json([dict(zip(("subject", "role", "place"), row, strict=True)) for row in rows])
        return
    print_table([Column("subject"), Column("role"), Column("place")], rows, empty="Nothing is granted.")

"""`runfold grants`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from runfold.cli.connect import json_option, with_store
from runfold.cli.output import print_done, print_json, print_table
from runfold.cli.tables import Column

if TYPE_CHECKING:
    from runfold.domain.access import Token
    from runfold.domain.standing import AccessReport, Standing
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
      runfold grants set contributor group:vision target:gpu

    A SUBJECT is user:NAME, group:NAME or everyone; a PLACE is experiment:ID, model:NAME, project:NAME, target:NAME,
    dataset:NAME, folder:NAME (of experiments), workspace:NAME or everything. The nearest place decides.
    What is granted on new, or new:FOLDER, is granted on each record there once it is made.
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


@grants.command("explain")
@PLACE
@click.option("--user", default="", metavar="USER", help="Of one user; of all otherwise.")
@click.option("--if", "if_granted", nargs=2, metavar="ROLE SUBJECT", help="What this grant would change.")
@click.option("--token", "token_id", default="", metavar="ID", help="By this token: yours, or that of --user.")
@json_option
@with_store
def explain_access(
    store: TrackingStore, place: str, user: str, if_granted: tuple[str, str] | None, token_id: str, as_json: bool
) -> None:
    """Say who may do what with a record, and by which grants.

    \b
      runfold grants explain experiment:12
      runfold grants explain experiment:12 --user ben
      runfold grants explain experiment:12 --token 1f0c...
      runfold grants explain folder:vision --if reader group:guests

    With --if, only those are listed whose role would change. With --token, what the scope and the places of a token
    leave of its user's role.
    """
    from runfold.domain.access import Grant, parse_place, parse_role, parse_subject
    from runfold.domain.standing import NO_CHANGE, Change

    on, change = parse_place(place), NO_CHANGE
    if if_granted:
        role, subject = if_granted
        change = Change(granted=(Grant(subject=parse_subject(subject), place=on, role=parse_role(role)),))
    token = _token(store, user, token_id) if token_id else None
    found = store.explain_access(on, user=token.user if token else user, change=change)
    if token is not None:
        _show_by_token(found, token, as_json=as_json)
        return
    if as_json:
        print_json(found)
        return
    shown = [
        one for one in found.standings if user or (_is_change(one) if if_granted else one.abilities or one.deciding)
    ]
    rows = [[one.user.name, _step(one), _reason(one)] for one in shown]
    nobody = "Nobody's role would change." if if_granted else "Nobody may do anything with it but administrators."
    print_table([Column("user"), Column("role"), Column("why")], rows, empty=nobody)


def _token(store: TrackingStore, user: str, token_id: str) -> Token:
    """One of the caller's, or of the user's, by its id or the beginning of one."""
    from runfold.errors import InvalidValue, NotFound

    found = [token for token in store.list_tokens(user) if token.token_id.startswith(token_id)]
    if not found:
        raise NotFound("token", token_id)
    if len(found) > 1:
        raise InvalidValue(f"{token_id!r} means {len(found)} tokens. Use a full id.")
    return found[0]


def _show_by_token(found: AccessReport, token: Token, *, as_json: bool) -> None:
    from runfold.domain.access import words_of
    from runfold.domain.standing import by_token

    (standing,) = found.standings
    left = by_token(standing, token, found.way)
    if as_json:
        told = {"user": token.user, "token_id": token.token_id, "role": left.role, "limit": left.limit}
        print_json({**told, "abilities": words_of(left.abilities), "role_of_user": standing.role})
        return
    why = f"{_reason(standing)}; {left.limit}" if left.limit else _reason(standing)
    print_table([Column("user"), Column("role by the token"), Column("why")], [[token.user, left.role, why]], empty="")


def _step(standing: Standing) -> str:
    return f"{standing.before} -> {standing.role}" if _is_change(standing) else standing.role


def _is_change(standing: Standing) -> bool:
    return (standing.role, standing.abilities) != (standing.before, standing.abilities_before)


def _reason(standing: Standing) -> str:
    if standing.user.is_admin:
        return "administrator"
    words = [f"{grant.role.name} to {grant.subject.text} on {grant.place.text}" for grant in standing.deciding]
    return ", ".join(words) or "nothing is granted"


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
    rows = [[grant.subject.text, grant.role.name, grant.place.text] for grant in found]
    if as_json:
        print_json([dict(zip(("subject", "role", "place"), row, strict=True)) for row in rows])
        return
    print_table([Column("subject"), Column("role"), Column("place")], rows, empty="Nothing is granted.")

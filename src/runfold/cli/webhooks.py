"""`runfold webhooks`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from runfold.cli import formats
from runfold.cli.connect import json_option, with_new_session, with_store
from runfold.cli.exits import FAILURE
from runfold.cli.output import print_done, print_facts, print_json, print_table
from runfold.cli.tables import Column

if TYPE_CHECKING:
    from runfold.domain.webhook import Event, Webhook
    from runfold.stores.base import TrackingStore
    from runfold.tracking.session import Session

ID = click.argument("webhook_id", metavar="WEBHOOK")
EVENT = click.option("-e", "--event", "events", multiple=True, metavar="EVENT", help="To be told of. Repeatable.")
_SIGNING_HELP = "Ask for a secret that signs what is sent, or read it from standard input."


@click.group()
def webhooks() -> None:
    """Tell addresses of changes in the registry.

    Events are named as in model_version.created; `runfold webhooks events` lists them.
    """


@webhooks.command()
@click.argument("name")
@click.argument("url")
@EVENT
@click.option("--secret", "has_secret", is_flag=True, help=_SIGNING_HELP)
@click.option("-d", "--description", default="", help="For people.")
@json_option
@with_new_session
def create(
    session: Session,
    name: str,
    url: str,
    events: tuple[str, ...],
    has_secret: bool,
    description: str,
    as_json: bool,
) -> None:
    """Tell an address of events: runfold webhooks create ci https://ci.example.com/hook -e model_version.created"""
    from runfold.domain.webhook import NewWebhook

    new = NewWebhook(
        name=name,
        url=url,
        events=_events(events),
        description=description,
        secret=_read_secret() if has_secret else "",
    )
    made = session.store.create_webhook(new)
    print_done(f"Webhook {made.webhook_id} is told of {_named(made)}.", made, as_json=as_json)


def _read_secret() -> str:
    if sys.stdin.isatty():
        return str(click.prompt("Secret", hide_input=True, confirmation_prompt=True))
    return sys.stdin.read().rstrip("\r\n")


def _events(words: tuple[str, ...]) -> tuple[Event, ...]:
    from runfold.domain.webhook import Event

    unknown = [word for word in words if word not in {event.value for event in Event}]
    if unknown:
        raise click.BadParameter(
            f"There is no event {unknown[0]}; `runfold webhooks events` lists them.", param_hint="-e"
        )
    return tuple(map(Event, words))


def _named(webhook: Webhook) -> str:
    return ", ".join(event.value for event in webhook.events)


@webhooks.command()
def events() -> None:
    """List the events that there are."""
    from runfold.domain.webhook import Event

    for event in Event:
        click.echo(event.value)


@webhooks.command("list")
@json_option
@with_store
def list_webhooks(store: TrackingStore, as_json: bool) -> None:
    """List webhooks."""
    found = store.list_webhooks(max_results=1000).items
    if as_json:
        print_json(found)
        return
    columns = [*map(Column, ("webhook", "name", "url", "state", "signed", "dropped", "events"))]
    rows = [
        [
            one.webhook_id,
            one.name,
            one.url,
            "on" if one.is_active else "off",
            "yes" if one.has_secret else "",
            str(one.n_dropped or ""),
            _named(one),
        ]
        for one in found
    ]
    print_table(columns, rows, empty="No webhooks.")


@webhooks.command()
@ID
@json_option
@with_store
def show(store: TrackingStore, webhook_id: str, as_json: bool) -> None:
    """Show a webhook, and whether it missed events because too many deliveries waited."""
    one = store.get_webhook(webhook_id)
    if as_json:
        print_json(one)
        return
    dropped = "none"
    if one.last_drop_time_ms is not None:
        dropped = f"{one.n_dropped}, the last one {formats.moment(one.last_drop_time_ms)}"
    facts = [
        ("webhook", one.webhook_id),
        ("name", one.name),
        ("description", one.description),
        ("url", one.url),
        ("state", "on" if one.is_active else "off"),
        ("signed", "yes" if one.has_secret else "no"),
        ("made", formats.moment(one.creation_time_ms)),
        ("changed", formats.moment(one.last_update_time_ms)),
        ("dropped events", dropped),
        *(("event", event.value) for event in one.events),
    ]
    print_facts(facts)


@webhooks.command()
@ID
@click.option("--name")
@click.option("--url")
@EVENT
@click.option("--secret", "has_secret", is_flag=True, help=_SIGNING_HELP)
@click.option("-d", "--description", help="For people.")
@click.option("--on/--off", "is_active", default=None, help="Whether it is told of anything.")
@json_option
@with_store
def update(
    store: TrackingStore,
    webhook_id: str,
    name: str | None,
    url: str | None,
    events: tuple[str, ...],
    has_secret: bool,
    description: str | None,
    is_active: bool | None,
    as_json: bool,
) -> None:
    """Change a webhook; what is not given stays. Events that are given replace those there were."""
    from runfold.domain.webhook import WebhookChanges

    changes = WebhookChanges(
        name=name,
        url=url,
        events=_events(events) or None,
        description=description,
        secret=_read_secret() if has_secret else None,
        is_active=is_active,
    )
    changed = store.update_webhook(webhook_id, changes)
    print_done(f"Changed the webhook {changed.name}.", changed, as_json=as_json)


@webhooks.command()
@ID
@json_option
@with_store
def delete(store: TrackingStore, webhook_id: str, as_json: bool) -> None:
    """Delete a webhook and what waits for it."""
    store.delete_webhook(webhook_id)
    print_done("Deleted.", {"webhook_id": webhook_id}, as_json=as_json)


@webhooks.command()
@ID
@click.argument("event", default="")
@json_option
@with_store
def test(store: TrackingStore, webhook_id: str, event: str, as_json: bool) -> None:
    """Let the server send a made-up event now, and say how it went. Exit code 1: it was not delivered."""
    trial = store.try_webhook(webhook_id, _events((event,))[0] if event else None)
    if as_json:
        print_json(trial)
    else:
        facts = [
            ("delivered", "yes" if trial.is_delivered else "no"),
            ("status", str(trial.status or "")),
            ("error", trial.error),
            ("took", f"{trial.took_ms:.0f} ms"),
            ("sent", trial.body),
        ]
        print_facts(facts)
    if not trial.is_delivered:
        click.get_current_context().exit(FAILURE)


@webhooks.command()
@ID
@click.option("-n", "--limit", default=20, show_default=True, type=click.IntRange(1, 1000), help="Most rows.")
@json_option
@with_store
def deliveries(store: TrackingStore, webhook_id: str, limit: int, as_json: bool) -> None:
    """List what was sent to a webhook and what waits, newest first."""
    found = store.list_deliveries(webhook_id, max_results=limit)
    if as_json:
        print_json(found)
        return
    columns = [*map(Column, ("delivery", "event", "state", "attempts", "status", "happened", "next or last", "error"))]
    rows = [
        [
            one.delivery_id,
            one.event.value,
            one.state.value,
            str(one.n_attempts),
            str(one.status or ""),
            formats.moment(one.creation_time_ms),
            formats.moment(one.time_ms),
            one.error,
        ]
        for one in found
    ]
    print_table(columns, rows, empty="Nothing was sent yet.")


@webhooks.command()
@click.argument("delivery_id", metavar="DELIVERY")
@json_option
@with_store
def redeliver(store: TrackingStore, delivery_id: str, as_json: bool) -> None:
    """Send a delivery again that is over, under the same id."""
    again = store.redeliver(delivery_id)
    print_done(f"{again.event.value} will be sent again.", again, as_json=as_json)

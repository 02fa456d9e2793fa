"""Commands that look at models."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from runfold.cli import formats
from runfold.cli.connect import json_option, with_store
from runfold.cli.models.naming import find, names_version
from runfold.cli.output import print_facts, print_json, print_table
from runfold.cli.tables import Column

if TYPE_CHECKING:
    from runfold.domain.registered_model import AliasMove, ModelVersion, RegisteredModel
    from runfold.stores.base import TrackingStore

LIMIT = click.option("-n", "--limit", default=50, show_default=True, type=click.IntRange(1, 1000), help="Most rows.")
ORDER = click.option("--order-by", multiple=True, metavar="FIELD [DESC]", help="Order; repeatable.")


@click.command("list")
@click.argument("filter_text", metavar="[FILTER]", default="")
@ORDER
@LIMIT
@json_option
@with_store
def list_models(store: TrackingStore, filter_text: str, order_by: tuple[str, ...], limit: int, as_json: bool) -> None:
    """List registered models, such as: runfold models list "algorithm = 'gradient boosting' AND metrics.auc > 0.9" """
    from runfold.stores.registry import ModelQuery

    page = store.search_registered_models(ModelQuery(filter=filter_text, order_by=order_by, max_results=limit))
    if as_json:
        print_json(page.items)
        return
    now_ms = int(time.time() * 1000)
    columns = [Column("name"), Column("versions", is_number=True), Column("aliases"), Column("algorithm")]
    columns += [Column("framework"), Column("changed", is_number=True)]
    rows = [
        [
            model.name,
            str(model.n_versions),
            ", ".join(f"{alias}={version}" for alias, version in model.aliases.items()),
            model.newest.card.algorithm if model.newest else "",
            model.newest.card.framework if model.newest else "",
            formats.age(model.last_update_time_ms, now_ms=now_ms),
        ]
        for model in page.items
    ]
    print_table(columns, rows, empty="No registered models found.")


@click.command()
@click.argument("filter_text", metavar="[FILTER]", default="")
@click.option("--model", "name", default="", help="Versions of this model alone.")
@click.option("--metric", "metrics", multiple=True, metavar="KEY", help="Metric to show; repeatable.")
@ORDER
@LIMIT
@json_option
@with_store
def versions(
    store: TrackingStore,
    filter_text: str,
    name: str,
    metrics: tuple[str, ...],
    order_by: tuple[str, ...],
    limit: int,
    as_json: bool,
) -> None:
    """List versions, the newest of each model first."""
    from runfold.stores.registry import ModelQuery

    quoted = name.replace("'", "''")
    text = " AND ".join(
        part for part in (f"name = '{quoted}'" if name else "", f"({filter_text})" * bool(filter_text)) if part
    )
    page = store.search_model_versions(ModelQuery(filter=text, order_by=order_by, max_results=limit))
    if as_json:
        print_json(page.items)
        return
    now_ms = int(time.time() * 1000)
    titles = ("version", "aliases", "stage", "algorithm", "framework")
    columns = [*map(Column, titles), *(Column(key, is_number=True) for key in metrics), Column("made", is_number=True)]
    rows = [
        [
            f"{version.name}/{version.version}",
            ", ".join(version.aliases),
            _standing(version),
            version.card.algorithm,
            " ".join(filter(None, (version.card.framework, version.card.framework_version))),
            *(formats.number(_metric(version, key)) for key in metrics),
            formats.age(version.creation_time_ms, now_ms=now_ms),
        ]
        for version in page.items
    ]
    print_table(columns, rows, empty="No versions found.")


def _standing(version: ModelVersion) -> str:
    """The stage, or why it is in none."""
    standing = {"PENDING_REGISTRATION": "being registered", "FAILED_REGISTRATION": "failed", "None": ""}
    shown = version.stage.value if version.status == "READY" else version.status.value
    return standing.get(shown, shown)


def _metric(version: ModelVersion, key: str) -> float | None:
    return next((metric.value for metric in version.card.metrics if metric.key == key), None)


@click.command()
@click.argument("model", metavar="NAME | VERSION")
@json_option
@with_store
def show(store: TrackingStore, model: str, as_json: bool) -> None:
    """Show what is known of a model or a version: runfold models show churn, runfold models show churn@champion"""
    if names_version(model):
        found = find(store, model)
        _print(found, facts_of(found), as_json=as_json)
    else:
        named = store.get_registered_model(model.removeprefix("models:/"))
        _print(named, _facts_of_model(named), as_json=as_json)
        if not as_json:
            _print_newest(store, named.name)


def _print(found: ModelVersion | RegisteredModel, facts: list[tuple[str, str]], *, as_json: bool) -> None:
    if as_json:
        print_json(found)
    else:
        print_facts(facts)


def _facts_of_model(model: RegisteredModel) -> list[tuple[str, str]]:
    return [
        ("name", model.name),
        ("description", model.description),
        ("versions", str(model.n_versions)),
        *((f"@{alias}", str(version)) for alias, version in sorted(model.aliases.items())),
        ("made", formats.moment(model.creation_time_ms)),
        ("by", model.user_id),
        ("changed", formats.moment(model.last_update_time_ms)),
        *((f"tags.{key}", value) for key, value in model.tags.items()),
    ]


def _print_newest(store: TrackingStore, name: str) -> None:
    from runfold.stores.registry import ModelQuery

    quoted = name.replace("'", "''")
    query = ModelQuery(filter=f"name = '{quoted}'", order_by=("version_number DESC",), max_results=10)
    now_ms = int(time.time() * 1000)
    columns = [Column("version", is_number=True), *map(Column, ("aliases", "stage", "algorithm", "framework"))]
    columns += [Column("owner"), Column("made", is_number=True)]
    rows = [
        [
            str(version.version),
            ", ".join(version.aliases),
            _standing(version),
            version.card.algorithm,
            " ".join(filter(None, (version.card.framework, version.card.framework_version))),
            version.card.owner,
            formats.age(version.creation_time_ms, now_ms=now_ms),
        ]
        for version in store.search_model_versions(query).items
    ]
    click.echo()
    print_table(columns, rows, empty="It has no versions yet.")


def facts_of(version: ModelVersion) -> list[tuple[str, str]]:
    """What is known of a version, as names and texts."""
    card, files = version.card, version.files
    return [
        ("name", version.name),
        ("version", str(version.version)),
        ("aliases", ", ".join(version.aliases)),
        ("status", "" if version.status == "READY" else f"{version.status.value} {version.status_message}".strip()),
        ("stage", version.stage.value),
        ("description", version.description),
        ("algorithm", card.algorithm),
        ("framework", " ".join(filter(None, (card.framework, card.framework_version)))),
        ("task", card.task),
        ("target platform", card.target_platform),
        ("owner", card.owner),
        ("licence", card.licence),
        ("flavours", ", ".join(card.flavours)),
        ("serialisation", card.serialisation),
        ("signature", card.signature),
        ("made", formats.moment(version.creation_time_ms)),
        ("by", version.user_id),
        ("run", version.run_id),
        ("logged model", version.model_id),
        ("files", version.storage_location),
        ("size", formats.size(files.size_bytes) if files else ""),
        ("digest", files.digest if files else ""),
        *((f"metrics.{metric.key}", formats.number(metric.value)) for metric in card.metrics),
        *((f"params.{key}", value) for key, value in card.params.items()),
        *((f"tags.{key}", value) for key, value in version.tags.items()),
        *(("dataset", f"{data.name} {data.digest} {data.context}".strip()) for data in card.datasets),
    ]


@click.command()
@click.argument("one")
@click.argument("other")
@json_option
@with_store
def diff(store: TrackingStore, one: str, other: str, as_json: bool) -> None:
    """Show what differs between two versions."""
    left, right = (dict(facts_of(find(store, text))) for text in (one, other))
    names = [name for name in dict.fromkeys((*left, *right)) if left.get(name, "") != right.get(name, "")]
    if as_json:
        print_json({name: [left.get(name, ""), right.get(name, "")] for name in names})
        return
    columns = [Column("what"), Column(one), Column(other)]
    rows = [[name, left.get(name, ""), right.get(name, "")] for name in names]
    print_table(columns, rows, empty="Nothing differs.")


@click.command()
@click.argument("name")
@click.argument("alias", default="")
@click.option("--at", type=click.DateTime(), metavar="TIME", help="Only the move that held at this moment (UTC).")
@json_option
@with_store
def history(store: TrackingStore, name: str, alias: str, at: datetime | None, as_json: bool) -> None:
    """Show where an alias of a model pointed, newest first; without ALIAS, all of them."""
    moves = store.list_alias_moves(name, alias)
    if at is not None:
        moves = _held_at(moves, int(at.replace(tzinfo=UTC).timestamp() * 1000))
    if as_json:
        print_json(moves)
        return
    columns = [Column("time"), Column("alias"), Column("version", is_number=True), Column("by"), Column("reason")]
    rows = [
        [
            formats.moment(move.time_ms),
            move.alias,
            "removed" if move.version is None else str(move.version),
            move.user_id,
            move.reason,
        ]
        for move in moves
    ]
    print_table(columns, rows, empty="No alias was ever set.")


def _held_at(moves: Sequence[AliasMove], at_ms: int) -> tuple[AliasMove, ...]:
    """Of each alias the last move before a moment; moves come newest first."""
    found: dict[str, AliasMove] = {}
    for move in moves:
        if move.time_ms <= at_ms:
            found.setdefault(move.alias, move)
    return tuple(found.values())


reading_commands = (list_models, versions, show, diff, history)

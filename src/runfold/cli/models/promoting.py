"""Commands that ask for promotions, review and merge them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from runfold.cli import formats
from runfold.cli.connect import json_option, with_store
from runfold.cli.models.naming import find, user_name
from runfold.cli.output import print_done, print_facts, print_json, print_table
from runfold.cli.tables import Column

if TYPE_CHECKING:
    from runfold.domain.promotion import Promotion
    from runfold.stores.base import TrackingStore


@click.command()
@click.argument("version")
@click.argument("alias")
@click.option("--description", default="", help="Why it should move.")
@click.option("--gate", "filters", multiple=True, metavar="FILTER", help="The version must fulfil it. Repeatable.")
@click.option("--not-worse", "metrics", multiple=True, metavar="METRIC", help="Not worse than now. Repeatable.")
@click.option("--same-signature", is_flag=True, help="Callers of the present version must go on working.")
@click.option("--require", "fields", multiple=True, metavar="FIELD", help="Must be told of it. Repeatable.")
@click.option("--reviewer", "reviewers", multiple=True, metavar="USER", help="Whose approval counts. Repeatable.")
@click.option("--approvals", default=0, type=click.IntRange(0), help="So many people must approve.")
@json_option
@with_store
def promote(
    store: TrackingStore,
    version: str,
    alias: str,
    description: str,
    filters: tuple[str, ...],
    metrics: tuple[str, ...],
    same_signature: bool,
    fields: tuple[str, ...],
    reviewers: tuple[str, ...],
    approvals: int,
    as_json: bool,
) -> None:
    """Ask that an alias move to a version: runfold models promote churn/3 champion --gate "metrics.auc > 0.9" """
    from runfold.domain.promotion import Gate, GateKind, NewPromotion

    found = find(store, version)
    gates = [Gate(kind=GateKind.FILTER, filter=text) for text in filters]
    gates += [Gate(kind=GateKind.METRIC, metric=key) for key in metrics]
    gates += [Gate(kind=GateKind.SIGNATURE)] if same_signature else []
    gates += [Gate(kind=GateKind.REQUIRED, fields=fields)] if fields else []
    asked = store.create_promotion(
        NewPromotion(
            name=found.name,
            version=found.version,
            alias=alias,
            description=description,
            user_id=user_name(),
            reviewers=reviewers,
            n_approvals=approvals,
            gates=tuple(gates),
        )
    )
    _say(asked, as_json=as_json)


@click.command()
@click.argument("request_id")
@click.argument("verdict", type=click.Choice(["approve", "reject", "comment"]))
@click.option("--comment", default="", help="What to say.")
@json_option
@with_store
def review(store: TrackingStore, request_id: str, verdict: str, comment: str, as_json: bool) -> None:
    """Approve, reject or comment on a promotion request."""
    from runfold.domain.promotion import Review, Verdict

    given = Review(user_id=user_name(), verdict=Verdict(verdict), comment=comment)
    _say(store.review_promotion(request_id, given), as_json=as_json)


@click.command()
@click.argument("request_id")
@json_option
@with_store
def merge(store: TrackingStore, request_id: str, as_json: bool) -> None:
    """Move the alias of a promotion request."""
    _say(store.merge_promotion(request_id, user_id=user_name()), as_json=as_json)


@click.command()
@click.argument("request_id")
@json_option
@with_store
def withdraw(store: TrackingStore, request_id: str, as_json: bool) -> None:
    """Close a promotion request without moving anything."""
    _say(store.withdraw_promotion(request_id), as_json=as_json)


@click.command()
@click.argument("name", default="")
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice(["open", "merged", "rejected", "withdrawn"]),
    help="Only those in this state. Repeatable.",
)
@json_option
@with_store
def promotions(store: TrackingStore, name: str, states: tuple[str, ...], as_json: bool) -> None:
    """List promotion requests, newest first."""
    from runfold.domain.promotion import PromotionState

    found = store.list_promotions(name, [PromotionState(state) for state in states])
    if as_json:
        print_json(found)
        return
    columns = [*map(Column, ("request", "version", "alias", "state", "gates", "approvals", "by", "made"))]
    rows = [
        [
            one.request_id,
            f"{one.name}/{one.version}",
            one.alias,
            one.state.value,
            f"{sum(result.passed for result in one.results)}/{len(one.gates)}",
            f"{len(one.approvals)}/{one.n_approvals}",
            one.user_id,
            formats.moment(one.creation_time_ms),
        ]
        for one in found
    ]
    print_table(columns, rows, empty="No promotion requests.")


@click.command()
@click.argument("request_id")
@json_option
@with_store
def promotion(store: TrackingStore, request_id: str, as_json: bool) -> None:
    """Show a promotion request: what its gates say now, and who said what of it."""
    found = store.get_promotion(request_id)
    if as_json:
        print_json(found)
        return
    facts = [
        ("request", found.request_id),
        ("version", f"{found.name}/{found.version}"),
        ("alias", found.alias),
        ("state", found.state.value),
        ("why", found.description),
        ("by", found.user_id),
        ("made", formats.moment(found.creation_time_ms)),
        ("reviewers", ", ".join(found.reviewers)),
        ("approvals", f"{len(found.approvals)} of {found.n_approvals}"),
        *(("gate", f"{'passes' if one.passed else 'FAILS'}: {one.explanation}") for one in found.results),
        *((one.verdict.value, f"{one.user_id} {one.comment}".strip()) for one in found.reviews),
    ]
    print_facts(facts)


def _say(request: Promotion, *, as_json: bool) -> None:
    failed = " ".join(result.explanation for result in request.results if not result.passed)
    state = f"Request {request.request_id}: {request.name}@{request.alias} to version {request.version}, "
    approvals = f"{request.state.value}; {len(request.approvals)} of {request.n_approvals} approvals."
    print_done(f"{state}{approvals} {failed}".strip(), request, as_json=as_json)


promoting_commands = (promote, review, merge, withdraw, promotions, promotion)

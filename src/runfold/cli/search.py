"""`runfold search`, and the table of runs that `runfold runs list` shows too."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from runfold.cli.connect import json_option, with_store
from runfold.cli.output import is_terminal, print_json, print_table
from runfold.cli.suggestions import experiment_names

if TYPE_CHECKING:
    from runfold.domain.ids import ExperimentId
    from runfold.stores.base import TrackingStore

F = TypeVar("F", bound=Callable[..., Any])

N_TELLING_METRICS = 3
N_TELLING_PARAMS = 2


class Listing(NamedTuple):
    """What `listing_options` gathers."""

    experiments: tuple[str, ...]
    order_by: tuple[str, ...]
    columns: tuple[str, ...]
    limit: int
    deleted: bool
    ids: bool
    as_json: bool


def listing_options(command: F) -> F:
    """Options of commands that show a table of runs."""
    options = (
        click.option(
            "-e",
            "--experiment",
            "experiments",
            multiple=True,
            metavar="NAME",
            shell_complete=experiment_names,
            help="Experiment by name or id, a pattern (vision/*) or a folder (vision/). Default: all. Repeatable.",
        ),
        click.option(
            "-o",
            "--order-by",
            multiple=True,
            metavar="FIELD [DESC]",
            help="Field to order by: 'metrics.loss.min', 'params.lr DESC'. Repeatable. Default: newest first.",
        ),
        click.option(
            "-c",
            "--column",
            "columns",
            multiple=True,
            metavar="FIELD",
            help="Column to show, any field of the search language. Repeatable. Default: those that tell runs apart.",
        ),
        click.option("-n", "--limit", default=50, show_default=True, type=click.IntRange(0), help="Most runs; 0: all."),
        click.option("--deleted", is_flag=True, help="Show the trash instead."),
        click.option("--ids", is_flag=True, help="Print only run ids, one a line, for xargs and scripts."),
        json_option,
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.command()
@click.argument("filter", required=False, default="")
@listing_options
@with_store
def search(store: TrackingStore, filter: str, **listing: Any) -> None:
    """Find runs by a filter, in the one search language of Runfold.

    \b
    runfold search "metrics.accuracy > 0.9 and params.lr < 0.01"
    runfold search "metrics.loss.min < 0.2 or tags.team in ('vision', 'speech')" -o metrics.loss.min
    runfold search "status = 'FAILED' and not tags.checked is not null" --ids | xargs runfold runs delete
    runfold search "children.metrics.accuracy.max > 0.95" -e "grid/*" -c run_name -c params.lr
    """
    show_runs(store, filter, Listing(**listing))


def show_runs(store: TrackingStore, filter: str, listing: Listing) -> None:
    """Print the runs that a filter finds, as the options say."""
    from runfold.cli.columns import RunTable
    from runfold.cli.documents import run_document
    from runfold.cli.lookup import search_all, select_experiments
    from runfold.domain.states import ViewType
    from runfold.stores.base import RunColumns, RunQuery

    # The trash holds runs of experiments that are there and of those that lie in it too.
    stages = ViewType.ALL if listing.deleted else ViewType.ACTIVE_ONLY
    experiments = tuple(e.experiment_id for e in select_experiments(store, listing.experiments, stages))
    table = RunTable(_column_names(store, experiments, filter, listing), now_ms=int(time.time() * 1000))
    query = RunQuery(
        experiment_ids=experiments,
        filter=filter,
        order_by=listing.order_by,
        view_type=ViewType.DELETED_ONLY if listing.deleted else ViewType.ACTIVE_ONLY,
        columns=RunColumns() if listing.as_json and not listing.columns else table.wanted,
    )
    runs = search_all(store, query, listing.limit)
    if listing.ids:
        for run in runs:
            click.echo(run.info.run_id)
    elif listing.as_json:
        print_json([run_document(run) for run in runs])
    else:
        rows = [table.row(run) for run in runs]
        if is_terminal() and "run_id" in table.names:
            _shorten(rows, table.names.index("run_id"))
        print_table(table.columns, rows, empty="No runs found.")


def _column_names(
    store: TrackingStore, experiment_ids: Sequence[ExperimentId], filter: str, listing: Listing
) -> tuple[str, ...]:
    from runfold.cli.columns import asked_fields, default_names

    if listing.columns or listing.as_json or listing.ids:
        return listing.columns
    return default_names(asked_fields(filter, listing.order_by), telling_fields(store, experiment_ids))


def telling_fields(store: TrackingStore, experiment_ids: Sequence[ExperimentId]) -> list[str]:
    """The metrics and params that tell the runs of these experiments apart best."""
    from runfold.cli.columns import quote
    from runfold.domain.keys import KeyKind

    if not experiment_ids:
        return []
    wanted = ((KeyKind.METRIC, "metrics", N_TELLING_METRICS), (KeyKind.PARAM, "params", N_TELLING_PARAMS))
    return [
        f"{prefix}.{quote(key.key)}"
        for kind, prefix, n in wanted
        for key in store.search_keys(experiment_ids, kinds=(kind,), max_results=n)
    ]


def _shorten(rows: list[list[str]], at: int) -> None:
    """Cut the ids in one column to what still tells them apart."""
    from runfold.cli.lookup import short_ids

    for row, short in zip(rows, short_ids([row[at] for row in rows]), strict=True):
        row[at] = short

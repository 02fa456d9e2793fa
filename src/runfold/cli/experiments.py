"""`runfold experiments`."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from runfold.cli import formats
from runfold.cli.connect import json_option, with_new_session, with_store
from runfold.cli.output import print_done, print_json, print_table
from runfold.cli.pairs import parse_pairs
from runfold.cli.suggestions import experiment_names
from runfold.cli.tables import Column

if TYPE_CHECKING:
    from runfold.stores.base import TrackingStore
    from runfold.tracking.session import Session

EXPERIMENT = click.argument("experiment", metavar="NAME", shell_complete=experiment_names)


@click.group()
def experiments() -> None:
    """List and change experiments. Each is called by its name or id."""


@experiments.command("list")
@click.option("--deleted", is_flag=True, help="Show the trash instead.")
@json_option
@with_store
def list_experiments(store: TrackingStore, deleted: bool, as_json: bool) -> None:
    """List experiments by name, with how many runs each has."""
    from runfold.domain.states import ViewType

    view = ViewType.DELETED_ONLY if deleted else ViewType.ACTIVE_ONLY
    summaries = store.summarize_experiments(view_type=view)
    if as_json:
        print_json(summaries)
        return
    now_ms = int(time.time() * 1000)
    columns = [
        Column("id", is_number=True),
        Column("name"),
        Column("runs", is_number=True),
        Column("running", is_number=True),
        Column("last run", is_number=True),
    ]
    rows = [
        [
            summary.experiment.experiment_id,
            summary.experiment.name,
            str(summary.n_runs),
            str(summary.n_running or ""),
            formats.age(summary.last_run_ms, now_ms=now_ms),
        ]
        for summary in summaries
    ]
    print_table(columns, rows, empty="No experiments found.")


@experiments.command("columns")
@EXPERIMENT
@click.argument("text", default="")
@click.option("-n", "--limit", default=100, show_default=True, type=click.IntRange(1), help="Most columns.")
@json_option
@with_store
def list_columns(store: TrackingStore, experiment: str, text: str, limit: int, as_json: bool) -> None:
    """List the metrics, params and tags of an experiment that contain TEXT, the most telling first."""
    from runfold.cli.columns import quote
    from runfold.cli.documents import key_document
    from runfold.cli.lookup import find_experiment
    from runfold.domain.keys import KeyKind

    found = find_experiment(store, experiment)
    keys = store.search_keys([found.experiment_id], text=text, max_results=limit)
    if as_json:
        print_json([key_document(key) for key in keys])
        return
    prefix = {KeyKind.METRIC: "metrics", KeyKind.PARAM: "params", KeyKind.TAG: "tags"}
    columns = [
        Column("column"),
        Column("runs", is_number=True),
        Column("distinct", is_number=True),
        Column("min", is_number=True),
        Column("max", is_number=True),
        Column("examples"),
    ]
    rows = [
        [
            f"{prefix[key.kind]}.{quote(key.key)}",
            str(key.n_runs),
            str(key.n_distinct),
            formats.number(key.min),
            formats.number(key.max),
            ", ".join(key.examples),
        ]
        for key in keys
    ]
    print_table(columns, rows, empty="No columns found.")


@experiments.command()
@click.argument("name")
@click.option(
    "--artifact-location", default="", metavar="URI", help="Where files of its runs lie. Default: the store's."
)
@click.option("--tag", "tags", multiple=True, metavar="KEY=VALUE", help="Tag to set. Repeatable.")
@json_option
@with_new_session
def create(session: Session, name: str, artifact_location: str, tags: tuple[str, ...], as_json: bool) -> None:
    """Create an experiment and print its id. A name with / shows in folders."""
    pairs = dict(parse_pairs(tags))
    experiment_id = session.store.create_experiment(name, artifact_location=artifact_location, tags=pairs)
    print_done(experiment_id, {"experiment_id": experiment_id}, as_json=as_json)


@experiments.command()
@EXPERIMENT
@click.argument("new_name")
@json_option
@with_store
def rename(store: TrackingStore, experiment: str, new_name: str, as_json: bool) -> None:
    """Give an experiment another name."""
    from runfold.cli.lookup import find_experiment

    found = find_experiment(store, experiment)
    store.rename_experiment(found.experiment_id, new_name)
    document = {"experiment_id": found.experiment_id, "name": new_name}
    print_done(f"{found.name!r} is called {new_name!r} now.", document, as_json=as_json)


@experiments.command()
@EXPERIMENT
@json_option
@with_store
def delete(store: TrackingStore, experiment: str, as_json: bool) -> None:
    """Move an experiment and its runs to the trash."""
    from runfold.cli.lookup import find_experiment

    found = find_experiment(store, experiment)
    store.delete_experiment(found.experiment_id)
    sentence = f"Moved {found.name!r} to the trash; `runfold experiments restore {found.experiment_id}` brings it back."
    print_done(sentence, {"experiment_id": found.experiment_id}, as_json=as_json)


@experiments.command()
@EXPERIMENT
@json_option
@with_store
def restore(store: TrackingStore, experiment: str, as_json: bool) -> None:
    """Bring back an experiment and the runs that went to the trash with it."""
    from runfold.cli.lookup import find_experiment

    found = find_experiment(store, experiment)
    store.restore_experiment(found.experiment_id)
    print_done(f"Restored {found.name!r}.", {"experiment_id": found.experiment_id}, as_json=as_json)

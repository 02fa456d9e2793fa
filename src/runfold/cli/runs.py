"""`runfold runs`."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from runfold.cli import formats
from runfold.cli.connect import json_option, with_store
from runfold.cli.output import print_done, print_facts, print_json, print_table
from runfold.cli.pairs import parse_pairs
from runfold.cli.search import Listing, listing_options, show_runs
from runfold.cli.suggestions import experiment_names, run_names
from runfold.cli.tables import Column
from runfold.domain import known_tags

if TYPE_CHECKING:
    from runfold.domain.run import Run
    from runfold.stores.base import TrackingStore

RUN = click.argument("run", metavar="RUN", shell_complete=run_names)
RUNS = click.argument("runs", metavar="RUN...", nargs=-1, required=True, shell_complete=run_names)


@click.group()
def runs() -> None:
    """List, show and change runs.

    A RUN is an id, the beginning of one, or a name that only one run has.
    """


@runs.command("list")
@listing_options
@with_store
def list_runs(store: TrackingStore, **listing: Any) -> None:
    """List runs, newest first; `runfold search` also filters them."""
    show_runs(store, "", Listing(**listing))


@runs.command()
@RUN
@click.option("--all", "everything", is_flag=True, help="Also the tags that Runfold and MLflow set by themselves.")
@json_option
@with_store
def show(store: TrackingStore, run: str, everything: bool, as_json: bool) -> None:
    """Show all that is known of a run, except the points of its metrics."""
    from runfold.cli.documents import run_document
    from runfold.cli.lookup import find_run

    found = find_run(store, run)
    if as_json:
        print_json(run_document(found))
        return
    print_facts(_facts(store, found))
    tags = {key: value for key, value in found.tags.items() if everything or not key.startswith(SYSTEM_TAGS)}
    _section("Params", [Column("param"), Column("value")], sorted(map(list, found.params.items())))
    _section("Metrics", [Column("metric"), *(Column(t, is_number=True) for t in METRIC_TITLES)], metric_rows(found))
    _section("Tags", [Column("tag"), Column("value")], sorted(map(list, tags.items())))
    datasets = [
        [use.dataset.name, use.dataset.digest, "output" if use.is_output else use.context] for use in found.datasets
    ]
    _section("Datasets", [Column("dataset"), Column("digest"), Column("context")], datasets)
    if known_tags.ERROR in found.tags:
        click.echo()
        click.secho("Error", bold=True)
        click.echo("\n".join(formats.one_line(line) for line in found.tags[known_tags.ERROR].splitlines()))


@runs.command()
@RUNS
@json_option
@with_store
def delete(store: TrackingStore, runs: Sequence[str], as_json: bool) -> None:
    """Move runs to the trash; `runfold runs restore` brings them back, `runfold purge` empties it."""
    ids = _ids(store, runs)
    store.delete_runs(ids)
    print_done(f"Moved {_n_runs(ids)} to the trash.", {"run_ids": ids}, as_json=as_json)


@runs.command()
@RUNS
@json_option
@with_store
def restore(store: TrackingStore, runs: Sequence[str], as_json: bool) -> None:
    """Bring runs back from the trash; they need their whole ids (`runfold runs list --deleted --ids`)."""
    ids = _ids(store, runs)
    store.restore_runs(ids)
    print_done(f"Restored {_n_runs(ids)}.", {"run_ids": ids}, as_json=as_json)


@runs.command()
@RUNS
@click.option(
    "--to",
    "experiment",
    required=True,
    metavar="NAME",
    help="Experiment by name or id.",
    shell_complete=experiment_names,
)
@json_option
@with_store
def move(store: TrackingStore, runs: Sequence[str], experiment: str, as_json: bool) -> None:
    """Put runs into another experiment; their files stay where they are."""
    from runfold.cli.lookup import find_experiment

    target = find_experiment(store, experiment)
    ids = _ids(store, runs)
    store.move_runs(ids, target.experiment_id)
    document = {"run_ids": ids, "experiment_id": target.experiment_id}
    print_done(f"Moved {_n_runs(ids)} to {target.name!r}.", document, as_json=as_json)


@runs.command()
@RUN
@click.argument("name")
@json_option
@with_store
def rename(store: TrackingStore, run: str, name: str, as_json: bool) -> None:
    """Give a run another name."""
    (run_id,) = _ids(store, [run])
    store.update_run(run_id, run_name=name)
    print_done(f"Run {run_id} is called {name!r} now.", {"run_id": run_id, "run_name": name}, as_json=as_json)


@runs.command()
@RUN
@click.argument("tags", metavar="KEY=VALUE...", nargs=-1, required=True)
@json_option
@with_store
def tag(store: TrackingStore, run: str, tags: Sequence[str], as_json: bool) -> None:
    """Set tags on a run; `runfold runs unset --tag KEY` removes one."""
    from runfold.domain.run import RunBatch

    pairs = parse_pairs(tags)
    (run_id,) = _ids(store, [run])
    store.log_batch(run_id, RunBatch(tags=pairs))
    keys = ", ".join(key for key, _ in pairs)
    print_done(f"Set {keys} on run {run_id}.", {"run_id": run_id, "tags": dict(pairs)}, as_json=as_json)


@runs.command()
@RUN
@click.option("--tag", "tags", multiple=True, metavar="KEY", help="Tag to remove. Repeatable.")
@click.option("--param", "params", multiple=True, metavar="KEY", help="Param to remove. Repeatable.")
@click.option("--metric", "metrics", multiple=True, metavar="KEY", help="Metric to remove, all points. Repeatable.")
@click.option("--after-step", type=int, help="Of the metrics, remove only the points after this step.")
@json_option
@with_store
def unset(
    store: TrackingStore,
    run: str,
    tags: Sequence[str],
    params: Sequence[str],
    metrics: Sequence[str],
    after_step: int | None,
    as_json: bool,
) -> None:
    """Remove single tags, params or metrics of a run for good."""
    if not (tags or params or metrics):
        raise click.UsageError("Say what to remove: --tag, --param or --metric.")
    if after_step is not None and not metrics:
        raise click.UsageError("--after-step cuts metrics: name them with --metric.")
    (run_id,) = _ids(store, [run])
    for key in tags:
        store.delete_tag(run_id, key)
    for key in params:
        store.delete_param(run_id, key)
    for key in metrics:
        store.delete_metric(run_id, key, after_step=after_step)
    document = {"run_id": run_id, "tags": tags, "params": params, "metrics": metrics, "after_step": after_step}
    print_done(f"Removed {', '.join((*tags, *params, *metrics))} from run {run_id}.", document, as_json=as_json)


@runs.command()
@RUNS
@click.option(
    "--status", type=click.Choice(["FINISHED", "FAILED", "KILLED"]), default="KILLED", show_default=True, help="End as."
)
@json_option
@with_store
def end(store: TrackingStore, runs: Sequence[str], status: str, as_json: bool) -> None:
    """Close runs whose process is gone for good, such as lost ones."""
    from runfold.domain.states import RunStatus

    ids = _ids(store, runs)
    for run_id in ids:
        store.update_run(run_id, status=RunStatus[status], end_time_ms=int(time.time() * 1000))
    print_done(f"Ended {_n_runs(ids)} as {status}.", {"run_ids": ids, "status": status}, as_json=as_json)


SYSTEM_TAGS = ("mlflow.", "runfold.")
METRIC_TITLES = ("last", "step", "min", "max", "points")


def metric_rows(run: Run) -> list[list[str]]:
    return [
        [key, formats.number(m.last), str(m.step), formats.number(m.min), formats.number(m.max), str(m.count)]
        for key, m in sorted(run.metrics.items())
    ]


def _facts(store: TrackingStore, run: Run) -> list[tuple[str, str]]:
    from runfold.cli.columns import attribute

    info = run.info
    now_ms = int(time.time() * 1000)
    source = (run.tags.get(known_tags.SOURCE_NAME, ""), run.tags.get(known_tags.GIT_COMMIT, "")[:12])
    return [
        ("run", info.run_id),
        ("name", info.run_name),
        ("experiment", f"{store.get_experiment(info.experiment_id).name} ({info.experiment_id})"),
        ("state", attribute(run, "state", now_ms=now_ms) + " (deleted)" * (info.lifecycle_stage.value == "deleted")),
        ("started", formats.moment(info.start_time_ms)),
        ("duration", attribute(run, "duration", now_ms=now_ms)),
        ("last written", formats.moment(info.last_write_ms)),
        ("user", info.user_id),
        ("source", " ".join(filter(None, source))),
        ("parent", info.parent_run_id or ""),
        ("artifacts", info.artifact_uri),
        ("description", run.tags.get(known_tags.DESCRIPTION, "")),
    ]


def _section(title: str, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
    if rows:
        click.echo()
        click.secho(title, bold=True)
        print_table(columns, rows)


def _n_runs(ids: Sequence[str]) -> str:
    return f"{len(ids)} run{'s' * (len(ids) != 1)}"


def _ids(store: TrackingStore, texts: Sequence[str]) -> list[str]:
    from runfold.cli.lookup import find_run

    return [find_run(store, text).info.run_id for text in texts]

"""`runfold compare`."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from runfold.cli import formats
from runfold.cli.connect import json_option, with_store
from runfold.cli.output import print_json, print_table
from runfold.cli.runs import SYSTEM_TAGS
from runfold.cli.suggestions import run_names
from runfold.cli.tables import Column

if TYPE_CHECKING:
    from runfold.domain.run import Run
    from runfold.stores.base import TrackingStore

ATTRIBUTES = ("state", "duration", "user_id", "parent_run_id")


@click.command()
@click.argument("runs", metavar="RUN RUN...", nargs=-1, required=True, shell_complete=run_names)
@click.option("--all", "everything", is_flag=True, help="Also what all of them agree on, and tags of the system.")
@json_option
@with_store
def compare(store: TrackingStore, runs: Sequence[str], everything: bool, as_json: bool) -> None:
    """Put runs side by side: first what differs, params before metrics.

    Exits with 0 whether or not the runs differ.
    """
    from runfold.cli.lookup import find_run, short_ids

    if len(runs) < 2:
        raise click.UsageError("Name at least two runs.")
    found = [find_run(store, run) for run in runs]
    names = {run.info.experiment_id for run in found}
    experiments = {experiment_id: store.get_experiment(experiment_id).name for experiment_id in names}
    fields = _fields(found, experiments, everything=everything)
    different = {name: values for name, values in fields.items() if len(set(values)) > 1}
    equal = {name: values[0] for name, values in fields.items() if name not in different}
    if as_json:
        ids = [run.info.run_id for run in found]
        print_json(
            {
                "runs": [{"run_id": run.info.run_id, "run_name": run.info.run_name} for run in found],
                "different": {name: dict(zip(ids, values, strict=True)) for name, values in different.items()},
                "equal": equal,
            }
        )
        return
    ids = short_ids([run.info.run_id for run in found])
    titles = [f"{run.info.run_name} {short}" for run, short in zip(found, ids, strict=True)]
    rows = [[name, *values] for name, values in different.items()]
    if everything:
        rows += [[name, *[value] * len(found)] for name, value in equal.items()]
    print_table([Column("field"), *map(Column, titles)], rows, empty="The runs do not differ.")
    if equal and not everything:
        click.echo(f"{len(equal)} fields are the same in all; --all shows them.", err=True)


def _fields(runs: Sequence[Run], experiments: Mapping[str, str], *, everything: bool) -> dict[str, tuple[str, ...]]:
    """Every field that some run has, with its text in each run; empty where a run lacks it."""
    from runfold.cli.columns import attribute

    now_ms = int(time.time() * 1000)
    params = sorted({key for run in runs for key in run.params})
    metrics = sorted({key for run in runs for key in run.metrics})
    tags = sorted({key for run in runs for key in run.tags if everything or not key.startswith(SYSTEM_TAGS)})
    data = sorted({use.dataset.name for run in runs for use in run.datasets})
    return (
        {f"params.{key}": tuple(run.params.get(key, "") for run in runs) for key in params}
        | {f"metrics.{key}": tuple(_last(run, key) for run in runs) for key in metrics}
        | {f"datasets.{name}": tuple(_digests(run, name) for run in runs) for name in data}
        | {f"tags.{key}": tuple(run.tags.get(key, "") for run in runs) for key in tags}
        | {"experiment": tuple(experiments[run.info.experiment_id] for run in runs)}
        | {name: tuple(attribute(run, name, now_ms=now_ms) for run in runs) for name in ATTRIBUTES}
    )


def _last(run: Run, key: str) -> str:
    return formats.number(run.metrics[key].last) if key in run.metrics else ""


def _digests(run: Run, name: str) -> str:
    return " ".join(sorted({use.dataset.digest for use in run.datasets if use.dataset.name == name}))

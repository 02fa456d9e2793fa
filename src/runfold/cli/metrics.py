"""`runfold metrics`."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from runfold.cli import formats
from runfold.cli.connect import json_option, with_store
from runfold.cli.output import print_json, print_table
from runfold.cli.runs import METRIC_TITLES, RUN, RUNS, metric_rows
from runfold.cli.tables import Column

if TYPE_CHECKING:
    from runfold.cli.plot import Line
    from runfold.domain.metric import SampledSeries
    from runfold.domain.run import Run
    from runfold.stores.base import TrackingStore

KEYS = click.option("-k", "--key", "keys", multiple=True, metavar="KEY", help="Metric. Repeatable. Default: all.")


@click.group()
def metrics() -> None:
    """Read and draw the metrics of runs."""


@metrics.command("list")
@RUN
@json_option
@with_store
def list_metrics(store: TrackingStore, run: str, as_json: bool) -> None:
    """List the metrics of a run: last value, extremes, number of points."""
    from runfold.cli.documents import run_document
    from runfold.cli.lookup import find_run

    found = find_run(store, run)
    if as_json:
        print_json(run_document(found)["metrics"])
        return
    columns = [Column("metric"), *(Column(title, is_number=True) for title in METRIC_TITLES)]
    print_table(columns, metric_rows(found), empty="The run has no metrics.")


@metrics.command()
@RUNS
@KEYS
@json_option
@with_store
def values(store: TrackingStore, runs: Sequence[str], keys: Sequence[str], as_json: bool) -> None:
    """Print every point of metrics: run, key, step, time, value."""
    import numpy as np

    from runfold.cli.lookup import find_run

    found = [find_run(store, run) for run in runs]
    all_series = store.get_series([run.info.run_id for run in found], keys or _all_keys(found))
    columns = {id(s): [np.asarray(c).tolist() for c in (s.steps, s.timestamps_ms, s.values)] for s in all_series}
    if as_json:
        print_json(
            [
                {"run_id": s.run_id, "key": s.key}
                | dict(zip(("steps", "timestamps_ms", "values"), columns[id(s)], strict=True))
                for s in all_series
            ]
        )
        return
    titles = [
        Column("run_id"),
        Column("metric"),
        *(Column(t, is_number=True) for t in ("step", "timestamp_ms", "value")),
    ]
    rows = [
        [s.run_id, s.key, str(step), str(time_ms), repr(value)]
        for s in all_series
        for step, time_ms, value in zip(*columns[id(s)], strict=True)
    ]
    print_table(titles, rows, empty="No such points.")


@metrics.command()
@RUNS
@KEYS
@click.option("--axis", type=click.Choice(["step", "time"]), default="step", show_default=True, help="What x is.")
@click.option("--log", "log_y", is_flag=True, help="Logarithmic y axis.")
@click.option("--height", default=15, show_default=True, type=click.IntRange(3, 200), help="Lines of a plot.")
@click.option("--width", type=click.IntRange(20), help="Columns of a plot. Default: the terminal's.")
@with_store
def plot(
    store: TrackingStore,
    runs: Sequence[str],
    keys: Sequence[str],
    axis: str,
    log_y: bool,
    height: int,
    width: int | None,
) -> None:
    """Draw metrics in the terminal: one plot a metric, one line a run.

    \b
    runfold metrics plot 3f2a
    runfold metrics plot $(runfold search "tags.sweep = '7'" --ids) -k val/loss --log
    """
    from runfold.cli.lookup import find_run
    from runfold.cli.plot import plot as draw
    from runfold.stores.base import SeriesQuery

    found = [find_run(store, run) for run in runs]
    names = {run.info.run_id: run.info.run_name for run in found}
    columns = width or shutil.get_terminal_size().columns
    wanted = list(keys) or _all_keys(found)
    query = SeriesQuery(run_ids=tuple(names), keys=tuple(wanted), n_buckets=2 * columns, axis=axis)
    sampled = store.sample_series(query)
    for key in wanted:
        of_key = [series for series in sampled if series.key == key]
        if not of_key:
            click.echo(f"No run has points of {key!r}.", err=True)
            continue
        click.secho(key, bold=True)
        lines = [_line(series, names[series.run_id], of_key, axis) for series in of_key]
        click.echo("\n".join(draw(lines, width=columns, height=height, log_y=log_y)) + "\n")


def _all_keys(runs: Sequence[Run]) -> list[str]:
    return sorted({key for run in runs for key in run.metrics})


def _line(series: SampledSeries, name: str, others: Sequence[SampledSeries], axis: str) -> Line:
    """One point a bucket, its mean where it begins; time in seconds since the first point of the plot."""
    from runfold.cli.plot import Line

    start = min(s.buckets[0].x for s in others if s.buckets) if axis == "time" else 0
    scale = 1000 if axis == "time" else 1
    xs = [(bucket.x - start) / scale for bucket in series.buckets]
    means = [bucket.mean for bucket in series.buckets]
    last = next((b.last for b in reversed(series.buckets) if b.last is not None), None)
    label = f"{name}  {series.run_id[:8]}  last {formats.number(last) or 'nan'}"
    return Line(label, xs, means)

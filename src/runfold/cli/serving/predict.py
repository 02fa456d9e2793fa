"""`runfold models predict`."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

import click

from runfold.cli.serving.options import enter_environment, environment_option, model_options, say

_FORMATS = click.Choice(["csv", "json", "jsonl", "parquet"])


@click.command()
@model_options
@environment_option
@click.option("-i", "--input-path", type=click.Path(path_type=Path), help="The rows. [default: stdin]")
@click.option("-o", "--output-path", type=click.Path(path_type=Path), help="The predictions. [default: stdout]")
@click.option(
    "-t", "--content-type", "input_format", type=_FORMATS, help="[default: as the input's name ends, or json]"
)
@click.option("--output-format", type=_FORMATS, help="[default: as the output's name ends, or json]")
@click.option("--with-input", is_flag=True, help="Write the columns of the rows before the predictions.")
@click.option("--rows", "rows_of_a_piece", type=click.IntRange(1), default=10_000, help="Rows in memory at a time.")
def predict(
    uri: str,
    name: str,
    allow_pickle: bool | None,
    allow_code: bool | None,
    env_manager: str,
    input_path: Path | None,
    output_path: Path | None,
    input_format: str | None,
    output_format: str | None,
    with_input: bool,
    rows_of_a_piece: int,
) -> None:
    """Predict the rows of a file: CSV, JSON, JSON lines or Parquet in and out.

    Files are read and written in pieces, whatever their size. The output appears when it is complete. JSON is an array
    of records, or one request of the scoring protocol.

    \b
    runfold models predict -m models:/churn@champion -i customers.parquet -o scores.csv --with-input
    """
    enter_environment(uri, env_manager)
    from runfold.serving.files.score import appearing, format_of, score
    from runfold.serving.source import ModelSource

    model = ModelSource(uri=uri, name=name, allow_pickle=allow_pickle, allow_code=allow_code).load()
    with ExitStack() as stack:
        source: BinaryIO = sys.stdin.buffer
        if input_path is not None:
            if not input_path.is_file():
                raise click.BadParameter(f"{str(input_path)!r} does not exist.", param_hint="--input-path")
            source = stack.enter_context(input_path.open("rb"))
        target = stack.enter_context(appearing(output_path)) if output_path else sys.stdout.buffer
        progress = stack.enter_context(_Progress(source, input_path))
        scored = score(
            model,
            source,
            target,
            input_format=input_format or (input_path and format_of(input_path)) or "json",
            output_format=output_format or (output_path and format_of(output_path)) or "json",
            with_input=with_input,
            rows_of_a_piece=rows_of_a_piece,
            tell=progress.tell,
        )
    if output_path:
        say(f"{scored.n_rows} rows predicted into {output_path}")


class _Progress:
    """A bar on a terminal, by the bytes of the input that are read; nothing elsewhere."""

    def __init__(self, source: BinaryIO, path: Path | None) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        self._source = source
        self._size = path.stat().st_size if path else None
        console = Console(stderr=True)
        columns = (BarColumn(), TextColumn("{task.fields[rows]} rows"), TimeRemainingColumn())
        self._bar = Progress(*columns, console=console, disable=not console.is_terminal, transient=True)
        self._task = self._bar.add_task("", total=self._size, rows=0)

    def __enter__(self) -> _Progress:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def tell(self, n_rows: int) -> None:
        read = None if self._size is None or self._source.closed else self._source.tell()
        self._bar.update(self._task, completed=read, rows=n_rows)

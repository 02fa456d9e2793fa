"""Where results go: a table for people, lines for pipes, JSON for programs."""

from __future__ import annotations

import math
import shutil
import sys
from collections.abc import Iterable, Sequence

import click
import msgspec

from runfold.cli.formats import one_line
from runfold.cli.tables import Column, fitted, tab_separated


def is_terminal() -> bool:
    return sys.stdout.isatty()


def print_table(columns: Sequence[Column], rows: Iterable[Sequence[str]], *, empty: str = "Nothing found.") -> None:
    """Print rows; on a terminal an empty table is the sentence `empty`, on stderr so that pipes stay clean."""
    clean = [[one_line(cell) for cell in row] for row in rows]
    if not is_terminal():
        click.echo("\n".join(tab_separated(columns, clean)))
    elif clean:
        head, *lines = fitted(columns, clean, shutil.get_terminal_size().columns)
        click.secho(head, bold=True)
        click.echo("\n".join(lines))
    else:
        click.echo(empty, err=True)


def print_facts(facts: Iterable[tuple[str, str]]) -> None:
    """Print `name  value` lines, the values in one column."""
    lines = [(name, one_line(value)) for name, value in facts if value]
    width = max((len(name) for name, _ in lines), default=0)
    for name, value in lines:
        click.echo(f"{click.style(name.ljust(width), bold=True)}  {value}")


def print_done(sentence: str, document: object, *, as_json: bool) -> None:
    """Say what a command changed: a sentence for people, or a document."""
    if as_json:
        print_json(document)
    else:
        click.echo(sentence)


def print_json(value: object) -> None:
    """Print one JSON document; of a list, each item has a line of its own, so that it also greps well.

    NaN and the infinities, which JSON lacks, become the texts `NaN`, `Infinity`, `-Infinity`, as in
    MLflow's REST API.
    """
    plain = _without_special_floats(msgspec.to_builtins(value))
    if isinstance(plain, list):
        click.echo("[" + ",\n ".join(_encode(item) for item in plain) + "]")
    else:
        click.echo(msgspec.json.format(_encode(plain), indent=2))


def _encode(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _without_special_floats(value: object) -> object:
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, dict):
        return {key: _without_special_floats(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_special_floats(item) for item in value]
    return value

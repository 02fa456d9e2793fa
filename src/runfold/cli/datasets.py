"""`runfold datasets`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from runfold.cli.connect import json_option, with_store
from runfold.cli.output import print_facts, print_json, print_table
from runfold.cli.tables import Column
from runfold.errors import NotFound

if TYPE_CHECKING:
    from runfold.stores.base import TrackingStore


@click.group()
def datasets() -> None:
    """Look at the datasets that runs of the workspace used.

    \b
      runfold datasets list --text wine
      runfold datasets show wine

    Who may see one without its runs, or must not see it, is said by grants: see runfold grants.
    """


@datasets.command("list")
@click.option("-t", "--text", default="", help="What the name contains.")
@click.option("-n", "--limit", default=100, show_default=True, type=click.IntRange(1, 1000), help="Most datasets.")
@json_option
@with_store
def list_datasets(store: TrackingStore, text: str, limit: int, as_json: bool) -> None:
    """List datasets by name and digest, the newest first."""
    found = store.list_datasets(text=text, max_results=limit).items
    if as_json:
        print_json(found)
        return
    print_table(
        [
            Column("dataset"),
            Column("digest"),
            Column("source type"),
            Column("runs", is_number=True),
            Column("experiments"),
        ],
        [[one.name, one.digest, one.source_type, str(one.n_runs), " ".join(one.experiment_ids[:10])] for one in found],
        empty="No datasets.",
    )


@datasets.command()
@click.argument("name", metavar="DATASET")
@click.argument("digest", default="")
@json_option
@with_store
def show(store: TrackingStore, name: str, digest: str, as_json: bool) -> None:
    """Show what is recorded of a dataset: of the newest version, or of that with a DIGEST."""
    if not digest:
        newest = store.list_datasets(name=name, max_results=1).items
        if not newest:
            raise NotFound("dataset", name)
        digest = newest[0].digest
    found = store.get_dataset(name, digest)
    if as_json:
        print_json(found)
        return
    print_facts(
        [
            ("dataset", found.name),
            ("digest", found.digest),
            ("source type", found.source_type),
            ("source", found.source),
            ("schema", found.schema),
            ("profile", found.profile),
        ]
    )

"""What a shell offers for names of experiments and runs, from the store that the command line names so far.

A shell must never see an error where it wants words, so a store that cannot be read offers nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from runfold.errors import RunfoldError

if TYPE_CHECKING:
    from runfold.stores.base import TrackingStore

MAX_RUNS = 50


def experiment_names(context: click.Context, parameter: click.Parameter, text: str) -> list[CompletionItem]:
    from runfold.cli.lookup import all_experiments

    with _store(context) as store:
        names = [e.name for e in all_experiments(store)] if store else []
        return [CompletionItem(name) for name in names if name.startswith(text)]
    return []


def run_names(context: click.Context, parameter: click.Parameter, text: str) -> list[CompletionItem]:
    """Names that begin with the text, of the newest runs."""
    from runfold.cli.lookup import all_experiments
    from runfold.stores.base import RunColumns, RunQuery

    with _store(context) as store:
        if store is None:
            return []
        pattern = text.replace("'", "''")
        query = RunQuery(
            experiment_ids=tuple(e.experiment_id for e in all_experiments(store)),
            filter=f"run_name LIKE '{pattern}%'" if text else "",
            columns=RunColumns(metrics=(), params=(), tags=(), datasets=False),
            max_results=MAX_RUNS,
        )
        return [CompletionItem(r.info.run_name, help=r.info.run_id[:8]) for r in store.search_runs(query).items]
    return []


@contextmanager
def _store(context: click.Context) -> Iterator[TrackingStore | None]:
    """The store, or None when there is none; errors of its own end the block quietly."""
    from runfold.cli.connect import missing_store, open_session

    try:
        session = open_session(context.params.get("tracking_uri"))
        try:
            yield None if missing_store(session) else session.store
        finally:
            session.close()
    except RunfoldError:
        return

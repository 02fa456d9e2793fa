"""What denied datasets cost a search: the same questions with nothing hidden and with many names hidden.

    python -m benchmarks.hidden_datasets [--n-runs 100000] [--n-datasets 2000] [--n-hidden 1000] [--rounds 5]
        [--engine sqlite] [--folder FOLDER]

Every run uses one dataset, every fifth another one, too. Both sides take turns. What counts is the processor's time, of
the database's processes, too, which comes in steps of 10 ms a round. A folder that is given is kept and used again.
"""

from __future__ import annotations

import argparse
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path

from benchmarks.machine import describe_machine
from benchmarks.peers.rows_to_postgresql import copy_store, postmaster_of, temporary_database
from benchmarks.peers.runfold_loader import load
from benchmarks.processes import tree_cpu_s
from runfold.config import StoreSettings
from runfold.domain.dataset_access import HiddenDatasets
from runfold.domain.workspace import DEFAULT_WORKSPACE
from runfold.stores.base import RunColumns, RunQuery, TrackingStore
from runfold.stores.sql.store import SqlStore

_CONTEXTS = ("train", "eval", None)
_EXPERIMENT = "0"
_AT_LEAST_S = 0.1


def made_store(folder: Path, n_runs: int, n_datasets: int) -> Path:
    database = folder / "records.db"
    if not database.exists():
        SqlStore(f"sqlite:///{database}", StoreSettings()).close()
        load(database, n_runs)
        with closing(sqlite3.connect(database)) as connection:
            add_datasets(connection, n_runs, n_datasets)
            connection.execute("ANALYZE")
            connection.commit()
    return database


def add_datasets(connection: sqlite3.Connection, n_runs: int, n_datasets: int) -> None:
    connection.executemany(
        "INSERT INTO datasets (id, experiment_id, name, digest, source_type, source, schema, profile) "
        "VALUES (?, 0, ?, 'd', 'local', '{}', '', '')",
        ((number, name_of(number)) for number in range(1, n_datasets + 1)),
    )
    first = ((run, run % n_datasets + 1, _CONTEXTS[run % 3]) for run in range(1, n_runs + 1))
    second = ((run, (run * 7 + 3) % n_datasets + 1, "test") for run in range(5, n_runs + 1, 5))
    for uses in (first, second):
        connection.executemany(
            "INSERT OR IGNORE INTO dataset_uses (run, dataset_id, context, tags) VALUES (?, ?, ?, '{}')", uses
        )


def name_of(number: int) -> str:
    return f"corpus-{number:05}"


def questions(n_datasets: int) -> dict[str, Callable[[TrackingStore], object]]:
    def runs(text: str, *order: str, datasets: bool = False) -> Callable[[TrackingStore], object]:
        columns = RunColumns(datasets=datasets)
        query = RunQuery(experiment_ids=(_EXPERIMENT,), filter=text, order_by=order, max_results=50, columns=columns)
        return lambda store: store.search_runs(query)

    return {
        "first page with datasets": runs("", datasets=True),
        "name = one told": runs(f"dataset.name = '{name_of(n_datasets)}'"),
        "name = one hidden": runs(f"dataset.name = '{name_of(1)}'"),
        "name !=": runs(f"dataset.name != '{name_of(n_datasets)}'"),
        "name LIKE": runs("dataset.name LIKE 'corpus-019%'"),
        "context = 'train'": runs("dataset.context = 'train'"),
        "context = 'train' by metric": runs("dataset.context = 'train'", "metrics.loss"),
        "context = 'nothing'": runs("dataset.context = 'nothing'"),
        "context != 'train'": runs("dataset.context != 'train'", "metrics.loss"),
        "context IS NULL": runs("dataset.context IS NULL", "metrics.loss"),
        "name IS NULL": runs("dataset.name IS NULL"),
        "name != and a rare metric": runs(f"dataset.name != '{name_of(5)}' AND metrics.loss < 0.01", "metrics.f1"),
        "datasets of the experiment": lambda store: store.search_datasets([_EXPERIMENT]),
    }


class Cpu:
    """The processor's time of this process and of a database's."""

    def __init__(self, postmaster: int | None) -> None:
        self._postmaster = postmaster

    def spent_s(self) -> float:
        return time.process_time() + (tree_cpu_s(self._postmaster) if self._postmaster else 0.0)


def measure(store: SqlStore, hidden: HiddenDatasets, cpu: Cpu, n_datasets: int, rounds: int) -> None:
    sides = (store, store.hiding(hidden))
    for name, ask in questions(n_datasets).items():
        took: tuple[list[float], list[float]] = ([], [])
        times = _how_often(partial(ask, store), cpu)
        for _ in range(rounds):
            for side, spent in zip(sides, took, strict=True):
                before_s, n = cpu.spent_s(), 0
                # A slow side need not be as often asked as the other one.
                while n < times and (n == 0 or cpu.spent_s() - before_s < 10 * _AT_LEAST_S):
                    ask(side)
                    n += 1
                spent.append((cpu.spent_s() - before_s) / n * 1000)
        all_ms, told_ms = (statistics.median(spent) for spent in took)
        print(f"| {name} | {all_ms:.1f} | {told_ms:.1f} | {told_ms / all_ms:.2f} |", flush=True)


def _how_often(work: Callable[[], object], cpu: Cpu) -> int:
    """Warms up, and says how many calls are enough to be measured."""
    work()
    before_s, n = cpu.spent_s(), 0
    while cpu.spent_s() - before_s < _AT_LEAST_S:
        work()
        n += 1
    return n


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n-runs", type=int, default=100_000)
    parser.add_argument("--n-datasets", type=int, default=2000)
    parser.add_argument("--n-hidden", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--folder", type=Path)
    chosen = parser.parse_args()
    with ExitStack() as stack:
        folder = chosen.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        database = made_store(folder, chosen.n_runs, chosen.n_datasets)
        address, postmaster = f"sqlite:///{database}", None
        if chosen.engine == "postgresql":
            address = stack.enter_context(temporary_database())
            SqlStore(address, StoreSettings()).close()
            copy_store(database, address)
            postmaster = postmaster_of(address)
        store = SqlStore(address, StoreSettings())
        stack.callback(store.close)
        # Every second name, so that what is told and what is hidden lie side by side in every index.
        names = frozenset(name_of(2 * number + 1) for number in range(chosen.n_hidden))
        hidden = HiddenDatasets({DEFAULT_WORKSPACE: names})
        print(describe_machine())
        size = f"{chosen.n_runs:,} runs, {chosen.n_datasets:,} datasets, {chosen.n_hidden:,} hidden"
        print(f"{chosen.engine}, {size}; medians of {chosen.rounds} rounds, CPU ms a search\n")
        print("| search | nothing hidden | hidden | ratio |")
        print("| --- | --- | --- | --- |")
        measure(store, hidden, Cpu(postmaster), chosen.n_datasets, chosen.rounds)


if __name__ == "__main__":
    main()

"""Permanent deletion of what lies in the trash."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa

from runfold.domain.run import PurgeReport
from runfold.errors import InvalidState, InvalidValue, NotFound
from runfold.stores.sql.access.versions import forget_experiment, note_change
from runfold.stores.sql.experiments import parse_id
from runfold.stores.sql.quotas.counting import count_purged
from runfold.stores.sql.registry import leftovers
from runfold.stores.sql.registry.tables import logged_models
from runfold.stores.sql.tables import experiments, latest_metrics, runs
from runfold.stores.sql.transaction import Transaction, chunks

MAX_IN = 500
MAX_NAMED = 5
RUN_TABLES = ("params", "tags", "latest_metrics", "metric_journal", "metric_chunks", "dataset_uses", "run_models")


class Scope(NamedTuple):
    """What a purge removes: numbers of rows, and the folders that belong to them.

    Attributes:
        models: logged models.
        n_held: experiments and runs that stay in the trash, since registered versions have their files there.
    """

    experiments: list[int]
    runs: list[int]
    models: list[int]
    artifact_uris: list[str]
    n_held: int


def find_scope(
    connection: sa.Connection,
    *,
    run_ids: Sequence[str],
    experiment_ids: Sequence[str],
    older_than_ms: int | None,
) -> Scope:
    """What a purge with these arguments would remove.

    Raises:
        NotFound: a run or experiment that is named does not exist.
        InvalidValue: one that is named is not in the trash.
        InvalidState: one that is named has files of registered versions.
    """
    everything = not run_ids and not experiment_ids
    numbers = _experiments(connection, experiment_ids, older_than_ms, everything=everything)
    found = _runs(connection, run_ids, older_than_ms, everything=everything)
    versions = leftovers.VersionFiles(connection)
    held = _held_experiments(connection, numbers, versions)
    going = [number for number in numbers if number not in held]
    held_runs = [number for number, uri in found.items() if versions.lie_in(uri)]
    if (held or held_runs) and not everything:
        named = ", ".join([*sorted(held.values()), *_run_ids(connection, held_runs)][:MAX_NAMED])
        raise InvalidState(
            f"Registered versions have their files in {named}. Delete these versions first, or leave it in the trash."
        )
    # With an experiment go all of its runs, also those that were deleted after the given time.
    gone = {number: uri for number, uri in found.items() if number not in held_runs}
    gone |= _by_experiment(connection, going)
    logged = _logged_models(connection, going, versions, older_than_ms, everything=everything)
    places = set(gone.values())
    among_runs = leftovers.logged_in_runs(connection, list(places))
    return Scope(
        experiments=going,
        runs=sorted(gone),
        models=sorted({*logged, *among_runs}),
        artifact_uris=sorted(places | set(filter(None, logged.values()))),
        n_held=len(held) + len(held_runs),
    )


def folders_of_experiments(connection: sa.Connection, numbers: Sequence[int]) -> list[str]:
    """Where all runs and logged models of some experiments have their files."""
    logged = leftovers.logged_in_experiments(connection, numbers)
    return sorted({*_by_experiment(connection, numbers).values(), *filter(None, logged.values())})


def _held_experiments(
    connection: sa.Connection, numbers: Sequence[int], versions: leftovers.VersionFiles
) -> dict[int, str]:
    """Numbers and names of those experiments that hold files of registered versions."""
    held: dict[int, str] = {}
    for some in chunks(numbers, MAX_IN):
        for table in (runs, logged_models):
            query = (
                sa.select(experiments.c.id, experiments.c.name, table.c.artifact_uri)
                .join(table, table.c.experiment_id == experiments.c.id)
                .where(experiments.c.id.in_(some))
            )
            held.update(
                (row.id, repr(row.name)) for row in connection.execute(query) if versions.lie_in(row.artifact_uri)
            )
    return held


def _by_experiment(connection: sa.Connection, numbers: Sequence[int]) -> dict[int, str]:
    """Numbers and locations of all runs of some experiments."""
    found: dict[int, str] = {}
    for some in chunks(numbers, MAX_IN):
        query = sa.select(runs.c.id, runs.c.artifact_uri).where(runs.c.experiment_id.in_(some))
        found.update(connection.execute(query).all())
    return found


def _logged_models(
    connection: sa.Connection,
    going: Sequence[int],
    versions: leftovers.VersionFiles,
    older_than_ms: int | None,
    *,
    everything: bool,
) -> dict[int, str]:
    """Numbers and locations: of experiments that go, and those that were deleted by themselves."""
    alone = leftovers.deleted_logged(connection, older_than_ms) if everything else {}
    alone = {number: uri for number, uri in alone.items() if not versions.lie_in(uri)}
    return alone | leftovers.logged_in_experiments(connection, going)


def _run_ids(connection: sa.Connection, numbers: Sequence[int]) -> list[str]:
    query = sa.select(runs.c.run_id).where(runs.c.id.in_(list(numbers)[:MAX_NAMED])).order_by(runs.c.run_id)
    return [f"the run {run_id!r}" for run_id in connection.execute(query).scalars()]


def _experiments(
    connection: sa.Connection, experiment_ids: Sequence[str], older_than_ms: int | None, *, everything: bool
) -> list[int]:
    query = sa.select(experiments.c.id, experiments.c.lifecycle_stage).where(
        experiments.c.id.in_([parse_id(experiment_id) for experiment_id in experiment_ids])
    )
    stages = dict(connection.execute(query).all())
    for experiment_id in experiment_ids:
        stage = stages.get(parse_id(experiment_id))
        if stage is None:
            raise NotFound("experiment", experiment_id)
        if stage != "deleted":
            raise InvalidValue(f"The experiment {experiment_id!r} is not in the trash; delete it first.")
    query = sa.select(experiments.c.id, experiments.c.lifecycle_stage).where(experiments.c.lifecycle_stage == "deleted")
    if not everything:
        query = query.where(experiments.c.id.in_(list(stages)))
    if older_than_ms is not None:
        query = query.where(experiments.c.deleted_time < older_than_ms)
    # A run that was brought back alone keeps its experiment.
    is_alive = sa.exists().where(runs.c.experiment_id == experiments.c.id, runs.c.lifecycle_stage == "active")
    for row in connection.execute(query.where(is_alive)) if not everything else ():
        raise InvalidValue(f"The experiment '{row.id}' has runs that are not in the trash; delete or move them first.")
    return [row.id for row in connection.execute(query.where(~is_alive))]


def _runs(
    connection: sa.Connection, run_ids: Sequence[str], older_than_ms: int | None, *, everything: bool
) -> dict[int, str]:
    stages: dict[str, str] = {}
    for some in chunks(run_ids, MAX_IN):
        stages.update(
            connection.execute(sa.select(runs.c.run_id, runs.c.lifecycle_stage).where(runs.c.run_id.in_(some))).all()
        )
    for run_id in run_ids:
        if run_id not in stages:
            raise NotFound("run", run_id)
        if stages[run_id] != "deleted":
            raise InvalidValue(f"The run {run_id!r} is not in the trash; delete it first.")
    query = sa.select(runs.c.id, runs.c.artifact_uri).where(runs.c.lifecycle_stage == "deleted")
    if older_than_ms is not None:
        query = query.where(runs.c.deleted_time < older_than_ms)
    if everything:
        return dict(connection.execute(query).all())
    found: dict[int, str] = {}
    for some in chunks(run_ids, MAX_IN):
        found.update(connection.execute(query.where(runs.c.run_id.in_(some))).all())
    return found


def describe(connection: sa.Connection, scope: Scope, *, dry_run: bool) -> PurgeReport:
    n_points = 0
    for some in chunks(scope.runs, MAX_IN):
        n_points += (
            connection.execute(
                sa.select(sa.func.sum(latest_metrics.c.count)).where(latest_metrics.c.run.in_(some))
            ).scalar()
            or 0
        )
    return PurgeReport(
        n_experiments=len(scope.experiments),
        n_runs=len(scope.runs),
        n_points=int(n_points),
        n_models=len(scope.models),
        n_held=scope.n_held,
        artifact_uris=tuple(scope.artifact_uris),
        is_dry_run=dry_run,
    )


def remove(transaction: Transaction, scope: Scope) -> None:
    """Delete all rows of these runs and experiments."""
    transaction.next_change()  # before any run, as everybody who counts: see `quotas.counting`
    transaction.hold_runs(scope.runs)
    note_change(transaction)  # the id of a run may be used again, elsewhere
    for some in chunks(scope.runs, MAX_IN):
        marks = ", ".join("?" * len(some))
        query = f"SELECT run_id FROM runs WHERE id IN ({marks}) AND lifecycle_stage = 'active'"  # noqa: S608 (only marks)
        for (run_id,) in transaction.rows(query, some):
            raise InvalidValue(f"The run {run_id!r} was restored just now; nothing was purged.")
    count_purged(transaction, runs=scope.runs, models=scope.models)
    for some in chunks(scope.runs, MAX_IN):
        marks = ", ".join("?" * len(some))
        for table in ("params", "tags", "latest_metrics"):
            counts = transaction.rows(
                f"SELECT key_id, count(*) FROM {table} WHERE run IN ({marks}) GROUP BY key_id ORDER BY key_id",  # noqa: S608
                some,
            )
            for key_id, count in counts:
                transaction.count_new([key_id], by=-count)
        for table in RUN_TABLES:
            transaction.run(f"DELETE FROM {table} WHERE run IN ({marks})", some)  # noqa: S608 (table is a constant)
        transaction.run(f"DELETE FROM runs WHERE id IN ({marks})", some)  # noqa: S608 (only marks)
    leftovers.remove_logged(transaction, scope.models)
    for some in chunks(scope.experiments, MAX_IN):
        marks = ", ".join("?" * len(some))
        for table, column in (
            ("keys", "experiment_id"),
            ("datasets", "experiment_id"),
            ("experiment_tags", "experiment_id"),
            ("experiments", "id"),
        ):
            transaction.run(f"DELETE FROM {table} WHERE {column} IN ({marks})", some)  # noqa: S608 (constants)
        for number in some:
            forget_experiment(transaction, number)

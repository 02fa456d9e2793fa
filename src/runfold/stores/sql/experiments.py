"""Experiments: units that write them, and the summary that lists show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa

from runfold.domain.experiment import Experiment, ExperimentSummary
from runfold.domain.limits import (
    MAX_EXPERIMENT_TAG_VALUE,
    MAX_KEY,
    check_experiment_name,
    check_key,
    check_text,
)
from runfold.domain.states import RunStatus, ViewType
from runfold.errors import AlreadyExists, InvalidState, InvalidValue, LimitExceeded, NotFound
from runfold.stores.sql import rows
from runfold.stores.sql.access.versions import note_change
from runfold.stores.sql.tables import experiments, runs
from runfold.stores.sql.transaction import Transaction
from runfold.stores.sql.workspaces import artifact_root_of, workspace_of

DAY_MS = 86_400_000


def parse_id(experiment_id: str) -> int:
    """The row number behind an experiment id.

    Raises:
        InvalidValue: not a decimal number, as MLflow's SQL stores answer.
    """
    if not (experiment_id.isascii() and experiment_id.isdigit() and len(experiment_id) <= 18):
        raise InvalidValue(f"Invalid experiment id {experiment_id!r}: it is a decimal number, such as '1'.")
    return int(experiment_id)


def check_tag(key: str, value: str) -> None:
    check_key("experiment tag", key)
    if len(value) > MAX_EXPERIMENT_TAG_VALUE:
        raise LimitExceeded(
            f"The value of experiment tag {key!r} has {len(value)} characters; "
            f"at most {MAX_EXPERIMENT_TAG_VALUE} are allowed."
        )
    check_text(f"value of experiment tag {key!r}", value)


def create_experiment(
    transaction: Transaction, name: str, *, artifact_location: str, artifact_root: str, tags: Mapping[str, str]
) -> str:
    check_experiment_name(name)
    check_text("artifact location", artifact_location)
    workspace = workspace_of(transaction.connection, to_write=True)
    found = transaction.row(
        "INSERT INTO experiments "
        "(name, artifact_location, lifecycle_stage, creation_time, last_update_time, workspace) "
        "VALUES (?, ?, 'active', ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id",
        (name, artifact_location, transaction.now_ms, transaction.now_ms, workspace),
    )
    if found is None:
        raise _name_is_taken(transaction, name, workspace)
    number = int(found[0])
    if not artifact_location:
        artifact_root = artifact_root_of(transaction.connection) or artifact_root
        transaction.run(
            "UPDATE experiments SET artifact_location = ? WHERE id = ?",
            (f"{artifact_root.rstrip('/')}/{number}", number),
        )
    for key, value in tags.items():
        check_tag(key, value)
    transaction.run_many(
        "INSERT INTO experiment_tags (experiment_id, key, value) VALUES (?, ?, ?)",
        [(number, key, value) for key, value in tags.items()],
    )
    return str(number)


def _name_is_taken(transaction: Transaction, name: str, workspace: int) -> AlreadyExists:
    query = "SELECT lifecycle_stage, id FROM experiments WHERE workspace = ? AND name = ?"
    found = transaction.row(query, (workspace, name))
    hint = ""
    if found is not None and found[0] == "deleted":
        hint = f"It is in the trash: restore it (id {found[1]}), purge it, or choose another name."
    return AlreadyExists("experiment", name, hint)


def rename_experiment(transaction: Transaction, experiment_id: str, name: str) -> None:
    check_experiment_name(name)
    stage = _stage(transaction, experiment_id)
    if stage != "active":
        raise InvalidState(f"The experiment {experiment_id!r} is deleted and cannot be renamed; restore it first.")
    number = parse_id(experiment_id)
    workspace = (transaction.row("SELECT workspace FROM experiments WHERE id = ?", (number,)) or (0,))[0]
    if transaction.row(
        "SELECT 1 FROM experiments WHERE workspace = ? AND name = ? AND id <> ?", (workspace, name, number)
    ):
        raise _name_is_taken(transaction, name, workspace)
    transaction.run(
        "UPDATE experiments SET name = ?, last_update_time = ? WHERE id = ?", (name, transaction.now_ms, number)
    )
    note_change(transaction)


def delete_experiment(transaction: Transaction, experiment_id: str) -> None:
    if _stage(transaction, experiment_id) != "active":
        raise NotFound("active experiment", experiment_id)
    number, now_ms = parse_id(experiment_id), transaction.now_ms
    transaction.run(
        "UPDATE experiments SET lifecycle_stage = 'deleted', deleted_time = ?, last_update_time = ? WHERE id = ?",
        (now_ms, now_ms, number),
    )
    transaction.run(
        "UPDATE runs SET lifecycle_stage = 'deleted', deleted_time = ?, deleted_with_experiment = 1, change = ? "
        "WHERE experiment_id = ? AND lifecycle_stage = 'active'",
        (now_ms, transaction.next_change(), number),
    )


def discard_experiment(transaction: Transaction, experiment_id: str) -> bool:
    number = parse_id(experiment_id)
    if transaction.hold_row("SELECT 1 FROM experiments WHERE id = ?", (number,), alone=True) is None:
        raise NotFound("experiment", experiment_id)
    for table in ("runs", "logged_models"):
        query = f"SELECT 1 FROM {table} WHERE experiment_id = ? LIMIT 1"  # noqa: S608 - names of our own
        if transaction.row(query, (number,)) is not None:
            return False
    for statement in ("DELETE FROM experiment_tags WHERE experiment_id = ?", "DELETE FROM experiments WHERE id = ?"):
        transaction.run(statement, (number,))
    return True


def restore_experiment(transaction: Transaction, experiment_id: str) -> None:
    if _stage(transaction, experiment_id) != "deleted":
        raise NotFound("deleted experiment", experiment_id)
    number = parse_id(experiment_id)
    transaction.run(
        "UPDATE experiments SET lifecycle_stage = 'active', deleted_time = NULL, last_update_time = ? WHERE id = ?",
        (transaction.now_ms, number),
    )
    transaction.run(
        "UPDATE runs SET lifecycle_stage = 'active', deleted_time = NULL, deleted_with_experiment = 0, change = ? "
        "WHERE experiment_id = ? AND deleted_with_experiment = 1",
        (transaction.next_change(), number),
    )


def set_experiment_tag(transaction: Transaction, experiment_id: str, key: str, value: str) -> None:
    check_tag(key, value)
    if _stage(transaction, experiment_id) != "active":
        raise InvalidValue(f"The experiment {experiment_id!r} is deleted and takes no tags; restore it first.")
    number = parse_id(experiment_id)
    transaction.run(
        "INSERT INTO experiment_tags (experiment_id, key, value) VALUES (?, ?, ?) "
        "ON CONFLICT (experiment_id, key) DO UPDATE SET value = excluded.value",
        (number, key, value),
    )
    _note_update(transaction, number)


def delete_experiment_tag(transaction: Transaction, experiment_id: str, key: str) -> None:
    if len(key) > MAX_KEY:
        raise NotFound("experiment tag", key[:MAX_KEY])
    if _stage(transaction, experiment_id) != "active":
        raise InvalidValue(f"The experiment {experiment_id!r} is deleted and its tags stay; restore it first.")
    number = parse_id(experiment_id)
    cursor = transaction.run("DELETE FROM experiment_tags WHERE experiment_id = ? AND key = ?", (number, key))
    if cursor.rowcount == 0:
        raise NotFound("experiment tag", key)
    _note_update(transaction, number)


def _note_update(transaction: Transaction, number: int) -> None:
    transaction.run("UPDATE experiments SET last_update_time = ? WHERE id = ?", (transaction.now_ms, number))


def _stage(transaction: Transaction, experiment_id: str) -> str:
    found = transaction.row("SELECT lifecycle_stage FROM experiments WHERE id = ?", (parse_id(experiment_id),))
    if found is None:
        raise NotFound("experiment", experiment_id)
    return str(found[0])


@dataclass(frozen=True, slots=True)
class Activity:
    """What goes on in one experiment.

    Attributes:
        days: counts of active runs by the UTC day, counted from the epoch, on which they started.
    """

    n_runs: int = 0
    n_running: int = 0
    last_run_ms: int | None = None
    days: Mapping[int, int] = field(default_factory=dict)


IDLE = Activity()


def summarize_experiments(
    connection: sa.Connection, *, view_type: ViewType, n_days: int, first_day: int, activity: Mapping[int, Activity]
) -> tuple[ExperimentSummary, ...]:
    """All experiments of the workspace by name, each with what goes on in it."""
    found = rows.load_experiments(
        connection,
        connection.execute(
            sa.select(experiments)
            .where(
                experiments.c.workspace == workspace_of(connection),
                experiments.c.lifecycle_stage.in_([stage.value for stage in view_type.stages]),
            )
            .order_by(experiments.c.name)
        ).all(),
    )
    summaries = []
    for experiment in found:
        seen = activity.get(int(experiment.experiment_id), IDLE)
        summaries.append(
            ExperimentSummary(
                experiment=experiment,
                n_runs=seen.n_runs,
                n_running=seen.n_running,
                last_run_ms=seen.last_run_ms,
                runs_per_day=tuple(seen.days.get(first_day + offset, 0) for offset in range(n_days)),
            )
        )
    return tuple(summaries)


def load_activity(connection: sa.Connection, *, first_day: int, lost_before_ms: int) -> dict[int, Activity]:
    """By experiment that has active runs; costs two index-only passes over the runs."""
    is_active = runs.c.lifecycle_stage == "active"
    totals = connection.execute(
        sa.select(runs.c.experiment_id, sa.func.count(), sa.func.max(runs.c.start_time))
        .where(is_active)
        .group_by(runs.c.experiment_id)
    ).all()
    running: dict[int, int] = {}
    for number, count in connection.execute(
        sa.select(runs.c.experiment_id, sa.func.count())
        .where(
            is_active,
            runs.c.status == int(RunStatus.RUNNING),
            sa.or_(runs.c.heartbeat.is_(None), runs.c.heartbeat >= lost_before_ms),
        )
        .group_by(runs.c.experiment_id)
    ):
        running[number] = count
    per_day = _runs_per_day(connection, first_day=first_day)
    return {
        number: Activity(count, running.get(number, 0), last, per_day.get(number, {})) for number, count, last in totals
    }


def _runs_per_day(connection: sa.Connection, *, first_day: int) -> dict[int, dict[int, int]]:
    day: sa.ColumnElement[int] = sa.literal_column(
        f"start_time / {DAY_MS}"
    )  # of two integers: whole days on both engines
    found: dict[int, dict[int, int]] = {}
    for number, which, count in connection.execute(
        sa.select(runs.c.experiment_id, day, sa.func.count())
        .where(runs.c.lifecycle_stage == "active", runs.c.start_time >= first_day * DAY_MS)
        .group_by(runs.c.experiment_id, day)
    ):
        found.setdefault(number, {})[which] = count
    return found


def find_experiment_by_name(connection: sa.Connection, name: str) -> Experiment | None:
    is_here = experiments.c.workspace == workspace_of(connection)
    return find_experiment(connection, is_here & (experiments.c.name == name))


def find_experiment(connection: sa.Connection, where: sa.ColumnElement[bool]) -> Experiment | None:
    found = rows.load_experiments(connection, connection.execute(sa.select(experiments).where(where)).all())
    return found[0] if found else None

"""Runs: units that create, change and remove them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from runfold.domain import known_tags
from runfold.domain.ids import is_run_id, new_run_id
from runfold.domain.keys import KeyKind
from runfold.domain.limits import MAX_MODEL_HISTORY, check_text
from runfold.domain.run import NewRun, Run, RunInfo
from runfold.domain.run_names import random_run_name
from runfold.domain.states import LifecycleStage, RunStatus
from runfold.errors import AlreadyExists, InvalidValue, NotFound
from runfold.stores.sql.batches import (
    OpenRun,
    find_open_run,
    prepare_tags,
    write_tags,
)
from runfold.stores.sql.experiments import parse_id
from runfold.stores.sql.quotas import points
from runfold.stores.sql.quotas.counting import count_new_run
from runfold.stores.sql.transaction import Transaction, chunks


def complete(run: NewRun) -> NewRun:
    """A run with id, name and parent filled in, in its fields and in its tags alike.

    Raises:
        InvalidValue: an id that is none, or a name or parent that differs between field and tag.
    """
    if run.run_id is not None and not is_run_id(run.run_id):
        raise InvalidValue(
            f"Invalid run id {run.run_id!r}: use a letter or digit, then letters, digits, underscores and dashes, "
            "256 characters at most."
        )
    check_text("user of a run", run.user_id)
    tags = prepare_tags(run.tags.items())
    name = _agree(known_tags.RUN_NAME, "run_name", run.run_name, tags) or random_run_name()
    tags[known_tags.RUN_NAME] = name
    parent = _agree(known_tags.PARENT_RUN, "parent_run_id", run.parent_run_id or "", tags)
    if parent:
        tags[known_tags.PARENT_RUN] = parent
    return NewRun(
        experiment_id=run.experiment_id,
        run_id=run.run_id or new_run_id(),
        run_name=name,
        user_id=run.user_id or tags.get(known_tags.USER, ""),
        start_time_ms=run.start_time_ms,
        tags=prepare_tags(tags.items()),
        parent_run_id=parent or None,
    )


def _agree(tag: str, field: str, value: str, tags: dict[str, str]) -> str:
    tagged = tags.get(tag, "")
    if value and tagged and value != tagged:
        raise InvalidValue(f"{field} is {value!r} but the tag {tag!r} says {tagged!r}; send one of them, or the same.")
    return value or tagged


def create_run(transaction: Transaction, run: NewRun, *, owner: int | None = None) -> Run:
    """The unit of create-run, for a completed run."""
    return insert_run(transaction, run, owner=owner)[1]


def insert_run(
    transaction: Transaction, run: NewRun, *, owner: int | None, idempotency_key: str | None = None
) -> tuple[OpenRun, Run]:
    """Insert a completed run with its tags, in state RUNNING.

    Args:
        owner: number of the user whose it is and against whose quota it counts; None: nobody's.
    """
    assert run.run_id is not None, "completed before it is written"
    location, workspace = _place_for(transaction, run.experiment_id)
    experiment = parse_id(run.experiment_id)
    change = transaction.next_change()
    artifact_uri = f"{location.rstrip('/')}/{run.run_id}/artifacts"
    inserted = transaction.row(
        "INSERT INTO runs (run_id, experiment_id, name, user_id, status, lifecycle_stage, start_time, artifact_uri, "
        "parent_run_id, last_write, change, idempotency_key, owner_id) "
        "VALUES (?, ?, ?, ?, ?, 'active', ?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT DO NOTHING RETURNING id",
        (
            run.run_id,
            experiment,
            run.run_name,
            run.user_id,
            int(RunStatus.RUNNING),
            run.start_time_ms,
            artifact_uri,
            run.parent_run_id,
            transaction.now_ms,
            change,
            idempotency_key,
            owner,
        ),
    )
    if inserted is None:
        raise AlreadyExists("run", run.run_id)
    count_new_run(transaction, owner, workspace)
    opened = OpenRun(inserted[0], experiment)
    ids = transaction.key_ids(experiment, KeyKind.TAG, run.tags)
    transaction.run_many(
        "INSERT INTO tags (run, key_id, value) VALUES (?, ?, ?)",
        [(opened.id, ids[name], value) for name, value in run.tags.items()],
    )
    transaction.count_new(ids.values())
    info = RunInfo(
        run_id=run.run_id,
        experiment_id=str(experiment),
        run_name=run.run_name,
        status=RunStatus.RUNNING,
        start_time_ms=run.start_time_ms,
        artifact_uri=artifact_uri,
        user_id=run.user_id,
        last_write_ms=transaction.now_ms,
        parent_run_id=run.parent_run_id,
        change=change,
    )
    return opened, Run(info=info, tags=dict(sorted(run.tags.items())))


def _place_for(transaction: Transaction, experiment_id: str) -> tuple[str, int]:
    """Location of the experiment's files, and number of its workspace."""
    found = transaction.hold_row(
        "SELECT artifact_location, lifecycle_stage, workspace FROM experiments WHERE id = ?",
        (parse_id(experiment_id),),
    )
    if found is None:
        raise NotFound("experiment", experiment_id)
    if found[1] != "active":
        raise InvalidValue(f"The experiment {experiment_id!r} is deleted and takes no runs; restore it first.")
    return str(found[0]), int(found[2])


def update_run(
    transaction: Transaction, run_id: str, *, status: RunStatus | None, end_time_ms: int | None, run_name: str
) -> RunInfo:
    run = find_open_run(transaction, run_id)
    transaction.run(
        "UPDATE runs SET status = COALESCE(?, status), end_time = COALESCE(?, end_time), last_write = ?, change = ? "
        "WHERE id = ?",
        (None if status is None else int(status), end_time_ms, transaction.now_ms, transaction.next_change(), run.id),
    )
    if run_name:
        write_tags(transaction, run, prepare_tags([(known_tags.RUN_NAME, run_name)]))
    found = transaction.row(
        "SELECT run_id, experiment_id, name, status, start_time, artifact_uri, user_id, end_time, heartbeat, "
        "last_write, parent_run_id, change FROM runs WHERE id = ?",
        (run.id,),
    )
    assert found is not None, "found a moment ago, in the same transaction"
    return RunInfo(
        run_id=found[0],
        experiment_id=str(found[1]),
        run_name=found[2],
        status=RunStatus(found[3]),
        start_time_ms=found[4],
        artifact_uri=found[5],
        user_id=found[6],
        end_time_ms=found[7],
        lifecycle_stage=LifecycleStage.ACTIVE,
        heartbeat_ms=found[8],
        last_write_ms=found[9],
        parent_run_id=found[10],
        change=found[11],
    )


def delete_runs(transaction: Transaction, run_ids: Sequence[str]) -> None:
    change = transaction.next_change()
    for number, stage in _numbers(transaction, run_ids):
        if stage == "active":
            transaction.run(
                "UPDATE runs SET lifecycle_stage = 'deleted', deleted_time = ?, change = ? WHERE id = ?",
                (transaction.now_ms, change, number),
            )


def restore_runs(transaction: Transaction, run_ids: Sequence[str]) -> None:
    change = transaction.next_change()
    for number, stage in _numbers(transaction, run_ids):
        if stage == "deleted":
            transaction.run(
                "UPDATE runs SET lifecycle_stage = 'active', deleted_time = NULL, deleted_with_experiment = 0, "
                "change = ? WHERE id = ?",
                (change, number),
            )


def _numbers(transaction: Transaction, run_ids: Sequence[str]) -> list[tuple[int, str]]:
    """Row number and stage of each run, sorted by number so that writers lock rows in one order."""
    found: dict[str, tuple[int, str]] = {}
    for chunk in chunks(list(dict.fromkeys(run_ids)), 500):
        marks = ", ".join("?" * len(chunk))
        for run_id, number, stage in transaction.rows(
            f"SELECT run_id, id, lifecycle_stage FROM runs WHERE run_id IN ({marks})",  # noqa: S608 (only marks)
            chunk,
        ):
            found[run_id] = number, stage
    for run_id in run_ids:
        if run_id not in found:
            raise NotFound("run", run_id)
    return sorted(found.values())


def heartbeat(transaction: Transaction, run_ids: Sequence[str], *, lost_before_ms: int) -> None:
    """Note that the clients of these runs live; a run that counted as lost shows as changed."""
    found: list[tuple[int, int | None]] = []
    for chunk in chunks(list(dict.fromkeys(run_ids)), 500):
        marks = ", ".join("?" * len(chunk))
        found += transaction.rows(
            f"SELECT id, heartbeat FROM runs WHERE run_id IN ({marks}) AND lifecycle_stage = 'active'",  # noqa: S608
            chunk,
        )
    transaction.run_many(
        "UPDATE runs SET heartbeat = ? WHERE id = ?", [(transaction.now_ms, number) for number, _ in sorted(found)]
    )
    healed = [number for number, last in sorted(found) if last is not None and last < lost_before_ms]
    if healed:
        change = transaction.next_change()
        transaction.run_many("UPDATE runs SET change = ? WHERE id = ?", [(change, number) for number in healed])


def note_writes(transaction: Transaction, numbers: set[int]) -> set[int]:
    """Stamp runs that were written to since the last call: a change for live views, and a sign of life.

    Returns:
        Runs that another transaction holds just now; they are to be stamped later. To wait here, with the change
        counter and other runs in hand, would hold up everybody, and could never end.
    """
    change = transaction.next_change()
    free = transaction.free_runs(sorted(numbers))
    transaction.run_many(
        "UPDATE runs SET change = ?, last_write = ?, "
        "heartbeat = CASE WHEN heartbeat IS NULL THEN NULL ELSE CAST(? AS BIGINT) END WHERE id = ?",
        [(change, transaction.now_ms, transaction.now_ms, number) for number in free],
    )
    points.count(transaction, free)
    held: set[int] = set()
    for some in chunks(sorted(numbers.difference(free)), 500):  # those that are there at all
        marks = ", ".join("?" * len(some))
        held.update(row[0] for row in transaction.rows(f"SELECT id FROM runs WHERE id IN ({marks})", some))  # noqa: S608
    return held


def log_model(transaction: Transaction, run_id: str, model: Mapping[str, object]) -> None:
    run = find_open_run(transaction, run_id, alone=True)
    found = transaction.row(
        "SELECT value FROM tags WHERE run = ? AND key_id = "
        "(SELECT id FROM keys WHERE experiment_id = ? AND kind = ? AND key = ?)",
        (run.id, run.experiment, int(KeyKind.TAG), known_tags.LOGGED_MODELS),
    )
    models = [*_models_in(found[0] if found else "[]"), model]
    while len(text := json.dumps(models)) > MAX_MODEL_HISTORY and len(models) > 1:
        del models[0]
    check_text(f"value of tag {known_tags.LOGGED_MODELS!r}", text)
    if len(text) > MAX_MODEL_HISTORY:
        raise InvalidValue(f"A model of {len(text)} characters is too long to be noted; at most {MAX_MODEL_HISTORY}.")
    write_tags(transaction, run, {known_tags.LOGGED_MODELS: text})
    transaction.touched.add(run.id)


def _models_in(text: str) -> list[object]:
    try:
        models = json.loads(text)
    except ValueError:
        return []  # somebody else wrote the tag; what is no list cannot be continued
    return models if isinstance(models, list) else []


def delete_tag(transaction: Transaction, run_id: str, key: str) -> None:
    run = find_open_run(transaction, run_id)
    _delete_value(transaction, "tags", run, KeyKind.TAG, key)
    if key == known_tags.PARENT_RUN:
        transaction.run("UPDATE runs SET parent_run_id = NULL WHERE id = ?", (run.id,))


def delete_param(transaction: Transaction, run_id: str, key: str) -> None:
    run = find_open_run(transaction, run_id)
    _delete_value(transaction, "params", run, KeyKind.PARAM, key)


def _delete_value(transaction: Transaction, table: str, run: OpenRun, kind: KeyKind, key: str) -> None:
    found = transaction.row(
        f"DELETE FROM {table} WHERE run = ? AND key_id = "  # noqa: S608 (table is a constant)
        "(SELECT id FROM keys WHERE experiment_id = ? AND kind = ? AND key = ?) RETURNING key_id",
        (run.id, run.experiment, int(kind), key),
    )
    if found is None:
        raise NotFound(kind.name.lower(), key)
    transaction.count_new([found[0]], by=-1)
    transaction.touched.add(run.id)

"""Rules of retention: units and queries."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from runfold.domain.access import PlaceKind, User, parse_place
from runfold.domain.retention import RetentionRule, Retires, RuleKey
from runfold.errors import InvalidValue, NotFound
from runfold.search.fields import RUNS
from runfold.search.parser import parse_filter, parse_order
from runfold.stores.sql.access.grants import homes_of_experiments
from runfold.stores.sql.access.tables import users
from runfold.stores.sql.access.users import find_user
from runfold.stores.sql.retention.tables import SERVER, retention_rules
from runfold.stores.sql.tables import workspaces
from runfold.stores.sql.transaction import Transaction
from runfold.stores.sql.workspaces import find_number

KIND = "retention rule"
HOUR_MS = 3_600_000


def save_rule(transaction: Transaction, rule: RetentionRule, *, keeper: int | None) -> RetentionRule:
    rule.check()
    parse_filter(rule.filter, RUNS)
    if rule.best_by:
        parse_order([rule.best_by], RUNS)
    workspace = number_of(transaction.connection, rule.workspace, to_write=True)
    _check_place(transaction.connection, rule)
    values = {
        "place": rule.place.text,
        "filter": rule.filter,
        "best_by": rule.best_by,
        "keep_best": rule.keep_best,
        "keep_last": rule.keep_last,
        "per": rule.per,
        "after_days": rule.after_days,
        "retires": rule.retires.value,
        "path": rule.path,
        "trash_days": rule.trash_days,
        "every_hours": rule.every_hours,
        "is_active": rule.is_active,
        "next_time": rule.next_time_ms or transaction.now_ms + int(rule.every_hours * HOUR_MS),
        "keeper": keeper if rule.workspace else None,
    }
    is_it = (retention_rules.c.workspace == workspace) & (retention_rules.c.name == rule.name)
    changed = transaction.connection.execute(sa.update(retention_rules).where(is_it).values(**values))
    if changed.rowcount == 0:
        made = sa.insert(retention_rules).values(workspace=workspace, name=rule.name, **values)
        transaction.connection.execute(made)
    return get_rule(transaction.connection, rule.key)


def _check_place(connection: sa.Connection, rule: RetentionRule) -> None:
    """An experiment keeps its id wherever it lies, so only now it can be told."""
    if not rule.workspace or rule.place.kind is not PlaceKind.EXPERIMENT:
        return
    home = next(iter(homes_of_experiments(connection, [rule.place.key]).values()), None)
    if home is None:
        raise NotFound("experiment", rule.place.key)
    if home.workspace != rule.workspace:
        raise InvalidValue(f"The experiment {rule.place.key!r} does not lie in the workspace {rule.workspace!r}.")


def number_of(connection: sa.Connection, workspace: str, *, to_write: bool = False) -> int:
    """Raises NotFound for a workspace that is not there."""
    return find_number(connection, workspace, to_write=to_write) if workspace else SERVER


def find_rule(connection: sa.Connection, key: RuleKey) -> RetentionRule | None:
    of = sa.true() if key.workspace else sa.false()
    found = _select(
        connection,
        sa.and_(
            retention_rules.c.name == key.name.replace("\0", ""),
            sa.or_(
                sa.and_(of, workspaces.c.name == key.workspace.replace("\0", "")),
                sa.and_(~of, retention_rules.c.workspace == SERVER),
            ),
        ),
    )
    return found[0] if found else None


def get_rule(connection: sa.Connection, key: RuleKey) -> RetentionRule:
    found = find_rule(connection, key)
    if found is None:
        raise NotFound(KIND, key.text)
    return found


def list_rules(connection: sa.Connection, *, workspace: str | None) -> tuple[RetentionRule, ...]:
    if workspace is None:
        return _select(connection, sa.true())
    return _select(connection, retention_rules.c.workspace == number_of(connection, workspace))


# Of rules of the server, nothing is joined.
_IS_NOT_IN_TRASH = workspaces.c.deleted_time.is_(None)


def _select(connection: sa.Connection, which: sa.ColumnElement[bool]) -> tuple[RetentionRule, ...]:
    found = connection.execute(
        sa.select(retention_rules, workspaces.c.name.label("of"), users.c.name.label("kept_by"))
        .outerjoin(workspaces, workspaces.c.id == retention_rules.c.workspace)
        .outerjoin(users, users.c.id == retention_rules.c.keeper)
        .where(which, _IS_NOT_IN_TRASH)
        .order_by(sa.func.coalesce(workspaces.c.name, ""), retention_rules.c.name)
    )
    return tuple(map(_rule_of, found))


def _rule_of(row: sa.Row[Any]) -> RetentionRule:
    return RetentionRule(
        name=row.name,
        workspace=row.of or "",
        place=parse_place(row.place),
        filter=row.filter,
        best_by=row.best_by,
        keep_best=row.keep_best,
        keep_last=row.keep_last,
        per=row.per,
        after_days=row.after_days,
        retires=Retires(row.retires),
        path=row.path,
        trash_days=row.trash_days,
        every_hours=row.every_hours,
        is_active=row.is_active,
        next_time_ms=row.next_time,
        kept_by=row.kept_by or "",
    )


def keeper_of(connection: sa.Connection, key: RuleKey) -> User | None:
    workspace = number_of(connection, key.workspace)
    kept = sa.select(retention_rules.c.keeper).where(
        retention_rules.c.workspace == workspace, retention_rules.c.name == key.name.replace("\0", "")
    )
    return find_user(connection, users.c.id == kept.scalar_subquery())


def delete_rule(transaction: Transaction, key: RuleKey) -> None:
    get_rule(transaction.connection, key)
    workspace = number_of(transaction.connection, key.workspace)
    for statement in (
        "DELETE FROM retention_items WHERE workspace = ? AND rule = ?",
        "DELETE FROM retention_rules WHERE workspace = ? AND name = ?",
    ):
        transaction.run(statement, (workspace, key.name))


def due_rules(connection: sa.Connection, *, now_ms: int) -> tuple[RuleKey, ...]:
    found = connection.execute(
        sa.select(sa.func.coalesce(workspaces.c.name, ""), retention_rules.c.name)
        .outerjoin(workspaces, workspaces.c.id == retention_rules.c.workspace)
        .where(
            _IS_NOT_IN_TRASH,
            retention_rules.c.is_active,
            retention_rules.c.next_time <= now_ms,
            retention_rules.c.lease_until < now_ms,
        )
        .order_by(retention_rules.c.next_time)
    )
    return tuple(RuleKey(workspace, name) for workspace, name in found)

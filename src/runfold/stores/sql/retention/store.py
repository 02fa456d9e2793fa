"""The part of the SQL store that keeps rules of retention: which unit or query answers which call."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from runfold.domain.retention import Going, RetentionPass, RetentionPlan, RetentionRule, TrashItem
from runfold.errors import NotSupported
from runfold.stores.sql.part import StorePart
from runfold.stores.sql.retention import rules
from runfold.stores.sql.transaction import Transaction

_NEEDS_SERVER = (
    "Rules of retention are carried out by a server, which knows the files: start `runfold server` on this store, and "
    "name it with --tracking-uri."
)


class SqlRetention(StorePart):
    """`stores.retention.RetentionStore` and `RetentionQueue`."""

    def save_retention_rule(self, rule: RetentionRule) -> RetentionRule:
        return self._write(partial(rules.save_rule, rule=rule))

    def list_retention_rules(self) -> tuple[RetentionRule, ...]:
        return self._read(rules.list_rules)

    def delete_retention_rule(self, name: str) -> None:
        self._write(partial(rules.delete_rule, name=name))

    def list_retention_passes(self, rule: str = "", *, max_results: int = 100) -> tuple[RetentionPass, ...]:
        return self._read(partial(rules.list_passes, rule=rule, max_results=max_results))

    def plan_retention(self, rule: RetentionRule) -> RetentionPlan:
        raise NotSupported(_NEEDS_SERVER)

    def apply_retention(self, name: str) -> RetentionPass:
        raise NotSupported(_NEEDS_SERVER)

    def due_retention_rules(self) -> tuple[str, ...]:
        return self._read(partial(rules.due_rules, now_ms=Transaction.now()))

    def begin_retention_pass(self, rule: str, holder: str, *, by: str, lease_s: float) -> RetentionPass:
        return self._write(partial(rules.begin_pass, rule=rule, holder=holder, by=by, lease_s=lease_s))

    def retire(self, of: RetentionPass, holder: str, going: Sequence[Going], *, path: str, lease_s: float) -> None:
        self._write(partial(rules.retire, of=of, holder=holder, going=going, path=path, lease_s=lease_s))

    def overdue_trash(self, rule: str, *, max_results: int) -> tuple[TrashItem, ...]:
        return self._read(partial(rules.overdue, rule=rule, max_results=max_results, now_ms=Transaction.now()))

    def waiting_files(self, rule: str) -> frozenset[str]:
        return self._read(partial(rules.waiting_files, rule=rule))

    def settle_trash(
        self, of: RetentionPass, holder: str, items: Sequence[TrashItem], *, n_purged: int, lease_s: float
    ) -> None:
        unit = partial(rules.settle, of=of, holder=holder, items=items, n_purged=n_purged, lease_s=lease_s)
        self._write(unit)

    def end_retention_pass(self, of: RetentionPass, holder: str, *, error: str = "") -> RetentionPass:
        return self._write(partial(rules.end_pass, of=of, holder=holder, error=error))

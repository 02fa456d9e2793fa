"""The part of the SQL store that keeps rules of retention: which unit or query answers which call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from runfold.domain.access import User
from runfold.domain.retention import Going, RetentionPass, RetentionPlan, RetentionRule, RuleKey, TrashItem
from runfold.errors import NotSupported
from runfold.stores.sql.part import StorePart
from runfold.stores.sql.retention import passes, rules
from runfold.stores.sql.transaction import Transaction

_NEEDS_SERVER = (
    "Rules of retention are carried out by a server, which knows the files: start `runfold server` on this store, and "
    "name it with --tracking-uri."
)


class SqlRetention(StorePart):
    """`stores.retention.RetentionStore` and `RetentionQueue`."""

    _owner: int | None

    def save_retention_rule(self, rule: RetentionRule) -> RetentionRule:
        return self._write(partial(rules.save_rule, rule=rule, keeper=self._owner))

    def list_retention_rules(self, workspace: str | None = None) -> tuple[RetentionRule, ...]:
        return self._read(partial(rules.list_rules, workspace=workspace))

    def delete_retention_rule(self, name: str, *, workspace: str = "") -> None:
        self._write(partial(rules.delete_rule, key=RuleKey(workspace, name)))

    def list_retention_passes(
        self, rule: str = "", *, workspace: str | None = None, max_results: int = 100
    ) -> tuple[RetentionPass, ...]:
        return self._read(partial(passes.list_passes, rule=rule, workspace=workspace, max_results=max_results))

    def plan_retention(self, rule: RetentionRule) -> RetentionPlan:
        raise NotSupported(_NEEDS_SERVER)

    def apply_retention(self, name: str, *, workspace: str = "") -> RetentionPass:
        raise NotSupported(_NEEDS_SERVER)

    def due_retention_rules(self) -> tuple[RuleKey, ...]:
        return self._read(partial(rules.due_rules, now_ms=Transaction.now()))

    def find_retention_rule(self, key: RuleKey) -> RetentionRule | None:
        return self._read(partial(rules.find_rule, key=key))

    def keeper_of_rule(self, key: RuleKey) -> User | None:
        return self._read(partial(rules.keeper_of, key=key))

    def begin_retention_pass(self, rule: RuleKey, holder: str, *, by: str, lease_s: float) -> RetentionPass:
        return self._write(partial(passes.begin_pass, rule=rule, holder=holder, by=by, lease_s=lease_s))

    def retire(self, of: RetentionPass, holder: str, going: Sequence[Going], *, path: str, lease_s: float) -> None:
        self._write(partial(passes.retire, of=of, holder=holder, going=going, path=path, lease_s=lease_s))

    def overdue_trash(self, rule: RuleKey, *, max_results: int, after: int = 0) -> tuple[TrashItem, ...]:
        query = partial(passes.overdue, rule=rule, max_results=max_results, after=after, now_ms=Transaction.now())
        return self._read(query)

    def waiting_files(self, rule: RuleKey) -> frozenset[str]:
        return self._read(partial(passes.waiting_files, rule=rule))

    def settle_trash(
        self, of: RetentionPass, holder: str, items: Sequence[TrashItem], *, n_purged: Mapping[str, int], lease_s: float
    ) -> None:
        unit = partial(passes.settle, of=of, holder=holder, items=items, n_purged=n_purged, lease_s=lease_s)
        self._write(unit)

    def end_retention_pass(
        self, of: RetentionPass, holder: str, *, error: str = "", is_soon_again: bool = False
    ) -> RetentionPass:
        unit = partial(passes.end_pass, of=of, holder=holder, error=error, is_soon_again=is_soon_again)
        return self._write(unit)

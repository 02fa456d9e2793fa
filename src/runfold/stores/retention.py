"""What a records store can do about retention. See `stores.base` for what holds for every method."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from runfold.domain.retention import Going, RetentionPass, RetentionPlan, RetentionRule, TrashItem


class RetentionStore(Protocol):
    def save_retention_rule(self, rule: RetentionRule) -> RetentionRule:
        """Make a rule, or replace the one of its name.

        Raises:
            InvalidValue: it makes no rule; InvalidFilter, if it is the filter or the order.
        """
        ...

    def list_retention_rules(self) -> tuple[RetentionRule, ...]:
        """By name."""
        ...

    def delete_retention_rule(self, name: str) -> None:
        """What it has sent to the trash stays there until somebody purges it; files come back."""
        ...

    def list_retention_passes(self, rule: str = "", *, max_results: int = 100) -> tuple[RetentionPass, ...]:
        """Newest first, of one rule or of all; also of rules that are gone."""
        ...

    def plan_retention(self, rule: RetentionRule) -> RetentionPlan:
        """Say what a pass of such a rule would do now; it need not be saved.

        Raises:
            NotSupported: this store has no server, which knows the files.
        """
        ...

    def apply_retention(self, name: str) -> RetentionPass:
        """Carry out a pass of a rule now.

        Raises:
            NotSupported: as above.
            InvalidState: a pass of the rule is under way.
        """
        ...


class RetentionQueue(Protocol):
    """How server processes share passes: a rule belongs to who holds its lease. Steps are whole or not at all."""

    def due_retention_rules(self) -> tuple[str, ...]:
        """Names of active rules whose time has come and which nobody holds."""
        ...

    def begin_retention_pass(self, rule: str, holder: str, *, by: str, lease_s: float) -> RetentionPass:
        """Take the lease. Raises InvalidState when somebody else has it, NotFound without such a rule."""
        ...

    def retire(self, of: RetentionPass, holder: str, going: Sequence[Going], *, path: str, lease_s: float) -> None:
        """Send runs to the trash, or note their files below a path as to go. Raises InvalidState without the lease."""
        ...

    def overdue_trash(self, rule: str, *, max_results: int) -> tuple[TrashItem, ...]:
        """What the rule sent to the trash, and whose time there is over, oldest first."""
        ...

    def waiting_files(self, rule: str) -> frozenset[str]:
        """Ids of the runs whose files a rule has sent to the trash, and which are there still."""
        ...

    def settle_trash(
        self, of: RetentionPass, holder: str, items: Sequence[TrashItem], *, n_purged: int, lease_s: float
    ) -> None:
        """These are purged, or were restored. Raises InvalidState without the lease."""
        ...

    def end_retention_pass(self, of: RetentionPass, holder: str, *, error: str = "") -> RetentionPass:
        """Give the lease back and set when the rule's next pass is."""
        ...

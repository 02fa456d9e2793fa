"""What a records store can do about retention. See `stores.base` for what holds for every method."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from runfold.domain.access import User
from runfold.domain.ids import ExperimentId
from runfold.domain.retention import Going, RetentionPass, RetentionPlan, RetentionRule, RuleKey, TrashItem


class RetentionStore(Protocol):
    def save_retention_rule(self, rule: RetentionRule) -> RetentionRule:
        """Make a rule, or replace the one of its name in its workspace. A rule of a workspace acts with the rights of
        who saves it, on a server with users.

        Raises:
            InvalidValue: it makes no rule, or its experiment does not lie in its workspace; InvalidFilter, if it is the
                filter or the order.
            NotFound: there is no such workspace or experiment.
        """
        ...

    def list_retention_rules(self, workspace: str | None = None) -> tuple[RetentionRule, ...]:
        """By workspace and name, the server's first.

        Args:
            workspace: whose; empty: the server's own; None: all, as far as the caller keeps them.
        """
        ...

    def delete_retention_rule(self, name: str, *, workspace: str = "") -> None:
        """What it has sent to the trash stays there until somebody purges it; files come back."""
        ...

    def list_retention_passes(
        self, rule: str = "", *, workspace: str | None = None, max_results: int = 100
    ) -> tuple[RetentionPass, ...]:
        """Newest first, of one rule or of all; also of rules that are gone.

        Args:
            workspace: as in `list_retention_rules`.
        """
        ...

    def plan_retention(self, rule: RetentionRule) -> RetentionPlan:
        """Say what a pass of such a rule would do now; it need not be saved.

        Raises:
            NotSupported: this store has no server, which knows the files.
        """
        ...

    def apply_retention(self, name: str, *, workspace: str = "") -> RetentionPass:
        """Carry out a pass of a rule now: of what both the caller and who keeps the rule manage.

        Raises:
            NotSupported: as above.
            InvalidState: a pass of the rule is under way.
        """
        ...


class RetentionQueue(Protocol):
    """How server processes share passes: a rule belongs to who holds its lease. Steps are whole or not at all."""

    def due_retention_rules(self) -> tuple[RuleKey, ...]:
        """Active rules whose time has come and which nobody holds."""
        ...

    def find_retention_rule(self, key: RuleKey) -> RetentionRule | None: ...

    def keeper_of_rule(self, key: RuleKey) -> User | None:
        """Who saved a workspace's rule last; None when nobody did who is still there."""
        ...

    def begin_retention_pass(self, rule: RuleKey, holder: str, *, by: str, lease_s: float) -> RetentionPass:
        """Take the lease. Raises InvalidState when somebody else has it, NotFound without such a rule."""
        ...

    def retire(self, of: RetentionPass, holder: str, going: Sequence[Going], *, path: str, lease_s: float) -> None:
        """Send runs to the trash, or note their files below a path as to go. Those are passed over that were moved to
        another experiment, starred, registered or taken up again meanwhile. Raises InvalidState without the lease.
        """
        ...

    def overdue_trash(self, rule: RuleKey, *, max_results: int, after: int = 0) -> tuple[TrashItem, ...]:
        """What the rule sent to the trash, and whose time there is over, by number, from behind `after`."""
        ...

    def waiting_files(self, rule: RuleKey) -> frozenset[str]:
        """Ids of the runs whose files a rule has sent to the trash, and which are there still."""
        ...

    def settle_trash(
        self,
        of: RetentionPass,
        holder: str,
        items: Sequence[TrashItem],
        *,
        n_purged: Mapping[ExperimentId, int],
        lease_s: float,
    ) -> None:
        """These are purged, or were restored. Raises InvalidState without the lease.

        Args:
            n_purged: how many of each experiment.
        """
        ...

    def end_retention_pass(
        self, of: RetentionPass, holder: str, *, error: str = "", is_soon_again: bool = False
    ) -> RetentionPass:
        """Give the lease back and set when the rule's next pass is: in some minutes, or as the rule says."""
        ...

"""What a records store can do about quotas. See `stores.base` for what holds for every method."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from typing import Protocol, Self

from runfold.domain.quota import Holder, Owner, Quota, Usage


class QuotaStore(Protocol):
    def set_quota(self, owner: Owner, quota: Quota) -> Usage:
        """Set all of an owner's quota; what is None is as the default has it.

        Raises:
            NotFound: there is no such user or workspace.
            InvalidValue: a limit that can be none.
        """
        ...

    def list_usage(self) -> tuple[Usage, ...]:
        """The default first, then every user by name, then what is nobody's."""
        ...

    def get_usage(self, user: str) -> Usage: ...

    def list_workspace_usage(self, names: Sequence[str] = ()) -> tuple[Usage, ...]:
        """Of these workspaces, or of all that the caller manages, by name.

        Raises:
            NotFound: there is no such workspace.
            PermissionDenied: the caller does not manage it.
        """
        ...


class CountingStore(Protocol):
    """What a server asks and tells, so that everything is counted."""

    def owned_by(self, user_number: int) -> Self:
        """This store, whose next write makes what it makes that user's."""
        ...

    def find_holders(self, names: Sequence[str]) -> tuple[Holder, ...]:
        """The runs and logged models with these ids, deleted ones included, in no order."""
        ...

    def charge_files(self, holder: Holder, n_bytes: int, *, is_there: bool = False) -> None:
        """Count bytes that a file is about to add; negative: that one has taken away.

        Args:
            is_there: the file is stored already, so nothing is left to decide.

        Raises:
            ByteQuotaExceeded: who owns it, or the workspace, may not add as many; nothing was counted.
        """
        ...

    def request_limit_of(self, user_number: int) -> float | None:
        """Requests a second; None: nobody has set any."""
        ...

    def workspace_request_limits(self) -> Mapping[str, float]:
        """Requests a second that all callers of a workspace may make together, where somebody has set that."""
        ...

    def submit_request_counts(self, numbers: Mapping[int, int], workspaces: Mapping[str, int]) -> Future[None]:
        """Add to the requests that were made today, by the number of a user and by the name of a workspace."""
        ...

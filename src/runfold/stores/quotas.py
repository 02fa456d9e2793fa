"""What a records store can do about quotas. See `stores.base` for what holds for every method."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from typing import Protocol, Self

from runfold.domain.quota import Holder, Miscount, Owner, Quota, Recount, Usage


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

    def recount_usage(self, page_token: str = "", *, dry_run: bool = True) -> Recount:
        """Count the next records anew, and after the last of them the sums of their owners; go on with `next_token`.

        Raises:
            NotSupported: the store sees no files; a server does this.
            InvalidValue: a token that is none.
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

    def charge_files(self, holder: Holder, n_bytes: int) -> None:
        """Count bytes that a file is about to add; negative: that one has taken away.

        Args:

        Raises:
            ByteQuotaExceeded: who owns it, or the workspace, may not add as many; nothing was counted.
        """
        ...

    def holders_after(self, table: str, after: int, *, max_results: int) -> tuple[Holder, ...]:
        """Records by number of row, for whoever goes through all of them; `room` is not filled in."""
        ...

    def correct_files(self, holder: Holder, n_bytes: int) -> bool:
        """Set the bytes that a record was charged with; False: it was charged since it was looked up, and stays."""
        ...

    def recount_points(self, numbers: Sequence[int], *, dry_run: bool) -> Mapping[int, tuple[int, int]]:
        """By number of run, the points that were counted and that there are, where that differs."""
        ...

    def recount_owners(self, *, dry_run: bool) -> tuple[Miscount, ...]:
        """Where what owners are said to keep is not what their records add up to."""
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

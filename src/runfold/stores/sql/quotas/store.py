"""The part of the SQL store that keeps quotas: which unit or query answers which call."""

from __future__ import annotations

import copy
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from functools import partial
from typing import Self, TypeVar

from runfold.domain.quota import Holder, Miscount, Owner, Quota, Recount, Usage
from runfold.errors import NotSupported
from runfold.stores.sql.committer import Unit
from runfold.stores.sql.part import StorePart
from runfold.stores.sql.quotas import counting, listing, recounting
from runfold.stores.sql.transaction import Transaction

T = TypeVar("T")


class SqlQuotas(StorePart):
    """`stores.quotas.QuotaStore` and `CountingStore`."""

    _owner: int | None = None

    @abstractmethod
    def _submit(self, unit: Unit[T], *, lane: object = None) -> Future[T]: ...

    def owned_by(self, user_number: int) -> Self:
        other = copy.copy(self)
        other._owner = user_number
        return other

    def set_quota(self, owner: Owner, quota: Quota) -> Usage:
        return self._write(partial(listing.set_quota, owner=owner, quota=quota))

    def list_usage(self) -> tuple[Usage, ...]:
        return self._read(partial(listing.list_usage, now_ms=Transaction.now()))

    def get_usage(self, user: str) -> Usage:
        return self._read(partial(listing.list_usage, now_ms=Transaction.now(), user=user))[0]

    def list_workspace_usage(self, names: Sequence[str] = ()) -> tuple[Usage, ...]:
        return self._read(partial(listing.list_workspace_usage, now_ms=Transaction.now(), names=names))

    def find_holders(self, names: Sequence[str]) -> tuple[Holder, ...]:
        return self._read(partial(listing.find_holders, names=names))

    def charge_files(self, holder: Holder, n_bytes: int) -> None:
        self._write(partial(counting.charge, holder=holder, n_bytes=n_bytes), lane=holder.key)

    def recount_usage(self, page_token: str = "", *, dry_run: bool = True) -> Recount:
        raise NotSupported("Counting anew looks at files, so a server does it; name one with --tracking-uri.")

    def holders_after(self, table: str, after: int, *, max_results: int) -> tuple[Holder, ...]:
        return self._read(partial(recounting.holders_after, table=table, after=after, max_results=max_results))

    def correct_files(self, holder: Holder, n_bytes: int) -> bool:
        return self._write(partial(recounting.correct_files, holder=holder, n_bytes=n_bytes), lane=holder.key)

    def recount_points(self, numbers: Sequence[int], *, dry_run: bool) -> Mapping[int, tuple[int, int]]:
        return self._write(partial(recounting.recount_points, numbers=numbers, dry_run=dry_run))

    def recount_owners(self, *, dry_run: bool) -> tuple[Miscount, ...]:
        return self._write(partial(recounting.recount_owners, dry_run=dry_run))

    def request_limit_of(self, user_number: int) -> float | None:
        return self._read(partial(listing.request_limit, user=user_number))

    def workspace_request_limits(self) -> Mapping[str, float]:
        return self._read(listing.workspace_request_limits)

    def submit_request_counts(self, numbers: Mapping[int, int], workspaces: Mapping[str, int]) -> Future[None]:
        unit = partial(listing.count_requests, numbers=dict(numbers), workspaces_asked=dict(workspaces))
        return self._submit(unit)

"""What a records store can do about the audit. See `stores.base` for what holds for every method."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Protocol, Self

import msgspec

from runfold.domain.audit import Act, AuditHead, AuditRecord
from runfold.domain.page import Page


class AuditQuery(msgspec.Struct, frozen=True, kw_only=True):
    """
    Attributes:
        filter: in the language of searches, over `search.fields.AUDIT`.
    """

    filter: str = ""
    max_results: int = 100
    page_token: str = ""


class AuditStore(Protocol):
    """Records are only ever added, but for `archive_audit`."""

    def search_audit(self, query: AuditQuery) -> Page[AuditRecord]:
        """Newest first. Raises InvalidFilter."""
        ...

    def read_audit(self, *, after: int = 0, max_results: int = 10_000) -> tuple[AuditRecord, ...]:
        """In the order of the chain, from the record behind number `after`."""
        ...

    def audit_head(self) -> AuditHead: ...

    def archive_audit(self, through: int, digest: str) -> AuditHead:
        """Remove records up to this number, once they are safe elsewhere. Where the chain goes on stays known.

        Args:
            digest: of the record with that number, to show that the caller has it.

        Raises:
            NotFound: there is no such record.
            InvalidState: it has another digest.
        """
        ...


class AuditedStore(Protocol):
    """What a server asks, to record who did what."""

    def noting(self, entries: Callable[[object], Sequence[Act]]) -> Self:
        """This store, of which the next write also records acts, in one transaction with it.

        Args:
            entries: the acts, by the result of the write. Called before the commit, again should it be tried again.
        """
        ...

    def record_acts(self, acts: Sequence[Act]) -> Future[None]:
        """Record acts by themselves. Raises QueueFull."""
        ...

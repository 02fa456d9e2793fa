"""Every exception that Runfold raises on purpose.

    RunfoldError
     + InvalidValue            (also ValueError)    the caller sent something that cannot be accepted
     |  + InvalidFilter                             a filter or order does not parse; knows the place
     |  + LimitExceeded                             a size, length or count is over its limit
     + InvalidState                                 the record's present state forbids the call
     + NotFound                (also LookupError)   nothing has this id or name
     + AlreadyExists                                the name or id is taken
     + PermissionDenied
     + QuotaExceeded                                somebody keeps as much as they may
     |  + RunQuotaExceeded
     |  + ByteQuotaExceeded
     |  + PointQuotaExceeded
     |  + MoveQuotaExceeded                         what is to move does not fit where it is to go
     + Unauthenticated
     + NotSupported                                 this store, server or artifact store cannot do that
     + Unavailable                                  try again later; knows after how many seconds
     |  + QueueFull                                 the store has too much waiting to be written
     |  + TooManyAttempts                           a name was signed in with in vain too often
     |  + TooManyRequests                           a caller makes more of them than each may
     |  + StorageFull                               the disk is full: nothing was written
     + StoreError                                   the records store itself is unusable
     |  + StoreNeedsUpgrade                         written by an older release
     |  + StoreTooNew                               written by a newer release
     |  + StoreCorrupt
     + ArtifactError                                a file could not be moved
     |  + DigestMismatch                            what arrived is not what was sent
     + MissingDependency       (also ImportError)   an optional package is needed

Callers catch a meaning, not a text. A class formats its own message from facts and keeps the facts as
attributes. HTTP codes belong to these meanings in `wire/errors.py` and nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence


class RunfoldError(Exception):
    """Base of everything that Runfold raises on purpose."""

    @property
    def message(self) -> str:
        return str(self.args[0]) if self.args else type(self).__name__


class InvalidValue(RunfoldError, ValueError):
    """The caller sent something that cannot be accepted; the message names the field and the value."""


class InvalidFilter(InvalidValue):
    """A filter or order text does not parse.

    Attributes:
        reason: what is wrong, without the place.
        text: the whole text.
        position: 0-based offset of the offending character in `text`.
    """

    def __init__(self, reason: str, *, text: str, position: int) -> None:
        self.reason = reason
        self.text = text
        self.position = position
        start = max(0, position - 40)
        excerpt = text[start : position + 40].replace("\n", " ")
        super().__init__(f"{reason} (at character {position + 1})\n  {excerpt}\n  {' ' * (position - start)}^")


class LimitExceeded(InvalidValue):
    """A size, length or count is over its limit."""


class InvalidState(RunfoldError):
    """The record's present state forbids the call, such as renaming a deleted experiment."""


class NotFound(RunfoldError, LookupError):
    """Nothing has this id or name.

    Attributes:
        kind: what was looked for, such as `run`.
        key: the id or name that was looked for.
    """

    def __init__(self, kind: str, key: str) -> None:
        self.kind = kind
        self.key = key
        super().__init__(f"No {kind} has the id or name {key!r}.")


class AlreadyExists(RunfoldError):
    """The name or id is taken.

    Attributes:
        kind: what exists, such as `experiment`.
        key: the taken id or name.
    """

    def __init__(self, kind: str, key: str, hint: str = "") -> None:
        self.kind = kind
        self.key = key
        super().__init__(f"{kind.capitalize()} {key!r} already exists.{' ' + hint if hint else ''}")


class PermissionDenied(RunfoldError):
    """The caller is known but may not do that."""


class QuotaExceeded(RunfoldError):
    """Somebody keeps as much as they may. To try again helps only once something is purged, or the quota raised."""


class RunQuotaExceeded(QuotaExceeded):
    """One more run would be too many.

    Attributes:
        owner: whose quota it is.
        limit: runs.
    """

    def __init__(self, owner: str, limit: int) -> None:
        self.owner = owner
        self.limit = limit
        super().__init__(
            f"The quota of {owner} is {limit} runs, and as many are there (those in the trash count). The run was not "
            "created. Delete runs and purge them from the trash, or ask an administrator for a larger quota. Runs "
            "that are there go on as before."
        )


class ByteQuotaExceeded(QuotaExceeded):
    """A file has more bytes than may be added.

    Attributes:
        owner: whose quota it is.
        limit, n_kept, n_bytes: bytes that may be kept, that are kept, and that were to be added.
    """

    def __init__(self, owner: str, *, limit: int, n_kept: int, n_bytes: int) -> None:
        self.owner = owner
        self.limit = limit
        self.n_kept = n_kept
        self.n_bytes = n_bytes
        super().__init__(
            f"The quota of {owner} is {limit} bytes of files, of which {n_kept} are used (those in the trash count), "
            f"so {n_bytes} more do not fit. The file was not stored; what was stored before stays. Delete files, or "
            "delete runs and purge them from the trash, or ask an administrator for a larger quota."
        )


class PointQuotaExceeded(QuotaExceeded):
    """There are as many points of series as may be kept.

    Attributes:
        owner: whose quota it is.
        limit, n_kept: points that may be kept, and that are kept.
    """

    def __init__(self, owner: str, *, limit: int, n_kept: int) -> None:
        self.owner = owner
        self.limit = limit
        self.n_kept = n_kept
        super().__init__(
            f"The quota of {owner} is {limit} points of metrics, and {n_kept} are there (those in the trash count). "
            "The points were not stored; params, tags and the end of the run are still taken. Delete runs or metrics "
            "and purge the trash, log less often, or ask an administrator for a larger quota."
        )


class MoveQuotaExceeded(QuotaExceeded):
    """What is to move into a workspace does not fit there.

    Attributes:
        owner: whose quota it is.
        told: what would be added to what is there, and the limit, of each kind that does not fit.
    """

    def __init__(self, owner: str, told: Sequence[str]) -> None:
        self.owner = owner
        self.told = tuple(told)
        super().__init__(
            f"The quota of {owner} has no room for what is to move: {'; '.join(told)} (what is in the trash counts). "
            "Nothing was moved. Purge the trash there, move less, or ask an administrator for a larger quota."
        )


class Unauthenticated(RunfoldError):
    """The caller did not say who they are, or not credibly."""


class NotSupported(RunfoldError):
    """This store, server or artifact store cannot do that."""


class Unavailable(RunfoldError):
    """Try again later.

    Attributes:
        retry_after_s: seconds after which a new attempt makes sense.
    """

    def __init__(self, message: str, *, retry_after_s: float = 1.0) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(message)


class QueueFull(Unavailable):
    """The store has too much waiting to be written."""

    def __init__(self, limit: int, *, retry_after_s: float = 1.0) -> None:
        self.limit = limit
        super().__init__(
            f"The store has {limit} writes waiting and takes no more just now. Try again in {retry_after_s:g} s.",
            retry_after_s=retry_after_s,
        )


class TooManyAttempts(Unavailable):
    """Somebody tried in vain to sign in under this name too often just now."""

    def __init__(self, *, retry_after_s: float) -> None:
        super().__init__(
            f"Too many attempts to sign in with this name went wrong. Try again in {retry_after_s:.0f} s.",
            retry_after_s=retry_after_s,
        )


class TooManyRequests(Unavailable):
    """A caller makes more requests than the server allows."""

    def __init__(self, per_s: float, *, retry_after_s: float, whom: str = "each caller (max_requests_per_s)") -> None:
        super().__init__(
            f"More than {per_s:g} requests a second: that is what this server allows {whom}. "
            f"Try again in {retry_after_s:.1f} s, or send more in one request.",
            retry_after_s=retry_after_s,
        )


class StorageFull(Unavailable):
    """The disk is full: nothing was written, reads go on."""

    def __init__(self, place: str) -> None:
        self.place = place
        super().__init__(
            f"No space left for {place}. Nothing was written; free some space and try again.",
            retry_after_s=30.0,
        )


class StoreError(RunfoldError):
    """The records store itself is unusable."""


class StoreNeedsUpgrade(StoreError):
    """The store was written by an older release and must be upgraded first."""

    def __init__(self, uri: str, found: str, wanted: str) -> None:
        self.uri = uri
        self.found = found
        self.wanted = wanted
        super().__init__(
            f"The store {uri} has schema version {found}; this release needs {wanted}. "
            f"Run `runfold db upgrade --store {uri}` (a SQLite store is backed up first)."
        )


class StoreTooNew(StoreError):
    """The store was written by a newer release."""

    def __init__(self, uri: str, found: str, wanted: str) -> None:
        self.uri = uri
        self.found = found
        self.wanted = wanted
        super().__init__(
            f"The store {uri} has schema version {found}, which this release (schema {wanted}) does not know. "
            "Use the newer Runfold that wrote it, or open a backup made before its upgrade."
        )


class StoreCorrupt(StoreError):
    """The store's content contradicts itself."""


class ArtifactError(RunfoldError):
    """A file could not be moved to or from an artifact store."""


class DigestMismatch(ArtifactError):
    """What arrived is not what was sent, or what lies there not what was saved."""

    def __init__(
        self, path: str, expected: str, found: str, *, hint: str = "The copy was discarded. Try again."
    ) -> None:
        self.path = path
        self.expected = expected
        self.found = found
        super().__init__(f"{path!r} arrived with digest {found}, expected {expected}. {hint}")


class MissingDependency(RunfoldError, ImportError):
    """An optional package is needed.

    Attributes:
        package: the import that failed.
        extra: the extra of runfold that brings it; empty: none does.
    """

    def __init__(self, package: str, *, needed_for: str, extra: str = "") -> None:
        self.package = package
        self.extra = extra
        wanted = f"'runfold[{extra}]'" if extra else package
        super().__init__(f"{needed_for} needs {package!r}: pip install {wanted}")

"""How much somebody may keep on a server, and how much they do.

What is kept belongs to two owners: a run to who made it and to the workspace that it lies in, a file to those of the
run or logged model that it lies in. Each may have a quota, and both hold. What lies in the trash is kept, too, until it
is purged.
"""

from __future__ import annotations

import enum
from typing import NamedTuple

import msgspec

from runfold.errors import InvalidValue

NO_LIMIT = -1
_MOST = 2**62


class OwnerKind(enum.StrEnum):
    USER = "user"
    WORKSPACE = "workspace"
    NOBODY = "nobody"
    DEFAULT = "default"
    EVERY_WORKSPACE = "workspaces"


_EVERY_WORKSPACE = "default:workspaces"
_NAMED = (OwnerKind.USER, OwnerKind.WORKSPACE)


class Owner(msgspec.Struct, frozen=True):
    """`user:ann`, services too; `workspace:vision` for all that lies in it; `nobody` for what was made while nobody was
    asked; `default` for all users without a quota, and `default:workspaces` for all workspaces without one.

    Attributes:
        name: of a user or workspace; empty for a user who is gone and has left something.
    """

    kind: OwnerKind
    name: str = ""

    @property
    def text(self) -> str:
        if self.kind is OwnerKind.EVERY_WORKSPACE:
            return _EVERY_WORKSPACE
        return f"{self.kind}:{self.name}" if self.kind in _NAMED else self.kind

    @property
    def default(self) -> Owner | None:
        """Whose quota holds where the owner's own says nothing."""
        return {OwnerKind.USER: DEFAULT, OwnerKind.WORKSPACE: DEFAULT_OF_WORKSPACES}.get(self.kind)


DEFAULT = Owner(OwnerKind.DEFAULT)
DEFAULT_OF_WORKSPACES = Owner(OwnerKind.EVERY_WORKSPACE)
NOBODY = Owner(OwnerKind.NOBODY)


def parse_owner(text: str) -> Owner:
    """Read `user:ann`, `workspace:vision`, `nobody`, `default` or `default:workspaces`.

    Raises:
        InvalidValue: it is anything else.
    """
    kind, _, name = text.partition(":")
    if kind in _NAMED and name and "\0" not in name:
        return Owner(OwnerKind(kind), name)
    if text == _EVERY_WORKSPACE:
        return DEFAULT_OF_WORKSPACES
    if text in (OwnerKind.NOBODY, OwnerKind.DEFAULT):
        return Owner(OwnerKind(text))
    raise InvalidValue(
        f"{text!r} is nobody who can have a quota: write user:NAME, workspace:NAME, default for all users without "
        "one, or default:workspaces for all workspaces without one."
    )


class Quota(msgspec.Struct, frozen=True, kw_only=True):
    """What an owner may keep and do. None: as the default has it; `NO_LIMIT`: as much as they like."""

    max_runs: int | None = None
    max_bytes: int | None = None
    max_points: int | None = None
    max_requests_per_s: float | None = None

    def check(self) -> None:
        """Raises InvalidValue for what can be no limit."""
        for name, value in msgspec.structs.asdict(self).items():
            if value is not None and value != NO_LIMIT and not 0 <= value <= _MOST:
                raise InvalidValue(f"{name} is {value}; it must be 0 or more, or {NO_LIMIT} for no limit.")
        if self.max_requests_per_s == 0:
            raise InvalidValue("max_requests_per_s cannot be 0; switch the account off, or take rights away.")

    def or_default(self, default: Quota) -> Quota:
        """With what the default says where this says nothing; what neither limits is `NO_LIMIT`."""
        own, other = msgspec.structs.asdict(self), msgspec.structs.asdict(default)
        chosen = {name: other[name] if value is None else value for name, value in own.items()}
        return Quota(**{name: NO_LIMIT if value is None else value for name, value in chosen.items()})


class Amount(NamedTuple):
    """How much there is of each kind; of limits, below 0 is none."""

    n_runs: int = 0
    n_bytes: int = 0
    n_points: int = 0


class Excess(msgspec.Struct, frozen=True, kw_only=True):
    """What an owner may not keep of one kind, if all were added that is to be.

    Attributes:
        what: runs, bytes or points.
    """

    what: str
    limit: int
    n_kept: int
    n_added: int

    @property
    def told(self) -> str:
        of = "bytes of files" if self.what == "bytes" else self.what
        return f"{self.n_added} {of} to {self.n_kept}, of {self.limit} at most"


def excesses(added: Amount, *, kept: Amount, limits: Amount) -> tuple[Excess, ...]:
    """What does not fit; of what nothing is added, no limit is in the way."""
    kinds = zip(("runs", "bytes", "points"), added, kept, limits, strict=True)
    return tuple(
        Excess(what=what, limit=limit, n_kept=there, n_added=n)
        for what, n, there, limit in kinds
        if n > 0 and there + n > limit >= 0
    )


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """What an owner keeps, and may.

    Attributes:
        n_runs: those in the trash included.
        n_bytes: of files that the server has stored.
        n_points: of series, as of a second ago.
        n_requests_today: since midnight UTC, to within a minute.
        n_requests: of the last 30 days.
        own: the quota that was set for the owner.
        limits: what holds: own quota, else the default; nothing in it is None.
    """

    owner: Owner
    n_runs: int = 0
    n_bytes: int = 0
    n_points: int = 0
    n_requests_today: int = 0
    n_requests: int = 0
    own: Quota = Quota()
    limits: Quota = Quota(max_runs=NO_LIMIT, max_bytes=NO_LIMIT, max_points=NO_LIMIT, max_requests_per_s=NO_LIMIT)

    def excesses(self, more: Usage) -> tuple[Excess, ...]:
        """What does not fit, if all that another owner keeps is added."""
        limits = (self.limits.max_runs, self.limits.max_bytes, self.limits.max_points)
        return excesses(
            Amount(more.n_runs, more.n_bytes, more.n_points),
            kept=Amount(self.n_runs, self.n_bytes, self.n_points),
            limits=Amount(*(NO_LIMIT if limit is None else limit for limit in limits)),
        )


class Miscount(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was counted otherwise than it is.

    Attributes:
        record: `run:...`, `logged-model:...`, or an owner, whose sum it is.
        what: runs, bytes or points.
    """

    record: str
    what: str
    counted: int
    found: int


class Recount(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of counting anew.

    Attributes:
        n_records: that were looked at.
        next_token: empty: that was the last piece.
    """

    miscounts: tuple[Miscount, ...]
    n_records: int
    next_token: str
    is_dry_run: bool


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """A run or logged model as that which files belong to.

    Attributes:
        table: of the record.
        number: of its row.
        owner_number: of the user; None: nobody's.
        n_bytes: of its files, as counted.
        room: bytes that may be added, by whose and in whose workspace it is; None: any number.
    """

    table: str
    number: int
    key: str
    artifact_uri: str
    owner_number: int | None
    n_bytes: int
    room: int | None = None

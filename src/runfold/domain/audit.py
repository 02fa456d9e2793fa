"""The audit: who did what to which object, in a chain in which nothing can be changed unnoticed.

Every record carries the digest of itself and of the one before it. Whoever changes, adds or removes a record has to
write all later digests anew; who remembers one of them (`AuditHead.anchor`) notices even that.
"""

from __future__ import annotations

import enum
import hashlib
import re
from collections.abc import Iterable

import msgspec

from runfold.errors import InvalidValue

NO_DIGEST = "0" * 64
"""What the first record is chained to."""

MAX_NAME = 300
MAX_OBJECT = 600
MAX_DETAIL = 1000
_FORMAT = 1
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_ANCHOR = re.compile(r"(\d{1,18}):([0-9a-f]{64})")


class Result(enum.StrEnum):
    """How a call ended: it did what was asked, its caller may not do that, or it could not be done."""

    ALLOWED = "allowed"
    REFUSED = "refused"
    FAILED = "failed"


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be recorded. Bodies, passwords and tokens are never among it.

    Attributes:
        user: who; empty: nobody has signed in, or the server itself.
        token: beginning and name of the token that was sent; empty: a password or a browser's session.
        address: from where.
        action: the name of the call, such as `mlflow:runs/delete`, or `sign-in`.
        object: to what, such as `run:4f...`, `experiment:12` or `user:ann`; empty: nothing in particular.
        detail: what else matters, such as `role=reader subject=user:ben`.
        status: of the answer, by HTTP; 0: none was needed.
        n_times: how often, counted together since the record before it of this kind.
    """

    user: str = ""
    token: str = ""
    address: str = ""
    action: str
    object: str = ""
    detail: str = ""
    result: Result = Result.ALLOWED
    status: int = 0
    n_times: int = 1
    request_id: str = ""


class AuditRecord(msgspec.Struct, frozen=True, kw_only=True):
    """An act, where it stands in the chain.

    Attributes:
        number: 1, 2, 3 and so on, without a gap.
        digest: SHA-256, in hexadecimal digits, of the digest before it and all that the record says.
    """

    number: int
    time_ms: int
    act: Act
    digest: str


class AuditHead(msgspec.Struct, frozen=True, kw_only=True):
    """Where a chain ends, and where it begins after older records were moved to an archive.

    Attributes:
        number, digest: of the newest record; 0 and `NO_DIGEST` when there is none yet.
        archived, archived_digest: of the newest record that was moved away.
    """

    number: int = 0
    digest: str = NO_DIGEST
    archived: int = 0
    archived_digest: str = NO_DIGEST

    @property
    def anchor(self) -> str:
        """To be kept elsewhere: as long as a chain holds it, nothing up to it was changed."""
        return f"{self.number}:{self.digest}"


class Broken(Exception):
    """A chain that was tampered with.

    Attributes:
        number: of the first record that is not as it was written; `reason` says how.
    """

    def __init__(self, number: int, reason: str) -> None:
        self.number = number
        self.reason = reason
        super().__init__(f"Record {number}: {reason}")


def clean(text: str, most: int) -> str:
    """Text that every database and terminal takes."""
    if len(text) <= most and text.isprintable():
        return text
    plain = _UNPRINTABLE.sub("\ufffd", text)
    return plain if len(plain) <= most else f"{plain[: most - 1]}…"


def digest_of(previous: str, number: int, time_ms: int, act: Act) -> str:
    """SHA-256 over one JSON array in UTF-8 without spaces: format, previous digest, number, time, then the act's
    fields in the order in which `Act` has them. Another program can check it, so it never changes under one format.
    """
    content = [_FORMAT, previous, number, time_ms, *msgspec.structs.astuple(act)]
    return hashlib.sha256(msgspec.json.encode(content)).hexdigest()


def parse_anchor(text: str) -> tuple[int, str]:
    """Raises InvalidValue for what `AuditHead.anchor` did not make."""
    match = _ANCHOR.fullmatch(text.strip())
    if match is None:
        raise InvalidValue(f"Invalid anchor {text[:100]!r}: write NUMBER:DIGEST, as `runfold audit head` prints it.")
    return int(match[1]), match[2]


class ChainCheck:
    """Follows a chain, record by record.

    Args:
        number, digest: of the record before the first one.
        anchors: digests that are known from elsewhere, by number.
    """

    def __init__(self, number: int = 0, digest: str = NO_DIGEST, anchors: Iterable[tuple[int, str]] = ()) -> None:
        self.number = number
        self.digest = digest
        self.n_records = 0
        self._anchors = dict(anchors)

    def follow(self, records: Iterable[AuditRecord]) -> None:
        """Raises Broken at the first record that is missing, or not as it was written."""
        for record in records:
            if record.number != self.number + 1:
                raise Broken(self.number + 1, f"it is missing; the next one there is {record.number}.")
            found = digest_of(self.digest, record.number, record.time_ms, record.act)
            if found != record.digest:
                raise Broken(record.number, "what it says, or the record before it, is not what was written.")
            if self._anchors.pop(record.number, found) != found:
                raise Broken(record.number, "the chain up to it was written anew: its digest is not the anchor's.")
            self.number, self.digest = record.number, found
            self.n_records += 1

    def end(self, head: AuditHead | None) -> None:
        """Once all records were followed.

        Args:
            head: where the store says that the chain ends; None: nothing says so.

        Raises:
            Broken: records are missing at the end.
        """
        if head is not None and head.number != self.number:
            number = min(head.number, self.number) + 1
            raise Broken(number, f"the chain ends with {self.number}, and should with {head.number}.")
        if head is not None and head.digest != self.digest:
            raise Broken(head.number, "its digest is not that of the end of the chain.")
        beyond = min((number for number in self._anchors if number > self.number), default=None)
        if beyond is not None:
            raise Broken(self.number + 1, f"it is missing, with all up to {beyond}, which an anchor names.")

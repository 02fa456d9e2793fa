"""What every store checks in the same words: byte ranges, announced sizes and digests."""

from __future__ import annotations

import hashlib
import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error

from runfold.domain.artifact import ArtifactPath
from runfold.errors import ArtifactError, DigestMismatch, InvalidValue

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_DIGEST_FIELD = re.compile(r"(?:^|,)\s*sha-256=:([A-Za-z0-9+/=]+):\s*(?:,|$)")


class Checksum:
    """Counts and hashes the bytes of one upload as they pass and compares them with what was announced."""

    def __init__(self, path: ArtifactPath, *, size: int | None, digest: str | None) -> None:
        if digest is not None and not _DIGEST.fullmatch(digest):
            raise InvalidValue(f"The digest {digest!r} is not of the form 'sha256:' and 64 small hex digits.")
        self._path = path
        self._expected_size = size
        self._expected_digest = digest
        self._hash = hashlib.sha256() if digest else None
        self.size = 0

    def add(self, chunk: bytes | bytearray | memoryview) -> None:
        """Takes the next bytes into account.

        Raises:
            ArtifactError: they are more than were announced.
        """
        self.size += len(chunk)
        if self._expected_size is not None and self.size > self._expected_size:
            self._refuse_size(f"more than {self._expected_size}")
        if self._hash:
            self._hash.update(chunk)

    def check(self) -> None:
        """Compares; to be called after the last byte and before anything is made visible.

        Raises:
            ArtifactError: bytes are missing.
            DigestMismatch: they are not the announced ones.
        """
        if self._expected_size is not None and self.size != self._expected_size:
            self._refuse_size(f"{self.size}")
        if self.digest != self._expected_digest:
            raise DigestMismatch(self._path.text, str(self._expected_digest), str(self.digest))

    @property
    def digest(self) -> str | None:
        """`sha256:<hex>` of the bytes so far; `None` when no digest was announced, for then none is computed."""
        return f"sha256:{self._hash.hexdigest()}" if self._hash else None

    def _refuse_size(self, found: str) -> None:
        raise ArtifactError(
            f"{self._path.text!r} arrived with {found} bytes, {self._expected_size} were announced; "
            "nothing was stored. Try again."
        )


def check_range(path: ArtifactPath, size: int, start: int, stop: int | None) -> tuple[int, int]:
    """The range that is read of a file of `size` bytes."""
    stop = size if stop is None else min(stop, size)
    if not 0 <= start <= stop:
        raise InvalidValue(f"The byte range {start} to {stop} is not inside {path.text!r}, which has {size} bytes.")
    return start, stop


def digest_to_field(digest: str) -> str:
    """The value of a `Repr-Digest` field (RFC 9530, section 3) for a digest `sha256:<hex>`."""
    return f"sha-256=:{b64encode(bytes.fromhex(digest.removeprefix('sha256:'))).decode()}:"


def digest_from_field(value: str) -> str | None:
    """The digest that a `Repr-Digest` field names, or `None` when it names none by SHA-256.

    Raises:
        InvalidValue: the SHA-256 in it is not one.
    """
    match = _DIGEST_FIELD.search(value)
    if match is None:
        return None
    try:
        raw = b64decode(match[1], validate=True)
    except Base64Error:
        raw = b""
    if len(raw) != hashlib.sha256().digest_size:
        raise InvalidValue(f"The field 'Repr-Digest: {value[:100]}' does not hold a SHA-256.")
    return f"sha256:{raw.hex()}"

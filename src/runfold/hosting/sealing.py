"""Secrets at rest: sealed with a key that lies outside the database.

AES-256-GCM (NIST SP 800-38D) under a random 96-bit nonce. What a secret is for is authenticated with it, so that a
sealed text that somebody copies to another record does not open there.

The key file holds keys as URL-safe base64, one a line. The first one seals, all of them open: for another key, put it
above the old one, and take the old one out when nothing is sealed with it any more.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import logging
import os
import secrets
import stat
import threading
from pathlib import Path
from typing import NoReturn

from runfold.errors import NotSupported, StoreError

log = logging.getLogger(__name__)

_FORMAT = "sealed1"
_KEY_BYTES = 32
_NONCE_BYTES = 12


class Sealer:
    """Seals and opens texts. Safe from any thread; the key file is read, or made, on first use.

    Args:
        key_file: made with a random key, readable for its owner alone, when it is not there. None: nobody said where
            the key is kept, so nothing can be sealed.
    """

    def __init__(self, key_file: Path | None) -> None:
        self._key_file = key_file
        self._keys: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def seal(self, text: str, *, purpose: str) -> str:
        """
        Args:
            purpose: what the secret is for, such as `webhook 5b1f...`; the same is needed to open it.

        Returns:
            Printable ASCII; different each time.

        Raises:
            NotSupported: there is no place for a key.
            StoreError: the key file cannot be read or made.
        """
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        name, key = next(iter(self._load(makes=True).items()))
        nonce = secrets.token_bytes(_NONCE_BYTES)
        closed = AESGCM(key).encrypt(nonce, text.encode(), _bound(name, purpose))
        return ":".join((_FORMAT, name, base64.urlsafe_b64encode(nonce + closed).decode()))

    def open(self, sealed: str, *, purpose: str) -> str:
        """
        Raises:
            StoreError: the key that sealed it is not there, or the text was changed or belongs to another purpose.
        """
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            kind, name, encoded = sealed.split(":")
            raw = base64.urlsafe_b64decode(encoded)
        except (ValueError, binascii.Error):
            kind, name, raw = "", "", b""
        if kind != _FORMAT or len(raw) <= _NONCE_BYTES:
            raise StoreError(f"The secret for {purpose} is not one that this release sealed.")
        key = self._load(makes=False).get(name)
        if key is None:
            raise StoreError(
                f"The secret for {purpose} was sealed with the key {name}, which {self._key_file} does not hold. "
                "Every server of a store needs the same key file."
            )
        try:
            return AESGCM(key).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], _bound(name, purpose)).decode()
        except InvalidTag:
            raise StoreError(
                f"The secret for {purpose} was changed since it was sealed, or sealed for another."
            ) from None

    def _load(self, *, makes: bool) -> dict[str, bytes]:
        """Keys by name, in the order of the file."""
        with self._lock:
            if not self._keys:
                if self._key_file is None:
                    raise NotSupported(
                        "Secrets are sealed with a key outside the database, and nobody says where it is kept. Set "
                        "secrets_key_file to a file that every server of this store can read; it is made if missing."
                    )
                if makes:
                    _make_key_file(self._key_file)
                self._keys = _read_key_file(self._key_file)
            return self._keys


def _bound(name: str, purpose: str) -> bytes:
    return f"{_FORMAT}:{name}:{purpose}".encode()


def _make_key_file(path: Path) -> None:
    """Make it unless it is there; whoever else makes it at the same time, one file wins, whole."""
    if path.exists():
        return
    aside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(base64.urlsafe_b64encode(secrets.token_bytes(_KEY_BYTES)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(aside, path)
        log.info("Secrets are sealed with a new key in %s; keep a copy of it apart from the database's", path)
    except FileExistsError:
        pass
    except OSError as error:
        raise StoreError(f"The key file {path} cannot be made: {error.strerror or error}.") from error
    finally:
        aside.unlink(missing_ok=True)


def _read_key_file(path: Path) -> dict[str, bytes]:
    try:
        lines = path.read_text(encoding="ascii").split()
        mode = path.stat().st_mode
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise StoreError(f"The key file {path} cannot be read: {reason}.") from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO) and os.name == "posix":
        log.warning("Others than its owner may read the key file %s; chmod 600 keeps them out", path)
    return {_name_of(key): key for key in (_decoded(line, path) for line in lines)} or _refuse(path)


def _decoded(line: str, path: Path) -> bytes:
    try:
        key = base64.urlsafe_b64decode(line)
    except (ValueError, binascii.Error):
        key = b""
    return key if len(key) == _KEY_BYTES else _refuse(path)


def _name_of(key: bytes) -> str:
    """Tells keys apart, and tells nothing of them."""
    return hashlib.sha256(b"runfold key name\0" + key).hexdigest()[:16]


def _refuse(path: Path) -> NoReturn:
    raise StoreError(f"The key file {path} holds no key: 32 random bytes as URL-safe base64 on a line of their own.")

"""Passwords at rest: Argon2id (RFC 9106) with the parameters that OWASP's cheat sheet on storing passwords names first.

A stored text carries its parameters, so that they can be raised one day: `argon2id$memory$passes$salt$hash`.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import threading

_MEMORY_KIB = 19 * 1024
_PASSES = 2
_BYTES = 32
_SALT_BYTES = 16
AT_A_TIME = 4
"""Each hash takes its memory while it lasts: what strangers can have computed at a time is bounded."""
_places = threading.BoundedSemaphore(AT_A_TIME)


class PasswordChecker:
    """Checks passwords, and remembers which ones were right. Safe from any thread.

    Clients that sign in by password send it with every request. What is remembered is a digest, under a key that is
    worth nothing outside this process, of a password together with what is stored of it: a new one makes it worthless.
    """

    MAX_REMEMBERED = 10_000

    def __init__(self) -> None:
        self._key = os.urandom(32)
        self._right: set[bytes] = set()

    def is_right(self, password: str, stored: str) -> bool:
        """Whether a password is the one that was stored; an empty stored text fits none, after the same work."""
        text = f"{stored}\0{password}".encode("utf-8", "surrogatepass")
        digest = hashlib.blake2b(text, key=self._key, digest_size=32).digest()
        if digest in self._right:
            return True
        is_right = is_password(password, stored)
        if is_right and len(self._right) < self.MAX_REMEMBERED:
            self._right.add(digest)
        return is_right


def hash_password(password: str) -> str:
    salt = os.urandom(_SALT_BYTES)
    return _written(_MEMORY_KIB, _PASSES, salt, _derive(password, salt, _MEMORY_KIB, _PASSES))


def is_password(password: str, stored: str) -> bool:
    """Whether a password is the one that was stored; an empty stored text fits none, after the same work."""
    kind, memory, passes, salt, expected = (stored or NOBODYS).split("$")
    assert kind == "argon2id", "no other kind was ever written"
    derived = _derive(password, bytes.fromhex(salt), int(memory), int(passes))
    return hmac.compare_digest(derived, bytes.fromhex(expected)) and bool(stored)


def _derive(password: str, salt: bytes, memory_kib: int, passes: int) -> bytes:
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    with _places:
        function = Argon2id(salt=salt, length=_BYTES, iterations=passes, lanes=1, memory_cost=memory_kib)
        return function.derive(password.encode("utf-8", "surrogatepass"))


def _written(memory_kib: int, passes: int, salt: bytes, derived: bytes) -> str:
    return f"argon2id${memory_kib}${passes}${salt.hex()}${derived.hex()}"


NOBODYS = _written(_MEMORY_KIB, _PASSES, bytes(_SALT_BYTES), bytes(_BYTES))
"""Compared with when there is no such user, so that the answer takes as long."""

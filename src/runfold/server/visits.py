"""Whether somebody follows a call to its end: the audit does, on a server with users."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from starlette.types import Scope


class Followed(Protocol):
    def about(self, request: object) -> None:
        """What the call asks for, once that was read; None where it reads for itself."""
        ...


class _Unseen:
    """A call that nobody follows."""

    def about(self, request: object) -> None:
        return

    def __enter__(self) -> _Unseen:
        return self

    def __exit__(self, *error: object) -> None:
        return


_UNSEEN = _Unseen()


def visit_of(scope: Scope) -> AbstractContextManager[Followed]:
    found: AbstractContextManager[Followed] = scope.get("visit", _UNSEEN)
    return found

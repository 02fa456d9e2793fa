"""Whether somebody follows a call to its end: the audit does, on a server with users."""

from __future__ import annotations

from types import TracebackType
from typing import Protocol

from starlette.types import Scope


class Followed(Protocol):
    """A context: its end is the call's."""

    def __enter__(self) -> Followed: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None, /
    ) -> None: ...

    def about(self, request: object) -> None:
        """What the call asks for, once that was read; None: it stands in the address, or will be told later."""
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


def visit_of(scope: Scope) -> Followed:
    found: Followed = scope.get("visit", _UNSEEN)
    return found

"""Who may make which call.

Every row of the table names a permission, and every request passes here after it is decoded and before its work
begins.
"""

from __future__ import annotations

from typing import Protocol

from starlette.types import Scope

from runfold.wire.endpoints import Endpoint


class Access(Protocol):
    def authorize(self, scope: Scope, endpoint: Endpoint) -> None:
        """Return when the caller has `endpoint.permission`.

        Raises:
            Unauthenticated: the caller did not say who they are.
            PermissionDenied: the caller may not do that.
        """
        ...


class OpenToAll:
    """A server without users: whoever reaches it may do everything. It listens on loopback unless told otherwise."""

    def authorize(self, scope: Scope, endpoint: Endpoint) -> None:
        return

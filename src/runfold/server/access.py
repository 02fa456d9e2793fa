"""Who may make which call.

Every row of the table names a permission, and every request passes here before its work begins. As long as the server
has no users, whoever reaches it may do everything: it listens on loopback unless told otherwise.
"""

from __future__ import annotations

from starlette.types import Scope

from runfold.errors import PermissionDenied
from runfold.server.services import Services
from runfold.wire.endpoints import Endpoint, Permission

_GRANTED_TO_ALL = frozenset(Permission)


def authorize(services: Services, scope: Scope, endpoint: Endpoint) -> None:
    """Raises PermissionDenied when the caller may not make this call."""
    if endpoint.permission not in _GRANTED_TO_ALL:
        raise PermissionDenied(f"You may not call {endpoint.path!r}; it needs the permission {endpoint.permission}.")

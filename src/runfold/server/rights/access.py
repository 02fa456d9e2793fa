"""Who may make which call.

Every row of the table names a permission, and every request passes here before its body is read. What comes back is
what the call works with: on a server with users, the records as far as the caller may reach them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Protocol
from urllib.parse import parse_qsl

from starlette.types import Scope

from runfold.domain.access import PlaceKind, Rights, Role, User, Visible
from runfold.domain.dataset_access import HiddenDatasets, hidden_from
from runfold.domain.workspace import DEFAULT_WORKSPACE
from runfold.errors import NotSupported
from runfold.server.web.http import header
from runfold.wire.access_endpoints import ACCESS_ENDPOINTS
from runfold.wire.audit_endpoints import AUDIT_ENDPOINTS
from runfold.wire.endpoints import Endpoint, Permission

if TYPE_CHECKING:
    from runfold.server.services import Services

NO_USERS = "This server has no users: whoever reaches it may do everything. Start it with --auth to change that."
_WORKSPACE = b"x-mlflow-workspace"
_OF_USERS = frozenset(endpoint.name for endpoint in ACCESS_ENDPOINTS + AUDIT_ENDPOINTS)


@dataclass(frozen=True)
class Caller:
    """Who makes a call, and what they may do. Remembered over many calls, with what was worked out from it.

    Attributes:
        session_id: of the browser that makes it; empty: it is a program's, with a password or token.
        token: beginning and name of the token by which they are known; empty: by other means.
        token_id: of that token.
        scope: the name of the role that caps what they may do: that of the token.
        job_id: of the job that works for the user by its own token; empty: it is no job.
        max_requests_per_s: as their quota says; None: it says nothing.
        workspace_limits: requests a second by workspace, for all who call in it together, where there is a quota.
    """

    user: User
    rights: Rights
    session_id: str = ""
    token: str = ""
    token_id: str = ""
    scope: str = Role.MANAGER.name
    job_id: str = ""
    max_requests_per_s: float | None = None
    workspace_limits: Mapping[str, float] = field(default_factory=dict)

    @cached_property
    def _visible(self) -> dict[tuple[PlaceKind, str], Visible]:
        return {}

    @cached_property
    def has_roles_on_datasets(self) -> bool:
        """Whether anything is granted to them on a dataset itself; most have nothing, and are done with it here."""
        return any(area.of(PlaceKind.DATASET) for area in self.rights.areas.values())

    @cached_property
    def hidden_datasets(self) -> HiddenDatasets:
        return hidden_from(self.rights)

    def visible_experiments(self, workspace: str) -> Visible:
        return self._kept(PlaceKind.EXPERIMENT, workspace, self.rights.visible_experiments)

    def visible_models(self, workspace: str) -> Visible:
        return self._kept(PlaceKind.MODEL, workspace, self.rights.visible_models)

    def _kept(self, kind: PlaceKind, workspace: str, work_out: Callable[[str], Visible]) -> Visible:
        """Only for workspaces that the caller may enter, so what is kept is bounded by what was granted."""
        found = self._visible.get((kind, workspace))
        if found is None:
            found = self._visible[(kind, workspace)] = work_out(workspace)
        return found


def workspace_in(scope: Scope) -> str:
    """The workspace that a call says it is made in, as MLflow's clients do; links, which send no headers of ours, say
    it in the address. Empty: none.
    """
    named = header(scope, _WORKSPACE).strip()
    if not named and b"workspace=" in scope["query_string"]:
        named = dict(parse_qsl(scope["query_string"].decode("latin-1"))).get("workspace", "")
    return named


class Access(Protocol):
    async def admit(self, scope: Scope, endpoint: Endpoint, services: Services) -> Services:
        """What the call may work with.

        Raises:
            Unauthenticated: the caller did not say who they are.
            PermissionDenied, NotFound: the caller may not do that.
        """
        ...

    def close(self) -> None:
        """Let go of threads, once nothing is in flight."""
        ...


class OpenToAll:
    """A server without users. It listens on loopback unless told otherwise.

    Nobody can be made a user here, least of all an administrator who would be one once there is a sign-in.
    """

    async def admit(self, scope: Scope, endpoint: Endpoint, services: Services) -> Services:
        if endpoint.name in _OF_USERS:
            raise NotSupported(NO_USERS)
        workspace = workspace_in(scope)
        if workspace in ("", DEFAULT_WORKSPACE) or endpoint.permission is Permission.PUBLIC:
            return services
        return services.of_call(services.store.in_workspace(workspace), workspace)

    def close(self) -> None:
        return

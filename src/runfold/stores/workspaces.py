"""What a records store can do about workspaces. See `stores.base` for what holds for every method."""

from __future__ import annotations

from typing import Protocol, Self

from runfold.domain.workspace import DEFAULT_WORKSPACE, DeletionMode, Workspace, WorkspaceDeletion, WorkspacePurge


class WorkspaceStore(Protocol):
    """Tenants. Names of experiments, models, projects, targets and secrets, and scopes of views, hold in one workspace;
    what has an id, such as an experiment, a run or a job, is reached by it from every one.
    """

    def in_workspace(self, workspace: str) -> Self:
        """This store, working in another workspace than the default one. Whether it is there, its calls find out."""
        ...

    def create_workspace(self, name: str, *, description: str = "", artifact_root: str = "") -> Workspace:
        """Add a workspace. Everyone is denied on it at first, by a grant that can be changed.

        Raises:
            AlreadyExists: the name is taken.
            InvalidValue: the name can be none.
        """
        ...

    def get_workspace(self, name: str) -> Workspace: ...

    def list_workspaces(self) -> tuple[Workspace, ...]:
        """By name."""
        ...

    def update_workspace(
        self, name: str, *, description: str | None = None, artifact_root: str | None = None
    ) -> Workspace:
        """Change what is given; names stay."""
        ...

    def delete_workspace(
        self,
        name: str,
        *,
        mode: DeletionMode = DeletionMode.RESTRICT,
        to: str = DEFAULT_WORKSPACE,
        dry_run: bool = False,
    ) -> WorkspaceDeletion:
        """Delete a workspace. What is granted on it and its rules of retention end with it, and users whose calls were
        made in it make them in the default one.

        With `DeletionMode.TRASH` it is as if it were not there, but its name is taken, and nothing in it is changed:
        administrators reach that by ids. Jobs are cancelled.

        Args:
            mode: what becomes of what it holds.
            to: with `DeletionMode.MOVE`, the workspace that all of it goes to. Who may do what is decided there from
                then on; what was granted on records stays on them. Files stay where they are.
            dry_run: change nothing and say what it holds, which names clash, and what does not fit into the quota of
                the other workspace.

        Raises:
            InvalidState: `DeletionMode.RESTRICT`, and it holds something; `DeletionMode.MOVE`, and names clash.
            InvalidValue: it is the default one, or would move to itself.
            MoveQuotaExceeded: the other workspace may not keep all of it; nothing has moved.
        """
        ...

    def list_trashed_workspaces(self) -> tuple[Workspace, ...]:
        """By name."""
        ...

    def restore_workspace(self, name: str) -> Workspace:
        """Bring a workspace back from the trash, as it was. Jobs that were cancelled can be tried again."""
        ...

    def purge_workspace(self, name: str, *, dry_run: bool = True) -> WorkspacePurge:
        """Remove a workspace of the trash for ever, with all that it holds.

        Raises:
            InvalidState: registered versions of other workspaces have their files in it.
            NotFound: no workspace of the trash is called so.
        """
        ...

"""Whose jobs are whose to see: by their project, or, of a job without one, by who asked for it and its workspace.

A registered project is the place that a job belongs to. A job without one belongs to its workspace, and to who
submitted it. Whoever was made the manager of a target by a grant on the target itself also sees, and ends, what goes
there.
"""

from __future__ import annotations

import msgspec

from runfold.domain.access import ALL_VISIBLE, PlaceKind, Rights, Role, Visible


class JobHome(msgspec.Struct, frozen=True):
    """What decides on the rights to a job.

    Attributes:
        project: the registered one that it belongs to; empty: none.
        target: that it was submitted to; empty: none.
        owner: number of the user who submitted it; 0: nobody knows.
    """

    workspace: str
    project: str
    target: str
    owner: int


class VisibleJobs(msgspec.Struct, frozen=True, kw_only=True):
    """Which jobs of one workspace somebody may read.

    Attributes:
        projects: those of these projects.
        without_project: all that have no project.
        of_user: those without a project that the user of this number submitted; 0: none.
        targets: whatever goes to these.
    """

    projects: Visible
    without_project: bool
    of_user: int = 0
    targets: tuple[str, ...] = ()

    def includes(self, home: JobHome) -> bool:
        if home.target and home.target in self.targets:
            return True
        if home.project:
            return self.projects.includes(home.project, "")
        return self.without_project or (self.of_user != 0 and home.owner == self.of_user)

    @property
    def is_all(self) -> bool:
        return self.without_project and self.projects.is_all


ALL_JOBS_VISIBLE = VisibleJobs(projects=ALL_VISIBLE, without_project=True)


def visible_jobs(rights: Rights, user: int, workspace: str) -> VisibleJobs:
    """What `role_on_job` gives a role on, of the jobs of a workspace."""
    return VisibleJobs(
        projects=rights.visible_records(PlaceKind.PROJECT, workspace),
        without_project=bool(rights.on_workspace(workspace)),
        of_user=user if rights.may_own_in(workspace) else 0,
        targets=rights.targets_managed_in(workspace),
    )


def role_on_job(rights: Rights, user: int, home: JobHome) -> Role:
    """
    Args:
        user: number of the one whose rights they are.
    """
    if home.project:
        role = rights.on_record(PlaceKind.PROJECT, home.project, home.workspace)
    else:
        role = rights.on_workspace(home.workspace)
        if user and home.owner == user and rights.may_own_in(home.workspace):
            role = max(role, min(Role.CONTRIBUTOR, rights.most))
    if home.target in rights.targets_managed_in(home.workspace):
        role = max(role, min(Role.CONTRIBUTOR, rights.most))
    return role

"""Whose jobs are whose: to see, to take as an agent, and to act for while they run.

A job is seen by its project, or, if it has none, by who asked for it and by its workspace.

A registered project is the place that a job belongs to. A job without one belongs to its workspace, and to who
submitted it. Whoever was made the manager of a target by a grant on the target itself also sees, and ends, what goes
there.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from runfold.domain.access import ALL_VISIBLE, Ability, Place, PlaceKind, Rights, Role, User, Visible
from runfold.domain.job import JobId

MOST = Role.CONTRIBUTOR
"""What the token of a job is worth at most: it records and reads, and neither deletes nor shares."""


class JobHome(msgspec.Struct, frozen=True):
    """What decides on the rights to a job.

    Attributes:
        project: the registered one that it belongs to; empty: none.
        target: that it was submitted to; empty: none.
        owner: number of the user who submitted it; 0: nobody knows.
        holder: number of the user whose agent has it, or had it last; 0: an agent without an account.
    """

    workspace: str
    project: str
    target: str
    owner: int
    holder: int = 0


class Asker(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks for a job: with their rights its command will work.

    Attributes:
        user: number; 0: nobody knows, as on a server without users, and the command has the rights of its agent.
        places: that they were limited to when they asked, of the job's workspace; none: they were not.
        job: by whose token it was asked for; empty: by none.
    """

    user: int = 0
    places: tuple[Place, ...] = ()
    job: JobId = ""


NOBODY = Asker()


class Serving(msgspec.Struct, frozen=True, kw_only=True):
    """Which jobs an agent may take.

    Attributes:
        workspaces: of these jobs, by name.
        account: number of the user whose agent it is; 0: it has none.
        asked_by: only those that work for this user, or for nobody known; 0: whoever asked for them.
    """

    workspaces: Visible = ALL_VISIBLE
    account: int = 0
    asked_by: int = 0


SERVES_ALL = Serving()


class JobBearer(msgspec.Struct, frozen=True, kw_only=True):
    """For whom a job that is under way works, and within what.

    Attributes:
        places: never none.
    """

    user: User
    job_id: JobId
    places: tuple[Place, ...]


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
    """What `abilities_on_job` lets one read, of the jobs of a workspace."""
    return VisibleJobs(
        projects=rights.visible_records(PlaceKind.PROJECT, workspace),
        without_project=bool(rights.on_workspace(workspace)),
        of_user=user if rights.may_own_in(workspace) else 0,
        targets=rights.targets_managed_in(workspace),
    )


def abilities_on_job(rights: Rights, user: int, home: JobHome) -> Ability:
    """
    Args:
        user: number of the one whose rights they are.
    """
    own = (Ability.READ | Ability.SUBMIT) & rights.most
    if home.project:
        granted = rights.on_record(PlaceKind.PROJECT, home.project, home.workspace)
    else:
        granted = rights.on_workspace(home.workspace)
        if user and home.owner == user and rights.may_own_in(home.workspace):
            granted |= own
    if home.target in rights.targets_managed_in(home.workspace):
        granted |= own
    return granted


def limits_of_job(workspace: str, within: Iterable[Place], workspaces_of: dict[str, str]) -> tuple[Place, ...]:
    """What a job is limited to that somebody asked for who is limited to some places: those of them in its workspace.

    Args:
        workspaces_of: in which the experiments lie that are among the places, by id.
    """
    return tuple(place for place in within if _lies_in(place, workspace, workspaces_of))


def _lies_in(place: Place, workspace: str, workspaces_of: dict[str, str]) -> bool:
    match place.kind:
        case PlaceKind.WORKSPACE:
            return place.key == workspace
        case PlaceKind.EXPERIMENT:
            return workspaces_of.get(place.key) == workspace
    return place.workspace == workspace

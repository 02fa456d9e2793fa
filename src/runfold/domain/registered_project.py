"""Projects that a server knows by name: where their code is, who may run it where, and what was read in it."""

from __future__ import annotations

import msgspec

from runfold.domain.ids import ExperimentId
from runfold.domain.job import DEFAULT_QUEUE, Job
from runfold.domain.project import Project

ProjectName = str
"""Unique. Jobs name their project by it; after a change, a former name leads to the project, too."""


class ProjectSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What people say of a project.

    Attributes:
        uri: a repository, archive or folder that the agents can reach.
        version: a branch, tag or commit of a repository; empty: its default branch.
        folder: of the project inside `uri`; empty: the whole.
        credential: where the agents find what a private repository asks for, such as `env:GIT_TOKEN`; never the
            credential itself.
        targets: names of those that its jobs may go to; empty: all.
        queue: of its jobs, when nothing else is said.
        experiment_id: where its runs go, when nothing else is said.
    """

    name: ProjectName
    uri: str
    version: str = ""
    folder: str = ""
    description: str = ""
    credential: str = ""
    targets: tuple[str, ...] = ()
    queue: str = DEFAULT_QUEUE
    experiment_id: ExperimentId = "0"

    @property
    def address(self) -> str:
        """As `runfold run` takes it."""
        return f"{self.uri}#{self.folder}" if self.folder else self.uri


class ProjectReading(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody found who read a project's code; the server itself fetches none.

    Attributes:
        spec: its entry points and what they need; None: it could not be read.
        commit: that was read; empty without Git.
        problem: why there is no spec.
    """

    spec: Project | None = None
    commit: str = ""
    problem: str = ""


class RegisteredProject(msgspec.Struct, frozen=True, kw_only=True):
    """A project as the store has it.

    Attributes:
        reading: the last one that has a spec, with the problem of a later one that has none.
        read_time_ms: when it was read last; None: not since its code's place was last changed.
        user_id: who registered it.
        n_jobs: that were asked for in its name.
        last_job: the newest of them.
    """

    settings: ProjectSettings
    reading: ProjectReading = ProjectReading()
    read_time_ms: int | None = None
    creation_time_ms: int
    last_update_time_ms: int
    user_id: str = ""
    n_jobs: int = 0
    last_job: Job | None = None

"""Registered projects, and what was read in their code."""

from __future__ import annotations

import enum

from runfold.wire.messages.base import Message
from runfold.wire.messages.jobs import JobMessage


class ParameterTypeName(enum.StrEnum):
    """`domain.project.ParameterType`."""

    STRING = "string"
    FLOAT = "float"
    INT = "int"
    PATH = "path"
    URI = "uri"
    BOOL = "bool"


class EnvironmentKindName(enum.StrEnum):
    """`domain.project.EnvironmentKind`."""

    CURRENT = "current"
    UV = "uv"
    CONDA = "conda"
    CONTAINER = "container"


class ParameterMessage(Message, frozen=True, kw_only=True):
    """
    Attributes:
        default: as text; absent: a value must be given.
        environment: a variable that gives the default where the job runs, if it is set.
        choices: the values that are accepted; empty: all.
        minimum, maximum: bounds of a number, both included.
        is_secret: the value names where the secret is found (`env:NAME`, `file:PATH`).
    """

    name: str
    type: ParameterTypeName = ParameterTypeName.STRING
    default: str | None = None
    environment: str = ""
    help: str = ""
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    is_secret: bool = False


class EntryPointMessage(Message, frozen=True, kw_only=True):
    """
    Attributes:
        command: with `{name}` where a parameter's value goes.
        parameters: in the order of the file.
    """

    name: str
    command: str
    parameters: tuple[ParameterMessage, ...] = ()
    help: str = ""


class EnvironmentMessage(Message, frozen=True, kw_only=True):
    """What a project asks to run in.

    Attributes:
        path: of the file that describes it, from the project's folder.
        image, volumes, variables: of a container.
    """

    kind: EnvironmentKindName = EnvironmentKindName.CURRENT
    path: str = ""
    image: str = ""
    volumes: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()


class PlatformMessage(Message, frozen=True, kw_only=True):
    """Where a project may run; nothing said: anywhere."""

    targets: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    n_gpus: int = 0
    memory_gib: float = 0.0


class ProjectSpec(Message, frozen=True, kw_only=True):
    """
    Attributes:
        name: as its file has it; empty without one.
        has_file: an `MLproject` file describes it; otherwise its `.py` and `.sh` files are the entry points.
    """

    name: str = ""
    environment: EnvironmentMessage | None = None
    entry_points: tuple[EntryPointMessage, ...] = ()
    platform: PlatformMessage | None = None
    has_file: bool = False


class ProjectSettingsMessage(Message, frozen=True, kw_only=True):
    """What people say of a project.

    Attributes:
        uri: a repository, archive or folder that the agents can reach.
        version: a branch, tag or commit; empty: the default branch.
        folder: of the project inside `uri`; empty: the whole.
        credential: where agents find what a private repository asks for, such as `env:GIT_TOKEN`.
        targets: that its jobs may go to; empty: all.
        queue, experiment_id: of its jobs, when nothing else is said.
    """

    name: str
    uri: str
    version: str = ""
    folder: str = ""
    description: str = ""
    credential: str = ""
    targets: tuple[str, ...] = ()
    queue: str = "default"
    experiment_id: str = "0"


class ProjectReadingMessage(Message, frozen=True, kw_only=True):
    """What was read in a project's code.

    Attributes:
        spec: absent: it could not be read, or nobody has read it yet.
        commit: that the spec is of; empty without Git.
        problem: why the last reading gave no spec.
    """

    spec: ProjectSpec | None = None
    commit: str = ""
    problem: str = ""


class ProjectMessage(Message, frozen=True, kw_only=True):
    """
    Attributes:
        read_time_ms: when its code was read last; absent: not yet.
        n_jobs: that were asked for in its name; `last_job` is the newest of them.
    """

    settings: ProjectSettingsMessage
    reading: ProjectReadingMessage
    creation_time_ms: int
    last_update_time_ms: int
    read_time_ms: int | None = None
    user_id: str = ""
    n_jobs: int = 0
    last_job: JobMessage | None = None


class CreateProject(Message, frozen=True, kw_only=True):
    settings: ProjectSettingsMessage
    user_id: str = ""


class UpdateProject(Message, frozen=True, kw_only=True):
    """Replaces all settings of the project of this name."""

    settings: ProjectSettingsMessage


class RenameProject(Message, frozen=True, kw_only=True):
    """The former name goes on leading to the project, until another takes it."""

    name: str
    new_name: str


class RecordProjectReading(Message, frozen=True, kw_only=True):
    name: str
    reading: ProjectReadingMessage


class ProjectRef(Message, frozen=True, kw_only=True):
    name: str


class ProjectReply(Message, frozen=True, kw_only=True):
    project: ProjectMessage


class ProjectsReply(Message, frozen=True, kw_only=True):
    projects: tuple[ProjectMessage, ...] = ()

"""What every kind of target offers: executing a workload, and saying whether it could."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import msgspec

from runfold.domain.job import Resources
from runfold.launch.gathering import Seat
from runfold.launch.process import Ending

Tell = Callable[[str], None]
Output = Callable[[bytes], None]


class FarEnvironment(msgspec.Struct, frozen=True, kw_only=True):
    """What the command needs, to be made over there.

    Attributes:
        digest: of all of it: the same content is made once.
        python: the version asked for; empty: any.
        requirements: lines as pip reads them.
        project: the folder with a pyproject.toml to install, from the project's folder on; empty: none.
        conda_packages: as conda writes them, Python among them; none: it is a virtual environment.
        channels: names or addresses of where they come from, as this machine reaches them.
    """

    digest: str
    python: str = ""
    requirements: tuple[str, ...] = ()
    project: str = ""
    conda_packages: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()


class OwnToken(msgspec.Struct, frozen=True, kw_only=True):
    """A token that the command's machine makes itself, where whatever it is given is read by others.

    Attributes:
        variables: of the command's environment that are to hold it.
        job_id: it is of this one.
        accept: is told its digest, and has the tracking server take it.
    """

    variables: tuple[str, ...]
    job_id: str
    accept: Callable[[str], None]


class Workload(msgspec.Struct, frozen=True, kw_only=True):
    """A command with all that it needs.

    Attributes:
        work_id: names it over there. What still runs there under the same name is ended first: an attempt that was
            thought lost.
        code: the folder to run in, brought there.
        vector: the program and its arguments.
        variables: of the command's environment, beside those that are there.
        secrets: likewise; they stand in no file and no argument list.
        own_token: how the command is known to the tracking server where secrets cannot be brought.
        environment: None: the Python that is there.
        image: that the project asks for; for targets that run containers.
        timeout_s: 0: none.
        seat: among those that are handed over together; None: it goes alone.
        array_limit: so many of them run at a time; 0: as the target says.
    """

    work_id: str
    code: Path
    vector: tuple[str, ...]
    variables: dict[str, str] = {}
    secrets: dict[str, str] = {}
    own_token: OwnToken | None = None
    environment: FarEnvironment | None = None
    image: str = ""
    timeout_s: float = 0.0
    resources: Resources = Resources()
    seat: Seat | None = None
    array_limit: int = 0

    def __repr__(self) -> str:
        return f"Workload(work_id={self.work_id!r})"  # in no trace and no log


class Execution(Protocol):
    """A workload under way. Safe from any thread."""

    def wait(self) -> Ending:
        """Follow it to its end."""
        ...

    def cancel(self) -> None:
        """End it, with all that it has started there; `wait` then returns."""
        ...

    def packages(self) -> dict[str, str]:
        """What its environment held, once it is over: files by name; none where nobody could look."""
        ...


class Backend(Protocol):
    """A target that can be used."""

    def start(self, work: Workload, *, output: Output, tell: Tell) -> Execution:
        """Begin a workload.

        Args:
            output: gets what the command writes, from the thread that waits.
            tell: gets a line for people at each step.

        Raises:
            Unavailable: the target does not answer.
            Unauthenticated, PermissionDenied: it, or we, cannot be sure who the other is.
            InvalidValue: something that the workload needs is not there; the message says what to do.
        """
        ...

    def check(self, tell: Tell) -> None:
        """Try whether workloads could be executed, step by step. Raises what `start` would."""
        ...

    def reachable_from_there(self, uri: str) -> str:
        """An address of a server of this machine, as the workload can use it."""
        ...

    def close(self) -> None: ...

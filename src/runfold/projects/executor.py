"""Who executes a project's command: this machine, or a target."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Protocol

import msgspec

from runfold.domain.job import Resources
from runfold.domain.project import EnvironmentKind, EnvironmentSpec
from runfold.domain.target import Target, TargetKind, TargetName
from runfold.errors import NotSupported
from runfold.launch.censor import Censor
from runfold.launch.gathering import Seat
from runfold.launch.output import OutputLog
from runfold.launch.process import Ending, LocalProcess
from runfold.launch.targets.base import FarEnvironment, OwnToken, Tell, Workload
from runfold.launch.targets.open import ReadSecret, open_backend
from runfold.projects.environments.conda import channels_of, specs_of
from runfold.projects.environments.pins import Pins
from runfold.projects.environments.prepare import EnvironmentManager, Prepared, prepare
from runfold.projects.environments.recipe import as_pip, read_recipe

Tee = Callable[[bytes], None]

# Others get what they need in objects of a bounded size, or where it is fetched anew each time.
_MADE_FROM_CONDA = (TargetKind.SSH, TargetKind.SLURM)


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be executed.

    Attributes:
        work_id: names it on a target.
        variables: what tells the command where to record.
        secrets: variables, too; taken out of all output.
        own_token: of a target that brings no secrets.
    """

    work_id: str
    vector: tuple[str, ...]
    folder: Path
    variables: dict[str, str]
    secrets: dict[str, str]
    timeout_s: float
    resources: Resources
    own_token: OwnToken | None = None

    def __repr__(self) -> str:
        return f"Command(work_id={self.work_id!r})"  # in no trace and no log


class Running(Protocol):
    """A command under way."""

    def wait(self) -> Ending: ...

    def cancel(self) -> None: ...

    def packages(self) -> dict[str, str]:
        """What its environment held, once it is over: files by name."""
        ...


class Executor(Protocol):
    """
    Attributes:
        environment_name: as MLflow's tag `mlflow.project.env` has it.
        environment_digest: of the environment's content.
        backend_name: as MLflow's tag `mlflow.project.backend` has it.
        target_name: empty: this machine.
    """

    environment_name: str
    environment_digest: str
    backend_name: str
    target_name: TargetName

    def reachable(self, tracking_uri: str) -> str:
        """The tracking server's address, as the command can use it."""
        ...

    def execute(self, command: Command, log: Path, tee: Tee | None) -> AbstractContextManager[Running]:
        """Begin; what still runs at the end of the `with` block is ended.

        Args:
            log: a file that takes the output.
            tee: gets it as it comes.
        """
        ...

    def close(self) -> None: ...


class LocalExecutor:
    """This machine."""

    backend_name = "local"
    target_name = ""

    def __init__(
        self, spec: EnvironmentSpec, folder: Path, *, manager: EnvironmentManager | None, pins: Pins | None, tell: Tell
    ) -> None:
        self._prepared = prepare(spec, folder, manager=manager, pins=pins, tell=tell)
        self.environment_name = self._prepared.mlflow_name
        self.environment_digest = self._prepared.digest

    def reachable(self, tracking_uri: str) -> str:
        return tracking_uri

    @contextmanager
    def execute(self, command: Command, log: Path, tee: Tee | None) -> Iterator[Running]:
        variables = command.variables | command.secrets
        with LocalProcess(
            self._prepared.command(command.vector, command.folder, variables),
            folder=command.folder,
            environ=_environ(self._prepared) | variables,
            log=log,
            tee=tee,
            censor=Censor(command.secrets.values()),
        ) as process:
            yield _Timed(process, command.timeout_s, self._prepared.packages)

    def close(self) -> None:
        return


class _Timed:
    """A process that is ended after its time."""

    def __init__(self, process: LocalProcess, timeout_s: float, packages: Callable[[], dict[str, str]]) -> None:
        self._process = process
        self._timeout_s = timeout_s
        self.packages = packages

    def cancel(self) -> None:
        self._process.cancel()

    def wait(self) -> Ending:
        ending = self._process.wait(self._timeout_s or None)
        if ending is None:
            self._process.cancel()
            ended = self._process.wait()
            code = ended.exit_code if ended is not None else -signal.SIGKILL
            reason = f"cancelled after its time limit of {self._timeout_s:g} s"
            ending = Ending(exit_code=code, reason=reason, is_cancelled=True)
        return ending


def _environ(prepared: Prepared) -> dict[str, str]:
    """The caller's environment with the programs of the prepared one in front."""
    environ = dict(os.environ) | prepared.variables
    environ["PATH"] = os.pathsep.join([str(prepared.bin_folder), environ.get("PATH", os.defpath)])
    # What a caller's shell has set for another choice of experiment would contradict the id.
    environ.pop("MLFLOW_EXPERIMENT_NAME", None)
    environ.pop("RUNFOLD_EXPERIMENT_NAME", None)
    return environ


class TargetExecutor:
    """A target. What the project needs is checked here; nothing is contacted before it is needed."""

    def __init__(
        self,
        target: Target,
        spec: EnvironmentSpec,
        folder: Path,
        *,
        image: str,
        manager: EnvironmentManager | None,
        read: ReadSecret,
        tell: Tell,
        seat: Seat | None = None,
        array_limit: int = 0,
    ) -> None:
        self._target = target
        self._tell = tell
        self._environment = far_environment(spec, folder, manager, target.kind)
        self._image = image or spec.image
        self._seat = seat
        self._array_limit = array_limit
        make = partial(open_backend, target, read)
        self._backend = make() if seat is None else seat.share(target.name, make)
        self.backend_name = target.kind.value
        self.target_name = target.name
        self.environment_name = _mlflow_name(self._image, self._environment)
        self.environment_digest = self._image or (self._environment.digest if self._environment else "")

    def reachable(self, tracking_uri: str) -> str:
        return self._backend.reachable_from_there(self._target.tracking_uri or tracking_uri)

    @contextmanager
    def execute(self, command: Command, log: Path, tee: Tee | None) -> Iterator[Running]:
        output = OutputLog(log, tee=tee, censor=Censor(command.secrets.values()))
        try:
            work = Workload(
                work_id=command.work_id,
                code=command.folder,
                vector=command.vector,
                variables=command.variables,
                secrets=command.secrets,
                own_token=command.own_token,
                environment=self._environment,
                image=self._image,
                timeout_s=command.timeout_s,
                resources=command.resources,
                seat=self._seat,
                array_limit=self._array_limit,
            )
            self._tell(f"On target {self._target.name} ({self._target.kind}, {self._target.place})")
            yield self._backend.start(work, output=output.write, tell=self._tell)
        finally:
            output.close()

    def close(self) -> None:
        if self._seat is None:
            self._backend.close()


def _mlflow_name(image: str, environment: FarEnvironment | None) -> str:
    if image:
        return "docker"
    if environment is None:
        return "local"
    return "conda" if environment.conda_packages else "virtualenv"


def far_environment(
    spec: EnvironmentSpec, folder: Path, manager: EnvironmentManager | None, kind: TargetKind
) -> FarEnvironment | None:
    """What has to be made over there; None: the Python of the target, or of the image.

    Args:
        folder: of the project, here.

    Raises:
        NotSupported: it cannot be made on a target of this kind.
    """
    if spec.kind in (EnvironmentKind.CONTAINER, EnvironmentKind.CURRENT) or manager is EnvironmentManager.LOCAL:
        return None
    recipe = read_recipe(spec, folder)
    if manager is EnvironmentManager.CONDA or (manager is None and recipe.needs_conda):
        if kind not in _MADE_FROM_CONDA:
            raise NotSupported(
                f"The project's conda environment has packages beside Python and pip's, which are not brought to a "
                f"target of kind {kind.value}. Put them into an image and name it (docker_env, or image in platform), "
                "or use --env-manager uv, which takes them from PyPI, or --env-manager local for the Python there."
            )
        return FarEnvironment(
            digest=recipe.digest("far", "conda"),
            requirements=tuple(line.text for line in recipe.requirements),
            conda_packages=specs_of(recipe),
            channels=channels_of(recipe, folder),
        )
    recipe = as_pip(recipe)
    return FarEnvironment(
        digest=recipe.digest("far"),
        python=recipe.python,
        requirements=tuple(line.text for line in recipe.requirements),
        project="" if recipe.project is None else recipe.project.relative_to(folder).as_posix(),
    )

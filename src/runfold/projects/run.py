"""A project run on this machine, as a run of the store: its parameters, source, command, log and end."""

from __future__ import annotations

import os
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path

import msgspec

from runfold.artifacts.transfer import upload_file
from runfold.domain import known_tags
from runfold.domain.artifact import ArtifactPath
from runfold.domain.ids import ExperimentId, RunId, new_run_id
from runfold.domain.job import Resources
from runfold.domain.project import MAIN, EntryPoint, Platform, Project
from runfold.domain.run import NewRun, RunBatch
from runfold.domain.states import RunStatus
from runfold.domain.target import Target, TargetKind, TargetName
from runfold.domain.workspace import DEFAULT_WORKSPACE
from runfold.errors import InvalidValue, NotFound, PermissionDenied, RunfoldError, Unauthenticated
from runfold.launch.gathering import Seat
from runfold.launch.insisting import insist
from runfold.launch.memory import explain_by_log
from runfold.launch.process import Ending
from runfold.launch.secrets import Open, nobody_opens, read_secret
from runfold.launch.targets.base import OwnToken, Tell
from runfold.launch.targets.open import ReadSecret
from runfold.projects.commands import argument_vector, placeholders, shown
from runfold.projects.credentials import credentials_of, token_variables
from runfold.projects.digest import CODE_TAG, code_digest
from runfold.projects.environments.pins import Pins
from runfold.projects.environments.prepare import EnvironmentManager
from runfold.projects.executor import Command, Executor, LocalExecutor, Running, TargetExecutor, Tee
from runfold.projects.fetch import Fetched, fetched, is_repository
from runfold.projects.parameters import Values, choose_values, for_the_command, undeclared
from runfold.projects.platform import choose_target, resources_of, this_machine
from runfold.projects.spec import load_project, with_entry_point
from runfold.tracking.session import Session
from runfold.tracking.source import git_state, user_name, without_credentials

LOG_PATH = "runfold/log.txt"
N_LAST_LINES = 30
PATIENCE_S = 60.0
PATCH_PATH = "runfold/uncommitted.patch"
TARGET_TAG = "runfold.job.target"
PARAMETERS_TAG = "runfold.project.parameters"
"""What was given, as JSON; of secrets, the places where they are found."""


class ProjectRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be run.

    Attributes:
        uri: a folder, repository or archive; see `fetch.fetched`.
        version: a branch, tag or commit; empty: as the address has it.
        parameters: as given, unchecked.
        arguments: go behind the command as they are; of scripts that were run by hand.
        patch: changes to the code at `version`, as `git diff` writes them.
        experiment_id: where the run goes.
        run_name: empty: one is made up.
        manager: who makes the environment; None: as the project asks.
        pins: versions that the environment held the first time; None: it is made as the project asks.
        tags: of the run, beside those that say where it came from.
        timeout_s: the command is ended after it; 0: never.
        target: where the command is executed, by name; empty: as the project says, or else on this machine.
        targets: those that the project may choose among; None: any.
        workspace: in which targets are named, and the command works; empty: the session's.
        resources: what the command wants of the machine.
        work_id: names the work on a target; what runs there under the same name is ended. Empty: the run's id.
        credential: where that is found which a private repository asks for.
        array_limit: so many of an array's jobs run at a time; 0: as the target says.
        is_queued: who asked stands elsewhere, so relative paths count from the project's folder alone.
    """

    uri: str
    entry_point: str = MAIN
    version: str = ""
    parameters: dict[str, str] = {}
    arguments: tuple[str, ...] = ()
    patch: bytes = b""
    experiment_id: ExperimentId = "0"
    run_name: str = ""
    manager: EnvironmentManager | None = None
    pins: Pins | None = None
    tags: dict[str, str] = {}
    timeout_s: float = 0.0
    target: TargetName = ""
    targets: tuple[TargetName, ...] | None = None
    workspace: str = ""
    resources: Resources = Resources()
    work_id: str = ""
    credential: str = ""
    array_limit: int = 0
    is_queued: bool = False


class ProjectRun(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it."""

    run_id: RunId
    run_name: str
    status: RunStatus
    ending: Ending


class RunWatch:
    """Learns how far a project's run is; for those who may want to end it."""

    def made(self, run_id: RunId) -> None:
        """The run exists."""

    def started(self, process: Running) -> None:
        """The command runs."""

    def may_wait(self, waited_s: float) -> bool:
        """How it ended cannot be written, such as to a full disk: whether to go on trying after so many seconds."""
        return waited_s < PATIENCE_S


def run_project(
    session: Session,
    request: ProjectRequest,
    *,
    tracking_uri: str,
    tell: Callable[[str], None],
    tee: Callable[[bytes], None] | None = None,
    watch: RunWatch | None = None,
    open_secret: Open = nobody_opens,
    labels: tuple[str, ...] = (),
    seat: Seat | None = None,
    brings_credentials: bool = False,
    accept_token: Callable[[str], None] | None = None,
    spare: Session | None = None,
) -> ProjectRun:
    """Fetch, check, prepare, run; what is wrong with the request is found before a run is made.

    Args:
        tracking_uri: where the command's own client records; other than the session's address when a server stands
            before an embedded store.
        tell: gets a line for people at each step.
        tee: gets the command's output as it comes, without what is secret in it.
        watch: told when the run is made and its command started.
        open_secret: gives the secrets that the server keeps.
        labels: what this machine has, for projects that ask for some.
        seat: among the runs that go to a target together; None: this one goes alone.
        brings_credentials: the command finds nobody's on this machine, and gets the session's.
        accept_token: has the server take the token, by its digest, that a job's command has where it can be given none.
        spare: says how the run ended when the session may not any more.

    Raises:
        NotFound: there is no such project.
        InvalidValue: the project, entry point or parameters cannot be used.
    """
    read = partial(read_secret, open_kept=open_secret)
    if is_repository(request.uri):  # a large one takes a while
        tell(f"Fetching {without_credentials(request.uri)} {request.version}".rstrip())
    code_of = fetched(
        request.uri,
        version=request.version,
        patch=request.patch,
        credential=request.credential,
        open_secret=open_secret,
    )
    with code_of as code, ExitStack() as stack:
        project = load_project(code.folder)
        entry = with_entry_point(project, request.entry_point, code.folder)
        values = choose_values(entry, request.parameters)
        target = _target(session, request, project, labels)
        if seat is not None and (target is None or target.kind is not TargetKind.SLURM):
            raise InvalidValue(f"Target {request.target!r} was a cluster when an array of jobs was submitted to it.")
        places = None if target is not None else (code.folder if request.is_queued else Path.cwd(), code.folder)
        vector = (*command_of(entry, values, places), *request.arguments)
        secrets = {variable: read(variable, where) for variable, where in values.secrets.items()}
        tell(f"Project {project.name or code.uri}, entry point {entry.name}" + _at(code))
        for line in undeclared(entry, values, placeholders(entry.command)):
            tell(line)
        executor = stack.enter_context(closing(_executor(request, project, code.folder, target, read, tell, seat)))
        uri = executor.reachable(tracking_uri)
        run = _create(session, request, code, project, values, shown(vector), executor)
        _keep_patch(session, run, code)
        tell(f"Run {run.run_name} ({run.run_id})")
        watch = watch or RunWatch()
        watch.made(run.run_id)
        # On this machine the command finds them as we do; a Ray cluster would show them to everybody.
        is_shown = target is not None and target.kind is TargetKind.RAY
        known, hidden = credentials_of(session) if not is_shown and (target or brings_credentials) else ({}, {})
        command = Command(
            work_id=request.work_id or run.run_id,
            vector=vector,
            folder=code.folder,
            variables=_variables(session, uri, request, run) | known,
            secrets=secrets | hidden,
            timeout_s=request.timeout_s,
            resources=resources_of(project.platform, request.resources),
            own_token=_own_token(request.work_id, accept_token) if is_shown and accept_token else None,
        )
        return _execute([session, *([spare] if spare else [])], run, executor, command, tee, watch, tell)


def _own_token(job_id: str, accept: Callable[[str], None]) -> OwnToken:
    return OwnToken(variables=token_variables(), job_id=job_id, accept=accept)


def _target(session: Session, request: ProjectRequest, project: Project, labels: tuple[str, ...]) -> Target | None:
    """Where the command is executed; None: on this machine."""
    store = session.store.in_workspace(request.workspace) if request.workspace else session.store
    named = store.get_target(request.target) if request.target else None
    targets = store.list_targets() if project.platform != Platform() else ()
    if request.targets is not None:
        targets = tuple(target for target in targets if target.name in request.targets)
    chosen = choose_target(project.platform, named=named, targets=targets, here=this_machine(labels))
    return None if chosen is None or chosen.kind is TargetKind.LOCAL else chosen


def _executor(
    request: ProjectRequest,
    project: Project,
    folder: Path,
    target: Target | None,
    read: ReadSecret,
    tell: Tell,
    seat: Seat | None,
) -> Executor:
    if target is None:
        return LocalExecutor(project.environment, folder, manager=request.manager, pins=request.pins, tell=tell)
    return TargetExecutor(
        target,
        project.environment,
        folder,
        image=project.platform.image,
        manager=request.manager,
        read=read,
        tell=tell,
        seat=seat,
        array_limit=request.array_limit,
    )


def command_of(entry: EntryPoint, values: Values, places: tuple[Path, Path] | None) -> tuple[str, ...]:
    """The argument vector of an entry point; what is given but not declared is appended, unless the command uses it.

    Args:
        places: folders of the caller and of the project: given paths count from the former first, defaults from the
            latter. None: the command runs elsewhere.
    """
    own_first = tuple(reversed(places or ()))
    ready = {
        name: for_the_command(entry.find(name), value, folders=(places or ()) if name in values.given else own_first)
        for name, value in (values.declared | values.extra).items()
    }
    used = placeholders(entry.command)
    extra = [(name, ready[name]) for name in values.extra if name not in used]
    return argument_vector(entry.command, ready, extra)


def _at(code: Fetched) -> str:
    if not code.commit:
        return ""
    return f", commit {code.commit[:12]}" + (" with uncommitted changes" if code.is_dirty else "")


class _Made(msgspec.Struct, frozen=True, kw_only=True):
    run_id: RunId
    run_name: str
    artifact_uri: str


def _create(
    session: Session,
    request: ProjectRequest,
    code: Fetched,
    project: Project,
    values: Values,
    command: str,
    executor: Executor,
) -> _Made:
    tags = {
        known_tags.USER: user_name(),
        known_tags.SOURCE_NAME: without_credentials(code.uri),
        known_tags.SOURCE_TYPE: "PROJECT",
        known_tags.GIT_COMMIT: code.commit,
        known_tags.GIT_BRANCH: code.branch,
        known_tags.GIT_URL: code.repository,
        "mlflow.gitRepoURL": code.repository,
        "mlflow.gitBranch": code.branch,
        "mlflow.project.entryPoint": request.entry_point,
        "mlflow.project.env": executor.environment_name,
        "mlflow.project.backend": executor.backend_name,
        TARGET_TAG: executor.target_name,
        "runfold.project.name": project.name,
        "runfold.project.command": command,
        PARAMETERS_TAG: msgspec.json.encode(request.parameters).decode() if request.parameters else "",
        "runfold.project.environment": executor.environment_digest,
        CODE_TAG: "" if code.commit else code_digest(code.folder),
        **request.tags,
    }
    created = session.store.create_run(
        NewRun(
            experiment_id=request.experiment_id,
            run_id=new_run_id(),
            run_name=request.run_name,
            user_id=tags[known_tags.USER],
            start_time_ms=time.time_ns() // 1_000_000,
            tags={key: value for key, value in tags.items() if value},
        )
    )
    info = created.info
    if values.recorded:
        session.store.log_batch(info.run_id, RunBatch(params=tuple(values.recorded.items())))
    return _Made(run_id=info.run_id, run_name=info.run_name, artifact_uri=info.artifact_uri)


def _keep_patch(session: Session, run: _Made, code: Fetched) -> None:
    """Without it, nobody could run again what a folder with changes held."""
    state = git_state(code.folder, max_patch_bytes=session.settings.max_git_diff_bytes) if code.is_dirty else None
    if state is None or not state.patch or not session.settings.capture_git_diff:
        return
    with session.open_files(run.artifact_uri) as files, files.write(ArtifactPath(PATCH_PATH)) as writer:
        writer.write(state.patch)


def _keep_packages(session: Session, run: _Made, packages: dict[str, str]) -> None:
    """What the command's environment held; a command that uses Runfold has told it by itself."""
    with session.open_files(run.artifact_uri) as files:
        known = {str(found.path) for found in files.list_folder(ArtifactPath("runfold"))} if packages else set()
        for name, text in packages.items():
            path = ArtifactPath(f"runfold/{name}")
            if str(path) not in known:
                with files.write(path) as writer:
                    writer.write(text.encode())


def _variables(session: Session, tracking_uri: str, request: ProjectRequest, run: _Made) -> dict[str, str]:
    """What tells the command where to record."""
    known = {"TRACKING_URI": tracking_uri, "RUN_ID": run.run_id, "EXPERIMENT_ID": request.experiment_id}
    workspace = request.workspace or session.settings.workspace or DEFAULT_WORKSPACE
    if workspace != DEFAULT_WORKSPACE or any(os.environ.get(f"{one}_WORKSPACE") for one in ("RUNFOLD", "MLFLOW")):
        known["WORKSPACE"] = workspace
    variables = {f"{family}_{name}": value for family in ("RUNFOLD", "MLFLOW") for name, value in known.items()}
    # A log that is followed shows lines as they are printed.
    return variables | {"RUNFOLD_ENTRY_POINT": request.entry_point, "PYTHONUNBUFFERED": "1"}


def _execute(
    sessions: Sequence[Session],
    run: _Made,
    executor: Executor,
    command: Command,
    tee: Tee | None,
    watch: RunWatch,
    tell: Tell,
) -> ProjectRun:
    """
    Args:
        sessions: the first that may writes how the run ended.
    """
    with tempfile.TemporaryDirectory(prefix="runfold-log-") as home:
        log = Path(home) / "log.txt"
        packages: dict[str, str] = {}
        try:
            with _ending_by_signal() as has_begun, executor.execute(command, log, tee) as running:
                has_begun(running)
                watch.started(running)
                ending = running.wait()
                packages = running.packages()
        except RunfoldError as error:
            ending = Ending(exit_code=127, reason=error.message)
        if not ending.is_cancelled:
            why = explain_by_log(ending.exit_code, ending.reason, _last_lines(log))
            ending = msgspec.structs.replace(ending, reason=why)
        status = _status_of(ending)
        insist(
            partial(_by_first, sessions, lambda session: _keep_packages(session, run, packages)),
            partial(_by_first, sessions, lambda session: _keep_log(session, run, log)),
            partial(_by_first, sessions, lambda session: _note_end(session, run, ending, status, _last_lines(log))),
            may_wait=watch.may_wait,
            tell=tell,
        )
    return ProjectRun(run_id=run.run_id, run_name=run.run_name, status=status, ending=ending)


def _by_first(sessions: Sequence[Session], write: Callable[[Session], None]) -> None:
    """Who asked for a job may have lost it, or their rights; the agent may still be allowed to say how it ended."""
    for session in sessions[:-1]:
        try:
            return write(session)
        except (Unauthenticated, PermissionDenied, NotFound):
            continue
    return write(sessions[-1])


@contextmanager
def _ending_by_signal() -> Iterator[Callable[[Running], None]]:
    """Ctrl-C and SIGTERM end the command, and we go on to record how it ended.

    One that comes while the command is being started is kept until that is done; a second one then does not wait.
    """
    begun: list[Running] = []
    is_asked = threading.Event()

    def end() -> None:
        for process in begun:
            threading.Thread(target=process.cancel, name="runfold-cancel", daemon=True).start()

    def stop(number: int, frame: object) -> None:
        if is_asked.is_set() and not begun:
            raise KeyboardInterrupt
        is_asked.set()
        end()

    def has_begun(process: Running) -> None:
        begun.append(process)
        if is_asked.is_set():
            end()

    if threading.current_thread() is not threading.main_thread():
        yield has_begun
        return
    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield has_begun
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _keep_log(session: Session, run: _Made, log: Path) -> None:
    if log.exists():
        with session.open_files(run.artifact_uri) as files:
            upload_file(files, log, ArtifactPath(LOG_PATH))


def _status_of(ending: Ending) -> RunStatus:
    if ending.is_cancelled:
        return RunStatus.KILLED
    return RunStatus.FINISHED if ending.is_success else RunStatus.FAILED


def _note_end(session: Session, run: _Made, ending: Ending, status: RunStatus, last_lines: list[str]) -> None:
    store = session.store
    store.set_tag(run.run_id, "runfold.project.exitCode", str(ending.exit_code))
    tags = store.get_run(run.run_id).tags
    if status is not RunStatus.FINISHED and known_tags.ERROR not in tags:
        store.set_tag(run.run_id, known_tags.ERROR, "\n".join([*last_lines, f"The command ended: {ending.reason}."]))
    store.update_run(run.run_id, status=status, end_time_ms=time.time_ns() // 1_000_000)


def _last_lines(log: Path) -> list[str]:
    if not log.exists():
        return []
    with log.open("rb") as opened:
        opened.seek(max(0, log.stat().st_size - 64 * 1024))
        return opened.read().decode(errors="replace").splitlines()[-N_LAST_LINES:]

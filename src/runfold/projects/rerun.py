"""A run repeated: the same code, changes, parameters and arguments; and what came out, held against the first time."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

import msgspec

from runfold.domain import known_tags
from runfold.domain.artifact import ArtifactPath
from runfold.domain.project import MAIN
from runfold.domain.run import Run
from runfold.errors import InvalidState, NotFound
from runfold.projects.environments.pins import Pins, read_pins
from runfold.projects.environments.prepare import EnvironmentManager
from runfold.projects.fetch import is_repository
from runfold.projects.run import PARAMETERS_TAG, PATCH_PATH, TARGET_TAG, ProjectRequest
from runfold.tracking.session import Session
from runfold.tracking.source import holds_commit

ORIGIN_TAG = "runfold.rerun.of"

_HIDDEN = "***"
_MADE = ("virtualenv", "conda")


def request_of(
    session: Session,
    run: Run,
    *,
    parameters: Mapping[str, str] | None = None,
    without: Iterable[str] = (),
    manager: EnvironmentManager | None = None,
    where: str = "",
) -> ProjectRequest:
    """What to ask for to have a run again.

    Args:
        parameters: to change.
        without: parameters that it was given and that are left out now, so that the defaults hold.
        manager: None: as the project asks.
        where: the repository or folder, when it is not where the run found it.

    Raises:
        InvalidState: the run does not say enough about its code; the message says what is missing.
    """
    tags = run.tags
    is_project = tags.get(known_tags.SOURCE_TYPE) == "PROJECT"
    commit = tags.get(known_tags.GIT_COMMIT, "")
    place = where or _place(run)
    given: dict[str, str] = {}
    if PARAMETERS_TAG in tags:
        given = msgspec.json.decode(tags[PARAMETERS_TAG], type=dict[str, str])
    elif is_project:
        given = dict(run.params)  # MLflow's own projects record what they were given as params
    kept = {name: value for name, value in given.items() if name not in set(without)}
    return ProjectRequest(
        uri=place,
        version=commit,
        entry_point=tags.get("mlflow.project.entryPoint", MAIN) if is_project else _script(run),
        parameters=kept | dict(parameters or {}),
        arguments=() if is_project else _arguments(run),
        patch=_patch(session, run) if tags.get("runfold.source.git.dirty", "true") == "true" else b"",
        experiment_id=run.info.experiment_id,
        run_name=f"{run.info.run_name}-again",
        manager=manager,
        target=tags.get(TARGET_TAG, ""),
        pins=_pins(session, run) if is_project and manager is None else None,
        tags={ORIGIN_TAG: run.info.run_id},
    )


def _place(run: Run) -> str:
    """Where the code is: the folder, archive or repository that the run saw, if it is still here, else its remote."""
    tags = run.tags
    commit = tags.get(known_tags.GIT_COMMIT, "")
    name, _, inside = tags.get(known_tags.SOURCE_NAME, "").partition("#")
    if tags.get(known_tags.SOURCE_TYPE) == "PROJECT" and (is_repository(name) or Path(name).exists()):
        return f"{name}#{inside}" if inside else name
    # A commit may never have been pushed.
    root = _root(run)
    if commit and root is not None and holds_commit(root, commit):
        return str(root)
    if commit and tags.get(known_tags.GIT_URL):
        return tags[known_tags.GIT_URL]
    raise InvalidState(f"{_why_nowhere(run, root)} Name a repository or folder that has it with --from.")


def _why_nowhere(run: Run, root: Path | None) -> str:
    """Why the code of a run cannot be had, in words."""
    the_code = f"The code of run {run.info.run_id} cannot be had"
    commit = run.tags.get(known_tags.GIT_COMMIT, "")
    place = run.tags.get(known_tags.SOURCE_NAME, "").partition("#")[0]
    if commit and root is not None and root.exists():
        return f"{the_code}: {root} has no commit {commit[:12]} any more, and the run names no remote."
    if commit:
        return f"{the_code}: it is commit {commit[:12]} of {root or place}, which is not here, and has no remote."
    if run.tags.get(known_tags.SOURCE_TYPE) == "PROJECT":
        return f"{the_code}: it came from {place}, which is not here any more, and was in no commit."
    return f"{the_code}: {place or 'what it ran'} was in no commit of a repository."


def _root(run: Run) -> Path | None:
    """The folder of the repository that held the script, as the run's machine had it."""
    script, inside = run.tags.get(known_tags.SOURCE_NAME, ""), run.tags.get("runfold.source.git.script", "")
    if not inside or not script.endswith(f"/{inside}"):
        return None
    return Path(script.removesuffix(inside))


def _pins(session: Session, run: Run) -> Pins | None:
    """Of an environment that was made for the run; None: there was none, or nobody looked into it."""
    if run.tags.get("mlflow.project.env") not in _MADE:
        return None
    described: dict[str, str] = {}
    with session.open_files(run.info.artifact_uri) as files:
        for name in ("packages.txt", "conda-packages.txt"):
            with suppress(NotFound), files.open_read(ArtifactPath(f"runfold/{name}")) as reader:
                described[name] = reader.read().decode(errors="replace")
    return read_pins(described) if described else None


def _script(run: Run) -> str:
    script = run.tags.get("runfold.source.git.script", "")
    if not script:
        raise InvalidState(
            f"Run {run.info.run_id} does not say which script of the repository it was: it came from "
            f"{run.tags.get('mlflow.source.name', 'an unknown place')!r}."
        )
    return script


def _arguments(run: Run) -> tuple[str, ...]:
    arguments = tuple(shlex.split(run.tags.get("runfold.source.arguments", "")))
    if any(_HIDDEN in argument for argument in arguments):
        raise InvalidState(
            f"Run {run.info.run_id} was started with a secret among its arguments, which was not recorded. Run the "
            "script by hand."
        )
    return arguments


def _patch(session: Session, run: Run) -> bytes:
    with session.open_files(run.info.artifact_uri) as files:
        try:
            with files.open_read(ArtifactPath(PATCH_PATH)) as reader:
                return reader.read()
        except NotFound:
            if run.tags.get("runfold.source.git.dirty") == "true":
                raise InvalidState(
                    f"Run {run.info.run_id} had uncommitted changes that were not kept: its code cannot be had again."
                ) from None
            return b""

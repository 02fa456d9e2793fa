"""A finished run as one document, for the server and for the command line."""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Iterator

from runfold.domain import known_tags
from runfold.domain.artifact import ArtifactPath
from runfold.domain.ids import ExperimentId, new_run_id
from runfold.domain.metric import Metric
from runfold.domain.run import FinishedRun, NewRun, RunBatch
from runfold.domain.states import RunStatus
from runfold.errors import InvalidValue, LimitExceeded
from runfold.wire import convert
from runfold.wire.messages.registration import InlineArtifact, RegisterRun

MAX_ARTIFACTS = 1000


def finished_run(document: RegisterRun, experiment_id: ExperimentId) -> FinishedRun:
    """The run of a document; its id is the document's own or a new one."""
    return FinishedRun(
        run=NewRun(
            experiment_id=experiment_id,
            run_id=document.run_id or new_run_id(),
            run_name=document.run_name,
            user_id=document.user_id,
            start_time_ms=document.start_time_ms,
            tags=_tags(document),
            parent_run_id=document.parent_run_id,
        ),
        status=RunStatus[document.status.name],
        end_time_ms=document.end_time_ms,
        batch=RunBatch(
            metrics=tuple(
                Metric(key, point.value, point.timestamp_ms, point.step)
                for key, points in document.metrics.items()
                for point in points
            ),
            params=tuple((key, _text(value)) for key, value in document.params.items()),
        ),
        datasets=tuple(convert.use_in(use) for use in document.datasets),
        idempotency_key=document.idempotency_key,
    )


def _tags(document: RegisterRun) -> dict[str, str]:
    """The tags of the run, with source, environment and references under the names that are known for them."""
    source = document.source
    known = {
        known_tags.SOURCE_NAME: source.name,
        known_tags.SOURCE_TYPE: source.type,
        known_tags.GIT_COMMIT: source.git_commit,
        known_tags.GIT_BRANCH: source.git_branch,
        known_tags.GIT_URL: source.git_repo_url,
        "mlflow.project.entryPoint": source.entry_point,
        known_tags.DESCRIPTION: document.description,
        known_tags.USER: document.user_id,
    }
    environment = {f"runfold.env.{name}": value for name, value in document.environment.items()}
    references = {f"runfold.artifact.{file.path}": file.uri for file in document.artifacts if file.uri}
    return {key: value for key, value in known.items() if value} | environment | references | document.tags


def _text(value: str | float | bool) -> str:
    """A param as Python's MLflow client would have sent it."""
    return value if isinstance(value, str) else str(value)


def inline_files(artifacts: tuple[InlineArtifact, ...]) -> dict[ArtifactPath, bytes]:
    """Path and content of the files that come inline; those that a document only refers to are left out.

    Raises:
        InvalidValue: a path cannot be that of an artifact or is in another one's way, or a content is missing or
            not base64.
        LimitExceeded: there are more than `MAX_ARTIFACTS`.
    """
    if len(artifacts) > MAX_ARTIFACTS:
        raise LimitExceeded(f"{len(artifacts)} artifacts are too many for one document; send at most {MAX_ARTIFACTS}.")
    contents: dict[ArtifactPath, bytes] = {}
    for number, path, content in _decoded(artifacts):
        if path in contents:
            raise InvalidValue(f"Invalid value for parameter 'artifacts[{number}].path': {path.text!r} comes twice.")
        contents[path] = content
    for path in contents:
        folder = path.parent
        while folder is not None:
            if folder in contents:
                raise InvalidValue(
                    f"Invalid value for parameter 'artifacts': {folder.text!r} is a file and cannot be the folder of "
                    f"{path.text!r}."
                )
            folder = folder.parent
    return contents


def _decoded(artifacts: tuple[InlineArtifact, ...]) -> Iterator[tuple[int, ArtifactPath, bytes]]:
    """Number, path and content of each file that comes inline."""
    for number, file in enumerate(artifacts):
        field = f"artifacts[{number}]"
        path = ArtifactPath(file.path)
        given = [name for name in ("base64", "text", "uri") if getattr(file, name) is not None]
        if len(given) != 1:
            raise InvalidValue(f"Invalid value for parameter '{field}': give exactly one of base64, text and uri.")
        if file.text is not None:
            yield number, path, file.text.encode()
        elif file.base64 is not None:
            try:
                yield number, path, b64decode(file.base64, validate=True)
            except (binascii.Error, ValueError) as error:
                raise InvalidValue(f"Invalid value for parameter '{field}.base64': {error}.") from None

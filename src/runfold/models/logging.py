"""Log a model with a run.

The files go to the run's artifacts, where every MLflow client from 1.x on finds them by `runs:/<run id>/<path>`, and
the run's tag `mlflow.log-model.history` names them. A record of the model with an id of its own, `models:/m-<id>`,
points there too. Decisions 9 and 11 in docs/decisions say why.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec

from runfold.domain import known_tags
from runfold.domain.artifact import ArtifactPath
from runfold.domain.logged_model import LoggedModelStatus, ModelUse, NewLoggedModel
from runfold.errors import NotSupported, Unavailable
from runfold.mlmodel.document import MLmodel, mlmodel_to_dict
from runfold.mlmodel.schema import Signature
from runfold.models.saving import save_model
from runfold.registry.registering import register as register_in
from runfold.tracking.active_run import ActiveRun
from runfold.tracking.fluent.runs import run_to_log_to


class LoggedModel(msgspec.Struct, frozen=True, kw_only=True):
    """A model that was logged.

    Attributes:
        model_uri: `runs:/<run id>/<path>`, for `load_model`.
        artifact_path: below the run's artifacts.
        metadata: its MLmodel file.
        model_id: for `models:/<model id>`; empty: the server keeps no such records, or did not answer.
        registered_model_version: the number it was registered under; None: it was not.
    """

    model_uri: str
    run_id: str
    artifact_path: str
    metadata: MLmodel
    model_id: str = ""
    registered_model_version: int | None = None

    @property
    def signature(self) -> Signature | None:
        return self.metadata.signature

    @property
    def model_uuid(self) -> str:
        return self.metadata.model_uuid


def log_model(
    model: Any,
    name: str = "model",
    *,
    artifact_path: str | None = None,
    run_id: str | None = None,
    registered_model_name: str | None = None,
    **save_options: Any,
) -> LoggedModel:
    """Save a model with the current run; one is begun if there is none.

    Args:
        name: where in the run's artifacts it goes.
        artifact_path: as MLflow 2 calls the name.
        run_id: a run to use instead of the current one.
        registered_model_name: register it as the next version of this model, which is made if there is none.
        save_options: as for `save_model`: signature, input_example, serialization_format, pip_requirements, ...

    Example:
        >>> import runfold
        >>> from sklearn.linear_model import LinearRegression
        >>> with runfold.start_run():
        ...     model = LinearRegression().fit([[1.0], [2.0]], [2.0, 4.0])
        ...     logged = runfold.models.log_model(model, input_example=[[3.0]])
        >>> runfold.models.load_model(logged.model_uri).predict([[3.0]]).round(3)
        array([6.])
    """
    place = ArtifactPath(artifact_path or name).text
    run = run_to_log_to(run_id)
    with tempfile.TemporaryDirectory() as temporary, recorded_model(run, place) as model_id:
        folder = Path(temporary, "model")
        origin = {"run_id": run.info.run_id, "artifact_path": place, "model_id": model_id}
        document = save_model(model, folder, origin=origin, **save_options)
        run.put_folder(folder, place)
    note_model(run, document)
    version = None if registered_model_name is None else register(run, place, registered_model_name, model_id=model_id)
    return LoggedModel(
        model_uri=f"runs:/{run.info.run_id}/{place}",
        run_id=run.info.run_id,
        artifact_path=place,
        metadata=document,
        model_id=model_id,
        registered_model_version=version,
    )


def register(run: ActiveRun, path: str, name: str, *, model_id: str = "") -> int:
    """Make a model of a run the next version of a registered model, and the registered model if need be.

    Args:
        model_id: of its record.

    Returns:
        The number of the version.

    Raises:
        Unavailable: the server does not answer, or still reads the model; the model itself is logged.
        InvalidState: the server read a large model and refused it.
        PermissionDenied: the policy of the store or of the model forbids it.
    """
    run.flush()
    source = f"runs:/{run.info.run_id}/{path}"
    return register_in(run.session, source, name, model_id=model_id).version


@contextmanager
def recorded_model(run: ActiveRun, place: str) -> Iterator[str]:
    """A record of a model, for the time in which its files are written; ready afterwards, or failed.

    Gives its id; empty where nobody keeps such a record: MLflow's servers have none for files in a run, and offline
    there is nobody to ask.
    """
    model_id = _begin_record(run, place)
    try:
        yield model_id
    except BaseException:
        _end_record(run, model_id, LoggedModelStatus.UPLOAD_FAILED)
        raise
    _end_record(run, model_id, LoggedModelStatus.READY)


def _begin_record(run: ActiveRun, place: str) -> str:
    new = NewLoggedModel(
        experiment_id=run.info.experiment_id,
        name=re.sub(r"[/:.%\"']", "-", place),
        artifact_path=place,
        source_run_id=run.info.run_id,
        tags={known_tags.USER: run.info.user_id} if run.info.user_id else {},
    )
    try:
        _wait_for_store(run)
        return run.session.store.create_logged_model(new).model_id
    except (Unavailable, NotSupported):
        return ""


def _wait_for_store(run: ActiveRun) -> None:
    """Until the store has the run; no store that is known to be away is waited for again.

    Raises:
        Unavailable: it does not answer, or is not asked.
    """
    if run.session.is_known_unavailable:
        raise Unavailable(f"{run.session.uri} does not answer.")
    run.flush()


def _end_record(run: ActiveRun, model_id: str, status: LoggedModelStatus) -> None:
    if not model_id:
        return
    with suppress(Unavailable):
        run.session.store.finalize_logged_model(model_id, status)
        if status is LoggedModelStatus.READY:
            run.session.store.log_model_uses(run.info.run_id, [ModelUse(model_id=model_id, is_output=True)])


def note_model(run: ActiveRun, document: MLmodel) -> None:
    """Have the run tell which models it holds, as `runs/log-model` of MLflow's clients does.

    The store adds to what is told; only when none answers is that worked out here, for the spool.
    """
    entry = {key: value for key, value in mlmodel_to_dict(document).items() if key not in ("metadata", "resources")}
    try:
        _wait_for_store(run)
        run.session.store.log_model(run.info.run_id, entry)
    except Unavailable:
        run.unsent_models.append(entry)
        run.recorder.set_tags({known_tags.LOGGED_MODELS: json.dumps(run.unsent_models)})

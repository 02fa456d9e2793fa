"""Log a model with a run.

The files go to the run's artifacts, where every MLflow client from 1.x on finds them by `runs:/<run id>/<path>`, and
the run's tag `mlflow.log-model.history` names them; docs/decisions/0009 says why there.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from runfold.domain import known_tags
from runfold.domain.artifact import ArtifactPath
from runfold.domain.registered_model import NewModelVersion
from runfold.errors import AlreadyExists, InvalidValue, Unavailable
from runfold.mlmodel.document import MLmodel, mlmodel_to_dict
from runfold.mlmodel.schema import Signature
from runfold.models.saving import save_model
from runfold.tracking.active_run import ActiveRun
from runfold.tracking.fluent.runs import run_to_log_to


class LoggedModel(msgspec.Struct, frozen=True, kw_only=True):
    """A model that was logged.

    Attributes:
        model_uri: `runs:/<run id>/<path>`, for `load_model`.
        artifact_path: below the run's artifacts.
        metadata: its MLmodel file.
        registered_model_version: the number it was registered under; None: it was not.
    """

    model_uri: str
    run_id: str
    artifact_path: str
    metadata: MLmodel
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
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary, "model")
        origin = {"run_id": run.info.run_id, "artifact_path": place}
        document = save_model(model, folder, origin=origin, **save_options)
        run.put_folder(folder, place)
    note_model(run, document)
    version = None if registered_model_name is None else register(run, place, registered_model_name)
    return LoggedModel(
        model_uri=f"runs:/{run.info.run_id}/{place}",
        run_id=run.info.run_id,
        artifact_path=place,
        metadata=document,
        registered_model_version=version,
    )


def register(run: ActiveRun, path: str, name: str) -> int:
    """Make a model of a run the next version of a registered model, and the registered model if need be.

    Returns:
        The number of the version.

    Raises:
        Unavailable: the server does not answer; the model itself is logged.
    """
    run.flush()
    store = run.session.store
    with suppress(AlreadyExists):
        store.create_registered_model(name)
    new = NewModelVersion(name=name, source=f"runs:/{run.info.run_id}/{path}", run_id=run.info.run_id)
    return store.create_model_version(new).version


def note_model(run: ActiveRun, document: MLmodel) -> None:
    """Have the run tell which models it holds, as `runs/log-model` of MLflow's clients does."""
    told = [one for one in _history(run) if one.get("artifact_path") != document.artifact_path]
    entry = {key: value for key, value in mlmodel_to_dict(document).items() if key not in ("metadata", "resources")}
    run.recorder.set_tags({known_tags.LOGGED_MODELS: json.dumps([*told, entry])})


def _history(run: ActiveRun) -> list[Mapping[str, Any]]:
    try:
        run.flush()
        tags = run.session.store.get_run(run.info.run_id).tags
        told = json.loads(tags.get(known_tags.LOGGED_MODELS, "[]"))
    except (Unavailable, ValueError):
        return []
    if not isinstance(told, list):
        raise InvalidValue(f"The tag {known_tags.LOGGED_MODELS} of run {run.info.run_id} is no list of models.")
    return told

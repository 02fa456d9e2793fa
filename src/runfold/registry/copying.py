"""Copying a version under another name, or to another server with its files."""

from __future__ import annotations

import tempfile
from pathlib import Path

from runfold.artifacts.transfer import download, upload_folder
from runfold.domain.artifact import ArtifactPath
from runfold.domain.model_uri import parse_model_uri
from runfold.domain.registered_model import ModelVersion
from runfold.domain.run import NewRun
from runfold.domain.states import RunStatus
from runfold.errors import AlreadyExists, DigestMismatch
from runfold.registry.aliases import user_name
from runfold.registry.registering import register
from runfold.stores.base import TrackingStore
from runfold.stores.model_uris import find_version
from runfold.tracking import active
from runfold.tracking.session import Session

EXPERIMENT = "Copied models"
FOLDER = "model"


def copy_model_version(
    model_uri: str, name: str, *, to: str | None = None, tracking_uri: str | None = None
) -> ModelVersion:
    """Register a version again under another name, with all that is known of it.

    Args:
        model_uri: `models:/<name>/<version>`, or with an alias or stage.
        name: of the copy; made if it is new. It may be the same name on another server.
        to: the server or store to copy to; None: the same, where files are shared rather than copied.
        tracking_uri: where the version is; None: the store of this process.

    Returns:
        The copy. On another server its files belong to a run of the experiment `Copied models`.

    Raises:
        NotFound: no such version.
        InvalidState: it is not ready.
        DigestMismatch: the files are not those that were registered.
    """
    source = active.session(tracking_uri)
    return copy_version(source, model_uri, name, source if to is None else active.session(to))


def copy_version(source: Session, model_uri: str, name: str, target: Session) -> ModelVersion:
    """`copy_model_version` between the stores of two sessions."""
    version = find_version(source.store, parse_model_uri(model_uri))
    version.check_ready()
    if target.uri != source.uri:
        return _copy_across(source, version, name, target)
    uri = f"models:/{version.name}/{version.version}"
    return register(source, uri, name, tags=version.tags, description=version.description)


def _copy_across(source: Session, version: ModelVersion, name: str, target: Session) -> ModelVersion:
    run_id = _new_run(target.store, f"{version.name}-{version.version}")
    root = target.store.get_run(run_id).info.artifact_uri
    with tempfile.TemporaryDirectory() as folder:
        local = Path(folder, FOLDER)
        with source.open_files(version.storage_location) as store:
            download(store, None, local)
        with target.open_files(root) as store:
            upload_folder(store, local, ArtifactPath(FOLDER))
    copied = register(
        target,
        f"runs:/{run_id}/{FOLDER}",
        name,
        tags=version.tags,
        description=version.description,
        card=version.card,
    )
    target.store.update_run(run_id, status=RunStatus.FINISHED)
    _check(version, copied, target.store)
    return copied


def _check(version: ModelVersion, copied: ModelVersion, target: TrackingStore) -> None:
    """Take the copy back when what arrived is not what was registered."""
    before, after = version.files, copied.files
    if before is None or after is None or not before.digest or not after.digest or before.digest == after.digest:
        return
    target.delete_model_version(copied.name, copied.version)
    raise DigestMismatch(f"models:/{version.name}/{version.version}", before.digest, after.digest)


def _new_run(store: TrackingStore, run_name: str) -> str:
    found = store.find_experiment_by_name(EXPERIMENT)
    if found is None:
        try:
            experiment_id = store.create_experiment(EXPERIMENT)
        except AlreadyExists:
            found = store.find_experiment_by_name(EXPERIMENT)
            assert found is not None, "somebody made it just now"
            experiment_id = found.experiment_id
    else:
        experiment_id = found.experiment_id
    run = NewRun(experiment_id=experiment_id, run_name=run_name, user_id=user_name())
    return store.create_run(run).info.run_id

"""Registering a version: what may be its source, and what can be told of it without running anything."""

from __future__ import annotations

import msgspec

from runfold.artifacts.model_files import InspectedModel, algorithm_of, digest_model, inspect_model, task_of
from runfold.domain.model_uri import is_model_uri
from runfold.domain.registered_model import ModelCard, ModelFiles, ModelVersion, NewModelVersion, completed
from runfold.errors import InvalidState, NotFound, NotSupported
from runfold.server.files import Folder
from runfold.server.model_sources import check_source
from runfold.server.services import Services
from runfold.stores.model_uris import LocatedModel, locate_model

ESTIMATOR_TAG = "estimator_class"
"""What autologging of MLflow and Runfold notes on a run that fitted an estimator of scikit-learn."""


def register(services: Services, new: NewModelVersion) -> ModelVersion:
    """
    Raises:
        InvalidValue: the source may not be named, or its `MLmodel` file cannot be read.
        NotFound: no such registered model, source model or run.
        PermissionDenied: the policy of the server or of the model forbids it.
    """
    store = services.store
    check_source(store, new.source, new.run_id)
    policy = store.get_model_policy(new.name).under(store.get_model_policy(""))
    located = _locate(services, new)
    _check_place(services, new.source)
    inspected = _inspect(services, located.location, scans=policy.scans)
    card = _card(services, new, located, inspected)
    policy.check(
        card,
        description=new.description,
        dangers=() if inspected is None else inspected.dangers,
        is_read=inspected is not None and inspected.has_document,
    )
    files = new.files if inspected is None else inspected.files
    return store.create_model_version(msgspec.structs.replace(new, card=card, files=files))


def verify(services: Services, version: ModelVersion) -> ModelFiles:
    """The files of a version as they are now.

    Raises:
        NotSupported: this server does not keep them.
        InvalidState: nobody read them at registration, so there is nothing to compare with.
    """
    if version.files is None or not version.files.digest:
        raise InvalidState(
            f"The files of {version.name!r} version {version.version} were not read when it was registered."
        )
    folder = services.files.folder_of_version(version)
    return digest_model(folder.store, folder.path)


def _locate(services: Services, new: NewModelVersion) -> LocatedModel:
    try:
        return locate_model(services.store, new.source)
    except NotFound:
        if new.source.lower().startswith("runs:"):
            return LocatedModel(location=new.source)  # MLflow's servers take any run here
        raise


def _check_place(services: Services, source: str) -> None:
    """A place confers no right: what a source names by where it lies must be the caller's to read.

    Sources that name a record were looked up among the records that the caller may read.
    """
    folder = _folder(services, source) if not is_model_uri(source) else None
    if folder is not None:
        services.check_folder(folder)


def _inspect(services: Services, location: str, *, scans: bool) -> InspectedModel | None:
    """None: the files do not lie where this server can read them, or there are none."""
    folder = _folder(services, location)
    if folder is None or not folder.store.list_folder(folder.path):
        return None
    return inspect_model(folder.store, folder.path, scans=scans)


def _folder(services: Services, location: str) -> Folder | None:
    if location.lower().startswith("runs:"):
        return None
    try:
        return services.files.folder(location)
    except NotSupported:
        return None


def _card(
    services: Services, new: NewModelVersion, located: LocatedModel, inspected: InspectedModel | None
) -> ModelCard:
    card = new.card
    if located.version is not None:
        card = completed(card, located.version.card)
    if inspected is not None:
        card = completed(card, inspected.card)
    if (not card.algorithm or not card.task) and new.run_id:
        card = completed(card, _card_of_run(services, new.run_id))
    return card


def _card_of_run(services: Services, run_id: str) -> ModelCard:
    try:
        estimator = services.store.get_run(run_id).tags.get(ESTIMATOR_TAG, "")
    except NotFound:
        return ModelCard()
    return ModelCard(algorithm=algorithm_of(estimator), task=task_of(estimator))

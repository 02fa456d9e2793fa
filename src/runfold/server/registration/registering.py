"""Registering a version: what may be its source, and what can be told of it without running anything.

The files of a small model are read before the call is answered. A large one becomes a version that is pending: its
`MLmodel` file is read and judged at once, everything else by `server.registrar`, however long that takes.
"""

from __future__ import annotations

import msgspec

from runfold.artifacts.model_files import (
    algorithm_of,
    digest_model,
    inspect_model,
    is_small,
    read_card,
    task_of,
)
from runfold.domain.access import Ability
from runfold.domain.model_files import ModelFile
from runfold.domain.model_policy import ModelPolicy
from runfold.domain.model_uri import is_model_uri
from runfold.domain.registered_model import ModelCard, ModelVersion, NewModelVersion, VersionStatus, completed
from runfold.errors import InvalidState, NotFound, NotSupported
from runfold.server.artifacts.roots import Folder
from runfold.server.registration.model_sources import check_source
from runfold.server.services import Services
from runfold.stores.model_uris import LocatedModel, locate_model

ESTIMATOR_TAG = "estimator_class"
"""What autologging of MLflow and Runfold notes on a run that fitted an estimator of scikit-learn."""
DIRECT_FILES = 1000
"""Files of a model that are read while its registration waits for the answer; of their size a setting says."""


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
    located = _located(services, new)
    folder = _folder_with_files(services, located.location)
    if folder is not None and not _is_small(services, folder):
        return _put_off(services, new, located, policy, folder)
    inspected = None if folder is None else inspect_model(folder.store, folder.path, scans=policy.scans)
    read = None if inspected is None or not inspected.has_document else inspected.card
    card = _card(services, new, located, read)
    _located(services, new)  # reading takes a while, in which the right to read may have ended
    if inspected is None:
        policy.check(card, description=new.description, read=None)
        return store.create_model_version(msgspec.structs.replace(new, card=card))
    policy.check(card, description=new.description, read=read, dangers=inspected.dangers)
    return store.create_model_version(
        msgspec.structs.replace(new, card=card, files=inspected.files, listing=inspected.listing)
    )


def _put_off(
    services: Services, new: NewModelVersion, located: LocatedModel, policy: ModelPolicy, folder: Folder
) -> ModelVersion:
    """A version whose files are read later; whatever can be refused by its `MLmodel` file alone is refused now."""
    read = read_card(folder.store, folder.path)
    card = _card(services, new, located, read)
    policy.check(card, description=new.description, read=read)
    made = services.store.create_model_version(
        msgspec.structs.replace(new, card=card, files=None, listing=(), status=VersionStatus.PENDING)
    )
    services.registrar.look()
    return made


def verify(services: Services, version: ModelVersion) -> tuple[ModelFile, ...]:
    """The files of a version as they are now.

    Raises:
        NotSupported: this server does not keep them.
        InvalidState: the version is not ready, or nobody read its files at registration: there is nothing to compare.
    """
    version.check_ready()
    if version.files is None or not version.files.digest:
        raise InvalidState(
            f"The files of {version.name!r} version {version.version} were not read when it was registered."
        )
    folder = services.files.folder_of_version(version)
    return digest_model(folder.store, folder.path)


def _located(services: Services, new: NewModelVersion) -> LocatedModel:
    """Raises NotFound, PermissionDenied where the caller may not read it."""
    located = _locate(services, new)
    _check_place(services, new.source)
    return located


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
        services.check_folder(folder, Ability.READ)


def _folder_with_files(services: Services, location: str) -> Folder | None:
    """None: the files do not lie where this server can read them, or there are none."""
    folder = _folder(services, location)
    return folder if folder is not None and folder.store.list_folder(folder.path) else None


def _is_small(services: Services, folder: Folder) -> bool:
    most = services.settings.direct_registration_bytes
    return is_small(folder.store, folder.path, max_bytes=most, max_files=DIRECT_FILES)


def _folder(services: Services, location: str) -> Folder | None:
    if location.lower().startswith("runs:"):
        return None
    try:
        return services.files.folder(location)
    except NotSupported:
        return None


def _card(services: Services, new: NewModelVersion, located: LocatedModel, read: ModelCard | None) -> ModelCard:
    card = new.card
    if located.version is not None:
        card = completed(card, located.version.card)
    if read is not None:
        card = completed(card, read)
    if (not card.algorithm or not card.task) and new.run_id:
        card = completed(card, _card_of_run(services, new.run_id))
    return card


def _card_of_run(services: Services, run_id: str) -> ModelCard:
    try:
        estimator = services.store.get_run(run_id).tags.get(ESTIMATOR_TAG, "")
    except NotFound:
        return ModelCard()
    return ModelCard(algorithm=algorithm_of(estimator), task=task_of(estimator))

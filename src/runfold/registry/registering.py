"""Registering a model."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

import msgspec

from runfold.artifacts.model_files import InspectedModel, inspect_model
from runfold.domain.registered_model import ModelCard, ModelVersion, NewModelVersion, completed
from runfold.errors import AlreadyExists, InvalidValue, NotFound, RunfoldError
from runfold.registry.aliases import user_name
from runfold.stores.awaiting import DEFAULT_S, await_version
from runfold.stores.base import TrackingStore
from runfold.stores.model_uris import LocatedModel, locate_model
from runfold.tracking import active
from runfold.tracking.session import Session


def register_model(
    model_uri: str,
    name: str,
    *,
    tags: Mapping[str, object] | None = None,
    description: str = "",
    card: ModelCard | None = None,
    alias: str = "",
    wait_s: float = DEFAULT_S,
    tracking_uri: str | None = None,
) -> ModelVersion:
    """Register a model under a name, which is made if it is new.

    What is known of the model is filled in from its `MLmodel` file and from the run that made it; nothing of it is
    executed.

    Args:
        model_uri: `runs:/<run id>/<path>`, `models:/m-<id>`, `models:/<name>/<version>`, or where the files lie.
        card: what is told of the model: algorithm, owner, licence, ...; wins over what is found.
        alias: to point to the new version.
        wait_s: seconds to wait for a server that has to read a large model; 0: return a version that may still be
            PENDING_REGISTRATION.
        tracking_uri: None: the store of this process.

    Raises:
        NotFound: no such run or model.
        InvalidValue: the name or the source cannot be used, or an alias is to point to what nobody waits for.
        InvalidState: the server read the files of a large model and refused it; the version says why.
        Unavailable: it is not ready in time; the server goes on.
        PermissionDenied: the policy of the store or of the model forbids it.

    Example:
        >>> version = runfold.register_model("runs:/<run id>/model", "churn")  # doctest: +SKIP
        >>> version.version  # doctest: +SKIP
        1
    """
    return register(
        active.session(tracking_uri),
        model_uri,
        name,
        tags=tags,
        description=description,
        card=card,
        alias=alias,
        wait_s=wait_s,
    )


def register(
    session: Session,
    model_uri: str,
    name: str,
    *,
    tags: Mapping[str, object] | None = None,
    description: str = "",
    card: ModelCard | None = None,
    alias: str = "",
    wait_s: float = DEFAULT_S,
    model_id: str = "",
) -> ModelVersion:
    """`register_model` in the store of a session.

    Args:
        model_id: of the logged model that it is, where the URI does not say it.
    """
    if alias and not wait_s:
        raise InvalidValue("An alias points to versions that are ready: wait for the version, or set the alias later.")
    located = locate_model(session.store, model_uri)
    new = NewModelVersion(
        name=name,
        source=model_uri,
        run_id=located.run_id,
        model_id=located.logged.model_id if located.logged is not None else model_id,
        description=description,
        user_id=user_name(),
        tags={key: str(value) for key, value in (tags or {}).items()},
        card=card or ModelCard(),
    )
    is_new = _make_name(session.store, name)
    try:
        # A server looks at the files itself, and holds to its policy.
        version = session.store.create_model_version(new if session.is_remote else _inspected(session, new, located))
    except RunfoldError:
        if is_new:
            _take_back(session.store, name)
        raise
    version = await_version(session.store, version, timeout_s=wait_s)
    if alias:
        session.store.set_model_alias(name, alias, version.version, user_id=user_name(), reason="At registration.")
    return version


def _make_name(store: TrackingStore, name: str) -> bool:
    """Whether it was made just now."""
    try:
        store.create_registered_model(name, user_id=user_name())
    except AlreadyExists:
        return False
    return True


def _take_back(store: TrackingStore, name: str) -> None:
    """Leave no name without versions behind when the first one was refused, unless somebody uses it by now."""
    with suppress(RunfoldError):
        if store.get_registered_model(name).n_versions == 0:
            store.delete_registered_model(name)


def _inspected(session: Session, new: NewModelVersion, located: LocatedModel) -> NewModelVersion:
    """With what the files tell, where the store is opened directly."""
    policy = session.store.get_model_policy(new.name).under(session.store.get_model_policy(""))
    found = _inspect(session, located.location, scans=policy.scans)
    card = new.card if located.version is None else completed(new.card, located.version.card)
    card = card if found is None else completed(card, found.card)
    if found is None:
        policy.check(card, description=new.description, read=None)
        return msgspec.structs.replace(new, card=card)
    read = found.card if found.has_document else None
    policy.check(card, description=new.description, read=read, dangers=found.dangers)
    return msgspec.structs.replace(new, card=card, files=found.files, listing=found.listing)


def _inspect(session: Session, location: str, *, scans: bool) -> InspectedModel | None:
    with session.open_files(location) as store:
        try:
            return inspect_model(store, None, scans=scans) if store.list_folder() else None
        except NotFound:
            return None

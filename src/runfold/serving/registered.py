"""Models of the registry: which version an address means now."""

from __future__ import annotations

from typing import NamedTuple

from runfold.domain.model_uri import ModelUri, is_model_uri, parse_model_uri
from runfold.domain.registered_model import ModelVersion
from runfold.errors import NotFound
from runfold.stores.base import TrackingStore
from runfold.tracking.active import session


class Version(NamedTuple):
    """Attributes: uri: where its files lie."""

    uri: str
    name: str
    version: str


def is_registered(uri: str) -> bool:
    """Whether an address names a registered model, by version, alias or stage."""
    return is_model_uri(uri) and not parse_model_uri(uri).model_id


def may_move(uri: str) -> bool:
    """Whether it may come to mean another version."""
    return is_registered(uri) and parse_model_uri(uri).version is None


def find_version(uri: str) -> Version:
    """What an address means now, by the store that the tracking URI names.

    Raises:
        NotFound: there is no such model, version or alias.
        InvalidState: the version is being registered, or never was.
    """
    meant = parse_model_uri(uri)
    found = _find(session().store, meant)
    found.check_ready()
    place = (found.storage_location or found.source).rstrip("/")
    return Version(f"{place}/{meant.path}" if meant.path else place, found.name, str(found.version))


def _find(store: TrackingStore, meant: ModelUri) -> ModelVersion:
    if meant.version is not None:
        return store.get_model_version(meant.name, meant.version)
    if meant.alias:
        return store.get_model_version_by_alias(meant.name, meant.alias)
    latest = store.latest_model_versions(meant.name, () if meant.stage is None else (meant.stage,))
    if not latest:
        raise NotFound("version of the model", str(meant))
    return max(latest, key=lambda version: version.version)

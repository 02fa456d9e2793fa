"""From a URI to the files of a model, by asking a store; for servers and clients alike."""

from __future__ import annotations

import msgspec

from runfold.domain.logged_model import LoggedModel
from runfold.domain.model_uri import ModelUri, is_model_uri, parse_model_uri
from runfold.domain.registered_model import ModelVersion
from runfold.errors import InvalidValue, NotFound
from runfold.stores.base import TrackingStore

RUNS = "runs:"


class LocatedModel(msgspec.Struct, frozen=True, kw_only=True):
    """
    Attributes:
        location: where the files lie; never `models:` or `runs:`.
        version: the registered version that the URI names.
        logged: the logged model that it names.
        run_id: of the run whose files they are; empty: none is known.
    """

    location: str
    version: ModelVersion | None = None
    logged: LoggedModel | None = None
    run_id: str = ""


def locate_model(store: TrackingStore, uri: str) -> LocatedModel:
    """Find the files that a `models:/` or `runs:/` URI means; any other location is returned as it is.

    Raises:
        NotFound: no such model, version, stage or run.
        InvalidState: the version is being registered, or never was.
        InvalidValue: no such alias, or the URI cannot be read.
    """
    if is_model_uri(uri):
        return _of_model(store, parse_model_uri(uri))
    if uri.lower().startswith(RUNS):
        run_id, path = split_run_uri(uri)
        return LocatedModel(location=_below(store.get_run(run_id).info.artifact_uri, path), run_id=run_id)
    return LocatedModel(location=uri)


def split_run_uri(uri: str) -> tuple[str, str]:
    """Run id and path of `runs:/<run id>/<path>`. Raises InvalidValue when it has no run id."""
    run_id, _, path = uri[len(RUNS) :].strip("/").partition("/")
    if not run_id or not path or uri[len(RUNS) :].startswith("//"):
        raise InvalidValue(f"Invalid run URI {uri!r}: expected runs:/<run id>/<path of the model>.")
    return run_id, path.strip("/")


def find_version(store: TrackingStore, uri: ModelUri) -> ModelVersion:
    """The version that a URI of a registered model means."""
    if uri.alias:
        return store.get_model_version_by_alias(uri.name, uri.alias)
    if uri.version is not None:
        return store.get_model_version(uri.name, uri.version)
    if uri.is_latest:
        newest = max(store.latest_model_versions(uri.name), key=lambda version: version.version, default=None)
    else:
        assert uri.stage is not None, "one of the four is given"
        newest = next(iter(store.latest_model_versions(uri.name, [uri.stage])), None)
    if newest is None:
        raise NotFound("model version", str(uri))
    return newest


def _of_model(store: TrackingStore, uri: ModelUri) -> LocatedModel:
    if uri.model_id:
        logged = store.get_logged_model(uri.model_id)
        return LocatedModel(location=_below(logged.artifact_uri, uri.path), logged=logged, run_id=logged.source_run_id)
    version = find_version(store, uri)
    version.check_ready()
    return LocatedModel(location=_below(version.storage_location, uri.path), version=version, run_id=version.run_id)


def _below(location: str, path: str) -> str:
    return f"{location.rstrip('/')}/{path}" if path else location

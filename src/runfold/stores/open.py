"""From an address to a store."""

from __future__ import annotations

from runfold.config import ClientSettings, StoreSettings, load
from runfold.stores.base import ServedStore, TrackingStore


def open_store(
    uri: str, settings: StoreSettings | None = None, *, artifact_root: str = "mlflow-artifacts:/"
) -> TrackingStore:
    """Open the records store at an address.

    Args:
        uri: `sqlite:///path`, a path to a SQLite file, `postgresql://user@host/database`, or `http(s)://host:port`
            of a server.
        settings: of a SQL store; None: from the environment and the configuration file.
        artifact_root: URI below which new experiments of a SQL store keep their files.
    """
    if uri.startswith(("http://", "https://")):
        from runfold.stores.rest.store import RestStore

        return RestStore(uri, load(ClientSettings))
    return open_served_store(uri, settings or load(StoreSettings), artifact_root=artifact_root)


def open_served_store(uri: str, settings: StoreSettings, *, artifact_root: str) -> ServedStore:
    """Open the database that a server keeps its records in. InvalidValue when it is none."""
    from runfold.stores.sql.store import SqlStore

    return SqlStore(uri, settings, artifact_root=artifact_root)

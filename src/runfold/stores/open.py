"""From an address to a store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runfold.config import StoreSettings, load

if TYPE_CHECKING:
    from runfold.stores.sql.store import SqlStore


def open_store(
    uri: str, settings: StoreSettings | None = None, *, artifact_root: str = "mlflow-artifacts:/"
) -> SqlStore:
    """Open the records store at an address.

    Args:
        uri: `sqlite:///path`, a path to a SQLite file, or `postgresql://user@host/database`.
        settings: None: from the environment and the configuration file.
        artifact_root: URI below which new experiments keep their files.
    """
    from runfold.stores.sql.store import SqlStore

    return SqlStore(uri, settings or load(StoreSettings), artifact_root=artifact_root)

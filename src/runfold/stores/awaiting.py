"""Waiting for a server that reads the files of a large model after it has answered."""

from __future__ import annotations

import time

from runfold.domain.registered_model import ModelVersion, VersionStatus
from runfold.errors import Unavailable
from runfold.stores.base import TrackingStore

DEFAULT_S = 300.0
"""As long as MLflow's clients wait."""
_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 3.0


def await_version(store: TrackingStore, version: ModelVersion, *, timeout_s: float = DEFAULT_S) -> ModelVersion:
    """A version as it is when its registration is over.

    Args:
        timeout_s: 0: do not wait, and return it as it is.

    Raises:
        InvalidState: the registration failed; the version is there and says why.
        Unavailable: it is not over in time; the server goes on.
    """
    if not timeout_s:
        return version
    deadline, pause_s = time.monotonic() + timeout_s, _FIRST_PAUSE_S
    while version.status is VersionStatus.PENDING:
        left_s = deadline - time.monotonic()
        if left_s <= 0:
            raise Unavailable(
                f"{version.name!r} version {version.version} is not ready after {timeout_s:.0f} s. The server goes "
                "on reading its files; ask for the version again later."
            )
        time.sleep(min(pause_s, left_s))
        pause_s = min(pause_s * 1.5, _LONGEST_PAUSE_S)
        version = store.get_model_version(version.name, version.version)
    version.check_ready()
    return version

"""Whether the files of a version are still those that were registered."""

from __future__ import annotations

import msgspec

from runfold.artifacts.model_files import digest_model
from runfold.domain.model_uri import parse_model_uri
from runfold.domain.registered_model import ModelFiles, ModelVersion
from runfold.errors import InvalidState
from runfold.stores.model_uris import find_version
from runfold.tracking import active
from runfold.tracking.session import Session


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """
    Attributes:
        registered: the files as they were then.
        found: as they are now.
    """

    registered: ModelFiles
    found: ModelFiles

    @property
    def is_unchanged(self) -> bool:
        return self.registered == self.found


def verify_model_version(model_uri: str, *, tracking_uri: str | None = None) -> Verified:
    """Read all files of a version, as whoever loads it would, and compare them with what was registered.

    Args:
        model_uri: `models:/<name>/<version>`, or with an alias or stage.
        tracking_uri: None: the store of this process.

    Raises:
        NotFound: no such version.
        InvalidState: nobody read its files at registration, so there is nothing to compare with.
    """
    session = active.session(tracking_uri)
    return verify(session, find_version(session.store, parse_model_uri(model_uri)))


def verify(session: Session, version: ModelVersion) -> Verified:
    """`verify_model_version` in the store of a session."""
    if version.files is None or not version.files.digest:
        raise InvalidState(
            f"The files of {version.name!r} version {version.version} were not read when it was registered."
        )
    with session.open_files(version.storage_location) as store:
        return Verified(registered=version.files, found=digest_model(store, None))

"""Whether the files of a version are still those that were registered."""

from __future__ import annotations

import msgspec

from runfold.artifacts.model_files import digest_model
from runfold.domain.model_files import FileCheck, FileState, ModelFiles, compare, summed_up
from runfold.domain.model_uri import parse_model_uri
from runfold.domain.registered_model import ModelVersion
from runfold.errors import InvalidState
from runfold.stores.model_uris import find_version
from runfold.tracking import active
from runfold.tracking.session import Session


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """
    Attributes:
        registered: the files as they were then.
        found: as they are now.
        files: what has become of each, by path; none for a version of a release that kept no list of them.
    """

    registered: ModelFiles
    found: ModelFiles
    files: tuple[FileCheck, ...] = ()

    @property
    def is_unchanged(self) -> bool:
        return self.registered == self.found

    @property
    def differences(self) -> tuple[FileCheck, ...]:
        """The files that changed, are missing or were added."""
        return tuple(check for check in self.files if check.state is not FileState.SAME)


def verify_model_version(model_uri: str, *, tracking_uri: str | None = None) -> Verified:
    """Read all files of a version, as whoever loads it would, and compare them with what was registered.

    Args:
        model_uri: `models:/<name>/<version>`, or with an alias or stage.
        tracking_uri: None: the store of this process.

    Raises:
        NotFound: no such version.
        InvalidState: the version is not ready, or nobody read its files when it was registered.
    """
    session = active.session(tracking_uri)
    return verify(session, find_version(session.store, parse_model_uri(model_uri)))


def verify(session: Session, version: ModelVersion) -> Verified:
    """`verify_model_version` in the store of a session."""
    version.check_ready()
    if version.files is None or not version.files.digest:
        raise InvalidState(
            f"The files of {version.name!r} version {version.version} were not read when it was registered."
        )
    with session.open_files(version.storage_location) as store:
        found = digest_model(store, None)
    registered = session.store.list_model_version_files(version.name, version.version)
    return Verified(
        registered=version.files, found=summed_up(found), files=compare(registered, found) if registered else ()
    )

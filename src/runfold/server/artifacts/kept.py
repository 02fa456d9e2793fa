"""Counts the files that the server stores, against the quotas of who made the run or logged model that they lie in and
of the workspace that this lies in.

A file is charged when all of it has arrived and before it appears, in one write that also decides: of several uploads
at once no more fit than may. What is replaced is given back. A process that dies between the charge and the file leaves
a charge too many, which goes with the run.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from runfold.domain.artifact import ArtifactPath
from runfold.domain.quota import Holder
from runfold.errors import NotFound, NotSupported
from runfold.server.artifacts.roots import Folder, RunFiles
from runfold.stores.quotas import CountingStore

_MAX_NAMES = 100


class KeptFiles:
    """Every method may block."""

    def __init__(self, store: CountingStore, files: RunFiles) -> None:
        self._store = store
        self._files = files

    def place(self, folder: Folder, path: ArtifactPath) -> Place:
        """Where a file is to lie, as far as counting is concerned."""
        return Place(self._store, self._holder(folder, path), folder, path)

    def size(self, folder: Folder, path: ArtifactPath) -> int:
        """Bytes of the file, or of all files below a folder; 0 when there is nothing."""
        try:
            info = folder.store.stat(path)
        except NotFound:
            return 0
        return sum(one.size or 0 for one in Folder(folder.store, path).walk()) if info.is_dir else info.size or 0

    @contextmanager
    def deleting(self, folder: Folder, path: ArtifactPath) -> Iterator[None]:
        """Around the removal of what lies at a path."""
        holder = self._holder(folder, path)
        n_bytes = self.size(folder, path) if holder is not None else 0
        yield
        if holder is not None and n_bytes:
            self._store.charge_files(holder, -n_bytes)

    def _holder(self, folder: Folder, path: ArtifactPath) -> Holder | None:
        """Records decide, not the text of a path: of those whose ids stand in it, the one whose folder it lies in."""
        names = path.names
        if len(names) > _MAX_NAMES:
            return None
        lying = [one for one in self._store.find_holders(names) if self._holds(one, folder, path)]
        return max(lying, key=lambda one: len(one.artifact_uri), default=None)

    def _holds(self, holder: Holder, folder: Folder, path: ArtifactPath) -> bool:
        try:
            home = self._files.folder(holder.artifact_uri)
        except NotSupported:
            return False
        root = home.path.names if home.path is not None else ()
        return home.store is folder.store and bool(root) and path.names[: len(root)] == root


class Place:
    """A file that is about to be written.

    Attributes:
        room: bytes that may still be added; None: any number.
    """

    def __init__(self, store: CountingStore, holder: Holder | None, folder: Folder, path: ArtifactPath) -> None:
        self._store = store
        self._holder = holder
        self._folder = folder
        self._path = path
        self._n_before = self._size() if holder is not None else 0
        self._n_charged = 0
        self.room = None if holder is None or holder.room is None else holder.room + self._n_before

    def _size(self) -> int:
        try:
            return self._folder.store.stat(self._path).size or 0
        except NotFound:
            return 0

    def check(self, n_bytes: int) -> None:
        """Raises ByteQuotaExceeded when so many do not fit as things stand, before they are sent."""
        if self.room is not None and self._holder is not None and n_bytes > self.room:
            self._store.charge_files(self._holder, n_bytes - self._n_before)
            self._store.charge_files(self._holder, self._n_before - n_bytes)  # room was made meanwhile

    def charge(self, n_bytes: int) -> None:
        """Raises ByteQuotaExceeded, and nothing is counted."""
        if self._holder is not None and n_bytes != self._n_before:
            self._store.charge_files(self._holder, n_bytes - self._n_before)
            self._n_charged = n_bytes - self._n_before

    def take_back(self) -> None:
        """The file did not come to be."""
        if self._holder is not None and self._n_charged:
            self._store.charge_files(self._holder, -self._n_charged)
            self._n_charged = 0

"""What every artifact store offers.

    with open_artifacts("s3://bucket/prefix") as store:
        with store.write(ArtifactPath("model/weights.bin")) as writer:
            writer.write(chunk)                      # as often as needed
        with store.open_read(ArtifactPath("model/weights.bin")) as reader:
            for chunk in reader: ...

Contract for all stores:

- Paths are `ArtifactPath` values, so nothing outside the root of the store can be named.
- Stores are safe to use from several threads. A `Reader` or `Writer` belongs to one thread at a time.
- A file appears whole or not at all. Until `Writer.commit` returns, readers and listings see what was there
  before; an upload that was cut leaves nothing visible.
- Folders exist because files lie in them. Whether an emptied folder is still listed depends on the store.
- Errors are `runfold.errors`: `NotFound` for what is absent or hidden, `StorageFull` when there is no room,
  `Unavailable` when a later attempt may succeed, `NotSupported` for what the store cannot do,
  `PermissionDenied` and `Unauthenticated` when the store refuses the credentials, and `ArtifactError` for the
  rest.

`runfold.testing.artifact_stores` is this contract as a test suite.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Self

import msgspec

from runfold.domain.artifact import ArtifactPath, FileInfo
from runfold.errors import NotSupported

CHUNK_BYTES = 1 << 20
"""How much one step of a transfer moves."""
MAX_PARTS = 10_000
"""The most parts of a multipart upload (Amazon S3, "Multipart upload limits")."""

Chunk = bytes | bytearray | memoryview


class Reader(ABC):
    """One open file, or a part of it, read from front to back once.

    Iterate over it for chunks of about `CHUNK_BYTES`; close it, best with `with`.

    Attributes:
        info: the whole file; `info.size` is always known here.
        start: first byte that is read.
        stop: the byte after the last one that is read; `stop - start` bytes come in total.
    """

    info: FileInfo
    start: int
    stop: int

    @abstractmethod
    def __iter__(self) -> Iterator[bytes]: ...

    @abstractmethod
    def close(self) -> None:
        """Lets go of the file; a repeated call does nothing."""

    def fileno(self) -> int | None:
        """A descriptor of the whole file for `os.pread` or `os.sendfile` between `start` and `stop`, valid
        until `close`.

        `None` where the file is not a local one; iterate then.
        """
        return None

    def read(self) -> bytes:
        """All that is left, for small files."""
        return b"".join(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


class Writer(ABC):
    """One upload. Leaving its `with` block commits, unless an exception leaves it: then nothing was written."""

    @abstractmethod
    def write(self, chunk: Chunk) -> None:
        """Adds bytes; best in chunks of about `CHUNK_BYTES`. The chunk may be reused once this returns.

        Raises:
            StorageFull: there is no room; the upload is lost, what was there before is not.
        """

    @abstractmethod
    def commit(self) -> FileInfo:
        """Makes the file visible and durable, replacing what had the path.

        Raises:
            DigestMismatch: the bytes do not have the digest that was announced; nothing was stored.
            ArtifactError: the number of bytes is not the announced one; nothing was stored.
        """

    @abstractmethod
    def abort(self) -> None:
        """Throws away what was written. After `commit` or a first `abort` it does nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self.abort()
            return
        try:
            self.commit()
        except BaseException:
            self.abort()
            raise


class PresignedRequest(msgspec.Struct, frozen=True):
    """A request that anyone holding it may send to the store until it expires.

    Attributes:
        url: where to send it.
        headers: what to send with it.
    """

    url: str
    headers: dict[str, str] = {}


class PartTarget(msgspec.Struct, frozen=True):
    """Where one part of a multipart upload goes, by PUT. Parts count from 1."""

    number: int
    url: str
    headers: dict[str, str] = {}


class MultipartUpload(msgspec.Struct, frozen=True):
    """A begun multipart upload and where its parts go."""

    upload_id: str
    parts: tuple[PartTarget, ...]


class UploadedPart(msgspec.Struct, frozen=True):
    """A part that arrived, with the entity tag the store answered it with."""

    number: int
    etag: str


class ArtifactStore(ABC):
    """A place for files under one root. The module's docstring is the contract.

    Attributes:
        uri: the root, as given to `open_artifacts`; it carries no password.
    """

    uri: str

    @abstractmethod
    def list_folder(self, folder: ArtifactPath | None = None) -> list[FileInfo]:
        """The files and folders directly in a folder (`None`: the root), sorted by path.

        Paths in the answer start at the root of the store. An absent folder, and a file, give an empty list.
        Links, devices and names that no `ArtifactPath` can hold are left out.
        """

    @abstractmethod
    def stat(self, path: ArtifactPath) -> FileInfo:
        """What is known of one file or folder.

        Raises:
            NotFound: nothing is there.
        """

    @abstractmethod
    def open_read(self, path: ArtifactPath, *, start: int = 0, stop: int | None = None) -> Reader:
        """Opens a file, or its bytes from `start` up to `stop`; a `stop` behind the end means the end.

        The reader gives the content as it was when opened, or fails: never a mixture of two versions.

        Raises:
            NotFound: no file is there (a folder is not a file).
            InvalidValue: `start` lies behind the end of the file, or `stop` before `start`.
        """

    @abstractmethod
    def write(self, path: ArtifactPath, *, size: int | None = None, digest: str | None = None) -> Writer:
        """Begins an upload that replaces the file at `path` when it is committed. Of racing uploads the last
        wins.

        Args:
            size: bytes to come, if known; checked at commit.
            digest: `sha256:<hex>` of the whole file, if known; checked at commit.

        Raises:
            InvalidState: `path` is a folder, or one of its parents is a file (where the store has such a
                notion).
        """

    @abstractmethod
    def delete(self, path: ArtifactPath) -> None:
        """Removes a file, or a folder with all below it. What is absent is success, so a repeated call is
        harmless.
        """

    def presign_read(self, path: ArtifactPath, *, expires_s: int) -> PresignedRequest:
        """A GET of the file that needs no credentials. `NotSupported` where the store has no such thing."""
        raise NotSupported(f"The artifact store {self.uri} has no presigned downloads.")

    def presign_write(self, path: ArtifactPath, *, expires_s: int) -> PresignedRequest:
        """A PUT of the file that needs no credentials. `NotSupported` where the store has no such thing."""
        raise NotSupported(f"The artifact store {self.uri} has no presigned uploads.")

    def create_multipart(self, path: ArtifactPath, *, parts: int, expires_s: int) -> MultipartUpload:
        """Begins an upload whose parts the caller sends straight to the store.

        `NotSupported` where there is no such thing. Parts but the last have the same size, 5 MiB at least
        (Amazon S3, "Multipart upload limits").
        """
        raise NotSupported(f"The artifact store {self.uri} has no multipart uploads.")

    def measure_multipart(self, path: ArtifactPath, upload_id: str) -> int:
        """Bytes of the parts that have arrived. `NotFound`: no such upload is open."""
        raise NotSupported(f"The artifact store {self.uri} has no multipart uploads.")

    def complete_multipart(self, path: ArtifactPath, upload_id: str, parts: Sequence[UploadedPart]) -> FileInfo:
        """Joins the parts; the file becomes visible now. `NotFound`: no such upload is open."""
        raise NotSupported(f"The artifact store {self.uri} has no multipart uploads.")

    def abort_multipart(self, path: ArtifactPath, upload_id: str) -> None:
        """Throws the parts away; an upload that is not open any more is success."""
        raise NotSupported(f"The artifact store {self.uri} has no multipart uploads.")

    def close(self) -> None:  # noqa: B027 - most stores hold nothing
        """Lets go of connections. The store must not be used afterwards; a repeated call does nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

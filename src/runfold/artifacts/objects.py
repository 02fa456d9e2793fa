"""Artifacts in object stores: S3 and what speaks its language, Google Cloud Storage, Azure.

An object appears when its upload is complete, so nothing has to be staged. Folders are what the keys have in
common.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, BinaryIO, cast

from fsspec import AbstractFileSystem

from runfold.artifacts.base import (
    MAX_PARTS,
    Chunk,
    MultipartUpload,
    PartTarget,
    PresignedRequest,
    UploadedPart,
    Writer,
)
from runfold.artifacts.checks import Checksum
from runfold.artifacts.location import Location, ServerAccess
from runfold.artifacts.remote import READ_BYTES, ErrorKinds, FsspecArtifacts
from runfold.domain.artifact import ArtifactPath, FileInfo
from runfold.errors import InvalidValue, NotFound

PART_BYTES = 16 << 20
"""Parts in which an upload goes; one is kept in memory."""
DELETING = 8
"""How many objects are deleted at once."""


def open_s3(location: Location, server: ServerAccess | None = None) -> S3Artifacts:
    """Any S3-compatible service: `MLFLOW_S3_ENDPOINT_URL` (MLflow's name), `AWS_ENDPOINT_URL_S3` or
    `AWS_ENDPOINT_URL` name its address; the rest of the configuration is botocore's."""
    import botocore.exceptions
    import s3fs
    from fsspec.exceptions import FSTimeoutError
    from s3fs.utils import FileExpired

    environment = os.environ
    endpoint = (
        environment.get("MLFLOW_S3_ENDPOINT_URL")
        or environment.get("AWS_ENDPOINT_URL_S3")
        or environment.get("AWS_ENDPOINT_URL")
    )
    verify = environment.get("MLFLOW_S3_IGNORE_TLS", "").lower() not in ("1", "true")

    def connect() -> AbstractFileSystem:
        return s3fs.S3FileSystem(
            endpoint_url=endpoint,
            client_kwargs={} if verify else {"verify": False},
            use_listings_cache=False,
            skip_instance_cache=True,
        )

    errors = ErrorKinds(
        unauthenticated=(
            botocore.exceptions.NoCredentialsError,
            botocore.exceptions.PartialCredentialsError,
        ),
        lost=(botocore.exceptions.BotoCoreError, FSTimeoutError),
        changed=(FileExpired,),
    )
    return S3Artifacts(location.uri, _bucket_path(location), connect, errors)


def open_gcs(location: Location, server: ServerAccess | None = None) -> ObjectArtifacts:
    import aiohttp
    import gcsfs

    def connect() -> AbstractFileSystem:
        return gcsfs.GCSFileSystem(use_listings_cache=False, skip_instance_cache=True)

    errors = ErrorKinds(lost=(aiohttp.ClientError,))
    return ObjectArtifacts(location.uri, _bucket_path(location), connect, errors)


def open_azure(location: Location, server: ServerAccess | None = None) -> ObjectArtifacts:
    """`wasbs://container@account.blob.core.windows.net/path`, and `abfss:` with `dfs` likewise.

    Credentials are those of `AZURE_STORAGE_*` or of azure-identity's default chain.
    """
    import adlfs
    from azure.core.exceptions import AzureError, ClientAuthenticationError

    if not location.user:
        raise InvalidValue(
            f"{location.uri!r} names no container; write {location.scheme}://container@account-host/path."
        )

    def connect() -> AbstractFileSystem:
        return adlfs.AzureBlobFileSystem(
            account_name=location.host.partition(".")[0],
            connection_string=os.environ.get("AZURE_STORAGE_CONNECTION_STRING"),
            anon=False,
            use_listings_cache=False,
            skip_instance_cache=True,
        )

    # adlfs makes a RuntimeError of each upload that Azure refuses, as when two uploads of one blob meet.
    errors = ErrorKinds(unauthenticated=(ClientAuthenticationError,), lost=(AzureError, RuntimeError))
    root = f"{location.user}/{location.path}"
    return ObjectArtifacts(location.uri, root, connect, errors)


def _bucket_path(location: Location) -> str:
    if not location.host:
        raise InvalidValue(f"{location.uri!r} names no bucket; write {location.scheme}://bucket/path.")
    return f"{location.host}/{location.path}"


class ObjectArtifacts(FsspecArtifacts):
    """The objects of a bucket whose keys begin with the root."""

    def write(self, path: ArtifactPath, *, size: int | None = None, digest: str | None = None) -> Writer:
        checksum = Checksum(path, size=size, digest=digest)
        part_bytes = max(PART_BYTES, -(-(size or 0) // MAX_PARTS))
        with self.errors_of(path):
            file = self.fs.open(self.place(path), "wb", block_size=part_bytes)
        return ObjectWriter(self, path, file, checksum)

    def delete(self, path: ArtifactPath) -> None:
        place = self.place(path)
        with self.errors_of(path), suppress(FileNotFoundError, NotADirectoryError):
            # One by one: deleting by pattern, which `rm` does, would take `[` and `*` in names for patterns.
            keys = [key for key in self.fs.find(place) if key == place or key.startswith(place + "/")]
            if place not in keys and self.fs.isfile(place):
                keys.append(place)
            with ThreadPoolExecutor(DELETING, thread_name_prefix="runfold-delete") as pool:
                list(pool.map(self._delete_one, keys))

    def open_file(self, path: ArtifactPath) -> BinaryIO:
        return cast(
            "BinaryIO",
            self.fs.open(self.place(path), "rb", block_size=2 * READ_BYTES, cache_type="readahead"),
        )

    def _delete_one(self, key: str) -> None:
        with suppress(FileNotFoundError):
            self.fs.rm_file(key)


class ObjectWriter(Writer):
    """The upload of one object, in parts when it is large."""

    def __init__(self, store: ObjectArtifacts, path: ArtifactPath, file: Any, checksum: Checksum) -> None:
        self._store = store
        self._path = path
        self._file = file
        self._checksum = checksum

    def write(self, chunk: Chunk) -> None:
        self._checksum.add(chunk)
        with self._store.errors_of(self._path):
            self._file.write(chunk)

    def commit(self) -> FileInfo:
        try:
            self._checksum.check()
            with self._store.errors_of(self._path):
                self._file.close()
        except BaseException:
            self.abort()
            raise
        return FileInfo(self._path, is_dir=False, size=self._checksum.size, digest=self._checksum.digest)

    def abort(self) -> None:
        if self._file.closed:
            return
        self._file.closed = True  # so that nothing, its finaliser included, completes the upload
        with self._store.errors_of(self._path):
            self._file.discard()


class S3Artifacts(ObjectArtifacts):
    """Objects that clients can also reach themselves, by presigned requests."""

    def presign_read(self, path: ArtifactPath, *, expires_s: int) -> PresignedRequest:
        self.stat(path)
        return PresignedRequest(self._presigned(path, "get_object", expires_s))

    def presign_write(self, path: ArtifactPath, *, expires_s: int) -> PresignedRequest:
        return PresignedRequest(self._presigned(path, "put_object", expires_s))

    def create_multipart(self, path: ArtifactPath, *, parts: int, expires_s: int) -> MultipartUpload:
        if not 0 < parts <= MAX_PARTS:
            raise InvalidValue(f"An upload has 1 to {MAX_PARTS} parts, not {parts}.")
        upload_id = self._call(path, "create_multipart_upload")["UploadId"]
        targets = (
            PartTarget(n, self._presigned(path, "upload_part", expires_s, UploadId=upload_id, PartNumber=n))
            for n in range(1, parts + 1)
        )
        return MultipartUpload(upload_id, tuple(targets))

    def measure_multipart(self, path: ArtifactPath, upload_id: str) -> int:
        n_bytes, last = 0, 0
        while True:
            found = self._call(path, "list_parts", UploadId=upload_id, PartNumberMarker=last)
            n_bytes += sum(int(part["Size"]) for part in found.get("Parts", ()))
            if not found.get("IsTruncated"):
                return n_bytes
            last = int(found["NextPartNumberMarker"])

    def complete_multipart(self, path: ArtifactPath, upload_id: str, parts: Sequence[UploadedPart]) -> FileInfo:
        arrived = [
            {"PartNumber": part.number, "ETag": part.etag} for part in sorted(parts, key=lambda part: part.number)
        ]
        self._call(path, "complete_multipart_upload", UploadId=upload_id, MultipartUpload={"Parts": arrived})
        return self.stat(path)

    def abort_multipart(self, path: ArtifactPath, upload_id: str) -> None:
        with suppress(NotFound):
            self._call(path, "abort_multipart_upload", UploadId=upload_id)

    def _presigned(self, path: ArtifactPath, operation: str, expires_s: int, **parameters: object) -> str:
        with self.errors_of(path):
            url = self.fs.url(self.place(path), expires=expires_s, client_method=operation, **parameters)
        return cast("str", url)

    def _call(self, path: ArtifactPath, operation: str, **parameters: object) -> dict[str, Any]:
        bucket, _, key = self.place(path).partition("/")
        with self.errors_of(path):
            answer = self.fs.call_s3(operation, Bucket=bucket, Key=key, **parameters)
        return cast("dict[str, Any]", answer)

"""Files of runs."""

from __future__ import annotations

from runfold.wire.messages.base import Message, RunRef


class FileInfoMessage(Message, frozen=True, kw_only=True):
    path: str
    is_dir: bool
    file_size: int | None = None


class ListArtifacts(RunRef, frozen=True, kw_only=True):
    path: str = ""
    page_token: str = ""


class ListArtifactsReply(Message, frozen=True, kw_only=True):
    root_uri: str
    files: tuple[FileInfoMessage, ...] = ()
    next_page_token: str = ""


class ListProxiedArtifacts(Message, frozen=True, kw_only=True):
    path: str = ""


class ListProxiedArtifactsReply(Message, frozen=True, kw_only=True):
    files: tuple[FileInfoMessage, ...] = ()


class CreateMultipartUpload(Message, frozen=True, kw_only=True):
    path: str
    num_parts: int


class MultipartCredential(Message, frozen=True, kw_only=True):
    url: str
    part_number: int
    headers: dict[str, str] = {}


class CreateMultipartUploadReply(Message, frozen=True, kw_only=True):
    upload_id: str
    credentials: tuple[MultipartCredential, ...]


class MultipartPart(Message, frozen=True, kw_only=True):
    part_number: int
    etag: str
    url: str = ""


class CompleteMultipartUpload(Message, frozen=True, kw_only=True):
    path: str
    upload_id: str
    parts: tuple[MultipartPart, ...]


class AbortMultipartUpload(Message, frozen=True, kw_only=True):
    path: str
    upload_id: str


class DeleteArtifact(Message, frozen=True, kw_only=True):
    run_id: str
    path: str


class DigestArtifact(Message, frozen=True, kw_only=True):
    run_id: str
    path: str


class DigestArtifactReply(Message, frozen=True, kw_only=True):
    """
    Attributes:
        digest: `sha256:` and 64 hex digits.
        n_bytes: of the file whose digest this is.
    """

    digest: str
    n_bytes: int


class RunFile(RunRef, frozen=True, kw_only=True):
    path: str


class PresignedHeader(Message, frozen=True, kw_only=True):
    name: str
    value: str


class PresignedReply(Message, frozen=True, kw_only=True):
    url: str
    headers: tuple[PresignedHeader, ...] = ()
    file_size: int | None = None


class PresignRunFile(Message, frozen=True, kw_only=True):
    """
    Attributes:
        expiration: seconds for which the address is good.
    """

    run_id: str
    path: str
    expiration: int = 3600


class PresignedUrlReply(Message, frozen=True, kw_only=True):
    presigned_url: str
    headers: tuple[PresignedHeader, ...] = ()
    file_size: int | None = None

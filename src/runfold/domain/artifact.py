"""Names of files that belong to a run, a model or a dataset version.

`ArtifactPath` is the only way a path from outside reaches an artifact store. It is checked once, when it is
made, and it is never repaired: a path that would have to be normalised is refused, since a check on one
reading of a text and an open with another reading is how files outside a store were read and deleted
elsewhere.
"""

from __future__ import annotations

import re
from typing import NoReturn

import msgspec

from runfold.errors import InvalidValue

MAX_PATH_BYTES = 1024
"""The longest path, in UTF-8: what an S3 key may hold."""
MAX_NAME_BYTES = 255
"""The longest single name, in UTF-8: what common file systems take."""
STAGING_NAME = ".runfold-part"
"""Stores keep unfinished uploads in a folder of this name, so no artifact may have it."""

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
# `%` itself is legal in names; an encoded dot, slash or backslash, however often encoded, is not.
_ENCODED = re.compile(r"%(?:25)*(?:2e|2f|5c)", re.IGNORECASE)
_DRIVE_OR_SCHEME = re.compile(r"[a-z]:|file:", re.IGNORECASE)
# Names that Windows gives to devices, whatever extension follows
# (Microsoft, "Naming Files, Paths, and Namespaces").
_DEVICE = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³]) *(?:\..*)?", re.IGNORECASE)


class ArtifactPath(msgspec.Struct, frozen=True, order=True):
    """A relative path below the root of an artifact store, with `/` between names.

    It names a file or a folder, never the root itself: where the root is meant, `None` stands for it, so that
    a call which must not touch the root cannot be handed it.

    Raises:
        InvalidValue: the text is empty, absolute, longer than `MAX_PATH_BYTES`, or one of its names is empty,
            `.`, `..`, reserved, too long or unusable on some system.
    """

    text: str

    def __post_init__(self) -> None:
        _check(self.text)

    @classmethod
    def or_root(cls, text: str) -> ArtifactPath | None:
        """The path, or `None` (the root) for an empty text; for the folder of a listing."""
        return cls(text) if text else None

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.text.split("/"))

    @property
    def name(self) -> str:
        return self.text.rpartition("/")[2]

    @property
    def parent(self) -> ArtifactPath | None:
        """The folder this lies in; `None` for the root."""
        return ArtifactPath.or_root(self.text.rpartition("/")[0])

    def relative_to(self, folder: ArtifactPath | None) -> ArtifactPath:
        """The same file as seen from `folder`.

        Raises:
            ValueError: this path does not lie below `folder`.
        """
        if folder is None:
            return self
        prefix = folder.text + "/"
        if not self.text.startswith(prefix):
            raise ValueError(f"{self.text!r} does not lie below {folder.text!r}")
        return ArtifactPath(self.text.removeprefix(prefix))

    def __truediv__(self, below: str | ArtifactPath) -> ArtifactPath:
        return ArtifactPath(f"{self.text}/{below}")

    def __str__(self) -> str:
        return self.text


def join(folder: ArtifactPath | None, below: str | ArtifactPath) -> ArtifactPath:
    """`below` seen from the root, where `folder` may be the root itself."""
    return ArtifactPath(str(below)) if folder is None else folder / below


class FileInfo(msgspec.Struct, frozen=True):
    """What a store knows of one file or folder.

    Attributes:
        path: from the root of the store.
        is_dir: whether this is a folder.
        size: bytes; `None` for folders and where the store does not tell.
        digest: `sha256:` and 64 hex digits, where the store knows it without reading the file.
        version: an opaque text that changes whenever the content does (an HTTP entity tag without its
            quotes).
    """

    path: ArtifactPath
    is_dir: bool
    size: int | None = None
    digest: str | None = None
    version: str | None = None


def _check(text: str) -> None:
    if not isinstance(text, str) or not text:
        _refuse(text, "it is empty")
    if text.startswith("/"):
        _refuse(text, "it is absolute")
    if "\\" in text:
        _refuse(text, "it contains a backslash; separate names with '/'")
    if _CONTROL.search(text):
        _refuse(text, "it contains a control character")
    if _DRIVE_OR_SCHEME.match(text):
        _refuse(text, "it starts with a drive letter or a URI scheme")
    if _ENCODED.search(text):
        _refuse(text, "it contains an encoded dot or slash; send it decoded")
    if _utf8_length(text) > MAX_PATH_BYTES:
        _refuse(text, f"it is longer than {MAX_PATH_BYTES} bytes")
    for name in text.split("/"):
        _check_name(text, name)


def _check_name(text: str, name: str) -> None:
    if not name:
        _refuse(text, "it contains an empty name ('//' or a '/' at the end)")
    if name in (".", ".."):
        _refuse(text, f"it contains the name {name!r}")
    if name[-1] in ". ":
        _refuse(text, f"the name {name!r} ends with a dot or a space, which Windows drops")
    if name == STAGING_NAME:
        _refuse(text, f"the name {name!r} is reserved for unfinished uploads")
    if _DRIVE_OR_SCHEME.match(name) or _DEVICE.fullmatch(name):
        _refuse(text, f"the name {name!r} means a device or drive on Windows")
    if len(name.encode()) > MAX_NAME_BYTES:
        _refuse(text, f"the name {name[:40]!r}... is longer than {MAX_NAME_BYTES} bytes")


def _utf8_length(text: str) -> int:
    try:
        return len(text.encode())
    except UnicodeEncodeError:
        _refuse(text, "it is not valid Unicode")


def _refuse(text: object, reason: str) -> NoReturn:
    shown = text if not isinstance(text, str) or len(text) <= 200 else text[:200] + "..."
    raise InvalidValue(f"The artifact path {shown!r} cannot be used: {reason}.")

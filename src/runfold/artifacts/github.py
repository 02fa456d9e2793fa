"""Files of a GitHub repository, read-only: example data, released models, projects.

Uses the REST API's "contents" (GitHub Docs, "REST API endpoints for repository contents"). `GITHUB_TOKEN` raises the
limits and opens private repositories; `GITHUB_API_URL` names the API of a GitHub Enterprise server.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from typing import Literal, NoReturn
from urllib.parse import quote

import msgspec

from runfold.artifacts.base import ArtifactStore, Reader, Writer
from runfold.artifacts.http import HttpSite, quoted
from runfold.artifacts.http_reader import open_url
from runfold.artifacts.location import Location, ServerAccess
from runfold.domain.artifact import ArtifactPath, FileInfo, join
from runfold.errors import ArtifactError, InvalidValue, NotFound, NotSupported

_REPOSITORY = re.compile(r"(?P<name>[\w.-]+)(?:@(?P<ref>[\w.-]+))?(?:/(?P<path>.*))?", re.ASCII)


class _Entry(msgspec.Struct):
    name: str
    type: Literal["file", "dir", "symlink", "submodule"]
    sha: str = ""
    size: int = 0


def open_github(location: Location, server: ServerAccess | None = None) -> GithubArtifacts:
    """`github://owner/repository@ref/path`; without `@ref`, the default branch. A ref with a slash cannot be named."""
    match = _REPOSITORY.fullmatch(location.path)
    if not location.host or match is None:
        raise InvalidValue(f"{location.uri!r} names no repository; write github://owner/repository@ref/path.")
    token = os.environ.get("GITHUB_TOKEN", "")
    headers = {"Accept": "application/vnd.github.raw+json", "X-GitHub-Api-Version": "2022-11-28"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    site = HttpSite(os.environ.get("GITHUB_API_URL", "https://api.github.com"), headers=headers)
    repository = f"{location.host}/{match['name']}"
    return GithubArtifacts(location.uri, site, repository, match["ref"] or "", match["path"] or "")


class GithubArtifacts(ArtifactStore):
    """The folder `root` of a repository at one ref."""

    def __init__(self, uri: str, site: HttpSite, repository: str, ref: str, root: str) -> None:
        self.uri = uri
        self._site = site
        self._repository = repository
        self._ref = ref
        self._root = root

    def list_folder(self, folder: ArtifactPath | None = None) -> list[FileInfo]:
        found = []
        for entry in self._entries(folder):
            with suppress(InvalidValue):
                if entry.type in ("file", "dir"):
                    found.append(_info(join(folder, entry.name), entry))
        return sorted(found, key=lambda info: info.path)

    def stat(self, path: ArtifactPath) -> FileInfo:
        # The answer for the file itself would hold its content.
        for info in self.list_folder(path.parent):
            if info.path == path:
                return info
        raise NotFound("artifact", path.text)

    def open_read(self, path: ArtifactPath, *, start: int = 0, stop: int | None = None) -> Reader:
        if self.stat(path).is_dir:
            raise NotFound("artifact", path.text)
        return open_url(self._site, self._url(path), path, start=start, stop=stop, stat=self.stat)

    def write(self, path: ArtifactPath, *, size: int | None = None, digest: str | None = None) -> Writer:
        self._refuse()

    def delete(self, path: ArtifactPath) -> None:
        self._refuse()

    def close(self) -> None:
        self._site.close()

    def _entries(self, folder: ArtifactPath | None) -> list[_Entry]:
        headers = {"Accept": "application/vnd.github+json"}
        answer = self._site.call("GET", self._url(folder), path=folder, ok=(200, 404), headers=headers)
        # One object instead of a list describes a file.
        if answer.status == 404 or answer.body.lstrip().startswith(b"{"):
            return []
        try:
            return msgspec.json.decode(answer.body, type=list[_Entry])
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise ArtifactError(f"GitHub's answer is not a listing: {error}.") from error

    def _url(self, path: ArtifactPath | None) -> str:
        place = quoted(self._repository, "contents", self._root, path.text if path else "")
        return f"{self._site.url}/repos/{place}" + (f"?ref={quote(self._ref, safe='')}" if self._ref else "")

    def _refuse(self) -> NoReturn:
        raise NotSupported(f"{self.uri} is read-only; commit to the repository instead.")


def _info(path: ArtifactPath, entry: _Entry) -> FileInfo:
    if entry.type == "dir":
        return FileInfo(path, is_dir=True)
    return FileInfo(path, is_dir=False, size=entry.size, version=entry.sha)

"""The read-only store over a stand-in that answers as GitHub's documentation of "contents" says."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

import pytest

from runfold.artifacts import ArtifactStore, open_artifacts
from runfold.artifacts.transfer import walk
from runfold.domain.artifact import ArtifactPath, FileInfo
from runfold.errors import InvalidValue, NotFound, NotSupported

CONTENTS = "/repos/ann/models/contents"
TREE: dict[str, bytes | list[tuple[str, str, int]]] = {
    "data": [("b c.txt", "file", 7), ("sub", "dir", 0), ("link", "symlink", 3), ("a\\b", "file", 1)],
    "data/b c.txt": b"content",
    "data/sub": [("x.bin", "file", 10)],
    "data/sub/x.bin": b"0123456789",
}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.seen.append((self.path, self.headers.get("Authorization")))  # type: ignore[attr-defined]
        place = unquote(urlsplit(self.path).path).removeprefix(CONTENTS).strip("/")
        content = TREE.get(place)
        if content is None:
            self.answer(404, b'{"message": "Not Found"}')
        elif isinstance(content, list):
            entries = [{"name": name, "type": kind, "size": size, "sha": "5ha"} for name, kind, size in content]
            self.answer(200, json.dumps(entries).encode())
        elif "raw" in self.headers["Accept"]:
            self.answer(200, content)
        else:
            self.answer(200, b'{"type": "file"}')

    def answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def github(monkeypatch: pytest.MonkeyPatch) -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.seen = []  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        monkeypatch.setenv("GITHUB_API_URL", f"http://127.0.0.1:{server.server_address[1]}")
        monkeypatch.setenv("GITHUB_TOKEN", "secret")
        yield server
        server.shutdown()


@pytest.fixture
def store(github: ThreadingHTTPServer) -> ArtifactStore:
    return open_artifacts("github://ann/models@v1.0/data")


def test_files_and_folders_are_listed_without_links_and_unusable_names(store: ArtifactStore) -> None:
    assert list(walk(store)) == [
        FileInfo(ArtifactPath("b c.txt"), is_dir=False, size=7, version="5ha"),
        FileInfo(ArtifactPath("sub"), is_dir=True),
        FileInfo(ArtifactPath("sub/x.bin"), is_dir=False, size=10, version="5ha"),
    ]


def test_files_and_parts_of_them_are_read(store: ArtifactStore) -> None:
    with store.open_read(ArtifactPath("b c.txt")) as reader:
        assert reader.read() == b"content"
    with store.open_read(ArtifactPath("sub/x.bin"), start=2, stop=5) as reader:
        assert reader.read() == b"234"


@pytest.mark.parametrize("text", ["absent", "sub", "sub/absent", "b c.txt/x"])
def test_what_is_no_file_cannot_be_read(store: ArtifactStore, text: str) -> None:
    with pytest.raises(NotFound):
        store.open_read(ArtifactPath(text))


def test_a_file_and_an_absent_folder_list_nothing(store: ArtifactStore) -> None:
    assert store.list_folder(ArtifactPath("b c.txt")) == store.list_folder(ArtifactPath("absent")) == []


def test_nothing_can_be_changed(store: ArtifactStore) -> None:
    with pytest.raises(NotSupported, match="read-only"):
        store.write(ArtifactPath("a"))
    with pytest.raises(NotSupported, match="read-only"):
        store.delete(ArtifactPath("a"))


def test_ref_and_token_are_sent(store: ArtifactStore, github: ThreadingHTTPServer) -> None:
    store.list_folder()
    assert github.seen == [(f"{CONTENTS}/data?ref=v1.0", "Bearer secret")]  # type: ignore[attr-defined]


@pytest.mark.parametrize("uri", ["github://ann", "github:ann/models", "github://ann/models@"])
def test_a_location_without_a_repository_is_refused(uri: str) -> None:
    with pytest.raises(InvalidValue, match=r"github://owner/repository@ref/path"):
        open_artifacts(uri)

import hashlib
import os
from pathlib import Path

import pytest

from runfold.artifacts.base import CHUNK_BYTES, Reader, Writer
from runfold.artifacts.local import LocalArtifacts
from runfold.artifacts.transfer import Progress, download, upload_file, upload_folder, walk
from runfold.domain.artifact import ArtifactPath, FileInfo
from runfold.errors import ArtifactError, InvalidValue, NotFound, StorageFull, Unavailable


@pytest.fixture
def store(tmp_path: Path) -> LocalArtifacts:
    return LocalArtifacts(tmp_path / "store")


@pytest.fixture
def here(tmp_path: Path) -> Path:
    folder = tmp_path / "here"
    folder.mkdir()
    return folder


class FailingStore(LocalArtifacts):
    """Loses the connection in the first uploads and after the first chunk of each download."""

    def __init__(self, root: Path, failures: int, error: Exception) -> None:
        super().__init__(root)
        self.failures = failures
        self.error = error
        self.starts: list[int] = []

    def write(self, path: ArtifactPath, *, size: int | None = None, digest: str | None = None) -> Writer:
        if self.failures:
            self.failures -= 1
            raise self.error
        return super().write(path, size=size, digest=digest)

    def open_read(self, path: ArtifactPath, *, start: int = 0, stop: int | None = None) -> Reader:
        self.starts.append(start)
        reader = super().open_read(path, start=start, stop=stop)
        if self.failures:
            self.failures -= 1
            return BreakingReader(reader, self.error)
        return reader


class BreakingReader(Reader):
    def __init__(self, reader: Reader, error: Exception) -> None:
        self.reader = reader
        self.info, self.start, self.stop = reader.info, reader.start, reader.stop
        self.error = error

    def __iter__(self):  # type: ignore[no-untyped-def]
        yield next(iter(self.reader))
        raise self.error

    def close(self) -> None:
        self.reader.close()


def tree(folder: Path) -> dict[str, bytes]:
    return {str(f.relative_to(folder)): f.read_bytes() for f in sorted(folder.rglob("*")) if f.is_file()}


def make_tree(folder: Path) -> dict[str, bytes]:
    for name in ("a.txt", "b/c.txt", "b/d/e.bin", "b/d/empty"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"" if name.endswith("empty") else name.encode() * 1000)
    return tree(folder)


def test_a_folder_goes_up_and_comes_back_the_same(store: LocalArtifacts, here: Path, tmp_path: Path) -> None:
    content = make_tree(here)
    stored = upload_folder(store, here, ArtifactPath("model"))
    assert [info.path.text for info in stored] == [f"model/{name}" for name in sorted(content)]
    assert tree(download(store, ArtifactPath("model"), tmp_path / "back")) == content


def test_the_whole_store_comes_down(store: LocalArtifacts, here: Path, tmp_path: Path) -> None:
    content = make_tree(here)
    upload_folder(store, here)
    assert tree(download(store, None, tmp_path / "back", workers=1)) == content


def test_a_file_goes_up_with_its_digest_and_comes_back(store: LocalArtifacts, here: Path, tmp_path: Path) -> None:
    content = os.urandom(3 * CHUNK_BYTES + 5)
    (here / "a.bin").write_bytes(content)
    stored = upload_file(store, here / "a.bin", ArtifactPath("x/y.bin"))
    assert (stored.size, stored.digest) == (len(content), f"sha256:{hashlib.sha256(content).hexdigest()}")
    assert download(store, ArtifactPath("x/y.bin"), tmp_path / "y.bin").read_bytes() == content


def test_linked_files_go_up_and_linked_folders_and_pipes_do_not(store: LocalArtifacts, here: Path) -> None:
    (here / "a.txt").write_text("content")
    (here / "b.txt").symlink_to("a.txt")
    (here / "loop").symlink_to(".")
    os.mkfifo(here / "pipe")
    assert [info.path.text for info in upload_folder(store, here)] == ["a.txt", "b.txt"]


def test_no_byte_moves_when_a_name_cannot_be_used(store: LocalArtifacts, here: Path) -> None:
    (here / "a.txt").write_text("content")
    (here / "z\\w.txt").write_text("content")
    with pytest.raises(InvalidValue):
        upload_folder(store, here)
    assert store.list_folder() == []


def test_what_is_absent_is_named(store: LocalArtifacts, here: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="local file"):
        upload_file(store, here / "absent", ArtifactPath("a"))
    with pytest.raises(NotFound, match="local folder"):
        upload_folder(store, here / "absent")
    with pytest.raises(NotFound, match="artifact"):
        download(store, ArtifactPath("absent"), tmp_path / "back")


def test_progress_adds_up_to_the_whole(store: LocalArtifacts, here: Path, tmp_path: Path) -> None:
    size = sum(map(len, make_tree(here).values()))
    steps: list[Progress] = []
    upload_folder(store, here, on_progress=steps.append)
    assert (steps[-1].moved, steps[-1].size, steps[-1].files) == (size, size, 4)
    steps.clear()
    download(store, None, tmp_path / "back", on_progress=steps.append)
    assert (steps[-1].moved, steps[-1].size, steps[-1].files) == (size, size, 4)


def test_an_upload_is_begun_anew_after_a_lost_connection(here: Path, tmp_path: Path) -> None:
    store = FailingStore(tmp_path / "store", 2, Unavailable("gone", retry_after_s=0))
    (here / "a.txt").write_text("content")
    upload_file(store, here / "a.txt", ArtifactPath("a.txt"))
    assert tree(tmp_path / "store") == {"a.txt": b"content"}


@pytest.mark.parametrize(("failures", "error"), [(3, Unavailable("gone", retry_after_s=0)), (1, StorageFull("x"))])
def test_an_upload_fails_in_the_end(here: Path, tmp_path: Path, failures: int, error: Exception) -> None:
    store = FailingStore(tmp_path / "store", failures, error)
    (here / "a.txt").write_text("content")
    with pytest.raises(type(error)):
        upload_file(store, here / "a.txt", ArtifactPath("a.txt"))


def test_a_download_that_was_cut_goes_on_where_it_stopped(here: Path, tmp_path: Path) -> None:
    store = FailingStore(tmp_path / "store", 0, Unavailable("gone"))
    content = os.urandom(3 * CHUNK_BYTES)
    (here / "a.bin").write_bytes(content)
    upload_file(store, here / "a.bin", ArtifactPath("a.bin"))
    store.failures = 1
    with pytest.raises(Unavailable):
        download(store, ArtifactPath("a.bin"), tmp_path / "back" / "a.bin")
    assert not (tmp_path / "back" / "a.bin").exists()
    download(store, ArtifactPath("a.bin"), tmp_path / "back" / "a.bin")
    assert store.starts == [0, 0, CHUNK_BYTES]
    assert tree(tmp_path / "back") == {"a.bin": content}


def test_the_rest_of_another_version_is_not_appended(here: Path, tmp_path: Path) -> None:
    store = FailingStore(tmp_path / "store", 0, Unavailable("gone"))
    for content in (b"o", b"n"):
        (here / "a.bin").write_bytes(content * 3 * CHUNK_BYTES)
        upload_file(store, here / "a.bin", ArtifactPath("a.bin"))
        if content == b"o":
            store.failures = 1
            with pytest.raises(Unavailable):
                download(store, ArtifactPath("a.bin"), tmp_path / "a.bin")
    assert download(store, ArtifactPath("a.bin"), tmp_path / "a.bin").read_bytes() == b"n" * 3 * CHUNK_BYTES


def test_a_file_that_changes_during_its_upload_is_not_stored(
    store: LocalArtifacts, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "a.txt").write_text("before")

    def write(path: ArtifactPath, **announced: object) -> Writer:
        (here / "a.txt").write_text("afterw")
        return LocalArtifacts.write(store, path, **announced)  # type: ignore[arg-type]

    monkeypatch.setattr(store, "write", write)
    with pytest.raises(ArtifactError, match="changed while it was uploaded"):
        upload_file(store, here / "a.txt", ArtifactPath("a.txt"))
    assert store.list_folder() == []


def test_a_failing_file_stops_the_others(here: Path, tmp_path: Path) -> None:
    store = FailingStore(tmp_path / "store", 1, StorageFull("the test"))
    make_tree(here)
    with pytest.raises(StorageFull):
        upload_folder(store, here, workers=1)
    assert store.list_folder() == []


def test_a_file_lands_in_a_folder_that_is_there(store: LocalArtifacts, here: Path) -> None:
    (here / "a.txt").write_text("content")
    upload_file(store, here / "a.txt", ArtifactPath("x/b.txt"))
    assert download(store, ArtifactPath("x/b.txt"), here) == here / "b.txt"
    assert tree(here) == {"a.txt": b"content", "b.txt": b"content"}


def test_a_walk_names_each_folder_before_what_it_holds(store: LocalArtifacts, here: Path) -> None:
    make_tree(here)
    upload_folder(store, here)
    assert [info.path.text for info in walk(store)] == ["a.txt", "b", "b/c.txt", "b/d", "b/d/e.bin", "b/d/empty"]
    assert all(isinstance(info, FileInfo) for info in walk(store))

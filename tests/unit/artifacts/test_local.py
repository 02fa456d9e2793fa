"""The local store: the shipped suite, then what only a folder can show."""

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from runfold.artifacts.confined import HandleFolder, PathFolder
from runfold.artifacts.local import ABANDONED_AFTER_S, LocalArtifacts
from runfold.domain.artifact import STAGING_NAME, ArtifactPath
from runfold.errors import InvalidState, NotFound, StorageFull
from runfold.testing.artifact_stores import *  # noqa: F403 - the suite is its tests
from runfold.testing.artifact_stores import get, is_absent, put


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "root"


@pytest.fixture(params=[HandleFolder.open, PathFolder.open], ids=["by handle", "by path"])
def artifact_store(root: Path, request: pytest.FixtureRequest) -> LocalArtifacts:
    return LocalArtifacts(root, opening=request.param)


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    """A file outside the store that nothing may read, change or remove."""
    file = tmp_path / "outside" / "canary.txt"
    file.parent.mkdir()
    file.write_text("alive")
    return file


def everything_in(folder: Path) -> list[str]:
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*"))


def test_nothing_but_the_file_is_left_after_an_upload(artifact_store: LocalArtifacts, root: Path) -> None:
    put(artifact_store, "a/b.txt")
    assert everything_in(root) == ["a", "a/b.txt"]


def test_nothing_is_left_after_a_failed_upload_or_a_delete(artifact_store: LocalArtifacts, root: Path) -> None:
    put(artifact_store, "a/b/c.txt")
    artifact_store.delete(ArtifactPath("a"))
    writer = artifact_store.write(ArtifactPath("x/y.txt"))
    writer.write(b"half")
    writer.abort()
    assert everything_in(root) == []


def test_remains_of_a_dead_process_go_with_the_next_upload(artifact_store: LocalArtifacts, root: Path) -> None:
    staging = root / STAGING_NAME
    staging.mkdir(parents=True)
    old, young = staging / "old", staging / "young"
    for part in (old, young):
        part.write_text("half")
    long_ago = time.time() - ABANDONED_AFTER_S - 60
    os.utime(old, (long_ago, long_ago))
    put(artifact_store, "a.txt")
    assert everything_in(root) == [STAGING_NAME, f"{STAGING_NAME}/young", "a.txt"]


def test_uploads_and_deletes_of_one_folder_may_race(artifact_store: LocalArtifacts, root: Path) -> None:
    def work(i: int) -> None:
        if i % 3 == 0:
            artifact_store.delete(ArtifactPath("a/b"))
        else:
            put(artifact_store, f"a/b/{i}.txt")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(600)))
    put(artifact_store, "a/b/last.txt")
    artifact_store.delete(ArtifactPath("a"))
    assert everything_in(root) == []


def test_a_linked_file_is_neither_listed_nor_read(artifact_store: LocalArtifacts, root: Path, canary: Path) -> None:
    root.mkdir()
    (root / "link.txt").symlink_to(canary)
    assert artifact_store.list_folder() == []
    assert is_absent(artifact_store, "link.txt")


def test_a_linked_folder_leads_nowhere(artifact_store: LocalArtifacts, root: Path, canary: Path) -> None:
    root.mkdir()
    (root / "link").symlink_to(canary.parent)
    assert artifact_store.list_folder(ArtifactPath("link")) == []
    assert is_absent(artifact_store, "link/canary.txt")
    with pytest.raises(InvalidState):
        put(artifact_store, "link/canary.txt", b"dead")
    artifact_store.delete(ArtifactPath("link/canary.txt"))
    artifact_store.delete(ArtifactPath("link"))
    assert everything_in(canary.parent) == ["canary.txt"]
    assert canary.read_text() == "alive"


def test_an_upload_over_a_link_replaces_the_link(artifact_store: LocalArtifacts, root: Path, canary: Path) -> None:
    root.mkdir()
    (root / "link.txt").symlink_to(canary)
    put(artifact_store, "link.txt", b"new")
    assert get(artifact_store, "link.txt") == b"new"
    assert canary.read_text() == "alive"


def test_deleting_a_folder_removes_links_in_it_and_not_what_they_point_to(
    artifact_store: LocalArtifacts, root: Path, canary: Path
) -> None:
    put(artifact_store, "a/b.txt")
    (root / "a" / "folder").symlink_to(canary.parent)
    (root / "a" / "file").symlink_to(canary)
    artifact_store.delete(ArtifactPath("a"))
    assert everything_in(root) == []
    assert canary.read_text() == "alive"


def test_a_folder_swapped_for_a_link_during_an_upload_catches_nothing(
    artifact_store: LocalArtifacts, root: Path, canary: Path
) -> None:
    put(artifact_store, "a/old.txt")
    writer = artifact_store.write(ArtifactPath("a/canary.txt"))
    writer.write(b"dead")
    (root / "a").rename(root / "b")
    (root / "a").symlink_to(canary.parent)
    with pytest.raises(InvalidState):
        writer.commit()
    assert canary.read_text() == "alive"


def test_a_linked_staging_folder_catches_nothing(artifact_store: LocalArtifacts, root: Path, canary: Path) -> None:
    root.mkdir()
    (root / STAGING_NAME).symlink_to(canary.parent)
    with pytest.raises(InvalidState):
        put(artifact_store, "a.txt")
    assert everything_in(canary.parent) == ["canary.txt"]


def test_a_pipe_is_absent_and_hangs_nobody(artifact_store: LocalArtifacts, root: Path) -> None:
    root.mkdir()
    os.mkfifo(root / "pipe")
    reading = threading.Thread(target=lambda: is_absent(artifact_store, "pipe"), daemon=True)
    reading.start()
    reading.join(timeout=10)
    assert not reading.is_alive()
    assert artifact_store.list_folder() == []


@pytest.mark.parametrize(
    "name", ["a\\b", "nul.txt", "ends with space ", "x\ny", b"\xff".decode(errors="surrogateescape")]
)
def test_a_name_that_no_artifact_can_have_is_not_listed(artifact_store: LocalArtifacts, root: Path, name: str) -> None:
    put(artifact_store, "fine.txt")
    (root / name).write_text("put here by someone else")
    assert [info.path.text for info in artifact_store.list_folder()] == ["fine.txt"]


def test_a_file_cannot_be_stored_below_a_file(artifact_store: LocalArtifacts) -> None:
    put(artifact_store, "a")
    with pytest.raises(InvalidState, match="not a folder"):
        artifact_store.write(ArtifactPath("a/b.txt"))


def test_a_file_cannot_replace_a_folder(artifact_store: LocalArtifacts) -> None:
    put(artifact_store, "a/b.txt")
    with pytest.raises(InvalidState, match="is a folder"):
        artifact_store.write(ArtifactPath("a"))


def test_a_full_disk_is_named_and_keeps_the_old_file(tmp_path: Path) -> None:
    """`/dev/full` answers every write as a full disk does."""
    store = LocalArtifacts(tmp_path / "root")
    put(store, "a.txt", b"old")
    writer = store.write(ArtifactPath("a.txt"))
    full = os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, writer._fd)
    os.close(full)
    with pytest.raises(StorageFull):
        writer.write(b"new")
    writer.abort()
    assert get(store, "a.txt") == b"old"
    assert everything_in(tmp_path / "root") == ["a.txt"]


def test_a_reader_keeps_the_file_that_was_replaced(artifact_store: LocalArtifacts) -> None:
    put(artifact_store, "a.txt", b"old")
    with artifact_store.open_read(ArtifactPath("a.txt")) as reader:
        put(artifact_store, "a.txt", b"newer")
        assert reader.read() == b"old"


def test_a_reader_gives_its_descriptor_for_sendfile(artifact_store: LocalArtifacts) -> None:
    put(artifact_store, "a.txt", b"0123456789")
    with artifact_store.open_read(ArtifactPath("a.txt"), start=2, stop=5) as reader:
        fd = reader.fileno()
        assert fd is not None
        assert os.pread(fd, reader.stop - reader.start, reader.start) == b"234"


def test_files_take_the_mode_that_the_process_gives_new_files(artifact_store: LocalArtifacts, root: Path) -> None:
    before = os.umask(0o027)
    try:
        put(artifact_store, "a/b.txt")
    finally:
        os.umask(before)
    assert oct((root / "a" / "b.txt").stat().st_mode & 0o777) == "0o640"


def test_no_descriptor_is_left_open(artifact_store: LocalArtifacts) -> None:
    put(artifact_store, "warm/up.txt")
    before = len(os.listdir("/proc/self/fd"))
    for i in range(20):
        put(artifact_store, f"a/{i}.txt")
        get(artifact_store, f"a/{i}.txt")
        with pytest.raises(NotFound):
            get(artifact_store, "a/b/c")
    artifact_store.delete(ArtifactPath("a"))
    assert len(os.listdir("/proc/self/fd")) == before

"""The contract of `runfold.artifacts.ArtifactStore` as tests, for a fixture `artifact_store`: a new, empty
store.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from runfold.artifacts.base import CHUNK_BYTES, ArtifactStore
from runfold.domain.artifact import ArtifactPath, FileInfo
from runfold.errors import ArtifactError, DigestMismatch, InvalidValue, NotFound, NotSupported, RunfoldError

ODD_NAMES = [
    "two words.txt",
    "naïve-Größe-数据-🚀.txt",
    "100% sure.txt",
    "a%20b.txt",
    "step%25%timestamp%1.png",
    "what?.txt",
    "part#1.txt",
    "a;b=c&d+e.txt",
    'it\'s "quoted".txt',
    "[abc]*{x,y}.txt",
    "12:30:00.csv",
    ".hidden",
    "-rf",
    "~",
    "$HOME",
    "a" * 200,
]


def path(text: str) -> ArtifactPath:
    return ArtifactPath(text)


def put(store: ArtifactStore, text: str, content: bytes = b"content") -> None:
    with store.write(path(text)) as writer:
        writer.write(content)


def put_half(store: ArtifactStore, text: str, content: bytes) -> None:
    """An upload whose source breaks off."""
    with store.write(path(text)) as writer:
        writer.write(content)
        raise ZeroDivisionError


def get(store: ArtifactStore, text: str, start: int = 0, stop: int | None = None) -> bytes:
    with store.open_read(path(text), start=start, stop=stop) as reader:
        return reader.read()


def listed(store: ArtifactStore, folder: str = "") -> list[tuple[str, bool, int | None]]:
    return [(info.path.text, info.is_dir, info.size) for info in store.list_folder(ArtifactPath.or_root(folder))]


def sha256(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def is_absent(store: ArtifactStore, text: str) -> bool:
    with pytest.raises(NotFound):
        store.stat(path(text))
    with pytest.raises(NotFound):
        get(store, text)
    return text not in [info.path.text for info in store.list_folder(path(text).parent)]


def test_an_empty_store_lists_nothing(artifact_store: ArtifactStore) -> None:
    assert artifact_store.list_folder() == []


@pytest.mark.parametrize("content", [b"", b"x", b"\x00\xff\r\n" * 1000], ids=["empty", "one byte", "binary"])
def test_a_written_file_comes_back_as_it_was(artifact_store: ArtifactStore, content: bytes) -> None:
    put(artifact_store, "file.bin", content)
    assert get(artifact_store, "file.bin") == content
    assert artifact_store.stat(path("file.bin")).size == len(content)


def test_a_file_of_many_chunks_comes_back_in_chunks(artifact_store: ArtifactStore) -> None:
    content = bytes(range(256)) * 4096 * 7 + b"the end"
    with artifact_store.write(path("large.bin"), size=len(content)) as writer:
        for start in range(0, len(content), CHUNK_BYTES):
            writer.write(content[start : start + CHUNK_BYTES])
    with artifact_store.open_read(path("large.bin")) as reader:
        chunks = list(reader)
    assert b"".join(chunks) == content
    assert max(map(len, chunks)) <= 8 * CHUNK_BYTES


def test_a_chunk_may_be_reused_after_it_was_written(artifact_store: ArtifactStore) -> None:
    buffer = bytearray(b"first.")
    with artifact_store.write(path("file.txt")) as writer:
        writer.write(buffer)
        buffer[:] = b"second"
        writer.write(memoryview(buffer))
    assert get(artifact_store, "file.txt") == b"first.second"


def test_a_listing_shows_files_and_folders_in_order(artifact_store: ArtifactStore) -> None:
    put(artifact_store, "b.txt", b"123")
    put(artifact_store, "a/deep/er/x.txt")
    put(artifact_store, "a/y.txt", b"12")
    put(artifact_store, "C.txt", b"")
    assert listed(artifact_store) == [("C.txt", False, 0), ("a", True, None), ("b.txt", False, 3)]
    assert listed(artifact_store, "a") == [("a/deep", True, None), ("a/y.txt", False, 2)]
    assert listed(artifact_store, "a/deep/er") == [("a/deep/er/x.txt", False, 7)]


def test_a_listing_holds_every_file_of_a_large_folder(artifact_store: ArtifactStore) -> None:
    names = [f"many/{i:03}.txt" for i in range(120)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: put(artifact_store, name), names))
    assert [name for name, _, _ in listed(artifact_store, "many")] == names


@pytest.mark.parametrize("folder", ["absent", "absent/deeper", "file.txt", "file.txt/below"])
def test_what_is_no_folder_lists_nothing(artifact_store: ArtifactStore, folder: str) -> None:
    put(artifact_store, "file.txt")
    assert listed(artifact_store, folder) == []


@pytest.mark.parametrize("name", ODD_NAMES)
def test_odd_names_are_kept(artifact_store: ArtifactStore, name: str) -> None:
    content = name.encode()
    put(artifact_store, f"in {name}/{name}" if len(name) < 50 else name, content)
    text = f"in {name}/{name}" if len(name) < 50 else name
    assert get(artifact_store, text) == content
    assert listed(artifact_store, text.rpartition("/")[0]) == [(text, False, len(content))]
    artifact_store.delete(path(text))
    assert is_absent(artifact_store, text)


def test_stat_tells_files_from_folders(artifact_store: ArtifactStore) -> None:
    put(artifact_store, "folder/file.txt", b"12345")
    assert artifact_store.stat(path("folder")) == FileInfo(path("folder"), is_dir=True)
    found = artifact_store.stat(path("folder/file.txt"))
    assert (found.path.text, found.is_dir, found.size) == ("folder/file.txt", False, 5)


@pytest.mark.parametrize("text", ["absent", "folder/absent", "folder/file.txt/below", "fold"])
def test_what_is_absent_is_not_found(artifact_store: ArtifactStore, text: str) -> None:
    put(artifact_store, "folder/file.txt")
    assert is_absent(artifact_store, text)


def test_a_folder_cannot_be_read(artifact_store: ArtifactStore) -> None:
    put(artifact_store, "folder/file.txt")
    with pytest.raises(NotFound):
        get(artifact_store, "folder")


@pytest.mark.parametrize(
    ("start", "stop", "expected"),
    [(0, 4, b"0123"), (3, 7, b"3456"), (6, None, b"6789"), (8, 99, b"89"), (4, 4, b""), (10, None, b"")],
)
def test_a_range_of_bytes_can_be_read(
    artifact_store: ArtifactStore, start: int, stop: int | None, expected: bytes
) -> None:
    put(artifact_store, "file.txt", b"0123456789")
    with artifact_store.open_read(path("file.txt"), start=start, stop=stop) as reader:
        assert (reader.info.size, reader.start, reader.stop) == (10, start, start + len(expected))
        assert reader.read() == expected


@pytest.mark.parametrize(("start", "stop"), [(11, None), (5, 3), (-1, None)])
def test_a_range_outside_the_file_is_refused(artifact_store: ArtifactStore, start: int, stop: int | None) -> None:
    put(artifact_store, "file.txt", b"0123456789")
    with pytest.raises(InvalidValue):
        get(artifact_store, "file.txt", start, stop)


def test_an_unfinished_upload_is_not_visible(artifact_store: ArtifactStore) -> None:
    writer = artifact_store.write(path("folder/file.txt"))
    writer.write(b"half")
    seen_while_writing = (is_absent(artifact_store, "folder/file.txt"), artifact_store.list_folder())
    writer.abort()
    assert seen_while_writing == (True, [])
    assert artifact_store.list_folder() == []


def test_an_upload_that_fails_leaves_nothing(artifact_store: ArtifactStore) -> None:
    with pytest.raises(ZeroDivisionError):
        put_half(artifact_store, "folder/file.txt", b"half" * (3 * CHUNK_BYTES))
    assert is_absent(artifact_store, "folder/file.txt")
    assert artifact_store.list_folder() == []


def test_an_overwrite_keeps_the_old_file_until_the_new_one_is_complete(artifact_store: ArtifactStore) -> None:
    put(artifact_store, "file.txt", b"the old one, which is longer")
    with artifact_store.write(path("file.txt")) as writer:
        writer.write(b"the new one")
        assert get(artifact_store, "file.txt") == b"the old one, which is longer"
    assert get(artifact_store, "file.txt") == b"the new one"


def test_an_overwrite_that_fails_keeps_the_old_file(artifact_store: ArtifactStore) -> None:
    put(artifact_store, "file.txt", b"old")
    with pytest.raises(ZeroDivisionError):
        put_half(artifact_store, "file.txt", b"new")
    assert get(artifact_store, "file.txt") == b"old"


def test_the_version_changes_with_the_content(artifact_store: ArtifactStore) -> None:
    put(artifact_store, "file.txt", b"old")
    before = artifact_store.stat(path("file.txt")).version
    put(artifact_store, "file.txt", b"newer")
    after = artifact_store.stat(path("file.txt")).version
    assert before != after or before is None


@pytest.mark.parametrize("announced", [0, 6, 8])
def test_an_upload_of_another_size_than_announced_is_refused(artifact_store: ArtifactStore, announced: int) -> None:
    with (
        pytest.raises(ArtifactError),
        artifact_store.write(path("folder/file.txt"), size=announced) as writer,
    ):
        writer.write(b"content")
    assert is_absent(artifact_store, "folder/file.txt")


def test_an_upload_with_the_announced_digest_is_kept(artifact_store: ArtifactStore) -> None:
    with artifact_store.write(path("file.txt"), size=7, digest=sha256(b"content")) as writer:
        writer.write(b"cont")
        writer.write(b"ent")
    assert get(artifact_store, "file.txt") == b"content"


def test_an_upload_with_another_digest_is_refused(artifact_store: ArtifactStore) -> None:
    put(artifact_store, "file.txt", b"old")
    with (
        pytest.raises(DigestMismatch),
        artifact_store.write(path("file.txt"), digest=sha256(b"content")) as writer,
    ):
        writer.write(b"contenT")
    assert get(artifact_store, "file.txt") == b"old"


@pytest.mark.parametrize("digest", ["", "md5:0", "sha256:xyz", hashlib.sha256().hexdigest()])
def test_a_digest_of_another_form_is_refused(artifact_store: ArtifactStore, digest: str) -> None:
    with pytest.raises(InvalidValue):
        artifact_store.write(path("file.txt"), digest=digest)


def test_a_finished_upload_can_be_aborted_without_effect(artifact_store: ArtifactStore) -> None:
    writer = artifact_store.write(path("file.txt"))
    writer.write(b"content")
    info = writer.commit()
    writer.abort()
    assert (info.path.text, info.is_dir, info.size) == ("file.txt", False, 7)
    assert get(artifact_store, "file.txt") == b"content"


def test_a_deleted_file_is_gone_and_deleting_it_again_is_harmless(artifact_store: ArtifactStore) -> None:
    put(artifact_store, "folder/file.txt")
    put(artifact_store, "folder/other.txt")
    artifact_store.delete(path("folder/file.txt"))
    artifact_store.delete(path("folder/file.txt"))
    assert is_absent(artifact_store, "folder/file.txt")
    assert listed(artifact_store, "folder") == [("folder/other.txt", False, 7)]


def test_a_deleted_folder_goes_with_all_in_it_and_nothing_beside_it(artifact_store: ArtifactStore) -> None:
    for text in ("a/x.txt", "a/b/c/y.txt", "ab/z.txt", "a.txt", "b/a/x.txt"):
        put(artifact_store, text)
    artifact_store.delete(path("a"))
    assert is_absent(artifact_store, "a/b/c/y.txt")
    assert [name for name, _, _ in listed(artifact_store)] == ["a.txt", "ab", "b"]
    assert get(artifact_store, "b/a/x.txt") == b"content"
    assert get(artifact_store, "ab/z.txt") == b"content"


@pytest.mark.parametrize("text", ["absent", "absent/deeper", "file.txt/below"])
def test_deleting_what_is_absent_does_nothing(artifact_store: ArtifactStore, text: str) -> None:
    put(artifact_store, "file.txt")
    artifact_store.delete(path(text))
    assert listed(artifact_store) == [("file.txt", False, 7)]


def test_racing_uploads_of_one_path_leave_one_whole_file(artifact_store: ArtifactStore) -> None:
    contents = [bytes([i]) * 100_000 for i in range(6)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda content: put(artifact_store, "folder/file.bin", content), contents))
    assert get(artifact_store, "folder/file.bin") in contents
    assert [name for name, _, _ in listed(artifact_store, "folder")] == ["folder/file.bin"]


def test_a_reader_never_mixes_two_versions(artifact_store: ArtifactStore) -> None:
    old, new = b"o" * (3 * CHUNK_BYTES), b"n" * (3 * CHUNK_BYTES)
    put(artifact_store, "file.bin", old)
    with artifact_store.open_read(path("file.bin")) as reader:
        chunks = iter(reader)
        first = next(chunks)
        put(artifact_store, "file.bin", new)
        try:
            rest = b"".join(chunks)
        except RunfoldError:
            return
    assert first + rest in (old, new)


@pytest.mark.parametrize("presign", [ArtifactStore.presign_read, ArtifactStore.presign_write])
def test_presigned_requests_are_given_or_refused(artifact_store: ArtifactStore, presign: Callable[..., object]) -> None:
    put(artifact_store, "file.txt")
    try:
        request = getattr(artifact_store, presign.__name__)(path("file.txt"), expires_s=60)
    except NotSupported:
        return
    assert request.url.startswith(("http://", "https://"))

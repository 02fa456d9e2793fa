"""Archives that were packed to do harm, or by a program that failed: each is refused in a sentence, at little cost."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from runfold.errors import InvalidValue
from runfold.projects import archive as archive_module
from runfold.projects.archive import unpack


def refusal(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    with pytest.raises(InvalidValue) as refused:
        unpack(path, path.parent / "code")
    assert str(path.parent) not in refused.value.message  # where it was unpacked is nobody's business
    assert "\n" not in refused.value.message
    return refused.value.message


def tar_header(name: str, size: int = 0, kind: bytes = tarfile.REGTYPE) -> bytes:
    member = tarfile.TarInfo(name)
    member.size, member.type = size, kind
    return member.tobuf(tarfile.GNU_FORMAT)


def zip_of(**flags: int) -> bytes:
    """A zip archive of one file, some of whose fields are set to what they must not be."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("train.py", "pass\n" * 1000)
    content = bytearray(packed.getvalue())
    directory = content.index(b"PK\x01\x02")
    for local, central, value in ((6, 8, flags.get("encrypted")), (8, 10, flags.get("method"))):
        if value is not None:
            content[local] = content[directory + central] = value
    return bytes(content)


LONG_NAME = tar_header("././@LongLink", 512, tarfile.GNUTYPE_LONGNAME) + b"a" * 511 + b"\0"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("p.zip", zip_of(encrypted=1), "is encrypted"),
        ("p.zip", zip_of(method=99), "compression method is not supported"),
        ("p.zip", zip_of().replace(zip_of()[40:60], b"\xff" * 20), "cannot be unpacked: "),
        ("p.zip", b"", "not a zip file"),
        ("p.tar", b"", "empty file"),
        ("p.tar.gz", gzip.compress(tar_header("a", 9_999) + b"x" * 9_999)[:60], "cannot be unpacked: "),
        ("p.tar.bz2", b"BZh9" + b"z" * 100, "cannot be unpacked: "),
        ("p.tar.xz", lzma.compress(b"x" * 9_999)[:-20] + b"z" * 20, "cannot be unpacked: "),
        ("p.tar", LONG_NAME * 3_000, "cannot be unpacked: "),
        ("p.tar", tar_header("a") * 2, "holds 'a' more than once"),
        ("p.tar", tar_header("a") + tar_header("a/b"), "holds 'a' more than once"),
        ("p.tar", tar_header("a" * 300), "cannot be unpacked: File name too long."),
        ("p.tar", tar_header("a", kind=tarfile.FIFOTYPE), "no plain file"),
        ("p.tar", tar_header("a", 2**60), "is too large"),
        ("p.tar", tar_header("a", 2**60, tarfile.DIRTYPE), "is too large"),
    ],
)
def test_what_cannot_be_unpacked_is_told(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    assert says in refusal(tmp_path / name, content)


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress])
@pytest.mark.parametrize("kind", [tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE])
def test_a_header_that_would_fill_the_memory_is_not_read(
    tmp_path: Path, compress: Callable[[bytes], bytes], kind: bytes
) -> None:
    bomb = compress(tar_header("h", 2**26, kind) + bytes(2**26))
    assert len(bomb) < 2**20

    tracemalloc.start()
    try:
        assert "is too large" in refusal(tmp_path / "p.tar", bomb)
        assert tracemalloc.get_traced_memory()[1] < 2**24
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", ["p.zip", "p.tar"])
def test_more_files_or_bytes_than_allowed_are_not_written(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = io.BytesIO()
    if name == "p.zip":
        with zipfile.ZipFile(packed, "w") as opened:
            for number in range(20):
                opened.writestr(f"d/{number}", b"12345")
    else:
        packed.write(b"".join(tar_header(f"d/{number}", 5) + b"12345".ljust(512, b"\0") for number in range(20)))

    for limit, value, n_written in (("MAX_FILES", 10, 10), ("MAX_BYTES", 52, 10)):
        with monkeypatch.context() as changed:
            changed.setattr(archive_module, limit, value)
            folder = tmp_path / limit
            folder.mkdir()
            assert "is too large" in refusal(folder / name, packed.getvalue())
            assert len(list((folder / "code" / "d").iterdir())) == n_written


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress, bytes])
def test_a_tar_file_is_known_by_its_content_and_keeps_what_can_be_executed(
    tmp_path: Path, compress: Callable[[bytes], bytes]
) -> None:
    member = tarfile.TarInfo("run.sh")
    member.size, member.mode = 3, 0o4777
    (tmp_path / "p.tar").write_bytes(compress(member.tobuf() + b"id\n".ljust(512, b"\0")))

    unpack(tmp_path / "p.tar", tmp_path / "code")

    assert (tmp_path / "code" / "run.sh").read_bytes() == b"id\n"
    assert (tmp_path / "code" / "run.sh").stat().st_mode & 0o7777 == 0o755


def test_a_zip_archive_keeps_what_can_be_executed(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "p.zip", "w") as opened:
        member = zipfile.ZipInfo("run.sh")
        member.external_attr = 0o100755 << 16
        opened.writestr(member, "id\n")
        opened.writestr("train.py", "pass\n")

    unpack(tmp_path / "p.zip", tmp_path / "code")

    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "code").iterdir()}
    assert modes == {"run.sh": 0o755, "train.py": 0o644}

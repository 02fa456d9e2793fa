"""The project as it comes: archives, unpacked or kept as they are."""

from __future__ import annotations

import errno
import os
import shutil
import sys
import tarfile
import zlib
from typing import IO

from runfold.launch.far.places import HERE
from runfold.launch.far.stopping import Failed, Stop

SHARED_CODE = "code.tar.gz"
_BLOCK = 64 * 1024


def unpack() -> None:
    """Put the archive from standard input into `code`."""
    extract(sys.stdin.buffer, os.path.join(HERE, "code"))


def unpack_shared(stop: Stop) -> None:
    """Make `code` of the archive that tasks of an array share: each has a copy of its own to write into."""
    shared = os.path.join(HERE, SHARED_CODE)
    if os.path.exists(shared):
        with open(shared, "rb") as packed:
            extract(packed, os.path.join(HERE, "code"), stop)
        os.remove(shared)


def extract(packed: IO[bytes], folder: str, stop: Stop | None = None) -> None:
    """Make a folder of an archive; what was there before is removed."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    with tarfile.open(fileobj=packed, mode="r|gz") as archive:
        for member in archive:
            if stop is not None and stop.asked.is_set():
                raise Failed("cancelled")
            names = [member.name, member.linkname] if member.islnk() else [member.name]
            is_inside = all(os.path.normpath(os.path.join(folder, name)).startswith(folder + os.sep) for name in names)
            if not is_inside or not (member.isfile() or member.isdir() or member.issym() or member.islnk()):
                continue
            # Members are written by the one who asks for the run, whose command may do anything here anyway.
            if hasattr(tarfile, "fully_trusted_filter"):
                archive.extract(member, folder, filter="fully_trusted")
            else:
                archive.extract(member, folder)


def copy_whole(packed: IO[bytes], out: IO[bytes]) -> None:
    """Copy what is compressed, and see that it comes to its end: a connection that is lost looks like one."""
    check = zlib.decompressobj(wbits=31)
    while True:
        block = packed.read(_BLOCK)
        if not block:
            break
        out.write(block)
        check.decompress(block)
    if not check.eof:
        raise OSError(errno.EIO, "what came was cut short")

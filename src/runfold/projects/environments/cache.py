"""Where built environments lie: one folder per content digest, built once however many ask for it at the same time."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import msgspec

from runfold.errors import RunfoldError
from runfold.launch.programs import pause

_MARK = "runfold-environment.json"
_LOOK_S = 0.2
# uv and rattler say it in the system's words.
_FULL = tuple(os.strerror(code) for code in (errno.ENOSPC, errno.EDQUOT))


class NoRoomForEnvironment(RunfoldError):
    """A disk is full; the message has what was said of it, which names the file."""

    def __init__(self, folder: Path, said: str) -> None:
        self.folder = folder
        super().__init__(
            f"There is no room to make the environment in {folder}. Nothing of it is kept. Free some space and run it "
            f"again: `runfold environments prune --unused-days 7` removes those that nobody used for so long.\n{said}"
        )


class BuiltEnvironment(msgspec.Struct, frozen=True, kw_only=True):
    """
    Attributes:
        folder: of the environment.
        digest: of what it was made from; its name.
        description: what it was made from, for people.
        n_bytes: on disk, links counted once each.
    """

    folder: Path
    digest: str
    description: str
    created_ms: int
    used_ms: int
    n_bytes: int = 0


class _Mark(msgspec.Struct, frozen=True):
    """Written last, so a folder that has it is whole."""

    description: str
    created_ms: int


class EnvironmentCache:
    """Built environments of one user. Safe for any number of processes.

    Args:
        folder: None: `environments` in the user's cache folder.
    """

    def __init__(self, folder: Path | None = None) -> None:
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        self.folder = folder or cache / "runfold" / "environments"

    def ensure(self, digest: str, description: str, build: Callable[[Path], None]) -> Path:
        """The folder of an environment, built now if it is not there.

        Args:
            build: makes the environment in a folder that does not exist. What it raises goes through, and what it
                left behind is removed.

        Raises:
            NoRoomForEnvironment: the disk is full, here or where `build` keeps what it fetched.
        """
        path = self.folder / digest
        try:
            with self._locked(digest):
                if _read_mark(path) is None:
                    _build(path, description, build)
                os.utime(path / _MARK)
        except (OSError, RunfoldError) as error:
            if any(words in str(error) for words in _FULL):
                raise NoRoomForEnvironment(self.folder, str(error)) from error
            raise
        return path

    def find(self, digest: str) -> Path | None:
        """The folder of an environment that is there, whole."""
        path = self.folder / digest
        return path if _read_mark(path) is not None else None

    def list(self) -> tuple[BuiltEnvironment, ...]:
        """What is there, last used first."""
        found = [built for path in self._folders() if (built := _read(path)) is not None]
        return tuple(sorted(found, key=lambda built: built.used_ms, reverse=True))

    def prune(self, *, unused_for_s: float, is_dry_run: bool = False) -> tuple[BuiltEnvironment, ...]:
        """Remove environments that nobody used for a while, and remains of builds that failed.

        Returns:
            Those that were removed, or would be.
        """
        limit = _now_ms() - round(unused_for_s * 1000)
        removed = []
        for path in self._folders():
            with self._locked(path.name, blocks=False) as is_mine:
                built = _read(path) if is_mine else None  # who holds it makes it, or has just begun to use it
                if built is not None and built.used_ms <= limit:
                    removed.append(built)
                if is_mine and not is_dry_run and (built is None or built.used_ms <= limit):
                    shutil.rmtree(path, ignore_errors=True)
        return tuple(removed)

    def _folders(self) -> Iterator[Path]:
        if self.folder.is_dir():
            yield from (path for path in self.folder.iterdir() if path.is_dir())

    @contextmanager
    def _locked(self, digest: str, *, blocks: bool = True) -> Iterator[bool]:
        """Hold an environment, whoever else wants it; the file stays, since others may wait for it.

        Args:
            blocks: False: give False where another holds it.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / f"{digest}.lock").open("wb") as lock:
            while not _is_taken(lock):
                if not blocks:
                    yield False
                    return
                pause(_LOOK_S)
            yield True


def _is_taken(lock: IO[bytes]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _build(path: Path, description: str, build: Callable[[Path], None]) -> None:
    # What an earlier build left when it was killed is of no use.
    shutil.rmtree(path, ignore_errors=True)
    try:
        build(path)
        mark = _Mark(description=description, created_ms=_now_ms())
        (path / _MARK).write_bytes(msgspec.json.encode(mark))
    except BaseException:
        shutil.rmtree(path, ignore_errors=True)
        raise


def _read_mark(path: Path) -> _Mark | None:
    """None also for a mark that a full disk cut short."""
    try:
        return msgspec.json.decode((path / _MARK).read_bytes(), type=_Mark)
    except (OSError, msgspec.DecodeError):
        return None


def _read(path: Path) -> BuiltEnvironment | None:
    mark = _read_mark(path)
    try:
        used = (path / _MARK).stat().st_mtime_ns // 1_000_000
    except OSError:
        return None
    if mark is None:
        return None
    return BuiltEnvironment(
        folder=path,
        digest=path.name,
        description=mark.description,
        created_ms=mark.created_ms,
        used_ms=used,
        n_bytes=_size(path),
    )


def _size(folder: Path) -> int:
    """Bytes below a folder; a file with several names counts once."""
    seen: set[tuple[int, int]] = set()
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            status = os.lstat(os.path.join(root, name))
            if (status.st_dev, status.st_ino) not in seen:
                seen.add((status.st_dev, status.st_ino))
                total += status.st_size
    return total


def _now_ms() -> int:
    return time.time_ns() // 1_000_000

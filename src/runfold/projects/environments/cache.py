"""Where built environments lie: one folder per content digest, built once however many ask for it at the same time."""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

_MARK = "runfold-environment.json"


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
        """
        path = self.folder / digest
        with self._locked(digest):
            if not (path / _MARK).exists():
                # What an earlier build left when it was killed is of no use.
                shutil.rmtree(path, ignore_errors=True)
                try:
                    build(path)
                except BaseException:
                    shutil.rmtree(path, ignore_errors=True)
                    raise
                mark = _Mark(description=description, created_ms=_now_ms())
                (path / _MARK).write_bytes(msgspec.json.encode(mark))
            os.utime(path / _MARK)
        return path

    def find(self, digest: str) -> Path | None:
        """The folder of an environment that is there, whole."""
        path = self.folder / digest
        return path if (path / _MARK).exists() else None

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
        old = tuple(built for built in self.list() if built.used_ms <= limit)
        if not is_dry_run:
            for built in old:
                with self._locked(built.digest):
                    shutil.rmtree(built.folder, ignore_errors=True)
                (self.folder / f"{built.digest}.lock").unlink(missing_ok=True)
        return old

    def _folders(self) -> Iterator[Path]:
        if self.folder.is_dir():
            yield from (path for path in self.folder.iterdir() if path.is_dir())

    @contextmanager
    def _locked(self, digest: str) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / f"{digest}.lock").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _read(path: Path) -> BuiltEnvironment | None:
    try:
        mark = msgspec.json.decode((path / _MARK).read_bytes(), type=_Mark)
        used = (path / _MARK).stat().st_mtime_ns // 1_000_000
    except (OSError, msgspec.DecodeError):
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

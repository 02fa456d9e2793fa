import errno
import os
import threading
from pathlib import Path

import pytest

from runfold.projects.environments.cache import EnvironmentCache, NoRoomForEnvironment


@pytest.fixture
def cache(tmp_path: Path) -> EnvironmentCache:
    return EnvironmentCache(tmp_path / "cache")


def make(path: Path) -> None:
    path.mkdir()
    (path / "python").write_bytes(b"x" * 100)


def test_an_environment_is_built_once_however_many_ask(cache: EnvironmentCache) -> None:
    built: list[Path] = []
    together = threading.Barrier(8)

    def build(path: Path) -> None:
        built.append(path)
        make(path)

    def ask() -> None:
        together.wait()
        assert (cache.ensure("d1", "test", build) / "python").exists()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(built) == 1


def test_what_a_failed_or_killed_build_left_is_not_taken_for_an_environment(cache: EnvironmentCache) -> None:
    def fail(path: Path) -> None:
        make(path)
        raise RuntimeError("no network")

    with pytest.raises(RuntimeError, match="no network"):
        cache.ensure("d1", "test", fail)
    (cache.folder / "d1").mkdir()  # as a killed build leaves it

    assert cache.list() == ()
    assert (cache.ensure("d1", "test", lambda path: make(path)) / "python").exists()


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_told_with_its_folder_and_what_to_do(cache: EnvironmentCache, code: int) -> None:
    def fill(path: Path) -> None:
        make(path)
        raise OSError(code, os.strerror(code), str(path / "python"))

    with pytest.raises(NoRoomForEnvironment, match=r"(?s)runfold environments prune.*python") as raised:
        cache.ensure("d1", "test", fill)

    assert raised.value.folder == cache.folder
    assert not (cache.folder / "d1").exists()


def test_an_environment_whose_mark_was_cut_short_is_made_again(cache: EnvironmentCache) -> None:
    path = cache.ensure("d1", "test", make)
    (mark,) = path.glob("*.json")
    mark.write_bytes(mark.read_bytes()[:9])
    (path / "python").unlink()

    assert cache.find("d1") is None
    assert cache.list() == ()
    assert (cache.ensure("d1", "test", make) / "python").exists()


def test_listing_and_pruning(cache: EnvironmentCache) -> None:
    cache.ensure("d1", "wine", make)

    (built,) = cache.list()
    assert (built.digest, built.description) == ("d1", "wine")
    assert built.n_bytes > 100
    assert cache.prune(unused_for_s=3600) == ()
    assert cache.prune(unused_for_s=0, is_dry_run=True) == (built,)
    assert cache.prune(unused_for_s=0) == (built,)
    assert cache.list() == ()


def test_pruning_removes_what_a_killed_build_left_and_spares_what_is_being_made(cache: EnvironmentCache) -> None:
    (cache.folder / "killed").mkdir(parents=True)
    (cache.folder / "killed" / "python").touch()
    begun, over = threading.Event(), threading.Event()

    def slow(path: Path) -> None:
        make(path)
        begun.set()
        assert over.wait(30)

    maker = threading.Thread(target=cache.ensure, args=("d1", "test", slow))
    maker.start()
    assert begun.wait(30)
    try:
        assert cache.prune(unused_for_s=0, is_dry_run=True) == ()
        assert (cache.folder / "killed").exists()
        assert cache.prune(unused_for_s=0) == ()
    finally:
        over.set()
        maker.join()
    assert not (cache.folder / "killed").exists()
    assert cache.find("d1") is not None
    assert [built.digest for built in cache.prune(unused_for_s=0)] == ["d1"]

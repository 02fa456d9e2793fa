import threading
from pathlib import Path

import pytest

from runfold.projects.environments.cache import EnvironmentCache


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


def test_listing_and_pruning(cache: EnvironmentCache) -> None:
    cache.ensure("d1", "wine", make)

    (built,) = cache.list()
    assert (built.digest, built.description) == ("d1", "wine")
    assert built.n_bytes > 100
    assert cache.prune(unused_for_s=3600) == ()
    assert cache.prune(unused_for_s=0, is_dry_run=True) == (built,)
    assert cache.prune(unused_for_s=0) == (built,)
    assert cache.list() == ()

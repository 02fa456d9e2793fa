"""Processes in one environment give way to processes in another, while clients ask."""

from __future__ import annotations

import os
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import msgspec
import psutil
import pytest

from runfold.config import ServingSettings
from runfold.serving.container.environment import Home
from runfold.serving.generation import Addresses, Generation
from runfold.serving.process import Assignment
from runfold.serving.source import ModelSource
from runfold.serving.supervisor import Supervisor
from tests.integration.serving.scoring_server import free_port

pytestmark = pytest.mark.slow

HERE = Home(sys.executable, dict(os.environ), "here")


class Asked:
    """Says where models run from now on, as the environment that they ask for would."""

    def __init__(self) -> None:
        self.home: Home | None = None
        self.n_failures = 0

    def find(self, now: Home) -> Home | None:
        return None if self.home == now else self.home

    def note(self) -> None:
        self.n_failures += 1


def supervisor_of(source: ModelSource, settings: ServingSettings, asked: Asked, folder: Path) -> Supervisor:
    return Supervisor(
        Assignment(source=source, settings=settings, environment="", counters=str(folder)),
        HERE,
        find_home=asked.find,
        look_s=0.05,
        note_failure=asked.note,
    )


@contextmanager
def supervised(source: ModelSource, asked: Asked, folder: Path) -> Iterator[int]:
    settings = ServingSettings(port=free_port(), log_level="warning")
    supervisor = supervisor_of(source, settings, asked, folder)
    with ThreadPoolExecutor(1) as thread:
        running = thread.submit(supervisor.run)
        try:
            wait_for(lambda: answers(settings.port))
            yield settings.port
        finally:
            supervisor.stop()
            assert running.result(60)


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 240
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def answers(port: int) -> bool:
    try:
        return predicted(port) > 0
    except OSError:
        return False


def predicted(port: int) -> float:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/invocations", b'{"inputs": [[1]]}', {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return round(msgspec.json.decode(answer.read())["predictions"][0], 6)  # type: ignore[no-any-return]


def test_to_be_told_to_stop_while_the_model_is_loaded_is_no_failure(doubling: Path, tmp_path: Path) -> None:
    supervisor = supervisor_of(ModelSource(uri=str(doubling)), ServingSettings(port=free_port()), Asked(), tmp_path)
    supervisor.stop()
    assert supervisor.run()


def test_a_process_killed_before_anybody_saw_that_it_serves_is_replaced(doubling: Path, tmp_path: Path) -> None:
    settings = ServingSettings(port=free_port(), log_level="warning")
    source = ModelSource(uri=str(doubling))
    others = set(psutil.Process().children())
    assignment = Assignment(source=source, settings=settings, environment="", counters=str(tmp_path))
    addresses = Addresses(settings)
    generation = Generation(assignment, HERE, addresses)
    try:
        wait_for(lambda: answers(settings.port))
        (first,) = set(psutil.Process().children()) - others
        first.kill()
        os.waitid(os.P_PID, first.pid, os.WEXITED | os.WNOWAIT)  # as a whole, and still there to be seen
        generation.look()
        assert not generation.has_failed
        (second,) = set(psutil.Process().children()) - others
        assert second != first
        wait_for(lambda: answers(settings.port))
    finally:
        generation.stop()
        wait_for(generation.has_left)
        addresses.close()


def test_a_model_in_another_environment_takes_over_while_the_old_one_serves(
    doubling: Path, tripling: Path, tmp_path: Path
) -> None:
    link, asked = tmp_path / "current", Asked()
    link.symlink_to(doubling)
    with supervised(ModelSource(str(link)), asked, tmp_path) as port:
        asked.home = HERE._replace(python="/bin/false", digest="broken")
        wait_for(lambda: asked.n_failures)
        assert predicted(port) == 2.0

        link.unlink()
        link.symlink_to(tripling)
        seen: list[float] = []
        is_over = threading.Event()

        def ask() -> None:
            while not is_over.is_set():
                seen.append(predicted(port))

        with ThreadPoolExecutor(2) as clients:
            asking = [clients.submit(ask) for _ in range(2)]
            asked.home = HERE._replace(digest="there")
            wait_for(lambda: seen[-20:] == [3.0] * 20 or asking[0].done())
            is_over.set()
            for client in asking:
                client.result()

    assert set(seen) == {2.0, 3.0}

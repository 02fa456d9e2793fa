"""What a store promises when its process, its disk or its file fails."""

from __future__ import annotations

import json
import os
import random
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from runfold.config import StoreSettings
from runfold.errors import StoreCorrupt, StoreError
from runfold.stores.open import open_store
from runfold.stores.sql.store import SqlStore
from runfold.testing.stores.records import history, log, new_run
from tests.integration.numbered import numbers_of
from tests.integration.stores import programs

REPOSITORY = Path(__file__).parents[3]
PROGRAM = (sys.executable, "-m", "tests.integration.stores.programs")


class Program:
    """A program of `programs.py` in a process of its own, and what it has said."""

    def __init__(self, name: str, *arguments: str) -> None:
        self.said: list[str] = []
        self.process = subprocess.Popen([*PROGRAM, name, *arguments], stdout=subprocess.PIPE, cwd=REPOSITORY)
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.said.extend(line.decode().rstrip("\n") for line in self.process.stdout)

    def kill(self) -> list[str]:
        """All that it said before it died."""
        self.process.kill()
        return self.wait()

    def wait(self) -> list[str]:
        self.process.wait(60)
        self._reader.join(60)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return self.said


def run_in_namespace(script: str, folder: Path, name: str, *arguments: str) -> bytes:
    """What a program said that saw other mounts than the rest of the machine does.

    Args:
        script: a shell's words to mount something on the folder, which is `$0`, and to go on with the program.
    """
    rights = [] if os.geteuid() == 0 else ["--map-root-user"]
    command = ["unshare", "--mount", *rights, "sh", "-c", script, str(folder), *PROGRAM, name, *arguments]
    return subprocess.run(command, stdout=subprocess.PIPE, cwd=REPOSITORY, timeout=120, check=True).stdout


def test_a_killed_process_loses_nothing_acknowledged_and_leaves_nothing_half(uri: str) -> None:
    chance = random.Random()
    store = open_store(uri)
    run_id = new_run(store)
    store.close()
    acknowledged: set[int] = set()
    for life in range(5):
        writer = Program("write_for_ever", uri, run_id, str(1_000_000 * life))
        deadline = time.monotonic() + 60
        while len(writer.said) < 20:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        time.sleep(chance.uniform(0, 0.3))
        said = writer.kill()
        assert [line for line in said if line.startswith("error")] == []
        acknowledged |= {int(line) for line in said}
        with open_store_again(uri) as again:
            found = numbers_of(again, run_id)
        assert acknowledged <= found
        assert len(found - acknowledged) <= programs.N_THREADS * (life + 1), "only what was in flight may be there too"


class open_store_again:
    """A store for a block."""

    def __init__(self, uri: str) -> None:
        self._store = open_store(uri)

    def __enter__(self) -> SqlStore:
        return self._store

    def __exit__(self, *_: object) -> None:
        self._store.close()


def test_several_processes_write_one_run_at_once(uri: str) -> None:
    store = open_store(uri, StoreSettings(fold_interval_s=0.05))
    run_id = new_run(store)
    writers = [Program("write_for_ever", uri, run_id, str(1_000_000 * number), "2.5") for number in range(4)]
    said = [writer.wait() for writer in writers]
    assert [line for lines in said for line in lines if line.startswith("error")] == []
    assert all(lines for lines in said), "each of them got its turn"
    assert numbers_of(store, run_id) == {int(line) for lines in said for line in lines}
    store.fold()
    assert numbers_of(store, run_id) == {int(line) for lines in said for line in lines}
    assert store.get_run(run_id).metrics["a"].count == sum(map(len, said))
    store.close()


def test_a_new_store_may_be_opened_by_many_at_once(uri: str) -> None:
    moment = str(time.time() + 2)
    programs_ = [Program("open_at", uri, moment) for _ in range(6)]
    answers = [program.wait() for program in programs_]
    assert [program.process.returncode for program in programs_] == [0] * 6
    with open_store_again(uri) as store:
        for _, run_id in answers:
            assert store.get_run(run_id).info.experiment_id == "0"


def test_a_process_killed_while_it_makes_the_store_leaves_one_that_opens(tmp_path: Path) -> None:
    chance = random.Random()
    for attempt in range(6):
        uri = f"sqlite:///{tmp_path}/{attempt}.db"
        program = Program("open_at", uri, "0")
        deadline = time.monotonic() + 30
        while not program.said:
            assert time.monotonic() < deadline
            time.sleep(0.001)
        time.sleep(chance.uniform(0, 0.06))
        program.kill()
        with open_store_again(uri) as store:
            log(store, new_run(store), "m", (0, 0, 1.0))


def test_a_full_disk_refuses_writes_lets_reads_go_on_and_heals(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    script = 'mount -t tmpfs -o size=24m tmpfs "$0" && exec "$@"'
    report = json.loads(run_in_namespace(script, disk, "fill_disk", str(disk)))
    n = report["acknowledged"]
    assert n > 100
    assert "No space left" in report["error"]
    assert report["readable_when_full"] == n
    assert report["summary_when_full"] == n - 1
    assert (report["readable_after"], report["params_after"], report["reopened"]) == (n + 5, n + 5, n + 5)


def test_a_folder_that_may_not_be_written_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "fixed"
    with open_store_again(f"sqlite:///{folder}/runfold.db") as store:
        new_run(store)
    script = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"'
    for address in (f"sqlite:///{folder}/runfold.db", f"sqlite:///{folder}/new/runfold.db"):
        name, message = json.loads(run_in_namespace(script, folder, "open_and_say_error", address))
        assert name == "StoreError"
        assert str(folder) in message


@pytest.mark.parametrize("content", [b"this is not a database\n" * 500, b"SQLite format 3\x00" + b"\x00" * 4000])
def test_a_file_that_is_no_store_is_refused_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "runfold.db"
    path.write_bytes(content)
    with pytest.raises(StoreError):
        open_store(f"sqlite:///{path}")
    assert path.read_bytes() == content


def test_a_damaged_file_is_noticed_when_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "runfold.db"
    with open_store_again(f"sqlite:///{path}") as store:
        run_id = new_run(store)
        for number in range(50):
            log(store, run_id, f"m{number}", *[(step, 0, float(step)) for step in range(100)])
        store.fold()
    content = bytearray(path.read_bytes())
    for start in range(20 * 4096, len(content), 4096):
        content[start : start + 512] = b"\xff" * 512
    path.write_bytes(bytes(content))

    def read_everything() -> None:
        with open_store_again(f"sqlite:///{path}") as store:
            for number in range(50):
                history(store, run_id, f"m{number}")
                store.get_run(run_id)

    with pytest.raises(StoreCorrupt, match="not a sound SQLite file"):
        read_everything()


def test_a_database_of_another_program_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE runs (something TEXT)")
        connection.execute("INSERT INTO runs VALUES ('precious')")
    connection.close()
    with pytest.raises(StoreError):
        open_store(f"sqlite:///{path}")
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT * FROM runs").fetchall() == [("precious",)]
    connection.close()
